"""The filter terraform_ids."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from ansible.errors import AnsibleFilterError

from ...module_utils._core.types import Object

BOM = "\N{BYTE ORDER MARK}"  # shells on Windows write it
TYPE = re.compile(r"(?:huaweicloud|opentelekomcloud)_vpcep_(service|endpoint)(?:_v[0-9]+)?")


def terraform_ids(text: str) -> Object:
    """See plugins/filter/terraform_ids.yml. No message quotes the text, which may hold secrets."""
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
