"""The texts of frames and boxes, the same in SVG, HTML and Mermaid."""

from __future__ import annotations

import typing as t
from collections import Counter

from ...module_utils._core.report_texts import counted
from .grouping import Account, Box
from .model import CLOUD, UNKNOWN, Endpoint, Landscape, Place, Service
from .style import look_of, rank_of
from .text import joined, short_id

EVERYBODY = "*"
GATEWAY = "gateway"
MOST_PORTS = 2
APPROVAL = {None: "", True: "with approval", False: "without approval"}


class Words(t.NamedTuple):
    """A title, a line below it, and a tooltip with the complete text."""

    title: str
    detail: str = ""
    full: str = ""


def labelled(label: str, text: str) -> str:
    """A text after its label; empty if the text is empty."""
    return f"{label} {text}" if text else ""


def of_account(account: Account) -> Words:
    if len(account.places) == 1:
        return of_place(account.places[0])
    names = [place.name or place.domain_id for place in account.places]
    return Words(f"{len(names):,} other accounts", full=", ".join(names))


def of_place(place: Place) -> Words:
    if place.kind == CLOUD:
        return Words("Services of the cloud")
    if place.kind == UNKNOWN:
        return Words("Services of other accounts", "owner unknown")
    name = place.name or place.project_name or short_id(place.domain_id) or "An account"
    project = "" if place.project_name in (name, place.region) else place.project_name
    return Words(
        name,
        joined(labelled("account", short_id(place.domain_id)), project, place.region),
        joined(
            name,
            labelled("account", place.domain_id),
            labelled("project", joined(place.project_name, place.project_id, by=" ")),
        ),
    )


def of_vpc(ids: t.Sequence[str], seen: Landscape) -> Words | None:
    """None without an ID: such endpoints get no frame."""
    if not any(ids):
        return None
    if len(ids) > 1:
        return Words(f"{len(ids):,} VPCs", full=", ".join(seen.names.get(vpc_id) or vpc_id for vpc_id in ids))
    name = seen.names.get(ids[0], "")
    return Words(joined("VPC", name, by=" "), short_id(ids[0]), joined(name, ids[0]))


def of_box(box: Box) -> Words:
    if not box.is_several:
        return _of_endpoint(box.endpoints[0])
    places = {endpoint.place for endpoint in box.endpoints}
    vpcs = {endpoint.vpc_id for endpoint in box.endpoints if endpoint.vpc_id}
    count, where = counted(len(box.endpoints), "endpoint"), ""
    if len(places) > 1:
        where = counted(len(places), "account")
    elif len(vpcs) > 1:
        where = counted(len(vpcs), "VPC")
    return Words(count, labelled("in", where), f"{count}, {look_of(box.status).word}")


def _of_endpoint(endpoint: Endpoint) -> Words:
    full = joined(
        f"endpoint {endpoint.id}",
        f"status {endpoint.status}",
        labelled("IP", endpoint.ip),
        *endpoint.dns_names,
        labelled("subnet", endpoint.subnet),
        *(f"route table {table}" for table in endpoint.routetables),
        endpoint.description,
        *endpoint.tags,
        by="\n",
    )
    name = endpoint.ip or (counted(len(endpoint.routetables), "route table") if endpoint.routetables else "")
    identifier = short_id(endpoint.id)
    return Words(name or identifier, joined(identifier if name else "", endpoint.description), full)


def of_service(service: Service, seen: Landscape) -> tuple[Words, list[str]]:
    """Its name and ID, and further lines."""
    full = joined(
        f"service {service.id}",
        service.full_name,
        labelled("status", service.status),
        labelled("backend", service.backend),
        *service.ports,
        labelled("whitelist:", ", ".join(service.whitelist or ())),
        service.description,
        *service.tags,
        by="\n",
    )
    # The cloud's own services are known by their name.
    known_as = service.full_name if service.place.kind == CLOUD else short_id(service.id)
    endpoints = counted(len(seen.endpoints_of(service)), "endpoint")
    lines = [
        _ports(service),
        " ".join(map(short_id, service.backend.split(" "))),
        joined(APPROVAL[service.approval], _whitelist(service)),
        service.description,
    ]
    words = Words(service.name or short_id(service.id), joined(known_as if service.name else "", endpoints), full)
    return words, [line for line in lines if line]


def _ports(service: Service) -> str:
    """The first ports. Gateways have none; they are reached by routes."""
    if service.type == GATEWAY:
        return "by route"
    more = len(service.ports) - MOST_PORTS
    return ", ".join([*service.ports[:MOST_PORTS], *([f"{more:,} more"] if more > 0 else [])])


def _whitelist(service: Service) -> str:
    """The accounts that a service admits. Its own account is always admitted and never listed."""
    if service.whitelist is None:
        return ""
    if EVERYBODY in service.whitelist:
        return "open to all accounts"
    return f"open to {counted(len(service.whitelist), 'account')}" if service.whitelist else "own account only"


def summary(seen: Landscape) -> str:
    """One line about the whole picture."""
    return f"{counted(len(seen.services), 'service')}, {by_status(seen.endpoints)}"


def by_status(endpoints: t.Sequence[Endpoint]) -> str:
    """``3 endpoints: 2 accepted, 1 rejected``."""
    counts = Counter(endpoint.status for endpoint in endpoints)
    statuses = sorted(counts, key=lambda status: (-counts[status], rank_of(status)))
    parts = ", ".join(f"{counts[status]:,} {look_of(status).word}" for status in statuses)
    return counted(len(endpoints), "endpoint") + (f": {parts}" if parts else "")
