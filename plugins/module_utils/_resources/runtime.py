# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The context of a task: API clients, clock, deadline, warnings, check mode."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._api.network import NetworkApi
from .._api.vpcep import VpcepApi
from .._auth.session import Session, connect
from .._core.errors import VpcepError
from .._core.texts import one_line
from .._core.types import Object
from .._http.retry import Deadline

T = TypeVar("T")
P = ParamSpec("P")
Notify = Callable[[str, str, float], None]  # what, status, seconds so far


class Runtime:
    """The context of a task. It does not use Ansible, so tests and plugins can create it.

    check_mode: send only GETs; notify: called during long waits; clock, sleep: in seconds.
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
        self.connect: Callable[[Object], Session] = connect  # opens the session of another login
        self.others: list[Runtime] = []  # of other logins
        self.loggable: Callable[[Object], Object] = dict  # what a result at high verbosity shows of a log's entry
        self.api = VpcepApi(session)
        self.deadline = Deadline(float("inf"), clock)
        self.network = NetworkApi(session, self.deadline)
        self.with_ids: Object = {}  # the task's options with IDs instead of names, for diagnoses
        self.resolved: dict[Any, Object] | None = None  # objects looked up by name so far; None without names
        self._seen: dict[Any, tuple[Any, VpcepError | None]] = {}
        self._locks: dict[Any, threading.Lock] = {}

    @cached_property
    def cloud(self) -> str:
        """'otc' or 'huawei'."""
        return self.session.cloud

    def beside(self, options: Object) -> Runtime:
        """A runtime for another login of this task. options: its auth options. Raises CredentialsError."""
        made = Runtime(self.connect(options), self.check_mode, self.clock, self.sleep, self.notify)
        self.others.append(made)
        return made

    def start(self, wait_timeout: float) -> None:
        """Limits the duration of the task, including waits and retries, to *wait_timeout* seconds from now."""
        self.deadline = Deadline(wait_timeout, self.clock)
        self.api.deadline = self.network.deadline = self.deadline

    def interrupt(self) -> None:
        """Stops all threads of the task: aborts requests, ends pauses, and sends nothing more."""
        self.deadline.cancel()
        for one in (self, *self.others):
            one.session.client.interrupt()

    def once(self, key: Any, read: Callable[[], T]) -> T:
        """The result of *read* or the VpcepError that it raised. All threads of a task share one call for a *key*."""
        found: T
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


def once_per_task(read: Callable[Concatenate[Runtime, P], T]) -> Callable[Concatenate[Runtime, P], T]:
    """Decorates a function with a result that does not change during a task: see :meth:`Runtime.once`."""

    def shared(runtime: Runtime, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return runtime.once((read, *args, *kwargs.items()), lambda: read(runtime, *args, **kwargs))

    return shared
