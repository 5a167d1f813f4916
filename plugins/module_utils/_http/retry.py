# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When to send a request again, and how long to wait before: pure functions of an answer and of the time left.

API: Error Codes, Status Codes; each answer is judged as the table in error_codes says.
"""

from __future__ import annotations

import random as random_numbers
import time
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Callable

Kind = t.Literal["read", "repeat", "create"]
"""What a repeat of a request does: 'read' changes nothing, 'repeat' ends in the same state however often it is
carried out (PUT, DELETE, actions that set something), 'create' makes one more object each time."""

A_FEW = 3
"""Repeats after a backend's hiccup reported as a refusal (400): worth a few, not all."""

NO_DEADLINE_WAIT = 120.0
"""Seconds that the pauses of a throttled request may take together, and a Retry-After ask for, without a deadline."""

_ONCE = "iam.0020"
"""The login of a region has moved: one repeat, says the table."""


class RetryDecision(t.NamedTuple):
    """What to do about an answer.

    again: may be sent again; most: repeats at most (None: as many as the user allows); unknown: a create that may
    or may not have been carried out; throttled: the answer asks for a slower pace.
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
    from . import error_codes  # a long table, of use to few tasks

    known = error_codes.lookup(code, status)
    if known is None or known.retry == "no" or known.kind == "auth":
        # Who is asking (401) is settled a layer above: a new token, once.
        return FINAL
    if known.kind == "throttle":
        return RetryDecision(again=True, throttled=True)
    if known.kind == "server":
        if kind == "create":
            return UNKNOWN
        if (code or "").lower() == _ONCE:
            return RetryDecision(again=True, most=1)
        return RetryDecision(again=True, most=A_FEW if known.retry == "depends" else None)
    # What is left is about the state of objects. 'depends' needs a look at them, which is not for this layer.
    return RetryDecision(again=True) if known.retry == "yes" else FINAL


def classify_failure(kind: Kind, sent: bool, hopeless: bool = False) -> RetryDecision:
    """The decision on a request without a usable answer.

    sent: whether the request may have reached the server; hopeless: the same would happen again (a certificate
    that does not match).
    """
    if kind == "create" and sent:
        return UNKNOWN
    return FINAL if hopeless else RetryDecision(again=True)


class Deadline:
    """A point in time everything has to be done by.

    seconds: from now on; clock: a function giving seconds, for tests.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock or time.monotonic
        self.seconds = float(seconds)
        self._end = self._clock() + self.seconds

    def cancel(self) -> None:
        """Makes it now: somebody has interrupted the task."""
        self._end = float("-inf")

    def left(self) -> float:
        """Seconds left, never below 0."""
        return max(0.0, self._end - self._clock())


class Backoff:
    """How long to wait before repeat number 1, 2, 3…: exponential, with jitter, as long as the server asks for.

    start, throttled_start, cap: seconds; random: a function giving a number from 0 to 1, for tests.
    """

    def __init__(
        self,
        start: float = 1.0,
        throttled_start: float = 2.0,
        factor: float = 2.0,
        cap: float = 30.0,
        random: Callable[[], float] | None = None,
    ) -> None:
        self.start = start
        self.throttled_start = throttled_start
        self.factor = factor
        self.cap = cap
        self._random = random or random_numbers.random

    def delay(self, repeat: int, *, throttled: bool = False, retry_after: float | None = None) -> float:
        """Seconds before this repeat (from 1). A server's Retry-After is never undercut.

        After throttling it is what counts. Where repeats are counted, a short one does not use them up sooner.
        """
        start = self.throttled_start if throttled else self.start
        full = min(self.cap, start * self.factor ** min(repeat - 1, 32))
        usual = full * (0.5 + 0.5 * self._random())
        if retry_after is not None and retry_after > 0:
            # A little is added, else all who were sent away come back at the same moment.
            wanted = retry_after + self._random() * min(1.0, full)
            return wanted if throttled else max(wanted, usual)
        return usual


class Patience:
    """How long one request is repeated: after throttling as long as there is time, else a number of times.

    retries: repeats at most, 0 for none after throttling either; deadline: of the task, if it has one.
    """

    def __init__(self, retries: int, deadline: Deadline | None) -> None:
        left = float("inf") if deadline is None else deadline.left()
        self._retries = retries
        self._deadline = deadline
        self._seconds = left if left < float("inf") else NO_DEADLINE_WAIT
        self._repeats = 0

    def lasts(self, decision: RetryDecision, delay: float) -> bool:
        """Whether to send once more after this delay (seconds), which is counted."""
        if not decision.again or not self._retries or not affordable(delay, self._deadline):
            return False
        if decision.throttled:
            self._seconds -= delay
            return self._seconds >= 0
        self._repeats += 1
        return self._repeats <= (self._retries if decision.most is None else min(decision.most, self._retries))


def affordable(delay: float, deadline: Deadline | None) -> bool:
    """Whether there is time to wait that long; without a deadline, or with an endless one, NO_DEADLINE_WAIT at most."""
    left = float("inf") if deadline is None else deadline.left()
    return delay < left if left < float("inf") else delay <= NO_DEADLINE_WAIT


def parse_retry_after(value: str | None, date: str | None = None, now: float | None = None) -> float | None:
    """Seconds a Retry-After header asks for: a number or an HTTP date; None when absent, past or garbage.

    date: the same answer's Date header, by which a date is measured (the local clock may be hours off); now:
    seconds since 1970 to measure by when there is none.
    """
    text = (value or "").strip()
    if not text:
        return None
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
    if not text:
        return None
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            from datetime import timezone

            moment = moment.replace(tzinfo=timezone.utc)
        return moment.timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
