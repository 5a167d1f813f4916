# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients of the network services (VPC, ECS, ELB, DNS) have in common.

The login is the same as for VPCEP. A caller without the right to list objects gets an empty list, not an error.
"""

from __future__ import annotations

from typing import Any

from .._auth.session import Service, Session
from .._core.types import Object, objects_in
from .._http.retry import Deadline, Kind

PAGE_SIZE = 2000  # as many as VPC and ELB list at once
PAGES = 100  # far more than a project has


class NetworkService:
    """Sends requests to one service and reads its lists.

    deadline: for all calls together; None: that of the session's requests. Every method raises what
    :meth:`Session.request` raises.
    """

    service: Service = "vpc"

    def __init__(self, session: Session, deadline: Deadline | None = None) -> None:
        self.session = session
        self.deadline = deadline

    def call(
        self, method: str, path: str, operation: str, *, kind: Kind = "read", version: str | None = "v1", **extra: Any
    ) -> Any:
        """Sends one request. version: None if the path carries no project (Neutron, ELB v2.0, DNS)."""
        return self.session.request(
            method,
            path,
            operation=operation,
            kind=kind,
            version=version,
            deadline=self.deadline,
            api=self.service,
            **extra,
        )

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
            known = {item.get("id") for item in found}
            news = [item for item in items if item.get("id") not in known]
            found += news
            if not news or self.is_last_page(answer, items, limit, len(found)) or not items[-1].get("id"):
                break
            page["marker"] = items[-1]["id"]
        return found

    def is_last_page(self, _answer: Any, items: list[Object], limit: int, _number: int) -> bool:
        """Whether no page follows. number: objects found so far."""
        return len(items) < limit
