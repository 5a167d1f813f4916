# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: mistyped_variables
short_description: Find variables of the collection's role and playbooks that have a value of a wrong type
version_added: 1.0.0
description:
  - Ansible's own check of the variables of a role quotes values of a wrong type, passwords in them included. This
    filter names such variables, and the options inside them; of the values it shows numbers at most.
  - Options inside them that are unknown or missing are named, too.
  - The role P(crossvpc.vpcep.connect_vpcs#role) and the playbooks of this collection fail when it finds one.
author:
  - The crossvpc authors (@crossvpc)
options:
  _input:
    description: Variables with their values. Those that are no variables of this collection are ignored.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Check the types of variables
  ansible.builtin.assert:
    that: mistyped | length == 0
    fail_msg: "{{ mistyped | join(' ') }}"
  vars:
    mistyped: "{{ {'connect_vpcs_wait_timeout': my_timeout} | crossvpc.vpcep.mistyped_variables }}"
    my_timeout: 600
"""

RETURN = r"""
_value:
  description: A sentence for each of them, with its name and the type that it should have.
  type: list
  elements: str
  sample: ["connect_vpcs_consumer_auth must be a dictionary, not a list."]
"""

import typing as t


def mistyped_variables(values: dict[str, t.Any]) -> list[str]:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.role import variables

    return variables.mistyped_variables(values)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"mistyped_variables": mistyped_variables}
