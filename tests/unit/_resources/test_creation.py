"""A creation makes exactly one object, also with faults of the request and with other runs at the same time."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import OutcomeUnknown, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service

UNANSWERED = [
    {"kind": "reset", "carried_out": True},
    {"kind": "close", "carried_out": True},
    {"kind": "truncate"},
    {"kind": "not_json"},
    {"preset": "server_error", "carried_out": True},
    {"preset": "timeout", "carried_out": True},
    {"preset": "bad_gateway", "carried_out": True},
]
NOT_CARRIED_OUT = [{**fault, "carried_out": False} for fault in UNANSWERED if "carried_out" in fault]
THROTTLED = [{"preset": "throttle"}, {"preset": "throttle_gateway"}]


def name_of(fault: Any) -> str:
    return "-".join(str(value) for value in fault.values())


@pytest.mark.slow
@pytest.mark.parametrize("fault", UNANSWERED, ids=name_of)
def test_an_unanswered_creation_is_adopted(task: Any, cloud: Any, backend: Any, subnet: Any, fault: Any) -> None:
    cloud.fault(method="POST", operation="createEndpointService", **fault)
    created = task(converge_service, name="web", permissions=["abc"], **backend)
    assert created["changed"] and created["service"]["permissions"] == ["iam:domain::abc"]
    assert task.writes == ["createEndpointService", "addOrRemovePermissions"]
    assert len(cloud.state()["services"]) == 1
    cloud.fault(method="POST", operation="createEndpoint", **fault)
    made = task(converge_endpoint, endpoint_service_id=created["service"]["id"], enable_dns=True, **subnet)
    assert made["changed"] and made["endpoint"]["status"] == "accepted"
    assert task.writes == ["createEndpoint"] and len(cloud.state()["endpoints"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", NOT_CARRIED_OUT, ids=name_of)
def test_what_was_not_carried_out_is_sent_again_after_a_look(task: Any, cloud: Any, backend: Any, fault: Any) -> None:
    cloud.fault(method="POST", operation="createEndpointService", **fault)
    assert task(converge_service, name="web", **backend)["changed"]
    assert task.writes == ["createEndpointService"] * 2
    between = task.sent[task.sent.index(("POST", "createEndpointService")) + 1 :]
    assert between[0] == ("GET", "listEndpointServices")
    assert len(cloud.state()["services"]) == 1


@pytest.mark.parametrize("fault", THROTTLED, ids=name_of)
def test_a_throttled_creation_needs_no_other_look(task: Any, cloud: Any, backend: Any, fault: Any) -> None:
    cloud.fault(method="POST", operation="createEndpointService", count=2, **fault)
    assert task(converge_service, name="web", **backend)["changed"]
    assert task.writes == ["createEndpointService"] * 3
    assert task.sent.count(("GET", "listEndpointServices")) == 2  # the look before, and the one after it is available


@pytest.mark.slow
def test_a_creation_that_never_gets_an_answer_ends_with_an_error(task: Any, cloud: Any, backend: Any) -> None:
    cloud.fault(method="POST", operation="createEndpointService", kind="reset", count=None)
    with pytest.raises(OutcomeUnknown):
        task(converge_service, name="web", **backend)
    assert cloud.state()["services"] == []
    cloud.clear_faults()
    assert task(converge_service, name="web", **backend)["changed"]


@pytest.mark.slow
@pytest.mark.parametrize("is_older", [True, False])
@pytest.mark.parametrize("seconds", [0, 1])
def test_a_first_request_that_arrives_late_leaves_one_endpoint(
    task: Any, cloud: Any, backend: Any, subnet: Any, is_older: bool, seconds: float
) -> None:
    """The first POST seems lost, the second one is sent, and then the first one turns out to have worked."""
    service = task(converge_service, name="web", **backend)["service"]
    wanted = {"endpoint_service_id": service["id"], **subnet}

    def race(options: Any, runtime: Any) -> Any:
        send = runtime.api.create_endpoint
        late: list[Any] = []

        def create(body: Any) -> Any:
            late.append(body)
            if len(late) == 1:
                raise OutcomeUnknown("no answer", operation="create endpoint")
            if is_older:
                send(late[0])  # only now the first one arrives
                cloud.advance(seconds)
                return send(body)
            answer = send(body)
            cloud.advance(seconds)
            send(late[0])
            return answer

        runtime.api.create_endpoint = create
        return converge_endpoint(options, runtime)

    cloud.start_second(ascending=is_older)
    assert task(race, **wanted)["changed"]
    assert len([item for item in cloud.state()["endpoints"] if item["status"] != "deleting"]) == 1
    assert not task(converge_endpoint, **wanted)["changed"]


def test_deleted_by_somebody_else_while_waiting(task: Any, cloud: Any, backend: Any) -> None:
    def vanish(options: Any, runtime: Any) -> Any:
        read = runtime.api.get_service

        def get(service_id: str) -> Any:
            found = read(service_id)
            cloud.remove("services", service_id)
            return found

        runtime.api.get_service = get
        return converge_service(options, runtime)

    with pytest.raises(VpcepError, match="was deleted by another run or user"):
        task(vanish, name="web", **backend)


def test_gone_between_list_and_delete(task: Any, cloud: Any, backend: Any) -> None:
    task(converge_service, name="web", **backend)

    def vanish(options: Any, runtime: Any) -> Any:
        send = runtime.api.change

        def change(operation: str, service_id: str) -> Any:
            cloud.remove("services", service_id)
            return send(operation, service_id)

        runtime.api.change = change
        return converge_service(options, runtime)

    assert task(vanish, name="web", state="absent")["changed"]


@pytest.mark.fault_injection("undocumented statuses")
def test_a_status_that_nobody_documented_is_waited_through(task: Any, cloud: Any, backend: Any) -> None:
    created = task(converge_service, name="web", wait=False, **backend)["service"]
    odd = dict(created, status="migrating", service_name=f"r.web.{created['id']}", tags=[])
    reads = iter([odd, odd])

    def strange(options: Any, runtime: Any) -> Any:
        read = runtime.api.get_service
        runtime.api.get_service = lambda service_id: next(reads, None) or read(service_id)
        return converge_service(options, runtime)

    assert task(strange, name="web", **backend)["service"]["status"] == "available"
