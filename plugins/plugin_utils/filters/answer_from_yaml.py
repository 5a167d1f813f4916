# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter answer_from_yaml."""

from __future__ import annotations

import typing as t

import yaml
from ansible.errors import AnsibleFilterError


def answer_from_yaml(answer: t.Any, question: str) -> t.Any:
    """See plugins/filter/answer_from_yaml.yml."""
    if not isinstance(answer, str):
        return answer
    try:
        return yaml.safe_load(answer)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise AnsibleFilterError(f'The answer to "{question}" is not valid YAML{place}: {problem}.') from None
