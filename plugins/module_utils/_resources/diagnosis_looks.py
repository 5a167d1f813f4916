# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The GETs that explain the errors of one task. Their number and duration are limited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from .._api.network import NetworkApi, says_gone
from .._api.vpcep import VpcepApi
from .._auth.session import Session
from .._core.errors import ApiError, NotFound, VpcepError
from .._core.texts import listed, one_line
from .._core.types import Object
from .._http.retry import Deadline

LOOKS = 8  # maximum number of requests of all diagnoses of one task
DURATION = 15.0  # their maximum duration in seconds
SHOWN = 4  # maximum number of objects named in a message


class Looks:
    """The GETs that explain the errors of one task. Each is sent once, even if several errors need it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.credentials = session.credentials
        deadline = Deadline(DURATION)
        self.api = VpcepApi(session, deadline)
        self.network = NetworkApi(session, deadline)
        self.left = LOOKS
        self.seen: dict[Any, Any] = {}

    def explanation(self, find: Finder, options: Object, error: ApiError) -> str | None:
        """The explanation that *find* returns, as text; None if it has none."""
        # An error in a diagnosis must not hide the error that it explains.
        with suppress(Exception):
            found = find(self, options, error)
            if found:
                return one_line(self.session.client.scrub(found))
        return None

    def look(self, read: Callable[..., Any], **by: Any) -> Any:
        """The answer of a GET, None if the object does not exist. Raises VpcepError, also after LOOKS GETs."""
        key = (read.__name__, *sorted(by.items()))
        if key not in self.seen:
            if not self.left:
                raise VpcepError("all GETs of the diagnoses are used")
            self.left -= 1
            try:
                self.seen[key] = read(**by)
            except NotFound as error:
                if read.__self__ is self.network and not says_gone(error, *by.values()):  # type: ignore[attr-defined]
                    raise
                self.seen[key] = None
        return self.seen[key]

    def subnets(self) -> list[Object]:
        """Raises VpcepError for an empty list, which a user without the right gets, too."""
        found = self.look(self.network.list_subnets)
        if not found:
            raise VpcepError("no subnet is visible")
        return list(found)

    def subnets_of(self, vpc_id: Any) -> str:
        return f"VPC {vpc_id} has {named(one for one in self.subnets() if same(one.get('vpc_id'), vpc_id))}"


Finder = Callable[[Looks, Object, ApiError], "str | None"]


def place_of(session: Session) -> str:
    _project_id, name = session.own_project
    project_id = session.project_id
    project = f"{name} ({project_id})" if name else project_id
    return f"project {project} in region {session.region or 'of ' + session.api_url}"


def same(one: Any, other: Any) -> bool:
    """Whether two IDs are equal, without regard to case."""
    return bool(one) and bool(other) and str(one).lower() == str(other).lower()


def named(objects: Iterable[Object], with_id: bool = True, noun: str = "subnet") -> str:
    """The names and IDs of at most SHOWN objects, for messages."""
    texts = [f"{one.get('name')} ({one['id']})" if with_id else str(one.get("name")) for one in objects]
    return f"{noun}{'s' * (len(texts) != 1)} {listed(texts, SHOWN)}" if texts else f"no {noun}"
