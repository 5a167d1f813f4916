"""VPCs (v1 and v3), subnets and route tables."""

from typing import Any

from ..building import routetables
from ..calls import Call
from ..networks import Subnet, Vpc
from .base import answer, chosen, listed, named_in_path, network_operation, refuse_enterprise_users


def vpc_view(vpc: Vpc) -> dict[str, Any]:
    about = {"id": vpc.id, "name": vpc.name, "cidr": str(vpc.cidr), "tenant_id": vpc.project.id, "description": ""}
    status = "OK" if vpc.status == "ACTIVE" else "CREATING"
    return {**about, "status": status, "routes": [], "enterprise_project_id": "0", "enable_shared_snat": False}


def vpc_view_v3(vpc: Vpc) -> dict[str, Any]:
    about = {"id": vpc.id, "name": vpc.name, "cidr": str(vpc.cidr), "project_id": vpc.project.id, "description": ""}
    counts = (("routetable", len(vpc.routetables)), ("virsubnet", len(vpc.subnets)))
    resources = [{"resource_type": kind, "resource_count": count} for kind, count in counts]
    more = {"status": vpc.status, "extend_cidrs": vpc.extend_cidrs, "tags": [], "cloud_resources": resources}
    return {**about, **more, "enterprise_project_id": "0"}


def subnet_view(subnet: Subnet) -> dict[str, Any]:
    return {
        "id": subnet.id,
        "name": subnet.name,
        "cidr": str(subnet.cidr),
        "gateway_ip": subnet.gateway,
        "vpc_id": subnet.vpc.id,
        "status": "ACTIVE",
        "dhcp_enable": True,
        "primary_dns": subnet.dns[0] if subnet.dns else "",
        "secondary_dns": subnet.dns[1] if len(subnet.dns) > 1 else "",
        "dnsList": subnet.dns,
        "neutron_network_id": subnet.id,
        "neutron_subnet_id": subnet.neutron_subnet_id,
        "ipv6_enable": False,
        "tenant_id": subnet.vpc.project.id,
        "description": "",
    }


def virsubnet_view(subnet: Subnet) -> dict[str, Any]:
    cidr = {"id": subnet.neutron_subnet_id, "ip_version": 4, "cidr": str(subnet.cidr), "gateway_ip": subnet.gateway}
    about = {"id": subnet.id, "name": subnet.name, "vpc_id": subnet.vpc.id, "project_id": subnet.vpc.project.id}
    more = {"status": "ACTIVE", "scope": "center", "enterprise_project_id": "0"}
    return {**about, **more, "subnet_cidrs": [{**cidr, "enable_dhcp": True}]}


def routetable_view(call: Call, table: dict[str, Any]) -> dict[str, Any]:
    vpc = call.own.vpcs[table["vpc_id"]]
    subnets = [{"id": subnet.id} for subnet in vpc.subnets] if table["default"] else []
    view = {**table, "subnets": subnets, "tenant_id": vpc.project.id, "description": ""}
    if not call.cloud.settings.routetables_show_default:
        del view["default"]
    internal = call.cloud.settings.internal_route
    routes = [{"type": "local", "destination": internal, "nexthop": "-"}] if internal else []
    return view if call.cloud.world.cloud == "huawei" else {**view, "routes": routes}


def name_fits(call: Call, name: str) -> bool:
    """Whether the VPC name filter finds this name. No source says whether it is exact."""
    if "name" not in call.query:
        return True
    if call.cloud.settings.vpc_name_filter == "fuzzy":
        return any(wanted.lower() in name.lower() for wanted in call.query["name"])
    return name in call.query["name"]


@network_operation
def list_vpcs_v3(call: Call) -> Any:
    query = call.query
    found = (
        vpc
        for vpc in call.own.vpcs.values()
        if name_fits(call, vpc.name)
        and vpc.id in query.get("id", [vpc.id])
        and str(vpc.cidr) in query.get("cidr", [str(vpc.cidr)])
        and "" in query.get("description", [""])
    )
    return listed(call, "vpcs", found, vpc_view_v3)


@network_operation
def list_vpcs(call: Call) -> Any:
    found = (vpc for vpc in call.own.vpcs.values() if call.query.get("id") in (None, vpc.id))
    return listed(call, "vpcs", found, vpc_view)


@network_operation
def get_vpc(call: Call) -> Any:
    return answer(call, "vpc", vpc_view(named_in_path(call, call.own.vpcs, "vpc_id", "VPC.0003", "VPC")))


@network_operation
def list_subnets(call: Call) -> Any:
    wanted = call.query.get("vpc_id")
    if wanted is None:
        refuse_enterprise_users(call)
        return listed(call, "subnets", call.own.subnets(), subnet_view)
    vpc = call.own.vpcs.get(wanted)
    return listed(call, "subnets", vpc.subnets if vpc else [], subnet_view)


@network_operation
def get_subnet(call: Call) -> Any:
    found = named_in_path(call, call.own.by_id, "subnet_id", "VPC.0202", "subnet")
    return answer(call, "subnet", subnet_view(found))


@network_operation
def list_virsubnets(call: Call) -> Any:
    refuse_enterprise_users(call)
    views = (virsubnet_view(subnet) for subnet in call.own.subnets())
    return listed(call, "virsubnets", chosen(call, views, "id", "name", "vpc_id", "status", "scope"))


@network_operation
def list_route_tables(call: Call) -> Any:
    views = [routetable_view(call, table) for table in routetables(call.own).values()]
    found = chosen(call, views, "id", "vpc_id")
    if "subnet_id" in call.query:
        found = [one for one in found if {"id": call.query["subnet_id"]} in one["subnets"]]
    return listed(call, "routetables", found)
