# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests may be under way at once: any number, until a server asks for less.

One refusal for too many requests concerns everybody who shares the connection: while its sender waits, nobody sends,
and afterwards half as many go at the same time. Each good answer lets a little more through again.
"""

from __future__ import annotations

import threading
import typing as t
from contextlib import contextmanager

if t.TYPE_CHECKING:
    from collections.abc import Iterator


class RateLimiter:
    """most: as many at once as anybody sends; the limit is given up when it comes near."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._under_way = 0
        self._closed_by = 0
        self._changed = threading.Condition()

    @property
    def limit(self) -> int:
        """How many may be under way at once."""
        return int(self._limit)

    @contextmanager
    def acquire(self) -> Iterator[None]:
        """Held while one request is under way; waits for the gate to open, and for room."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed_by and self._under_way < self.limit)
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def back_off(self) -> Iterator[None]:
        """Held by a sender that was told to slow down, for as long as it waits."""
        with self._changed:
            if not self._closed_by:  # those that were refused at the same moment halve it once
                self._limit = max(1.0, min(self._limit, self._under_way + 1) / 2)
            self._closed_by += 1
        try:
            yield
        finally:
            with self._changed:
                self._closed_by -= 1
                self._changed.notify_all()

    def recover(self) -> None:
        """After a good answer: one more at once, after as many good answers as are under way."""
        if self._limit < self._most:
            with self._changed:
                self._limit = min(float(self._most), self._limit + 1 / self._limit)
                self._changed.notify_all()
