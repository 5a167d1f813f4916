# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading requests show that would make a creation fail, before the object that it replaces is deleted.

What the old object already used is not looked at again where the cloud keeps it from going away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import VpcepError
from .fields import DELETING, SERVICE_READY
from .network import NetworkApi
from .preflight import port_checks, range_checks
from .runtime import Runtime
from .service_facts import status_of

if TYPE_CHECKING:
    from .endpoint import Endpoint
    from .service import Service

Object = dict[str, Any]


def of_endpoint(one: Endpoint, current: Object, old: Object) -> list[str]:
    """What is in the way of an endpoint that takes the place of *current*, whose values are *old*. As sentences."""
    wanted = {name: one.desired.get(name) for name in ("vpc_id", "subnet_id", "routetables", "port_ip")}
    moved = {name: value for name, value in wanted.items() if value and value != old.get(name)}
    service_id = one.desired["endpoint_service_id"]
    status = one.look_up(status_of, service_id)
    found = [] if status in (*SERVICE_READY, None) else [f"Endpoint service {service_id} is {status}."]
    places = {f"{name}s": [moved[name]] for name in ("vpc_id", "subnet_id") if name in moved}
    found += of_network(one.runtime, places) if places else []
    if "routetables" in moved:
        found += of_routetables(one.runtime, one.desired["vpc_id"], moved["routetables"])
    return found + (of_neighbours(one, current, moved) if {"routetables", "port_ip"} & set(moved) else [])


def of_service(one: Service, current: Object, old: Object) -> list[str]:
    """The same for a service. Its backend may be gone, so that its port is looked at even if it stays the same."""
    port_id, vpc_id = one.desired["port_id"], one.desired["vpc_id"]
    found = of_network(one.runtime, {"port_ids": [port_id], "vpc_ids": [vpc_id] * (vpc_id != old.get("vpc_id"))})
    if all(one.desired[name] == old.get(name) for name in ("port_id", "ports")):
        return found
    wanted = one.backends(port_id, one.desired["ports"])
    others = [item for item in one.api.list_services() if item.get("id") != current["id"] and item.get("ports")]
    return found + [
        f"Endpoint service {item['id']} has a server port of ports on port_id {port_id} already."
        for item in others
        if item.get("port_id") == port_id and wanted & one.backends(port_id, one.shown_ports(item))
    ]


def of_network(runtime: Runtime, options: Object) -> list[str]:
    """What the network service says. options: those of vpcep_preflight_info."""
    checks = [*range_checks(options, runtime), *port_checks(options, runtime)]
    return [
        f"{check['check']}: {check['value']}. {check['advice']}"
        for check in checks
        if check["ok"] is False and (check["value"] == "not found" or not check["check"].startswith("port "))
    ]


def of_routetables(runtime: Runtime, vpc_id: str, wanted: list[str]) -> list[str]:
    """Route tables that the VPC does not have. An empty list says nothing: the right to read it may be missing."""
    try:
        there = [str(item.get("id")) for item in NetworkApi(runtime.connection).list_route_tables(vpc_id)]
    except VpcepError:
        return []
    return [f"There is no route table {table} in VPC {vpc_id}." for table in wanted if there and table not in there]


def of_neighbours(one: Endpoint, current: Object, moved: Object) -> list[str]:
    """Other endpoints of the VPC that have an address or a route table which the new endpoint is to get."""
    listed = one.listed or one.api.list_endpoints(vpc_id=one.desired["vpc_id"])
    found = []
    for item in listed:
        if item.get("id") == current["id"] or item.get("status") == DELETING:
            continue
        same_subnet = item.get("subnet_id") == one.desired.get("subnet_id")
        if "port_ip" in moved and same_subnet and item.get("ip") == moved["port_ip"]:
            found.append(f"Endpoint {item['id']} has the address {moved['port_ip']}.")
        tables = item.get("routetables")
        if item.get("endpoint_service_id") == one.desired["endpoint_service_id"] and isinstance(tables, list):
            taken = [table for table in moved.get("routetables", []) if table in tables]
            found += [f"Endpoint {item['id']} of the same service uses route table {table}." for table in taken]
    return found
