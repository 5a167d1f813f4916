# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All endpoints of a project at one moment, found by where they are instead of by looking through all."""

from __future__ import annotations

from typing import Any

from .canonical import UnusableAnswer, observed, usable
from .endpoint import IDENTIFYING
from .fields import ENDPOINT, PAGE_SIZE, UNKNOWN

Object = dict[str, Any]


class Snapshot:
    """endpoints: as listed, without filters; taken_at: when the listing began, in seconds of the epoch.

    Raises UnusableAnswer for entries that nobody could tell apart.
    """

    def __init__(self, endpoints: list[Object], taken_at: float) -> None:
        self.taken_at = taken_at
        self.by_id: dict[str, Object] = {}
        # VPC -> subnet -> address
        self._places: dict[Any, dict[Any, dict[Any, list[Object]]]] = {}
        for item in usable(endpoints, *IDENTIFYING, "vpc_id"):
            self.by_id[item["id"].lower()] = item
            # A gateway endpoint is in no subnet, and one whose subnet is not shown may be in any.
            subnet = None if item["service_type"] == "gateway" else item.get("subnet_id")
            addresses = self._places.setdefault(item["vpc_id"], {}).setdefault(subnet, {})
            addresses.setdefault(address_of(item), []).append(item)

    def __iter__(self) -> Any:
        return iter(self.by_id.values())

    @property
    def pages(self) -> int:
        """How many requests another listing costs."""
        return max(1, -(-len(self.by_id) // PAGE_SIZE))

    def near(self, vpc_id: str, subnet_id: str | None, address: str | None) -> list[Object]:
        """Those in a VPC that may be in a subnet and have an address; None for any."""
        places = self._places.get(vpc_id, {})
        near = [places.get(subnet, {}) for subnet in (places if subnet_id is None else (subnet_id, None))]
        return [
            item
            for addresses in near
            for shown in (addresses if address is None else (address, None))
            for item in addresses.get(shown, [])
        ]


def address_of(item: Object) -> Any:
    """The address that an endpoint shows; None if it shows none, or what is none: whoever looks closer will see."""
    try:
        address = observed("port_ip", ENDPOINT["port_ip"], item)
    except UnusableAnswer:
        return None
    return None if address is UNKNOWN else address
