# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting an object in a passing status: the clouds do not document when they accept that.

OTC deletes endpoints that are being created, other installations answer EndPoint.2019; for services no document says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.errors import ApiError, NotFound
from .._core.types import Object
from .waiting import Available, Flow, read_or_none

if TYPE_CHECKING:
    from .reconciler import Reconciler

REFUSALS = (400, 409, 412, 423)  # HTTP statuses that an object in the wrong status gets


def send_until_taken(one: Reconciler, found: Object) -> Flow[None]:
    """Sends the deletion. Refused in a passing status, it is sent again when that is over. Raises VpcepError."""
    was_passing = not rest(one, found).over(found)
    while True:
        try:
            one.send_delete(found)
            return
        except NotFound:
            return
        except ApiError as error:
            is_settled = not is_passing(one, found)
            if error.status not in REFUSALS or (is_settled and not was_passing):
                raise
            was_passing = not is_settled  # it may have ended between the refusal and the look
        yield rest(one, found)


def is_passing(one: Reconciler, found: Object) -> bool:
    """Whether the object is in a status that ends by itself, or gone."""
    wait = rest(one, found)
    seen = read_or_none(wait.read)
    return seen is None or not wait.over(seen)


def rest(one: Reconciler, found: Object) -> Available:
    """The wait for a status in which the object can be deleted."""
    return Available(one.noun, found["id"], lambda: one.get(found["id"]), type(one).settled)
