# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: map_mermaid
short_description: Draw endpoint services and their endpoints as Mermaid text
version_added: 1.0.0
description:
  - Makes a Mermaid flowchart from the results of the C(*_info) modules, for a README or a merge request. GitHub and
    GitLab draw it in a code block of the language C(mermaid).
  - Endpoints are grouped until the text keeps the limits of these sites, 50,000 characters and 500 lines between
    boxes.
  - The same input makes the same text.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.drawing
seealso:
  - plugin: crossvpc.vpcep.map_html
    plugin_type: filter
  - plugin: crossvpc.vpcep.map_svg
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Find the services and their connections
  crossvpc.vpcep.vpcep_service_info:
    include: [connections]
  register: mine

- name: Show them
  ansible.builtin.debug:
    msg: "{{ ([{'services': mine.services}] | crossvpc.vpcep.map_mermaid).splitlines() }}"
"""

RETURN = r"""
_value:
  description: The text of the flowchart.
  type: str
"""

import typing as t


def map_mermaid(*arguments: t.Any, **options: t.Any) -> str:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters

    return filters.mermaid(*arguments, **options)


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"map_mermaid": map_mermaid}
