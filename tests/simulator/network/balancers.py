"""Load balancers (ELB v3, and v2.0 for shared ones), their listeners and IP address groups."""

from typing import Any

from ..calls import Call
from .base import answer, chosen, listed, named_in_path, network_operation


def balancer_view(call: Call, one: dict[str, Any]) -> dict[str, Any]:
    listeners = call.own.others["listeners"].values()
    return {**one, "listeners": [{"id": x["id"]} for x in listeners if {"id": one["id"]} in x["loadbalancers"]]}


def balancer_view_v2(call: Call, one: dict[str, Any]) -> dict[str, Any]:
    same = ("id", "name", "vip_port_id", "vip_address", "provisioning_status", "operating_status")
    about = {"vip_subnet_id": one["vip_subnet_cidr_id"], "tenant_id": one["project_id"], "provider": "vlb"}
    return {**{name: one[name] for name in same}, **about, "listeners": balancer_view(call, one)["listeners"]}


@network_operation
def list_load_balancers_v3(call: Call) -> Any:
    simple = ("id", "name", "vpc_id", "vip_address", "vip_port_id", "vip_subnet_cidr_id", "guaranteed")
    found = chosen(call, call.own.others["loadbalancers"].values(), *simple, "provisioning_status")
    return listed(call, "loadbalancers", found, lambda one: balancer_view(call, one))


@network_operation
def list_load_balancers_v2(call: Call) -> Any:
    """The answers have no vpc_id, although one may filter by it."""
    shared = [one for one in call.own.others["loadbalancers"].values() if not one["guaranteed"] and one["vip_port_id"]]
    found = chosen(call, shared, "id", "name", "vpc_id", "vip_address", "vip_port_id")
    if "vip_subnet_id" in call.query:
        found = [one for one in found if one["vip_subnet_cidr_id"] == call.query["vip_subnet_id"]]
    return listed(call, "loadbalancers", found, lambda one: balancer_view_v2(call, one))


@network_operation
def list_listeners(call: Call) -> Any:
    found = chosen(call, call.own.others["listeners"].values(), "id", "protocol")
    if "protocol_port" in call.query:
        found = [one for one in found if str(one["protocol_port"]) in call.query["protocol_port"]]
    if "loadbalancer_id" in call.query:
        wanted = call.query["loadbalancer_id"]
        found = [one for one in found if any(owner["id"] in wanted for owner in one["loadbalancers"])]
    return listed(call, "listeners", found)


@network_operation
def get_ip_group(call: Call) -> Any:
    found = named_in_path(call, call.own.others["ipgroups"], "ipgroup_id", "ELB.8904", "ipgroup")
    return answer(call, "ipgroup", found)
