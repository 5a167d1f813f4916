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

PAUSES = (0, 3, 5, 8, 13, 21, 34, 55)  # seconds before each look while objects are deleted


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


def find(runtime: Runtime) -> tuple[list[Made], list[Object]]:
    """The objects of checks in this project, endpoints first; and all its services. Raises VpcepError."""
    services = runtime.api.list_services()
    endpoints = runtime.api.list_endpoints()
    made = [Made(ENDPOINTS, str(one["id"]), str(one.get("status"))) for one in endpoints if is_endpoint(one)]
    made += [Made(SERVICES, str(one["id"]), str(one.get("status"))) for one in services if is_service(one)]
    return made, services


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


def clear(runtime: Runtime, probe: Probe, known: list[Made], unclear: bool = False) -> list[Made]:
    """Deletes the objects of checks and waits until they are gone; returns those that are left. Raises VpcepError.

    known: objects that lists may not show yet; unclear: a creation got no usable answer, so that its object may appear.
    """
    left, failure = known, None
    for turn, pause in enumerate(PAUSES):
        runtime.sleep(pause)
        try:
            found, _services = find(runtime)
            listed = {one.id for one in found}
            left, failure = [*found, *(one for one in known if one.id not in listed and exists(probe, one))], None
            if not left and (turn >= 3 or not unclear):
                return []
            delete_all(probe, left)
        except LimitReached:
            break
        except VpcepError as error:  # the lists may work again a little later
            failure = error
    if failure is not None:
        raise failure
    return left


def exists(probe: Probe, one: Made) -> bool:
    """Whether an object is still shown by its ID."""
    return probe.get(one.url).ok


def delete_all(probe: Probe, left: list[Made]) -> None:
    """Begins the deletion of objects. A service has to wait for its endpoints; a refusal is tried again later."""
    endpoints = [one for one in left if one.path == ENDPOINTS]
    for one in endpoints or left:
        if one.status != DELETING:
            probe.delete(one.url)
