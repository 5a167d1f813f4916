# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of DNS v2 for private zones and their record sets.

Zones and record sets are created, changed and deleted asynchronously: an answer shows a status PENDING_*.
"""

from __future__ import annotations

from typing import Any

from .._core.types import Object
from .network import NetworkService


class DnsApi(NetworkService):
    """Private zones and record sets."""

    service = "dns"
    version = None
    page_size = 500  # as many as DNS lists at once

    def list_zones(self) -> list[Object]:
        """DNS: Querying Private Zones, all of the project. Each has its VPCs in ``routers``."""
        return self.all_pages("v2/zones", "list private zones", "zones", {"type": "private"})

    def create_zone(self, body: Object) -> Object:
        """DNS: Creating a Private Zone, for one VPC."""
        return self._send("POST", "v2/zones", "create private zone", body)

    def associate_vpc(self, zone_id: str, body: Object) -> Object:
        """DNS: Associating a Private Zone with a VPC."""
        return self._send("POST", f"v2/zones/{zone_id}/associaterouter", "associate private zone with VPC", body)

    def list_record_sets(self, zone_id: str, name: str | None = None) -> list[Object]:
        """DNS: Querying Record Sets in a Zone. name: a fuzzy filter."""
        filters = {"name": name} if name else {}
        return self.all_pages(f"v2/zones/{zone_id}/recordsets", "list record sets", "recordsets", filters)

    def create_record_set(self, zone_id: str, body: Object) -> Object:
        """DNS: Creating a Record Set."""
        return self._send("POST", f"v2/zones/{zone_id}/recordsets", "create record set", body)

    def update_record_set(self, zone_id: str, record_id: str, body: Object) -> Object:
        """DNS: Modifying a Record Set."""
        path = f"v2/zones/{zone_id}/recordsets/{record_id}"
        return self._send("PUT", path, "change record set", body, kind="repeat")

    def delete_record_set(self, zone_id: str, record_id: str) -> None:
        """DNS: Deleting a Record Set. Raises NotFound."""
        path = f"v2/zones/{zone_id}/recordsets/{record_id}"
        self.call("DELETE", path, "delete record set", kind="repeat")

    def _send(self, method: str, path: str, operation: str, body: Object, kind: Any = "create") -> Object:
        answer = self.call(method, path, operation, kind=kind, json=body)
        return answer if isinstance(answer, dict) else {}
