# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for an object: polls at growing intervals, up to a deadline.

An object that is ready after a second is seen within half a second; one that takes two minutes costs
fewer than 40 requests.

A reconciler yields what it waits for. :func:`drive` polls for one object, _bulk/scheduler.py for many with one list.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from .._core.errors import NotFound, VpcepError, WaitTimeout
from .._core.texts import one_line
from .._core.types import Object
from .._schema.fields import FAILED, PENDING
from .results import failed_object
from .runtime import Runtime

T = TypeVar("T")
Read = Callable[[], Object]
FIRST_INTERVAL = 0.5  # seconds
GROWTH = 1.2
LONGEST_INTERVAL = 5.0
WAIT_OPTION = "wait_timeout (of the role: connect_vpcs_wait_timeout)"
"""What messages call the option: they cannot know whether a task is the role's."""


class Wait:
    """What a flow waits for. noun, object_id: for messages; read: one GET of the object, raises NotFound."""

    is_listed = True  # whether the listing of a bulk task shows it

    def __init__(self, noun: str, object_id: str, read: Read) -> None:
        self.noun = noun
        self.object_id = object_id
        self.read = read

    def over(self, found: Object | None) -> bool:
        """Whether *found* ends the wait; None if the object does not exist."""
        raise NotImplementedError

    def outcome(self, found: Object | None) -> Object:
        """What the flow goes on with, once the wait is over. Raises VpcepError."""
        raise NotImplementedError


class Shown(Wait):
    """Wait for one more GET of an object that was changed."""

    def over(self, found: Object | None) -> bool:
        return True

    def outcome(self, found: Object | None) -> Object:
        """The object. Raises VpcepError when it disappeared."""
        if found is None:
            raise disappeared(self.noun, self.object_id)
        return found


class Available(Wait):
    """Wait for one of some statuses, for a failed creation, or until the object is gone."""

    def __init__(self, noun: str, object_id: str, read: Read, statuses: tuple[str, ...]) -> None:
        super().__init__(noun, object_id, read)
        self.statuses = statuses

    def over(self, found: Object | None) -> bool:
        return found is None or found.get("status") in (*self.statuses, FAILED)

    def outcome(self, found: Object | None) -> Object:
        """The object; empty if it disappeared."""
        return found or {}


class Settled(Available):
    """Wait for one of some statuses; a failed creation is an error."""

    def outcome(self, found: Object | None) -> Object:
        """The object. Raises VpcepError when it failed or disappeared."""
        if found is None:
            raise disappeared(self.noun, self.object_id)
        if found.get("status") == FAILED:
            raise failed_object(self.noun, found)
        return found


class Gone(Wait):
    """Wait until an object is gone.

    had_failed: its creation had failed before, so that this status says nothing about the deletion.
    """

    def __init__(self, noun: str, object_id: str, read: Read, had_failed: bool = False) -> None:
        super().__init__(noun, object_id, read)
        self.had_failed = had_failed

    def over(self, found: Object | None) -> bool:
        return found is None or (found.get("status") == FAILED and not self.had_failed)

    def outcome(self, found: Object | None) -> Object:
        """Nothing. Raises VpcepError when the deletion failed."""
        if found is not None:
            raise failed_object(self.noun, found)
        return {}


Flow = Generator[Wait, Object, T]
"""Work that yields where it has to wait, and goes on with the object that it waited for."""


def drive(runtime: Runtime, flow: Flow[T]) -> T:
    """Runs a flow to its end; each wait looks at the object itself."""
    try:
        wait = next(flow)
        while True:
            try:
                found = wait.outcome(poll(runtime, f"{wait.noun} {wait.object_id}", wait.read, wait.over))
            except VpcepError as error:
                wait = flow.throw(error)
            else:
                wait = flow.send(found)
    except StopIteration as end:
        result: T = end.value
        return result


def disappeared(noun: str, object_id: str) -> VpcepError:
    return VpcepError(
        f"{noun.capitalize()} {object_id} disappeared while it was waited for: something else deleted it."
    )


def intervals() -> Iterator[float]:
    """The pauses between polls, in seconds."""
    pause = FIRST_INTERVAL
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_INTERVAL)


def poll(runtime: Runtime, what: str, read: Read, over: Callable[[Object | None], bool]) -> Object | None:
    """Reads until it is *over*; None is read of an object that does not exist (any more).

    It waits through unknown statuses. Raises :class:`WaitTimeout` at the task's deadline.
    """
    started = runtime.clock()
    for pause in intervals():
        found = read_or_none(read)
        if found is None or over(found):
            return found
        seconds = runtime.clock() - started
        status = status_of(found)
        if runtime.notify:
            runtime.notify(what, status, seconds)
        if runtime.deadline.left() <= pause:
            raise timed_out(what, status, seconds)
        runtime.sleep(pause)
    raise AssertionError("unreachable: intervals() is endless")


def status_of(found: Object | None) -> str:
    """An object's status, as text for messages."""
    return one_line(str((found or {}).get("status")))


def read_or_none(read: Read) -> Object | None:
    """What is read, None if it does not exist."""
    try:
        return read()
    except NotFound:
        return None


def timed_out(what: str, status: str, seconds: float) -> WaitTimeout:
    """The error for an object that was still in *status* when the time was up."""
    advice = f"It goes on in the cloud: run the task again, or raise {WAIT_OPTION}."
    if status == PENDING:
        advice = (
            "The service's owner has to accept it, with vpcep_connection or in the console; then run the task again. "
            f"{WAIT_OPTION} is how long to wait for that."
        )
    return WaitTimeout(
        f"Gave up after {seconds:.0f} s: {what} is still in status {status}. {advice}",
        what=what,
        status=status,
        seconds=seconds,
    )
