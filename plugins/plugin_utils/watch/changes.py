# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of a service's connections, and their events. Pure functions."""

from __future__ import annotations

import re
import typing as t
import uuid
from collections.abc import Iterator, Mapping

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import one_line
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema import fields
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import service_result

REQUESTED, REMOVED = "requested", "removed"
KINDS = {fields.PENDING: REQUESTED, fields.ACCEPTED: "accepted", fields.REJECTED: "rejected", fields.FAILED: "failed"}
"""Status of a connection -> kind of the event. Other statuses pass, such as creating."""
OF_SERVICE = ("id", "name", "service_name", "ports", "tags")
NAMESPACE = uuid.UUID("2f7d1c1e-6f0b-5b0e-9a53-0a6f3a6d6f23")


class Change(t.NamedTuple):
    """A connection (an object of the API, as it was seen last) that is now in another state.

    moment: differs from that of an earlier change of the same kind; empty for the first request.
    """

    kind: str
    connection: Object
    moment: str = ""


def find_changes(
    known: Mapping[str, Mapping[str, t.Any]], listed: list[Object], again: t.Collection[str]
) -> list[Change]:
    """The differences between the sent changes and the present list of a service.

    known: endpoint ID -> ``kind`` and ``moment`` of the last change, and the ``connection`` then; again: endpoints
    whose request is sent again.
    """
    alive = {one["id"]: one for one in listed if one["status"] != fields.DELETING}
    found = []
    for key, one in alive.items():
        kind, last = KINDS.get(one["status"]), known.get(key)
        if kind and (last is None or kind != last["kind"]):
            # Not the time of the first request: a description that is changed later may change it.
            found.append(Change(kind, one, "" if kind == REQUESTED and last is None else str(changed_at(one))))
        elif kind == REQUESTED and last and key in again:
            found.append(Change(kind, one, last["moment"]))
    gone = [dict(entry["connection"]) for key, entry in known.items() if key not in alive]
    return found + [Change(REMOVED, one, str(changed_at(one))) for one in gone]


def changed_at(connection: Object) -> t.Any:
    """The time of the last change, as the cloud shows it."""
    return connection.get("updated_at") or connection.get("created_at")


def event_of(change: Change, service: Object) -> Object:
    """The event for ansible-rulebook. Its UUID is the same if a change is sent again."""
    one = change.connection
    stable = str(uuid.uuid5(NAMESPACE, one_line("/".join([service["id"], one["id"], change.kind, change.moment]))))
    shown = service_result(service)
    event = {
        "kind": change.kind,
        "uuid": stable,
        "account": one.get("domain_id"),
        "since": one.get("created_at") if change.kind == REQUESTED else changed_at(one),
        "connection": one,
        "service": {name: shown[name] for name in OF_SERVICE if name in shown},
        "meta": {"uuid": stable},
    }
    return dict(harmless(event))


def harmless(value: t.Any) -> t.Any:
    """A copy whose texts are one printable line each, and no templates: playbooks get events as extra variables."""
    if isinstance(value, Mapping):
        return {harmless(str(name)): harmless(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [harmless(item) for item in value]
    return re.sub(r"\{(?=[{%#])", "{ ", one_line(value)) if isinstance(value, str) else value


def names_of(service: Object) -> Iterator[str]:
    """What the option ``services`` may call a service, IDs in small letters."""
    shown = service_result(service)
    yield from (str(shown[name]) for name in ("name", "service_name") if shown.get(name))
    yield service["id"].lower()
