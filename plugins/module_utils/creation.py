# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating exactly one object, whatever becomes of the request, and whoever else is about to do the same."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from . import planning
from .errors import ApiError, OutcomeUnknown
from .identity_lock import identity_lock
from .waiting import intervals

if TYPE_CHECKING:
    from .reconciler import Reconciler

Object = dict[str, Any]
READ_BACKS = 4  # looks for an object whose creation was not answered, before it is created again
CREATE_TRIES = 3
# Where an object comes from that a creation ended with.
NEW, UNANSWERED, SOMEBODY_ELSES = "new", "created without an answer", "created by somebody else"


def create_one(one: Reconciler, looked_at: float) -> tuple[Object, str]:
    """Creates the object, unless another process of this machine did so since it was looked for (*looked_at*)."""
    with identity_lock(lock_folder(one), lock_identity(one), one.runtime.deadline) as lock:
        existing = one.only_one(one.find()) if lock.created_since(looked_at) else None
        if existing is not None:
            return existing, SOMEBODY_ELSES
        lock.note_creation()  # before, too: whoever is killed in between leaves word of what may be there
        created = create_once(one, planning.create_body(one.table, one.desired))
        lock.note_creation()
        return created


def create_once(one: Reconciler, body: Object) -> tuple[Object, str]:
    """Sends the create request until exactly one object is there. Returns it, and where it comes from."""
    for attempt in range(1, CREATE_TRIES + 1):
        try:
            created = one.send_create(body)
        except OutcomeUnknown:
            found = read_back(one)
            if found is not None:
                return found, UNANSWERED
            if attempt == CREATE_TRIES or one.runtime.deadline.left() <= 0:
                raise
        except ApiError as error:
            found = one.only_one(one.find()) if error.is_code(*one.conflict_codes) else None
            if found is None:
                raise
            return found, SOMEBODY_ELSES
        else:
            return (created, NEW) if attempt == 1 else keep_oldest(one, created)
    raise AssertionError("unreachable: the last try returns or raises")


def read_back(one: Reconciler) -> Object | None:
    """Looks for an object whose creation was not answered; it may show up a moment later."""
    pauses = intervals()
    for _look in range(READ_BACKS):
        found = one.only_one(one.find())
        if found is not None:
            return found
        one.runtime.sleep(min(next(pauses), max(one.runtime.deadline.left(), 0)))
    return None


def keep_oldest(one: Reconciler, created: Object) -> tuple[Object, str]:
    """After a repeated creation: if the first one had arrived after all, takes the second one back."""
    others = [found for found in one.alive(one.find()) if found["id"] != created["id"]]
    if not others:
        return created, NEW
    one.send_delete(created)
    one.only_one(others)  # raises if there are several
    return others[0], UNANSWERED


def lock_identity(one: Reconciler) -> tuple[Any, ...]:
    """The identity, and where: the same IDs in another cloud are other objects."""
    return (one.runtime.connection.api_url, one.runtime.connection.project_id, one.noun, *one.identity())


def lock_folder(one: Reconciler) -> str | None:
    """Where this machine's locks are: beside the tokens of the same user."""
    folder: str | None = one.runtime.connection.credentials.token_cache_dir
    return os.path.join(folder, "locks") if folder else None
