"""Endpoint services: states, names, updates, deletion, whitelist records."""

from typing import Any

SERVICES = "/vpc-endpoint-services"


def test_states_by_reads(otc: Any) -> None:
    otc.sim.settings(stepped_reads=2)
    path = f"{SERVICES}/{otc.provider.service()['id']}"
    assert [otc.provider.ok("GET", path)["status"] for _unused in range(3)] == ["creating", "creating", "available"]
    otc.provider.ok("DELETE", path)
    assert [otc.provider("GET", path).status for _unused in range(3)] == [200, 200, 404]


def test_ports_of_a_service_being_deleted_are_still_taken(otc: Any) -> None:
    otc.sim.settings(service_delete_delay=3)
    body = otc.provider.service_body()
    service = otc.provider.ok("POST", SERVICES, body)
    otc.provider.ok("DELETE", f"{SERVICES}/{service['id']}")
    otc.provider.refused("EndPoint.3044", "POST", SERVICES, body)
    otc.sim.advance(3)
    otc.provider.ok("POST", SERVICES, body)


def test_accounts_and_projects_are_kept_apart(otc: Any) -> None:
    service = otc.provider.service()["id"]
    sub = otc.caller("provider", "sub")
    for stranger in (otc.consumer, sub):
        stranger.refused("EndPoint.0005", "GET", f"{SERVICES}/{service}")
        assert stranger.ok("GET", SERVICES)["total_count"] == 0
        described = stranger.ok("GET", f"{SERVICES}/describe", id=service)
        assert set(described) == {"id", "service_name", "service_type", "created_at", "is_charge"}
        assert stranger.ok("GET", f"{SERVICES}/describe", endpoint_service_name=described["service_name"]) == described


def test_members_of_other_clouds_are_ignored(otc: Any) -> None:
    service = otc.provider.service(ip="10.0.0.1", enable_policy=True, anything="else")
    assert not {"ip", "enable_policy", "anything"} & set(service)
    (entry,) = otc.sim.log(operation="createEndpointService")
    assert entry["note"] == "ignored members: anything, enable_policy, ip"
