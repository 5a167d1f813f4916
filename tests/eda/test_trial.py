"""Requests of two accounts at five services, while ansible-rulebook is killed and the cloud is faulted."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.eda.conftest import Owner, until
from tests.fault_injection.workspace import kill

SERVICES = 5
LIMITS = {"consumer": 20, "provider": 5}  # accepted endpoints at each service
SHARE = {"consumer": 30, "provider": 10}  # requests at each service
POLLS = 12  # the rulebook is killed at its first poll, at its second one, and so on
FAULTS: tuple[dict[str, Any], ...] = (
    {"preset": "throttle_gateway", "count": 2},
    {"preset": "server_error"},
    {"preset": "token_revoked"},
    {"kind": "reset"},
    {"kind": "reset", "carried_out": True, "operation": "acceptOrRejectConnection"},
    {"kind": "truncate", "operation": "listConnections"},
)
ACCEPTED, WAITS = "accepted", "pendingAcceptance"


class Trial:
    """scale: what is left of the numbers above."""

    def __init__(self, owner: Owner, scale: float) -> None:
        self.owner, self.chance = owner, random.Random(scale)
        self.limits = {account: max(1, round(limit * scale)) for account, limit in LIMITS.items()}
        self.share = {account: max(2, round(number * scale)) for account, number in SHARE.items()}
        self.policy = {
            "accept": [
                {"domain_id": owner.simulator.domain_id(account), "limit": limit}
                for account, limit in self.limits.items()
            ]
        }
        owner.simulator.settings(quota_endpoints=1000, endpoint_create_delay=0.5)
        self.services = owner.services(SERVICES)
        of_one = [account for account, number in self.share.items() for _number in range(number)]
        self.plan = [(service, account) for service in self.services for account in of_one]
        self.chance.shuffle(self.plan)
        self.broken: list[str] = []
        self.over = threading.Event()

    def counts(self) -> dict[tuple[str, str], Counter[str]]:
        """The statuses by service and account."""
        found: dict[tuple[str, str], Counter[str]] = {}
        for one in self.owner.simulator.state()["endpoints"]:
            found.setdefault((one["endpoint_service_id"], one["account"]), Counter())[one["status"]] += 1
        return found

    def look(self) -> None:
        """Notes an exceeded limit, all the time."""
        while not self.over.wait(0.3):
            for (service, account), counted in self.counts().items():
                if counted[ACCEPTED] > self.limits[account]:
                    self.broken.append(f"{counted[ACCEPTED]} of {account} at {service}")

    def start(self) -> None:
        self.owner.watch("crossvpc.vpcep.approve_by_policy", connect_vpcs_accept_policy=self.policy)

    def polls(self) -> int:
        return len(self.owner.simulator.log(operation="listConnections", account="provider"))

    def killed_at(self, number: int) -> None:
        """One life, up to a poll, with faults."""
        for fault in self.chance.sample(FAULTS, 2):
            self.owner.simulator.fault(nth=self.chance.randrange(1, 6), **fault)
        before = self.polls()
        self.start()
        process = self.owner.process
        assert process is not None
        end = time.monotonic() + 60
        while self.polls() - before < number and process.poll() is None and time.monotonic() < end:
            time.sleep(0.02)
        kill(process)
        self.owner.simulator.clear_faults()

    def run(self, polls: Sequence[int]) -> None:
        """Lives that end at these polls, with new requests before each; then one that goes on to the end."""
        for life, number in enumerate(polls):
            for service, account in self.plan[life :: len(polls)]:
                self.owner.join(service, account)
            self.killed_at(number)
        for fault in FAULTS:
            self.owner.simulator.fault(nth=3, **fault)
        self.start()
        until(self.is_done, "the end", patience=900)

    def is_done(self) -> bool:
        """Whether each connection is as the policy says."""
        found = self.counts()
        return all(
            found.get((service, account)) == {ACCEPTED: limit, WAITS: self.share[account] - limit}
            for service in self.services
            for account, limit in self.limits.items()
        )


@pytest.mark.timeout(1500)
@pytest.mark.fault_injection("requests for approval: ansible-rulebook killed at every poll, with faults")
def test_no_request_is_lost(owner: Owner, row: Any, short: bool) -> None:
    trial = Trial(owner, 0.1 if short else 1)
    watch = threading.Thread(target=trial.look, daemon=True)
    watch.start()
    try:
        trial.run((2, 9) if short else range(1, POLLS + 1))
    finally:
        trial.over.set()
        watch.join(10)
    row.tried = len(trial.plan)
    row.lost += trial.broken
    secrets = [owner.simulator.account(account)["password"] for account in LIMITS]
    row.leaked += [f"password {number}" for number, secret in enumerate(secrets) if secret in owner.said()]
