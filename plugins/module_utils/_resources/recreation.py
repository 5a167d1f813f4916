"""Replaces an object: the settings that the new object keeps, and the checks before the deletion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import copy

from .._core.errors import ApiError, InputError, NotFound, VpcepError
from .._core.types import Object
from .._schema.fields import TAG_RESERVED_PREFIX, Field, fields_of
from .._schema.plan import check_tag_count
from .effect import asks_for_nothing, check_new
from .resource import Resource
from .waiting import Flow


def replace(resource: Resource, current: Object, reason: VpcepError) -> Flow[Object]:
    """Deletes the object and creates it again if ``recreate`` is true, otherwise raises *reason*.

    Before the deletion, GETs check whether the creation is possible.
    """
    if not resource.options.get("recreate"):
        raise reason
    resource.replaced = [current["id"]]
    before, kept = prepare(resource, current)
    resource.before_removal(current)
    was = ""
    try:
        if not resource.runtime.check_mode:
            yield from resource.delete(current)
            was = "was deleted before"
        resource.options = {**resource.options, "id": None}  # the new object has another ID
        report = yield from resource.create([])
    except VpcepError as error:
        is_unanswered = isinstance(error, ApiError) and (error.status or 500) >= 500
        if resource.runtime.check_mode or not (was or error.done or is_unanswered):
            raise
        wanted = resource.by_option(resource.managed())
        values = json.dumps({name: value for name, value in wanted.items() if value is not None}, sort_keys=True)
        told = copy(error)  # endpoints of a bulk task may share it
        told.done = (
            f"The old {resource.noun} {current['id']} {was or 'may have been deleted'}. A rerun does not know its "
            f"settings: correct the cause, and run the task again with these values of the new one: {values}"
        )
        raise told from error
    report["action"] = "replace"
    report["diff"] = {"before": resource.by_option(before), "after": resource.by_option({**kept, **resource.managed()})}
    return resource.with_deletion(report, current) if resource.runtime.check_mode else report


def prepare(resource: Resource, current: Object) -> tuple[Object, Object]:
    """Adds the kept settings to the desired values, and checks the creation. Sends only GETs.

    Returns the old object's values and the kept ones, for the diff. Raises VpcepError.
    """
    current = details(resource, current)
    old = resource.old_values(current)
    lost = [resource.option(name) for name in resource.hidden(current) if name not in resource.desired]
    if lost:
        raise InputError(
            f"{resource.noun.capitalize()} {current['id']} was not replaced: in status {current.get('status')} the "
            f"cloud does not show these settings, which would be lost: {', '.join(lost)}. Set them, or run the task "
            "again later."
        )
    kept = take_over(resource, current, old)
    more = resource.take_over_more(current)
    missing = resource.missing()
    if missing:
        raise InputError(
            f"To replace {resource.noun} {current['id']} these options are missing: {', '.join(missing)}. The old "
            "values are not valid any more, or the cloud does not show them. Nothing was deleted."
        )
    check_tag_count(old.get("tags", {}), resource.desired.get("tags", {}))
    check_new(resource)
    found = resource.creation_obstacles() or left_behind(resource, current)
    if found:
        what = f"{resource.noun.capitalize()} {current['id']}"
        raise VpcepError(f"{what} was not deleted, since it could not be created again. {' '.join(found)}")
    return {**old, **more}, kept


def left_behind(resource: Resource, current: Object) -> list[str]:
    """Settings that belong to the VPC of the old object. Needs no GETs, which the user may not be allowed to send."""
    old, new = current.get("vpc_id"), resource.desired.get("vpc_id")
    if not old or old == new:
        return []
    return [
        f"{resource.option(name)}: {' and '.join(sorted(both))} belongs to VPC {old}, not to {new}."
        for name in ("subnet_id", "port_id", "routetables")
        if name in resource.desired and current.get(name)
        if (both := as_set(resource.desired[name]) & as_set(current[name]))
    ]


def as_set(value: object) -> set[str]:
    return set(value) if isinstance(value, list) else {str(value)}


def resume(resource: Resource, leaving: Object) -> None:
    """Keeps the settings of an object in status ``deleting``: an earlier run of the task was interrupted."""
    try:
        leaving = details(resource, leaving)
        take_over(resource, leaving, resource.old_values(leaving))
        resource.take_over_more(leaving)
    except VpcepError as error:
        resource.runtime.warn(
            f"Not all of {resource.noun} {leaving['id']}, which is being deleted, could be read: {error}"
        )


def details(resource: Resource, current: Object) -> Object:
    try:
        return {**current, **resource.get(current["id"])}
    except NotFound:
        return current


def take_over(resource: Resource, current: Object, old: Object) -> Object:
    """Adds settings of the old object to the desired values, and returns them."""
    new_type = resource.new_type(current)
    fitting = fields_of(resource.table, resource.runtime.cloud, new_type)
    had = fields_of(resource.table, resource.runtime.cloud, current.get("service_type"))
    unseen = [resource.option(name) for name in fitting if name in had and name not in {**old, **resource.desired}]
    if unseen:
        resource.runtime.warn(
            f"The cloud does not show these settings of the {resource.noun} that is replaced, so the new one does not "
            f"keep them. Set those that you need: {', '.join(unseen)}."
        )
    dropped = [
        resource.option(name)
        for name, value in old.items()
        if name not in fitting and not asks_for_nothing(resource.table[name], value)
    ]
    if dropped:
        resource.runtime.warn(
            f"The new {resource.noun} has the type {new_type}, without these settings of the old one. What they "
            f"limited is no longer limited: {', '.join(sorted(dropped))}."
        )
    old = {name: value for name, value in old.items() if name in fitting}
    kept = inherited(resource.table, old, resource.desired, resource.options.get("purge_tags") is not False)
    resource.desired = {**to_be_sent(resource.table, kept), **resource.desired}
    if "tags" in kept:
        resource.desired["tags"] = kept["tags"]
    return kept


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
