# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hundreds of endpoints in a picture that can be read: what is in order folds into one box, the exceptions stay.

Nothing is folded as long as all endpoints have room. Otherwise equal ones fold, as few as possible: endpoints of one
VPC, then VPCs of one account, then accounts.
"""

from __future__ import annotations

import itertools
import typing as t

from .model import OTHER, Endpoint, Landscape, Place
from .status import CALM, rank_of

LIMIT = 40  # boxes of endpoints, unless told otherwise
NEVER = 1_000_000
# How many of a kind are drawn one by one at most: those in order, and the exceptions. Tried until all have room.
STEPS = ((NEVER, NEVER), *((calm, NEVER) for calm in (15, 8, 4, 2, 1)), *((1, rest) for rest in (20, 8, 4, 2, 1)))


class Box(t.NamedTuple):
    """One endpoint, or several of the same service and status."""

    endpoints: tuple[Endpoint, ...]

    @property
    def service_id(self) -> str:
        return self.endpoints[0].service_id

    @property
    def status(self) -> str:
        return self.endpoints[0].status

    @property
    def is_calm(self) -> bool:
        return self.status in CALM

    @property
    def vpcs(self) -> int:
        return len({endpoint.vpc_id for endpoint in self.endpoints if endpoint.vpc_id})


class Vpc(t.NamedTuple):
    """One VPC, or several; without an ID when only the service's owner knows the endpoints."""

    ids: tuple[str, ...]
    boxes: tuple[Box, ...]

    @property
    def is_calm(self) -> bool:
        return all(box.is_calm for box in self.boxes)


class Account(t.NamedTuple):
    """One account, or several."""

    places: tuple[Place, ...]
    vpcs: tuple[Vpc, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(box for vpc in self.vpcs for box in vpc.boxes)

    @property
    def is_calm(self) -> bool:
        return all(vpc.is_calm for vpc in self.vpcs)


Foldable = t.TypeVar("Foldable", Vpc, Account)


def grouped(seen: Landscape, limit: int = LIMIT) -> list[Account]:
    """The accounts that have endpoints, in at most *limit* boxes if folding brings them into so many."""
    accounts: list[Account] = []
    for calm, exceptions in STEPS:
        accounts = _folded_accounts(seen, calm, exceptions)
        if sum(len(account.boxes) for account in accounts) <= limit:
            break
    return accounts


def _folded_accounts(seen: Landscape, calm: int, exceptions: int) -> list[Account]:
    by_place: dict[Place, list[Endpoint]] = {place: [] for place in seen.places}
    for endpoint in seen.endpoints:
        by_place[endpoint.place].append(endpoint)
    position = {service.id: number for number, service in enumerate(seen.services)}
    accounts = []
    for place, endpoints in by_place.items():
        if endpoints:
            vpcs = _vpcs(endpoints, calm, exceptions)
            vpcs.sort(key=lambda vpc: _middle(vpc.boxes, position))
            accounts.append(Account((place,), tuple(_fold(vpcs, calm, exceptions, _merged_vpcs))))
    own = [account for account in accounts if account.places[0].kind != OTHER]
    others = [account for account in accounts if account.places[0].kind == OTHER]
    return own + _fold(others, calm, exceptions, _merged_accounts)


def _vpcs(endpoints: list[Endpoint], calm: int, exceptions: int) -> list[Vpc]:
    by_vpc: dict[str, list[Endpoint]] = {}
    for endpoint in endpoints:
        by_vpc.setdefault(endpoint.vpc_id, []).append(endpoint)
    return [Vpc((vpc_id,), _boxes(inside, calm, exceptions)) for vpc_id, inside in sorted(by_vpc.items())]


def _boxes(endpoints: t.Iterable[Endpoint], calm: int, exceptions: int) -> tuple[Box, ...]:
    """Boxes of what shares an outer frame. Equal ones are one box when there are too many of them."""
    equal: dict[tuple[str, str], list[Endpoint]] = {}
    for endpoint in endpoints:
        equal.setdefault((endpoint.service_id, endpoint.status), []).append(endpoint)
    boxes: list[Box] = []
    for together in sorted(equal.values(), key=lambda found: rank_of(found[0].status)):
        box = Box(tuple(together))
        most = calm if box.is_calm else exceptions
        boxes += [box] if len(together) > most else [Box((endpoint,)) for endpoint in together]
    order = {service_id: number for number, (service_id, _status) in enumerate(equal)}
    return tuple(sorted(boxes, key=lambda box: order[box.service_id]))


def _fold(
    frames: list[Foldable], calm: int, exceptions: int, merge: t.Callable[[list[Foldable]], Foldable]
) -> list[Foldable]:
    """The frames, those in order merged into one when there are too many of them, and so the others."""
    result: list[Foldable] = []
    for wanted, most in ((False, exceptions), (True, calm)):
        alike = [frame for frame in frames if frame.is_calm == wanted]
        result += [merge(alike)] if len(alike) > most else alike
    places = {id(frame): number for number, frame in enumerate(frames)}
    return sorted(result, key=lambda frame: places.get(id(frame), len(frames)))  # merged ones come last


def _merged_vpcs(vpcs: list[Vpc]) -> Vpc:
    ids = tuple(itertools.chain.from_iterable(vpc.ids for vpc in vpcs))
    return Vpc(ids, _merged_boxes(box for vpc in vpcs for box in vpc.boxes))


def _merged_accounts(accounts: list[Account]) -> Account:
    """Their VPCs are not seen from outside."""
    places = tuple(itertools.chain.from_iterable(account.places for account in accounts))
    return Account(places, (Vpc(("",), _merged_boxes(box for account in accounts for box in account.boxes)),))


def _merged_boxes(boxes: t.Iterable[Box]) -> tuple[Box, ...]:
    """One box for each service and status."""
    return _boxes((endpoint for box in boxes for endpoint in box.endpoints), 0, 0)


def _middle(boxes: tuple[Box, ...], position: dict[str, int]) -> float:
    """Where on the other side the lines of some boxes lead, so that few of them cross."""
    return sum(position[box.service_id] for box in boxes) / len(boxes)
