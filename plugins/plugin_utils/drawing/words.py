# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the frames and boxes of a picture say. The drawing and the Mermaid text use the same words."""

from __future__ import annotations

import typing as t
from collections import Counter

from .grouping import Account, Box
from .model import CLOUD, UNKNOWN, Endpoint, Landscape, Place, Service
from .status import look_of, rank_of
from .text import counted, short_id

EVERYBODY = "*"
MIDDOT = " \N{MIDDLE DOT} "


class Words(t.NamedTuple):
    """A title, a line below it, and everything in full for whoever points at it."""

    title: str
    detail: str = ""
    full: str = ""


def joined(*parts: str) -> str:
    return MIDDOT.join(part for part in parts if part)


def of_account(account: Account) -> Words:
    if len(account.places) == 1:
        return of_place(account.places[0])
    names = [place.name or place.domain_id for place in account.places]
    return Words(f"{len(names):,} other accounts", "", ", ".join(names))


def of_place(place: Place) -> Words:
    if place.kind == CLOUD:
        return Words("Services of the cloud")
    if place.kind == UNKNOWN:
        return Words("Services of other accounts", "these credentials do not tell whose")
    name = place.name or place.project_name or short_id(place.domain_id) or "An account"
    account = f"account {short_id(place.domain_id)}" if place.domain_id else ""
    return Words(
        name,
        joined(account, place.project_name if place.project_name not in (name, place.region) else "", place.region),
        joined(
            name,
            f"account {place.domain_id}" if place.domain_id else "",
            f"project {place.project_name} {place.project_id}".strip() if place.project_id else "",
        ),
    )


def of_vpc(ids: tuple[str, ...], seen: Landscape) -> Words:
    if len(ids) > 1:
        return Words(f"{len(ids):,} VPCs", "", ", ".join(seen.vpc_name(vpc_id) or vpc_id for vpc_id in ids))
    name = seen.vpc_name(ids[0])
    return Words(f"VPC {name}" if name else "VPC", short_id(ids[0]), joined(name, ids[0]))


def of_box(box: Box) -> Words:
    if len(box.endpoints) > 1:
        places = len({endpoint.place for endpoint in box.endpoints})
        where = counted(places, "account") if places > 1 else counted(box.vpcs, "VPC") if box.vpcs > 1 else ""
        count = counted(len(box.endpoints), "endpoint")
        return Words(count, f"in {where}" if where else "", f"{count}, {look_of(box.status).word}")
    (endpoint,) = box.endpoints
    lines = [
        f"endpoint {endpoint.id}",
        f"status {endpoint.status}",
        f"IP {endpoint.ip}" if endpoint.ip else "",
        *endpoint.dns_names,
        f"subnet {endpoint.subnet_id}" if endpoint.subnet_id else "",
        *(f"route table {table}" for table in endpoint.routetables),
        endpoint.description,
        *endpoint.tags,
    ]
    full = "\n".join(line for line in lines if line)
    tables = counted(len(endpoint.routetables), "route table") if endpoint.routetables else ""
    name = endpoint.ip or tables
    if not name:
        return Words(short_id(endpoint.id), endpoint.description, full)
    return Words(name, joined(short_id(endpoint.id), endpoint.description), full)


def of_service(service: Service, endpoints: int) -> tuple[Words, list[str]]:
    """Its name and ID, and what else there is to say, line by line."""
    lines = [
        " ".join(map(short_id, service.backend.split(" "))),
        joined(_approval(service), _whitelist(service)),
        service.description,
    ]
    full = [
        f"service {service.id}",
        service.full_name,
        f"status {service.status}" if service.status else "",
        f"backend {service.backend}" if service.backend else "",
        *(port.text for port in service.ports),
        f"whitelist: {', '.join(service.whitelist)}" if service.whitelist else "",
        service.description,
        *service.tags,
    ]
    # The cloud's own services are known by their name.
    known_as = short_id(service.id) if service.place.kind != CLOUD else service.full_name
    words = Words(
        service.name or short_id(service.id),
        joined(known_as if service.name else "", counted(endpoints, "endpoint")),
        "\n".join(line for line in full if line),
    )
    return words, [line for line in lines if line]


def _approval(service: Service) -> str:
    if service.approval is None:
        return ""
    return "with approval" if service.approval else "without approval"


def _whitelist(service: Service) -> str:
    """Whom a service admits; the owner's account is admitted always and never listed."""
    if service.whitelist is None:
        return ""
    if EVERYBODY in service.whitelist:
        return "open to all accounts"
    return f"open to {counted(len(service.whitelist), 'account')}" if service.whitelist else "own account only"


def summary(seen: Landscape) -> str:
    """One line about the whole."""
    return f"{counted(len(seen.services), 'service')}, {by_status(seen.endpoints)}"


def by_status(endpoints: t.Sequence[Endpoint]) -> str:
    """How many endpoints there are, and in which statuses."""
    counts = Counter(endpoint.status for endpoint in endpoints)
    statuses = sorted(counts, key=lambda status: (-counts[status], rank_of(status)))
    parts = ", ".join(f"{counts[status]:,} {look_of(status).word}" for status in statuses)
    return counted(len(endpoints), "endpoint") + (f": {parts}" if parts else "")
