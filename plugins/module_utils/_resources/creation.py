"""Creates exactly one object, even if a request fails or several runs create the object at the same time.

The API has no client token, and runs have nothing in common except the cloud. So each run lists the objects again after
its creation. Of several objects with the same identity the oldest remains. The order (``created_at``, then ``id``) is
the same for all runs. A run that created a younger object deletes it and returns the oldest.

The clouds show ``created_at`` in whole seconds. So an object can precede another one that was created and listed up to
a second earlier. Each run waits for this second before it selects the oldest object, so all runs select the same one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .._core.errors import ApiError, OutcomeUnknown, WaitTimeout, telling
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import FAILED
from .._schema.normalize import STAMP_SECONDS, created_at
from .resource import Resource
from .waiting import Available, Flow, Wait, disappeared, intervals

DUPLICATE_SECONDS = 300.0
"""Objects with the same identity count as duplicates if they were created within this time."""
SHORTEST_PAUSE = 0.01
TWIN_SECONDS = 10.0
"""How long to wait until other runs delete the younger objects that they created. Longer than the longest pause between
two polls of such a run."""
LISTED_SECONDS = 20.0
"""How long to wait until lists show an object that this run has created."""
READ_BACK_SECONDS = 3.0  # how long to look for an object after a create request without answer
CREATE_TRIES = 3


class OrderKnown(Available):
    """Wait until an object is available and lists show all objects with the same ``created_at``.

    seen: the object, if it is from a list.
    """

    def __init__(self, resource: Resource, object_id: str, seen: Object | None = None) -> None:
        super().__init__(resource.noun, object_id, self.look, resource.available)
        self.resource = resource
        self.end = resource.runtime.clock() + STAMP_SECONDS if seen else None  # a second after lists showed it first
        self.made: Object = seen if seen and is_available(resource, seen) else {}
        self.is_made = False  # as it was read last: a list may show an old status

    def look(self) -> Object:
        """The object; sends a GET only until it is available."""
        return dict(self.made) or self.resource.get(self.object_id)  # a copy does not count as part of a shared listing

    def over(self, found: Object | None) -> bool:
        now, listed = self.resource.runtime.clock(), self.resource.listed_at(found or {})
        self.is_made = super().over(found)
        if self.end is None and (self.is_made or listed is not None):
            self.end = now + STAMP_SECONDS
        if not self.is_made or not found or self.end is None:
            return self.is_made
        self.made = found
        moment = created_at(found)
        is_exact = moment is None or moment % STAMP_SECONDS != 0
        is_too_late = self.end - now > self.resource.runtime.deadline.left()
        return is_exact or is_too_late or (now if listed is None else listed) >= self.end

    def pause(self, usual: float) -> float:
        """Seconds until no other object can get the same ``created_at``."""
        if self.end is None or not self.is_made:
            return usual
        return max(self.end - self.resource.runtime.clock(), SHORTEST_PAUSE)


class Ranking:
    """Ranks objects with the same identity. deleted: ID of a deleted object, which lists may still show."""

    def __init__(self, resource: Resource, deleted: str = "") -> None:
        self.resource = resource
        self.deleted = deleted
        self.listings = resource.listings()
        self.shows_own = True  # whether the last list showed the own object
        self.last: list[Object] = []  # what the last look returned

    def look(self, own: Object | None = None) -> list[Object]:
        """Lists the objects, the oldest first. own: an object that lists may not show yet."""
        alive = self.resource.alive(self.resource.siblings(self.listings))
        found = [item for item in alive if item["id"] != self.deleted]
        self.listings = self.resource.listings()
        if own:
            self.shows_own = any(item["id"] == own["id"] for item in found)
            others = [item for item in found if item["id"] != own["id"] and are_close([item, own], True)]
            found = [own, *filter(self.resource.is_certain, others)]
        self.last = sorted(found, key=age)
        return self.last

    def until_order_known(self, object_id: str, seen: Object | None = None) -> Flow[Object]:
        """Waits as :class:`OrderKnown`. At the deadline, returns the object if it is available."""
        wait = OrderKnown(self.resource, object_id, seen)
        try:
            found = yield wait
        except WaitTimeout:
            if not wait.made:
                raise
            found = wait.made
        if self.resource.listed_at(found) is None:  # the shared listing is too old
            self.listings = self.resource.listings()
        return found

    def until_listed(self, own: Object) -> Flow[Object]:
        """Waits until lists show *own*, and all objects that are as old. Returns it; empty if it was deleted."""
        try:
            shown = yield Ranked(
                self, own, LISTED_SECONDS, lambda: self.resource.get(own["id"]), lambda: self.shows_own
            )
        except WaitTimeout:
            return own
        return (yield from self.until_order_known(own["id"], own)) if shown and self.shows_own else shown


class Ranked(Wait):
    """Wait until the list of a ranking is as *is_done* says, at most *seconds*. read: a look at the own object."""

    def __init__(
        self, ranking: Ranking, own: Object, seconds: float, read: Callable[[], Object], is_done: Callable[[], bool]
    ) -> None:
        super().__init__(ranking.resource.noun, own["id"], read)
        self.ranking = ranking
        self.own = own
        self.is_done = is_done
        self.end = ranking.resource.runtime.clock() + seconds

    def over(self, found: Object | None) -> bool:
        if not found or not self.ranking.resource.alive([found]):
            return True  # another run has deleted it
        self.ranking.look(self.own)
        return self.is_done() or self.ranking.resource.runtime.clock() >= self.end

    def outcome(self, found: Object | None) -> Object:
        return self.own if found and self.ranking.resource.alive([found]) else {}


class Created(NamedTuple):
    """The object that a creation ended with."""

    found: Object
    is_own: bool  # whether this run created it
    unanswered: bool  # whether a request of this run had no answer, so that it may have created it


def create_one(resource: Resource) -> Flow[Created]:
    """Creates the object, or uses one that another run has just created. Raises VpcepError."""
    made: Object = {}
    for _try in range(CREATE_TRIES):
        made, is_own, unanswered = send_until_created(resource)
        # send_until_created() has waited before it sent again
        end = resource.runtime.clock() + (0 if is_own else READ_BACK_SECONDS)
        with telling(resource.was_created(made["id"]) if is_own else ""):
            ranked = yield from (rank_own(resource, made) if is_own else wait_and_rank(resource, made))
            if unanswered and (not is_own or len(ranked) > 1):
                ranked = yield from rank_without_duplicates(resource, ranked, end)
        if not ranked:
            continue  # other runs deleted all
        if is_own and ranked[0]["id"] == made["id"]:
            return Created(ranked[0], True, unanswered)
        kept = ranked[0] if all(map(resource.is_certain, ranked)) else resource.only_one(ranked)
        return Created(kept or ranked[0], False, unanswered)
    raise disappeared(resource.noun, made["id"])


def choose_oldest(resource: Resource, matches: list[Object]) -> Flow[tuple[Object | None, bool]]:
    """The oldest of several existing objects, and whether the others were deleted.

    A run that is killed after its creation leaves duplicates. Raises VpcepError if the objects are not duplicates.
    """
    ranked = sorted(resource.alive(matches), key=age)
    if not resource.runtime.check_mode and resource.options.get("state") != "absent" and are_close(ranked):
        ranked = yield from wait_and_rank(resource, ranked[0])
        if len(ranked) > 1 and are_duplicates(resource, ranked):
            ranked = yield from rank_without_others(resource, ranked)
    if len(ranked) > 1 and not are_duplicates(resource, ranked):
        return resource.only_one(ranked), False
    if not resource.runtime.check_mode:
        yield from delete_duplicates(resource, ranked)
    return (ranked[0] if ranked else None), len(ranked) > 1


def rank_without_others(resource: Resource, ranked: list[Object]) -> Flow[list[Object]]:
    """Waits until the runs that created younger objects have deleted them. Returns the remaining objects."""
    if not resource.waits():
        return ranked
    ranking, oldest = Ranking(resource), ranked[0]
    try:
        found = yield Ranked(
            ranking, oldest, TWIN_SECONDS, lambda: resource.get(oldest["id"]), lambda: len(ranking.last) == 1
        )
    except WaitTimeout:
        return ranked
    return ranking.last if found else ranking.look()


def delete_duplicates(resource: Resource, ranked: list[Object]) -> Flow[None]:
    for duplicate in ranked[1:]:
        resource.runtime.warn(
            f"Deleted {resource.noun} {duplicate['id']}: a duplicate of {ranked[0]['id']}, created within the same "
            "minutes by a run that was interrupted or got no answer."
        )
        yield from delete_duplicate(resource, duplicate)


def rank_without_duplicates(resource: Resource, ranked: list[Object], end: float) -> Flow[list[Object]]:
    """Deletes duplicates after a request without answer or a killed run. Returns the remaining objects.

    end: the time (clock) until which a younger object can appear in lists.
    """
    if not ranked:
        return ranked
    pause = min(end - resource.runtime.clock(), resource.runtime.deadline.left())
    if pause > 0 and resource.waits():
        resource.runtime.sleep(pause)
    listed = yield from rank_available(Ranking(resource), ranked[0])
    if len(listed) > 1 and are_duplicates(resource, listed):
        yield from delete_duplicates(resource, listed)
        del listed[1:]
    is_same = bool(listed) and listed[0]["id"] == ranked[0]["id"]
    return [ranked[0], *listed[1:]] if is_same else listed  # entries of a list may have fewer members


def rank_own(resource: Resource, made: Object) -> Flow[list[Object]]:
    """Waits until *made*, which this run created, is available. Deletes it if it is not the oldest.

    Returns the remaining objects, the oldest first. Raises VpcepError if there is none.
    """
    ranking = Ranking(resource)
    own: Object | None = made
    if resource.waits():
        own = yield from ranking.until_order_known(made["id"])
    else:
        yield from resource.shared_look(made["id"])
    ranked = ranking.look(own)
    if own and not ranking.shows_own and resource.waits():
        own = yield from ranking.until_listed(own)
        ranked = ranking.look(own)
    if not own:
        if not ranked:
            raise disappeared(resource.noun, made["id"])
        return (yield from wait_and_rank(resource, ranked[0]))
    if ranked[0]["id"] == made["id"]:
        return (yield from rank_without_twins(ranking, ranked))
    ranking = Ranking(resource, deleted=made["id"])
    yield from delete_duplicate(resource, own)
    return (yield from rank_available(ranking, own))


def rank_without_twins(ranking: Ranking, ranked: list[Object]) -> Flow[list[Object]]:
    """Waits until other runs have deleted their objects with the same ``created_at``. Returns the remaining objects.

    The first object of *ranked* is this run's. An object that remains is from a killed run, and is deleted.
    """
    resource, own = ranking.resource, ranked[0]
    if not resource.waits() or not has_twin(ranked):
        return ranked
    try:
        yield Ranked(ranking, own, TWIN_SECONDS, lambda: own, lambda: not has_twin(ranking.last))
    except WaitTimeout:
        return ranked
    if not has_twin(ranking.last):
        return ranking.last
    return (yield from rank_without_duplicates(resource, ranking.last, resource.runtime.clock()))


def wait_and_rank(resource: Resource, seen: Object) -> Flow[list[Object]]:
    """Waits until *seen*, perhaps of another run, is available. Returns the remaining objects, the oldest first."""
    ranking = Ranking(resource)
    if resource.waits():
        yield from ranking.until_order_known(seen["id"], seen)
    return (yield from rank_available(ranking, seen))


def rank_available(ranking: Ranking, seen: Object) -> Flow[list[Object]]:
    """Lists until the oldest object is available and not younger than *seen*, so no older one can appear."""
    resource = ranking.resource
    ranked = ranking.look()
    while resource.waits() and ranked:
        first = ranked[0]
        if is_available(resource, first) and age(first)[:-1] <= age(seen)[:-1]:
            break
        found = yield from ranking.until_order_known(first["id"], first)
        seen = first
        ranked = ranking.look()
        if found and ranked and ranked[0]["id"] == found["id"]:
            ranked[0] = found  # the list may be outdated
    return ranked


def delete_duplicate(resource: Resource, duplicate: Object) -> Flow[None]:
    """Deletes a duplicate, after its creation: until then the cloud may refuse it (EndPoint.2019)."""
    if not is_available(resource, duplicate):
        duplicate = yield resource.until_available(duplicate["id"])
    if duplicate:
        yield from resource.delete(duplicate)


def send_until_created(resource: Resource) -> tuple[Object, bool, bool]:
    """Sends the create request until an object exists.

    Returns the object, whether this run certainly created it, and whether an earlier request had no answer.
    """
    body = planning.create_body(resource.table, resource.desired)
    known = {item["id"] for item in resource.find()} if resource.options.get("id") else set()  # intended duplicates
    unanswered = False
    for attempt in range(1, CREATE_TRIES + 1):
        try:
            return resource.send_create(body), True, unanswered
        except OutcomeUnknown:
            unanswered = True
            found = read_back(resource, known, READ_BACK_SECONDS, lambda: False)
            if found is None and (attempt == CREATE_TRIES or resource.runtime.deadline.left() <= 0):
                raise
        except ApiError as error:
            if attempt < CREATE_TRIES and resource.is_possible_now(error):
                continue
            seconds = next((time for code, time in resource.conflict_codes.items() if error.is_code(code)), None)
            found = None if seconds is None else read_back(resource, known, seconds, resource.is_taken)
            if found is None:
                raise
        if found is not None:
            return found, False, unanswered
    raise AssertionError("unreachable: the last try returns or raises")


def read_back(resource: Resource, known: set[str], seconds: float, is_hopeless: Callable[[], bool]) -> Object | None:
    """Looks for an object that this or another run has just created. Lists may show it later."""
    end = resource.runtime.clock() + min(seconds, resource.runtime.deadline.left())
    for pause in intervals():
        found = [item for item in resource.alive(resource.find()) if item["id"] not in known]
        if found:
            return min(found, key=age)
        if resource.runtime.clock() >= end or is_hopeless():
            return None
        resource.runtime.sleep(min(pause, max(end - resource.runtime.clock(), 0.0)))
    raise AssertionError("unreachable: intervals() is endless")


def is_available(resource: Resource, found: Object) -> bool:
    return found.get("status") in (*resource.available, FAILED)


# The order of objects


def age(found: Object) -> tuple[bool, float, str]:
    """The sort key, the oldest object first. Failed objects, which are never used, come last."""
    return found.get("status") == FAILED, created_at(found) or 0.0, str(found["id"])


def has_twin(ranked: list[Object]) -> bool:
    return len(ranked) > 1 and age(ranked[0])[:-1] == age(ranked[1])[:-1]


def are_close(found: list[Object], otherwise: bool = False) -> bool:
    """Whether all objects were created within DUPLICATE_SECONDS. otherwise: if one does not show its time."""
    moments = [moment for moment in map(created_at, found) if moment is not None]
    if len(found) < 2:
        return True
    return max(moments) - min(moments) <= DUPLICATE_SECONDS if len(moments) == len(found) else otherwise


def are_duplicates(resource: Resource, found: list[Object]) -> bool:
    """Whether the objects were created by the same task in several runs: all fields that it sets are equal.

    Addresses, which the cloud chooses, are not compared.
    """
    shown = all(item.get("status") == "accepted" for item in found)
    fields = resource.table.items()
    names = [name for name, field in fields if not field.once_accepted or (shown and field.default is not None)]
    looks = [planning.observe(resource.table, item, names) for item in found]
    return are_close(found) and all(map(resource.is_certain, found)) and all(look == looks[0] for look in looks)
