"""What a task of vpcep_connection does to the cloud, and what vpcep_connection_info finds."""

import threading
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError, WaitTimeout
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import (
    decide_connections,
    find_connections,
)

LIST = ("GET", "listConnections")
FIND = ("GET", "listEndpointServices")
DECIDE = "acceptOrRejectConnection"
DESCRIBE = "updateConnectionDescriptions"
WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"


@pytest.fixture
def decide(task: Any, service: str) -> Any:
    """Runs the module about the service."""
    return lambda **options: task(decide_connections, **{"endpoint_service_id": service, "state": ACCEPTED, **options})


def decided(cloud: Any) -> list[str]:
    """The endpoints of the last task's decisions; each request may hold one only (EndPoint.2031)."""
    bodies = [entry["body"] for entry in cloud.log(operation=DECIDE)]
    assert all(len(body["endpoints"]) == 1 for body in bodies)
    return sorted(body["endpoints"][0] for body in bodies)


# Which ones


@pytest.mark.slow
def test_by_id_one_request_each_and_then_none(decide: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    first, second, other = join(3)
    result = decide(endpoints=[second, first, second])
    assert result["changed"] and [item["id"] for item in result["connections"]] == [second, first]
    assert task.sent == [LIST, ("POST", DECIDE), ("POST", DECIDE), LIST]
    assert decided(cloud) == sorted([first, second])
    assert statuses() == {first: ACCEPTED, second: ACCEPTED, other: WAITS}
    assert result["diff"]["before"] == {"connections": {key: {"status": WAITS} for key in sorted([first, second])}}
    assert not decide(endpoints=[first, second])["changed"]
    assert task.sent == [LIST]
    by_name = {"endpoint_service_id": None, "endpoint_service_name": "web"}
    assert not decide(endpoints=[first], **by_name)["changed"]
    assert task.sent == [FIND, LIST]


@pytest.mark.slow
def test_a_list_that_is_not_filtered_names_no_other(task: Any, service: str, join: Any, statuses: Any) -> None:
    first, second, other = join(3)

    def unfiltered(options: Any, runtime: Any) -> Any:
        every = runtime.api.list_connections
        runtime.api.list_connections = lambda service_id, **_filters: every(service_id)
        return decide_connections(options, runtime)

    for one in (second, first):
        done = task(unfiltered, state=ACCEPTED, endpoint_service_id=service, endpoints=[one])
        assert [(item["id"], item["status"]) for item in done["connections"]] == [(one, ACCEPTED)]
    assert statuses() == {first: ACCEPTED, second: ACCEPTED, other: WAITS}


@pytest.mark.slow
def test_by_account_whatever_the_status(decide: Any, cloud: Any, join: Any, statuses: Any) -> None:
    (own,), (waiting, done, refused) = join(account="provider"), join(3)
    cloud.change("endpoints", done, status=ACCEPTED)
    cloud.change("endpoints", refused, status=REJECTED)
    account = cloud.domain_id("consumer")
    result = decide(domain_ids=[account, "nobody"])
    assert decided(cloud) == sorted([waiting, refused])
    assert {item["domain_id"] for item in result["connections"]} == {account} and len(result["connections"]) == 3
    assert statuses() == {own: WAITS, waiting: ACCEPTED, done: ACCEPTED, refused: ACCEPTED}


@pytest.mark.slow
@pytest.mark.parametrize("account", [None, "consumer"])
def test_those_who_wait_and_of_one_account(
    decide: Any, task: Any, cloud: Any, join: Any, statuses: Any, account: Any
) -> None:
    (own,), (waiting, refused) = join(account="provider"), join(2)
    cloud.change("endpoints", refused, status=REJECTED)
    accounts = [cloud.domain_id(account)] if account else None
    assert decide(pending=True, domain_ids=accounts)["changed"]
    assert decided(cloud) == ([waiting] if account else sorted([own, waiting]))
    assert statuses()[refused] == REJECTED
    assert not decide(pending=True, domain_ids=accounts)["changed"] and task.sent == [LIST]


def test_nobody_is_chosen_by_empty_lists(decide: Any, task: Any, join: Any) -> None:
    join()
    assert not decide(endpoints=[])["changed"] and task.sent == []
    for options in ({"domain_ids": []}, {"domain_ids": ["nobody"]}):
        assert decide(**options)["connections"] == [] and task.sent == [LIST]


@pytest.mark.slow
def test_a_connection_can_be_cut_and_taken_back(decide: Any, cloud: Any, join: Any, statuses: Any) -> None:
    (one,) = join()
    for state in (ACCEPTED, REJECTED, ACCEPTED):
        result = decide(endpoints=[one], state=state)
        assert result["changed"] and result["connections"][0]["status"] == state
        assert decided(cloud) == [one] and statuses() == {one: state}
        assert not decide(endpoints=[one], state=state)["changed"]


# Connections that cannot be accepted or rejected


@pytest.mark.slow
def test_by_id_each_problem_is_told_and_the_others_are_decided(
    decide: Any, cloud: Any, publish: Any, join: Any, statuses: Any, service: str
) -> None:
    fine, failed, going, gone = join(4)
    cloud.change("endpoints", failed, status="failed", error=["EndPoint.4010", "no port"])
    cloud.change("endpoints", going, status="deleting")
    cloud.remove("endpoints", gone)
    (elsewhere,) = join(account="provider", at=publish("other"))
    with pytest.raises(VpcepError) as caught:
        decide(endpoints=[failed, going, fine, gone, elsewhere])
    assert decided(cloud) == [fine] and statuses()[fine] == ACCEPTED and statuses()[elsewhere] == WAITS
    for text in (
        f"Endpoint {failed} of endpoint service {service} has failed: EndPoint.4010",
        f"Endpoint {going} of endpoint service {service} is being deleted",
        f"There is no endpoint {gone} at endpoint service {service}",
        f"There is no endpoint {elsewhere} at",
    ):
        assert text in str(caught.value)
    assert fine not in str(caught.value)


@pytest.mark.parametrize("pending", [True, False])
def test_by_account_they_are_left_alone(
    decide: Any, task: Any, cloud: Any, join: Any, statuses: Any, pending: bool
) -> None:
    fine, failed, going = join(3)
    cloud.change("endpoints", failed, status="failed")
    cloud.change("endpoints", going, status="deleting")
    result = decide(domain_ids=[cloud.domain_id("consumer")], pending=pending)
    assert decided(cloud) == [fine] and [item["id"] for item in result["connections"]] == [fine]
    assert [failed in text for text in task.warnings] == ([] if pending else [True])


@pytest.mark.slow
def test_one_that_fails_while_it_is_waited_for(decide: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    """An error when it was named; left alone with a warning when an account was."""
    cloud.settings(fail_next_endpoints=2)
    first, second = join(2, ready=False)
    with pytest.raises(VpcepError, match=f"Endpoint {first} .* has failed"):
        decide(endpoints=[first])
    cloud.remove("endpoints", first)
    cloud.remove("endpoints", second)
    cloud.settings(fail_next_endpoints=1)
    doomed, fine = join(2, ready=False)
    result = decide(pending=True)
    assert [item["id"] for item in result["connections"]] == [fine] and statuses()[fine] == ACCEPTED
    assert len(task.warnings) == 1 and doomed in task.warnings[0]


@pytest.mark.slow
def test_a_refused_decision_names_the_endpoint_and_stops_no_other(
    decide: Any, task: Any, cloud: Any, join: Any, statuses: Any
) -> None:
    made = join(3)
    cloud.fault(operation=DECIDE, code="EndPoint.0004", status=403)
    with pytest.raises(VpcepError, match=r"Could not accept endpoint .*EndPoint\.0004") as caught:
        decide(pending=True)
    (left,) = [key for key, status in statuses().items() if status == WAITS]
    assert [key for key in made if key in str(caught.value)] == [left]
    assert len(task.writes) == 3


# Waiting


@pytest.mark.slow
@pytest.mark.parametrize("by", ["endpoints", "pending", "domain_ids"])
def test_one_that_is_being_created_is_waited_for(decide: Any, task: Any, cloud: Any, join: Any, by: str) -> None:
    """The API does not decide about it before (EndPoint.2019)."""
    made = join(2, ready=False)
    options = {"endpoints": made, "pending": True, "domain_ids": [cloud.domain_id("consumer")]}
    result = decide(**{by: options[by]})
    assert {item["status"] for item in result["connections"]} == {ACCEPTED}
    assert task.writes == [DECIDE] * 2 and 3 <= task.now < 10


@pytest.mark.slow
def test_one_that_is_not_listed_yet_is_looked_for(decide: Any, task: Any, cloud: Any, join: Any) -> None:
    cloud.settings(connection_lag=20)
    made = join(2)
    assert decide(endpoints=made)["changed"]
    assert task.writes == [DECIDE] * 2 and 17 <= task.now < 25
    task.now = 0
    cloud.settings(connection_lag=100)
    with pytest.raises(VpcepError, match="There is no endpoint"):
        decide(endpoints=made)
    assert 30 <= task.now < 40
    task.now = 0
    with pytest.raises(VpcepError, match="There is no endpoint"):
        decide(endpoints=made, wait=False)
    assert task.sent == [LIST] and task.now == 0


@pytest.mark.slow
def test_the_deadline_bounds_every_wait(decide: Any, task: Any, cloud: Any, join: Any) -> None:
    cloud.settings(connection_lag=100, endpoint_create_delay=300)
    made = join(ready=False)
    with pytest.raises(VpcepError, match="There is no endpoint"):
        decide(endpoints=made, wait_timeout=10)
    assert task.now <= 10
    cloud.settings(connection_lag=0)
    task.now = 0
    with pytest.raises(WaitTimeout, match=r"a connection of endpoint service .* still in status creating"):
        decide(endpoints=made, wait_timeout=10)
    assert task.now <= 10 and task.writes == []


def test_without_waiting_one_that_is_being_created_is_left_alone(
    decide: Any, task: Any, join: Any, statuses: Any
) -> None:
    making, (waiting,) = join(ready=False), join(ready=False)
    task.simulator.change("endpoints", waiting, status=WAITS)
    predicted = decide(endpoints=[*making, waiting], wait=False, check=True)
    assert len(task.warnings) == 1
    result = decide(endpoints=[*making, waiting], wait=False)
    assert result["changed"] and statuses() == {making[0]: "creating", waiting: ACCEPTED}
    (text,) = task.warnings
    assert f"Endpoint {making[0]} is still being created and was not changed" in text
    assert predicted["diff"] == result["diff"]


@pytest.mark.slow
def test_until_the_decision_is_in_force(decide: Any, task: Any, cloud: Any, join: Any) -> None:
    (one,) = join()
    cloud.fault(operation=DECIDE, status=200, body='{"connections": []}', count=2)
    with pytest.raises(WaitTimeout, match=rf"still in status {WAITS}\. The cloud continues: run the task again"):
        decide(endpoints=[one], wait_timeout=5)
    task.now = 0
    result = decide(endpoints=[one], wait=False)
    assert result["changed"] and task.now == 0  # a decision was sent, although the list still shows the old status
    assert task.sent == [LIST, ("POST", DECIDE), LIST]


def test_accepted_already_counts_as_success(decide: Any, task: Any, cloud: Any, join: Any, statuses: Any) -> None:
    """The answer is lost, so that the transport asks once more, and the cloud says EndPoint.2014."""
    cloud.settings(receive_accepted_fails=True)
    (one,) = join()
    cloud.fault(kind="reset", operation=DECIDE, carried_out=True)
    assert decide(endpoints=[one])["changed"] and statuses() == {one: ACCEPTED}
    assert [entry["status"] for entry in cloud.log(operation=DECIDE)] == [None, 400]
    cloud.fault(operation=DECIDE, code="EndPoint.2014")
    with pytest.raises(VpcepError, match=r"EndPoint\.2014"):  # it says nothing about a rejection
        decide(endpoints=[one], state=REJECTED)


# Check mode


@pytest.mark.parametrize("state", [ACCEPTED, REJECTED])
def test_check_mode_predicts_and_sends_gets_only(
    task: Any, cloud: Any, join: Any, service: str, statuses: Any, state: str
) -> None:
    made = join(2)
    words = {"description": "blue"} if cloud.profile == "huawei" else {}
    options = {"endpoint_service_id": service, "endpoints": made, "state": state, **words}
    predicted = task(decide_connections, check=True, **options)
    assert predicted["changed"] and task.sent == [LIST] and set(statuses().values()) == {WAITS}
    real = task(decide_connections, **options)
    assert real["diff"] == predicted["diff"]
    for told, seen in zip(predicted["connections"], real["connections"], strict=True):
        assert {**told, "updated_at": None} == {**seen, "updated_at": None}
    assert not task(decide_connections, check=True, **options)["changed"]


def test_check_mode_before_anything_exists(task: Any, join: Any, service: str) -> None:
    for options in (
        {"endpoint_service_id": "", "pending": True},
        {"endpoint_service_name": "nobody", "domain_ids": ["a"]},
        {"endpoint_service_id": service, "endpoints": [""]},
    ):
        assert task(decide_connections, check=True, **options)["connections"] == []
        with pytest.raises(VpcepError):
            task(decide_connections, **options)
    (one,) = join(ready=False)
    predicted = task(decide_connections, check=True, state=ACCEPTED, endpoint_service_id=service, endpoints=[one])
    assert predicted["changed"] and task.sent == [LIST] and task.now == 0


# Descriptions


def test_one_request_describes_all(decide: Any, task: Any, cloud: Any, join: Any) -> None:
    made = join(3)
    if cloud.profile == "otc":
        with pytest.raises(InputError, match="description: T Cloud Public does not have this option"):
            decide(endpoints=made, description="blue")
        assert task.sent == []
        return
    result = decide(endpoints=made[:2], description="blue")
    assert task.writes == [DECIDE, DECIDE, DESCRIBE]
    (entry,) = cloud.log(operation=DESCRIBE)
    assert entry["body"] == {"connections": [{"id": key, "description": "blue"} for key in made[:2]]}
    assert result["diff"]["after"]["connections"][made[0]] == {"status": ACCEPTED, "description": "blue"}
    assert not decide(endpoints=made[:2], description="blue")["changed"] and task.sent == [LIST]
    alone = decide(endpoints=made[:2], description="")
    assert alone["changed"] and task.writes == [DESCRIBE]
    assert {item["description"] for item in alone["connections"]} == {""}
    with pytest.raises(InputError, match="512"):
        decide(endpoints=made, description="x" * 513)


def test_refused_descriptions_do_not_undo_decisions(decide: Any, cloud: Any, join: Any, statuses: Any) -> None:
    if cloud.profile == "otc":
        return
    (one,) = join()
    cloud.fault(operation=DESCRIBE, code="EndPoint.0004", status=403)
    with pytest.raises(VpcepError, match=r"EndPoint\.0004"):
        decide(endpoints=[one], description="blue")
    assert statuses() == {one: ACCEPTED}


# Many


@pytest.mark.slow
def test_thirty_endpoints_a_few_at_once(task: Any, cloud: Any, join: Any, service: str, statuses: Any) -> None:
    made = join(30)
    cloud.settings(latency_ms=10)
    lock, busy = threading.Lock(), [0, 0]  # requests under way: now, and the most so far

    def watched(options: Any, runtime: Any) -> Any:
        send = runtime.api.decide_connection

        def counted(*words: Any) -> Any:
            with lock:
                busy[0] += 1
                busy[1] = max(busy)
            try:
                return send(*words)
            finally:
                with lock:
                    busy[0] -= 1

        runtime.api.decide_connection = counted
        return decide_connections(options, runtime)

    assert task(watched, endpoint_service_id=service, state=ACCEPTED, pending=True)["changed"]
    assert decided(cloud) == sorted(made) and set(statuses().values()) == {ACCEPTED}
    assert 1 < busy[1] <= 8
    assert task.sent.count(LIST) == 2  # before and after, for all of them


# Input


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"endpoints": ["e"]}, "Say which service is meant"),
        ({"endpoint_service_id": "", "pending": True}, "Say which service is meant"),
        ({"endpoint_service_id": "s"}, "Say which connections are meant"),
        ({"endpoint_service_id": "s", "pending": False}, "Say which connections are meant"),
        ({"endpoint_service_id": "s/t", "pending": True}, "endpoint_service_id: 's/t' is not an identifier"),
        ({"endpoint_service_id": "s", "endpoints": ["e", "../e"]}, "endpoints: '../e' is not an identifier"),
        ({"endpoint_service_id": "s", "endpoints": [""]}, "endpoints: '' is not an identifier"),
        ({"endpoint_service_id": "s", "domain_ids": ["a b"]}, "domain_ids: 'a b' is not an identifier"),
        ({"endpoint_service_id": "s", "pending": True, "wait_timeout": 0}, "wait_timeout: 0 is not a positive"),
    ],
)
def test_bad_input_sends_nothing(task: Any, options: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        task(decide_connections, **options)
    assert message in str(caught.value) and task.sent == []


def test_a_service_that_nobody_has(task: Any) -> None:
    for program in (decide_connections, find_connections):
        with pytest.raises(VpcepError, match="no endpoint service named 'nobody' in this project"):
            task(program, endpoint_service_name="nobody", pending=True)


# vpcep_connection_info


@pytest.mark.slow
def test_finding(task: Any, cloud: Any, join: Any, service: str) -> None:
    (own,), (waiting, done, going) = join(account="provider"), join(3)
    cloud.change("endpoints", done, status=ACCEPTED)
    cloud.change("endpoints", going, status="deleting")
    account = cloud.domain_id("consumer")
    marker = next(item["marker_id"] for item in cloud.state()["endpoints"] if item["id"] == done)
    for options, found in (
        ({}, [own, waiting, done, going]),
        ({"id": done}, [done]),
        ({"marker_id": marker}, [done]),
        ({"domain_ids": [account]}, [waiting, done, going]),
        ({"status": [WAITS]}, [own, waiting]),
        ({"status": ["deleting"]}, [going]),  # the API itself cannot filter by this one
        ({"status": [WAITS, ACCEPTED], "domain_ids": [account]}, [waiting, done]),
        ({"id": "nobody"}, []),
    ):
        result = task(find_connections, endpoint_service_id=service, **options)
        assert sorted(item["id"] for item in result["connections"]) == sorted(found), options
        assert not result["changed"] and task.sent == [LIST]
    assert len(task(find_connections, endpoint_service_name="web")["connections"]) == 4
