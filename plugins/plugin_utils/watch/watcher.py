# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Watches the connections of services: one look after the other, within a budget of requests. It blocks."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from collections.abc import Callable, Iterator, Mapping

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    InputError,
    MissingLibrary,
    NotFound,
    VpcepError,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.diagnosis import Diagnosis
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import CREATING
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import require_members

from .changes import REQUESTED, Change, event_of, find_changes, names_of
from .memory import Memory
from .schedule import LISTING, Schedule

LOOK_SECONDS = 60.0
"""How long one look may take, its retries included."""
NOW, START_PENDING, ALL = STARTS = ("now", "pending", "all")
UNAUTHORIZED, FORBIDDEN = 401, 403


class Told(t.NamedTuple):
    """An event, with the change and the service's ID that it is about."""

    event: Object
    service: str
    change: Change


class Watcher:
    """options: validated options of the event source; runtime: of its session; log: takes a text for the user."""

    def __init__(
        self, options: Mapping[str, t.Any], runtime: Runtime, memory: Memory, log: Callable[[str], None]
    ) -> None:
        self.options, self.runtime, self.memory, self.log = options, runtime, memory, log
        self.schedule = Schedule(options["requests_per_minute"], runtime.clock)
        self.services: dict[str, Object] = {}
        self.at_start: set[str] = set()  # services whose connections may be older than this source
        self.has_listed = False
        self.logged: set[str] = set()

    def look(self) -> list[Told]:
        """The next look, at once: see ``schedule.next()``. Returns what has changed.

        Logs an error that may pass. Raises VpcepError for a wrong login and for one without the right to look.
        """
        what = self.schedule.next()[1]
        failed = False
        self.schedule.begin()
        self.runtime.start(LOOK_SECONDS)
        try:
            if what == LISTING:
                self.list_services()
                return []
            return list(self.look_at(what))
        except VpcepError as error:
            failed = True
            self.raise_final(error)
            self.log(f"{error} The next look is in some seconds.")
            return []
        finally:
            requests = self.runtime.session.http
            self.schedule.done(what, len(requests), failed)
            requests.clear()
            self.tell_warnings()

    def raise_final(self, error: VpcepError) -> None:
        """Raises an error that another try would not change."""
        status = error.status if isinstance(error, ApiError) else None
        is_final = status == UNAUTHORIZED or (status == FORBIDDEN and not self.has_listed)
        if is_final or isinstance(error, (InputError, MissingLibrary)):
            if isinstance(error, ApiError):
                Diagnosis(self.runtime.session).explain(error, dict(self.options))
            raise error

    def tell_warnings(self) -> None:
        for text in (*self.runtime.session.warnings, *self.runtime.warnings):
            self.log_once(text)

    def log_once(self, text: str) -> None:
        if text not in self.logged:
            self.logged.add(text)
            self.log(text)

    # Services

    def list_services(self) -> None:
        """Finds out which services there are. Those that are not listed any more get a last look."""
        wanted = set(self.options.get("services") or ())
        listed = require_members(self.runtime.api.list_services(), "id")
        found = {one["id"]: one for one in listed if not wanted or wanted.intersection(names_of(one))}
        if not self.has_listed:
            self.at_start = set(found)
        for name in sorted(wanted.difference(*map(names_of, found.values()))):
            self.log_once(f"services: there is no endpoint service {name!r} in this project yet.")
        others = {one["id"] for one in listed} - set(found)
        gone = {key for key, known in self.memory.services.items() if known and key not in found and key not in others}
        self.services = {**{key: self.services.get(key, {"id": key}) for key in gone}, **found}
        self.memory.keep_only(self.services)
        self.schedule.watch(self.services, are_new=self.has_listed)
        self.has_listed = True

    # Connections

    def look_at(self, service: str) -> Iterator[Told]:
        """What has changed at a service."""
        try:
            listed = require_members(self.runtime.api.list_connections(service), "id", "status")
        except NotFound:
            listed = []
        if any(one["status"] == CREATING for one in listed):
            self.schedule.changed(service)  # requests are about to come
        changes = find_changes(self.memory.known(service), listed, self.memory.again.get(service, ()))
        told = [change for change in changes if self.is_news(service, change)]
        if service not in self.memory.services:
            self.memory.services[service] = {}
            for change in changes:
                if change not in told:
                    self.memory.note(service, change, baseline=True)
            self.memory.save()
        for change in told:
            self.schedule.changed(service)
            event = event_of(change, self.services.get(service, {"id": service}))
            yield Told(self.runtime.session.client.mask_short(event), service, change)

    def is_news(self, service: str, change: Change) -> bool:
        """Whether a change is told: not if it was there before the source, and ``start`` leaves it out."""
        if service in self.memory.services or service not in self.at_start:
            return True
        start = self.options["start"]
        if start == ALL:
            return True
        return change.kind == REQUESTED and (start == START_PENDING or not self.memory.is_first)


def state_file(options: Mapping[str, t.Any], environ: Mapping[str, str]) -> str | None:
    """The file to remember in: the option, or one for these options in the user's folder; None if there is none."""
    if options.get("state_file"):
        return str(options["state_file"])
    home = environ.get("HOME", "")
    base = environ.get("XDG_STATE_HOME", "") or (os.path.join(home, ".local", "state") if home else "")
    if not os.path.isabs(base):
        return None
    about = (
        "cloud",
        "auth_url",
        "api_url",
        "region",
        "user_domain_name",
        "user_domain_id",
        "project_name",
        "project_id",
    )
    given = [str(options.get(name)) for name in about] + sorted(options.get("services") or [])
    named = [environ.get(f"OS_{name.upper()}", "") for name in about]
    key = hashlib.sha256(json.dumps([given, named]).encode()).hexdigest()[:16]
    return os.path.join(base, "crossvpc.vpcep", f"connections-{key}.json")
