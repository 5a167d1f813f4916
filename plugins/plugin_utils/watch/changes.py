# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has changed at a service, and the events that tell it. Pure functions."""

from __future__ import annotations

import re
import typing as t
import uuid
from collections.abc import Iterator, Mapping

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.texts import one_line
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.results import service_result
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ACCEPTED,
    DELETING,
    FAILED,
    PENDING,
    REJECTED,
)

REQUESTED, REMOVED = "requested", "removed"
KINDS = {PENDING: REQUESTED, ACCEPTED: "accepted", REJECTED: "rejected", FAILED: "failed"}
"""Status of a connection -> kind of the event. Other statuses pass, such as creating."""
OF_SERVICE = ("id", "name", "service_name", "ports", "tags")
NAMESPACE = uuid.UUID("2f7d1c1e-6f0b-5b0e-9a53-0a6f3a6d6f23")


class Change(t.NamedTuple):
    """A connection (an object of the API, as it was seen last) that is now in another state."""

    kind: str
    connection: Object


def find_changes(
    known: Mapping[str, Mapping[str, t.Any]], listed: list[Object], again: t.Collection[str]
) -> list[Change]:
    """The differences between what was handed over and what the service lists now.

    known: by the endpoint's ID, with the ``kind`` of the last event and the ``connection`` in it; again: endpoints of
    which a request is told again.
    """
    alive = {one["id"]: one for one in listed if one["status"] != DELETING}
    found = []
    for key, one in alive.items():
        kind = KINDS.get(one["status"])
        if kind and (kind != known.get(key, {}).get("kind") or (kind == REQUESTED and key in again)):
            found.append(Change(kind, one))
    return found + [Change(REMOVED, dict(entry["connection"])) for key, entry in known.items() if key not in alive]


def event_of(change: Change, service: Object) -> Object:
    """The event for ansible-rulebook. Its UUID is the same whenever the same change is told again."""
    one = change.connection
    moment = one.get("updated_at") or one.get("created_at")
    # A request has happened once; the time of the others tells a second rejection from the first one.
    parts = [service["id"], one["id"], change.kind, "" if change.kind == REQUESTED else str(moment)]
    stable = str(uuid.uuid5(NAMESPACE, "/".join(map(str, parts))))
    shown = service_result(service)
    return t.cast(
        Object,
        harmless(
            {
                "kind": change.kind,
                "uuid": stable,
                "account": one.get("domain_id"),
                "since": one.get("created_at") if change.kind == REQUESTED else moment,
                "connection": one,
                "service": {name: shown[name] for name in OF_SERVICE if name in shown},
                "meta": {"uuid": stable},
            }
        ),
    )


def harmless(value: t.Any) -> t.Any:
    """A copy whose texts are one printable line each, and no templates: playbooks get events as extra variables."""
    if isinstance(value, Mapping):
        return {harmless(str(name)): harmless(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [harmless(item) for item in value]
    return re.sub(r"\{(?=[{%#])", "{ ", one_line(value)) if isinstance(value, str) else value


def names_of(service: Object) -> Iterator[str]:
    """What the option ``services`` may call a service."""
    shown = service_result(service)
    yield from (str(shown[name]) for name in ("id", "name", "service_name") if shown.get(name))
