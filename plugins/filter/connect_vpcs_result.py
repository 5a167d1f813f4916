# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: connect_vpcs_result
short_description: Build the result of the role connect_vpcs
version_added: 1.0.0
description:
  - The last step of the role P(crossvpc.vpcep.connect_vpcs#role). Its README describes the result.
author:
  - The crossvpc authors (@crossvpc)
positional: plan, registered
options:
  _input:
    description: What P(crossvpc.vpcep.connect_vpcs_input#filter) returned.
    type: dict
    required: true
  plan:
    description: What P(crossvpc.vpcep.connect_vpcs_plan#filter) returned.
    type: dict
    default: {}
  registered:
    description:
      - Results of tasks. V(service) of those that may have changed the service, a list, V(reached) of the wait for
        addresses, V(removed) of the removal of endpoints, and V(connected) of the look at the connections. All may be
        left out.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Show an empty result
  ansible.builtin.debug:
    msg: "{{ {'state': 'present'} | crossvpc.vpcep.connect_vpcs_result }}"
"""

RETURN = r"""
_value:
  description: The value of C(connect_vpcs_result).
  type: dict
  sample: {state: present, service: {}, endpoints: [], created: [], cloud_services: {}, next: []}
"""

import typing as t

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.result import role_result


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"connect_vpcs_result": role_result}
