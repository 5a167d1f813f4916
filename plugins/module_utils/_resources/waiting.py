"""Waits for objects: polls at growing intervals until a deadline.

A status that changes after a second is seen within half a second. A wait of two minutes needs fewer than 40 requests.

A flow is a generator that yields a :class:`Wait`. :func:`drive` polls for one object, _bulk/scheduler.py polls one list
for many objects.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TypeVar

from .._core.errors import NotFound, VpcepError, WaitTimeout
from .._core.texts import one_line
from .._core.types import Object
from .._schema.fields import FAILED, PENDING
from .._schema.normalize import failed_object
from .runtime import Runtime

T = TypeVar("T")
Read = Callable[[], Object]
FIRST_INTERVAL = 0.5  # seconds
GROWTH = 1.2
LONGEST_INTERVAL = 5.0
WAIT_OPTION = "wait_timeout (of the role: connect_vpcs_wait_timeout)"
"""The option in messages. A module does not know whether the role runs it."""


class Wait:
    """A condition of an object. noun, object_id: for messages; read: one GET of the object, raises NotFound."""

    is_listed = True  # whether a bulk task can read it from its listing

    def __init__(self, noun: str, object_id: str, read: Read) -> None:
        self.noun = noun
        self.object_id = object_id
        self.read = read

    def over(self, found: Object | None) -> bool:
        """Whether the wait ends. found: the object, None if it does not exist."""
        raise NotImplementedError

    def outcome(self, found: Object | None) -> Object:
        """The value that is sent to the flow after the wait. Raises VpcepError."""
        if found is None:
            raise disappeared(self.noun, self.object_id)
        return found

    def pause(self, usual: float) -> float:
        """Seconds until the next poll. usual: the next of :func:`intervals`."""
        return usual


class Shown(Wait):
    """Wait for one more GET of an object that was changed."""

    def over(self, found: Object | None) -> bool:
        return True


class Available(Wait):
    """Wait until the object has one of *statuses*, has failed, or is deleted."""

    def __init__(self, noun: str, object_id: str, read: Read, statuses: tuple[str, ...]) -> None:
        super().__init__(noun, object_id, read)
        self.statuses = statuses

    def over(self, found: Object | None) -> bool:
        return found is None or found.get("status") in (*self.statuses, FAILED)

    def outcome(self, found: Object | None) -> Object:
        return found or {}


class Settled(Available):
    """Wait until the object has one of *statuses*. Failure and deletion are errors."""

    def outcome(self, found: Object | None) -> Object:
        if found and found.get("status") == FAILED:
            raise failed_object(self.noun, found)
        return Wait.outcome(self, found)


class Gone(Wait):
    """Wait until an object is deleted.

    had_failed: it was in status ``failed`` before the deletion, so this status does not mean that the deletion failed.
    """

    def __init__(self, noun: str, object_id: str, read: Read, had_failed: bool = False) -> None:
        super().__init__(noun, object_id, read)
        self.had_failed = had_failed

    def over(self, found: Object | None) -> bool:
        return found is None or (found.get("status") == FAILED and not self.had_failed)

    def outcome(self, found: Object | None) -> Object:
        if found is not None:
            raise failed_object(self.noun, found)
        return {}


Flow = Generator[Wait, Object, T]
"""A generator that yields a :class:`Wait` and receives its outcome."""


def drive(runtime: Runtime, flow: Flow[T]) -> T:
    """Runs a flow to its end and returns its result. Each wait reads its object."""
    try:
        wait = next(flow)
        while True:
            try:
                what = f"{wait.noun} {wait.object_id}"
                found = wait.outcome(poll(runtime, what, wait.read, wait.over, wait.pause))
            except VpcepError as error:
                wait = flow.throw(error)
            else:
                wait = flow.send(found)
    except StopIteration as end:
        result: T = end.value
        return result


def disappeared(noun: str, object_id: str) -> VpcepError:
    return VpcepError(
        f"{noun.capitalize()} {object_id} was deleted by another run or user while the task waited for it."
    )


def intervals() -> Iterator[float]:
    """The pauses between polls, in seconds."""
    pause = FIRST_INTERVAL
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_INTERVAL)


def rounds(runtime: Runtime, seconds: float) -> Iterator[None]:
    """Repeats a loop at growing intervals until so many seconds are over, or the task's deadline is near."""
    end = runtime.clock() + seconds
    for pause in intervals():
        yield
        if runtime.clock() >= end or runtime.deadline.left() <= pause:
            return
        runtime.sleep(pause)


def poll(
    runtime: Runtime,
    what: str,
    read: Read,
    over: Callable[[Object | None], bool],
    pause: Callable[[float], float] = lambda usual: usual,
    is_owner: bool = False,
) -> Object | None:
    """Reads until *over* returns true, or until the object does not exist. Returns the object, or None.

    Unknown statuses do not end the wait. Raises :class:`WaitTimeout` at the task's deadline. pause: see
    :meth:`Wait.pause`; is_owner: see :func:`timed_out`.
    """
    started = runtime.clock()
    for usual in intervals():
        found = read_or_none(read)
        if found is None or over(found):
            return found
        seconds = runtime.clock() - started
        status = status_of(found)
        if runtime.notify:
            runtime.notify(what, status, seconds)
        rest = pause(usual)
        if runtime.deadline.left() <= rest:
            raise timed_out(what, status, seconds, is_owner)
        runtime.sleep(rest)
    raise AssertionError("unreachable: intervals() is endless")


def status_of(found: Object | None) -> str:
    return one_line(str((found or {}).get("status")))


def read_or_none(read: Read) -> Object | None:
    try:
        return read()
    except NotFound:
        return None


def timed_out(what: str, status: str, seconds: float, is_owner: bool = False) -> WaitTimeout:
    """The error for an object that was still in *status* at the deadline. is_owner: the task itself accepts."""
    advice = f"The cloud continues: run the task again, or raise {WAIT_OPTION}."
    if status == PENDING and not is_owner:
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
