# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reading calls of the network service: VPC v1 and v3, and the ports of Neutron v2.0."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial

from .._core.errors import ApiError
from .._core.types import Object, objects_in
from .._schema.fields import HUAWEI
from .network_service import NetworkService, is_not_published


class NetworkApi(NetworkService):
    """Reads VPCs, subnets, route tables and ports."""

    def get_vpc(self, vpc_id: str) -> Object:
        """VPC: Querying VPC Details."""
        return self.one(f"vpcs/{vpc_id}", "get VPC", "vpc")

    def list_vpcs(self) -> list[Object]:
        """VPC: Querying VPCs."""
        return self.all_pages("vpcs", "list VPCs", "vpcs", {})

    def find_vpcs(self, names: Sequence[str] = ()) -> list[Object]:
        """VPC v3: Querying VPCs, those with one of *names*, else all; some clouds do not filter, or not exactly.

        v1 where the region lacks v3.
        """
        filters = {"name": list(names)} if names else {}
        newer = partial(self.all_pages, "vpc/vpcs", "list VPCs", "vpcs", filters, version="v3")
        return self.or_else("listVpcsV3", newer, self.list_vpcs)

    def get_subnet(self, subnet_id: str) -> Object:
        """VPC: Querying Subnet Details. By the ID of the VPC's subnet, which is that of Neutron's network."""
        return self.one(f"subnets/{subnet_id}", "get subnet", "subnet")

    def list_subnets(self, vpc_id: str | None = None) -> list[Object]:
        """VPC: Querying Subnets, of one VPC or all. They show Neutron's IDs of both, network and subnet."""
        return self.all_pages("subnets", "list subnets", "subnets", {"vpc_id": vpc_id} if vpc_id else {})

    def list_route_tables(self, vpc_id: str | None = None) -> list[Object]:
        """VPC: Querying Route Tables, of one VPC or all."""
        return self.all_pages("routetables", "list route tables", "routetables", {"vpc_id": vpc_id} if vpc_id else {})

    def get_port(self, port_id: str) -> Object:
        """Neutron: Querying a Port. On Huawei Cloud, v3 as for lists of ports; then it is empty if there is none."""
        usual = partial(self.one, f"v2.0/ports/{port_id}", "get port", "port", version=None)
        if self.session.cloud != HUAWEI:
            return usual()
        return self.or_else("getPort", usual, lambda: next(iter(self._ports_v3({"id": port_id})), {}), is_no_neutron)

    def list_ports(self) -> list[Object]:
        """All ports of the project."""
        return self._ports({}, {})

    def list_ports_of(self, device_id: str) -> list[Object]:
        """Ports of one server or load balancer."""
        return self._ports({"device_id": device_id}, {"device_id": device_id})

    def list_ports_at(self, address: str) -> list[Object]:
        """Ports that have one private address; VPCs may have the same ranges."""
        return self._ports({"fixed_ips": f"ip_address={address}"}, {"private_ips": f"ip_address={address}"})

    def list_ports_with(self, security_group: str) -> list[Object]:
        """Ports that have one security group."""
        return self._ports({"security_groups": security_group}, {"security_groups": security_group})

    def _ports(self, filters: Object, filters_v3: Object) -> list[Object]:
        """Neutron: Querying Ports. On Huawei Cloud, v3 for callers who may not use Neutron, and where it is missing."""
        usual = partial(self.all_pages, "v2.0/ports", "list ports", "ports", filters, version=None)
        if self.session.cloud != HUAWEI:
            return usual()
        return self.or_else("listPorts", usual, partial(self._ports_v3, filters_v3), is_no_neutron)

    def _ports_v3(self, filters: Object) -> list[Object]:
        return [as_neutron(port) for port in self.all_pages("ports", "list ports", "ports", filters, version="v3")]


def is_no_neutron(error: ApiError) -> bool:
    """Whether a caller may not use Neutron, or the region lacks it."""
    return error.status == 403 or is_not_published(error)


def as_neutron(port: Object) -> Object:
    """A port of VPC v3 with the names that Neutron has for its members."""
    addresses = [{"ip_address": one.get("ip_address")} for one in objects_in(port, "private_ips")]
    return {**port, "network_id": port.get("virsubnet_id"), "fixed_ips": addresses}


def says_gone(error: ApiError, object_id: str = "") -> bool:
    """Whether the network service says that an object does not exist. A list always exists, so it has no ID.

    A 404 of a gateway, of another service or of an unknown path does not say so, not even when it quotes the path.
    Neutron's errors name the object; what we read has no code for them.
    """
    code = (error.code or "").upper()
    named = re.search(rf"(?<![\w/-]){re.escape(object_id)}(?![\w/-])", error.message, re.IGNORECASE)
    by_neutron = bool(named) and (not code or code.endswith("NOTFOUND"))
    return bool(object_id) and error.status == 404 and (code.startswith("VPC.") or by_neutron)
