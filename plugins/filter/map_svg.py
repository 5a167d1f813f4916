# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: map_svg
short_description: Draw endpoint services and their endpoints as an SVG picture
version_added: 1.0.0
description:
  - Makes an SVG file from the results of the C(*_info) modules, for documentation and websites.
  - The file loads nothing and follows the light or dark mode of the browser.
  - The same input makes the same text.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.drawing
seealso:
  - plugin: crossvpc.vpcep.map_html
    plugin_type: filter
  - plugin: crossvpc.vpcep.map_mermaid
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Find the services and their connections
  crossvpc.vpcep.vpcep_service_info:
    include: [connections]
  register: mine

- name: Draw them
  ansible.builtin.copy:
    content: "{{ [{'services': mine.services}] | crossvpc.vpcep.map_svg }}"
    dest: /tmp/vpcs.svg
    mode: "0644"
"""

RETURN = r"""
_value:
  description: The SVG text.
  type: str
"""

import typing as t


def map_svg(*arguments: t.Any, **options: t.Any) -> str:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters

    return filters.svg(*arguments, **options)


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"map_svg": map_svg}
