"""otcextensions, the OTC's own Python SDK, against the simulator: each VPCEP call that it has."""

from typing import Any

import openstack
import pytest
from openstack import exceptions

from tests.clients.otc import connect, service_arguments
from tests.simulator import Simulator

DNS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be"


@pytest.fixture
def network(otc: Simulator) -> dict[str, str]:
    return otc.spare()[0]


@pytest.fixture
def service(vpcep: Any, network: dict[str, str]) -> Any:
    return vpcep.create_service(**service_arguments(network))


def create_endpoint(vpcep: Any, service: str, network: dict[str, str], **changes: Any) -> Any:
    arguments = {"endpoint_service_id": service, "router_id": network["vpc_id"], "network_id": network["subnet_id"]}
    return vpcep.create_endpoint(**{**arguments, **changes})


def test_one_login_and_discovery(otc: Simulator, vpcep: Any) -> None:
    list(vpcep.services())
    list(vpcep.endpoints())
    assert [entry["status"] for entry in otc.log(operation="createToken")] == [201]
    assert {entry["status"] for entry in otc.log(service="vpcep")} == {200}


def test_service(vpcep: Any, service: Any, network: dict[str, str]) -> None:
    assert (service.status, service.service_type, service.server_type) == ("available", "interface", "VM")
    assert service.service_name == f"eu-de.shop.{service.id}"
    assert (service.port_id, service.router_id) == (network["port_id"], network["vpc_id"])
    assert service.is_approval_enabled is True
    (port,) = service.ports
    assert (port.client_port, port.server_port, port.protocol) == (80, 8080, "TCP")
    assert [(tag.key, tag.value) for tag in service.tags] == [("env", "dev")]
    assert vpcep.get_service(service.id).to_dict() == service.to_dict()


def test_finding_services(vpcep: Any, service: Any) -> None:
    (listed,) = vpcep.services()
    assert (listed.id, listed.connection_count) == (service.id, 0)
    assert listed.domain_id
    assert [one.id for one in vpcep.services(name="SHOP")] == [service.id]
    assert list(vpcep.services(name="other", limit=5)) == []
    assert vpcep.find_service(service.id).id == service.id
    assert vpcep.find_service(service.service_name).id == service.id
    assert vpcep.find_service("nothing", ignore_missing=True) is None
    with pytest.raises(exceptions.NotFoundException):
        vpcep.find_service("nothing")


def test_updating_a_service(vpcep: Any, service: Any) -> None:
    changed = vpcep.update_service(service, service_name="store", is_approval_enabled=False)
    assert changed.service_name == f"eu-de.store.{service.id}"
    assert changed.is_approval_enabled is False
    assert vpcep.get_service(service.id).service_name == changed.service_name


def test_deleting_a_service(vpcep: Any, service: Any) -> None:
    vpcep.delete_service(service)
    vpcep.delete_service(service)
    with pytest.raises(exceptions.NotFoundException):
        vpcep.delete_service(service, ignore_missing=False)
    with pytest.raises(exceptions.NotFoundException):
        vpcep.get_service(service.id)


def test_endpoint(vpcep: Any, otc: Simulator, network: dict[str, str]) -> None:
    wanted = network["cidr"].split("/")[0].rsplit(".", 1)[0] + ".99"
    endpoint = create_endpoint(
        vpcep, DNS, network, port_ip=wanted, is_dns_enabled=True, tags=[{"key": "a", "value": "b"}]
    )
    found = vpcep.get_endpoint(endpoint.id)
    assert (found.status, found.ip, found.is_dns_enabled) == ("accepted", wanted, True)
    assert found.dns_names == [f"vpcep-{endpoint.id}.eu-de.otc.t-systems.com"]
    assert (found.router_id, found.network_id) == (network["vpc_id"], network["subnet_id"])
    assert found.is_enabled is True
    assert found.is_whitelist_enabled is False
    assert found.active_status == ["active"]
    assert found.marker_id > 2**53
    assert [(tag.key, tag.value) for tag in found.tags] == [("a", "b")]
    assert [one.id for one in vpcep.endpoints(router_id=network["vpc_id"])] == [endpoint.id]
    assert list(vpcep.endpoints(router_id=DNS, limit=3)) == []
    vpcep.delete_endpoint(endpoint)
    vpcep.delete_endpoint(endpoint)
    with pytest.raises(exceptions.NotFoundException):
        vpcep.delete_endpoint(endpoint, ignore_missing=False)


def test_lists_stop_at_ten(otc: Simulator, vpcep: Any) -> None:
    """A known fault of this client, which shows that the default page size is the real one."""
    for network in otc.spare()[:12]:
        create_endpoint(vpcep, DNS, network)
    assert len(list(vpcep.endpoints())) == 10
    assert len(list(vpcep.endpoints(limit=100))) == 12


def test_connections(vpcep: Any, service: Any, network: dict[str, str]) -> None:
    endpoint = create_endpoint(vpcep, service.id, network, is_dns_enabled=True)
    (connection,) = vpcep.service_connections(service)
    assert (connection.id, connection.status) == (endpoint.id, "pendingAcceptance")
    assert connection.marker_id == endpoint.marker_id
    (accepted,) = vpcep.manage_service_connections(service, "accept", [endpoint.id])
    assert accepted.status == "accepted"
    assert vpcep.get_endpoint(endpoint.id).is_dns_enabled is True
    (rejected,) = vpcep.manage_service_connections(service, "reject", [endpoint.id])
    assert rejected.status == "rejected"
    assert [one.status for one in vpcep.service_connections(service, id=endpoint.id)] == ["rejected"]
    with pytest.raises(exceptions.BadRequestException, match=r"Endpoint\.2013"):
        vpcep.manage_service_connections(service, "accept", [DNS])


def test_delete_in_use(vpcep: Any, service: Any, network: dict[str, str]) -> None:
    endpoint = create_endpoint(vpcep, service.id, network)
    vpcep.manage_service_connections(service, "accept", [endpoint.id])
    with pytest.raises(exceptions.BadRequestException, match=r"EndPoint\.300") as refusal:
        vpcep.delete_service(service)
    assert "The endpoint service is being used." in refusal.value.response.text


def test_whitelist(otc: Simulator, vpcep: Any, service: Any) -> None:
    """As the client's own functional test does it, a project id in place of an account id."""
    domains = [otc.domain_id("consumer"), otc.project_id()]
    added = [one.permission for one in vpcep.manage_service_whitelist(service, "add", list(domains))]
    assert added == [f"iam:domain::{domain}" for domain in domains]
    list(vpcep.manage_service_whitelist(service, "add", domains[:1]))
    records = list(vpcep.service_whitelist(service, sort_dir="asc"))
    assert [one.permission for one in records] == added
    assert all(one.id and one.created_at for one in records)
    list(vpcep.manage_service_whitelist(service, "remove", domains[1:]))
    assert [one.permission for one in vpcep.service_whitelist(service)] == added[:1]
    stranger = connect(otc, "consumer")
    assert create_endpoint(stranger, service.id, otc.spare("consumer")[0]).status == "pendingAcceptance"


def test_no_permission(otc: Simulator, service: Any) -> None:
    with pytest.raises(exceptions.BadRequestException, match=r"EndPoint\.2012"):
        create_endpoint(connect(otc, "consumer"), service.id, otc.spare("consumer")[0])


def test_public_and_target_services(otc: Simulator, vpcep: Any, service: Any) -> None:
    public = {one.service_name: one for one in vpcep.public_services()}
    assert set(public) == {f"com.t-systems.otc.eu-de.{name}" for name in ("dns", "obs", "apig")}
    assert {one.owner for one in public.values()} == {"OTC"}
    stranger = connect(otc, "consumer")
    for key in (service.id, service.service_name):
        found = stranger.get_target_service(key)
        assert (found.id, found.service_name, found.service_type) == (service.id, service.service_name, "interface")
        assert found.is_charge is True
    assert stranger.get_target_service("nothing", ignore_missing=True) is None


def test_quota(vpcep: Any, service: Any) -> None:
    quotas = {one.type: (one.used, one.quota) for one in vpcep.resource_quota()}
    assert quotas == {"endpoint": (0, 50), "endpoint_service": (1, 20)}
    assert [one.type for one in vpcep.resource_quota(type="endpoint")] == ["endpoint"]


def test_a_token_that_dies_is_renewed(otc: Simulator, vpcep: Any) -> None:
    list(vpcep.services())
    otc.revoke_tokens()
    assert list(vpcep.services()) == []
    assert [entry["status"] for entry in otc.log(service="vpcep")] == [200, 401, 200]


def test_wrong_password(otc: Simulator) -> None:
    options = otc.account()
    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth={
            "auth_url": options["auth_url"],
            "username": options["username"],
            "password": "wrong-password-of-some-length",
            "user_domain_name": options["user_domain_name"],
            "project_name": options["project_name"],
            "project_domain_name": options["user_domain_name"],
        },
    )
    with pytest.raises(Exception, match="The username or password is wrong"):
        connection.authorize()
