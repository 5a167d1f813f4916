"""Several tasks that apply a policy at once, in virtual time: a seed decides the order of all requests."""

import functools
import random
from collections import Counter
from math import inf
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core import parallel
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.accept_policy import rules_for
from tests.support.stage import Kill, Stage

WAITS, ACCEPTED, REJECTED = "pendingAcceptance", "accepted", "rejected"
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
                runtime.api.change("deleteEndpoint", self.chance.choice(mine)["id"])


class Watched(Stage):
    """Notes when an account has more accepted endpoints than its limit."""

    limits: dict[str, float] = {}

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
    """Rules with and without limits and tags, for each account or for all of them. The service has the tag env=dev."""

    def rule(account: str, **more: Any) -> dict[str, Any]:
        tags = chance.choice([{}, {}, {"tags": {"env": "dev"}}, {"tags": {"env": "prod"}}])
        return {"domain_id": account, **more, **tags}

    accounts = [cloud.domain_id(account) for account in ACCOUNTS]
    accept = [rule(account, limit=chance.randrange(4)) for account in accounts]
    accept += [rule("*", limit=chance.choice([None, 0, 1, 2, 3]))] if chance.random() < 0.5 else []
    chance.shuffle(accept)
    reject = [rule(chance.choice([*accounts, "*"]))] if chance.random() < 0.2 else []
    return {"accept": accept, "reject": reject, "otherwise": otherwise}


def rules_by_account(policy: dict[str, Any], cloud: Any) -> dict[str, Any]:
    rules = rules_for(policy, {"env": "dev"})
    accounts = [cloud.domain_id(account) for account in ACCOUNTS]
    return {key: next(rule for rule in rules if rule.account in (key, "*")) for key in accounts}


@pytest.fixture
def scene(task: Any, cloud: Any, tmp_path: Any, backend: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Plays arrivals and appliers in an order that a seed decides. Returns each account's statuses."""
    one_by_one = functools.partial(parallel.run_parallel, workers=1)  # a run on the stage has one thread
    monkeypatch.setattr(connections.pool, "run_parallel", one_by_one)

    def play(seed: int, appliers: int, otherwise: str, deletes: bool, kill: bool = False) -> Any:
        cloud.reset(keep_tokens=True, seed=seed)
        cloud.settings(endpoint_create_delay=0.1)
        chance = random.Random(seed)
        in_order = chance.random() < 0.5
        if not in_order:  # the connections' numbers do not grow with time
            cloud.simulation.cloud.markers = iter(random.Random(seed).sample(range(2**53, 2**54), 50))
        body = {**backend, "service_name": "web", "approval_enabled": True, "tags": [{"key": "env", "value": "dev"}]}
        service = task(lambda _, runtime: runtime.api.create_service(body))["id"]
        cloud.advance(3)
        cloud.control("POST", f"/state/services/{service}/permissions", {"add": ["*"], "remove": []})
        crowd, stage = Crowd(cloud, service, seed), Watched(cloud, tmp_path / "cache", seed)
        policy = policy_by(chance, cloud, otherwise)
        rules = rules_by_account(policy, cloud)
        most = {ACCEPTED: inf, REJECTED: 0, None: 0}  # accepted endpoints, unless there is a limit
        stage.limits = {key: most[one.status] if one.limit is None else one.limit for key, one in rules.items()}
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
            assert WAITS not in own or (otherwise == "wait" and rules[cloud.domain_id(account)].status != REJECTED)
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
