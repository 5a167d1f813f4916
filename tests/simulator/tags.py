"""Rules of tags: changing them, and finding resources by them."""

from collections.abc import Iterable
from typing import Any

from .contract import Contract
from .errors import ApiError
from .models import Resource, Service


def tags_of(entries: list[dict[str, Any]]) -> dict[str, str]:
    return {entry["key"]: entry.get("value", "") for entry in entries}


def check_unique_keys(entries: list[dict[str, Any]]) -> None:
    keys = [entry["key"] for entry in entries]
    if len(set(keys)) < len(keys):
        raise ApiError("EndPoint.3067")


def change(
    contract: Contract, resource: Resource, action: str, entries: list[dict[str, Any]], existing: str = "overwrite"
) -> None:
    """``create`` adds, ``delete`` removes by key, or by key and value when one is given.

    existing: what ``create`` does to a key that is there: overwrite, keep, or refuse.
    """
    if action == "create":
        check_unique_keys(entries)
        new = tags_of(entries)
        if existing == "refuse" and set(new) & set(resource.tags):
            raise ApiError("EndPoint.3067")
        after = {**new, **resource.tags} if existing == "keep" else {**resource.tags, **new}
        if len(after) > contract.limit("schemas", "CreateEndpointRequest", "properties", "tags", "maxItems"):
            raise ApiError("EndPoint.3069")
        resource.tags = after
    else:
        for entry in entries:
            if "value" not in entry or resource.tags.get(entry["key"]) == entry["value"]:
                resource.tags.pop(entry["key"], None)


def name_of(resource: Resource) -> str:
    """The name in searches by tag: a service's short name, or the ID without one."""
    return (resource.name if isinstance(resource, Service) else "") or resource.id


def check_query(body: dict[str, Any]) -> None:
    """Checks of a search that are not in the schema."""
    if body["action"] == "count":
        for name, code in (("limit", "EndPoint.0006"), ("offset", "EndPoint.0010")):
            if name in body:
                raise ApiError(code, f"{name} is not allowed with count")
    for name in ("tags", "tags_any", "not_tags", "not_tags_any"):
        check_unique_keys(body.get(name, []))
        for entry in body.get(name, []):
            if len(set(entry["values"])) < len(entry["values"]):
                raise ApiError("EndPoint.3071")


def search(resources: Iterable[Resource], body: dict[str, Any]) -> list[Resource]:
    """The resources that all filters of the request let through."""
    return [resource for resource in resources if wanted(resource, body)]


def wanted(resource: Resource, body: dict[str, Any]) -> bool:
    name = name_of(resource).lower()
    if any(not match["value"] or match["value"].lower() not in name for match in body.get("matches", [])):
        return False
    if body.get("without_any_tag"):
        return not resource.tags
    hits = {
        kind: [has(resource.tags, entry) for entry in body[kind]]
        for kind in ("tags", "tags_any", "not_tags", "not_tags_any")
        if body.get(kind)
    }
    return (
        all(hits.get("tags", [True]))
        and any(hits.get("tags_any", [True]))
        and not all(hits.get("not_tags", [False]))
        and not any(hits.get("not_tags_any", [False]))
        # Nothing here carries system tags.
        and not body.get("sys_tags")
    )


def has(tags: dict[str, str], entry: dict[str, Any]) -> bool:
    """Whether the key is there with one of the values; no values means any, ``*x`` means ending in x."""
    key = entry["key"].strip()
    if key not in tags:
        return False
    value = tags[key]
    return not entry["values"] or any(
        value.endswith(one[1:]) if one.startswith("*") else value == one for one in entry["values"]
    )
