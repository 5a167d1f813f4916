# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call for each of many objects, several at once, and no failure stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .errors import VpcepError

WORKERS = 8  # requests under way at once; the design's default for fleets


def each(items: Iterable[Any], call: Callable[[Any], Any], workers: int = WORKERS) -> dict[Any, VpcepError]:
    """Calls *call* with each of *items* over at most *workers* threads. Returns the failed ones with their errors.

    Other exceptions than :class:`VpcepError` are mistakes of ours, and raised.
    """

    def attempt(item: Any) -> tuple[Any, VpcepError | None]:
        try:
            call(item)
        except VpcepError as error:
            return item, error
        return item, None

    todo = list(items)
    outcomes = in_threads(todo, attempt, workers) if len(todo) > 1 else map(attempt, todo)
    return {item: error for item, error in outcomes if error is not None}


def in_threads(items: list[Any], call: Callable[[Any], Any], workers: int) -> list[Any]:
    """What *call* returns for each item. An interruption (a task's timeout) does not wait for what is not begun."""
    from concurrent.futures import ThreadPoolExecutor

    pool = ThreadPoolExecutor(min(workers, len(items)))
    try:
        return list(pool.map(call, items))
    finally:
        pool.shutdown(cancel_futures=True)
