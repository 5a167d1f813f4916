# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that checks make: how they are marked, found again, and deleted. Other objects are never touched."""

from __future__ import annotations

import re
import secrets
from typing import NamedTuple

from .._api.vpcep import ENDPOINTS, SERVICES
from .._core.errors import VpcepError
from .._core.types import Object
from .._resources.runtime import Runtime
from .._schema.fields import DELETING, SERVICE
from .._schema.normalize import UnusableAnswer, name_of, observed
from .probe import LimitReached, Probe

TAG = "vpcep-check"
"""The key of the tag on every object of a check. Its value is the run's mark, which the object's name repeats."""

UNCLEAR_TURNS = 4  # looks at least for an object that may appear
PAUSES = (0, 5, 13, 21, 34, 55, 55, 55)  # seconds before each look while objects are deleted


class Made(NamedTuple):
    """An object of a check: the path of its list, its ID and status."""

    path: str
    id: str
    status: str = ""

    @property
    def url(self) -> str:
        """Its own path."""
        return f"{self.path}/{self.id}"


def new_mark() -> str:
    """A random mark for a run."""
    return secrets.token_hex(4)


def service_name(mark: str) -> str:
    """The name of a run's service."""
    return f"check-{mark}"


def endpoint_description(mark: str, number: int) -> str:
    """The description of a run's endpoint; endpoints have no names."""
    return f"check-{mark}-{number}"


def tags(mark: str) -> list[Object]:
    """The tags of a run's objects, for a creation."""
    return [{"key": TAG, "value": mark}]


def services_of(found: list[Object]) -> list[Made]:
    """Those services in a list that checks made."""
    return [Made(SERVICES, str(one["id"]), str(one.get("status"))) for one in found if is_service(one)]


def endpoints_of(found: list[Object]) -> list[Made]:
    """Those endpoints in a list that checks made."""
    return [Made(ENDPOINTS, str(one["id"]), str(one.get("status"))) for one in found if is_endpoint(one)]


def is_service(one: Object) -> bool:
    """Whether a check made this service: its tag and its name carry the same mark."""
    name, mark = name_of(one), _mark(one)
    return bool(mark) and name == service_name(mark)


def is_endpoint(one: Object) -> bool:
    """Whether a check made this endpoint: its tag and its description carry the same mark."""
    mark = _mark(one)
    return bool(mark) and one.get("description") in [endpoint_description(mark, number) for number in (1, 2)]


def _mark(one: Object) -> str:
    try:
        found = observed("tags", SERVICE["tags"], one).get(TAG, "")
    except UnusableAnswer:
        return ""
    return found if re.fullmatch(r"[0-9a-f]{8}", found) and one.get("id") else ""


class Clearing:
    """Deletes the objects of checks, endpoints first, and waits until they are gone.

    known: objects that lists may not show yet; unclear: a creation got no usable answer, so that its object may appear.
    """

    def __init__(self, runtime: Runtime, probe: Probe, known: list[Made], unclear: bool = False) -> None:
        self.runtime = runtime
        self.probe = probe
        self.left = {one.id: one for one in known}
        self.turns = UNCLEAR_TURNS if unclear else 1
        self.listed: set[str] = set()
        self.deleted: set[str] = set()

    def run(self) -> list[Made]:
        """Returns the objects that are left after some minutes, or too many requests. Raises VpcepError."""
        failure: VpcepError | None = None
        blocked = True  # by endpoints, which are not listed again once they are gone
        for turn, pause in enumerate(PAUSES, start=1):
            self.runtime.sleep(pause)
            try:
                failure = None
                blocked = blocked and bool(self.delete_endpoints())
                if not blocked and not self.delete_services() and turn >= self.turns:
                    return []
                blocked = blocked or turn < self.turns
            except LimitReached:
                break
            except VpcepError as error:  # the lists may work again a little later
                failure = error
        if failure is not None:
            raise failure
        return list(self.left.values())

    def delete_endpoints(self) -> list[Made]:
        """Begins the deletion of the endpoints that are left, and returns them."""
        self.probe.check()
        return self.delete(ENDPOINTS, endpoints_of(self.runtime.api.list_endpoints()))

    def delete_services(self) -> list[Made]:
        """The same for services, which have to wait for their endpoints."""
        self.probe.check()
        return self.delete(SERVICES, services_of(self.runtime.api.list_services()))

    def delete(self, path: str, found: list[Made]) -> list[Made]:
        """Begins the deletion of objects of one kind. After a refusal it is tried again in the next turn."""
        self.listed.update(one.id for one in found)
        unseen = [one for one in self.left.values() if one.path == path and one.id not in self.listed]
        found += [one for one in unseen if self.probe.get(one.url).ok]
        others = {one.id: one for one in self.left.values() if one.path != path}
        self.left = {**others, **{one.id: one for one in found}}
        for one in found:
            if one.status != DELETING and one.id not in self.deleted and self.probe.delete(one.url).ok:
                self.deleted.add(one.id)
        return found
