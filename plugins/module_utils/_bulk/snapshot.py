# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list of all endpoints of a project, indexed by ID and by service, VPC and subnet."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from .._core.types import Object
from .._resources.endpoint_identity import address_of
from .._schema.fields import PAGE_SIZE
from .._schema.normalize import has


class Snapshot:
    def __init__(self, endpoints: list[Object], number: int = 1, asked: float = 0.0) -> None:
        self.number = number  # of this listing in the task, from 1
        self.asked = asked  # when (clock)
        self.endpoints = endpoints  # without filters
        self.by_id: dict[str, Object] = {item["id"].lower(): item for item in endpoints if has(item, "id")}

    @cached_property
    def places(self) -> dict[Any, dict[Any, dict[Any, list[Object]]]]:
        """VPC -> subnet -> address -> endpoints; None where one does not show it. Few listings are looked at so."""
        found: dict[Any, dict[Any, dict[Any, list[Object]]]] = {}
        for item in self.endpoints:
            vpc_id, subnet_id = (item[name].lower() if has(item, name) else None for name in ("vpc_id", "subnet_id"))
            # A gateway endpoint is in no subnet, and one whose subnet is not shown may be in any.
            subnet = None if item.get("service_type") == "gateway" else subnet_id
            found.setdefault(vpc_id, {}).setdefault(subnet, {}).setdefault(address_of(item), []).append(item)
        return found

    def __iter__(self) -> Iterator[Object]:
        return iter(self.by_id.values())

    @property
    def pages(self) -> int:
        """How many requests another listing costs."""
        return max(1, -(-len(self.by_id) // PAGE_SIZE))

    def near(self, vpc_id: str, subnet_id: str | None, address: str | None) -> list[Object]:
        """Those that may be in a VPC and a subnet and have an address; None for any."""
        near = [
            places.get(subnet, {})
            for places in (self.places.get(vpc_id, {}), self.places.get(None, {}))
            for subnet in (places if subnet_id is None else (subnet_id, None))
        ]
        return [
            item
            for addresses in near
            for shown in (addresses if address is None else (address, None))
            for item in addresses.get(shown, [])
        ]
