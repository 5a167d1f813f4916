"""The objects that checks make: how they are marked, found again, and deleted. Other objects are never touched."""

from __future__ import annotations

import re
from typing import NamedTuple

from .._api.vpcep import ENDPOINTS, SERVICES
from .._auth.session import ApiPath
from .._core.errors import ApiError
from .._core.types import Object
from .._resources.runtime import Runtime
from .._schema.fields import DELETING, SERVICE
from .._schema.normalize import UnusableAnswer, name_of, observed
from .probe import LimitReached, Probe, id_in

TAG = "vpcep-check"
"""The key of the tag on every object of a check. Its value is the run's mark, which the object's name repeats."""

UNCLEAR_TURNS = 4  # looks at least for an object that may appear
PAUSES = (0, 6, 20, 40, 40, 40, 40, 40)  # seconds before each look while objects are deleted
LIST_SECONDS = 8.0  # until lists surely show an object; then a rerun finds what a killed run made just before


class Made(NamedTuple):
    """An object of a check. path: of its list."""

    path: str
    id: str
    status: str = ""

    @property
    def url(self) -> ApiPath:
        return (self.path + "/{}", self.id)


def service_name(mark: str) -> str:
    return f"check-{mark}"


def endpoint_description(mark: str, number: int) -> str:
    """The description of a run's endpoint; endpoints have no names."""
    return f"check-{mark}-{number}"


def tags(mark: str) -> list[Object]:
    return [{"key": TAG, "value": mark}]


def found_in(path: str, listed: list[Object], run: str = "") -> list[Made]:
    """Those objects of a list (SERVICES or ENDPOINTS) that checks made. run: the mark of the only run that counts."""
    return [Made(path, str(id_in(one)), str(one.get("status"))) for one in listed if is_own(path, one, run)]


def is_own(path: str, one: Object, run: str = "") -> bool:
    """Whether a check made this object: its tag and its name or description carry one mark."""
    try:
        mark = observed("tags", SERVICE["tags"], one).get(TAG, "")
    except UnusableAnswer:
        return False
    if not re.fullmatch(r"[0-9a-f]{8}", mark) or not id_in(one) or run not in ("", mark):
        return False
    if path == SERVICES:
        return name_of(one) == service_name(mark)
    return one.get("description") in [endpoint_description(mark, number) for number in (1, 2)]


class Clearing:
    """Deletes the objects of checks, endpoints first, and waits until they are gone.

    known: objects that lists may not show yet; unclear: a creation got no usable answer, so that its object may appear;
    run: the mark of a run whose objects are deleted, empty for those of all: the next run may already have begun.
    """

    def __init__(self, runtime: Runtime, probe: Probe, known: list[Made], unclear: bool = False, run: str = "") -> None:
        self.runtime = runtime
        self.probe = probe
        self.left = list(known)
        self.mark = run
        self.turns = UNCLEAR_TURNS if unclear else 1
        self.listed: set[str] = set()
        self.again: dict[str, int] = {}  # the turn in which a deletion is tried again
        self.waited = 0.0

    def run(self) -> int:
        """Returns how many objects may be left after some minutes, or too many requests."""
        blocked = True  # by endpoints, which are not listed again once they are gone
        try:
            for turn, pause in enumerate(PAUSES, start=1):
                self.runtime.sleep(pause)
                self.waited += pause
                blocked = (blocked or turn <= self.turns) and not self.is_clear(ENDPOINTS, turn)
                if not blocked and self.is_clear(SERVICES, turn) and turn >= self.turns:
                    return 0
        except LimitReached:
            pass
        return max(len(self.left), 1)

    def is_clear(self, path: str, turn: int) -> bool:
        """Whether a list shows that none of this kind is left; begins the deletion of others. Raises LimitReached."""
        known = [one for one in self.left if one.path == path]
        api = self.probe.api
        try:
            found = found_in(path, api.list_services() if path == SERVICES else api.list_endpoints(), self.mark)
            self.listed.update(one.id for one in found)
            known = [one for one in known if one.id not in self.listed]
            is_listed = True
        except ApiError:  # the list may work again later; what is known is deleted all the same
            found, is_listed = [], False
        for one in known:
            shown = self.probe.get(one.url)
            is_unlisted = is_listed and self.waited >= LIST_SECONDS
            if shown.ok or not (shown.is_gone or is_unlisted):  # a cloud may say otherwise that it is gone
                found.append(one._replace(status=str(shown.get("status"))))
        self.left = [one for one in self.left if one.path != path] + found
        for one in found:
            if one.status != DELETING and turn >= self.again.get(one.id, 0):
                self.probe.delete(one.url)
                self.again[one.id] = turn + 3  # it may be refused for now, or its status may be shown late
        return is_listed and not found
