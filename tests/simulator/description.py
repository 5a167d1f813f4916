"""Reads the OpenAPI files, which are written in a short form, as OpenAPI.

In the short form:

* a path has the parameters of ``components`` that its segments in braces name;
* ``x-prefixes`` has members of all operations whose paths begin with a text: of the first text that fits;
* an item of ``parameters`` is a name of ``components``, a list of such names, a mapping of names of query parameters
  to types, or a parameter, which is ``in: query`` by default;
* ``requestBody`` is a schema or the name of one;
* an answer is the name of a schema, or a mapping of members to types. A member in parentheses may be missing.

A type is the name of a schema or a plain type, ``uuid``, a list of one type, or a schema.
"""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "openapi"
METHODS = ("get", "head", "post", "put", "delete")


@functools.cache
def load(name: str) -> dict[str, Any]:
    """One of the YAML files, parsed once per process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=loader)
    in_path = {
        one["name"]: reference("parameters", title)
        for title, one in document.get("components", {}).get("parameters", {}).items()
        if one["in"] == "path"
    }
    for path, item in document.get("paths", {}).items():
        own = next((own for prefix, own in document.get("x-prefixes", {}).items() if path.startswith(prefix)), {})
        for method in METHODS:
            if method in item:
                item[method] = {**own, **operation(item[method])}
        item["parameters"] = [in_path[segment] for segment in re.findall(r"{(\w+)}", path)]
    return document


def operation(short: dict[str, Any]) -> dict[str, Any]:
    result = {**short, "responses": {status: answer(one) for status, one in short["responses"].items()}}
    if "parameters" in short:
        result["parameters"] = [one for item in short["parameters"] for one in parameters(item)]
    body = short.get("requestBody", {"content": None})
    if "content" not in body:
        result["requestBody"] = {"required": True, **content(schema(body))}
    return result


def parameters(item: Any) -> Iterator[dict[str, Any]]:
    if isinstance(item, list):
        yield from (reference("parameters", name) for name in item)
    elif isinstance(item, str):
        yield reference("parameters", item)
    elif "schema" in item:
        yield {"in": "query", **item}
    else:
        yield from ({"name": name, "in": "query", "schema": schema(kind)} for name, kind in item.items())


def answer(short: Any) -> dict[str, Any]:
    if isinstance(short, dict) and "description" in short:
        return short
    if isinstance(short, dict):
        members = {name.strip("()"): schema(kind) for name, kind in short.items()}
        short = {"type": "object", "required": [name for name in members if name in short], "properties": members}
    return {"description": "Success", **content(schema(short))}


def schema(kind: Any) -> dict[str, Any]:
    if isinstance(kind, list):
        return {"type": "array", "items": schema(kind[0])}
    if isinstance(kind, dict):
        return kind
    if kind == "uuid":
        return {"type": "string", "format": "uuid"}
    return {"type": kind} if kind.islower() else reference("schemas", kind)


def reference(place: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{place}/{name}"}


def content(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": body}}}
