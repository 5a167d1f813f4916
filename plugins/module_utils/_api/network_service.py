# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients of the network services (VPC, ECS, ELB, DNS) have in common.

The login is the same as for VPCEP. A caller without the right to list objects gets an empty list, not an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .._auth.session import Service, Session
from .._core.errors import ApiError
from .._core.types import Object, objects_in
from .._http.retry import Deadline, Kind

PAGE_SIZE = 2000  # as many as VPC and ELB list at once
PAGES = 100  # far more than a project has
NOT_PUBLISHED = "APIGW.0101"  # the gateway's code, with 404, for an operation that a region does not have

T = TypeVar("T")
LACKING: set[tuple[str, str, str]] = set()
"""The operations that this process found to be missing, each with the address of VPCEP and the project."""


def is_not_published(error: ApiError) -> bool:
    """Whether the region lacks an operation, rather than the object that was asked for."""
    return error.status == 404 and (error.code or "").upper() == NOT_PUBLISHED


class NetworkService:
    """Sends requests to one service and reads its lists.

    deadline: for all calls together; seconds: for one call, if there is no deadline; None: as long as the session's
    requests. Every method raises what :meth:`Session.request` raises.
    """

    service: Service = "vpc"

    def __init__(self, session: Session, deadline: Deadline | None = None, seconds: float | None = None) -> None:
        self.session = session
        self.deadline = deadline
        self.seconds = seconds

    def call(
        self, method: str, path: str, operation: str, *, kind: Kind = "read", version: str | None = "v1", **extra: Any
    ) -> Any:
        """Sends one request. version: None if the path carries no project (Neutron, ELB v2.0, DNS)."""
        deadline = self.deadline or (Deadline(self.seconds) if self.seconds else None)
        return self.session.request(
            method,
            path,
            operation=operation,
            kind=kind,
            version=version,
            deadline=deadline,
            api=self.service,
            **extra,
        )

    def or_else(
        self,
        operation: str,
        first: Callable[[], T],
        second: Callable[[], T],
        is_lacking: Callable[[ApiError], bool] = is_not_published,
    ) -> T:
        """What *first* returns; *second* where that operation is lacking, which a process finds out once."""
        key = (self.session.api_url, self.session.project_id, operation)
        if key not in LACKING:
            try:
                return first()
            except ApiError as error:
                if not is_lacking(error):
                    raise
                LACKING.add(key)
        return second()

    def all_pages(
        self, path: str, operation: str, member: str, filters: Object, *, limit: int = PAGE_SIZE, **extra: Any
    ) -> list[Object]:
        """Lists objects by marker, which is the last object's ID.

        A list ends with a page that is not full: v1 lists have no link to the next one, and v3 lists do not need it.
        """
        found: list[Object] = []
        page: Object = {"limit": limit}
        for _unused in range(PAGES):
            answer = self.call("GET", path, operation, params={**filters, **page}, **extra)
            items = objects_in(answer, member)
            known = {str(item.get("id")) for item in found}
            news = [item for item in items if str(item.get("id")) not in known]
            found += news
            if not news or self.is_last_page(answer, items, limit, len(found)) or not items[-1].get("id"):
                break
            page["marker"] = items[-1]["id"]
        return found

    def is_last_page(self, _answer: Any, items: list[Object], limit: int, _number: int) -> bool:
        """Whether no page follows. number: objects found so far."""
        return len(items) < limit
