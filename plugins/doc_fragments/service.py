# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of modules for the connections and permissions of a service."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  endpoint_service_id:
    description:
      - ID of the endpoint service. The service must belong to the project.
      - May be empty in check mode, for a service that an earlier task would create.
    type: str
  endpoint_service_name:
    description:
      - Short or full name of the service, instead of its ID. It must match exactly. The look-up needs one more request.
    type: str
"""

    REJECT_REVOKED = r"""
options:
  reject_revoked:
    description:
      - Whether to reject the endpoints of other accounts that the whitelist does not admit, or no longer admits. This
        disconnects them. Only their owners can delete them. Requires O(permissions).
      - While the whitelist has organization paths, no endpoint is rejected, because the API does not show which
        accounts a path contains.
    type: bool
    version_added: 0.2.0
    default: false
"""
