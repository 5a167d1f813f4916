# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: terraform_ids
short_description: Find the services and endpoints that Terraform manages
version_added: 1.0.0
description:
  - Takes a state of Terraform or OpenTofu and returns the IDs of the endpoint services and endpoints in it, of the
    providers V(huaweicloud) and V(opentelekomcloud). Data sources do not count.
  - Nothing else of the state is returned.
author:
  - The crossvpc authors (@crossvpc)
options:
  _input:
    description: The text of a state file (version 4), or what C(terraform show -json) prints.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Find what Terraform manages
  ansible.builtin.debug:
    msg: "{{ state | to_json | crossvpc.vpcep.terraform_ids }}"
  vars:
    state:
      version: 4
      resources:
        - mode: managed
          type: opentelekomcloud_vpcep_service_v1
          instances: [{attributes: {id: 4189d3c2-8882-4871-a3c2-d380272eed83}}]
"""

RETURN = r"""
_value:
  description: V(services) and V(endpoints), sorted lists of IDs.
  type: dict
"""

import json
import re
import typing as t
from collections.abc import Iterator

from ansible.errors import AnsibleFilterError

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object

BOM = "\N{BYTE ORDER MARK}"  # shells on Windows write it
TYPE = re.compile(r"(?:huaweicloud|opentelekomcloud)_vpcep_(service|endpoint)(?:_v[0-9]+)?")


def terraform_ids(text: str) -> Object:
    """See DOCUMENTATION. No message quotes the text, which may hold secrets."""
    try:
        found = list(_resources(json.loads(text.removeprefix(BOM))))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise AnsibleFilterError(
            "This is neither a Terraform state file of version 4 nor what terraform show -json prints."
        ) from None
    ids: dict[str, set[str]] = {"service": set(), "endpoint": set()}
    for kind, values in found:
        match = TYPE.fullmatch(kind)
        if match and isinstance(values.get("id"), str):
            ids[match[1]].add(values["id"])
    if not any(ids.values()):
        raise AnsibleFilterError("There are no endpoint services and no endpoints in this Terraform state.")
    return {f"{kind}s": sorted(found) for kind, found in ids.items()}


def _resources(state: Object) -> Iterator[tuple[str, Object]]:
    """Type and values of each managed resource. Deposed instances, which Terraform still has to delete, are ignored."""
    if "format_version" in state:
        values = (state.get("prior_state") or state).get("values") or {}
        yield from _of_module(values.get("root_module") or {})
        return
    if state["version"] != 4:
        raise ValueError
    for resource in state["resources"]:
        for instance in resource["instances"] if resource["mode"] == "managed" else ():
            if "deposed" not in instance:
                yield resource["type"], instance.get("attributes") or {}


def _of_module(module: Object) -> Iterator[tuple[str, Object]]:
    for resource in module.get("resources") or ():
        if resource["mode"] == "managed" and "deposed_key" not in resource:
            yield resource["type"], resource.get("values") or {}
    for child in module.get("child_modules") or ():
        yield from _of_module(child)


class FilterModule:
    """The filter that this file is named after."""

    def filters(self) -> dict[str, t.Any]:
        return {"terraform_ids": terraform_ids}
