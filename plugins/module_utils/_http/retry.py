"""When a request is repeated, and after which delay: pure functions of the answer and of the time left.

API: Error Codes, Status Codes; error_codes has the table.
"""

from __future__ import annotations

import random as random_numbers
import time
import typing as t
from collections.abc import Callable

from .error_codes import lookup

Kind = t.Literal["read", "repeat", "once", "create"]
"""What a repeat of a request does: 'read' changes nothing, 'repeat' ends in the same state however often it is
carried out (PUT, DELETE, actions that set something), 'create' makes one more object each time. Of 'once' the first
answer counts; it is repeated only after throttling, or if it was not sent."""

A_FEW = 3
"""Maximum repeats after a 400 that reports a transient backend error."""

START, THROTTLED_START, LONGEST_BACKOFF = 1.0, 2.0, 30.0  # seconds

NO_DEADLINE_WAIT = 120.0
"""Seconds that the pauses of a throttled request may take together, and a Retry-After ask for, without a deadline."""


class RetryDecision(t.NamedTuple):
    """What to do after an answer.

    again: the request may be repeated; most: repeats at most (None: as many as the user allows); unknown: a create
    that may have been carried out or not; throttled: the answer asks for a slower pace.
    """

    again: bool
    most: int | None = None
    unknown: bool = False
    throttled: bool = False


FINAL = RetryDecision(again=False)
UNKNOWN = RetryDecision(again=False, unknown=True)


def classify(kind: Kind, status: int, code: str | None) -> RetryDecision:
    """The decision on an answer with an error status.

    A create is repeated only when it was surely not carried out: throttled, or refused for a state that passes.
    """
    known = lookup(code, status)
    if known is None or known.retry == "no" or known.kind == "auth":
        # The session repeats a 401 once, with a new token.
        return FINAL
    if known.kind == "throttle":
        return RetryDecision(again=True, throttled=True)
    if kind == "once":
        return FINAL
    if known.kind == "server":
        if kind == "create":
            return UNKNOWN
        if (code or "").lower() == "iam.0020":  # the login of a region has moved: one repeat, as documented
            return RetryDecision(again=True, most=1)
        return RetryDecision(again=True, most=A_FEW if known.retry == "depends" else None)
    # The other kinds are about objects. After 'depends' a layer above has to read them first.
    return RetryDecision(again=True) if known.retry == "yes" else FINAL


def classify_failure(kind: Kind, sent: bool, hopeless: bool = False) -> RetryDecision:
    """The decision on a request without a usable answer; the arguments are those of TransportFailure."""
    if kind == "create" and sent:
        return UNKNOWN
    return FINAL if hopeless or (kind == "once" and sent) else RetryDecision(again=True)


class Deadline:
    """The time at which a task has to end. seconds: from now on; clock: returns seconds, for tests."""

    def __init__(self, seconds: float, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or time.monotonic
        self.seconds = float(seconds)
        self._end = self._clock() + self.seconds

    def cancel(self) -> None:
        """Move the deadline to now: the task was interrupted."""
        self._end = float("-inf")

    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock())


def backoff(
    repeat: int,
    throttled: bool = False,
    retry_after: float | None = None,
    random: Callable[[], float] = random_numbers.random,
) -> float:
    """Seconds before repeat number 1, 2, 3…: exponential, with jitter, never less than the server's Retry-After.

    After throttling Retry-After alone decides. Otherwise a short one does not use up the counted repeats sooner.
    random: returns a number from 0 to 1, for tests.
    """
    start = THROTTLED_START if throttled else START
    full = min(LONGEST_BACKOFF, start * 2.0 ** min(repeat - 1, 32))
    usual = full * (0.5 + 0.5 * random())
    if retry_after is not None and retry_after > 0:
        # A random part is added, or all refused clients would return at the same moment.
        wanted = retry_after + random()
        return wanted if throttled else max(wanted, usual)
    return usual


class Patience:
    """How long one request is repeated: after throttling until the time is over, else a number of times.

    retries: repeats at most, 0 for none even after throttling; deadline: of the task, if it has one.
    """

    def __init__(self, retries: int, deadline: Deadline | None) -> None:
        left = float("inf") if deadline is None else deadline.left()
        self._retries = retries
        self._deadline = deadline
        self._seconds = left if left < float("inf") else NO_DEADLINE_WAIT
        self._repeats = 0

    def lasts(self, decision: RetryDecision, delay: float) -> bool:
        """Whether to send once more after this delay (seconds). Counts the repeat, or the delay after throttling."""
        if not decision.again or not self._retries or not affordable(delay, self._deadline):
            return False
        if decision.throttled:
            self._seconds -= delay
            return self._seconds >= 0
        self._repeats += 1
        return self._repeats <= (self._retries if decision.most is None else min(decision.most, self._retries))


def affordable(delay: float, deadline: Deadline | None) -> bool:
    """Whether the time left allows this delay (seconds); without an end NO_DEADLINE_WAIT counts."""
    left = float("inf") if deadline is None else deadline.left()
    return delay < left if left < float("inf") else delay <= NO_DEADLINE_WAIT


def parse_retry_after(value: str | None, date: str | None = None, now: float | None = None) -> float | None:
    """Seconds that a Retry-After header asks for: a number or an HTTP date; None if it is absent, past or invalid.

    date: the Date header of the same answer, from which a date is counted (the local clock may be hours off); now:
    seconds since 1970, used without a Date.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9]) or None
    until = http_date(text)
    if until is None:
        return None
    start = http_date(date)
    if start is None:
        start = time.time() if now is None else now
    return until - start if until > start else None


def http_date(text: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date; None for anything else."""
    from datetime import timezone
    from email.utils import parsedate_to_datetime

    try:
        date = parsedate_to_datetime(text or "")
        return date.replace(tzinfo=date.tzinfo or timezone.utc).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
