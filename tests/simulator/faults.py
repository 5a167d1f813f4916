"""Faults that a test injects: the matching requests, and the answers to them."""

from __future__ import annotations

import dataclasses
import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from .errors import catalogue

HTML = "<html>\r\n<head><title>{status}</title></head>\r\n<body><h1>{status}</h1></body>\r\n</html>\r\n"
KINDS = {
    "answer": "this status, code, message, headers, body",
    "stall": "the proper answer, after `seconds`",
    "reset": "TCP reset, no answer",
    "close": "connection closed, no answer",
    "truncate": "the proper answer, cut in the middle",
    "not_json": "the proper status with a body that is no JSON",
    "revoke": "the caller's token is revoked first, so that a 401 follows",
}
# network: all of vpc, ecs, elb and dns.
SERVICES = ("vpcep", "network", "vpc", "ecs", "elb", "dns", "iam", "any")
# The kinds that change the proper answer, so the request is processed.
ANSWERING = ("stall", "truncate", "not_json", "revoke")
PRESETS: dict[str, dict[str, Any]] = {
    "throttle": {"code": "EndPoint.0022"},
    "throttle_gateway": {"code": "APIGW.0308"},
    "server_error": {"code": "EndPoint.0001"},
    "timeout": {"code": "EndPoint.0013"},
    "bad_gateway": {"status": 502, "body": HTML.format(status="502 Bad Gateway"), "content_type": "text/html"},
    "unavailable": {"status": 503, "body": HTML.format(status="503 Service Unavailable"), "content_type": "text/html"},
    "in_use": {"code": "EndPoint.3006", "operation": "deleteEndpointService"},
    "token_revoked": {"kind": "revoke"},
}


@dataclass
class Fault:
    """An ordered fault; README.md describes its members."""

    id: int = 0
    kind: str = "answer"
    service: str = "vpcep"
    method: str | None = None
    path: str | None = None
    operation: str | None = None
    account: str | None = None
    nth: int = 1
    count: int | None = 1
    carried_out: bool = False
    seconds: float = 0.0
    status: int | None = None
    code: str | None = None
    message: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    content_type: str = "application/json"
    # How many requests matched so far, and how many were hit.
    matched: int = 0
    hits: int = 0

    @classmethod
    def ordered(cls, values: dict[str, Any]) -> Fault:
        """From a control request. ``preset`` names a ready-made one. Raises ValueError for bad input."""
        values = dict(values)
        preset = values.pop("preset", None)
        if preset is not None and preset not in PRESETS:
            raise ValueError(f"unknown preset {preset}; known: {', '.join(PRESETS)}")
        values = {**PRESETS.get(preset, {}), **values}
        unknown = set(values) - {f.name for f in dataclasses.fields(cls)} | set(values) & {"id", "matched", "hits"}
        if unknown:
            raise ValueError(f"unknown member of a fault: {', '.join(sorted(unknown))}")
        fault = cls(**values)
        if fault.kind not in KINDS:
            raise ValueError(f"unknown kind {fault.kind}; known: {', '.join(KINDS)}")
        if fault.kind == "answer" and fault.status is None and fault.code not in catalogue():
            raise ValueError("an answer needs a status, or a code of errors.yaml")
        if fault.service not in SERVICES:
            raise ValueError(f"unknown service {fault.service}")
        re.compile(fault.path or "")
        return fault

    def matches(
        self, services: tuple[str, str], method: str, path: str, operation: str | None, account: str | None
    ) -> bool:
        return (
            self.service in ("any", *services)
            and self.method in (None, method)
            and self.operation in (None, operation)
            and self.account in (None, account)
            and (self.path is None or re.search(self.path, path) is not None)
        )

    @property
    def carries_out(self) -> bool:
        return self.carried_out or self.kind in ANSWERING

    @property
    def done(self) -> bool:
        return self.count is not None and self.hits >= self.count

    def shown(self) -> dict[str, Any]:
        return {name: value for name, value in dataclasses.asdict(self).items() if value not in (None, {})}


class Faults:
    """The injected faults; the oldest matching one is used."""

    def __init__(self) -> None:
        self.ordered: list[Fault] = []
        self.numbers = itertools.count(1)

    def order(self, values: dict[str, Any]) -> Fault:
        fault = Fault.ordered(values)
        fault.id = next(self.numbers)
        self.ordered.append(fault)
        return fault

    def pick(self, *request: Any) -> Fault | None:
        """The fault for this request, counted as used."""
        for fault in self.ordered:
            if not fault.done and fault.matches(*request):
                fault.matched += 1
                if fault.matched >= fault.nth:
                    fault.hits += 1
                    return fault
        return None

    def clear(self, id: int | None = None) -> None:
        self.ordered = [fault for fault in self.ordered if id is not None and fault.id != id]
