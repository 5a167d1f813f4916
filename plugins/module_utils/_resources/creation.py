# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating exactly one object, also when the request fails or several runs create it at the same time.

The API has no client token, and runs share nothing but the cloud. So each run reads the list once more after its
creation. Of several objects of the same identity the oldest stays: the order (``created_at``, then
``id``) is the same for all. A run deletes the younger object that it created itself, and returns the oldest.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from .._core.errors import ApiError, OutcomeUnknown
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import FAILED
from .resource import Resource
from .waiting import Flow, Wait, disappeared, intervals

DOUBLE_SECONDS = 300.0
"""Objects of the same identity are doubles, and not made on purpose, when they were created within this time."""
YIELD_SECONDS = 10.0
"""How long the first of two objects with the same ``created_at`` waits for the other one to be deleted by its run.
Longer than the longest pause between two polls of that run."""
READ_BACK_SECONDS = 3.0  # how long to look for an object whose creation was not answered
CREATE_TRIES = 3


class Choice(Wait):
    """Which one of several objects stays. ranked: all candidates, the one that stays first.

    It is unclear as long as the first two have the same ``created_at``: the clouds show whole seconds. The one with
    the greater ID may have been created first, and its run may have ended before the other one was in any list.
    A choice is also a wait (see waiting.py) until it is clear.
    """

    def __init__(self, one: Resource) -> None:
        super().__init__(one.noun, "", self.placeholder)
        self.one = one
        self.listings = one.listings()
        self.end = float("inf")
        self.own: Object | None = None  # counts although no list may show it yet
        self.deleted = ""  # an ID that no longer counts although a list may still show it
        self.ranked: list[Object] = []

    def look(self) -> bool:
        """Lists the candidates. Returns whether it is clear which one stays."""
        found = [item for item in self.one.alive(self.one.siblings(self.listings)) if item["id"] != self.deleted]
        self.listings = self.one.listings()
        own = self.own
        if own is not None:
            others = [item for item in found if item["id"] != own["id"] and is_close(item, own)]
            found = [own, *filter(self.one.is_certain, others)]
        self.ranked = sorted(found, key=age)
        return self.clear

    def until_available(self, object_id: str) -> Flow[Object]:
        """Waits for an object. A shared listing that does not show it as it is now was made too early."""
        found = yield self.one.until_available(object_id)
        if not self.one.is_in_listing(found):
            self.listings = self.one.listings()
        return found

    @property
    def clear(self) -> bool:
        return len(self.ranked) < 2 or age(self.ranked[0])[:-1] != age(self.ranked[1])[:-1]

    def is_first(self, found: Object) -> bool:
        return bool(self.ranked) and bool(self.ranked[0]["id"] == found["id"])

    def until_clear(self, seconds: float) -> Choice:
        self.object_id = self.ranked[0]["id"]
        self.end = self.one.runtime.clock() + seconds
        return self

    def placeholder(self) -> Object:
        """No GET: over() reads the list."""
        return {"id": self.object_id, "status": "created at the same time as another one"}

    def over(self, found: Object | None) -> bool:
        return self.look() or bool(self.one.runtime.clock() >= self.end)

    def outcome(self, found: Object | None) -> Object:
        return found or {}


def create_one(one: Resource) -> Flow[Object]:
    """Creates the object, unless another run just did. Returns the task's report. Raises VpcepError."""
    made: Object = {}
    for _try in range(CREATE_TRIES):
        made, is_own, unanswered = send(one)
        since = one.runtime.clock()
        ranked = yield from (keep_oldest(one, made) if is_own else survivors(one, made))
        if unanswered and not is_own:
            ranked = yield from without_unanswered(one, ranked, since)
        if not ranked:
            continue  # others deleted all
        if is_own and ranked[0]["id"] == made["id"]:
            return (yield from one.complete_creation(ranked[0]))
        kept = ranked[0] if all(map(one.is_certain, ranked)) else one.only_one(ranked)
        report = yield from one.converge(kept or ranked[0])
        return dict(report, changed=True) if unanswered else report
    raise disappeared(one.noun, made["id"])


def choose(one: Resource, matches: list[Object]) -> Flow[tuple[Object | None, bool]]:
    """The existing object that stays, and whether the others are deleted.

    There are several when a run was killed after its creation. Raises VpcepError when they are no such doubles.
    """
    ranked = sorted(one.alive(matches), key=age)
    if not one.runtime.check_mode and one.options.get("state") != "absent" and are_close(ranked):
        ranked = yield from survivors(one, ranked[0])
    if len(ranked) > 1 and not are_doubles(one, ranked):
        return one.only_one(ranked), False
    if not one.runtime.check_mode:
        yield from drop_doubles(one, ranked)
    return (ranked[0] if ranked else None), len(ranked) > 1


def drop_doubles(one: Resource, ranked: list[Object]) -> Flow[None]:
    """Deletes all but the first of some doubles."""
    for double in ranked[1:]:
        one.runtime.warn(
            f"Deleted {one.noun} {double['id']}: a double of {ranked[0]['id']}, created within the same minutes by a "
            "run that was interrupted or got no answer."
        )
        yield from take_back(one, double)


def without_unanswered(one: Resource, ranked: list[Object], since: float) -> Flow[list[Object]]:
    """What is left of *ranked* when the object of a request without an answer, which may be any of them, is deleted.

    since: when another object was seen first; that of the request may be younger, and show in lists later.
    """
    pause = since + READ_BACK_SECONDS - one.runtime.clock()
    if ranked and pause > 0 and one.options.get("wait") is not False:
        one.runtime.sleep(min(pause, max(one.runtime.deadline.left(), 0.0)))
        ranked = yield from last_look(Choice(one))
    if len(ranked) < 2 or not are_doubles(one, ranked):
        return ranked
    yield from drop_doubles(one, ranked)
    return ranked[:1]


def keep_oldest(one: Resource, made: Object) -> Flow[list[Object]]:
    """Waits until *made*, which this run created, is available; deletes it if it is not the oldest.

    Returns the objects that are left, the one that stays first. Raises VpcepError when there is none.
    """
    waits = one.options.get("wait") is not False
    choice = Choice(one)
    own: Object | None = made
    if waits:
        own = (yield from choice.until_available(made["id"])) or None
    else:
        yield from one.shared_look(made["id"])
    choice.own = own
    if not choice.look() and waits and choice.is_first(made):
        yield choice.until_clear(YIELD_SECONDS)
    if own is None:
        if not choice.ranked:
            raise disappeared(one.noun, made["id"])
        return (yield from survivors(one, choice.ranked[0]))
    if choice.is_first(made) and (choice.clear or not waits):
        return choice.ranked
    choice = Choice(one)
    choice.deleted = made["id"]
    yield from take_back(one, own)
    return (yield from last_look(choice))


def survivors(one: Resource, seen: Object) -> Flow[list[Object]]:
    """Waits until *seen*, which may be another run's, is available; returns what is left then, the oldest first."""
    choice = Choice(one)
    if one.options.get("wait") is not False and not is_available(one, seen):
        yield from choice.until_available(seen["id"])
    return (yield from last_look(choice))


def last_look(choice: Choice) -> Flow[list[Object]]:
    """Looks until one object is clearly the oldest, and available."""
    one = choice.one
    clear = choice.look()
    while one.options.get("wait") is not False and choice.ranked:
        first = choice.ranked[0]
        if not clear:  # longer than the first of them waits for the other one
            yield choice.until_clear(3 * YIELD_SECONDS)
            clear = True
        elif is_available(one, first):
            break
        else:
            found = yield from choice.until_available(first["id"])
            clear = choice.look()
            if found and choice.is_first(found):
                choice.ranked[0] = found  # the list may be late, and looking again at once would not help
    return choice.ranked


def take_back(one: Resource, double: Object) -> Flow[None]:
    """Deletes a double. The clouds may refuse that while it is being created (EndPoint.2019)."""
    if not is_available(one, double):
        double = yield one.until_available(double["id"])
    if double:
        yield from one.delete(double)


def send(one: Resource) -> tuple[Object, bool, bool]:
    """Sends the create request until there is an object.

    Returns the object, whether this request certainly made it, and whether an earlier one was not answered.
    """
    body = planning.create_body(one.table, one.desired)
    known = {item["id"] for item in one.find()} if one.options.get("id") else set()  # made on purpose beside it
    unanswered = False
    for attempt in range(1, CREATE_TRIES + 1):
        try:
            return one.send_create(body), True, unanswered
        except OutcomeUnknown:
            unanswered = True
            found = read_back(one, known, READ_BACK_SECONDS, lambda: False)
            if found is None and (attempt == CREATE_TRIES or one.runtime.deadline.left() <= 0):
                raise
        except ApiError as error:
            if attempt < CREATE_TRIES and one.is_possible_now(error):
                continue
            seconds = next((time for code, time in one.conflict_codes.items() if error.is_code(code)), None)
            found = None if seconds is None else read_back(one, known, seconds, one.is_taken)
            if found is None:
                raise
        if found is not None:
            return found, False, unanswered
    raise AssertionError("unreachable: the last try returns or raises")


def read_back(one: Resource, known: set[str], seconds: float, is_hopeless: Callable[[], bool]) -> Object | None:
    """Looks for an object that was just created, by this run or another one; it may show up a moment later."""
    end = one.runtime.clock() + min(seconds, one.runtime.deadline.left())
    for pause in intervals():
        found = [item for item in one.alive(one.find()) if item["id"] not in known]
        if found:
            return min(found, key=age)
        if one.runtime.clock() >= end or is_hopeless():
            return None
        one.runtime.sleep(min(pause, max(end - one.runtime.clock(), 0.0)))
    raise AssertionError("unreachable: intervals() is endless")


def is_available(one: Resource, found: Object) -> bool:
    return found.get("status") in (*one.available, FAILED)


# The order of objects


def age(found: Object) -> tuple[bool, datetime, str]:
    """What objects are sorted by, the oldest first. One that has failed comes last: it is never used."""
    return found.get("status") == FAILED, created_at(found) or datetime.min, str(found["id"])


def created_at(found: Object) -> datetime | None:
    """When an object was created, as far as the cloud shows that."""
    try:
        return datetime.fromisoformat(str(found.get("created_at")).rstrip("Z")).replace(tzinfo=None)
    except ValueError:
        return None


def is_close(one: Object, other: Object) -> bool:
    """Whether two objects were created within the same minutes, as far as the cloud shows that."""
    moments = created_at(one), created_at(other)
    return None in moments or abs((moments[0] - moments[1]).total_seconds()) <= DOUBLE_SECONDS  # type: ignore[operator]


def are_close(found: list[Object]) -> bool:
    """Whether all objects were certainly created within the same minutes."""
    moments = [moment for moment in map(created_at, found) if moment]
    return len(found) < 2 or (
        len(moments) == len(found) and (max(moments) - min(moments)).total_seconds() <= DOUBLE_SECONDS
    )


def are_doubles(one: Resource, found: list[Object]) -> bool:
    """Whether the same creation, sent by several runs, made all objects: they differ in nothing that it sets.

    The cloud chooses addresses; a domain name is asked for.
    """
    shown = all(item.get("status") == "accepted" for item in found)
    names = [
        name for name, field in one.table.items() if not field.once_accepted or (shown and field.default is not None)
    ]
    looks = [planning.observe(one.table, item, names) for item in found]
    return are_close(found) and all(map(one.is_certain, found)) and all(look == looks[0] for look in looks)
