"""Ports: Neutron v2.0, and v3 of Huawei Cloud."""

import hashlib
from collections.abc import Iterator
from typing import Any

from ..calls import Call
from ..networks import DEVICE_OWNERS, Port, generated
from .base import answer, as_list, chosen, listed, missing, network_operation, refuse_enterprise_users


def ports(call: Call) -> Iterator[Port]:
    """The ports of the project, and one for each of its interface endpoints as Neutron shows them."""
    yield from call.own.ports_by_id.values()
    for one in call.cloud.endpoints.values():
        if one.project is call.project and one.subnet is not None:
            yield Port(generated(one.id, "port"), f"vpcep-{one.id}", "endpoint", one.subnet, one.ip, one.id)


def mac_address(port: Port) -> str:
    digest = hashlib.sha256(port.id.encode()).hexdigest()
    return "fa:16:3e:" + ":".join(digest[i : i + 2] for i in (0, 2, 4))


def device_owner(call: Call, port: Port) -> str:
    return DEVICE_OWNERS[port.kind].format(region=call.cloud.world.region)


def fixed_ips(port: Port) -> list[dict[str, str]]:
    """The addresses of a port. IPv6 has its own Neutron subnet, and is first."""
    ipv4 = {"subnet_id": port.subnet.neutron_subnet_id, "ip_address": port.ip}
    ipv6 = {"subnet_id": generated(port.subnet.id, "neutron-subnet-v6"), "ip_address": port.ipv6}
    return [ipv6, ipv4] if port.ipv6 else [ipv4]


def port_view(call: Call, port: Port) -> dict[str, Any]:
    return {
        "id": port.id,
        "name": port.name,
        "network_id": port.subnet.id,
        "device_id": port.device_id,
        "device_owner": device_owner(call, port),
        "status": port.status,
        "mac_address": mac_address(port),
        "admin_state_up": True,
        "security_groups": port.groups,
        "port_security_enabled": port.port_security_enabled,
        "allowed_address_pairs": port.allowed_address_pairs,
        "binding:vif_details": {"primary_interface": port.primary},
        "binding:profile": {},
        "fixed_ips": fixed_ips(port),
        "tenant_id": port.project.id,
        "project_id": port.project.id,
    }


def port_view_v3(call: Call, port: Port) -> dict[str, Any]:
    view = port_view(call, port)
    same = ("id", "name", "status", "device_id", "device_owner", "security_groups", "allowed_address_pairs")
    return {
        **{name: view[name] for name in (*same, "port_security_enabled", "project_id")},
        "virsubnet_id": port.subnet.id,
        "vpc_id": port.subnet.vpc.id,
        "private_ips": [{"subnet_cidr_id": ip["subnet_id"], "ip_address": ip["ip_address"]} for ip in fixed_ips(port)],
        "instance_id": port.device_id if port.kind.endswith("LB") else "",
        "instance_type": {"LB": "elb", "shared LB": "elb"}.get(port.kind, ""),
    }


def address_fits(addresses: list[dict[str, str]], wanted: list[str]) -> bool:
    """Whether one of the port's addresses has one of the wanted values, such as ``ip_address=10.0.0.9``."""
    asked = [text.partition("=")[::2] for text in wanted]
    return any(address.get(name) == value for address in addresses for name, value in asked)


@network_operation
def list_ports(call: Call) -> Any:
    refuse_enterprise_users(call)
    simple = ("id", "name", "network_id", "device_id", "device_owner", "mac_address", "status", "tenant_id")
    found = chosen(call, (port_view(call, port) for port in ports(call)), *simple, "admin_state_up")
    if "security_groups" in call.query:
        found = [one for one in found if call.query["security_groups"] in one["security_groups"]]
    if "fixed_ips" in call.query:
        found = [one for one in found if address_fits(one["fixed_ips"], call.query["fixed_ips"])]
    return listed(call, "ports", found)


@network_operation
def get_port(call: Call) -> Any:
    refuse_enterprise_users(call)
    for port in ports(call):
        if port.id == call.path["port_id"]:
            return answer(call, "port", port_view(call, port))
    raise missing(call, "PortNotFound", "port", call.path["port_id"])


@network_operation
def list_ports_v3(call: Call) -> Any:
    simple = ("id", "name", "vpc_id", "virsubnet_id", "device_id", "device_owner", "status")
    found = chosen(call, (port_view_v3(call, port) for port in ports(call)), *simple, "instance_id", "instance_type")
    if "device_owner_prefixlike" in call.query:
        found = [one for one in found if one["device_owner"].startswith(call.query["device_owner_prefixlike"])]
    if "security_groups" in call.query:
        found = [one for one in found if set(as_list(call.query["security_groups"])) & set(one["security_groups"])]
    if "private_ips" in call.query:
        found = [one for one in found if address_fits(one["private_ips"], call.query["private_ips"])]
    return listed(call, "ports", found)
