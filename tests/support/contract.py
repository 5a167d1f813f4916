"""Reads the API's OpenAPI description, so that tests can compare it with fields.py."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import BOTH
from tests.simulator.contract import load

Schema = dict[str, Any]
METHODS = ("get", "post", "put", "delete")


def description() -> Schema:
    """The whole file."""
    return load("vpcep.yaml")


def schema(name: str) -> Schema:
    """A named schema, as it is written."""
    return description()["components"]["schemas"][name]


def parameter(name: str) -> Schema:
    """The schema of a named parameter."""
    return description()["components"]["parameters"][name]["schema"]


def flat(written: Schema) -> Schema:
    """A schema with references and ``allOf`` taken in; ``refs`` holds the names of what was taken in."""
    result: Schema = {"refs": []}
    parts = list(written.get("allOf", []))
    if "$ref" in written:
        name = written["$ref"].rpartition("/")[2]
        result["refs"].append(name)
        parts.append(schema(name))
    for part in map(flat, parts):
        result["refs"] += part.pop("refs")
        result.update(part)
    result.update((key, value) for key, value in written.items() if key not in ("allOf", "$ref"))
    return result


def members(written: Schema) -> dict[str, Schema]:
    """The members of an object schema, flat."""
    return {name: flat(member) for name, member in flat(written)["properties"].items()}


def operations() -> Iterator[tuple[str, str, Schema]]:
    """Method, path and description of each operation."""
    for path, item in description()["paths"].items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


@lru_cache(maxsize=64)
def operation(name: str) -> tuple[str, str, Schema]:
    """One operation by its name."""
    found = [item for item in operations() if item[2]["operationId"] == name]
    assert len(found) == 1, f"the OpenAPI description has {len(found)} operations {name}"
    return found[0]


def request_members(name: str, cloud: str) -> set[str]:
    """The members that *cloud* takes in the request body of an operation; none when it lacks the operation."""
    _method, _path, described = operation(name)
    if cloud not in described.get("x-clouds", BOTH):
        return set()
    body = described["requestBody"]["content"]["application/json"]["schema"]
    return {member for member, facts in members(body).items() if cloud in clouds(facts)}


def clouds(member: Schema) -> tuple[str, ...]:
    """The clouds that have a member."""
    return tuple(cloud for cloud in BOTH if cloud in member.get("x-clouds", BOTH))


def changed_by(member: Schema, cloud: str) -> list[str] | None:
    """The operations that change a member later; None if the description does not say."""
    if "x-mutable-by" not in member:
        return None
    return [re.sub(r" \(.*\)$", "", name) for name in member["x-mutable-by"][cloud]]


def choices(member: Schema, cloud: str) -> list[str] | None:
    """The words that a cloud allows; None when any text will do. An inferred ``enum`` is ignored."""
    holder = flat(member["items"]) if member.get("type") == "array" else member
    if "enum" not in holder or holder.get("x-inferred") == "enum":
        return None
    return [word for word in holder["enum"] if cloud in holder.get("x-enum-clouds", {}).get(word, BOTH)]


def limit(member: Schema, cloud: str, of_text: str, of_list: str) -> int | None:
    """A limit of characters or items; one that only a strict simulator knows (``strict_only``) is none."""
    keyword = of_list if member.get("type") == "array" else of_text
    special = member.get("x-limits", {}).get(cloud, {})
    if keyword in special and not special.get("strict_only"):
        return special[keyword]
    return member.get(keyword)


def default(member: Schema) -> Any:
    """The default, None if there is none, or if it is only inferred."""
    return None if member.get("x-inferred") == "default" else member.get("default")


def service_type(member: Schema) -> str | None:
    """The type of endpoint that a member belongs to."""
    rule = member.get("x-allowed-when") or member.get("x-required-when") or ""
    found = re.match(r"service_type is (\w+)", rule)
    return found.group(1) if found else None


def pattern(text: str) -> str:
    """A pattern of the description for ``re.fullmatch``: no anchors, and ``[^\\W_]`` for letters and numbers."""
    assert text.startswith("^") and text.endswith("$")
    return re.sub(r"\[\\p\{L\}\\p\{N\}([^\]]*)\]", r"(?:[^\\W_]|[\1])", text[1:-1])
