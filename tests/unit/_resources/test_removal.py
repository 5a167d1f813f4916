"""Deletions that the cloud refuses for now, and whom a deletion leaves behind."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, VpcepError, WaitTimeout
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

KINDS = ["service", "endpoint", "fleet"]


@pytest.fixture
def young(task: Any, cloud: Any, backend: Any, subnet: Any, request: Any) -> Any:
    """A program and its options for an object that is still being created."""
    cloud.settings(delete_creating_endpoints_fails=True, service_create_delay=3, endpoint_create_delay=60)
    service = task(converge_service, name="web", **backend)["service"]["id"]
    if request.param == "service":
        task(converge_service, name="web", state="absent")
        cloud.settings(service_create_delay=60)
        wanted = {"name": "web", **backend}
        task(converge_service, wait=False, **wanted)
        return converge_service, wanted
    wanted = {"endpoint_service_id": service, **subnet}
    task(converge_endpoint, wait=False, **wanted)
    if request.param == "endpoint":
        return converge_endpoint, wanted
    return converge_endpoints, {"endpoints": [subnet], "endpoint_service_id": service}


@pytest.mark.slow
@pytest.mark.parametrize("young", KINDS, indirect=True)
@pytest.mark.parametrize("wait", [True, False])
def test_what_is_being_created_is_waited_for(task: Any, cloud: Any, young: Any, wait: bool) -> None:
    program, wanted = young
    assert task(program, state="absent", wait=wait, wait_timeout=300, **wanted)["changed"]
    cloud.advance(5)
    kind = "services" if program is converge_service else "endpoints"
    assert cloud.state()[kind] == []


@pytest.mark.slow
@pytest.mark.parametrize("young", ["endpoint", "service"], indirect=True)
def test_a_status_that_ends_between_the_refusal_and_the_look(task: Any, cloud: Any, young: Any) -> None:
    program, wanted = young

    def run(options: Any, runtime: Any) -> Any:
        name = "get_service" if program is converge_service else "get_endpoint"
        get = getattr(runtime.api, name)

        def later(object_id: str) -> Any:
            cloud.advance(61)
            return get(object_id)

        setattr(runtime.api, name, later)
        return program(options, runtime)

    assert task(run, state="absent", wait_timeout=300, **wanted)["changed"]


@pytest.mark.slow
@pytest.mark.parametrize("young", KINDS, indirect=True)
def test_not_for_ever(task: Any, cloud: Any, young: Any) -> None:
    program, wanted = young
    with pytest.raises(VpcepError, match=r"is still in status creating") as caught:
        task(program, state="absent", wait_timeout=20, **wanted)
    assert "Connected" not in str(caught.value), "endpoints have nothing to do with it"
    if program is not converge_endpoints:
        assert isinstance(caught.value, WaitTimeout) and caught.value.status == "creating"


@pytest.mark.slow
@pytest.mark.parametrize("young", ["endpoint", "service"], indirect=True)
def test_a_status_that_no_document_names(task: Any, cloud: Any, young: Any) -> None:
    program, wanted = young

    def run(options: Any, runtime: Any) -> Any:
        name = "get_service" if program is converge_service else "get_endpoint"
        get = getattr(runtime.api, name)

        def other(object_id: str) -> Any:
            found = get(object_id)
            return {**found, "status": "upgrading"} if found["status"] == "creating" else found

        setattr(runtime.api, name, other)
        return program(options, runtime)

    with pytest.raises(WaitTimeout, match="is still in status upgrading"):
        task(run, state="absent", wait_timeout=20, **wanted)
    assert task(run, state="absent", wait_timeout=300, **wanted)["changed"]


def test_a_refusal_that_is_none_of_that_kind(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", **backend)
    cloud.fault(operation="deleteEndpointService", code="EndPoint.0004", count=None)
    with pytest.raises(ApiError, match=r"EndPoint\.0004"):
        task(converge_service, name="web", state="absent")
    assert task.writes == ["deleteEndpointService"]


# Whom a deletion leaves behind


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("way", ["absent", "recreate"])
def test_who_waits_for_acceptance_is_named(
    task: Any, cloud: Any, service: str, join: Any, backend: Any, check: bool, way: str
) -> None:
    (endpoint,) = join(1)
    account = task(lambda _, runtime: runtime.api.list_connections(service))[0]["domain_id"]
    wish: dict[str, Any] = {"state": "absent"}
    if way == "recreate":
        wish = {"vpc_id": cloud.spare("provider")[1]["vpc_id"], "port_id": cloud.spare("provider")[1]["port_id"]}
    assert task(converge_service, check=check, id=service, recreate=True, **wish)["changed"]
    told = [text for text in task.warnings if endpoint in text and account in text and "pendingAcceptance" in text]
    assert len(told) == 1
    assert (task.writes == []) == check


def test_nobody_waits(task: Any, cloud: Any, service: str) -> None:
    task(converge_service, id=service, state="absent")
    assert task.warnings == []
    assert task(converge_service, id=service, state="absent")["changed"] is False
    assert task.sent == [("GET", "getEndpointService")]


def test_who_may_not_look_may_delete(task: Any, cloud: Any, service: str) -> None:
    cloud.fault(operation="listConnections", code="EndPoint.0004", count=None)
    assert task(converge_service, id=service, state="absent")["changed"]
