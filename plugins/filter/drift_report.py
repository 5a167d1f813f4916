# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: drift_report
short_description: Make a report of a drift check
version_added: 1.0.0
description:
  - Texts of the cloud are neither markup nor control characters in the report.
author:
  - The crossvpc authors (@crossvpc)
positional: files, format
options:
  _input:
    description: What P(crossvpc.vpcep.drift_findings#filter) returned, for all files together.
    type: list
    elements: dict
    required: true
  files:
    description: Names of all files that were compared.
    type: list
    elements: str
    required: true
  format:
    description: Format of the report.
    type: str
    choices: [text, markdown, junit]
    default: text
"""

EXAMPLES = r"""
- name: Show a report without findings
  ansible.builtin.debug:
    msg: "{{ [] | crossvpc.vpcep.drift_report(['web.yml'], 'markdown') }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: str
"""

import typing as t


def drift_report(findings: list[dict[str, t.Any]], files: list[str], format: str = "text") -> t.Any:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate import drift

    report = drift.drift_report(in_process.plain(findings), in_process.plain(files), format)
    return in_process.untrusted(report)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"drift_report": drift_report}
