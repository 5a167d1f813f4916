# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locks a file that another process may have locked."""

from __future__ import annotations

import time


def wait_for_lock(handle: int, seconds: float) -> bool:
    """Locks an open file (a file descriptor). Returns False if that is impossible, or not possible within *seconds*.

    The lock ends when the file is closed, or the process ends in any way.
    """
    try:
        import fcntl
    except ImportError:
        return False
    end = time.monotonic() + seconds
    pause = 0.01
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= end:
                return False
        except OSError:
            return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
