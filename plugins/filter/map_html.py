# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: map_html
short_description: Draw endpoint services and their endpoints as a page
version_added: 1.0.0
description:
  - Makes an HTML file from the results of the C(*_info) modules. It shows services, endpoints, accounts, ports and
    statuses as a picture and as tables.
  - The file loads nothing, can be read without scripts, and follows the light or dark mode of the browser.
  - The same input makes the same text.
author:
  - The crossvpc authors (@crossvpc)
extends_documentation_fragment:
  - crossvpc.vpcep.drawing
seealso:
  - plugin: crossvpc.vpcep.map_mermaid
    plugin_type: filter
  - plugin: crossvpc.vpcep.map_svg
    plugin_type: filter
options:
  note:
    description:
      - A line below the title, such as the date. The page holds no date of its own.
    type: str
    default: ""
  findings:
    description:
      - Findings to list below the picture, as in RV(crossvpc.vpcep.vpcep_audit_info#module:findings).
        Left out, the page says nothing of an audit.
    type: list
    elements: dict
    version_added: 1.0.0
"""

EXAMPLES = r"""
- name: Find the services
  crossvpc.vpcep.vpcep_service_info:
  register: mine

- name: Find the endpoints
  crossvpc.vpcep.vpcep_endpoint_info:
  register: uses

- name: Draw them
  ansible.builtin.copy:
    content: "{{ [account] | crossvpc.vpcep.map_html(title='Production', names=names) }}"
    dest: /tmp/vpcs.html
    mode: "0644"
  vars:
    account:
      name: production
      services: "{{ mine.services }}"
      endpoints: "{{ uses.endpoints }}"
    names:
      4189d3c2-8882-4871-a3c2-d380272eed80: backend
"""

RETURN = r"""
_value:
  description: The HTML text.
  type: str
"""

import typing as t


def map_html(*arguments: t.Any, **options: t.Any) -> str:
    """Imports when called: each of Ansible's workers loads the files of all filters of a collection."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters

    return filters.html(*arguments, **options)


class FilterModule:
    def filters(self) -> dict[str, t.Any]:
        return {"map_html": map_html}
