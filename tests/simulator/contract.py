"""The content of the OpenAPI files for one cloud profile: operations, routes, checks of requests and answers.

The profile (``otc``, ``otc-2025-11``, ``huawei``) decides which operations and members exist and which limits
and enums hold; every schema is rewritten for it once, at start, and compiled.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import yaml

HERE = Path(__file__).parent / "openapi"
METHODS = ("get", "head", "post", "put", "delete")
GENERIC_ERROR = "EndPoint.0002"


@functools.cache
def load(name: str) -> dict[str, Any]:
    """One of the YAML files beside this module, parsed once per process."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load((HERE / name).read_text(encoding="utf-8"), Loader=loader)
    return document


class Violation(Exception):
    """Input that breaks the contract. ``code`` is an error code of errors.yaml, ``where`` says what broke."""

    def __init__(self, code: str, where: str, keyword: str = "", member: str = "") -> None:
        super().__init__(f"{code}: {where}")
        self.code, self.where, self.keyword, self.member = code, where, keyword, member


class Schema:
    """A compiled schema that knows the error code of each of its parts."""

    def __init__(self, tree: dict[str, Any]) -> None:
        self.tree = tree
        self.validator = jsonschema_rs.Draft202012Validator(tree, validate_formats=True)

    def check(self, value: Any) -> None:
        """Raise Violation for the first fault: absent members first, then in the order of the schema."""
        if self.validator.is_valid(value):
            return
        rank = {"required": 0, "format": 2, "pattern": 2}
        raise self.violation(min(self.validator.iter_errors(value), key=lambda fault: rank.get(fault.kind.name, 1)))

    def faults(self, value: Any, hidden: Set[str] = frozenset()) -> list[str]:
        """All faults in words; empty when the value is valid. hidden: members that may be missing."""
        if self.validator.is_valid(value):
            return []
        return [
            f"{'/'.join(map(str, e.instance_path))}: {e.message[:300]}"
            for e in self.validator.iter_errors(value)
            if not (e.kind.name == "required" and e.kind.property in hidden)
        ]

    def violation(self, fault: Any) -> Violation:
        keyword = fault.kind.name
        nodes = list(self.nodes(list(fault.schema_path)[:-1]))
        if keyword == "required":
            nodes.append(nodes[-1].get("properties", {}).get(fault.kind.property, {}))
        member = str(fault.kind.property) if keyword == "required" else str((list(fault.instance_path) or [""])[-1])
        code = code_of(nodes, keyword)
        return Violation(code, f"{'/'.join(map(str, fault.instance_path))}: {keyword} {member}", keyword, member)

    def nodes(self, path: list[Any]) -> Iterator[dict[str, Any]]:
        node: Any = self.tree
        yield node
        for step in path:
            node = node[step]
            if isinstance(node, dict):
                yield node


def code_of(nodes: list[dict[str, Any]], keyword: str) -> str:
    """The nearest x-error, from the broken schema outwards. A keyword counts only where it was broken."""
    for depth, node in enumerate(reversed(nodes)):
        found = node.get("x-error")
        if isinstance(found, str) and not (depth == 0 and keyword == "required"):
            return found
        if isinstance(found, dict):
            if depth == 0 and keyword in found:
                return str(found[keyword])
            if keyword != "required" or depth > 0:
                return str(found.get("default", GENERIC_ERROR))
    return GENERIC_ERROR


@dataclass
class Parameter:
    """A query parameter."""

    name: str
    type: str
    default: Any
    schema: Schema
    code: str

    def read(self, text: str) -> Any:
        try:
            value: Any = text
            if self.type == "array":
                value = [text]
            elif self.type == "integer":
                value = int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else text
            elif self.type == "boolean":
                value = {"true": True, "false": False}.get(text.lower(), text)
            self.schema.check(value)
        except Violation as fault:
            raise Violation(self.code, f"{self.name}: {fault.where}", fault.keyword, self.name) from None
        return value

    def read_all(self, texts: list[str]) -> Any:
        """The values of an array, which is sent as a repeated parameter; else the last value."""
        if self.type == "array":
            return [one for text in texts for one in self.read(text)]
        return self.read(texts[-1])


@dataclass
class Operation:
    """One operation of the contract."""

    id: str
    service: str
    method: str
    path: str
    offered: bool
    secured: bool
    success: int
    parameters: list[Parameter] = field(default_factory=list)
    body: Schema | None = None
    members: frozenset[str] = frozenset()
    segments: list[Parameter] = field(default_factory=list)
    # Of a network operation: the form of its errors, the host that has it, and its errors for refused requests.
    form: str = ""
    api: str = ""
    refusals: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Schema | None] = field(default_factory=dict)

    def check_path(self, given: Mapping[str, str]) -> None:
        """Raise Violation for a path parameter that its schema refuses. Does not check whether the object exists."""
        for parameter in self.segments:
            parameter.read(given[parameter.name])

    def read_query(self, query: Mapping[str, list[str]]) -> dict[str, Any]:
        """Declared parameters with their defaults; unknown ones are left out."""
        read = {p.name: p.default for p in self.parameters if p.default is not None}
        read.update({p.name: p.read_all(query[p.name]) for p in self.parameters if p.name in query})
        return read

    def largest(self, name: str) -> int | None:
        """The maximum of a query parameter."""
        found = (p.schema.tree.get("maximum") for p in self.parameters if p.name == name)
        return next(found, None)

    def read_body(self, body: dict[str, Any]) -> dict[str, Any]:
        """The body's members that this profile knows, checked; the others are ignored as the cloud does."""
        assert self.body is not None
        known: dict[str, Any] = {name: value for name, value in body.items() if name in self.members}
        self.body.check(known)
        return known

    def members_of(self, name: str) -> frozenset[str]:
        """The members of the items of a list in the body."""
        assert self.body is not None
        return frozenset(self.body.tree["properties"][name]["items"]["properties"])

    def answer_faults(self, status: int, body: Any, hidden: Set[str] = frozenset()) -> list[str]:
        """Faults of the simulator's own answer; empty if it is as documented. hidden: members left out on purpose."""
        key = str(status) if str(status) in self.answers else "default"
        if key not in self.answers:
            return [f"status {status} is not documented"]
        schema = self.answers[key]
        if schema is None:
            return [] if body is None else ["a body where none is documented"]
        return schema.faults(body, hidden)


class Contract:
    """All operations of the simulated cloud in one profile.

    profile: ``otc``, ``otc-2025-11`` or ``huawei``. strict_tags: apply the profile's own limits on tags
    instead of the widest ones.
    """

    def __init__(self, profile: str, strict_tags: bool = False) -> None:
        self.profile = profile
        self.cloud = "huawei" if profile == "huawei" else "otc"
        self.strict_tags = strict_tags
        self.operations: dict[str, Operation] = {}
        self.routes: dict[tuple[str, str, int], list[tuple[list[str], Operation]]] = {}
        self.returned: dict[tuple[str, str], frozenset[str]] = {}
        self.defaults: dict[str, Any] = load("vpcep.yaml")["x-simulator-default"]
        for service in ("vpcep", "iam", "network"):
            self.read_file(service, load(f"{service}.yaml"))
        for choices in self.routes.values():
            # A static segment has priority over a parameter: /public before /{id}.
            choices.sort(key=lambda choice: [segment.startswith("{") for segment in choice[0]])

    def find(self, server: str, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
        """Operation and path parameters; server is ``iam``, or ``api`` for VPCEP and network."""
        segments = path.split("/")[1:]
        for template, operation in self.routes.get((server, method, len(segments)), ()):
            pairs = list(zip(template, segments, strict=True))
            if all(t == s or (t[0:1] == "{" and s) for t, s in pairs):
                return operation, {t[1:-1]: unquote(s) for t, s in pairs if t[0:1] == "{"}
        return None, {}

    def limit(self, *path: str) -> Any:
        """A value from vpcep.yaml's components, such as ``limit("schemas", "Quota", "x-simulator-default")``."""
        node: Any = load("vpcep.yaml")["components"]
        for step in path:
            node = node[step]
        return node

    def read_file(self, service: str, document: dict[str, Any]) -> None:
        for path, item in document["paths"].items():
            for method in METHODS:
                if method in item:
                    self.read_operation(service, document, path, method, item)

    def read_operation(
        self, service: str, document: dict[str, Any], path: str, method: str, item: dict[str, Any]
    ) -> None:
        raw = item[method]
        rewrite = Rewriter(self, document, raw["operationId"])
        operation = Operation(
            id=raw["operationId"],
            service=service,
            method=method.upper(),
            path=path,
            offered=self.cloud in raw.get("x-clouds", [self.cloud]),
            secured=raw.get("security", True) != [],
            success=success_of(raw["responses"]),
            form=raw.get("x-error-form", ""),
            api=raw.get("x-service", service),
        )
        if operation.form:
            refusals = document["x-refusals"]
            operation.refusals = refusals.get(operation.form) or refusals[operation.api]
        for parameter in map(rewrite.resolve, item.get("parameters", []) + raw.get("parameters", [])):
            if parameter["in"] == "path" and "x-error" in parameter:
                check = Schema(rewrite.request(parameter["schema"]))
                operation.segments.append(Parameter(parameter["name"], "string", None, check, parameter["x-error"]))
            if parameter["in"] == "query" and self.cloud in parameter.get("x-clouds", [self.cloud]):
                tree = rewrite.request(parameter["schema"])
                code = parameter.get("x-error") or operation.refusals.get("invalid", GENERIC_ERROR)
                kind, default = tree.get("type", "string"), tree.get("default")
                operation.parameters.append(Parameter(parameter["name"], kind, default, Schema(tree), code))
        if "requestBody" in raw:
            tree = rewrite.request(raw["requestBody"]["content"]["application/json"]["schema"])
            operation.body, operation.members = Schema(tree), frozenset(tree.get("properties", ()))
        for status, response in {"default": document["x-default-response"], **raw["responses"]}.items():
            content = rewrite.resolve(response).get("content")
            schema = rewrite.answer(content["application/json"]["schema"]) if content else None
            operation.answers[status] = Schema(schema) if schema else None
        self.operations[operation.id] = operation
        server = "iam" if service == "iam" else "api"
        segments = path.split("/")[1:]
        self.routes.setdefault((server, operation.method, len(segments)), []).append((segments, operation))


def success_of(responses: dict[str, Any]) -> int:
    """204 if it is documented (the clouds return it), else the lowest 2xx."""
    usual = [int(s) for s, r in responses.items() if s != "default" and not r.get("x-inferred") and int(s) < 400]
    return 204 if 204 in usual else min(usual)


class Rewriter:
    """Turns OpenAPI schemas into plain JSON Schema for one profile: references resolved, members chosen."""

    def __init__(self, contract: Contract, document: dict[str, Any], operation: str) -> None:
        self.contract, self.document, self.operation = contract, document, operation

    def resolve(self, node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].split("/")[1:]:
                target = target[step]
            node = target
        return node

    def request(self, node: dict[str, Any]) -> dict[str, Any]:
        return self.rewrite(node, answer=False)

    def answer(self, node: dict[str, Any]) -> dict[str, Any]:
        return self.rewrite(node, answer=True)

    def rewrite(self, node: dict[str, Any], answer: bool) -> dict[str, Any]:
        name = node.get("$ref", "").rsplit("/", 1)[-1]
        node = dict(self.resolve(node))
        if "allOf" in node:
            (base,) = node.pop("allOf")
            node = {**self.rewrite(base, answer), **node}
        self.apply_limits(node)
        self.apply_enum(node)
        if "properties" in node:
            self.apply_properties(node, answer, name)
        for word in ("items", "additionalProperties"):
            if isinstance(node.get(word), dict):
                node[word] = self.rewrite(node[word], answer)
        for word in ("oneOf", "anyOf"):
            if word in node:
                node[word] = [self.rewrite(choice, answer) for choice in node[word]]
        if node.pop("nullable", False) and "type" in node:
            node["type"] = [node["type"], "null"]
        for noise in ("example", "description", "x-mutable-by"):
            node.pop(noise, None)
        return node

    def apply_limits(self, node: dict[str, Any]) -> None:
        limits = node.pop("x-limits", {})
        own = limits.get(self.contract.profile, limits.get(self.contract.cloud, {}))
        if self.contract.strict_tags or not own.get("strict_only"):
            node.update({k: v for k, v in own.items() if k in ("maxLength", "maxItems", "pattern", "default")})

    def apply_enum(self, node: dict[str, Any]) -> None:
        clouds = node.pop("x-enum-clouds", None)
        if clouds and "enum" in node:
            node["enum"] = [v for v in node["enum"] if self.contract.cloud in clouds.get(v, [self.contract.cloud])]

    def apply_properties(self, node: dict[str, Any], answer: bool, name: str) -> None:
        known = {n: p for n, p in node["properties"].items() if self.exists(p) and not (answer and self.hidden(p))}
        node["properties"] = {n: self.rewrite(p, answer) for n, p in known.items()}
        if answer:
            node["additionalProperties"] = False
            node["required"] = [n for n in node.get("required", ()) if n in known]
            self.contract.returned[name, self.operation] = frozenset(known)

    def exists(self, member: dict[str, Any]) -> bool:
        edition = member.get("x-otc-edition")
        if edition and self.contract.profile == "otc":
            return False
        return self.contract.cloud in member.get("x-clouds", [self.contract.cloud])

    def hidden(self, member: dict[str, Any]) -> bool:
        """Whether this operation's answers leave the member out."""
        if member.get("x-legacy"):
            return True
        if "x-returned-by" in member:
            by = member["x-returned-by"]
            names = by.get(self.contract.profile, by.get(self.contract.cloud, []))
            return not ({"all", self.operation} & set(names))
        return "reserved" in member.get("x-otc-edition", "") and self.contract.cloud == "otc"
