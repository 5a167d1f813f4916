"""What a check reads from the network services: which lists answer, what they show, and what filters match."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any

from .._api.network import is_not_published
from .._core.types import Object, objects_in
from .._schema.fields import RESERVED_RANGE
from .forms import joined, shape, word
from .probe import Answer, Probe
from .report import Findings

NOTHING = word("the list is empty")
ABOVE = 100_000  # a limit above that of every list
WHOLE = {"limit": 1000}
VPCS_V3: Object = {"path": "vpc/vpcs", "member": "vpcs", "api": "vpc", "version": "v3"}

LISTS: dict[str, Object] = {
    "list VPCs": {"path": "vpcs", "api": "vpc", "params": WHOLE},
    "list subnets": {"path": "subnets", "api": "vpc"},
    "list subnets (v3)": {"path": "vpc/virsubnets", "api": "vpc", "version": "v3"},
    "list route tables": {"path": "routetables", "api": "vpc"},
    "list ports": {"path": "v2.0/ports", "api": "vpc", "version": None},
    "list ports (v3)": {"path": "ports", "api": "vpc", "version": "v3"},
    "list security groups": {"path": "vpc/security-groups", "api": "vpc", "version": "v3"},
    "list security group rules": {"path": "vpc/security-group-rules", "api": "vpc", "version": "v3"},
    "list network ACLs": {"path": "vpc/firewalls", "api": "vpc", "version": "v3"},
    "list servers": {"path": "cloudservers/detail", "api": "ecs"},
    "list load balancers": {"path": "elb/loadbalancers", "api": "elb", "version": "v3", "params": WHOLE},
    "list DNS zones": {"path": "v2/zones", "api": "dns", "version": None, "params": {"type": "private", "limit": 1}},
}
"""Lists of the network services: where they are sent, with a limit of 1 unless they have others."""

OFFERED = {
    "neutron-ports": "list ports",
    "ports-v3": "list ports (v3)",
    "subnets-v3": "list subnets (v3)",
    "groups-v3": "list security group rules",
    "acls-v3": "list network ACLs",
    "routetables": "list route tables",
}
"""Assumptions about whether a list is offered."""


def note_filter(
    probe: Probe,
    findings: Findings,
    name: str,
    found: list[Object],
    *,
    path: str,
    option: str,
    member: str,
    wholes: Mapping[str, str] | None = None,
    **where: Any,
) -> None:
    """Notes what the filter *option* of a list matches, tried with the name of an object that is in it.

    name: of the assumption; member: the list in an answer; wholes: reading -> value to try as its whole name;
    where: as for Session.request.
    """
    names = {str(one.get("name") or one.get("service_name")): one for one in found}
    text = next((text for text in names if text[1:-1].swapcase() != text[1:-1]), None)
    if text is None:
        findings.skip(name, NOTHING)
        return
    tries = {
        "": uuid.uuid4().hex[:12],
        "a part of the name, any case": text[1:-1].swapcase(),
        "a part of the name, same case": text[1:-1],
        **(wholes or {"the whole name only": text}),
    }
    for reading, value in tries.items():
        answer = probe.send("GET", path, params={option: value, **WHOLE}, **where)
        if any(one.get("id") == names[text].get("id") for one in answer.objects(member)):
            findings.note(name, reading or None, answer.form if reading else word("the filter is ignored"))
            return
    findings.note(name, None, joined(word("the whole name is not found:"), answer.form, by=" "))


# What lists show


def network_lists(probe: Probe, findings: Findings) -> None:
    """Which lists of the network services answer, and what the first objects in them show."""
    answers = {}
    for name, where in LISTS.items():
        answers[name] = answer = probe.send("GET", **{"params": {"limit": 1}, **where})
        if not answer.ok:  # a region may lack an operation
            findings.fact(name, answer.form, None if lacks(answer) else False)
        elif first_list(answer):
            findings.fact(name, word("answers"))
        else:  # so it also answers a caller without the right
            findings.fact(name, word("answers with an empty list: none exist, or the right is missing"), None)
    answering = {LISTS[name]["api"] for name, answer in answers.items() if answer.status is not None}
    asked = dict.fromkeys(where["api"] for where in LISTS.values())
    silent = [word(f"{service} does not answer") for service in asked if service not in answering]
    findings.note("network-addresses", "no" if silent else "yes", joined(*silent, word("each one was asked")))
    for name, list_name in OFFERED.items():
        answer = answers[list_name]
        if answer.status == 403:
            findings.skip(name, answer.form)
        else:
            findings.note(name, "offered" if answer.ok else "missing" if lacks(answer) else None, answer.form)
    note_first_objects(answers, findings)
    vpcs(probe, findings, answers["list VPCs"])
    balancers(probe, findings, answers["list load balancers"])


def lacks(answer: Answer) -> bool:
    return answer.status in (404, 405, 501)


def first_list(answer: Answer) -> list[Any]:
    """The list in an answer that has one."""
    members = answer.body.values() if isinstance(answer.body, dict) else []
    return next((value for value in members if isinstance(value, list) and value), [])


def note_first_objects(answers: Mapping[str, Answer], findings: Findings) -> None:
    looks: dict[str, tuple[str, Callable[[Object], str | None]]] = {
        "server-primary": ("list servers", lambda one: "shown" if shows_primary(one) else "not shown"),
        "default-routetable": ("list route tables", lambda one: "shown" if "default" in one else "not shown"),
        "internal-route": ("list route tables", internal_route),
        "rule-action": ("list security group rules", lambda one: "yes" if one.get("action") else "no"),
        "enterprise-project-type": ("list security groups", lambda one: type_word(one.get("enterprise_project_id"))),
    }
    for name, (list_name, reading) in looks.items():
        found = [one for one in first_list(answers[list_name]) if isinstance(one, dict)]
        if found:
            findings.note(name, reading(found[0]), shape(found[0]))
        findings.skip(name, NOTHING if answers[list_name].ok else answers[list_name].form)


def type_word(value: Any) -> str | None:
    number = isinstance(value, int) and not isinstance(value, bool)
    return "number" if number else "text" if isinstance(value, str) else None


def shows_primary(server: Object) -> bool:
    """Whether an address of a server says that it is the primary one."""
    networks = server.get("addresses")
    lists = [objects_in(networks, name) for name in networks] if isinstance(networks, dict) else []
    return any("primary" in card for cards in lists for card in cards)


def internal_route(table: Object) -> str:
    routes = {str(one.get("destination")) for one in objects_in(table, "routes")}
    return next((text for text in ("198.19.128.0/20", RESERVED_RANGE) if text in routes), "none is shown")


def vpcs(probe: Probe, findings: Findings, v1: Answer) -> None:
    """Tries filter, limit and pages of the list of VPCs, and compares the lists of v1 and v3."""
    path, where = VPCS_V3["path"], {"api": VPCS_V3["api"], "version": VPCS_V3["version"]}
    answer = probe.send("GET", path, params=WHOLE, **where)
    many = probe.send("GET", path, params={"limit": ABOVE}, **where)
    refused = "refused" if many.refused and answer.ok else None
    findings.note("network-limit", "allowed" if many.ok else refused, many.form)
    found, pages = answer.objects("vpcs"), answer.get("page_info")
    if 0 < len(found) < WHOLE["limit"]:
        marker = isinstance(pages, dict) and pages.get("next_marker")
        findings.note("last-page-marker", "a marker" if marker else "no marker", shape(pages))
    names = [one["name"] for one in found if isinstance(one.get("name"), str) and one["name"]]
    if len(set(names)) < len(names):
        findings.note("vpc-names", "yes", word("two VPCs have one name"))
    findings.skip("vpc-names", word("no two VPCs have one name"))
    own = probe.session.project_id
    if any(isinstance(one.get("project_id"), str) and one["project_id"] != own for one in found):
        findings.note("shared-vpcs", "yes", word("a VPC of another project is listed"))
    findings.skip("shared-vpcs", word("no VPC of another project is listed"))
    compare_projects(findings, "vpc-projects", v1.objects("vpcs"), found)
    note_filter(probe, findings, "vpc-name-filter", found, option="name", **VPCS_V3)
    for name in ("last-page-marker", "vpc-projects"):
        findings.skip(name, NOTHING if answer.ok else answer.form)


def balancers(probe: Probe, findings: Findings, plain: Answer) -> None:
    """Notes which member is the port, and whether load balancers of other enterprise projects are listed."""
    found = plain.objects("loadbalancers")
    if found:
        port = next((one for one in ("vip_port_id", "port_id") if any(item.get(one) for item in found)), None)
        findings.note("balancer-port", port, shape(found[0]))
        params = {"enterprise_project_id": "all_granted_eps", **WHOLE}
        everywhere = probe.send("GET", **{**LISTS["list load balancers"], "params": params})
        compare_projects(findings, "balancer-projects", found, everywhere.objects("loadbalancers"))
    for name in ("balancer-port", "balancer-projects"):
        findings.skip(name, NOTHING if plain.ok else plain.form)


def compare_projects(findings: Findings, name: str, plain: list[Object], everywhere: list[Object]) -> None:
    """Notes whether a list has the objects of all enterprise projects, as another list has."""
    known = {one.get("id") for one in plain if isinstance(one.get("id"), str)}
    if any(one.get("id") not in known for one in everywhere if isinstance(one.get("id"), str)):
        findings.note(name, "no", word("another list has more"))
    elif any(one.get("enterprise_project_id") not in (None, "", "0", 0) for one in plain):
        findings.note(name, "yes", word("several enterprise projects are listed"))
    findings.skip(name, word("one enterprise project is listed"))


def given_objects(probe: Probe, findings: Findings, options: Object) -> None:
    """Whether VPC, subnet and port can be seen, and are fit for a service."""
    looks: dict[str, tuple[str, str, Object]] = {
        "vpc_id": ("VPC", "vpcs/{}", {}),
        "subnet_id": ("subnet", "subnets/{}", {}),
        "port_id": ("port", "v2.0/ports/{}", {"version": None}),
    }
    for option, (name, path, where) in looks.items():
        if not options.get(option):
            continue
        answer = probe.send("GET", (path, options[option]), api="vpc", **where)
        found = answer.get(name.lower())
        if not isinstance(found, dict):
            is_offered = answer.error is None or not is_not_published(answer.error)
            findings.fact(name, answer.form, False if is_offered else None)
        elif name == "port":
            findings.fact(name, word("ACTIVE" if found.get("status") == "ACTIVE" else "not ACTIVE"))
        else:
            range_fact(findings, name, found)


def range_fact(findings: Findings, name: str, found: Object) -> None:
    try:
        overlaps = IPv4Network(str(found.get("cidr")), strict=False).overlaps(IPv4Network(RESERVED_RANGE))
    except ValueError:
        findings.fact(name, joined(word("found; its range:"), shape(found.get("cidr")), by=" "), None)
        return
    text = f"its range overlaps with {RESERVED_RANGE}" if overlaps else "found"
    findings.fact(name, word(text), not overlaps)
