"""The state that the steps of a check share while it creates objects, and the steps that change its service."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable
from typing import Any

from .._api.vpcep import ENDPOINTS, SERVICE_KIND, SERVICES
from .._auth.session import ApiPath
from .._core.errors import OutcomeUnknown
from .._core.types import Object
from .._resources.runtime import Runtime
from .._schema.fields import PERMISSION_PREFIX, SERVICE
from .._schema.normalize import UnusableAnswer, observed
from .forms import Form, number, shape, status_word, word
from .leftovers import TAG, Made, service_name
from .network_reading import type_word
from .probe import Answer, Probe
from .reading import refusable
from .report import EARLIER, Findings

POLLS = (4.0, 12, 24, 30, 30, 30, 30)  # seconds before each look at an object that is being made: 160 s
SOON = (0, 2, 4, 8)  # the same after a change that takes a moment
CLEANING = 4  # requests that are kept for the deletion of each object
LOOKING = 2  # requests that show whether all are gone
HIGH_PORTS = (49152, 65400)  # server ports that few services use
MAPPINGS = 60  # ports in a row that a check uses

OLD_TAG = {"key": "check-a", "value": "1"}  # of a new service
LONG_TAG = {"key": "check.of:the=cloud." + "x" * 24, "value": "a.b:c=d"}
TOO_LONG = ("3068", "3072", "3073")  # characters, length of the key, length of the value
MANY = 51  # port mappings
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

    def service_path(self, part: str = "") -> ApiPath:
        """The path of the service, or of a part of it, such as ``/connections``."""
        return (SERVICES + "/{}" + part, self.service["id"])

    @property
    def endpoint_url(self) -> ApiPath:
        return (ENDPOINTS + "/{}", self.endpoint["id"])

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
        self, path: ApiPath, over: Callable[[Answer], bool], pauses: tuple[float, ...], kind: str = ""
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

    def await_deletion(self, path: ApiPath, pauses: tuple[float, ...] | None = None) -> bool:
        """Waits until a deleted object is gone. pauses: if its deletion began before. Returns whether it is gone."""
        kind = "" if pauses else "deletion"
        if not self.wait(path, lambda answer: answer.is_gone, pauses or self.polls(kind), kind):
            return False
        self.made = [one for one in self.made if one.url != path]
        self.keep()
        return True

    def follow_deletion(self, what: str, path: ApiPath, answer: Answer, before: str) -> bool:
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


def note_creation(trial: Trial, answer: Answer) -> None:
    status = answer.get("status")
    trial.note("service-status", status if status in ("creating", "available") else None, shape(status))
    trial.note("service-name", *name_form(answer.get("service_name"), service_name(trial.mark), answer.get("id")))
    ports = answer.objects("ports")
    port = ports[0].get("client_port") if ports else None
    trial.note("port-type", type_word(port), shape(port))
    trial.note_member("enterprise-project", answer.get("enterprise_project_id"))
    trial.note_member("policy-switch", answer.get("enable_policy"))


def name_form(full: Any, name: str, object_id: Any) -> tuple[str | None, Form]:
    if full == name:
        return "the bare name", shape(full)
    parts = str(full).split(".")
    named = len(parts) == 3 and parts[1:] == [name, object_id]
    return "region.name.id" if named else None, shape(full)


def tags_of(answer: Answer) -> Object | None:
    """The tags in an answer; None if they cannot be understood."""
    try:
        found: Object = observed("tags", SERVICE["tags"], answer.body if isinstance(answer.body, dict) else {})
        return found
    except UnusableAnswer:
        return None


def note_stored_tags(trial: Trial, answer: Answer) -> None:
    """Notes whether the service has the tag of its creation."""
    found = tags_of(answer)
    stored = None if found is None else "stored" if found.get(TAG) == trial.mark else "ignored" if not found else None
    trial.note("tags-at-creation", stored, shape(answer.get("tags")))


def try_tags(trial: Trial) -> dict[str, Answer]:
    """Creates and deletes tags. The next answer about the service shows what became of them."""
    existing = change_tags(trial, "create", {**OLD_TAG, "value": "2"})
    several = [{"key": f"check-{place}", "value": "1"} for place in range(10)]
    ten = last = change_tags(trial, "create", *several)
    if not ten.ok:
        last = change_tags(trial, "create", several[0])
    long = change_tags(trial, "create", LONG_TAG)
    tried = {"existing": existing, "ten": ten, "long": long}
    return {**tried, "wrong": change_tags(trial, "delete", {**several[0], "value": "2"})} if last.ok else tried


def note_tags(trial: Trial, tried: dict[str, Answer], shown: Answer) -> None:
    """Notes what became of the tags. shown: an answer about the service, which may lack them."""
    if not isinstance(shown.get("tags"), list):
        shown = trial.probe.get(trial.service_path())
    found = tags_of(shown) or {}
    existing, ten, long = tried["existing"], tried["ten"], tried["long"]
    if trial.findings.readings["tags-at-creation"][0] == "stored":
        values = {"2": "the new value", "1": "the old value stays"}
        reading = values.get(str(found.get(OLD_TAG["key"]))) if existing.ok else refusable(existing, None)
        trial.note("tag-existing-key", reading, existing.form)
    wide, narrow = "more than 36 characters, with . : =", "36 and 43 characters, with - _ @"
    trial.note("tag-characters", wide if long.ok else narrow if long.is_code(*TOO_LONG) else None, long.form)
    several = "more than 10" if ten.ok else "10" if ten.is_code("3069") else None
    trial.note("tags-of-one-object", several, ten.form)
    if "wrong" in tried and shown.ok:
        wrong = tried["wrong"]
        kept = "nothing" if "check-0" in found else "deletes the tag"
        trial.note("tag-delete-value", kept if wrong.ok else None, wrong.form)


def change_tags(trial: Trial, action: str, *tags: Object) -> Answer:
    path = (SERVICE_KIND + "/{}/tags/action", trial.service["id"])
    return trial.probe.post(path, {"action": action, "tags": list(tags)})


def try_permissions(trial: Trial) -> None:
    """Adds a record of an account that does not exist, and for a moment one for all; endpoints need acceptance."""
    path = trial.service_path("/permissions/action")
    record = PERMISSION_PREFIX + secrets.token_hex(16)
    first = trial.probe.post(path, {"action": "add", "permissions": [record]})
    trial.open_to_all = True
    star = trial.probe.post(path, {"action": "add", "permissions": ["*"]})
    trial.note("permission-star", refusable(star, "allowed"), star.form)
    if star.ok and first.ok:
        listed = star.get("permissions")
        count = len(listed) if isinstance(listed, list) else 0
        readings = {1: "the added records", 2: "all records"}
        trial.note("permission-answer", readings.get(count), star.form)
    trial.findings.skip("permission-answer", EARLIER)
    stars = ["*", f"{PERMISSION_PREFIX}*"]
    trial.probe.post(path, {"action": "remove", "permissions": [record, stars[0]]})
    left = trial.probe.get(trial.service_path("/permissions"), limit=500)
    records = [one.get("permission") for one in left.objects("permissions")]
    trial.open_to_all = not left.ok or any(one in stars for one in records)
    trial.findings.fact("whitelist records after their removal", number(len(records)), not records)


def try_ports(trial: Trial) -> Answer:
    """Replaces the ports by many, else by one; then tries others. Returns an answer that shows new ports."""
    first = trial.port + 5
    sent = [(port, port) for port in range(first, first + MANY)]
    last = many = put_ports(trial, *sent)
    if not many.ok:
        sent = sent[:1]
        last = put_ports(trial, *sent)
    if last.ok:
        trial.note("mappings", "more than 50" if many.ok else "50" if many.refused else None, many.form)
    replaced = "replaces the list" if len(last.objects("ports")) == len(sent) else None
    trial.note("ports-update", refusable(last, replaced), last.form)
    if not last.ok:  # then a refusal of others shows nothing about them
        for name in ("mappings", "udp", "same-server-port"):
            trial.findings.skip(name, last.form)
        return last
    udp = put_ports(trial, (first, first), protocol="UDP")
    trial.note("udp", refusable(udp, "allowed"), udp.form)
    same = put_ports(trial, (first, first), (first + 1, first))
    trial.note("same-server-port", refusable(same, "allowed"), same.form)
    return last


def put_ports(trial: Trial, *ports: tuple[int, int], protocol: str = "TCP") -> Answer:
    """Replaces the ports. ports: client port and server port of each mapping."""
    body = [{"client_port": client, "server_port": server, "protocol": protocol} for client, server in ports]
    return trial.probe.put(trial.service_path(), {"approval_enabled": True, "ports": body})


def try_policy(trial: Trial) -> None:
    """Switches enable_policy on, where services have it."""
    if trial.service.get("enable_policy") is None:
        trial.findings.skip("policy-update", word("services have no enable_policy"))
        return
    changed = trial.probe.put(trial.service_path(), {"approval_enabled": True, "enable_policy": True})
    value = "changed" if changed.get("enable_policy") is True else "ignored"
    trial.note("policy-update", refusable(changed, value), changed.form)
