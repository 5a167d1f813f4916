"""The network services: pages, rights, forms of errors, and operations that a region lacks."""

from collections.abc import Callable
from typing import Any

import pytest

SHOP = "5a0b0000-0000-4000-8000-000000000001"
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


# Pages


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
