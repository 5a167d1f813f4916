# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task of vpcep_connection with a policy does to the cloud, alone and beside another one."""

from __future__ import annotations

import functools
import json
import random
from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api import vpcep
from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import Listing, VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core import parallel
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError, WaitTimeout
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import accept_policy, connection_requests
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import UnusableAnswer
from tests.support.stage import Kill, Stage

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

    monkeypatch.setattr(accept_policy, "decide", decide)
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


def test_a_rejected_account_may_ask_again(apply: Any, cloud: Any, join: Any, statuses: Any, consumer: str) -> None:
    first, second = join(2)
    policy = {"accept": [{"domain_id": consumer, "limit": 1}], "otherwise": "reject"}
    apply(policy)
    assert statuses() == {first: ACCEPTED, second: REJECTED}
    cloud.remove("endpoints", first)
    cloud.remove("endpoints", second)
    (again,) = join()
    result = apply(policy)
    assert statuses() == {again: ACCEPTED} and rules_of(result) == {again: "accept[0]"}


def test_a_policy_with_a_mistake_sends_nothing(apply: Any, task: Any) -> None:
    with pytest.raises(InputError, match="limit"):
        apply({"accept": [{"domain_id": "a", "limit": -1}]})
    with pytest.raises(InputError, match="leave out state"):
        apply({}, state=REJECTED)
    assert task.sent == []


def test_check_mode_before_the_service_exists(apply: Any, task: Any) -> None:
    policy = {"accept": [{"domain_id": "*"}]}
    assert apply(policy, check=True, endpoint_service_id="")["connections"] == []
    assert not apply(policy, check=True, endpoint_service_id=None, endpoint_service_name="new")["changed"]


# Several at once: each request of each run in an order by chance, in virtual time

ACCOUNTS = ("consumer", "provider")


class Crowd:
    """Endpoints that two accounts create and delete while the policy is applied."""

    def __init__(self, cloud: Any, service: str, seed: int) -> None:
        self.chance, self.service = random.Random(seed), service
        self.networks = {account: cloud.spare(account)[1] for account in ACCOUNTS}
        self.plan = [(self.chance.choice(ACCOUNTS), self.chance.random() * 0.5) for _number in range(7)]

    def arrive(self, account: str) -> Any:
        def program(_options: Any, runtime: Any) -> None:
            for owner, pause in self.plan:
                runtime.sleep(pause)
                if owner == account:
                    network = self.networks[account]
                    body = {"endpoint_service_id": self.service, **{n: network[n] for n in ("vpc_id", "subnet_id")}}
                    runtime.api.create_endpoint(body)

        return program

    def delete(self, _options: Any, runtime: Any) -> None:
        """Deletes some of the consumer's endpoints."""
        for _number in range(3):
            runtime.sleep(self.chance.random() * 6)
            mine = [one for one in runtime.api.list_endpoints() if one["status"] != "deleting"]
            if mine:
                runtime.api.delete_endpoint(self.chance.choice(mine)["id"])


class Watched(Stage):
    """Notes when an account has more accepted endpoints than its limit."""

    limits: dict[str, int] = {}

    def play(self) -> None:
        request = self.cloud.simulation.receive
        self.broken: list[str] = []

        def look(exchange: Any) -> None:
            request(exchange)
            endpoints = self.cloud.simulation.cloud.endpoints.values()
            found = Counter(one.project.account.domain_id for one in endpoints if one.status == ACCEPTED)
            self.broken += [f"{found[key]} of {key}" for key, limit in self.limits.items() if found[key] > limit]

        self.cloud.simulation.receive = look
        try:
            super().play()
        finally:
            del self.cloud.simulation.receive


def policy_by(chance: random.Random, cloud: Any, otherwise: str) -> dict[str, Any]:
    accept = [{"domain_id": cloud.domain_id(account), "limit": chance.randrange(4)} for account in ACCOUNTS]
    if chance.random() < 0.3:
        accept = [{"domain_id": "*", "limit": chance.randrange(1, 4)}]
    return {"accept": accept, "otherwise": otherwise}


def limits_of(policy: dict[str, Any], cloud: Any) -> dict[str, int]:
    accounts = [cloud.domain_id(account) for account in ACCOUNTS]
    rules = policy["accept"]
    return {key: next(one["limit"] for one in rules if one["domain_id"] in (key, "*")) for key in accounts}


@pytest.fixture
def scene(task: Any, cloud: Any, tmp_path: Any, backend: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plays arrivals and appliers in an order that a seed decides. Returns each account's statuses."""
    one_by_one = functools.partial(parallel.run_parallel, workers=1)  # a run on the stage has one thread
    monkeypatch.setattr(accept_policy.pool, "run_parallel", one_by_one)

    def play(seed: int, appliers: int, otherwise: str, deletes: bool, kill: bool = False) -> Any:
        cloud.reset(keep_tokens=True, seed=seed)
        cloud.settings(endpoint_create_delay=0.1)
        chance = random.Random(seed)
        in_order = chance.random() < 0.5
        if not in_order:  # the connections' numbers do not grow with time
            cloud.simulation.cloud.markers = iter(random.Random(seed).sample(range(2**53, 2**54), 50))
        body = {**backend, "service_name": "web", "approval_enabled": True}
        service = task(lambda _, runtime: runtime.api.create_service(body))["id"]
        cloud.advance(3)
        cloud.control("POST", f"/state/services/{service}/permissions", {"add": ["*"], "remove": []})
        crowd, stage = Crowd(cloud, service, seed), Watched(cloud, tmp_path / "cache", seed)
        policy = policy_by(chance, cloud, otherwise)
        stage.limits = limits_of(policy, cloud)
        about = {"endpoint_service_id": service, "policy": policy, "wait_timeout": 60, "state": ACCEPTED}

        def again_and_again(options: Any, runtime: Any) -> None:
            for _number in range(3):
                runtime.sleep(chance.random())
                decide_connections(options, runtime)

        for account in ACCOUNTS:
            stage.enter(crowd.arrive(account), {"account": account})
        if deletes:
            stage.enter(crowd.delete, {"account": "consumer"})
        for number in range(appliers):
            dies = Kill(chance.randrange(1, 12), chance.random() < 0.5) if kill and not number else None
            stage.enter(again_and_again, about, dies)
        stage.play()
        errors = [run.error for run in stage.runs if run.error]
        cloud.advance(5)
        task(decide_connections, **about)
        again = task(decide_connections, **about)
        assert errors == [] and stage.broken == [] and not again["changed"]
        ends = {}
        for account in ACCOUNTS:
            endpoints = cloud.simulation.cloud.endpoints.values()
            own = [one.status for one in endpoints if one.project.account.name == account]
            limit = stage.limits[cloud.domain_id(account)]
            assert own.count(ACCEPTED) <= limit
            assert otherwise == "reject" or own.count(ACCEPTED) == min(limit, len(own))
            ends[account] = own if in_order else sorted(own)
        return ends

    return play


@pytest.mark.slow
@pytest.mark.parametrize("otherwise", ["wait", "reject"])
def test_two_appliers_end_in_the_state_of_one(scene: Any, otherwise: str) -> None:
    for seed in range(25):
        assert scene(seed, 2, otherwise, deletes=False) == scene(seed, 1, otherwise, deletes=False), seed


@pytest.mark.slow
@pytest.mark.parametrize("otherwise", ["wait", "reject"])
def test_limits_are_kept_while_endpoints_are_deleted_and_an_applier_is_killed(scene: Any, otherwise: str) -> None:
    for seed in range(100, 125):
        scene(seed, 3, otherwise, deletes=True, kill=seed % 2 == 0)
