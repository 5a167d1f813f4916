# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: answer_from_yaml
short_description: Read an answer to a question of an AWX survey as YAML
version_added: 1.0.0
description:
  - Fails with the question's name and the place of the mistake if the answer is not valid YAML.
author:
  - The crossvpc authors (@crossvpc)
positional: question
options:
  _input:
    description: The answer. A value that is not a text, such as an extra variable, is returned unchanged.
    type: raw
    required: true
  question:
    description: The name of the question, for the message.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the ports
  ansible.builtin.debug:
    msg: "{{ '- {client_port: 443, server_port: 8443}' | crossvpc.vpcep.answer_from_yaml('New service: ports') }}"
"""

RETURN = r"""
_value:
  description: The value, V(none) if the answer is empty or C(null).
  type: raw
"""

import typing as t

import yaml
from ansible.errors import AnsibleFilterError


def answer_from_yaml(answer: t.Any, question: str) -> t.Any:
    """See DOCUMENTATION."""
    if not isinstance(answer, str):
        return answer
    try:
        return yaml.safe_load(answer)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise AnsibleFilterError(f'The answer to "{question}" is not valid YAML{place}: {problem}.') from None


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"answer_from_yaml": answer_from_yaml}
