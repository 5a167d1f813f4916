# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check reads from the network services, and how it tries filters of names."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .._core.types import Object
from .._schema.fields import RESERVED_RANGE
from .forms import Form, joined, shape, word
from .probe import Answer, Probe
from .report import Findings

VPCS_V3: Object = {"path": "vpc/vpcs", "member": "vpcs", "api": "vpc", "version": "v3"}
ABOVE = 100_000  # a limit above that of every list
NOTHING = word("the list is empty")


def name_filter(
    probe: Probe, name: str, wanted: Object, *, path: str, option: str, member: str, **where: Any
) -> tuple[str | None, Form]:
    """What the filter *option* of a list matches, tried from the fuzziest to the most exact.

    name: of the object *wanted*; member: the list in an answer; where: as for Session.request.
    """
    tries = {
        "a part of the name, any case": name[1:-1].swapcase(),
        "a part of the name, same case": name[1:-1],
        "the whole name only": name,
    }
    for reading, text in tries.items():
        answer = probe.send("GET", path, params={option: text, "limit": 1000}, **where)
        if any(one.get("id") == wanted.get("id") for one in answer.objects(member)):
            return reading, answer.form
    return None, joined(word("the whole name is not found:"), answer.form, by=" ")


def is_ignored(probe: Probe, wanted: Object, *, path: str, option: str, member: str, **where: Any) -> bool:
    """Whether the filter finds an object by a name that it has not; the arguments are those of name_filter()."""
    answer = probe.send("GET", path, params={option: uuid.uuid4().hex[:12], "limit": 1000}, **where)
    return any(one.get("id") == wanted.get("id") for one in answer.objects(member))


def note_filter(
    probe: Probe, findings: Findings, name: str, wanted: Object, *, path: str, option: str, member: str, **where: Any
) -> None:
    """Notes what a filter matches. wanted: an object in the list; the other arguments are those of name_filter()."""
    if is_ignored(probe, wanted, path=path, option=option, member=member, **where):
        findings.note(name, None, word("the filter is ignored"))
    else:
        text = str(wanted.get("name" if "name" in wanted else "service_name"))
        findings.note(name, *name_filter(probe, text, wanted, path=path, option=option, member=member, **where))


def note_lists(answers: Mapping[str, Answer], findings: Findings) -> None:
    """Notes what lists of at most one object show."""
    for name, list_name in (("neutron-ports", "list ports"), ("ports-v3", "list ports (v3)")):
        ports = answers[list_name]
        missing = "missing" if ports.status in (403, 404) else None
        findings.note(name, "offered" if ports.ok else missing, ports.form)
    for name, list_name, member, shown in SHOWN:
        found = answers[list_name].objects(member)
        if found:
            findings.note(name, "shown" if shown(found[0]) else "not shown", shape(found[0]))
        findings.skip(name, NOTHING)
    balancers = answers["list load balancers"].objects("loadbalancers")
    if balancers:
        shown_port = next((one for one in ("vip_port_id", "port_id") if balancers[0].get(one)), None)
        findings.note("balancer-port", shown_port, shape(balancers[0]))
    findings.skip("balancer-port", NOTHING)


def shows_primary(server: Object) -> bool:
    """Whether an address of a server says that it is the primary one."""
    networks = server.get("addresses")
    lists = networks.values() if isinstance(networks, dict) else []
    cards = [one for cards in lists if isinstance(cards, list) for one in cards if isinstance(one, dict)]
    return any("primary" in card for card in cards)


SHOWN: tuple[tuple[str, str, str, Callable[[Object], bool]], ...] = (
    ("server-primary", "list servers", "servers", shows_primary),
    ("default-routetable", "list route tables", "routetables", lambda table: "default" in table),
)
"""Assumptions about a member of the first object in a list, and how it is looked for."""


def vpc_lists(probe: Probe, findings: Findings) -> None:
    """Tries filter, limit and pages of the list of VPCs."""
    path, where = VPCS_V3["path"], {"api": VPCS_V3["api"], "version": VPCS_V3["version"]}
    answer = probe.send("GET", path, params={"limit": 1000}, **where)
    many = probe.send("GET", path, params={"limit": ABOVE}, **where)
    refused = "refused" if many.refused and answer.ok else None
    findings.note("network-limit", "allowed" if many.ok else refused, many.form)
    pages = answer.get("page_info")
    if 0 < len(answer.objects("vpcs")) < 1000:
        marker = isinstance(pages, dict) and pages.get("next_marker")
        findings.note("last-page-marker", "a marker" if marker else "no marker", shape(pages))
    if answer.objects("vpcs"):
        project = answer.objects("vpcs")[0].get("enterprise_project_id")
        kind = "text" if isinstance(project, str) else "number" if isinstance(project, int) else None
        findings.note("vpc-enterprise-project", kind, shape(project))
    found = [one for one in answer.objects("vpcs") if len(str(one.get("name") or "")) > 2]
    if found:
        note_filter(probe, findings, "vpc-name-filter", found[0], option="name", **VPCS_V3)
    for name in ("last-page-marker", "vpc-name-filter", "vpc-enterprise-project"):
        findings.skip(name, NOTHING if answer.ok else answer.form)


# The objects that the options name


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
        answer = probe.send("GET", path.format(options[option]), api="vpc", **where)
        found = answer.get(name.lower())
        if not isinstance(found, dict):
            findings.fact(name, answer.form, False)
        elif name == "port":
            findings.fact(name, word("ACTIVE" if found.get("status") == "ACTIVE" else "not ACTIVE"))
        else:
            range_fact(findings, name, found)


def range_fact(findings: Findings, name: str, found: Object) -> None:
    from ipaddress import IPv4Network  # only needed with these options

    try:
        overlaps = IPv4Network(str(found.get("cidr")), strict=False).overlaps(IPv4Network(RESERVED_RANGE))
    except ValueError:
        findings.fact(name, joined(word("found; its range:"), shape(found.get("cidr")), by=" "), None)
        return
    text = f"its range overlaps with {RESERVED_RANGE}" if overlaps else "found"
    findings.fact(name, word(text), not overlaps)
