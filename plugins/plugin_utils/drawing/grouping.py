"""Groups endpoints into boxes, so that a picture of hundreds of endpoints is readable.

If there are few endpoints, each is a box. Otherwise endpoints of the same service and status share a box.
"""

from __future__ import annotations

import typing as t

from .model import OTHER, Endpoint, Landscape, Place
from .style import NORMAL

LIMIT = 40  # boxes of endpoints, by default
NOTHING, IN_VPC, IN_ACCOUNT, OVER_ACCOUNTS = range(4)  # how far endpoints fold
# How far accepted and other endpoints fold. The first step with few enough boxes is used.
STEPS = (
    *((normal, NOTHING) for normal in range(OVER_ACCOUNTS + 1)),
    *((OVER_ACCOUNTS, rest) for rest in range(1, OVER_ACCOUNTS + 1)),
)
FOLDED = "folded"


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
    def is_several(self) -> bool:
        return len(self.endpoints) > 1


class Vpc(t.NamedTuple):
    """One VPC or several. The ID is empty when only the service's owner knows the endpoints."""

    ids: tuple[str, ...]
    boxes: tuple[Box, ...]


class Account(t.NamedTuple):
    """One account or several."""

    places: tuple[Place, ...]
    vpcs: tuple[Vpc, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        return tuple(box for vpc in self.vpcs for box in vpc.boxes)


def grouped(seen: Landscape, limit: int = LIMIT) -> list[Account]:
    """The accounts that have endpoints, in at most *limit* boxes if folding can achieve that."""
    accounts: list[Account] = []
    for normal, exceptions in STEPS:
        accounts = _folded(seen, normal, exceptions)
        if sum(len(account.boxes) for account in accounts) <= limit:
            break
    return accounts


def _folded(seen: Landscape, normal: int, exceptions: int) -> list[Account]:
    exceptional_places = {endpoint.place for endpoint in seen.endpoints if endpoint.status != NORMAL}
    exceptional_vpcs = {(endpoint.place, endpoint.vpc_id) for endpoint in seen.endpoints if endpoint.status != NORMAL}
    frames: dict[t.Any, dict[t.Any, list[Endpoint]]] = {}
    for endpoint in seen.endpoints:
        place, vpc_id = endpoint.place, endpoint.vpc_id
        account: t.Any = place
        if place.kind == OTHER and (exceptions if place in exceptional_places else normal) == OVER_ACCOUNTS:
            account = (FOLDED, place in exceptional_places)
        is_exceptional = (place, vpc_id) in exceptional_vpcs
        vpc = (FOLDED, is_exceptional) if (exceptions if is_exceptional else normal) >= IN_ACCOUNT else vpc_id
        frames.setdefault(account, {}).setdefault(vpc, []).append(endpoint)
    return [
        Account(
            tuple(dict.fromkeys(endpoint.place for inside in vpcs.values() for endpoint in inside)),
            tuple(_vpc(vpcs[vpc], normal, exceptions) for vpc in _folded_last(vpcs)),
        )
        for vpcs in (frames[account] for account in _folded_last(frames))
    ]


def _folded_last(names: t.Iterable[t.Any]) -> list[t.Any]:
    return sorted(names, key=lambda name: isinstance(name, tuple) and name[0] == FOLDED)


def _vpc(endpoints: list[Endpoint], normal: int, exceptions: int) -> Vpc:
    boxes: dict[tuple[str, ...], list[Endpoint]] = {}
    for endpoint in endpoints:
        folds = normal if endpoint.status == NORMAL else exceptions
        name = (endpoint.service_id, endpoint.status, "" if folds else endpoint.id)
        boxes.setdefault(name, []).append(endpoint)
    ids = dict.fromkeys(endpoint.vpc_id for endpoint in endpoints)
    return Vpc(tuple(ids), tuple(Box(tuple(inside)) for inside in boxes.values()))
