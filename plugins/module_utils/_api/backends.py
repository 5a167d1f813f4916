# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading calls of ECS and ELB, for the backends of services."""

from __future__ import annotations

from functools import partial
from typing import Any

from .._core.types import Object, objects_in
from .network_service import PAGES, NetworkService

SERVERS_PAGE = 1000  # as many as ECS lists at once


class ServersApi(NetworkService):
    """Reads servers."""

    service = "ecs"

    def get_server(self, server_id: str) -> Object:
        """ECS: Querying Details About an ECS. Raises NotFound."""
        return self.one(f"cloudservers/{server_id}", "get server", "server")

    def list_servers(self, name: str | None = None) -> list[Object]:
        """ECS: Querying Details About ECSs, all pages. The name is part of a name, and a period any character.

        The offset is the number of the page, from 1.
        """
        found: dict[str, Object] = {}
        filters = {"name": name} if name else {}
        for page in range(1, PAGES + 1):
            params = {**filters, "limit": SERVERS_PAGE, "offset": page}
            answer = self.call("GET", "cloudservers/detail", "list servers", params=params)
            items = objects_in(answer, "servers")
            known = len(found)
            found.update((str(item.get("id")), item) for item in items)
            count = answer.get("count") if isinstance(answer, dict) else None
            is_usable = isinstance(count, int) and count >= len(found)
            if len(found) == known or (len(found) == count if is_usable else len(items) < SERVERS_PAGE):
                break
        return list(found.values())


class LoadBalancersApi(NetworkService):
    """Reads load balancers, their listeners, and the access lists of these."""

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

        newer = partial(self.all_pages, "elb/loadbalancers", operation, member, filters, version="v3")
        return self.or_else("listLoadBalancersV3", newer, older)

    def list_listeners(self, balancer_id: str) -> list[Object]:
        filters = {"loadbalancer_id": balancer_id}
        return self.all_pages("elb/listeners", "list listeners", "listeners", filters, version="v3")

    def get_ip_group(self, group_id: str) -> Object:
        """An IP address group: the addresses of an access list."""
        return self.one(f"elb/ipgroups/{group_id}", "get IP address group", "ipgroup", version="v3")
