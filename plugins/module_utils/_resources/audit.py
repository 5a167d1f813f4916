"""The module vpcep_audit_info: findings about the services and endpoints of one or two logins. It sends GETs only.

The rules are data, of which users may change some; audit_checks.py checks them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from .._core.errors import ApiError, VpcepError
from .._core.option_types import shown
from .._core.texts import one_line
from .._core.types import Object
from .._schema.argument_specs import SEVERITIES
from .._schema.normalize import name_of
from .._schema.validation import refuse
from . import audit_checks as checks
from .audit_estate import Seen, Side
from .audit_reports import FORMATS
from .runtime import Runtime

FORBIDDEN = 403
REQUESTS = {
    "services": "1 GET for each 1000 services",
    "endpoints": "1 GET for each 1000 endpoints",
    "quotas": "1 GET",
    "permissions": "1 GET for the whitelist of each service",
    "connections": "1 GET for the connections of each service",
    "connections_of_unused": "1 GET for the connections of each service whose connection count is 0",
    "connections_of_listed": "1 GET for the connections of each service whose whitelist names accounts",
    "ports": "1 GET for each 2000 ports, and 1 GET for each backend that is not among them",
    "servers": "1 GET for each 1000 servers",
    "security_groups": "1 GET for each 20 security groups of backends",
    "foreign_services": "1 GET for each service of another login that endpoints lead to",
}
"""What rules read -> the requests for each login. Rules share what they read."""
NETWORK = {"ports", "servers", "security_groups"}
"""What is read from other services than VPCEP. If it cannot be read, the other rules are still checked."""


class Rule(NamedTuple):
    """One rule, with texts for reports."""

    check: Callable[[Side, Object], Iterable[Seen]]
    severity: str
    title: str
    why: str
    todo: str
    reads: tuple[str, ...]  # keys of REQUESTS
    parameters: Object = {}  # name -> value, of which users may set others
    enabled: bool = True
    ignored: frozenset[str] = frozenset()  # IDs and names of objects without findings

    @property
    def requests(self) -> list[str]:
        return [REQUESTS[name] for name in self.reads]


WASTE = "It is billed and counts against the quota, and no traffic passes it."

RULES: dict[str, Rule] = {
    "whitelist-open": Rule(
        checks.whitelist_open,
        "high",
        "Whitelist admits every account",
        "Every account of the cloud can ask for a connection, and gets one if the service does not need approval.",
        "Replace the record * by the IDs of the accounts that need the service (permissions of vpcep_service).",
        ("services", "permissions"),
    ),
    "whitelist-unused": Rule(
        checks.whitelist_unused,
        "low",
        "Account on the whitelist has no connection",
        "An account that does not use the service can still connect to it.",
        "Remove the records of these accounts (permissions of vpcep_service, or vpcep_permission with state absent).",
        ("services", "permissions", "connections_of_listed"),
    ),
    "approval-off": Rule(
        checks.approval_off,
        "medium",
        "Service admits other accounts without approval",
        "Each account on the whitelist connects as many VPCs as it likes, and the owner of the service is not asked.",
        "Set approval_enabled to true and accept endpoints with vpcep_connection.",
        ("services", "permissions"),
    ),
    "gateway-policy-open": Rule(
        checks.gateway_policy_open,
        "medium",
        "Policy of a gateway endpoint allows everything",
        "Every server of the VPC can copy data to any bucket, also to one of another account.",
        "Limit policy_statement to the actions and buckets that the VPC needs.",
        ("endpoints",),
    ),
    "access-list-off": Rule(
        checks.access_list_off,
        "low",
        "Endpoint without an access list",
        "Every address that reaches the VPC, also through peerings and VPNs, can use the endpoint.",
        "Set whitelist to the addresses that need the endpoint, and enable_whitelist to true.",
        ("endpoints",),
    ),
    "access-list-ineffective": Rule(
        checks.access_list_ineffective,
        "high",
        "Access list of an endpoint has no effect",
        "Access looks limited, and it is not.",
        "Set enable_whitelist to true, and list the addresses that need the endpoint instead of all.",
        ("endpoints",),
    ),
    "endpoint-rejected": Rule(
        checks.endpoint_rejected,
        "medium",
        "Endpoint is rejected",
        WASTE,
        "Delete the endpoint, or ask the owner of the service to accept it.",
        ("endpoints",),
    ),
    "endpoint-failed": Rule(
        checks.endpoint_failed,
        "medium",
        "Endpoint has failed",
        WASTE,
        "Replace the endpoint (recreate of vpcep_endpoint), or delete it.",
        ("endpoints",),
    ),
    "endpoint-orphaned": Rule(
        checks.endpoint_orphaned,
        "medium",
        "Endpoint leads to a service that does not exist",
        WASTE,
        "Delete the endpoint.",
        ("services", "endpoints", "foreign_services"),
    ),
    "endpoint-waiting": Rule(
        checks.endpoint_waiting,
        "medium",
        "Endpoint waits for approval",
        "An endpoint is billed while it waits, and its owner cannot use the service.",
        "The owner of the service accepts or rejects the endpoint with vpcep_connection.",
        ("services", "endpoints", "connections"),
        {"days": 3},
    ),
    "service-failed": Rule(
        checks.service_failed,
        "medium",
        "Service has failed",
        "It counts against the quota, and it takes no connections.",
        "Replace the service (recreate of vpcep_service), or delete it.",
        ("services",),
    ),
    "service-unused": Rule(
        checks.service_unused,
        "low",
        "Service has no endpoints",
        "It offers a way to its backend that is not used, and it counts against the quota.",
        "Delete the service if it is not needed any more.",
        ("services", "endpoints", "connections_of_unused"),
        {"days": 0},
    ),
    "backend-missing": Rule(
        checks.backend_missing,
        "high",
        "Port of the backend does not exist",
        "Endpoints connect, and no server answers.",
        "Set port_id of vpcep_service to the port of the present server, or delete the service.",
        ("services", "ports"),
    ),
    "backend-stopped": Rule(
        checks.backend_stopped,
        "high",
        "Server of the backend does not run",
        "Endpoints connect, and no server answers.",
        "Start the server, or set port_id of vpcep_service to the port of another one.",
        ("services", "ports", "servers"),
    ),
    "security-group-closed": Rule(
        checks.security_group_closed,
        "high",
        "Security group does not admit endpoints",
        "Endpoints connect from 198.19.128.0/17. Their connections time out, although they are accepted.",
        "Set admit_traffic of vpcep_service to ensure, or admit that range to the server ports.",
        ("services", "ports", "security_groups"),
    ),
    "security-group-open": Rule(
        checks.security_group_open,
        "medium",
        "Security group admits everything",
        "The backend can be reached past the service: at all ports, from every address that has a route to it.",
        "Admit 198.19.128.0/17 to the server ports, and otherwise only what the server needs.",
        ("services", "ports", "security_groups"),
    ),
    "tags-missing": Rule(
        checks.tags_missing,
        "low",
        "Tags are missing",
        "Costs and responsibilities cannot be assigned.",
        "Add the tags (tags of vpcep_service and vpcep_endpoint).",
        ("services", "endpoints"),
        {"keys": []},
    ),
    "quota-near": Rule(
        checks.quota_near,
        "medium",
        "Quota is nearly used up",
        "Creations fail once the quota is used up. Rejected and failed endpoints count.",
        "Delete what is not used, or ask the cloud for a larger quota in the console.",
        ("quotas",),
        {"percent": 80},
    ),
}
"""ID -> rule, in the order of reports."""
TEXTS = ("title", "why", "todo")


def rules_of(options: Any) -> dict[str, Rule]:
    """The rules with the settings in the option ``rules``. Raises InputError, which names all problems."""
    given = options or {}
    problems = [f"rules: {shown(name)} is no rule." for name in given if name not in RULES]
    problems += [text for name in given if name in RULES for text in _problems(name, RULES[name], given[name])]
    refuse(problems)
    return {name: _tuned(rule, given.get(name) or {}) for name, rule in RULES.items()}


def _tuned(rule: Rule, wanted: Object) -> Rule:
    parameters = {name: wanted.get(name, default) for name, default in rule.parameters.items()}
    texts: Object = {name: one_line(wanted[name]) for name in TEXTS if name in wanted}
    asks = parameters.get("keys") != []  # without keys, tags-missing has nothing to check
    return rule._replace(
        severity=wanted.get("severity", rule.severity),
        parameters=parameters,
        enabled=asks and wanted.get("enabled", True),
        ignored=frozenset(wanted.get("ignore", ())),
        **texts,
    )


def _problems(name: str, rule: Rule, wanted: Any) -> list[str]:
    if wanted is None:
        return []
    if not isinstance(wanted, dict):
        return [f"rules.{name} must be a dictionary."]
    texts = dict.fromkeys(TEXTS, "")
    known = {"enabled": True, "severity": SEVERITIES, "ignore": [], **rule.parameters, **texts}
    problems = [f"rules.{name}: {shown(key)} is not one of {', '.join(known)}." for key in wanted if key not in known]
    for key in filter(known.__contains__, wanted):
        check, noun = _FORMS[type(known[key])]
        if not check(wanted[key]):
            problems.append(f"rules.{name}.{key} must be {noun}.")
    return problems


_FORMS: dict[type, tuple[Any, str]] = {
    bool: (lambda value: isinstance(value, bool), "true or false"),
    tuple: (lambda value: value in SEVERITIES, f"one of {', '.join(SEVERITIES)}"),
    str: (lambda value: isinstance(value, str) and bool(value.strip()), "a text"),
    int: (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "a whole number, 0 or more",
    ),
    list: (lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value), "a list of texts"),
}
"""Type of a default -> the check of a user's value, and its name."""


def audit(options: Object, runtime: Runtime) -> Object:
    """Applies the rules. Raises VpcepError; a rule whose requests are forbidden is in ``not_applied`` instead."""
    rules = rules_of(options.get("rules"))
    sides = sides_of(options, runtime)
    findings: list[Object] = []
    not_applied: list[Object] = []
    for rule_id, rule in rules.items():
        for side in sides if rule.enabled else ():
            try:
                seen = list(rule.check(side, rule.parameters))
            except VpcepError as error:
                side.mark(error)
                # The audit goes on without a rule whose requests are forbidden, or go to a network service.
                is_forbidden = isinstance(error, ApiError) and error.status == FORBIDDEN
                if not is_forbidden and not NETWORK & {*rule.reads}:
                    raise
                not_applied.append({"rule": rule_id, "side": side.name, "reason": one_line(str(error))})
            else:
                kept = [one for one in seen if not rule.ignored & {str(one.item.get("id")), name_of(one.item)}]
                findings += [finding(rule_id, rule, side, one) for one in kept]
    findings.sort(key=order)
    counts = Counter(one["severity"] for one in findings)
    result: Object = {
        "changed": False,
        "findings": findings,
        "counts": {severity: counts[severity] for severity in SEVERITIES},
        "not_applied": not_applied,
        "rules": [described(rule_id, rule) for rule_id, rule in rules.items()],
    }
    result["reports"] = {name: FORMATS[name](result) for name in FORMATS if name in (options.get("formats") or ())}
    return result


def sides_of(options: Object, runtime: Runtime) -> list[Side]:
    """The logins to audit. A second login to the same project is ignored."""
    sides: list[Side] = []
    own = Side("own", runtime, sides).project_id
    if options.get("other_auth") is not None:
        other = Side("other", runtime.beside(options["other_auth"]), sides)
        try:
            is_same = other.project_id == own
        except VpcepError as error:
            other.mark(error)
            raise
        if is_same:
            sides.remove(other)
    return sides


def finding(rule_id: str, rule: Rule, side: Side, seen: Seen) -> Object:
    """One finding. Each text from the cloud is one printable line."""
    return {
        **about(rule_id, rule),
        "object": {
            "kind": seen.kind,
            "id": text(seen.item.get("id")),
            "name": text(name_of(seen.item)),
            "side": side.name,
            "project_id": text(seen.item.get("project_id") or side.project_id),
        },
        "seen": text(seen.text),
        "values": [text(value) for value in seen.values],
    }


def about(rule_id: str, rule: Rule) -> Object:
    texts = {name: getattr(rule, name) for name in ("severity", "title", "why", "todo", "requests")}
    return {"id": rule_id, **texts}


def described(rule_id: str, rule: Rule) -> Object:
    return {**about(rule_id, rule), "enabled": rule.enabled, "parameters": rule.parameters}


def text(value: Any) -> str:
    return "" if value is None else one_line(str(value))


def order(one: Object) -> tuple[Any, ...]:
    """A sort key that does not depend on the order of the cloud's lists."""
    seen = one["object"]
    place = (seen["side"] != "own", seen["kind"], seen["name"], seen["id"], one["seen"])
    return (SEVERITIES.index(one["severity"]), list(RULES).index(one["id"]), *place)
