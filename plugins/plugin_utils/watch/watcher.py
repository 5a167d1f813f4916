"""Watches the connections of services: lists one after the other, within a budget of requests. It blocks."""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from collections.abc import Callable, Iterator, Mapping

from ...module_utils._api.vpcep import Listing
from ...module_utils._auth.credentials import IDENTITY, Credentials
from ...module_utils._core.errors import ApiError, InputError, MissingLibrary, NotFound, VpcepError
from ...module_utils._core.types import Object
from ...module_utils._resources.diagnosis import LOGIN, Diagnosis
from ...module_utils._resources.runtime import Runtime
from ...module_utils._schema.fields import CREATING
from ...module_utils._schema.names import is_id
from ...module_utils._schema.normalize import require_members
from .changes import REQUESTED, Change, event_of, find_changes, names_of
from .memory import Memory
from .schedule import LISTING, Schedule

POLL_SECONDS = 60.0
"""Maximum duration of one poll, with retries."""
NOW, START_PENDING, ALL = STARTS = ("now", "pending", "all")
UNAUTHORIZED, FORBIDDEN = 401, 403
NO_RIGHT = ", or the login lacks the right to list them"


class NewEvent(t.NamedTuple):
    """An event that is not sent yet, with its change and the service's ID."""

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
        self.unlisted: set[str] = set()  # known services that the list lacks; each is polled until it is deleted
        self.emptied: set[str] = set()  # services whose last list was empty, although connections are known
        self.has_listed = False
        self.can_list = False  # whether a list of connections was read
        self.logged: set[str] = set()
        self.errors: dict[str, str] = {}  # the kind of the last error of each list

    def poll(self) -> list[NewEvent]:
        """Reads the next list now, see ``schedule.next()``. Returns the new events.

        Logs a transient error. Raises VpcepError for a wrong login, and for a login without the right to list.
        """
        what = self.schedule.next()[1]
        failed = False
        self.schedule.begin()
        self.runtime.start(POLL_SECONDS)
        try:
            events: list[NewEvent] = []
            if what == LISTING:
                self.list_services()
            else:
                events += self.poll_service(what)
            self.errors.pop(what, None)
            return events
        except VpcepError as error:
            failed = True
            self.raise_final(error, self.has_listed if what == LISTING else self.can_list)
            if self.errors.get(what) != error.kind:
                self.log(f"{error} The source tries again, and logs the error once.")
            self.errors[what] = error.kind
            return []
        finally:
            requests = self.runtime.session.http
            self.schedule.done(what, len(requests), failed)
            requests.clear()
            for text in (*self.runtime.session.warnings, *self.runtime.warnings):
                self.log_once(text)

    def raise_final(self, error: VpcepError, has_right: bool) -> None:
        """Raises the error if a repetition cannot help: at the start, or if the login is refused.

        has_right: whether such a list was read before.
        """
        is_final = isinstance(error, (InputError, MissingLibrary))
        if isinstance(error, ApiError):
            is_of_login = error.operation == LOGIN or not self.has_listed or not self.runtime.session.auth.gets_tokens
            is_final = error.status == UNAUTHORIZED and is_of_login
            is_final = is_final or (error.status == FORBIDDEN and not has_right)
            if is_final:
                Diagnosis(self.runtime.session).explain(error, dict(self.options))
        if is_final:
            raise error

    def log_once(self, text: str) -> None:
        if text not in self.logged:
            self.logged.add(text)
            self.log(text)

    # Services

    def list_services(self) -> None:
        """Lists the services. A known service that the list lacks may still exist."""
        wanted = {name.lower() if is_id(name) else name for name in self.options.get("services") or ()}
        listed = {one["id"]: one for one in require_members(self.runtime.api.list_services(), "id")}
        found = {key: one for key, one in listed.items() if not wanted or wanted.intersection(names_of(one))}
        if not self.has_listed:
            self.at_start = set(found)
        for name in sorted(wanted.difference(*map(names_of, found.values()))):
            self.log_once(f"services: there is no endpoint service {name!r} in this project yet{NO_RIGHT}.")
        if not listed:
            self.log_once(f"There is no endpoint service in this project yet{NO_RIGHT}.")
        self.unlisted = self.memory.services.keys() - listed.keys()
        self.services = {**{key: self.services.get(key, {"id": key}) for key in self.unlisted}, **found}
        self.memory.services = {key: one for key, one in self.memory.services.items() if key in self.services}
        self.schedule.watch(self.services, are_new=self.has_listed)
        self.has_listed = True

    def is_gone(self, service: str) -> bool:
        """Whether the service does not exist any more."""
        try:
            self.runtime.api.get_service(service)
        except NotFound:
            return True
        except ApiError as error:
            if error.status != FORBIDDEN:
                raise
        return False

    # Connections

    def poll_service(self, service: str) -> Iterator[NewEvent]:
        """The new events of a service."""
        known = self.memory.services.get(service, {})
        if service in self.unlisted and not known and self.is_gone(service):
            self.memory.services.pop(service, None)
            self.services.pop(service)
            self.schedule.watch(self.services)
            return
        try:
            listed = self.runtime.api.list_connections(service)
        except NotFound:
            listed = Listing()
        self.can_list = True
        require_members(listed, "id", "status")
        if listed:
            self.emptied.discard(service)
        if any(one["status"] == CREATING for one in listed):
            self.schedule.changed(service)  # its request comes soon
        changes = find_changes(known, listed, self.memory.again.get(service, ()))
        unseen = known.keys() - {one["id"] for one in listed}
        if unseen and not self.are_gone(service, listed):
            changes = [change for change in changes if change.connection["id"] not in unseen]
        news = [change for change in changes if self.is_news(service, change)]
        if service not in self.memory.services:
            self.memory.services[service] = {}
            for change in changes:
                if change not in news:
                    self.memory.note(service, change, baseline=True)
            self.memory.save()
        for change in news:
            self.schedule.changed(service)
            event = event_of(change, self.services.get(service, {"id": service}))
            yield NewEvent(self.runtime.session.client.mask_short(event), service, change)

    def are_gone(self, service: str, listed: Listing) -> bool:
        """Whether the connections that a list lacks were removed.

        An empty list shows this only if the next list is empty as well, the cloud counts no accepted connection, and
        the login sees connections of another service or no service has any.
        """
        if listed and listed.is_whole:
            return True
        if listed.is_whole:
            services = require_members(self.runtime.api.list_services(), "id")
            if service not in {one["id"] for one in services}:
                return self.is_gone(service)
            connected = [one["id"] for one in services if str(one.get("connection_count") or 0) != "0"]
            if service not in connected and (not connected or self.runtime.api.list_connections(connected[0])):
                is_second = service in self.emptied
                self.emptied.add(service)
                self.schedule.changed(service)
                return is_second
        self.log_once(f"Endpoint service {service} does not list all of its connections{NO_RIGHT}.")
        return False

    def is_news(self, service: str, change: Change) -> bool:
        """Whether a change causes an event. Changes from before the source's start do as far as ``start`` says so."""
        if service in self.memory.services or service not in self.at_start:
            return True
        start = self.options["start"]
        is_pending = change.kind == REQUESTED and (start == START_PENDING or not self.memory.is_first)
        return is_pending or start == ALL


def state_file(options: Mapping[str, t.Any], credentials: Credentials, environ: Mapping[str, str]) -> str | None:
    """The path of the file for sent events: the option, else one for this login in the user's folder, if any."""
    if options.get("state_file"):
        return str(options["state_file"])
    home = environ.get("HOME", "")
    base = environ.get("XDG_STATE_HOME", "") or (os.path.join(home, ".local", "state") if home else "")
    if not os.path.isabs(base):
        return None
    # A new password or key does not change the file.
    about = [getattr(credentials, name) for name in IDENTITY] + sorted(options.get("services") or [])
    key = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:16]
    return os.path.join(base, "crossvpc.vpcep", f"connections-{key}.json")
