# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing tags, also in a cloud that does not overwrite the value of an existing key.

That values are overwritten is inferred, not documented. API: Batch Adding or Deleting Resource Tags.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.errors import ApiError
from .._core.types import Object
from .._schema.plan import Plan, Step, observe, tag_calls

if TYPE_CHECKING:
    from .reconciler import Reconciler

KEY_EXISTS = ("3067", "3069")  # a key twice, too many tags: refusals of a cloud that does not overwrite


def change_tags(one: Reconciler, object_id: str, body: Object) -> None:
    """Sends one call about tags. What the cloud does not overwrite is deleted and created. Raises ApiError."""
    try:
        one.api.change_tags(one.tag_kind, object_id, body)
    except ApiError as error:
        if body["action"] != "create" or not error.is_code(*KEY_EXISTS):
            raise
        keys = [{"key": tag["key"]} for tag in body["tags"]]
        one.api.change_tags(one.tag_kind, object_id, {"action": "delete", "tags": keys})
        one.api.change_tags(one.tag_kind, object_id, body)


def stubborn_tags(one: Reconciler, changed: Object, plan: Plan) -> list[Step]:
    """The calls for those changed tags that the object still shows with their old values."""
    before, after = plan.before.get("tags", {}), plan.after.get("tags", {})
    if before == after:
        return []
    now = observe(one.table, changed, ["tags"])["tags"]
    left = {key: text for key, text in after.items() if now.get(key) == before.get(key) != text and key in before}
    return tag_calls(one.runtime.cloud, sorted(left), left)
