# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Selects the object that has a name. Makes the errors for no object and for several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .._core.errors import ApiError, VpcepError
from .._core.types import Object, objects_in
from .._schema.names import is_id, range_of
from .._schema.normalize import require_members

SHOWN = 10  # objects that a message names
LONGEST = 255  # characters of a name in a message, as many as a name of these services has


class Kind(NamedTuple):
    noun: str  # for messages
    right: str  # that lists them
    choice: str  # what to do if several have a name


class Card(NamedTuple):
    """A private IPv4 address of a server's network card."""

    address: str
    vpc_id: str
    port_id: str  # empty if the list does not show it
    primary: bool


KINDS = {
    "vpc": Kind("VPC", "vpc:vpcs:list", "Give the ID, in vpc_id."),
    "subnet": Kind(
        "subnet", "vpc:subnets:get", "Give the range instead of the name, or the ID; vpc says in which VPC."
    ),
    "route_table": Kind("route table", "vpc:routeTables:list", "Give the ID."),
    "server": Kind("server", "ecs:cloudServers:list", "Give the ID as the name, or vpc if they are in several VPCs."),
    "load_balancer": Kind(
        "load balancer", "elb:loadbalancers:list", "Give the ID as the name, or vpc if they are in several VPCs."
    ),
    "port": Kind("network port", "vpc:ports:get", "Say in which VPC, with vpc or vpc_id, or give port_id."),
}


class NotNamed(VpcepError):
    """No object has the name, or the caller may not see it: the clouds answer both with an empty list."""


def only(kind: str, name: str, found: list[Object], place: str, existing: Callable[[], list[Object]]) -> Object:
    """The only one of *found*. Raises NotNamed, with names of *existing* objects, or VpcepError if there are several.

    name: or the ID, range or address that was looked for; place: where.
    """
    found = list({str(one["id"]): one for one in require_members(found, "id")}.values())
    if len(found) == 1:
        return found[0]
    if found:
        what, choice = f"{KINDS[kind].noun}s {called(kind, name)}", KINDS[kind].choice
        raise VpcepError(f"{len(found)} {what} are in {place}: {listed(found, len(found))}. {choice}")
    raise NotNamed(none_named(kind, name, place, existing))


def none_named(kind: str, name: str, place: str, existing: Callable[[], list[Object]]) -> str:
    """The sentences about a name that no object has. The nearest name is most often the one that was meant."""
    from difflib import get_close_matches  # few tasks need it

    noun, right, _choice = KINDS[kind]
    try:
        seen = [one for one in existing() if one.get("name")]
    except ApiError:
        seen = []
    by_name: dict[str, list[Object]] = {}
    for one in seen:
        by_name.setdefault(str(one["name"]).lower(), []).append(one)
    near = get_close_matches(name.lower(), by_name, 1)
    hint = f" Is {str(by_name[near[0]][0]['name'])[:LONGEST]!r} meant?" if near else ""
    if is_id(name) and near:
        hint = f" Is {noun} {by_name[near[0]][0].get('id')} meant, which is named so? Give its ID."
    first = [one for text in get_close_matches(name.lower(), by_name, SHOWN, 0.0) for one in by_name[text]]
    there = f" It has {listed(first, len(seen), names=True)}." if seen else ""
    also = " or one of another enterprise project" if kind == "load_balancer" else ""
    hidden = f"One that the credentials may not list{also} is not seen either; the right is {right}."
    return f"There is no {noun} {called(kind, name)} in {place}.{hint}{there} {hidden}"


def called(kind: str, name: str) -> str:
    if kind == "port":
        return f"with address {name}"
    return f"with ID {name}" if is_id(name) else f"with range {name}" if range_of(name) else f"named {name!r}"


def listed(objects: Sequence[Object], number: int, names: bool = False) -> str:
    """The first of *number* objects for a message, by ID or by name, with what tells them apart."""
    texts = []
    for one in objects[:SHOWN]:
        about = ", ".join(marks(one))
        name = str(one["name"])[:LONGEST] if names else one["id"]
        texts.append(f"{name}{f' ({about})' if about else ''}")
    return ", ".join(texts) + (f" and {number - len(texts)} more" if number > len(texts) else "")


def marks(one: Object) -> list[str]:
    """What tells an object from others of the same name: range, addresses, VPC, whether it is the default one."""
    cards = cards_of(one)
    addresses = one.get("vip_address") or ", ".join(card.address for card in cards)
    vpcs = {one["vpc_id"]} if one.get("vpc_id") else {card.vpc_id for card in cards}
    return [
        *([f"range {one['cidr']}"] if one.get("cidr") else []),
        *([f"address {addresses}"] if addresses else []),
        *([f"VPC {' and '.join(sorted(map(str, vpcs)))}"] if vpcs else []),
        *(["the default one"] if one.get("default") is True else []),
        *([f"of {one['device_owner']}"] if one.get("device_owner") else []),
    ]


def cards_of(server: Object) -> list[Card]:
    """The private IPv4 addresses of a server. An elastic IP is another one of the same port."""
    addresses = server.get("addresses")
    return [
        Card(str(one["addr"]), str(vpc), str(one.get("OS-EXT-IPS:port_id") or ""), one.get("primary") is True)
        for vpc in (addresses if isinstance(addresses, dict) else ())
        for one in objects_in(addresses, vpc)
        if range_of(f"{one.get('addr')}/32") and str(one.get("OS-EXT-IPS:type") or "fixed").lower() == "fixed"
    ]
