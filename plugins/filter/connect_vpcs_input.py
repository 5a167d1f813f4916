# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: connect_vpcs_input
short_description: Check the variables of the role connect_vpcs and prepare them for its tasks
version_added: 1.0.0
description:
  - The first step of the role P(crossvpc.vpcep.connect_vpcs#role), which takes the values of its variables.
  - Finds misspelt names, values of a wrong type, unknown options and contradictions, and drops what the entry point
    does not take. Logins are not part of the result.
author:
  - The crossvpc authors (@crossvpc)
positional: entry, facts
options:
  _input:
    description: The variables of the role with their values.
    type: dict
    required: true
  entry:
    description: The entry point of the role.
    type: str
    choices: [main, provide, consume, approve]
    required: true
  facts:
    description:
      - What else the checks need. V(names) are the names of all variables that may be misspelt ones of the role,
        V(defaults) its defaults, V(hosts) the names of the hosts of the inventory, and V(check_mode) tells whether
        the play only checks.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what the role makes of its variables
  ansible.builtin.debug:
    msg: "{{ values | crossvpc.vpcep.connect_vpcs_input('provide', facts) }}"
  vars:
    defaults: # of the role
      connect_vpcs_state: present
      connect_vpcs_service: {}
      connect_vpcs_service_id: null
      connect_vpcs_service_name: null
      connect_vpcs_endpoints: []
      connect_vpcs_cloud_services: []
      connect_vpcs_admit: true
      connect_vpcs_accept: true
      connect_vpcs_accept_from: []
      connect_vpcs_accept_policy: {}
      connect_vpcs_admit_traffic: report
      connect_vpcs_security_group: null
      connect_vpcs_preflight: true
      connect_vpcs_verify_from: []
      connect_vpcs_verify_timeout: 120
      connect_vpcs_verify_ports: []
      connect_vpcs_wait_timeout: 600
      connect_vpcs_provider_auth: {}
      connect_vpcs_consumer_auth: {}
    values: "{{ defaults | combine({'connect_vpcs_service': {'id': '4189d3c2-8882-4871-a3c2-d380272eed83'}}) }}"
    facts: {names: [], defaults: "{{ defaults }}", hosts: [], check_mode: false}
"""

RETURN = r"""
_value:
  description:
    - V(mistakes), a list of sentences; V(next), the task file to go on with; and if there are no mistakes, the
      variables by their names without C(connect_vpcs_).
  type: dict
  sample: {mistakes: [], next: present, entry: main, state: present, service_id: 4189d3c2-8882-4871-a3c2-d380272eed83}
"""

import typing as t


def connect_vpcs_input(values: dict[str, t.Any], entry: str, facts: dict[str, t.Any]) -> dict[str, t.Any]:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.given import role_input

    return role_input(values, entry, facts)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"connect_vpcs_input": connect_vpcs_input}
