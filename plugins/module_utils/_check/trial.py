# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state that the steps of a check share while it creates objects."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable

from .._api.vpcep import ENDPOINTS, SERVICES
from .._core.errors import OutcomeUnknown
from .._core.types import Object
from .._resources.runtime import Runtime
from .forms import Form, shape, status_word, word
from .leftovers import Made
from .probe import Answer, Probe
from .report import Findings

POLLS = (4.0, 12, 24, 30, 30, 30, 30)  # seconds before each look at an object that is being made: 160 s
SOON = (0, 2, 4, 8)  # the same after a change that takes a moment
CLEANING = 4  # requests that are kept for the deletion of each object
LOOKING = 2  # requests that show whether all are gone
HIGH_PORTS = (49152, 65400)  # server ports that few services use
MAPPINGS = 60  # ports in a row that a check uses

AT_ONCE = word("it was ready at once")


class Trial:
    """A service and its endpoints in a check."""

    def __init__(
        self, runtime: Runtime, probe: Probe, findings: Findings, options: Object, services: list[Object]
    ) -> None:
        self.runtime = runtime
        self.probe = probe
        self.findings = findings
        self.options = options
        self.mark = secrets.token_hex(4)
        self.made: list[Made] = []  # what exists or may exist
        self.unclear = False  # whether a creation got no usable answer
        self.has_made = False
        self.open_to_all = False  # whether the whitelist may admit every account
        self.port = free_port(services, options["port_id"])  # the first of the unused server ports
        self.service: Object = {}
        self.endpoint: Object = {}
        self.second: Made | None = None  # the second endpoint
        self.took: dict[str, float] = {}  # "creation" or "deletion" -> seconds
        self.note = findings.note

    def note_member(self, name: str, value: object) -> None:
        self.note(name, "shown" if value not in (None, "", []) else "not shown", shape(value))

    @property
    def service_url(self) -> str:
        return f"{SERVICES}/{self.service['id']}"

    @property
    def endpoint_url(self) -> str:
        return f"{ENDPOINTS}/{self.endpoint['id']}"

    def create(self, path: str, body: Object) -> Answer:
        """Makes an object, and remembers it for the deletion. An answer without an ID counts as an error."""
        before = self.unclear, self.has_made
        if not self.probe.is_over:
            self.unclear = self.has_made = True  # if a signal comes before the answer
        answer = self.probe.create(path, body)
        self.unclear, self.has_made = before
        if answer.id:
            self.made.append(Made(path, answer.id))
            self.keep()
        elif answer.ok:
            answer = answer._replace(error=OutcomeUnknown("The answer holds no object with an ID."))
        self.unclear = self.unclear or isinstance(answer.error, OutcomeUnknown)
        self.has_made = self.has_made or bool(self.made) or self.unclear
        return answer

    def keep(self) -> None:
        """Keeps enough requests for the deletion of what exists."""
        self.probe.reserve = LOOKING + CLEANING * len(self.made)

    def wait(
        self, path: str, over: Callable[[Answer], bool], pauses: tuple[float, ...], kind: str = ""
    ) -> Answer | None:
        """Reads an object until it is *over*, and returns the answer; None if that takes too long.

        kind: "creation" or "deletion", whose duration is remembered for the next one.
        """
        started = self.runtime.clock()
        for pause in pauses:
            self.runtime.sleep(pause)
            answer = self.probe.get(path)
            seconds = self.runtime.clock() - started
            if over(answer):
                self.took[kind] = seconds
                return answer
            if self.runtime.notify:
                self.runtime.notify("an object of the check", status_word(answer.get("status")), seconds)
        return None

    def polls(self, kind: str) -> tuple[float, ...]:
        """Pauses of a wait; the first one is as long as the last wait of this kind, to save requests."""
        took = self.took.get(kind, 0.0)
        return (took * 0.9, *POLLS) if took > POLLS[0] else POLLS

    def await_deletion(self, path: str, pauses: tuple[float, ...] | None = None) -> bool:
        """Waits until a deleted object is gone. pauses: if its deletion began before. Returns whether it is gone."""
        kind = "" if pauses else "deletion"
        if not self.wait(path, lambda answer: answer.is_gone, pauses or self.polls(kind), kind):
            return False
        self.made = [one for one in self.made if one.url != path]
        self.keep()
        return True

    def follow_deletion(self, what: str, path: str, answer: Answer, before: str) -> bool:
        """Notes the answer to a DELETE of a service or endpoint and what the object shows then, and waits.

        before: its last status. Returns whether it is gone.
        """
        known = {200: "200", 202: "202", 204: "204"}
        self.note(f"delete-{what}-answer", known.get(answer.status or 0), answer.form)
        if not answer.ok:
            return False
        shown = self.probe.get(path)
        readings = {before: "the status before", "deleting": "deleting"}
        reading = "404" if shown.is_gone else readings.get(str(shown.get("status")))
        self.note(f"{what}-after-delete", reading, seen_status(shown))
        return self.await_deletion(path, (0,) if shown.is_gone else None)


def seen_status(answer: Answer) -> Form:
    """The status in an answer, or the answer's form if it has none."""
    return status_word(answer.get("status")) if answer.get("status") else answer.form


def free_port(services: list[Object], port_id: str) -> int:
    """The first of some server ports in a row that no service has at this backend."""
    taken = {
        mapping.get("server_port")
        for one in services
        if one.get("port_id") == port_id and isinstance(one.get("ports"), list)
        for mapping in one["ports"]
        if isinstance(mapping, dict) and isinstance(mapping.get("server_port"), int)
    }
    for _attempt in range(100):
        first = random.randint(*HIGH_PORTS)
        if not taken & set(range(first, first + MAPPINGS)):
            break
    return first
