"""Progress messages of long waits, shown if standard error is a terminal.

The environment variable VPCEP_PROGRESS of ansible-playbook overrides this: 1 for always, 0 for never.
"""

from __future__ import annotations

import mmap
import os
import sys
import threading
import time
import typing as t

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE
from ansible.utils.display import Display

from ..module_utils._core.texts import one_line

SWITCH = "VPCEP_PROGRESS"
FIRST = 5.0  # seconds of a wait before its first line
BETWEEN = 10.0  # seconds between two lines of all tasks of a run

# Ansible's main process loads this file. Its workers have no terminal.
WATCHED = sys.stderr is not None and sys.stderr.isatty()


def is_wanted(watched: bool = WATCHED) -> bool:
    """Whether to show progress messages."""
    setting = os.environ.get(SWITCH, "").strip().lower()
    return setting in BOOLEANS_TRUE or (watched and setting not in BOOLEANS_FALSE)


def shared_number() -> memoryview[float]:
    """A number, initially 0.0, that this process shares with its forked workers."""
    return memoryview(mmap.mmap(-1, 8)).cast("d")


QUIET_UNTIL = shared_number()  # time of the next line, for all tasks of a run


def reporter(
    show: t.Callable[[str], None],
    clock: t.Callable[[], float] = time.monotonic,
    quiet_until: memoryview[float] = QUIET_UNTIL,
) -> t.Callable[[str, str, float], None]:
    """A function that shows a line about a wait, at most every ten seconds."""
    lock = threading.Lock()  # vpcep_endpoints waits in many threads

    def report(what: str, status: str, seconds: float) -> None:
        """Report *what* (the object or objects) in the cloud's *status*, *seconds* after the wait began."""
        with lock:
            if seconds < FIRST or clock() < quiet_until[0]:
                return
            quiet_until[0] = clock() + BETWEEN
        show(one_line(f"Waiting for {what}: {status}, {seconds:.0f} s so far"))

    return report


def progress_reporter() -> t.Callable[[str, str, float], None] | None:
    """The reporter of a task, or None; it writes to standard error, because callbacks format standard output."""
    return reporter(lambda text: Display().display(text, stderr=True)) if is_wanted() else None
