"""An entry of a list that lacks a member stops only a task that needs that member of that entry.

The best known one is an endpoint whose service is gone: the cloud no longer shows the service's name.
"""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import BulkFailed, converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import UnusableAnswer
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import model
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.listing import read

HIDDEN = ["endpoint_service_name", "endpoint_service_id", "endpoint_service_id,endpoint_service_name"]


@pytest.fixture
def services(publish: Any) -> list[str]:
    """Two services without approval; the first one is going to be removed."""
    return [publish("web", approval_enabled=False), publish("db", approval_enabled=False)]


@pytest.fixture
def orphan(task: Any, cloud: Any, services: list[str], subnet: Any) -> str:
    """An endpoint whose service is gone; the ID."""
    made = task(converge_endpoint, endpoint_service_id=services[0], **subnet)["endpoint"]["id"]
    cloud.remove("services", services[0])
    return str(made)


@pytest.fixture(params=["accepted", "failed", "rejected"])
def status(request: Any, cloud: Any, orphan: str) -> str:
    """The status of the orphan."""
    cloud.change("endpoints", orphan, status=request.param)
    return str(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("hidden", HIDDEN)
def test_an_orphan_stops_no_other_endpoint_of_its_subnet(
    task: Any, cloud: Any, services: Any, subnet: Any, orphan: str, status: str, hidden: str
) -> None:
    cloud.settings(orphans_hide=hidden)
    other = {"endpoint_service_id": services[1], **subnet}
    assert task(converge_endpoint, True, **other)["changed"]
    made = task(converge_endpoint, **other)
    assert made["changed"] and made["endpoint"]["id"] != orphan
    assert not task(converge_endpoint, **other)["changed"]
    full_name = f"{cloud.info()['region']}.db.{services[1]}"
    for by_name in ("db", full_name):
        assert not task(converge_endpoint, endpoint_service_name=by_name, **subnet)["changed"]
    fleet = task(converge_endpoints, endpoints=[subnet], endpoint_service_id=services[1], purge=True)
    assert not fleet["changed"] and fleet["purged"] == []
    assert task(converge_endpoint, state="absent", **other)["changed"]
    assert [one["id"] for one in cloud.state()["endpoints"]] == [orphan]


@pytest.mark.slow
def test_an_orphan_costs_no_request_more(task: Any, services: Any, subnet: Any, orphan: str) -> None:
    other = {"endpoint_service_id": services[1], **subnet}
    task(converge_endpoint, **other)
    task(converge_endpoint, **other)
    assert task.sent == [("GET", "listEndpoints")]
    task(converge_endpoints, endpoints=[subnet], endpoint_service_id=services[1])
    assert task.sent == [("GET", "listEndpoints")]


@pytest.mark.slow
@pytest.mark.parametrize("hidden", HIDDEN[:2])
@pytest.mark.parametrize("way", ["definition", "id", "fleet"])
def test_an_orphan_can_be_removed(
    task: Any, cloud: Any, services: Any, subnet: Any, orphan: str, status: str, hidden: str, way: str
) -> None:
    cloud.settings(orphans_hide=hidden)
    if way == "fleet":
        result = task(converge_endpoints, endpoints=[subnet], endpoint_service_id=services[0], state="absent")
    else:
        by = {"id": orphan} if way == "id" else {"endpoint_service_id": services[0], **subnet}
        result = task(converge_endpoint, state="absent", **by)
    assert result["changed"] and cloud.state()["endpoints"] == []


@pytest.mark.slow
def test_an_orphan_that_only_a_name_tells(task: Any, cloud: Any, services: Any, subnet: Any, orphan: str) -> None:
    """The name of a service that is gone leads nowhere: the task may mean just this endpoint."""
    name = f"{cloud.info()['region']}.web.{services[0]}"
    with pytest.raises(UnusableAnswer, match=orphan):
        task(converge_endpoint, state="absent", endpoint_service_name=name, **subnet)
    assert task.writes == []


@pytest.mark.slow
@pytest.mark.parametrize("hidden", HIDDEN)
def test_an_orphan_is_shown(task: Any, cloud: Any, orphan: str, services: Any, hidden: str) -> None:
    cloud.settings(orphans_hide=hidden)
    (found,) = task(find_endpoints)["endpoints"]
    assert found["id"] == orphan and not set(hidden.split(",")) & set(found)
    listing = task(lambda options, runtime: read(options, True, runtime))
    assert [one["id"] for one in listing.endpoints] == [orphan]
    (service,) = model.landscape([{"name": "us", "endpoints": [found]}]).services
    assert service.place.kind == model.UNKNOWN


@pytest.mark.slow
def test_endpoints_of_public_services_are_told_apart_by_their_names(task: Any, cloud: Any, subnet: Any) -> None:
    """These names do not end in the service's ID."""
    public = [one["name"] for one in cloud.info()["public_services"] if one["type"] == "interface"]
    made = task(converge_endpoint, endpoint_service_name=public[0], **subnet)["endpoint"]["id"]
    cloud.change("endpoints", made, hidden=["endpoint_service_id"])
    assert not task(converge_endpoint, endpoint_service_name=public[0], **subnet)["changed"]
    assert task(converge_endpoint, endpoint_service_name=public[1], **subnet)["changed"]


@pytest.mark.slow
def test_members_of_others_do_not_matter(task: Any, cloud: Any, services: Any, subnet: Any) -> None:
    """In the same VPC, and for a fleet in the same project."""
    network = cloud.spare("provider")[2]
    place = {name: network[name] for name in ("vpc_id", "subnet_id")}
    odd = task(converge_endpoint, endpoint_service_id=services[1], **place)["endpoint"]["id"]
    names = ["status", "service_type", "endpoint_service_id", "endpoint_service_name", "ip", "created_at"]
    cloud.change("endpoints", odd, hidden=[*names, "vpc_id"])
    asked = {"endpoint_service_id": services[0], **subnet}
    assert task(converge_endpoint, **asked)["changed"]
    assert not task(converge_endpoints, endpoints=[asked])["changed"]
    with pytest.raises(UnusableAnswer, match="status"):
        cloud.change("endpoints", odd, hidden=["status"])
        task(converge_endpoint, endpoint_service_id=services[1], **place)
    with pytest.raises(BulkFailed, match="status"):
        task(converge_endpoints, endpoint_service_id=services[1], endpoints=[place])
    assert task.writes == []


@pytest.mark.slow
@pytest.mark.parametrize("members", [["endpoint_service_id"], ["endpoint_service_id", "endpoint_service_name"]])
def test_what_only_details_show(task: Any, cloud: Any, services: Any, subnet: Any, members: list[str]) -> None:
    asked = {"endpoint_service_id": services[0], **subnet}
    made = task(converge_endpoint, **asked)["endpoint"]["id"]
    cloud.change("endpoints", made, unlisted=members)
    result = task(converge_endpoint, **asked)
    assert not result["changed"] and result["endpoint"]["id"] == made


@pytest.mark.parametrize("bulk", [False, True])
def test_settings_that_only_details_show(task: Any, cloud: Any, services: Any, subnet: Any, bulk: bool) -> None:
    wanted = {"tags": {"a": "1"}, "description": "shop"}

    def run(**more: Any) -> Any:
        endpoint = {**subnet, **wanted, **more}
        options = {"endpoints": [endpoint]} if bulk else endpoint
        return task(converge_endpoints if bulk else converge_endpoint, endpoint_service_id=services[0], **options)

    run()
    cloud.change("endpoints", cloud.state()["endpoints"][0]["id"], unlisted=["tags", "description"])
    assert not run()["changed"] and task.sent == [("GET", "listEndpoints"), ("GET", "getEndpoint")]
    assert run(tags={"a": "1", "b": "2"})["changed"]
    assert not run(tags={"a": "1", "b": "2"})["changed"] and task.writes == []


def test_settings_of_services_that_only_details_show(task: Any, cloud: Any, backend: Any) -> None:
    wanted = {**backend, "ports": [{"client_port": 1, "server_port": 1}], "tags": {"a": "1"}, "description": "shop"}
    made = task(converge_service, **wanted)["service"]["id"]
    cloud.change("services", made, unlisted=["tags", "description", "tcp_proxy"])
    assert not task(converge_service, **wanted)["changed"]
    assert task.sent == [("GET", "listEndpointServices"), ("GET", "getEndpointService")]
    assert task(converge_service, True, **{**wanted, "tags": {}})["changed"]


def test_a_service_that_lacks_members_stops_no_other(task: Any, cloud: Any, publish: Any, backend: Any) -> None:
    odd = publish("odd")
    cloud.change("services", odd, hidden=["status", "ports", "created_at"])
    other = {**backend, "ports": [{"client_port": 1, "server_port": 1}]}
    assert task(converge_service, name="odd-2", **other)["changed"]
    cloud.change("services", odd, hidden=["status"])
    assert not task(converge_service, **other)["changed"]
    with pytest.raises(UnusableAnswer, match="status"):
        task(converge_service, name="odd", state="absent")


def test_a_connection_that_lacks_members_stops_no_other(task: Any, cloud: Any, service: str, join: Any) -> None:
    odd, good = join(2)
    cloud.change("endpoints", odd, unlisted=["status", "domain_id"])
    assert task(decide_connections, endpoint_service_id=service, endpoints=[good], state="accepted")["changed"]
    for options in ({"endpoints": [odd]}, {"pending": True}, {"domain_ids": [cloud.domain_id("consumer")]}):
        with pytest.raises(UnusableAnswer):
            task(decide_connections, endpoint_service_id=service, state="accepted", **options)
    assert task.writes == []
