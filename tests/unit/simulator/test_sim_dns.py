"""DNS as its documentation describes it: zones of VPCs, record sets, and changes that take time."""

from typing import Any

import pytest

VPC = "4189d3c2-8882-4871-a3c2-d380272eed80"


@pytest.fixture
def ask(otc: Any) -> Any:
    """Sends a request to DNS; returns status and body."""
    caller = otc.provider
    caller.slip_in()

    def send(method: str, path: str = "", body: Any = None, **query: Any) -> tuple[int, Any]:
        options = {"json": body} if body is not None else {}
        url = f"{otc.sim.api_url}/v2/zones{path}"
        reply = caller.raw(method, url, headers={"X-Auth-Token": caller.token}, params=query, **options)
        return reply.status, reply.body

    return send


def zone(name: str = "Example.com", vpc_id: str = VPC) -> dict[str, Any]:
    return {"name": name, "zone_type": "private", "router": {"router_id": vpc_id}}


def test_a_zone_and_its_records_take_time(otc: Any, ask: Any) -> None:
    otc.sim.settings(dns_delay=3)
    status, made = ask("POST", body=zone())
    assert (status, made["name"], made["status"]) == (202, "example.com.", "PENDING_CREATE")
    record = {"name": "www.example.com.", "type": "A", "records": ["10.0.0.1"]}
    path = f"/{made['id']}/recordsets"
    assert ask("POST", path, record)[1]["code"] == "DNS.0209"
    otc.sim.advance(3)
    (listed,) = ask("GET", type="private")[1]["zones"]
    assert listed["status"] == listed["routers"][0]["status"] == "ACTIVE" and listed["record_num"] == 2
    status, one = ask("POST", path, record)
    assert (status, one["status"], one["ttl"]) == (202, "PENDING_CREATE", 300)
    assert ask("POST", path, record)[1]["code"] == "DNS.0312"
    assert ask("PUT", f"{path}/{one['id']}", {"records": ["10.0.0.2"]})[1]["code"] == "DNS.0314"
    otc.sim.advance(3)
    assert ask("PUT", f"{path}/{one['id']}", {"records": ["10.0.0.2"]})[1]["records"] == ["10.0.0.2"]
    otc.sim.advance(3)
    assert ask("DELETE", f"{path}/{one['id']}")[1]["status"] == "PENDING_DELETE"
    otc.sim.advance(3)
    assert ask("DELETE", f"{path}/{one['id']}") == (
        404,
        {"code": "DNS.0313", "message": f"The record set {one['id']} does not exist."},
    )
