# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: misspelt_variables
short_description: Find variables that look like misspelt options of a role
version_added: 0.2.0
description:
  - Ansible ignores variables that a role does not define. This filter finds those whose names differ from an option of
    the role by one or two letters, if that option has its default value.
  - The role P(crossvpc.vpcep.connect_vpcs#role) fails when it finds one.
author:
  - The crossvpc authors (@crossvpc)
positional: defaults, values
options:
  _input:
    description: Names of variables, such as P(ansible.builtin.varnames#lookup) lists them.
    type: list
    elements: str
    required: true
  defaults:
    description: The options of the role, with their defaults.
    type: dict
    required: true
  values:
    description: The options of the role, with their current values.
    type: dict
    required: true
  own:
    description: Names to accept, such as those of results that the role registers.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Check the names of variables
  ansible.builtin.assert:
    that: misspelt | length == 0
    fail_msg: "{{ misspelt | join(' ') }}"
  vars:
    defaults: {my_role_ports: [], my_role_state: present}
    values: {my_role_ports: "{{ my_role_ports }}", my_role_state: "{{ my_role_state }}"}
    names: "{{ query('ansible.builtin.varnames', '^my_role_') }}"
    misspelt: "{{ names | crossvpc.vpcep.misspelt_variables(defaults, values) }}"
    my_role_ports: []
    my_role_state: absent
"""

RETURN = r"""
_value:
  description: For each of them, a sentence with the name that was probably meant.
  type: list
  elements: str
  sample: ["There is no variable my_role_port: did you mean my_role_ports?"]
"""

import difflib
import typing as t

ALIKE = 0.92  # ratio of difflib: about two different letters in twenty
SURVEY = "__"  # in the names of answers to an AWX survey, from which a playbook makes options


def misspelt_variables(
    names: list[str], defaults: dict[str, t.Any], values: dict[str, t.Any], own: t.Collection[str] = ()
) -> list[str]:
    """See DOCUMENTATION. An option with a value of its own was not misspelt."""
    found = []
    for name in sorted({*names} - {*defaults} - {*own}):
        near = difflib.get_close_matches(name, defaults, 1, ALIKE)
        if near and SURVEY not in name and values[near[0]] == defaults[near[0]]:
            found.append(f"There is no variable {name}: did you mean {near[0]}?")
    return found


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"misspelt_variables": misspelt_variables}
