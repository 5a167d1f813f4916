"""The network services: pages, forms of errors, and what tests change over the control API."""

from collections.abc import Callable
from typing import Any

import pytest

UNKNOWN = "00000000-0000-4000-8000-00000000dead"
VPCS, SERVERS = "v3:/vpc/vpcs", "/cloudservers/detail"


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


# Errors


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        (f"/vpcs/{UNKNOWN}", 404, {"code": "VPC.0003"}),
        (f"/subnets/{UNKNOWN}", 404, {"code": "VPC.0202"}),
        (f"v3:/vpc/firewalls/{UNKNOWN}", 404, {"error_code": "VPC.9904", "request_id": "*"}),
        (f"v3:/elb/ipgroups/{UNKNOWN}", 404, {"error_code": "ELB.8904", "request_id": "*"}),
        (f"/cloudservers/{UNKNOWN}", 404, {"error": {"code": "Ecs.0114"}}),
        (f"bare:/v2.0/ports/{UNKNOWN}", 404, {"NeutronError": {"type": "PortNotFound", "detail": ""}}),
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


# Networks that tests make over the control API


def test_a_port_of_the_seed_belongs_to_a_device(otc: Any) -> None:
    devices = {one["id"]: one for kind in ("servers", "loadbalancers") for one in otc.sim.objects(kind)}
    for port in otc.sim.objects("ports"):
        assert port["kind"] == "VIP" or port["device_id"] in devices
        assert port["kind"] != "VIP" or port["device_id"] == ""


def test_devices_go_with_their_subnet(otc: Any) -> None:
    otc.sim.add("vpcs", name="blue", subnets=[{"name": "blue-a"}])
    server = otc.sim.add("servers", name="s", cards=[{"subnet": "blue-a"}, {"subnet": "blue-a", "ip": "10.0.0.99"}])
    balancer = otc.sim.add("loadbalancers", name="lb", subnet="blue-a", listeners=[{"protocol_port": 80}])
    otc.sim.remove("subnets", server["cards"][0]["subnet_id"])
    for kind in ("servers", "loadbalancers", "ports", "listeners"):
        left = otc.sim.objects(kind)
        assert not {server["id"], balancer["id"], *(card["id"] for card in server["cards"])} & {x["id"] for x in left}
    assert "blue-a" not in names(otc.sim.objects("subnets"))
