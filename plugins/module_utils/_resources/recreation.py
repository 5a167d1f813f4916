# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces an object: the settings that the new object keeps, and the checks before the deletion."""

from __future__ import annotations

import json
from collections.abc import Mapping

from .._core.errors import InputError, NotFound, VpcepError
from .._core.types import Object
from .._schema.fields import TAG_RESERVED_PREFIX, Field, fields_of
from .._schema.plan import check_tag_count
from .effect import asks_for_nothing, check_new
from .resource import Resource
from .waiting import Flow


def replace(one: Resource, current: Object, reason: VpcepError) -> Flow[Object]:
    """Deletes the object and creates it again if ``recreate`` is true, otherwise raises *reason*.

    Before the deletion, GETs check whether the creation is possible.
    """
    if not one.options.get("recreate"):
        raise reason
    one.replaced = [current["id"]]
    before, kept = prepare(one, current)
    one.before_removal(current)
    if not one.runtime.check_mode:
        yield from one.delete(current)
    one.options = {**one.options, "id": None}  # the new object has another ID
    wanted = one.by_option(one.desired)
    try:
        report = yield from one.create([])
    except VpcepError as error:
        if not one.runtime.check_mode:
            error.done = after_deletion(one, current, wanted)
        raise
    report["action"] = "replace"
    report["diff"] = {"before": one.by_option(before), "after": one.by_option({**kept, **one.managed()})}
    return one.with_deletion(report, current) if one.runtime.check_mode else report


def after_deletion(one: Resource, current: Object, wanted: Object) -> str:
    """The message after a failed creation, with all values: a rerun does not know those of the deleted object."""
    values = json.dumps({name: value for name, value in wanted.items() if value is not None}, sort_keys=True)
    return (
        f"The old {one.noun} {current['id']} is deleted, and a rerun does not know its settings. After you have "
        f"corrected the cause, run the task again with these values of the new one: {values}"
    )


def prepare(one: Resource, current: Object) -> tuple[Object, Object]:
    """Adds the kept settings to the desired values, and checks the creation. Sends only GETs.

    Returns the old object's values and the kept ones, for the diff. Raises VpcepError.
    """
    current = details(one, current)
    old = one.old_values(current)
    lost = [one.option(name) for name in one.hidden(current) if name not in one.desired]
    if lost:
        raise InputError(
            f"{one.noun.capitalize()} {current['id']} was not replaced: in status {current.get('status')} the cloud "
            f"does not show these settings, which would be lost: {', '.join(lost)}. Set them, or run the task again "
            "later."
        )
    kept = take_over(one, current, old)
    more = one.take_over_more(current)
    what = f"{one.noun} {current['id']}"
    missing = one.missing()
    if missing:
        raise InputError(
            f"To replace {what} these options are missing: {', '.join(missing)}. The old values do not fit, or "
            "the cloud does not show it. Nothing was deleted."
        )
    check_tag_count(old.get("tags", {}), one.desired.get("tags", {}))
    check_new(one)
    found = one.creation_obstacles() or left_behind(one, current)
    if found:
        raise VpcepError(
            f"{what[0].upper()}{what[1:]} was not deleted, since it could not be created again. {' '.join(found)}"
        )
    return {**old, **more}, kept


def left_behind(one: Resource, current: Object) -> list[str]:
    """Settings that belong to the VPC of the old object. Needs no GETs, which the user may not be allowed to send."""
    old, new = current.get("vpc_id"), one.desired.get("vpc_id")
    if not old or old == new:
        return []
    placed = [name for name in ("subnet_id", "port_id", "routetables") if name in one.desired and current.get(name)]
    return [
        f"{one.option(name)}: {' and '.join(sorted(both))} belongs to VPC {old}, not to {new}."
        for name in placed
        if (both := as_set(one.desired[name]) & as_set(current[name]))
    ]


def as_set(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else {str(value)}


def resume(one: Resource, leaving: Object) -> None:
    """Keeps the settings of an object in status ``deleting``: an earlier run of the task was interrupted."""
    try:
        leaving = details(one, leaving)
        take_over(one, leaving, one.old_values(leaving))
        one.take_over_more(leaving)
    except VpcepError as error:
        one.runtime.warn(f"Not all of {one.noun} {leaving['id']}, which is being deleted, could be read: {error}")


def details(one: Resource, current: Object) -> Object:
    """The object with all members; entries of a list may lack some."""
    try:
        return {**current, **one.get(current["id"])}
    except NotFound:
        return current


def take_over(one: Resource, current: Object, old: Object) -> Object:
    """Adds settings of the old object to the desired values, and returns them."""
    new_type = one.new_type(current)
    fitting = of_type(one, new_type)
    had = of_type(one, current.get("service_type"))
    unseen = [one.option(name) for name in fitting if name in had and name not in old and name not in one.desired]
    if unseen:
        one.runtime.warn(
            f"The cloud does not show these settings of the {one.noun} that is replaced, so the new one does not keep "
            f"them. Set those that you need: {', '.join(unseen)}."
        )
    dropped = [
        one.option(name)
        for name, value in old.items()
        if name not in fitting and not asks_for_nothing(one.table[name], value)
    ]
    if dropped:
        one.runtime.warn(
            f"The new {one.noun} has the type {new_type} and does not have these settings and restrictions of the old "
            f"one: {', '.join(sorted(dropped))}."
        )
    old = {name: value for name, value in old.items() if name in fitting}
    kept = inherited(one.table, old, one.desired, one.options.get("purge_tags") is not False)
    one.desired = {**to_be_sent(one.table, kept), **one.desired}
    if "tags" in kept:
        one.desired["tags"] = kept["tags"]
    return kept


def of_type(one: Resource, service_type: str | None) -> dict[str, Field]:
    """The fields of objects of *service_type* in this cloud; all fields if the type is not known."""
    return {
        name: field
        for name, field in fields_of(one.table, one.runtime.cloud).items()
        if service_type is None or field.service_type in (None, service_type)
    }


def inherited(table: Mapping[str, Field], old: Object, desired: Object, purge_tags: bool) -> Object:
    """The values of *old*, the replaced object, that the new object keeps because *desired* does not set them.

    Values that depend on a changed value are left out, such as the subnet of another VPC. Without *purge_tags*,
    ``tags`` contains the tags of both.
    """
    found: Object = {}
    for name in sorted(old, key=lambda name: depth(table, name)):
        if name == "tags":
            own = {key: text for key, text in old[name].items() if not key.startswith(TAG_RESERVED_PREFIX)}
            if name not in desired or not purge_tags:
                found[name] = {**own, **desired.get(name, {})}
        elif name not in desired:
            same = [other for other in table[name].within if desired.get(other, found.get(other)) == old.get(other)]
            if len(same) == len(table[name].within):
                found[name] = old[name]
    return found


def depth(table: Mapping[str, Field], name: str) -> int:
    """The number of fields on which a field depends, in a chain. Those are processed first."""
    return max((1 + depth(table, other) for other in table[name].within), default=0)


def to_be_sent(table: Mapping[str, Field], values: Object) -> Object:
    """*values* without defaults of the cloud, because not every region knows every member."""
    return {
        name: value
        for name, value in values.items()
        if not asks_for_nothing(table[name], value) or (table[name].always_sent_by and table[name].default)
    }
