# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call for each of many objects, several at once. A failure does not stop the others."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from .errors import VpcepError

Item = TypeVar("Item", bound=Hashable)

WORKERS = 8  # default for the number of parallel requests of a task
SHUTDOWN_GRACE = 1.0  # seconds for running calls to end after an interruption


def run_parallel(
    items: Iterable[Item],
    call: Callable[[Item], object],
    interrupt: Callable[[], None],
    workers: int = WORKERS,
) -> dict[Item, VpcepError]:
    """Calls *call* with each of *items* over at most *workers* threads. Returns the failed items with their errors.

    interrupt: called when the task is interrupted, to end the running calls.
    Raises exceptions other than :class:`VpcepError`: these are bugs, or interruptions.
    """
    todo = list(items)
    failed: dict[Item, VpcepError] = {}

    def attempt(item: Item) -> None:
        try:
            call(item)
        except VpcepError as error:
            failed[item] = error

    if min(workers, len(todo)) > 1:
        _run_in_threads(todo, attempt, interrupt, workers)
    else:
        for item in todo:
            attempt(item)
    return {item: failed[item] for item in todo if item in failed}


def _run_in_threads(
    items: list[Item], call: Callable[[Item], None], interrupt: Callable[[], None], workers: int
) -> None:
    """After an interruption (a task's timeout) or a bug no more calls begin.

    The threads are daemons: one that hangs, such as in a name lookup, does not keep the process alive.
    """
    todo = deque(items)
    bugs: list[BaseException] = []

    def work() -> None:
        while True:
            try:
                item = todo.popleft()  # atomic: each item goes to one thread
            except IndexError:
                return
            try:
                call(item)
            except BaseException as error:  # raised again in the calling thread
                todo.clear()
                bugs.append(error)

    threads = [threading.Thread(target=work, daemon=True) for _worker in range(min(workers, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if bugs:
            raise bugs[0]
    except BaseException:
        todo.clear()
        interrupt()
        end = time.monotonic() + SHUTDOWN_GRACE
        for thread in threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))
        raise
