# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few reading calls of the network service (VPC v1, Neutron v2.0) that a preflight and a diagnosis need.

The login is the same as for our service.
"""

from __future__ import annotations

import re
from typing import Any

from .._auth.session import Session
from .._core.errors import ApiError
from .._core.types import Object, objects_in
from .._http.retry import Deadline

PATIENCE = 10.0  # seconds for one call: missing information is better than a long wait
PAGE_SIZE = 2000  # as many as the service lists at once


class NetworkApi:
    """Reads VPCs, subnets, route tables and ports.

    deadline: for all calls together. Every method raises what :meth:`Session.request` raises.
    """

    def __init__(self, session: Session, deadline: Deadline | None = None) -> None:
        self.session = session
        self.deadline = deadline

    def get_vpc(self, vpc_id: str) -> Object:
        """VPC: Querying VPC Details."""
        return self._one(f"vpcs/{vpc_id}", "get VPC", "vpc")

    def list_vpcs(self) -> list[Object]:
        """VPC: Querying VPCs, one page."""
        return self._page("vpcs", "list VPCs", "vpcs")

    def get_subnet(self, subnet_id: str) -> Object:
        """VPC: Querying Subnet Details. By the ID of the VPC's subnet, which is that of Neutron's network."""
        return self._one(f"subnets/{subnet_id}", "get subnet", "subnet")

    def list_subnets(self) -> list[Object]:
        """VPC: Querying Subnets, one page. They show Neutron's IDs of both, network and subnet."""
        return self._page("subnets", "list subnets", "subnets")

    def list_route_tables(self, vpc_id: str) -> list[Object]:
        """VPC: Querying Route Tables of one VPC."""
        return self._page("routetables", "list route tables", "routetables", vpc_id=vpc_id)

    def get_port(self, port_id: str) -> Object:
        """Neutron: Querying a Port."""
        return self._one(f"v2.0/ports/{port_id}", "get port", "port", version=None)

    def list_ports_of(self, device_id: str) -> list[Object]:
        """Neutron: Querying Ports, those of one server or load balancer."""
        return self._page("v2.0/ports", "list ports", "ports", version=None, device_id=device_id)

    def list_ports_with(self, security_group: str) -> list[Object]:
        """Neutron: Querying Ports, those that have one security group."""
        return self._page("v2.0/ports", "list ports", "ports", version=None, security_groups=security_group)

    def _one(self, path: str, operation: str, member: str, **extra: Any) -> Object:
        answer = self._get(path, operation, **extra)
        found = answer.get(member) if isinstance(answer, dict) else None
        return dict(found) if isinstance(found, dict) else {}

    def _page(self, path: str, operation: str, member: str, version: str | None = "v1", **filters: Any) -> list[Object]:
        answer = self._get(path, operation, version=version, params={"limit": PAGE_SIZE, **filters})
        return objects_in(answer, member)

    def _get(self, path: str, operation: str, **extra: Any) -> Any:
        deadline = self.deadline or Deadline(PATIENCE)
        return self.session.request(
            "GET", path, operation=operation, kind="read", deadline=deadline, api="vpc", **extra
        )


def says_gone(error: ApiError, object_id: str = "") -> bool:
    """Whether the network service says that an object does not exist. A list always exists, so it has no ID.

    A 404 of a gateway, of another service or of an unknown path does not say so, not even when it quotes the path.
    Neutron's errors name the object; what we read has no code for them.
    """
    code = (error.code or "").upper()
    named = re.search(rf"(?<![\w/-]){re.escape(object_id)}(?![\w/-])", error.message, re.IGNORECASE)
    by_neutron = bool(named) and (not code or code.endswith("NOTFOUND"))
    return bool(object_id) and error.status == 404 and (code.startswith("VPC.") or by_neutron)
