# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: export_files
short_description: Turn exports of one or several logins into files
version_added: 1.0.0
description:
  - Takes what M(crossvpc.vpcep.vpcep_export_info) returned for each login, and returns the contents of files with
    variables of the role P(crossvpc.vpcep.connect_vpcs#role). An endpoint of one login and its service of another one
    are in the same file.
  - The same exports give the same files. The names of files have letters, digits, underscores and hyphens only.
author:
  - The crossvpc authors (@crossvpc)
positional: logins, asked
options:
  _input:
    description: The results of the module, one for each login.
    type: list
    elements: dict
    required: true
  logins:
    description:
      - What to call the logins, in names of files. The files refer to the variable C(export_vpcs_accounts), a list with
        the logins in the same order. Left out, for the one login of the environment, they refer to none.
    type: list
    elements: str
  asked:
    description: V(services) and V(endpoints), lists of the IDs that were asked for. Those that no login has are listed.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Describe all services and endpoints of the project
  crossvpc.vpcep.vpcep_export_info:
  register: estate

- name: Show the files
  ansible.builtin.debug:
    msg: "{{ ([estate] | crossvpc.vpcep.export_files).files | map(attribute='name') }}"
"""

RETURN = r"""
_value:
  description:
    - V(files), a list of dictionaries with V(name), V(content) and V(checksum) (SHA-1), and V(not_exported), objects
      that are in no file, with the reason. The last file lists these, too.
  type: dict
"""

import typing as t


def export_files(
    exports: list[dict[str, t.Any]], logins: list[str] | None = None, asked: dict[str, t.Any] | None = None
) -> t.Any:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.estate.files import export_files as files

    return in_process.untrusted(files(in_process.plain(exports), in_process.plain(logins), in_process.plain(asked)))


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"export_files": export_files}
