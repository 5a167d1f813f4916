# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading calls of ELB."""

from __future__ import annotations

from typing import Any

from .._core.types import Object
from .network_service import NetworkService


class LoadBalancersApi(NetworkService):
    """Reads load balancers."""

    service = "elb"

    def list_load_balancers(self, vpc_id: str | None = None, **filters: Any) -> list[Object]:
        """ELB v3: Querying Load Balancers, shared and dedicated ones. v2.0, with shared ones, where it is missing.

        filters: id or name. vpc_id: filters where only v2.0 is there, which shows no VPC.
        """
        operation, member = "list load balancers", "loadbalancers"
        in_vpc = {"vpc_id": vpc_id} if vpc_id else {}

        def older() -> list[Object]:
            found = self.all_pages("v2.0/lbaas/loadbalancers", operation, member, {**filters, **in_vpc}, version=None)
            return [{**in_vpc, **one} for one in found]

        return self.or_else(
            "listLoadBalancersV3",
            lambda: self.all_pages("elb/loadbalancers", operation, member, filters, version="v3"),
            older,
        )
