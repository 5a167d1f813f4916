"""One endpoint of a bulk task: reconciled like any endpoint, but looked up in a snapshot that all share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from .._core.errors import ApiError, VpcepError
from .._core.types import Object, grouped
from .._resources.creation import are_duplicates
from .._resources.endpoint import Endpoint
from .._resources.runtime import Runtime
from .._resources.waiting import Flow
from .._schema.fields import PAGE_SIZE
from .._schema.normalize import address_of, has, id_in, is_gateway, require_members
from .scheduler import Task


def service_of(one: Endpoint) -> str:
    """Identifies the service of a definition: by its ID, also if a full name ends with it; otherwise by its name."""
    name = one.options.get("endpoint_service_name") or "to come"
    return str(one.desired.get("endpoint_service_id") or id_in(name).lower() or name)


IDENTITY: tuple[Callable[[Endpoint], Any], ...] = (
    service_of,
    lambda one: one.desired.get("vpc_id") or one.options.get("vpc"),
    lambda one: one.desired.get("subnet_id") or one.options.get("subnet"),
    lambda one: one.desired.get("port_ip"),
)
QUOTA_USED_UP = "1018"


class Snapshot:
    """A list of all endpoints of a project, indexed by ID and by VPC, subnet and address."""

    def __init__(self, endpoints: list[Object], number: int = 1, asked: float = 0.0) -> None:
        self.number = number  # of this listing in the task, from 1
        self.asked = asked  # when (clock)
        self.endpoints = endpoints  # without filters
        self.by_id: dict[str, Object] = {item["id"].lower(): item for item in endpoints if has(item, "id")}

    @cached_property
    def places(self) -> dict[Any, dict[Any, dict[Any, list[Object]]]]:
        """VPC -> subnet -> address -> endpoints; None where one does not show it. Few listings are looked at so."""
        found: dict[Any, dict[Any, dict[Any, list[Object]]]] = {}
        for item in self.endpoints:
            vpc_id, subnet_id = (item[name].lower() if has(item, name) else None for name in ("vpc_id", "subnet_id"))
            # A gateway endpoint is in no subnet, and one whose subnet is not shown may be in any.
            subnet = None if is_gateway(item) else subnet_id
            found.setdefault(vpc_id, {}).setdefault(subnet, {}).setdefault(address_of(item), []).append(item)
        return found

    def __iter__(self) -> Iterator[Object]:
        return iter(self.by_id.values())

    @property
    def pages(self) -> int:
        """How many requests another listing costs."""
        return max(1, -(-len(self.by_id) // PAGE_SIZE))

    def near(self, vpc_id: str, subnet_id: str | None, address: str | None) -> list[Object]:
        """Those that may be in a VPC and a subnet and have an address; None for any."""
        near = [
            places.get(subnet, {})
            for places in (self.places.get(vpc_id, {}), self.places.get(None, {}))
            for subnet in (places if subnet_id is None else (subnet_id, None))
        ]
        return [
            item
            for addresses in near
            for shown in (addresses if address is None else (address, None))
            for item in addresses.get(shown, [])
        ]


class Shared:
    """The state that all endpoints of a task share."""

    latest = Snapshot([], 0)  # the latest listing
    refusal: ApiError | None = None  # the first refusal because of the quota; no further endpoint is created
    shrinks = False  # whether the task may delete endpoints, which frees quota


class BulkEndpoint(Endpoint):
    """One endpoint of a bulk task. label: its name in messages."""

    def __init__(self, label: str, options: Object, runtime: Runtime, shared: Shared) -> None:
        self.label = label
        self.shared = shared
        self.claim: list[Object] = []  # the endpoints of the snapshot that match the options
        self.is_fresh = False  # whether nothing was changed since the snapshot
        self.task: Task  # set before it runs
        super().__init__(options, runtime)

    def look(self, snapshot: Snapshot) -> None:
        """Finds the endpoints of the snapshot that match the options. Raises VpcepError."""
        self.claim, self.is_fresh = [], True
        object_id = self.options.get("id")
        if object_id is not None:
            known = snapshot.by_id.get(object_id.lower())
            self.claim = [known] if known else super().matches()
        elif not self.service_to_come and self.service_is_known():
            self.claim = self.claims(snapshot)

    def claims(self, snapshot: Snapshot) -> list[Object]:
        if self.to_come:
            return self.unplaced(lambda: list(snapshot))
        wanted = self.desired
        self.listed = snapshot.near(wanted["vpc_id"], wanted.get("subnet_id"), wanted.get("port_ip"))
        found = self.same(self.listed)
        require_members([one for one in found if not has(one, "subnet_id")], "vpc_id")  # the subnet tells the VPC, too
        return found

    def is_clear(self) -> bool:
        """Whether the options match at most one endpoint, or duplicates of one."""
        alive = self.alive(self.claim)
        return len(alive) < 2 or are_duplicates(self, alive)

    def listings(self) -> int:
        return self.shared.latest.number

    def siblings(self, listings: int) -> list[Object]:
        snapshot = self.shared.latest
        return self.claims(snapshot) if snapshot.number > listings else self.find()

    def listed_at(self, found: Object) -> float | None:
        latest = self.shared.latest
        return latest.asked if latest.by_id.get(str(found.get("id")).lower()) is found else None

    def shared_look(self, object_id: str) -> Flow[None]:
        yield self.shown(object_id)

    def matches(self) -> list[Object]:
        if not self.is_fresh:
            return super().matches()
        self.is_fresh = False
        return self.claim

    def send_create(self, body: Object) -> Object:
        refusal = self.shared.refusal
        if refusal is not None and not self.shared.shrinks:
            raise VpcepError(
                "Not created, and no request sent: another endpoint of this task has reached the quota. Run the task "
                "again when the quota allows more endpoints.",
                facts=refusal.result(),
            )
        try:
            return super().send_create(body)
        except ApiError as error:
            if error.is_code(QUOTA_USED_UP):
                self.shared.refusal = error
            raise

    def quota_obstacles(self) -> list[str]:
        return [] if self.shared.shrinks else super().quota_obstacles()

    def warn_pending(self, answer: Object) -> None:
        """No warning: the outcomes show it for each endpoint."""


def overlapping(
    endpoints: list[BulkEndpoint], identity: Iterable[Callable[[Endpoint], Any]] = IDENTITY
) -> Iterator[Any]:
    """Groups of definitions that may mean the same endpoint. A part of the identity that is left out matches any."""
    part, *rest = identity
    groups = grouped((part(endpoint), endpoint) for endpoint in endpoints)
    if None in groups and len(endpoints) > 1:
        yield endpoints
        return
    for group in groups.values():
        if len(group) > 1 and rest:
            yield from overlapping(group, rest)
        elif len(group) > 1:
            yield group
