"""Reads the OpenAPI files, which are written in a short form, as OpenAPI.

In the short form:

* a path has the parameters of ``components`` that its segments in braces name;
* ``x-prefixes`` has members of all operations whose paths begin with a text: of the first text that fits;
* an item of ``parameters`` is a name of ``components``, a list of such names, a mapping of names of query parameters
  to schemas, or a parameter, which is ``in: query`` by default;
* ``requestBody`` and the answers of ``responses`` are schemas. An answer can also be the ``members`` of one;
* a schema is the name of one, a plain type, ``uuid``, a list of one schema, or a schema of OpenAPI;
* ``members`` are the ``properties`` of an object, those in parentheses may be missing.
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
    components = document.get("components", {})
    in_path = {
        one["name"]: reference("parameters", title)
        for title, one in components.get("parameters", {}).items()
        if one["in"] == "path"
    }
    components["schemas"] = {title: schema(one) for title, one in components.get("schemas", {}).items()}
    for one in components.get("parameters", {}).values():
        one["schema"] = schema(one["schema"])
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
        yield {"in": "query", **item, "schema": schema(item["schema"])}
    else:
        yield from ({"name": name, "in": "query", "schema": schema(kind)} for name, kind in item.items())


def answer(short: Any) -> dict[str, Any]:
    if isinstance(short, dict) and "description" in short:
        return short
    return {"description": "Success", **content(schema({"members": short} if isinstance(short, dict) else short))}


def schema(short: Any) -> dict[str, Any]:
    if isinstance(short, list):
        return {"type": "array", "items": schema(short[0])}
    if short == "uuid":
        return {"type": "string", "format": "uuid"}
    if isinstance(short, str):
        return {"type": short} if short.islower() else reference("schemas", short)
    result = dict(short)
    if "members" in short:
        members = {name.strip("()"): schema(one) for name, one in result.pop("members").items()}
        required = [name for name in members if name in short["members"]]
        result = {"type": "object", "required": required, "properties": members, **result}
    for word in ("items", "additionalProperties"):
        if word in short:
            result[word] = schema(short[word])
    for word in ("oneOf", "anyOf", "allOf"):
        if word in short:
            result[word] = [schema(one) for one in short[word]]
    return result


def reference(place: str, name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/{place}/{name}"}


def content(body: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": body}}}
