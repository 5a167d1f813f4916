# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Long waits that talk: a line now and then about what a task waits for, while somebody is watching.

Settings: VPCEP_PROGRESS in the environment of ansible-playbook; 1 for also when nobody seems to (its output goes to a
file or to a job's log), 0 for never.
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

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import one_line

SWITCH = "VPCEP_PROGRESS"
FIRST = 5.0  # seconds that a wait may take without a word
BETWEEN = 10.0  # seconds between two lines, of whichever task

# Seen when Ansible's main process loads the action: the streams of its workers say nothing about people.
WATCHED = sys.stderr is not None and sys.stderr.isatty()


def is_wanted(watched: bool = WATCHED) -> bool:
    """Whether to talk."""
    setting = os.environ.get(SWITCH, "").strip().lower()
    return setting in BOOLEANS_TRUE or (watched and setting not in BOOLEANS_FALSE)


def shared_number() -> memoryview[float]:
    """A single number, 0.0 at first, that the process which makes it shares with all its workers."""
    return memoryview(mmap.mmap(-1, 8)).cast("d")


QUIET_UNTIL = shared_number()  # of the clock, for all tasks of a run


class ProgressReporter:
    """Tells what is waited for. Called as often as there is something new; most of it is kept back."""

    def __init__(
        self,
        show: t.Callable[[str], None],
        clock: t.Callable[[], float] = time.monotonic,
        quiet_until: memoryview[float] = QUIET_UNTIL,
    ) -> None:
        self._show = show
        self._clock = clock
        self._quiet_until = quiet_until
        self._lock = threading.Lock()  # fleets tell from many threads

    def __call__(self, what: str, status: str, seconds: float) -> None:
        """what: the object or objects; status: as the cloud calls it; seconds: since the wait began."""
        with self._lock:
            now = self._clock()
            if seconds < FIRST or now < self._quiet_until[0]:
                return
            self._quiet_until[0] = now + BETWEEN
        self._show(one_line(f"Waiting for {what}: {status}, {seconds:.0f} s so far"))


def progress_reporter() -> ProgressReporter | None:
    """The narrator of a task; on standard error, so that standard output stays what the callbacks make of it."""
    return ProgressReporter(lambda text: Display().display(text, stderr=True)) if is_wanted() else None
