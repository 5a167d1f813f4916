"""What the OTC's own SDK does at its limits; test_otcextensions_operations.py has each of its calls."""

from typing import Any

import pytest
from openstack import exceptions

from tests.clients.otc import connect, connection, service_arguments
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


def test_deleting_a_service(vpcep: Any, service: Any) -> None:
    vpcep.delete_service(service)
    vpcep.delete_service(service)
    with pytest.raises(exceptions.NotFoundException):
        vpcep.delete_service(service, ignore_missing=False)
    with pytest.raises(exceptions.NotFoundException):
        vpcep.get_service(service.id)


def test_lists_stop_at_ten(otc: Simulator, vpcep: Any) -> None:
    """A known fault of this client, which shows that the default page size is the real one."""
    for network in otc.spare()[:12]:
        create_endpoint(vpcep, DNS, network)
    assert len(list(vpcep.endpoints())) == 10
    assert len(list(vpcep.endpoints(limit=100))) == 12


def test_delete_in_use(vpcep: Any, service: Any, network: dict[str, str]) -> None:
    endpoint = create_endpoint(vpcep, service.id, network)
    vpcep.manage_service_connections(service, "accept", [endpoint.id])
    with pytest.raises(exceptions.BadRequestException, match=r"EndPoint\.300") as refusal:
        vpcep.delete_service(service)
    assert "The endpoint service is being used." in refusal.value.response.text


def test_no_permission(otc: Simulator, service: Any) -> None:
    with pytest.raises(exceptions.BadRequestException, match=r"EndPoint\.2012"):
        create_endpoint(connect(otc, "consumer"), service.id, otc.spare("consumer")[0])


def test_a_token_that_dies_is_renewed(otc: Simulator, vpcep: Any) -> None:
    list(vpcep.services())
    otc.revoke_tokens()
    assert list(vpcep.services()) == []
    assert [entry["status"] for entry in otc.log(service="vpcep")] == [200, 401, 200]


def test_wrong_password(otc: Simulator) -> None:
    with pytest.raises(Exception, match="The username or password is wrong"):
        connection(otc, password="wrong-password-of-some-length").authorize()
