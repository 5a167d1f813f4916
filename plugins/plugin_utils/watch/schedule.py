# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The schedule of an event source: divides its budget of requests among the services.

Pure, but for the clock. docs/event-driven.md has the formula for the delays that follow from these numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

LISTING = "*"
"""In place of a service's ID: the list of the services, which shows new ones."""
RECENT_SECONDS = 600.0
"""A service counts as busy for so long after a change."""
BUSY_SECONDS = (2.0, 8.0)
"""The shortest and the longest time between two looks at a busy service."""
IDLE_SECONDS = 10.0
"""The shortest time between two looks at any other service, if the budget allows more."""
SHARE = 3
"""Of SHARE + 1 requests, so many are for busy services at most. The others go to all services in turns."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries while the cloud does not answer."""


class Schedule:
    """requests_per_minute: the budget; clock: seconds."""

    def __init__(self, requests_per_minute: float, clock: Callable[[], float]) -> None:
        self.slot = 60.0 / requests_per_minute
        self.busy_slot = self.slot * (SHARE + 1) / SHARE
        self.clock = clock
        self.begun = self.free_at = clock()
        self.looked: dict[str, float] = {LISTING: float("-inf")}
        self.changes: dict[str, float] = {}
        self.streak = 0  # requests for busy services since the last one of another kind
        self.failures = 0

    def watch(self, services: Iterable[str], are_new: bool = False) -> None:
        """Sets the services. are_new: others than before are busy, as their consumers are about to come."""
        known, self.looked = self.looked, {LISTING: self.looked[LISTING]}
        for service in services:
            self.looked[service] = known.get(service, float("-inf"))
            if are_new and service not in known:
                self.changed(service)
        self.changes = {service: moment for service, moment in self.changes.items() if service in self.looked}

    def changed(self, service: str) -> None:
        """Something happened at a service, or is about to."""
        self.changes[service] = self.clock()

    def busy(self) -> list[str]:
        """The services with recent changes, the latest first; not more than can be looked at in time."""
        since = self.clock() - RECENT_SECONDS
        recent = sorted((moment, service) for service, moment in self.changes.items() if moment >= since)
        capacity = int(BUSY_SECONDS[1] / self.busy_slot)
        return [service for _moment, service in reversed(recent)][: max(1, capacity)]

    def next(self) -> tuple[float, str]:
        """The seconds until the next look, and at what: a service or LISTING."""
        now = self.clock()
        busy = frozenset(self.busy())
        pause = max(BUSY_SECONDS[0], self.busy_slot * len(busy))
        due = {one: moment + (pause if one in busy else IDLE_SECONDS) for one, moment in self.looked.items()}
        start = max(now, self.free_at, min(due.values()))
        ready = sorted((self.looked[one], one) for one, moment in due.items() if moment <= start)
        ready_busy = [one for _moment, one in ready if one in busy]
        others = [one for _moment, one in ready if one not in busy]
        use_busy = ready_busy and (self.streak < SHARE or not others)
        return start - now, (ready_busy if use_busy else others)[0]

    def begin(self) -> None:
        """A look begins."""
        self.begun = self.clock()

    def done(self, what: str, requests: int, failed: bool = False) -> None:
        """A look took so many requests. After failures the pauses grow."""
        self.streak = self.streak + 1 if what in self.busy() else 0
        if what in self.looked:
            self.looked[what] = self.begun
        self.failures = self.failures + 1 if failed else 0
        pause = min(2.0**self.failures, LONGEST_PAUSE) if failed else 0.0
        self.free_at = max(self.free_at, self.begun) + max(1, requests) * self.slot
        self.free_at = max(self.free_at, self.clock() + pause)
