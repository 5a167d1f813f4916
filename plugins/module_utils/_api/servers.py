# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading calls of ECS."""

from __future__ import annotations

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
