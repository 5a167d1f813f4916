# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base class of the clients of the network services (VPC, ECS, ELB, DNS).

The login is the same as for VPCEP. A caller without the right to list objects gets an empty list, not an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from .._auth.session import Service, Session
from .._core.errors import ApiError
from .._core.types import Object, object_in, objects_in
from .._http.retry import Deadline, Kind

PAGE_SIZE = 2000  # as many as VPC and ELB list at once
PAGES = 100  # far more than a project has
NOT_PUBLISHED = ("APIGW.0101", "APIG.0101")
"""The gateway's codes, new and old, with 404, for an operation that a region does not have."""
RIGHTS = {
    "get VPC": "vpc:vpcs:get",
    "list VPCs": "vpc:vpcs:list",
    "get subnet": "vpc:subnets:get",
    "list subnets": "vpc:subnets:get",
    "list route tables": "vpc:routeTables:list",
    "get port": "vpc:ports:get",
    "list ports": "vpc:ports:get",
    "list security group rules": "vpc:securityGroupRules:get",
    "add a rule": "vpc:securityGroupRules:create",
    "delete security group rule": "vpc:securityGroupRules:delete",
    "list security groups": "vpc:securityGroups:get",
    "get security group": "vpc:securityGroups:get",
    "list servers": "ecs:cloudServers:list",
    "get server": "ecs:cloudServers:showServer",
    "list load balancers": "elb:loadbalancers:list",
    "list listeners": "elb:listeners:list",
    "get IP address group": "elb:ipgroups:get",
    "list private zones": "dns:zone:list",
    "create private zone": "dns:zone:create",
    "associate private zone": "dns:zone:associaterouter",
    "list record sets": "dns:recordset:list",
    "create record set": "dns:recordset:create",
    "change record set": "dns:recordset:update",
    "delete record set": "dns:recordset:delete",
}
"""The action of a policy by how the operation begins. Those of network ACLs in v3 are not documented."""

T = TypeVar("T")
LACKING: set[tuple[str, str, str]] = set()
"""The operations that this process found to be missing, each with the address of VPCEP and the project."""


def is_not_published(error: ApiError) -> bool:
    """Whether the region lacks an operation, rather than the object that was asked for."""
    return error.status == 404 and (error.code or "").upper() in NOT_PUBLISHED


class NetworkService:
    """Sends requests to one service and reads its lists.

    deadline: for all calls together; seconds: for one call, if there is no deadline; None: as long as the session's
    requests. Every method raises what :meth:`Session.request` raises.
    """

    service: Service = "vpc"
    version: str | None = "v1"
    """None if the paths carry no project."""
    page_size = PAGE_SIZE

    def __init__(self, session: Session, deadline: Deadline | None = None, seconds: float | None = None) -> None:
        self.session = session
        self.deadline = deadline
        self.seconds = seconds

    def call(self, method: str, path: str, operation: str, *, kind: Kind = "read", **extra: Any) -> Any:
        """Sends one request. A refusal says which right is needed. extra: more arguments of Session.request."""
        deadline = self.deadline or (Deadline(self.seconds) if self.seconds else None)
        try:
            extra = {"version": self.version, **extra}
            return self.session.request(
                method, path, operation=operation, kind=kind, deadline=deadline, api=self.service, **extra
            )
        except ApiError as error:
            right = next((right for words, right in RIGHTS.items() if operation.startswith(words)), None)
            if error.status == 403 and right:
                error.operation += f" (right {right})"
            raise

    def or_else(
        self,
        operation: str,
        first: Callable[[], T],
        second: Callable[[], T],
        is_lacking: Callable[[ApiError], bool] = is_not_published,
    ) -> T:
        """What *first* returns; *second* where that operation is lacking, which a process finds out once."""
        if not self.lacks(operation):
            try:
                return first()
            except ApiError as error:
                if not is_lacking(error):
                    raise
                LACKING.add(self.key(operation))
        return second()

    def lacks(self, operation: str) -> bool:
        """Whether this process found out that the region lacks an operation."""
        return self.key(operation) in LACKING

    def key(self, operation: str) -> tuple[str, str, str]:
        return (self.session.api_url, self.session.project_id, operation)

    def one(self, path: str, operation: str, member: str, **extra: Any) -> Object:
        """Reads an object; {} if the answer has none."""
        return object_in(self.call("GET", path, operation, **extra), member)

    def all_pages(self, path: str, operation: str, member: str, filters: Object, **extra: Any) -> list[Object]:
        """Lists objects by marker, which is the last object's ID.

        A list ends with a page that is not full, unless that says that more follow: v1 lists have no link to the next
        page.
        """
        found: list[Object] = []
        page: Object = {"limit": self.page_size}
        markers: set[str] = set()
        for _unused in range(PAGES):
            answer = self.call("GET", path, operation, params={**filters, **page}, **extra)
            items = objects_in(answer, member)
            known = {str(item.get("id")) for item in found}
            found += [item for item in items if str(item.get("id")) not in known]
            is_full = len(items) >= self.page_size or has_more(answer, member, len(found))
            # Lists of v3 show the next marker.
            next_marker = object_in(answer, "page_info").get("next_marker")
            marker = next_marker or (items[-1].get("id") if items and is_full else None)
            if not marker or marker in markers:  # the same one again: the server does not heed it
                break
            markers.add(marker)
            page["marker"] = marker
        return found


def has_more(answer: Any, member: str, number: int) -> bool:
    """Whether more objects follow than the *number* found: Neutron has a link, DNS a total."""
    total = object_in(answer, "metadata").get("total_count")
    is_linked = any(link.get("rel") == "next" for link in objects_in(answer, f"{member}_links"))
    return is_linked or (isinstance(total, int) and number < total)
