# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task works with: the API, the clock, and whether it may change anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from .._api.vpcep import VpcepApi
from .._auth.session import Session, connect
from .._core.errors import VpcepError
from .._core.texts import one_line
from .._core.types import Object
from .._http.retry import Deadline

Notify = Callable[[str, str, float], None]  # what, status, seconds so far


class Runtime:
    """What a task works with. It knows nothing of Ansible, so tests and plugins can create their own.

    check_mode: send only GETs; notify: called during long waits; clock, sleep: in seconds.
    connect: opens the session of another login; others: the runtimes of other logins.
    loggable: what the result shows of an entry of a session's log, at high verbosity.
    """

    def __init__(
        self,
        session: Session,
        check_mode: bool = False,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        notify: Notify | None = None,
    ) -> None:
        self.session = session
        self.check_mode = check_mode
        self.clock = clock
        self.sleep = sleep
        self.notify = notify
        self.warnings: list[str] = []
        self.connect: Callable[[Object], Session] = connect
        self.others: list[Runtime] = []
        self.loggable: Callable[[Object], Object] = dict
        self.api = VpcepApi(session)
        self.deadline = Deadline(float("inf"), clock)
        self.with_ids: Object = {}  # the options of the task once its names were looked up, for diagnosis
        self.resolved: dict[Any, Object] | None = None  # what names of the task mean, so far; None without names
        self._seen: dict[Any, tuple[Any, VpcepError | None]] = {}
        self._locks: dict[Any, threading.Lock] = {}

    @cached_property
    def cloud(self) -> str:
        """'otc' or 'huawei'. Cached, since every endpoint of a bulk task asks for it."""
        return self.session.cloud

    def beside(self, options: Object) -> Runtime:
        """A runtime for another login of this task. options: its auth options. Raises CredentialsError."""
        made = Runtime(self.connect(options), self.check_mode, self.clock, self.sleep, self.notify)
        self.others.append(made)
        return made

    def start(self, wait_timeout: float) -> None:
        """Starts the time (seconds) that the whole task may take, every wait and retry included."""
        self.deadline = Deadline(wait_timeout, self.clock)
        self.api.deadline = self.deadline

    def interrupt(self) -> None:
        """Stops other threads of the task: cuts off requests, ends pauses, sends nothing more."""
        self.deadline.cancel()
        for one in (self, *self.others):
            one.session.interrupt()

    def once(self, key: Any, read: Callable[[], Any]) -> Any:
        """What *read* returns or the VpcepError it raises, called once for each *key* of a task over all threads."""
        with self._locks.setdefault(key, threading.Lock()):
            if key not in self._seen:
                try:
                    self._seen[key] = (read(), None)
                except VpcepError as error:
                    self._seen[key] = (None, error)
            found, failure = self._seen[key]
        if failure is not None:
            raise failure
        return found

    def warn(self, text: str) -> None:
        """Adds a warning, once, as one printable line."""
        text = one_line(text)
        if text not in self.warnings:
            self.warnings.append(text)
