# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: connect_vpcs_verification
short_description: Plan and evaluate the verification of the role connect_vpcs
version_added: 1.0.0
description:
  - Used by the role P(crossvpc.vpcep.connect_vpcs#role) when C(connect_vpcs_verify_from) is given.
author:
  - The crossvpc authors (@crossvpc)
positional: result, tried, backend
options:
  _input:
    description: What P(crossvpc.vpcep.connect_vpcs_input#filter) returned.
    type: dict
    required: true
  result:
    description: The result of the role.
    type: dict
    required: true
  tried:
    description: The results of the tries, in the order of V(tries).
    type: list
    elements: dict
    default: []
  backend:
    description: The preflight checks of the backend's port.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
- name: Show which addresses are tried from which hosts
  ansible.builtin.debug:
    msg: "{{ (given | crossvpc.vpcep.connect_vpcs_verification(connect_vpcs_result)).tries }}"
  vars:
    given: {verify_from: [frontend], verify_ports: [443], verify_timeout: 120}
    connect_vpcs_result: {service: {}, endpoints: [{id: a, ip: 192.168.14.23, status: accepted}], next: []}
"""

RETURN = r"""
_value:
  description:
    - V(tries), a list of hosts with addresses and ports; V(silent), the tries without answer; and V(problem), what is
      wrong and what to check, or nothing.
  type: dict
  sample: {tries: [{host: frontend, address: 192.168.14.23, port: 443}], silent: [], problem: ""}
"""

import typing as t


def connect_vpcs_verification(*given: t.Any, **more: t.Any) -> dict[str, t.Any]:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role.verification import role_verification

    return role_verification(*given, **more)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"connect_vpcs_verification": connect_vpcs_verification}
