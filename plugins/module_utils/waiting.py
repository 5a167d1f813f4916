# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Polling: at once, then at growing intervals, always with a deadline.

An object that is ready after a second is seen within half a second; one that takes two minutes costs
fewer than 40 requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .errors import NotFound, VpcepError, WaitTimeout
from .fields import FAILED, PENDING
from .results import failed_object

Object = dict[str, Any]
Read = Callable[[], Object]
FIRST_INTERVAL = 0.5  # seconds
GROWTH = 1.2
LONGEST_INTERVAL = 5.0


def intervals() -> Iterator[float]:
    """The pauses between polls, in seconds."""
    pause = FIRST_INTERVAL
    while True:
        yield pause
        pause = min(pause * GROWTH, LONGEST_INTERVAL)


def until_settled(runtime: Any, noun: str, object_id: str, read: Read, settled: tuple[str, ...]) -> Object:
    """Waits for one of the statuses *settled*. Raises when the object fails or disappears on the way."""
    found = poll(runtime, f"{noun} {object_id}", read, lambda answer: answer.get("status") in (*settled, FAILED))
    if found is None:
        raise VpcepError(
            f"{noun.capitalize()} {object_id} disappeared while it was waited for: somebody else deleted it."
        )
    if found.get("status") == FAILED:
        raise failed_object(noun, found)
    return found


def until_gone(runtime: Any, noun: str, object_id: str, read: Read, had_failed: bool = False) -> None:
    """Waits until the object does not exist any more. Raises when its deletion fails.

    had_failed: its creation had failed before, so that this status says nothing about the deletion.
    """
    found = poll(runtime, f"{noun} {object_id}", read, lambda answer: answer.get("status") == FAILED and not had_failed)
    if found is not None:
        raise failed_object(noun, found)


def poll(runtime: Any, what: str, read: Read, done: Callable[[Object], bool]) -> Object | None:
    """Reads until *done* with what was read; None as soon as the object does not exist.

    Statuses that nobody documented are waited through. Raises :class:`WaitTimeout` at the task's deadline.
    """
    started = runtime.clock()
    for pause in intervals():
        try:
            found = read()
        except NotFound:
            return None
        if done(found):
            return found
        seconds = runtime.clock() - started
        status = str(found.get("status"))
        if runtime.notify:
            runtime.notify(what, status, seconds)
        if runtime.deadline.left() <= pause:
            advice = "It goes on in the cloud: run the task again, or raise wait_timeout."
            if status == PENDING:
                advice = "The service's owner has to accept it (wait_timeout is how long to wait for that)."
            raise WaitTimeout(
                f"Gave up after {seconds:.0f} s: {what} is still in status {status}. {advice}",
                what=what,
                status=status,
                seconds=seconds,
            )
        runtime.sleep(pause)
    raise AssertionError("unreachable: intervals() is endless")
