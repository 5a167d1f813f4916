"""The rate limiter limits the number of parallel requests, and lowers the limit when a server asks for it.

A refusal for too many requests affects all threads that share the client: no thread sends until the pause is over, and
afterwards half as many requests are sent in parallel. Each success raises the limit a little.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class RateLimiter:
    """most: the limit at the start, which is also the highest one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._under_way = 0
        self._waiting = 0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        """How many may be under way at once."""
        return int(self._limit)

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Held while one request is under way; first waits until it may be sent."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and self._under_way < self.limit)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def back_off(self) -> Iterator[None]:
        """Held by a sender that was told to slow down, while it waits. No request is sent meanwhile."""
        with self._changed:
            if not self._waiting:  # refusals at the same time halve it once
                self._limit = max(1.0, min(self._limit, self._under_way + 1) / 2)
            self._waiting += 1
        try:
            yield
        finally:
            with self._changed:
                self._waiting -= 1
                self._changed.notify_all()

    def recover(self) -> None:
        """Called after a success: at a limit of n, about n successes raise it by one."""
        if self._limit < self._most:
            with self._changed:
                self._limit = min(float(self._most), self._limit + 1 / self._limit)
                self._changed.notify_all()
