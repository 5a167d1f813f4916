# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What creation.py needs of an object that it creates, with the defaults for a single object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .._core.errors import ApiError
from .._core.types import Object
from .waiting import Flow


class Creatable:
    """An object of one identity."""

    available: tuple[str, ...] = ()  # statuses in which it has been created
    # Refusals of a creation that may mean that another run just did it, and how long (seconds) to look for its object.
    conflict_codes: Mapping[str, float] = MappingProxyType({})

    def find(self) -> list[Object]:
        """All objects that the options may mean, in any status; one GET (a page of 1000)."""
        raise NotImplementedError

    def siblings(self, _listings: int) -> list[Object]:
        """All objects of the same identity, in any status, as a list shows them now; one GET.

        listings: an earlier number of listings. Of a fleet's, only a later one is as good as a list.
        """
        return self.find()

    def is_certain(self, _found: Object) -> bool:
        """Whether a match shows all of its identity."""
        return True

    def listings(self) -> int:
        """How many listings were shared with others up to now."""
        return 0

    def is_in_listing(self, _found: Object) -> bool:
        """Whether an object was seen in the latest shared listing."""
        return False

    def is_possible_now(self, _refusal: ApiError) -> bool:
        """Waits until a creation that was refused is possible. Returns whether it is."""
        return False

    def is_taken(self) -> bool:
        """Whether the last list shows that an object of another identity is why a creation was refused."""
        return False

    def shared_look(self, _object_id: str) -> Flow[None]:
        """Waits for a listing that is shared with others, where there are some."""
        yield from ()
