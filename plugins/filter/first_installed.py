# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: first_installed
short_description: Choose the first installed collection of a list
version_added: 1.0.0
description:
  - Returns the first name in a list of collections that Ansible finds where it runs. Fails if it finds none of them.
author:
  - The crossvpc authors (@crossvpc)
options:
  _input:
    description: Names of collections.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Show which collection is used
  ansible.builtin.debug:
    msg: "{{ ['example.missing', 'crossvpc.vpcep'] | crossvpc.vpcep.first_installed }}"
"""

RETURN = r"""
_value:
  description: The name.
  type: str
  sample: crossvpc.vpcep
"""

import importlib.util
import typing as t

from ansible.errors import AnsibleFilterError


def first_installed(names: list[str]) -> str:
    """See DOCUMENTATION."""
    for name in names:
        if _installed(name):
            return name
    raise AnsibleFilterError(f"Install one of these collections: {', '.join(names)}.")


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(f"ansible_collections.{name}") is not None
    except ModuleNotFoundError:
        return False


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"first_installed": first_installed}
