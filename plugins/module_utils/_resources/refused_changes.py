# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes that some clouds refuse at first: deletions in a transient status, new values of existing tags.

T Cloud Public deletes endpoints in status ``creating``, other installations answer EndPoint.2019. It is not documented
whether services can be deleted in this status, and whether the creation of a tag overwrites its value.
API: Batch Adding or Deleting Resource Tags.
"""

from __future__ import annotations

from .._core.errors import ApiError, NotFound
from .._core.types import Object
from .._schema.plan import Plan, Step, observe, tag_calls
from .resource import Resource
from .waiting import Available, Flow, read_or_none

REFUSALS = (400, 409, 412, 423)  # HTTP statuses of refusals because of the object's status
KEY_EXISTS = ("3067", "3069")  # a key twice, too many tags: the cloud does not overwrite values


def delete_when_possible(resource: Resource, found: Object) -> Flow[None]:
    """Sends the delete request, again after a refusal in a transient status. Raises VpcepError."""
    was_transient = not rest(resource, found).over(found)
    while True:
        try:
            resource.send_delete(found)
            return
        except NotFound:
            return
        except ApiError as error:
            is_settled = not is_transient(resource, found)
            if error.status not in REFUSALS or (is_settled and not was_transient):
                raise
            was_transient = not is_settled  # the status may have changed between the refusal and the GET
        yield rest(resource, found)


def is_transient(resource: Resource, found: Object) -> bool:
    wait = rest(resource, found)
    seen = read_or_none(wait.read)
    return seen is None or not wait.over(seen)


def rest(resource: Resource, found: Object) -> Available:
    """The wait for a status in which the object can be deleted."""
    return Available(resource.noun, found["id"], lambda: resource.get(found["id"]), type(resource).settled)


def change_tags(resource: Resource, object_id: str, body: Object) -> None:
    """Sends a change of tags. If the cloud does not overwrite values, deletes the tags first. Raises ApiError."""
    try:
        resource.api.change_tags(resource.tag_kind, object_id, body)
    except ApiError as error:
        if body["action"] != "create" or not error.is_code(*KEY_EXISTS):
            raise
        keys = [{"key": tag["key"]} for tag in body["tags"]]
        resource.api.change_tags(resource.tag_kind, object_id, {"action": "delete", "tags": keys})
        resource.api.change_tags(resource.tag_kind, object_id, body)


def unchanged_tags(resource: Resource, changed: Object, plan: Plan) -> list[Step]:
    """The requests for changed tags that the object still shows with their old values."""
    before, after = plan.before.get("tags", {}), plan.after.get("tags", {})
    if before == after:
        return []
    now = observe(resource.table, changed, ["tags"])["tags"]
    left = {key: text for key, text in after.items() if now.get(key) == before.get(key) != text and key in before}
    return tag_calls(resource.runtime.cloud, sorted(left), left)
