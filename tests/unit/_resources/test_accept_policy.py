"""What a task of vpcep_connection with a policy does to the cloud, alone and beside another one."""

import json
from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api import vpcep
from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import Listing, VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError, WaitTimeout
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import connection_requests, connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import UnusableAnswer

LIST = ("GET", "listConnections")
DECIDE = "acceptOrRejectConnection"
WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"


@pytest.fixture
def apply(task: Any, service: str) -> Any:
    """Applies a policy to the service."""

    def run(policy: dict[str, Any], **options: Any) -> Any:
        about = {"endpoint_service_id": service, "state": ACCEPTED, "policy": policy}
        return task(decide_connections, **{**about, **options})

    return run


@pytest.fixture
def consumer(cloud: Any) -> str:
    return str(cloud.domain_id("consumer"))


def rules_of(result: Any) -> dict[str, Any]:
    return {one["id"]: one["decided_by"] for one in result["connections"]}


# Alone


def test_a_policy_is_applied_once(apply: Any, task: Any, join: Any, statuses: Any, consumer: str, cloud: Any) -> None:
    (own,), (first,) = join(account="provider"), join()
    cloud.advance(1)
    (second,) = join()
    policy = {"accept": [{"domain_id": consumer, "limit": 1}], "otherwise": "reject"}
    predicted = apply(policy, check=True)
    assert predicted["changed"] and task.sent == [LIST] and set(statuses().values()) == {WAITS}
    result = apply(policy)
    assert statuses() == {first: ACCEPTED, second: REJECTED, own: REJECTED}
    assert rules_of(result) == {first: "accept[0]", second: "accept[0].limit", own: "otherwise"} == rules_of(predicted)
    shown = {one["id"]: one["status"] for one in result["connections"]}
    assert shown == statuses() == {one["id"]: one["status"] for one in predicted["connections"]}
    assert result["diff"] == predicted["diff"]
    assert result["diff"]["before"]["connections"] == {key: {"status": WAITS} for key in (first, second, own)}
    again = apply(policy)
    assert not again["changed"] and task.sent == [LIST] and rules_of(again) == rules_of(result)
    assert again["diff"]["before"] == again["diff"]["after"] == {"connections": {}}
    assert not apply(policy, check=True)["changed"]


def test_without_a_limit_all_are_accepted_at_once(apply: Any, task: Any, join: Any, statuses: Any) -> None:
    join(3)
    assert apply({"accept": [{"domain_id": "*"}]})["changed"]
    assert set(statuses().values()) == {ACCEPTED} and task.now == 0
    assert task.sent == [LIST, *[("POST", DECIDE)] * 3, LIST]


def test_within_a_limit_the_list_is_read_before_each_acceptance(
    apply: Any, task: Any, join: Any, statuses: Any, consumer: str
) -> None:
    made = join(3)
    assert apply({"accept": [{"domain_id": consumer, "limit": 2}]})["changed"]
    assert Counter(statuses()[key] for key in made) == {ACCEPTED: 2, WAITS: 1}
    sent = [method for method, _operation in task.sent]
    assert "".join(sent).replace("GET", "g").replace("POST", "p").endswith("gpgpg") and 1 <= task.now < 2


def test_nothing_is_decided_by_an_empty_policy(apply: Any, task: Any, join: Any) -> None:
    (one,) = join()
    result = apply({})
    assert not result["changed"] and task.sent == [LIST] and rules_of(result) == {one: "otherwise"}


def test_what_was_decided_stays(apply: Any, cloud: Any, join: Any, statuses: Any, consumer: str) -> None:
    accepted, rejected, failed = join(3)
    for key, status in ((accepted, ACCEPTED), (rejected, REJECTED), (failed, "failed")):
        cloud.change("endpoints", key, status=status)
    assert not apply({"accept": [{"domain_id": consumer, "limit": 5}]})["changed"]
    assert not apply({"reject": [{"domain_id": "*"}], "otherwise": "reject"})["changed"]
    assert statuses() == {accepted: ACCEPTED, rejected: REJECTED, failed: "failed"}


def test_more_than_the_limit_is_warned_about(apply: Any, task: Any, cloud: Any, join: Any, consumer: str) -> None:
    for key in join(2):
        cloud.change("endpoints", key, status=ACCEPTED)
    assert not apply({"accept": [{"domain_id": consumer, "limit": 1}]})["changed"]
    (text,) = task.warnings
    assert f"Account {consumer} has 2 accepted endpoints, and accept[0] allows 1" in text


def test_tags_are_those_of_the_service(apply: Any, task: Any, publish: Any, allow: Any, join: Any) -> None:
    tagged = publish("tagged", tags=[{"key": "env", "value": "dev"}])
    allow(tagged, "*")
    join(), join(at=tagged)
    policy = {"accept": [{"domain_id": "*", "tags": {"env": "dev"}}]}
    assert not apply(policy)["changed"]
    assert task.sent == [("GET", "getEndpointService"), LIST]
    assert apply(policy, endpoint_service_id=None, endpoint_service_name="tagged")["changed"]


def test_one_that_is_created_is_waited_for(apply: Any, task: Any, join: Any, statuses: Any, consumer: str) -> None:
    made = join(2, ready=False)
    policy = {"accept": [{"domain_id": consumer, "limit": 1}]}
    assert not apply(policy, wait=False)["changed"] and set(statuses().values()) == {"creating"}
    assert len(task.warnings) == 1 and "still being created" in task.warnings[0]
    assert apply(policy, check=True)["changed"]
    assert apply(policy)["changed"] and 2 < task.now < 10
    assert Counter(statuses()[key] for key in made) == {ACCEPTED: 1, WAITS: 1}


def test_the_deadline_bounds_the_wait(apply: Any, task: Any, cloud: Any, join: Any) -> None:
    cloud.settings(endpoint_create_delay=300)
    join(ready=False)
    with pytest.raises(WaitTimeout, match="still in status creating"):
        apply({"accept": [{"domain_id": "*"}]}, wait_timeout=10)
    assert task.now <= 10 and task.writes == []


def test_a_refusal_stops_no_other_and_keeps_its_place(
    apply: Any, cloud: Any, join: Any, statuses: Any, consumer: str
) -> None:
    join(2)
    cloud.fault(operation=DECIDE, code="EndPoint.0004", status=403)
    with pytest.raises(VpcepError, match=r"EndPoint\.0004"):
        apply({"accept": [{"domain_id": consumer, "limit": 1}]})
    assert ACCEPTED not in statuses().values()
    (own,) = join(account="provider")
    cloud.fault(operation=DECIDE, code="EndPoint.0004", status=403)
    with pytest.raises(VpcepError, match=r"EndPoint\.0004"):
        apply({"accept": [{"domain_id": "*", "limit": 1}]})
    assert Counter(statuses().values()) == {WAITS: 2, ACCEPTED: 1} and own in statuses()


@pytest.mark.parametrize("code", ["Endpoint.2013", "EndPoint.2018", "EndPoint.2047"])
def test_one_that_is_removed_meanwhile_is_no_problem(apply: Any, cloud: Any, join: Any, code: str) -> None:
    join()
    cloud.fault(operation=DECIDE, code=code, status=400)
    assert not apply({"accept": [{"domain_id": "*"}]})["changed"]


def test_a_decision_that_something_else_changed_is_a_problem(
    apply: Any, cloud: Any, join: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = join()

    def decide(*arguments: Any) -> None:
        connection_requests.decide(*arguments)
        cloud.change("endpoints", one, status=REJECTED)

    monkeypatch.setattr(connections, "decide", decide)
    with pytest.raises(VpcepError, match=f"Endpoint {one} is rejected after it was accepted"):
        apply({"accept": [{"domain_id": "*"}]})


@pytest.mark.parametrize("lacks", ["id", "status", "domain_id"])
@pytest.mark.parametrize("status", [WAITS, ACCEPTED])
def test_a_list_that_lacks_what_decides_stops_the_task(
    apply: Any, task: Any, monkeypatch: pytest.MonkeyPatch, lacks: str, status: str
) -> None:
    one = {"id": "e", "status": status, "domain_id": "a"}
    listed = Listing([{name: value for name, value in one.items() if name != lacks}])
    monkeypatch.setattr(VpcepApi, "list_connections", lambda *_arguments: listed)
    with pytest.raises(UnusableAnswer):
        apply({"accept": [{"domain_id": "*", "limit": 1}]})
    if (lacks, status) == ("domain_id", ACCEPTED):
        apply({"accept": [{"domain_id": "*"}]})


def test_a_limit_counts_the_connections_of_all_pages(
    apply: Any, cloud: Any, join: Any, statuses: Any, consumer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = join(3)
    for key in accepted:
        cloud.change("endpoints", key, status=ACCEPTED)
    waiting = join(4)
    monkeypatch.setattr(vpcep.VpcepApi._all, "__defaults__", (2, None))
    apply({"accept": [{"domain_id": consumer, "limit": 4}]})
    assert Counter(statuses()[key] for key in waiting) == {ACCEPTED: 1, WAITS: 3}


@pytest.mark.parametrize("shown", [0, 1])
def test_no_limit_is_trusted_to_a_list_that_is_not_whole(
    apply: Any, task: Any, cloud: Any, join: Any, consumer: str, shown: int
) -> None:
    accepted, waits = join(2)
    cloud.change("endpoints", accepted, status=ACCEPTED)
    waiting = {"id": waits, "status": WAITS, "domain_id": consumer, "marker_id": 1, "created_at": "2026-01-01"}
    page = json.dumps({"connections": [waiting][:shown], "total_count": 2})
    rest = json.dumps({"connections": [], "total_count": 2})
    for body in (page, rest):
        cloud.fault(operation="listConnections", status=200, body=body)
    with pytest.raises(UnusableAnswer, match="does not list all connections"):
        apply({"accept": [{"domain_id": consumer, "limit": 1}]})
    assert task.writes == []


def test_a_rule_without_effect_is_warned_about(apply: Any, task: Any, service: str) -> None:
    apply({"accept": [{"domain_id": "*"}, {"domain_id": "a", "limit": 0}]})
    assert task.warnings == ["policy.accept[1] has no effect, as policy.accept[0] comes before it."]


def test_a_rejected_account_may_ask_again(
    apply: Any, task: Any, cloud: Any, join: Any, statuses: Any, consumer: str
) -> None:
    first, second = join(2)
    policy = {"accept": [{"domain_id": consumer, "limit": 1}], "otherwise": "reject"}
    apply(policy)
    assert task.warnings == []
    assert statuses() == {first: ACCEPTED, second: REJECTED}
    cloud.remove("endpoints", first)
    cloud.remove("endpoints", second)
    (again,) = join()
    result = apply(policy)
    assert statuses() == {again: ACCEPTED} and rules_of(result) == {again: "accept[0]"}


def test_a_policy_with_a_mistake_sends_nothing(apply: Any, task: Any) -> None:
    with pytest.raises(InputError, match="limit"):
        apply({"accept": [{"domain_id": "a", "limit": -1}]})
    with pytest.raises(InputError, match="leave state out"):
        apply({}, state=REJECTED)
    assert task.sent == []


def test_check_mode_before_the_service_exists(apply: Any, task: Any) -> None:
    policy = {"accept": [{"domain_id": "*"}]}
    assert apply(policy, check=True, endpoint_service_id="")["connections"] == []
    assert not apply(policy, check=True, endpoint_service_id=None, endpoint_service_name="new")["changed"]


def test_a_number_does_not_tell_which_of_one_second_came_first(
    apply: Any, cloud: Any, join: Any, statuses: Any, consumer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before a run accepts the first one, a second one comes with a lower number, and another run decides on both."""
    cloud.settings(endpoint_create_delay=0)
    cloud.start_second(ascending=True)
    cloud.simulation.cloud.markers = iter([5, 3])
    (first,) = join(ready=False)
    policy = {"accept": [{"domain_id": consumer, "limit": 1}]}

    def decide(*arguments: Any) -> None:
        monkeypatch.setattr(connections, "decide", connection_requests.decide)
        join(ready=False)
        apply(policy)
        connection_requests.decide(*arguments)

    monkeypatch.setattr(connections, "decide", decide)
    apply(policy)
    assert [key for key, status in statuses().items() if status == ACCEPTED] == [first]
