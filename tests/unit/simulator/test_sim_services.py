"""Endpoint services: states, names, updates, deletion, whitelist records."""

from typing import Any

import pytest

SERVICES = "/vpc-endpoint-services"


def test_states_by_reads(otc: Any) -> None:
    otc.sim.settings(stepped_reads=2)
    path = f"{SERVICES}/{otc.provider.service()['id']}"
    assert [otc.provider.ok("GET", path)["status"] for _unused in range(3)] == ["creating", "creating", "available"]
    otc.provider.ok("DELETE", path)
    assert [otc.provider("GET", path).status for _unused in range(3)] == [200, 200, 404]


@pytest.mark.parametrize(("name", "middle"), [("shop-1", ".shop-1"), ("", "")])
def test_mangled_names(otc: Any, name: str, middle: str) -> None:
    service = otc.provider.service(service_name=name)
    full = f"eu-de{middle}.{service['id']}"
    assert service["service_name"] == full
    endpoint = otc.provider.endpoint(service["id"])
    assert endpoint["endpoint_service_name"] == full
    renamed = otc.provider.ok("PUT", f"{SERVICES}/{service['id']}", {"service_name": "new"})
    assert renamed["service_name"] == f"eu-de.new.{service['id']}"
    shown = otc.provider.ok("GET", f"/vpc-endpoints/{endpoint['id']}")
    assert shown["endpoint_service_name"] == renamed["service_name"]


def test_update_changes_what_was_sent_and_nothing_else(otc: Any) -> None:
    service = otc.provider.service(description="old", tcp_proxy="proxy_open", service_name="keep")
    path = f"{SERVICES}/{service['id']}"
    otc.sim.advance(2)
    ports = [{"client_port": 1, "server_port": 2, "protocol": "TCP"}]
    changed = otc.provider.ok("PUT", path, {"ports": ports, "description": "", "vpc_id": "ignored", "tags": []})
    expected = {**service, "ports": ports, "description": "", "updated_at": changed["updated_at"]}
    assert changed == expected
    assert changed["updated_at"] > service["updated_at"]
    assert otc.provider.ok("GET", path) == changed
    otc.provider.ok("PUT", path, {"approval_enabled": True, "service_name": "keep"})


def test_ports_of_a_service_being_deleted_are_still_taken(otc: Any) -> None:
    otc.sim.settings(service_delete_delay=3)
    body = otc.provider.service_body()
    service = otc.provider.ok("POST", SERVICES, body)
    otc.provider.ok("DELETE", f"{SERVICES}/{service['id']}")
    otc.provider.refused("EndPoint.3044", "POST", SERVICES, body)
    otc.sim.advance(3)
    otc.provider.ok("POST", SERVICES, body)


def test_delete_leaves_pending_rejected_and_failed_endpoints(otc: Any) -> None:
    service = otc.provider.service(approval_enabled=True)["id"]
    pending, rejected = otc.provider.endpoint(service)["id"], otc.provider.endpoint(service)["id"]
    act = f"{SERVICES}/{service}/connections/action"
    otc.provider.ok("POST", act, {"action": "reject", "endpoints": [rejected]})
    otc.sim.settings(fail_next_endpoints=1)
    failed = otc.provider.endpoint(service)["id"]
    otc.provider.ok("DELETE", f"{SERVICES}/{service}")
    for endpoint in (pending, rejected, failed):
        assert otc.provider.ok("GET", f"/vpc-endpoints/{endpoint}")["endpoint_service_id"] == service
    otc.provider.refused("EndPoint.0005", "POST", act, {"action": "receive", "endpoints": [pending]})
    otc.provider.ok("DELETE", f"/vpc-endpoints/{pending}")


def test_accounts_and_projects_are_kept_apart(otc: Any) -> None:
    service = otc.provider.service()["id"]
    sub = otc.caller("provider", "sub")
    for stranger in (otc.consumer, sub):
        stranger.refused("EndPoint.0005", "GET", f"{SERVICES}/{service}")
        assert stranger.ok("GET", SERVICES)["total_count"] == 0
        described = stranger.ok("GET", f"{SERVICES}/describe", id=service)
        assert set(described) == {"id", "service_name", "service_type", "created_at", "is_charge"}
        assert stranger.ok("GET", f"{SERVICES}/describe", endpoint_service_name=described["service_name"]) == described


def test_connection_count_is_of_creating_and_accepted(otc: Any) -> None:
    service = otc.provider.service(approval_enabled=True)["id"]
    otc.provider.endpoint(service)
    counted = [otc.provider.endpoint(service)["id"] for _unused in range(2)]
    for endpoint in counted:
        body = {"action": "receive", "endpoints": [endpoint]}
        otc.provider.ok("POST", f"{SERVICES}/{service}/connections/action", body)
    (entry,) = otc.provider.ok("GET", SERVICES)["endpoint_services"]
    assert entry["connection_count"] == 2
    assert entry["domain_id"] == otc.sim.domain_id()


@pytest.mark.slow
def test_edition_2025_11(edition: Any) -> None:
    body = {"enterprise_project_id": "e1", "enable_policy": True, "payer": "endpoint", "ip_version": "ipv4"}
    service = edition.provider.service(**body)
    assert (service["enterprise_project_id"], service["enable_policy"]) == ("e1", True)
    assert not {"payer", "ip_version"} & set(service)
    changed = edition.provider.ok("PUT", f"{SERVICES}/{service['id']}", {"enable_policy": False})
    assert changed["enable_policy"] is False
    assert edition.provider.service()["enterprise_project_id"] == "0"


def test_members_of_other_clouds_are_ignored(otc: Any) -> None:
    service = otc.provider.service(ip="10.0.0.1", enable_policy=True, anything="else")
    assert not {"ip", "enable_policy", "anything"} & set(service)
    (entry,) = otc.sim.log(operation="createEndpointService")
    assert entry["note"] == "ignored members: anything, enable_policy, ip"


# Whitelist records


def permissions(lab: Any, service: str, **query: str) -> list[str]:
    found = lab.provider.ok("GET", f"{SERVICES}/{service}/permissions", **query)
    return [record["permission"] for record in found["permissions"]]


def test_records_are_objects_in_lists(otc: Any) -> None:
    service = otc.provider.service()["id"]
    wanted = [f"iam:domain::account{n}" for n in range(12)]
    otc.provider.ok("POST", f"{SERVICES}/{service}/permissions/action", {"permissions": wanted, "action": "add"})
    assert permissions(otc, service) == wanted[:1:-1]
    assert permissions(otc, service, sort_dir="asc", limit="500") == wanted
    assert permissions(otc, service, permission="COUNT11") == ["iam:domain::account11"]
    listed = otc.provider.ok("GET", f"{SERVICES}/{service}/permissions", limit="1")
    assert set(listed["permissions"][0]) == {"id", "permission", "permission_type", "description", "created_at"}
    assert listed["total_count"] == 12
