# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: map_mermaid
short_description: Draw endpoint services and their endpoints as Mermaid text
version_added: 0.2.0
description:
  - Makes a flowchart for Mermaid out of what the C(*_info) modules return, for a README or a merge request. GitHub and
    GitLab draw it where it stands in a listing of the language C(mermaid).
  - The text keeps the limits of these sites, 50,000 characters and 500 lines between boxes. Endpoints fold until it
    does.
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
- name: Find the services
  crossvpc.vpcep.vpcep_service_info:
  register: mine

- name: Find the endpoints
  crossvpc.vpcep.vpcep_endpoint_info:
  register: uses

- name: Show them
  ansible.builtin.debug:
    msg: "{{ ([account] | crossvpc.vpcep.map_mermaid).splitlines() }}"
  vars:
    account:
      services: "{{ mine.services }}"
      endpoints: "{{ uses.endpoints }}"
"""

RETURN = r"""
_value:
  description: The text of the flowchart.
  type: str
"""

import typing as t


def map_mermaid(*arguments: t.Any, **options: t.Any) -> str:
    """Imports late: to use one filter of a collection, each of Ansible's workers loads the files of all."""
    from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters

    return filters.mermaid(*arguments, **options)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"map_mermaid": map_mermaid}
