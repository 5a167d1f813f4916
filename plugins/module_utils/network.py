# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few reading calls of the network service (VPC v1, Neutron v2.0) that a preflight needs, with the same login."""

from __future__ import annotations

from typing import Any

from .retry import Deadline

Object = dict[str, Any]
PATIENCE = 10.0  # seconds for one call: a preflight without the network service is better than a long wait for it


class NetworkApi:
    """Reads VPCs, subnets and ports. Every method raises what :meth:`connection.Connection.request` raises."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def get_vpc(self, vpc_id: str) -> Object:
        """VPC: Querying VPC Details."""
        return self._one(f"vpcs/{vpc_id}", "get VPC", "vpc")

    def get_subnet(self, subnet_id: str) -> Object:
        """VPC: Querying Subnet Details. By the ID of the VPC's subnet, which is that of Neutron's network."""
        return self._one(f"subnets/{subnet_id}", "get subnet", "subnet")

    def get_port(self, port_id: str) -> Object:
        """Neutron: Querying a Port."""
        return self._one(f"v2.0/ports/{port_id}", "get port", "port", version=None)

    def _one(self, path: str, operation: str, member: str, **extra: Any) -> Object:
        answer = self.connection.request(
            "GET", path, operation=operation, kind="read", deadline=Deadline(PATIENCE), api="vpc", **extra
        )
        found = answer.get(member) if isinstance(answer, dict) else None
        return dict(found) if isinstance(found, dict) else {}
