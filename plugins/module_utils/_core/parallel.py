# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call for each of many objects, several at once, and no failure stops the others."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from .errors import VpcepError

WORKERS = 8  # requests that a task has under way at once, unless told otherwise
FAREWELL = 1.0  # seconds that calls under way get to end after an interruption


def run_parallel(
    items: Iterable[Any],
    call: Callable[[Any], Any],
    workers: int = WORKERS,
    interrupt: Callable[[], None] | None = None,
) -> dict[Any, VpcepError]:
    """Calls *call* with each of *items* over at most *workers* threads. Returns the failed ones with their errors.

    Other exceptions than :class:`VpcepError` are mistakes of ours, and raised. interrupt: called when the task is
    interrupted, to make calls that are under way come to an end.
    """

    def attempt(item: Any) -> tuple[Any, VpcepError | None]:
        try:
            call(item)
        except VpcepError as error:
            return item, error
        return item, None

    todo = list(items)
    several = min(workers, len(todo)) > 1
    outcomes = in_threads(todo, attempt, workers, interrupt) if several else map(attempt, todo)
    return {item: error for item, error in outcomes if error is not None}


def in_threads(
    items: list[Any], call: Callable[[Any], Any], workers: int, interrupt: Callable[[], None] | None = None
) -> list[Any]:
    """What *call* returns for each item. After an interruption (a task's timeout) no more are begun.

    The threads are daemons: one that hangs, such as in a search for a host's name, does not keep the process alive.
    """
    todo = deque(enumerate(items))
    done: dict[int, Any] = {}
    mistakes: list[BaseException] = []

    def work() -> None:
        while True:
            try:
                number, item = todo.popleft()  # hands each item out once
            except IndexError:
                return
            try:
                done[number] = call(item)
            except BaseException as error:  # raised again where it is seen
                todo.clear()
                mistakes.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _worker in range(min(workers, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException:
        todo.clear()
        if interrupt:
            interrupt()
        patience = time.monotonic() + FAREWELL
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, patience - time.monotonic()))
        raise
    if mistakes:
        if interrupt:
            interrupt()
        raise mistakes[0]
    return [done[number] for number in range(len(items))]
