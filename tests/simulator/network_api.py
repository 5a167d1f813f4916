"""Read-only VPC (v1) and Neutron (v2.0) calls, answered from the seed networks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from .errors import NetworkError
from .networks import DEVICE_OWNERS, Port, Subnet, Vpc, generated
from .operations import Call

NETWORK_OPERATIONS: dict[str, Callable[[Call], Any]] = {}


def network_operation(function: Callable[[Call], Any]) -> Callable[[Call], Any]:
    head, *tail = function.__name__.split("_")
    NETWORK_OPERATIONS[head + "".join(word.capitalize() for word in tail)] = function
    return function


def cut(call: Call, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Marker paging: what follows the object with the marker's id."""
    ids = [one["id"] for one in found]
    marker = call.query.get("marker")
    first = ids.index(marker) + 1 if marker in ids else 0
    return found[first : first + call.query["limit"]]


def vpc_view(vpc: Vpc) -> dict[str, Any]:
    about = {"id": vpc.id, "name": vpc.name, "cidr": str(vpc.cidr), "status": "OK"}
    return {**about, "routes": [], "enterprise_project_id": "0", "enable_shared_snat": False}


def subnet_view(subnet: Subnet) -> dict[str, Any]:
    return {
        "id": subnet.id,
        "name": subnet.name,
        "cidr": str(subnet.cidr),
        "gateway_ip": subnet.gateway,
        "vpc_id": subnet.vpc.id,
        "status": "ACTIVE",
        "dhcp_enable": True,
        "neutron_network_id": subnet.id,
        "neutron_subnet_id": subnet.neutron_subnet_id,
        "ipv6_enable": False,
        "tenant_id": subnet.vpc.project.id,
    }


def routetable_view(vpc: Vpc, id: str) -> dict[str, Any]:
    default = id == vpc.routetables[0]
    subnets = [{"id": subnet.id} for subnet in vpc.subnets] if default else []
    about = {"id": id, "name": f"rtb-{vpc.name}-{vpc.routetables.index(id)}", "default": default, "vpc_id": vpc.id}
    return {**about, "subnets": subnets, "tenant_id": vpc.project.id}


def port_view(call: Call, port: Port) -> dict[str, Any]:
    digest = hashlib.sha256(port.id.encode()).hexdigest()
    return {
        "id": port.id,
        "name": port.name,
        "network_id": port.subnet.id,
        "device_id": generated(port.id, "device"),
        "device_owner": DEVICE_OWNERS[port.kind].format(region=call.cloud.world.region),
        "status": "ACTIVE",
        "mac_address": "fa:16:3e:" + ":".join(digest[i : i + 2] for i in (0, 2, 4)),
        "admin_state_up": True,
        "security_groups": [] if port.kind == "endpoint" else [generated(port.subnet.vpc.id, "security group")],
        "fixed_ips": [{"subnet_id": port.subnet.neutron_subnet_id, "ip_address": port.ip}],
        "tenant_id": port.subnet.vpc.project.id,
        "project_id": port.subnet.vpc.project.id,
    }


def ports(call: Call) -> Iterator[Port]:
    """The seed's ports, and one for each interface endpoint as Neutron shows them."""
    yield from call.own.ports()
    for one in call.cloud.endpoints.values():
        if one.project is call.project and one.subnet is not None:
            yield Port(generated(one.id, "port"), f"vpcep-{one.id}", "endpoint", one.subnet, one.ip)


def missing(call: Call, form: str, code: str, message: str) -> NetworkError:
    """The answer about an object that is not there; where any id exists, these are only out of the caller's sight."""
    if call.cloud.settings.accept_any_id:
        denial = {"vpc": "VPC.0010", "neutron": "PolicyNotAuthorized"}[form]
        return NetworkError(form, 403, denial, "You have no permissions.")
    return NetworkError(form, 404, code, message)


@network_operation
def list_vpcs(call: Call) -> Any:
    found = [vpc_view(vpc) for vpc in call.own.vpcs.values() if call.query.get("id") in (None, vpc.id)]
    return {"vpcs": cut(call, found)}


@network_operation
def get_vpc(call: Call) -> Any:
    vpc = call.own.vpcs.get(call.path["vpc_id"])
    if vpc is None:
        raise missing(call, "vpc", "VPC.0202", "Query resource by id fail.")
    return {"vpc": vpc_view(vpc)}


@network_operation
def list_subnets(call: Call) -> Any:
    wanted = call.query.get("vpc_id")
    return {"subnets": cut(call, [subnet_view(s) for s in call.own.subnets() if wanted in (None, s.vpc.id)])}


@network_operation
def get_subnet(call: Call) -> Any:
    for subnet in call.own.subnets():
        if subnet.id == call.path["subnet_id"]:
            return {"subnet": subnet_view(subnet)}
    raise missing(call, "vpc", "VPC.0202", "Query resource by id fail.")


@network_operation
def list_route_tables(call: Call) -> Any:
    query = call.query
    found = [
        routetable_view(vpc, id)
        for vpc in call.own.vpcs.values()
        for id in vpc.routetables
        if query.get("id") in (None, id)
        and query.get("vpc_id") in (None, vpc.id)
        and ("subnet_id" not in query or query["subnet_id"] in [s.id for s in vpc.subnets])
    ]
    return {"routetables": cut(call, found)}


@network_operation
def list_ports(call: Call) -> Any:
    filters = {name: call.query[name] for name in call.query if name not in ("marker", "limit")}
    found = [port_view(call, port) for port in ports(call)]
    return {"ports": cut(call, [one for one in found if all(fits(one[n], v) for n, v in filters.items())])}


def fits(value: Any, wanted: str) -> bool:
    """A filter by a member that is a list asks for one of its elements."""
    return wanted in value if isinstance(value, list) else bool(value == wanted)


@network_operation
def get_port(call: Call) -> Any:
    for port in ports(call):
        if port.id == call.path["port_id"]:
            return {"port": port_view(call, port)}
    raise missing(call, "neutron", "PortNotFound", f"Port {call.path['port_id']} could not be found.")
