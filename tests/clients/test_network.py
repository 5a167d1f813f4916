"""The SDKs of VPC, ECS and ELB, openstacksdk and otcextensions against the simulator's network services."""

from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from openstack import exceptions

from tests.clients.huawei import network_call
from tests.clients.otc import connection
from tests.simulator import Simulator
from tests.simulator.contract import load

SHOP, SHOP_A = "5a0b0000-0000-4000-8000-000000000001", "5a0b0000-0000-4000-8000-000000000011"
SHOP_1, SHOP_1_PORT = "5a0b0000-0000-4000-8000-000000000101", "5a0b0000-0000-4000-8000-000000000201"
LB, LB_PORT, LISTENER, IPGROUP = (f"5a0b0000-0000-4000-8000-000000000{number}" for number in (301, 302, 303, 401))
ROUTES = "5a0b0000-0000-4000-8000-000000000021"
ACL = "5a0b0000-0000-4000-8000-000000000501"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
# Operation of an SDK: arguments, the member of the answer, and the IDs of the objects in it.
LOOKS: dict[str, tuple[dict[str, Any], str, list[str]]] = {
    "vpc v3 list_vpcs": ({"name": ["shop", "nothing"]}, "vpcs", [SHOP]),
    "vpc v2 list_vpcs": ({"id": SHOP, "limit": 10}, "vpcs", [SHOP]),
    "vpc v2 show_vpc": ({"vpc_id": SHOP}, "vpc", [SHOP]),
    "vpc v2 list_subnets": ({"vpc_id": SHOP, "limit": 1}, "subnets", [SHOP_A]),
    "vpc v2 show_subnet": ({"subnet_id": SHOP_A}, "subnet", [SHOP_A]),
    "vpc v3 list_virsubnets": ({"name": ["shop-a"], "vpc_id": [SHOP]}, "virsubnets", [SHOP_A]),
    "vpc v2 list_route_tables": ({"vpc_id": SHOP}, "routetables", [ROUTES]),
    "vpc v2 neutron_list_ports": ({"device_id": SHOP_1}, "ports", [SHOP_1_PORT]),
    "vpc v2 neutron_show_port": ({"port_id": SHOP_1_PORT}, "port", [SHOP_1_PORT]),
    "vpc v3 list_ports": ({"device_id": [SHOP_1], "vpc_id": [SHOP]}, "ports", [SHOP_1_PORT]),
    "vpc v3 list_firewall": ({"name": ["acl"]}, "firewalls", [ACL]),
    "vpc v3 show_firewall": ({"firewall_id": ACL}, "firewall", [ACL]),
    "ecs v2 list_servers_details": ({"name": "shop-1", "limit": 1, "offset": 2}, "servers", [SHOP_1]),
    "ecs v2 show_server": ({"server_id": SHOP_1}, "server", [SHOP_1]),
    "elb v3 list_load_balancers": ({"name": ["shop-lb"], "vpc_id": [SHOP]}, "loadbalancers", [LB]),
    "elb v3 list_listeners": ({"loadbalancer_id": [LB]}, "listeners", [LISTENER]),
    "elb v3 show_ip_group": ({"ipgroup_id": IPGROUP}, "ipgroup", [IPGROUP]),
}


@pytest.mark.parametrize("operation", LOOKS)
def test_each_operation_finds_the_requested_objects(huawei: Simulator, operation: str) -> None:
    huawei.add("firewalls", id=ACL, name="acl", subnets=["shop-a"], ingress_rules=[{"destination_port": "80"}])
    arguments, member, ids = LOOKS[operation]
    found = getattr(network_call(huawei, operation, **arguments), member)
    assert [one.id for one in (found if isinstance(found, list) else [found])] == ids


def test_no_operation_is_left_out() -> None:
    """DNS and the operations of security groups have tests of their own."""
    reads = [item["get"] for item in load("network.yaml")["paths"].values() if "get" in item]
    names = {one["x-sdk-operation"] for one in reads if "x-sdk-operation" in one and one["x-service"] != "dns"}
    assert {name for name in names if "security_group" not in name} == set(LOOKS)


def test_members_that_names_are_resolved_to(huawei: Simulator) -> None:
    (server,) = network_call(huawei, "ecs v2 list_servers_details", ip_eq="10.30.1.11").servers
    fixed, floating = server.addresses[SHOP]
    assert (fixed.addr, fixed.os_ext_ip_sport_id, floating.os_ext_ip_stype) == ("10.30.1.11", SHOP_1_PORT, "floating")
    balancers = network_call(huawei, "elb v3 list_load_balancers", vpc_id=[SHOP]).loadbalancers
    assert [(one.name, one.vip_port_id) for one in balancers] == [("shop-lb", LB_PORT), ("shop-public-lb", None)]


def test_pages_by_marker(huawei: Simulator) -> None:
    huawei.add_all("vpcs", [{"name": f"many-{number}"} for number in range(25)])
    found: list[str] = []
    marker = None
    while marker or not found:
        more = {"marker": marker} if marker else {}
        answer = network_call(huawei, "vpc v3 list_vpcs", limit=10, **more)
        found += [vpc.id for vpc in answer.vpcs]
        marker = answer.page_info.next_marker
    assert found == [one["id"] for one in huawei.objects("vpcs")]


@pytest.mark.parametrize(
    ("operation", "arguments", "code"),
    [
        ("vpc v2 show_vpc", {"vpc_id": UNKNOWN}, "VPC.0003"),
        ("ecs v2 show_server", {"server_id": UNKNOWN}, "Ecs.0114"),
        ("elb v3 show_ip_group", {"ipgroup_id": UNKNOWN}, "ELB.8904"),
        ("elb v3 list_load_balancers", {"limit": 2001}, "ELB.8902"),
        ("vpc v3 list_vpcs", {}, "APIGW.0101"),
    ],
)
def test_the_sdks_read_the_errors(huawei: Simulator, operation: str, arguments: dict[str, Any], code: str) -> None:
    huawei.settings(unpublished="listVpcsV3")
    with pytest.raises(ClientRequestException) as refusal:
        network_call(huawei, operation, **arguments)
    assert refusal.value.error_code == code


def test_openstack_clients(otc: Simulator) -> None:
    made = connection(otc)
    assert made.vpc.find_vpc("shop").id == SHOP
    assert [one.name for one in made.vpc.subnets(vpc_id=SHOP)] == ["shop-a", "shop-b"]
    assert [one.id for one in made.network.ports(device_id=SHOP_1)] == [SHOP_1_PORT]
    assert made.network.get_port(SHOP_1_PORT).fixed_ips[0]["ip_address"] == "10.30.1.11"
    with pytest.raises(exceptions.NotFoundException):
        made.network.get_port(UNKNOWN)
    assert made.vlb.find_load_balancer("shop-lb").port_id == LB_PORT
    assert made.vlb.find_load_balancer("shop-public-lb").port_id is None
    assert [one.id for one in made.vlb.listeners(loadbalancer_id=LB)] == [LISTENER]
    assert made.vlb.get_ip_address_group(IPGROUP).ip_list[0]["ip"] == "198.19.128.0/17"


def test_openstack_clients_read_all_pages(otc: Simulator) -> None:
    made = connection(otc)
    assert [one.id for one in made.vpc.vpcs(limit=10)] == [one["id"] for one in otc.objects("vpcs")]
    assert [one.id for one in made.network.ports(limit=10)] == [one["id"] for one in otc.objects("ports")]
    assert len(otc.log(operation="listPorts")) > 5
