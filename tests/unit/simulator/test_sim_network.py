"""The network services: names that are not unique, pages, rights, forms of errors, and what clouds do differently."""

from collections.abc import Callable
from typing import Any

import pytest

SHOP = "5a0b0000-0000-4000-8000-000000000001"
SHOP_1 = "5a0b0000-0000-4000-8000-000000000101"
DATABASE = "5a0b0000-0000-4000-8000-000000000104"
UNKNOWN = "00000000-0000-4000-8000-00000000dead"
VPCS, SERVERS, BALANCERS = "v3:/vpc/vpcs", "/cloudservers/detail", "v3:/elb/loadbalancers"


@pytest.fixture
def get(otc: Any) -> Callable[..., Any]:
    return getter(otc.provider)


def getter(caller: Any) -> Callable[..., Any]:
    """GET of a path: ``v3:`` stands for /v3/PROJECT, ``bare:`` for the host, nothing for /v1/PROJECT."""
    caller.slip_in()

    def get(path: str, **query: Any) -> Any:
        version, _sep, rest = path.rpartition(":")
        start = {"": f"/v1/{caller.project_id}", "v3": f"/v3/{caller.project_id}", "bare": ""}[version]
        url, headers = caller.lab.sim.api_url + start + rest, {"X-Auth-Token": caller.token}
        return caller.raw("GET", url, params=query, headers=headers)

    return get


def names(found: list[dict[str, Any]]) -> list[str]:
    return [one["name"] for one in found]


# Names and filters


def test_vpcs_by_several_names(otc: Any, get: Any) -> None:
    assert names(get(VPCS, name=["shop", "backend", "sho"]).body["vpcs"]) == ["backend", "shop"]
    otc.sim.settings(vpc_name_filter="fuzzy")
    assert {"backend", "shop"} <= set(names(get(VPCS, name=["SHO", "backend"]).body["vpcs"]))
    assert names(get(VPCS, id=SHOP, cidr="10.30.0.0/16").body["vpcs"]) == ["shop"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"name": "shop-1"}, ["shop-10", "shop-1", "old-shop-1"]),
        ({"name": "shop.1"}, ["shop-10", "shop-1", "old-shop-1", "shop.1"]),
        ({"name": "p-10"}, ["shop-10"]),
        ({"name": "shop-1", "status": "SHUTOFF"}, ["old-shop-1"]),
        ({"ip": "10.30.1.1"}, ["shop-10", "shop-1", "shop.1", "shop-database"]),
    ],
)
def test_servers_are_found_by_a_part_of_the_name(get: Any, wanted: dict[str, str], found: list[str]) -> None:
    body = get(SERVERS, **wanted).body
    assert (names(body["servers"]), body["count"]) == (found, len(found))


def test_filters_of_huawei(huawei: Any) -> None:
    get = getter(huawei.provider)
    assert names(get(SERVERS, ip_eq="10.30.1.1").body["servers"]) == []
    assert names(get(SERVERS, ip_eq="10.30.2.14").body["servers"]) == ["shop-database"]
    found = get(SERVERS, server_id=f"{SHOP_1},{DATABASE}", name="x").body["servers"]
    assert names(found) == ["shop-1", "shop-database"]
    found = get("v3:/vpc/virsubnets", name=["shop-a", "backend-a"], vpc_id=SHOP).body["virsubnets"]
    assert [(one["name"], one["subnet_cidrs"][0]["cidr"]) for one in found] == [("shop-a", "10.30.1.0/24")]
    (port,) = get("v3:/ports", device_id=SHOP_1).body["ports"]
    assert port["private_ips"][0]["ip_address"] == "10.30.1.11"
    assert get("v3:/ports", private_ips="ip_address=10.30.1.11", vpc_id=SHOP).body["ports"] == [port]
    assert get("v3:/ports", device_owner_prefixlike="neutron", virsubnet_id=port["virsubnet_id"]).body["ports"] != []


def test_ports_by_address_and_device(get: Any) -> None:
    found = get("bare:/v2.0/ports", fixed_ips="ip_address=10.30.2.14").body["ports"]
    assert [one["device_id"] for one in found] == [DATABASE]
    found = get("bare:/v2.0/ports", device_id=DATABASE).body["ports"]
    assert [one["binding:vif_details"]["primary_interface"] for one in found] == [True, False]
    assert get("bare:/v2.0/ports", device_owner="neutron:VIP_PORT", device_id=DATABASE).body["ports"] == []


# Servers with several cards


def test_cards_of_a_server(otc: Any, get: Any) -> None:
    (server,) = get(SERVERS, name="shop-database").body["servers"]
    assert [("primary" in one, one["addr"]) for one in server["addresses"][SHOP]] == [
        (False, "10.30.1.14"),
        (False, "10.30.2.14"),
    ]
    single = get(f"/cloudservers/{DATABASE}").body["server"]
    assert [one.get("primary") for one in single["addresses"][SHOP]] == [True, None]
    otc.sim.settings(primary_in_lists=True)
    assert get(SERVERS, name="shop-database").body["servers"] == [single]
    cards = get(f"/cloudservers/{DATABASE}/os-interface").body["interfaceAttachments"]
    assert [card["port_id"] for card in cards] == [one["OS-EXT-IPS:port_id"] for one in server["addresses"][SHOP]]


def test_a_floating_address_repeats_the_port(get: Any) -> None:
    fixed, floating = get(f"/cloudservers/{SHOP_1}").body["server"]["addresses"][SHOP]
    assert (fixed["OS-EXT-IPS:type"], floating["OS-EXT-IPS:type"]) == ("fixed", "floating")
    assert fixed["OS-EXT-IPS:port_id"] == floating["OS-EXT-IPS:port_id"]


def test_an_ipv6_address_has_the_same_port(otc: Any, get: Any) -> None:
    card = {"subnet": "shop-a", "ip": "10.30.1.66", "ipv6": "2001:db8::66"}
    server = otc.sim.add("servers", name="six", cards=[card])
    ((six, four),) = get(f"/cloudservers/{server['id']}").body["server"]["addresses"].values()
    assert [(one["version"], one["addr"]) for one in (six, four)] == [("6", "2001:db8::66"), ("4", "10.30.1.66")]
    assert six["OS-EXT-IPS:port_id"] == four["OS-EXT-IPS:port_id"]
    (port,) = get("bare:/v2.0/ports", device_id=server["id"]).body["ports"]
    assert [one["ip_address"] for one in port["fixed_ips"]] == ["2001:db8::66", "10.30.1.66"]


def test_a_server_without_a_primary_card(otc: Any, get: Any) -> None:
    cards = [{"subnet": "shop-a"}, {"subnet": "shop-b"}]
    server = otc.sim.add("servers", name="two", primary=False, cards=cards)
    (addresses,) = get(f"/cloudservers/{server['id']}").body["server"]["addresses"].values()
    assert not any("primary" in one for one in addresses)


# Load balancers


def test_load_balancers(get: Any) -> None:
    lb, public = get(BALANCERS, name=["shop-lb", "shop-public-lb"]).body["loadbalancers"]
    assert (public["vip_port_id"], public["vip_address"], public["vpc_id"]) == (None, None, SHOP)
    port = get(f"bare:/v2.0/ports/{lb['vip_port_id']}").body["port"]
    assert (port["device_id"], port["device_owner"]) == (lb["id"], "neutron:LOADBALANCERV2")
    assert names(get(BALANCERS, vip_port_id=port["id"], guaranteed="false").body["loadbalancers"]) == ["shop-lb"]
    assert get(f"v3:/elb/loadbalancers/{lb['id']}").body["loadbalancer"] == lb
    (old,) = get("bare:/v2.0/lbaas/loadbalancers").body["loadbalancers"]
    assert (old["name"], old["vip_port_id"], "vpc_id" in old) == ("shop-lb", port["id"], False)
    assert get("bare:/v2.0/lbaas/loadbalancers", name="shop").body["loadbalancers"] == []
    (listener,) = get("v3:/elb/listeners", loadbalancer_id=lb["id"], protocol_port="80").body["listeners"]
    assert lb["listeners"] == [{"id": listener["id"]}]
    group = get(f"v3:/elb/ipgroups/{listener['ipgroup']['ipgroup_id']}").body["ipgroup"]
    assert [one["ip"] for one in group["ip_list"]] == ["198.19.128.0/17", "10.0.0.0/8"]


def test_network_acls(otc: Any, get: Any) -> None:
    rule = {"action": "deny", "source_ip_address": "198.19.128.0/17", "destination_port": "80"}
    made = otc.sim.add("firewalls", name="strict", subnets=["shop-a"], ingress_rules=[rule])
    (brief,) = get("v3:/vpc/firewalls").body["firewalls"]
    assert (brief["associations"], "ingress_rules" in brief) == (made["associations"], False)
    (found,) = get(f"v3:/vpc/firewalls/{made['id']}").body["firewall"]["ingress_rules"]
    assert (found["action"], found["destination_port"]) == ("deny", "80")


# Pages


def pages(get: Any, path: str, member: str, limit: int) -> list[list[str]]:
    """IDs page by page, by marker, until a page is not full."""
    found: list[list[str]] = []
    while not found or len(found[-1]) == limit:
        marker = {"marker": found[-1][-1]} if found else {}
        found.append([one["id"] for one in get(path, limit=limit, **marker).body[member]])
    return found


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/vpcs", "vpcs"),
        (VPCS, "vpcs"),
        ("/subnets", "subnets"),
        ("/routetables", "routetables"),
        ("bare:/v2.0/ports", "ports"),
        (BALANCERS, "loadbalancers"),
    ],
)
def test_pages_by_marker(get: Any, path: str, member: str) -> None:
    all_ids = [one["id"] for one in get(path).body[member]]
    found = pages(get, path, member, 7)
    assert [id for page in found for id in page] == all_ids
    assert [len(page) for page in found[:-1]] == [7] * (len(all_ids) // 7)


def test_links_to_the_next_page(otc: Any, get: Any) -> None:
    """v1 has none, v3 has next_marker, Neutron has links: each only if there is a next page."""
    ids = [one["id"] for one in get("/vpcs").body["vpcs"]]
    assert set(get("/vpcs", limit=2).body) == {"vpcs"}
    info = get(VPCS, limit=2).body["page_info"]
    assert info == {"current_count": 2, "previous_marker": ids[0], "next_marker": ids[1]}
    assert "next_marker" not in get(VPCS).body["page_info"]
    otc.sim.settings(next_marker_on_last_page=True)
    assert get(VPCS).body["page_info"]["next_marker"] == ids[-1]
    ports = get("bare:/v2.0/ports", limit=2).body
    (link,) = ports["ports_links"]
    following = otc.provider.raw("GET", link["href"], headers={"X-Auth-Token": otc.provider.token}).body["ports"]
    assert following == get("bare:/v2.0/ports", limit=2, marker=ports["ports"][-1]["id"]).body["ports"]
    assert "ports_links" not in get("bare:/v2.0/ports").body


def test_offset_of_servers_is_the_number_of_a_page(otc: Any, get: Any) -> None:
    otc.sim.add_all("servers", [{"name": f"many-{number:02}"} for number in range(30)])
    first = get(SERVERS, name="many").body
    assert (len(first["servers"]), first["count"]) == (25, 30)
    assert get(SERVERS, name="many", offset=0).body == first
    assert names(get(SERVERS, name="many", offset=2).body["servers"]) == [f"many-{number}" for number in range(25, 30)]
    assert names(get(SERVERS, name="many", offset=3, limit=2).body["servers"]) == ["many-04", "many-05"]
    assert get(SERVERS, name="many", offset=30, limit=1000).body == {"count": 30, "servers": []}


def test_a_limit_that_is_too_large(otc: Any, get: Any) -> None:
    assert get("/vpcs", limit=2001).body == {"code": "VPC.0002", "message": "Invalid parameter: limit"}
    assert get(SERVERS, limit=1001).status == 400
    otc.sim.settings(limit_above_maximum="cut")
    assert len(get(VPCS, limit=5000).body["vpcs"]) == len(get(VPCS).body["vpcs"])
    otc.sim.add_all("servers", [{"name": "x"}] * 1001)
    assert len(get(SERVERS, name="x", limit=5000).body["servers"]) == 1000


# Rights, and operations that a region does not have


def test_without_the_right_a_list_is_empty(otc: Any, get: Any) -> None:
    consumer = getter(otc.consumer)
    otc.sim.settings(empty_lists="provider:listVpcsV3,ecs")
    assert get(VPCS).body["vpcs"] == []
    assert get(VPCS).body["page_info"] == {"current_count": 0}
    assert consumer(VPCS).body["vpcs"] != []
    assert get(SERVERS).body == consumer(SERVERS).body == {"count": 0, "servers": []}
    otc.sim.settings(empty_lists="")
    assert get(VPCS).body["vpcs"] != []


def test_without_the_right_403(otc: Any, get: Any) -> None:
    otc.sim.settings(forbidden="listVpcs,provider:elb")
    assert (get("/vpcs").status, get("/vpcs").body["code"]) == (403, "VPC.0010")
    assert (get(BALANCERS).status, getter(otc.consumer)(BALANCERS).status) == (403, 200)


def test_users_with_policies_for_enterprise_projects(otc: Any, get: Any) -> None:
    otc.sim.settings(enterprise_users="provider")
    assert get("/subnets").status == get("bare:/v2.0/ports").status == 403
    assert names(get("/subnets", vpc_id=SHOP).body["subnets"]) == ["shop-a", "shop-b"]
    assert getter(otc.consumer)("/subnets").status == 200


def test_operations_that_the_region_has_not(otc: Any, huawei: Any, get: Any) -> None:
    otc.sim.settings(unpublished="listVpcsV3, listLoadBalancersV2")
    for path in (VPCS, "bare:/v2.0/lbaas/loadbalancers", "v3:/vpc/virsubnets", "v3:/ports"):
        assert (get(path).status, get(path).body["error_code"]) == (404, "APIGW.0101")
    assert get(BALANCERS).status == get("/vpcs").status == 200
    assert getter(huawei.provider)("v3:/vpc/virsubnets").status == 200


@pytest.mark.parametrize(
    "values",
    [{"unpublished": "listVpcV3"}, {"empty_lists": "provider:vps"}, {"vpc_name_filter": "regex"}, {"forbidden": 3}],
)
def test_settings_that_mean_nothing(otc: Any, values: dict[str, Any]) -> None:
    with pytest.raises(RuntimeError, match="400"):
        otc.sim.settings(**values)


# Errors


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (f"/vpcs/{UNKNOWN}", 404, {"code": "VPC.0003"}),
        ("/vpcs/blue", 400, {"code": "VPC.0101"}),
        (f"/subnets/{UNKNOWN}", 404, {"code": "VPC.0202"}),
        ("/subnets/blue", 400, {"code": "VPC.0201"}),
        (f"v3:/vpc/firewalls/{UNKNOWN}", 404, {"error_code": "VPC.9904", "request_id": "*"}),
        (f"v3:/elb/loadbalancers/{UNKNOWN}", 404, {"error_code": "ELB.8904", "request_id": "*"}),
        ("v3:/elb/ipgroups/blue", 400, {"error_code": "ELB.8902", "request_id": "*"}),
        (f"/cloudservers/{UNKNOWN}", 404, {"error": {"code": "Ecs.0114"}}),
        (f"/cloudservers/{UNKNOWN}/os-interface", 404, {"error": {"code": "Ecs.0114"}}),
        ("/cloudservers/blue", 400, {"error": {"code": "Ecs.0005"}}),
        (f"bare:/v2.0/ports/{UNKNOWN}", 404, {"NeutronError": {"type": "PortNotFound", "detail": ""}}),
        ("v3:/elb/loadbalancers?vpc_id=blue", 400, {"error_code": "ELB.8902", "request_id": "*"}),
        ("bare:/v2.0/ports?limit=x", 400, {"NeutronError": {"type": "InvalidInput", "detail": ""}}),
        ("/cloudservers/detail?limit=0", 400, {"error": {"code": "Ecs.0005"}}),
    ],
)
def test_forms_of_errors(get: Any, path: str, status: int, body: dict[str, Any]) -> None:
    reply = get(path)
    assert (reply.status, without_text(reply.body)) == (status, body)


def without_text(body: Any) -> Any:
    """An error body without its text, which must not be empty; the request ID is any."""
    if isinstance(body, str):
        return body
    texts = [body[name] for name in ("message", "error_msg") if name in body]
    assert all(texts)
    left = {name: without_text(value) for name, value in body.items() if name not in ("message", "error_msg")}
    return {name: "*" if name == "request_id" and value else value for name, value in left.items()}


def test_another_project(otc: Any) -> None:
    otc.provider.slip_in()
    url = f"{otc.sim.api_url}/v1/{otc.consumer.project_id}"
    headers = {"X-Auth-Token": otc.provider.token}
    assert otc.provider.raw("GET", f"{url}/vpcs", headers=headers).body["code"] == "VPC.0007"
    assert otc.provider.raw("GET", f"{url}/cloudservers/detail", headers=headers).body["error"]["code"] == "Ecs.0005"


def test_the_log_and_faults_know_the_services(otc: Any, get: Any) -> None:
    otc.sim.fault("server_error", service="elb")
    assert (get(SERVERS).status, get(BALANCERS).status, get(BALANCERS).status) == (200, 500, 200)
    assert [one["operation"] for one in otc.sim.log(api="ecs")] == ["listServers"]
    assert len(otc.sim.log(service="network")) == 3
    get(VPCS, name=["a", "b"], id=SHOP)
    assert otc.sim.log(api="vpc")[0]["query"] == {"name": ["a", "b"], "id": SHOP}
