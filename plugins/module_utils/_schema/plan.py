# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares an object with the desired values and plans the requests that change it. Pure functions.

All values are normalized (see normalize.py). Only fields that the user sets are compared. Values that the cloud does
not show are not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from .._core.errors import InputError
from .._core.types import Object
from .fields import CHANGE_PERMISSIONS, CHANGE_TAGS, MAX_TAGS, MAX_TAGS_PER_CALL, NEVER, ORG_PATH_PREFIX, UNKNOWN, Field
from .kinds import tag_list
from .normalize import observed


class Step(NamedTuple):
    """One request: an operation of the API and the request body."""

    operation: str
    body: Object


class Plan(NamedTuple):
    """The planned changes of an existing object."""

    before: Object  # the managed fields before
    after: Object  # the managed fields after the steps, or after a replacement
    steps: list[Step]
    conflicts: list[str]  # changed fields that the cloud cannot change in place
    unseen: list[str]  # fields that the user sets and the cloud does not show; they are not changed


def comparable(table: Mapping[str, Field], answer: Object, names: Iterable[str]) -> list[str]:
    """Those of *names* that an object of this type has, and that the cloud shows in the status of the object."""
    return [
        name
        for name in names
        if table[name].is_of(answer.get("service_type"))
        if not (table[name].once_accepted and answer.get("status") != "accepted")
    ]


def observe(table: Mapping[str, Field], answer: Object, names: Iterable[str]) -> Object:
    """The normalized values (or ``UNKNOWN``) of the fields *names* in *answer*, an object of the API."""
    return {name: observed(name, table[name], answer) for name in names}


def plan(
    table: Mapping[str, Field],
    cloud: str,
    current: Object,
    desired: Object,
    purge_tags: bool = True,
    purge_permissions: bool = True,
) -> Plan:
    """The steps from *current* to *desired*: update, then tags, then permissions.

    *current* has a value for each name of *desired*, and for the fields that an update would reset.
    ``permissions`` is allowed although it is not a field of the create request.
    Raises :class:`InputError` for a combination that the API refuses.
    """
    unseen = [name for name in desired if current.get(name, UNKNOWN) is UNKNOWN]
    before = {name: current[name] for name in desired if name not in unseen}
    after = {name: _merged(name, before[name], desired[name], purge_tags, purge_permissions) for name in before}
    changed = [name for name in before if before[name] != after[name]]
    conflicts = [name for name in changed if name in table and table[name].changed_by.get(cloud) is NEVER]
    if conflicts:  # do not plan steps: they may raise, although the object can be replaced
        return Plan(before, after, [], conflicts, unseen)
    steps = _updates(table, cloud, {**current, **after}, changed)
    if "tags" in changed:
        check_tag_count(before["tags"], after["tags"])
        gone = sorted(key for key in before["tags"] if key not in after["tags"])
        new = {key: value for key, value in after["tags"].items() if before["tags"].get(key) != value}
        steps += tag_calls(cloud, gone, new)
    if "permissions" in changed:
        steps += permission_steps(before["permissions"], after["permissions"])
    return Plan(before, after, steps, [], unseen)


def _merged(name: str, before: Any, wanted: Any, purge_tags: bool, purge_permissions: bool) -> Any:
    if name == "tags" and not purge_tags:
        return {**before, **wanted}
    if name == "permissions" and not purge_permissions:
        return sorted(set(before) | set(wanted))
    return wanted


def _updates(table: Mapping[str, Field], cloud: str, after: Object, changed: list[str]) -> list[Step]:
    """One step for each operation, with the changed fields and those that the operation would reset."""
    bodies: dict[str, Object] = {}
    for name in changed:
        operation = table[name].changed_by.get(cloud) if name in table else None
        if operation and operation != CHANGE_TAGS:
            bodies.setdefault(operation, {})[name] = after[name]
    for operation, body in bodies.items():
        for name, field in table.items():
            if field.always_sent_by == operation and after.get(name, UNKNOWN) is not UNKNOWN:
                body[name] = after[name]
        if "port_id" in body and "ip" in body:
            raise InputError(
                "port_id and ip cannot be changed at the same time: change one of them, then the other (EndPoint.3052)."
            )
    return [Step(operation, body) for operation, body in bodies.items()]


def check_tag_count(before: dict[str, str], after: dict[str, str]) -> None:
    """Raises InputError for more tags than an object can have."""
    if len(after) > MAX_TAGS:
        raise InputError(
            f"tags: with the {len(before)} existing ones these would be {len(after)}; the limit is {MAX_TAGS} "
            "per resource. Remove some, or set purge_tags to true."
        )


def tag_calls(cloud: str, gone: list[str], new: dict[str, str]) -> list[Step]:
    """The requests that delete the tags *gone*, first because of the limit on their number, and set the tags *new*."""
    size = MAX_TAGS_PER_CALL[cloud]
    return [
        Step(CHANGE_TAGS, {"action": action, "tags": tags[start:][:size]})
        for action, tags in (("delete", [{"key": key} for key in gone]), ("create", tag_list(new)))
        for start in range(0, len(tags), size)
    ]


def permission_steps(before: list[str], after: list[str]) -> list[Step]:
    """Additions come first, so that an account keeps its access when ``*`` is replaced by a list of accounts."""
    return [
        Step(CHANGE_PERMISSIONS, {"action": action, "permissions": records, **kind})
        for action, changed in (("add", set(after) - set(before)), ("remove", set(before) - set(after)))
        for kind, records in (
            ({}, sorted(record for record in changed if not record.startswith(ORG_PATH_PREFIX))),
            ({"permission_type": "orgPath"}, sorted(r for r in changed if r.startswith(ORG_PATH_PREFIX))),
        )
        if records
    ]


def create_body(table: Mapping[str, Field], desired: Object) -> Object:
    body = {name: value for name, value in desired.items() if name in table}
    if "tags" in body:
        body["tags"] = tag_list(body["tags"])
    return {name: value for name, value in body.items() if value or name not in ("tags", "policy_document")}
