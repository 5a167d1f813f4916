# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One creation at a time per identity on this machine.

The API has no client token: two processes that look, find nothing and create would make two objects. The
lock is a flock on a file, so that it dies with a killed process. Where no safe folder can be had there is
no lock; that is as good as two machines, and never fatal.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .file_lock import wait_for_lock

MOST_SECONDS = 60.0  # a holder only sends one POST; past this, better a create without lock than none
NOTE_LENGTH = 32  # bytes of the time of the last creation; another length is a torn note


class Held:
    """The lock while it is held, or the lack of one (``number`` is None). Its file says when was last created."""

    def __init__(self, number: int | None) -> None:
        self._number = number

    def created_since(self, moment: float) -> bool:
        """Whether another process created under this identity after *moment* (seconds of the epoch)."""
        if self._number is None:
            return False
        try:
            note = os.pread(self._number, 2 * NOTE_LENGTH, 0)
            return bool(note) and (len(note) != NOTE_LENGTH or float(note) >= moment)
        except (ValueError, OSError):
            return True  # no number, as half a one above: whoever wrote it was killed there, right after a creation

    def note_creation(self) -> None:
        """Tells the processes that wait for the lock that what they read before is out of date."""
        if self._number is not None:
            with suppress(OSError):
                os.pwrite(self._number, f"{time.time():<{NOTE_LENGTH}.6f}".encode(), 0)


@contextmanager
def identity_lock(folder: str | None, identity: tuple[Any, ...], deadline: Any) -> Iterator[Held]:
    """Holds the lock of *identity* (a tuple of texts) in *folder*, waiting for it no longer than *deadline*."""
    number = _open(folder, hashlib.sha256(repr(identity).encode()).hexdigest())
    try:
        yield Held(number if number is not None and wait_for_lock(number, min(MOST_SECONDS, deadline.left())) else None)
    finally:
        if number is not None:
            os.close(number)


def _open(folder: str | None, name: str) -> int | None:
    if not folder:
        return None
    try:
        facts = _facts(folder)
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o022:
            return None
        path = os.path.join(folder, name + ".lock")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _facts(folder: str) -> os.stat_result:
    """What is known of the folder, made if it does not exist."""
    with suppress(FileNotFoundError):
        return os.lstat(folder)
    for place in (os.path.dirname(folder), folder):  # the parent holds tokens: nobody else's business either
        os.makedirs(place, mode=0o700, exist_ok=True)
    return os.lstat(folder)
