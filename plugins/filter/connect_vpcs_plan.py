# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: connect_vpcs_plan
short_description: Decide what the role connect_vpcs has to do
version_added: 1.0.0
description:
  - Takes what the tasks of the role P(crossvpc.vpcep.connect_vpcs#role) have registered so far, and says what comes
    next.
author:
  - The crossvpc authors (@crossvpc)
positional: registered
options:
  _input:
    description: What P(crossvpc.vpcep.connect_vpcs_input#filter) returned.
    type: dict
    required: true
  registered:
    description:
      - V(accounts) with the logins of provider and consumer, V(found) with the results of the searches for an
        existing service, V(service_plan) with the plan of the service, V(public) with the list of the cloud's services,
        V(endpoint_plans) with the plans of the endpoints, V(checks) with the results of the preflight,
        V(endpoint_results) with the results of the endpoints, and V(decided) with that of their approval. All may be
        left out.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show the endpoints that the role would create, by service
  ansible.builtin.debug:
    msg: "{{ (given | crossvpc.vpcep.connect_vpcs_plan({'found': [own]})).groups }}"
  vars:
    given:
      state: present
      service: {}
      service_id: 4189d3c2-8882-4871-a3c2-d380272eed83
      service_name: ""
      endpoints: [{vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82}]
      cloud_services: []
      accept: true
    own: {services: [{id: 4189d3c2-8882-4871-a3c2-d380272eed83, port_id: 4189d3c2-8882-4871-a3c2-d380272eed88}]}
"""

RETURN = r"""
_value:
  description:
    - V(definition) and V(service), the service as it is wanted and as it was found or planned; V(groups), the
      endpoints by service; and what has to be done.
  type: dict
  sample: {service: {id: 4189d3c2-8882-4871-a3c2-d380272eed83}, new_endpoints: 1, changes: true, obstacles: []}
"""

import typing as t

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.plan import role_plan


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"connect_vpcs_plan": role_plan}
