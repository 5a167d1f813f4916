# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: drift_plan
short_description: Decide what the playbook check_drift compares
version_added: 1.0.0
description:
  - Takes variables of the role P(crossvpc.vpcep.connect_vpcs#role), as C(export_vpcs) writes them, and returns what is
    to be compared with the cloud.
author:
  - The crossvpc authors (@crossvpc)
positional: defaults, services, public
options:
  _input:
    description: The variables.
    type: dict
    required: true
  defaults:
    description: Whether options that are left out are compared with the cloud's defaults.
    type: bool
    default: true
  services:
    description:
      - The services of the project, as M(crossvpc.vpcep.vpcep_service_info) returns them. They are used to find a
        service that has another name or backend now.
    type: list
    elements: dict
    default: []
  public:
    description: The cloud's own services, for names that are not full ones.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show with which values a service is compared
  ansible.builtin.debug:
    msg: "{{ ({'connect_vpcs_service': {'name': 'web'}} | crossvpc.vpcep.drift_plan).service }}"
"""

RETURN = r"""
_value:
  description:
    - V(service), the definition of the service, with its ID if it was found; V(listed), the service that was found;
      V(groups), the endpoints by service; V(defaults), whether options that are left out are compared.
  type: dict
"""

import typing as t


def drift_plan(
    variables: dict[str, t.Any],
    defaults: bool = True,
    services: t.Sequence[t.Any] = (),
    public: t.Sequence[t.Any] = (),
) -> t.Any:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate import drift

    given, *listed = (in_process.plain(one) for one in (variables, services, public))
    return in_process.untrusted(drift.drift_plan(given, defaults, *listed))


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"drift_plan": drift_plan}
