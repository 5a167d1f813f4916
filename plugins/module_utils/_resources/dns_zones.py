# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The private zones of a project and their record sets: the zone for a name in a VPC, and its creation.

Several private zones may have the same name: their VPCs tell them apart. A VPC has at most one zone of a name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from .._api.network import DnsApi
from .._core.errors import ApiError, OutcomeUnknown, VpcepError
from .._core.types import Object, grouped, objects_in
from .._schema.dns import fqdn, holds, shown
from .._schema.normalize import require_members
from .runtime import Runtime, once_per_task
from .waiting import FIRST_INTERVAL, Wait, intervals

T = TypeVar("T")
TRIES = 3
"""Maximum attempts for requests whose result another run may change at the same time."""
BUSY = ("DNS.0021", "DNS.0209", "DNS.0314")
"""Refusals of a zone or record set that is being changed: they pass."""
ZONE_EXISTS, VPC_HAS_ZONE, RECORD_EXISTS = "DNS.0208", "DNS.0212", "DNS.0312"
NOT_SEEN = "there is none, or the credentials may not list them (right dns:zone:list)"
SHOWN = 10  # zones that a message names


class Ready(Wait):
    """Wait until DNS has carried out the change of a zone or record set."""

    is_listed = False

    def over(self, found: Object | None) -> bool:
        return found is None or not is_pending(found)

    def outcome(self, found: Object | None) -> Object:
        """The zone or record set. Raises VpcepError if the change failed."""
        if found and status_of(found) == "ERROR":
            raise VpcepError(f"{self.noun} {self.object_id} is in status ERROR: delete it in the console.")
        return super().outcome(found)


class Deleted(Ready):
    """Wait until a record set is gone."""

    def over(self, found: Object | None) -> bool:
        return found is None or status_of(found) == "ERROR"

    def outcome(self, found: Object | None) -> Object:
        return {} if found is None else super().outcome(found)


class Zones:
    """The private zones of a project, read once for all endpoints of a task.

    whole: record sets are read once for a whole zone, and not once for each name.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.api = DnsApi(runtime.session, runtime.deadline)
        self.whole = False
        self._latest: list[Object] = []
        self._asked = float("-inf")
        self._lock = threading.Lock()

    def all(self) -> list[Object]:
        found = self.runtime.once("private zones", self.api.list_zones)
        return [zone for zone in found if status_of(zone) != "PENDING_DELETE"]

    def of_vpc(self, vpc_id: str) -> list[Object]:
        """The zones of a VPC. A bulk task asks for thousands of VPCs, each of which has a zone."""

        def by_vpc() -> dict[str, list[Object]]:
            return grouped((vpc, zone) for zone in self.all() for vpc in vpcs_of(zone))

        return require_members(self.runtime.once("zones by VPC", by_vpc).get(vpc_id.lower(), []), "id")

    def records(self, zone_id: str, name: str | None = None) -> list[Object]:
        name = None if self.whole else name
        return self.runtime.once(("record sets", zone_id, name), lambda: self.api.list_record_sets(zone_id, name))

    def latest(self) -> list[Object]:
        """All zones as they are now; one listing serves all endpoints that wait at the same time."""
        with self._lock:
            now = self.runtime.clock()
            if now - self._asked >= FIRST_INTERVAL:
                self._latest, self._asked = self.api.list_zones(), now
            return self._latest

    def send(self, call: Callable[[], T]) -> T:
        """Sends a change again as long as DNS refuses it because another one is under way. Raises VpcepError."""
        for pause in intervals():
            try:
                return call()
            except ApiError as error:
                if not is_code(error, *BUSY) or self.runtime.deadline.left() <= pause:
                    raise
            self.runtime.sleep(pause)
        raise AssertionError("unreachable: intervals() is endless")

    def until_ready(self, zone: Object, vpc_id: str) -> Ready:
        """The wait until a zone is in force for a VPC."""

        def read() -> Object:
            seen = [one for one in self.latest() if one.get("id") == zone["id"]]
            if not seen:
                return {"status": "PENDING_CREATE"}  # the list may be late
            return {**seen[0], "status": "PENDING_UPDATE"} if is_zone_pending(seen[0], vpc_id) else seen[0]

        return Ready("Private zone", str(zone["id"]), read)

    def make(self, name: str, vpc_id: str, check: Callable[[Object], None]) -> Object:
        """Creates a zone for a VPC, once for all endpoints of a task. Returns it, maybe not ready yet.

        check: raises VpcepError if the VPC must not be added to an existing zone.
        """
        return self.runtime.once(("private zone", name, vpc_id.lower()), lambda: self._make(name, vpc_id, check))

    def _make(self, name: str, vpc_id: str, check: Callable[[Object], None]) -> Object:
        region = self.runtime.session.region
        router = {"router_id": vpc_id, **({"router_region": region} if region else {})}
        body = {"name": name, "zone_type": "private", "description": "Made by crossvpc.vpcep", "router": router}
        for attempt in range(1, TRIES + 1):
            try:
                return require_members([self.send(lambda: self.api.create_zone(body))], "id")[0]
            except ApiError as error:
                if not isinstance(error, OutcomeUnknown) and not is_code(error, ZONE_EXISTS, VPC_HAS_ZONE):
                    raise
                same = [zone for zone in self.api.list_zones() if fqdn(zone.get("name")) == name]
                own = [zone for zone in same if vpc_id.lower() in vpcs_of(zone)]
                if own:
                    return own[0]
                if is_code(error, ZONE_EXISTS) and len(same) == 1:
                    check(same[0])
                    self.runtime.warn(f"Private zone {shown(name)} exists, and now also serves VPC {vpc_id}.")
                    self.send(partial(self.api.associate_vpc, same[0]["id"], {"router": router}))
                    return {**same[0], "status": "PENDING_UPDATE"}
                if attempt == TRIES:
                    if is_code(error, ZONE_EXISTS, VPC_HAS_ZONE) and not same:
                        error.hint = f"No private zone {shown(name)} is listed: see the right dns:zone:list."
                    raise
                self.runtime.sleep(FIRST_INTERVAL)  # lists may be late
        raise AssertionError("unreachable: the last try returns or raises")


zones_of = once_per_task(Zones)


def is_code(error: VpcepError, *codes: str) -> bool:
    return isinstance(error, ApiError) and (error.code or "").upper() in codes


def status_of(item: Object) -> str:
    return str(item.get("status") or "ACTIVE").upper()


def is_pending(item: Object) -> bool:
    return status_of(item).startswith("PENDING")


def is_zone_pending(zone: Object, vpc_id: str) -> bool:
    """Whether a zone, or its association with a VPC, is still being changed."""
    routers = [one for one in routers_of(zone) if str(one.get("router_id")).lower() == vpc_id.lower()]
    return any(map(is_pending, (zone, *routers)))


def routers_of(zone: Object) -> list[Object]:
    return objects_in(zone, "routers") or objects_in({"routers": [zone.get("router")]}, "routers")


def vpcs_of(zone: Object) -> set[str]:
    """The IDs of the VPCs that a zone serves, in lower case."""
    kept = [one for one in routers_of(zone) if status_of(one) != "PENDING_DELETE"]
    return {str(one.get("router_id")).lower() for one in kept}


def choose(zones: list[Object], name: str, zone_name: str | None) -> Object | None:
    """Of the zones of one VPC the one for a name: *zone_name*, else the one with the longest suffix of the name.

    Names are in the form of :func:`fqdn`. Raises VpcepError if there are several.
    """
    own = [zone for zone in zones if holds(zone, name)]
    own = [zone for zone in own if zone_name in (None, fqdn(zone.get("name")))]
    length = max((len(fqdn(zone.get("name"))) for zone in own), default=0)
    longest = [zone for zone in own if len(fqdn(zone.get("name"))) == length]
    if len(longest) > 1:
        raise VpcepError(
            f"The VPC has several private zones {shown(longest[0]['name'])}: "
            f"{', '.join(sorted(str(zone.get('id')) for zone in longest))}. Delete all but one."
        )
    return require_members(longest, "id")[0] if longest else None


def no_zone(zones: list[Object], name: str, zone_name: str | None, vpc_id: str) -> VpcepError:
    """The error for a name that no zone of a VPC holds."""
    if not zones:
        found = f"No private zone of this project can be seen: {NOT_SEEN}."
    else:
        own = sorted({shown(zone.get("name")) for zone in zones if vpc_id.lower() in vpcs_of(zone)})
        found = f"Private zones of that VPC: {', '.join(own[:SHOWN]) or 'none'}."
        other = [zone for zone in zones if holds(zone, name) and zone_name in (None, fqdn(zone.get("name")))]
        for zone in other[:SHOWN]:
            found += f" Zone {shown(zone['name'])} ({zone.get('id')}) does not serve that VPC."
    wanted = f"private zone {shown(zone_name)}" if zone_name else "private zone that holds it"
    return VpcepError(
        f"dns_name {shown(name)}: VPC {vpc_id} has no {wanted}. {found} Set create_dns_zone to true to create one, or "
        "associate the VPC with one."
    )
