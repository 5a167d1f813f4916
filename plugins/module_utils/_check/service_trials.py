# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check tries with its service: name, tags, whitelist records and ports."""

from __future__ import annotations

import secrets
from typing import Any

from .._api.vpcep import SERVICE_KIND
from .._core.types import Object
from .._schema.fields import PERMISSION_PREFIX, SERVICE
from .._schema.normalize import UnusableAnswer, observed
from .forms import Form, number, shape, word
from .leftovers import TAG, service_name
from .network_reading import type_word
from .probe import Answer
from .reading import refusable
from .report import EARLIER
from .trial import Trial

OLD_TAG = {"key": "check-a", "value": "1"}  # of a new service
LONG_TAG = {"key": "check.of:the=cloud." + "x" * 24, "value": "a.b:c=d"}
TOO_LONG = ("3068", "3072", "3073")  # characters, length of the key, length of the value
MANY = 51  # port mappings


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
        shown = trial.probe.get(trial.service_url)
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
    path = f"{SERVICE_KIND}/{trial.service['id']}/tags/action"
    return trial.probe.post(path, {"action": action, "tags": list(tags)})


def try_permissions(trial: Trial) -> None:
    """Adds a record of an account that does not exist, and for a moment one for all; endpoints need acceptance."""
    path = f"{trial.service_url}/permissions"
    record = PERMISSION_PREFIX + secrets.token_hex(16)
    first = trial.probe.post(f"{path}/action", {"action": "add", "permissions": [record]})
    trial.open_to_all = True
    star = trial.probe.post(f"{path}/action", {"action": "add", "permissions": ["*"]})
    trial.note("permission-star", refusable(star, "allowed"), star.form)
    if star.ok and first.ok:
        listed = star.get("permissions")
        count = len(listed) if isinstance(listed, list) else 0
        readings = {1: "the added records", 2: "all records"}
        trial.note("permission-answer", readings.get(count), star.form)
    trial.findings.skip("permission-answer", EARLIER)
    stars = ["*", f"{PERMISSION_PREFIX}*"]
    trial.probe.post(f"{path}/action", {"action": "remove", "permissions": [record, stars[0]]})
    left = trial.probe.get(path, limit=500)
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
    return trial.probe.put(trial.service_url, {"approval_enabled": True, "ports": body})


def try_policy(trial: Trial) -> None:
    """Switches enable_policy on, where services have it."""
    if trial.service.get("enable_policy") is None:
        trial.findings.skip("policy-update", word("services have no enable_policy"))
        return
    changed = trial.probe.put(trial.service_url, {"approval_enabled": True, "enable_policy": True})
    value = "changed" if changed.get("enable_policy") is True else "ignored"
    trial.note("policy-update", refusable(changed, value), changed.form)
