"""What the modules that find things find, and with how many requests."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints, find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service


@pytest.fixture
def services(task: Any, backend: Any) -> Any:
    """Twelve services, two more than the API shows unless asked for more."""
    made = []
    for number in range(12):
        options = {**backend, "ports": [{"client_port": 1, "server_port": 100 + number}], "wait": False}
        tags = {"parity": "odd" if number % 2 else "even", "number": str(number)}
        made.append(task(converge_service, name=f"web-{number}", tags=tags, **options)["service"])
    return made


def names(result: Any) -> list[str]:
    return sorted(service["name"] for service in result["services"])


@pytest.mark.slow
def test_all_pages_with_one_request(task: Any, services: Any) -> None:
    assert len(task(find_services)["services"]) == 12
    assert task.sent == [("GET", "listEndpointServices")]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"name": "web-1"}, ["web-1"]),
        ({"name": "web"}, []),
        ({"tags": {"parity": "odd", "number": 3}}, ["web-3"]),
        ({"tags": {"parity": None, "number": "11"}}, ["web-11"]),
        ({"tags": {"nothing": None}}, []),
        ({"status": ["failed", "deleting"]}, []),
        ({"vpc_id": "another"}, []),
        ({"port_id": "another"}, []),
        ({"server_type": "LB"}, []),
        ({"server_type": "VM", "name": "web-1"}, ["web-1"]),
    ],
)
def test_filters_match_exactly(task: Any, services: Any, options: Any, found: Any) -> None:
    assert names(task(find_services, **options)) == found


@pytest.mark.slow
def test_by_id_and_by_full_name(task: Any, services: Any) -> None:
    for options in ({"id": services[4]["id"]}, {"name": services[4]["service_name"]}):
        assert names(task(find_services, **options)) == ["web-4"]


def test_public_services(task: Any, cloud: Any) -> None:
    found = task(find_services, scope="public")["services"]
    assert {service["service_type"] for service in found} == {"interface", "gateway"}
    assert {service["name"] for service in found} == {""}
    dns = next(service for service in found if service["service_name"].endswith(".dns"))
    for options in ({"name": dns["service_name"]}, {"id": dns["id"]}):
        assert task(find_services, scope="public", **options)["services"] == [dns]
    assert task(find_services, scope="public", name="dns")["services"] == []
    assert task(find_services, scope="public", without_any_tag=False)["services"] == found


@pytest.mark.slow
def test_describe_works_across_accounts(task: Any, services: Any) -> None:
    for by in ({"id": services[0]["id"]}, {"name": services[0]["service_name"]}):
        (found,) = task(find_services, account="consumer", scope="describe", **by)["services"]
        assert found["id"] == services[0]["id"] and "port_id" not in found and found["name"] == "web-0"
        assert task.sent == [("GET", "describeEndpointService")]
    assert task(find_services, account="consumer", scope="describe", id="nobody")["services"] == []


@pytest.mark.parametrize(
    "options",
    [
        {"scope": "describe"},
        {"scope": "describe", "id": "a", "name": "b"},
        {"scope": "public", "status": ["available"]},
        {"scope": "public", "tags": {"a": "b"}},
        {"scope": "describe", "id": "a", "vpc_id": "v"},
        {"id": "a/b"},
    ],
)
def test_filters_that_cannot_match_are_refused(task: Any, options: Any) -> None:
    with pytest.raises(InputError):
        task(find_services, **options)
    assert task.sent == []


@pytest.mark.slow
def test_endpoints(task: Any, cloud: Any, backend: Any) -> None:
    service = task(converge_service, name="web", **backend)["service"]
    for number, network in enumerate(cloud.spare("provider")[1:4]):
        options = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"], "tags": {"n": str(number)}}
        task(converge_endpoint, endpoint_service_id=service["id"], wait=False, **options)
    everything = task(find_endpoints)["endpoints"]
    assert len(everything) == 3 and task.sent == [("GET", "listEndpoints")]
    one = next(item for item in everything if item["tags"] == {"n": "1"})
    for options in (
        {"id": one["id"]},
        {"vpc_id": one["vpc_id"]},
        {"subnet_id": one["subnet_id"]},
        {"tags": {"n": 1}},
        {"endpoint_service_name": "web", "vpc_id": one["vpc_id"]},
        {"endpoint_service_id": service["id"], "status": ["creating"], "tags": {"n": "1"}},
    ):
        assert [item["id"] for item in task(find_endpoints, **options)["endpoints"]] == [one["id"]], options
    for options in ({"id": "nobody"}, {"status": ["rejected"]}, {"endpoint_service_name": "we"}):
        assert task(find_endpoints, **options)["endpoints"] == []


@pytest.mark.slow
def test_connections_and_permissions_of_all_services(
    task: Any, cloud: Any, services: Any, subnet: dict[str, str]
) -> None:
    """One request a service and kind, beside the list."""
    cloud.advance(3)
    one = services[3]["id"]
    endpoint = task(converge_endpoint, endpoint_service_id=one, **subnet)["endpoint"]["id"]
    task(
        lambda _, runtime: runtime.api.change(
            "addOrRemovePermissions", one, body={"action": "add", "permissions": ["iam:domain::a1"]}
        )
    )
    answer = task(find_services, include=["connections", "permissions"])
    found = {service["id"]: service for service in answer["services"]}
    each = [("GET", "listConnections"), ("GET", "listPermissions")]
    assert sorted(task.sent) == sorted([("GET", "listEndpointServices"), *each * 12])
    assert [item["id"] for item in found[one]["connections"]] == [endpoint]
    assert found[one]["permissions"] == ["iam:domain::a1"]
    assert all(service["connections"] == service["permissions"] == [] for key, service in found.items() if key != one)


@pytest.mark.slow
def test_a_hundred_services_with_their_connections(task: Any, cloud: Any, backend: Any) -> None:
    """What map_vpcs asks of a project: one listing, and one request a service."""
    cloud.settings(quota_services=100)
    for number in range(100):
        ports = [{"client_port": 1, "server_port": 1000 + number}]
        task(converge_service, name=f"map-{number}", wait=False, **{**backend, "ports": ports})
    assert len(task(find_services, include=["connections"])["services"]) == 100
    assert sorted(task.sent) == [("GET", "listConnections")] * 100 + [("GET", "listEndpointServices")]


@pytest.mark.slow
def test_only_what_is_asked_for(task: Any, services: Any) -> None:
    (service,) = task(find_services, id=services[0]["id"], include=["connections"])["services"]
    assert service["connections"] == [] and "permissions" not in service
    with pytest.raises(InputError, match="include: services in scope public do not show this"):
        task(find_services, scope="public", include=["connections"])


@pytest.mark.slow
def test_a_service_that_went_meanwhile_stops_no_other(task: Any, cloud: Any, services: Any) -> None:
    cloud.fault(operation="listConnections", status=404, code="EndPoint.0005", path=services[0]["id"])
    found = task(find_services, include=["connections"])["services"]
    assert len(found) == 12 and all(service["connections"] == [] for service in found)
    cloud.fault(operation="listConnections", status=403, code="EndPoint.0004", path=services[0]["id"])
    with pytest.raises(ApiError, match=r"EndPoint\.0004"):
        task(find_services, include=["connections"])
