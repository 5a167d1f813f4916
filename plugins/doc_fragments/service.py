# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service that a task is about, for modules that look after a part of it."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  endpoint_service_id:
    description:
      - ID of the endpoint service, which has to be an own one.
      - In check mode it may be empty, for a service that is yet to be created.
    type: str
  endpoint_service_name:
    description:
      - Short or full name of the service, instead of its ID, compared exactly. Takes one more request.
    type: str
"""
