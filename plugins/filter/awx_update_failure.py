# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: awx_update_failure
short_description: Find out why a project update of AWX failed
version_added: 1.0.0
description:
  - Returns AWX's own explanation, or else the messages of the failed tasks in the update's log.
author:
  - The crossvpc authors (@crossvpc)
positional: log
options:
  _input:
    description: The project update as AWX's API shows it.
    type: dict
    required: true
  log:
    description: Its log, with or without colours.
    type: str
    default: ""
"""

EXAMPLES = r"""
- name: Show why it failed
  ansible.builtin.debug:
    msg: "{{ {'job_explanation': ''} | crossvpc.vpcep.awx_update_failure(log) }}"
  vars:
    log: 'fatal: [localhost]: FAILED! => {"changed": false, "msg": "Repository not found."}'
"""

RETURN = r"""
_value:
  description: The reason, or an empty text if none was found.
  type: str
  sample: Repository not found.
"""

import json
import re
import typing as t

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
RESULT = re.compile(r"FAILED! => (\{.*\})")


def awx_update_failure(update: dict[str, t.Any], log: str = "") -> str:
    """See DOCUMENTATION."""
    told = [update.get(name) for name in ("job_explanation", "result_traceback")]
    return " ".join(filter(None, told)) or " ".join(_messages(COLOUR.sub("", log)))


def _messages(log: str) -> t.Iterator[str]:
    for found in RESULT.finditer(log):
        try:
            message = json.loads(found[1]).get("msg")
        except ValueError:
            message = found[1]
        if message:
            yield " ".join(str(message).split())


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"awx_update_failure": awx_update_failure}
