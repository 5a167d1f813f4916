"""The schedule of an event source: divides its budget of requests among the services.

Pure, but for the clock. docs/event-driven.md has the formula for the delays that follow from these numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

LISTING = "*"
"""The list of the services, in place of a service's ID."""
RECENT_SECONDS = 600.0
"""How long a service counts as busy after a change."""
BUSY_SECONDS = (2.0, 8.0)
"""The minimum and maximum time between two polls of a busy service."""
IDLE_SECONDS = 10.0
"""The minimum time between two polls of any other service, even if the budget allows more."""
SHARE = 3
"""Of SHARE + 1 requests, at most SHARE are for busy services. The others go to all services in turns."""
LONGEST_PAUSE = 60.0
"""Maximum seconds between two attempts while the cloud does not answer."""


class Schedule:
    """requests_per_minute: the budget; clock: seconds."""

    def __init__(self, requests_per_minute: float, clock: Callable[[], float]) -> None:
        self.slot = 60.0 / requests_per_minute
        self.busy_slot = self.slot * (SHARE + 1) / SHARE
        self.clock = clock
        self.begun = self.free_at = clock()
        self.polled: dict[str, float] = {LISTING: float("-inf")}
        self.changes: dict[str, float] = {}
        self.streak = 0  # requests for busy services since the last one of another kind
        self.failures = 0

    def watch(self, services: Iterable[str], are_new: bool = False) -> None:
        """Sets the services. are_new: other services than before count as busy, because consumers come soon."""
        known, self.polled = self.polled, {LISTING: self.polled[LISTING]}
        for service in services:
            self.polled[service] = known.get(service, float("-inf"))
            if are_new and service not in known:
                self.changed(service)
        self.changes = {service: moment for service, moment in self.changes.items() if service in self.polled}

    def changed(self, service: str) -> None:
        """A service has changed, or will change soon."""
        self.changes[service] = self.clock()

    def busy(self) -> list[str]:
        """The services with recent changes, the latest first; at most as many as can be polled in time."""
        since = self.clock() - RECENT_SECONDS
        recent = sorted((moment, service) for service, moment in self.changes.items() if moment >= since)
        capacity = int(BUSY_SECONDS[1] / self.busy_slot)
        return [service for _moment, service in reversed(recent)][: max(1, capacity)]

    def next(self) -> tuple[float, str]:
        """The seconds until the next poll, and what to poll: a service or LISTING."""
        now = self.clock()
        busy = frozenset(self.busy())
        pause = max(BUSY_SECONDS[0], self.busy_slot * len(busy))
        due = {one: moment + (pause if one in busy else IDLE_SECONDS) for one, moment in self.polled.items()}
        start = max(now, self.free_at, min(due.values()))
        ready = sorted((self.polled[one], one) for one, moment in due.items() if moment <= start)
        ready_busy = [one for _moment, one in ready if one in busy]
        others = [one for _moment, one in ready if one not in busy]
        use_busy = ready_busy and (self.streak < SHARE or not others)
        return start - now, (ready_busy if use_busy else others)[0]

    def begin(self) -> None:
        """A poll begins."""
        self.begun = self.clock()

    def done(self, what: str, requests: int, failed: bool = False) -> None:
        """A poll has ended. requests: their number. After failures, the pauses grow."""
        self.streak = self.streak + 1 if what in self.busy() else 0
        if what in self.polled:
            self.polled[what] = self.begun
        self.failures = self.failures + 1 if failed else 0
        pause = min(2.0**self.failures, LONGEST_PAUSE) if failed else 0.0
        self.free_at = max(self.free_at, self.begun) + max(1, requests) * self.slot
        self.free_at = max(self.free_at, self.clock() + pause)
