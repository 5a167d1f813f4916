"""A connection's life in the modules' programs, as the role runs them: connect, change, disconnect.

Time is virtual, so that a life takes a fraction of a second, and the requests are real. The functions at the end run
and judge a life of any kind.
"""

import json
from collections.abc import Callable
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.connections import decide_connections
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.info import find_services
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.simulator.handle import Handle
from tests.support.programs import Task

from . import expected_state
from .traps import Trap

WAIT_TIMEOUT = 120.0


class Scenario(Task):
    """One controller's tasks, one after the other. Everything they say is kept for the search for secrets.

    A life of another kind has other scenarios, with what has to be there before each, and what is found after it.
    """

    scenarios: tuple[str, ...] = ("connect", "change", "disconnect")
    creations = {"createEndpointService": 1, "createEndpoint": 1}
    """How often the first scenario sends each of them."""
    few = range(1, 100, 8)
    """The requests that a short run tries."""
    delay = 3
    """Seconds that changes of state take."""

    def __init__(self, cloud: Handle, folder: Any, trap: Trap | None = None, **options: Any) -> None:
        super().__init__(cloud, folder)
        self.cloud, self.trap, self.options = cloud, trap, options
        self.said: list[str] = []
        self.began = 0.0

    def tell(self, program: Any, account: str, **options: Any) -> Any:
        """One task in a process of its own, as far as its memory goes."""
        token_cache.forget_memory()
        self.began = self.now
        parameters = self.prepare(account=account, **{**options, **self.options})
        if self.trap:
            self.trap(self.runtime.session)
        try:
            result = program(parameters, self.runtime)
            self.said.append(json.dumps(result))
        except Exception as error:
            self.said.append(f"{error!r} {error} {vars(error)}")
            raise
        finally:
            connection = self.runtime.session
            self.said += [json.dumps(connection.http), *connection.warnings, *self.runtime.warnings]
            connection.client.close()
        return result

    def prepared(self, scenario: str) -> Any:
        """This life, with what has to be there before a scenario begins, and an empty log."""
        if scenario != self.scenarios[0]:
            self.connect()
        self.cloud.clear_log()
        return self

    def play(self, scenario: str) -> bool:
        """Whether anything was changed."""
        return bool(getattr(self, scenario)())

    def findings(self, scenario: str) -> expected_state.Findings:
        """What is lost and doubled at a scenario's end."""
        state = self.cloud.state()
        if scenario == "disconnect":
            return expected_state.leftovers(state)
        changed = scenario == "change"
        service = expected_state.CHANGED_SERVICE if changed else expected_state.SERVICE
        endpoint = expected_state.CHANGED_ENDPOINT if changed else expected_state.ENDPOINT
        return expected_state.compare(state, service, endpoint, self.cloud.domain_id("consumer"))

    def twice(self) -> list[str]:
        """What may at no time be in the cloud, also after a scenario that failed."""
        return expected_state.twice(self.cloud.state())

    @property
    def seconds(self) -> float:
        """Of the last task, in its own time."""
        return self.now - self.began

    def connect(self) -> bool:
        """Whether anything was changed."""
        return self.converge(expected_state.SERVICE, expected_state.ENDPOINT)

    def change(self) -> bool:
        return self.converge(expected_state.CHANGED_SERVICE, expected_state.CHANGED_ENDPOINT)

    def converge(self, service: dict[str, Any], endpoint: dict[str, Any]) -> bool:
        """Publishes, connects, and accepts where that is needed."""
        admitted = {"permissions": [self.cloud.domain_id("consumer")]}
        made = self.tell(converge_service, "provider", **service, **admitted)
        by_service = {"endpoint_service_id": made["service"]["id"]}
        joined = self.tell(converge_endpoint, "consumer", **by_service, **endpoint)
        results = [made, joined]
        if joined["endpoint"]["status"] != "accepted":
            ids = [joined["endpoint"]["id"]]
            decision = {"state": "accepted", "endpoints": ids, **by_service}
            results.append(self.tell(decide_connections, "provider", **decision))
            results.append(self.tell(converge_endpoint, "consumer", id=ids[0], wait_for_acceptance=True))
        return any(result["changed"] for result in results)

    def disconnect(self) -> bool:
        """By the service's ID, which is looked up: it is gone when this was done before."""
        name = expected_state.SERVICE["name"]
        found = self.tell(find_services, "provider", name=name)["services"]
        results = [
            self.tell(
                converge_endpoint,
                "consumer",
                state="absent",
                endpoint_service_id=service["id"],
                **expected_state.ENDPOINT,
            )
            for service in found
        ]
        results.append(self.tell(converge_service, "provider", state="absent", **expected_state.SERVICE))
        return any(result["changed"] for result in results)


Begin = Callable[..., Any]
"""Begins a life."""


def numbers(begin: Begin, row: Any, scenario: str, few: range | None, **wanted: str) -> list[int]:
    """The requests (as the log has them) that an undisturbed scenario sends, by number. few: those of interest."""
    life = begin().prepared(scenario)
    row.tried -= 1  # this one is no try
    life.play(scenario)
    sent = len(life.cloud.log(**wanted))
    return [number for number in range(1, sent + 1) if few is None or number in few]


def heal(life: Scenario) -> None:
    """Ends what disturbs a life."""
    life.trap = None
    life.options.pop("timeout", None)
    life.cloud.clear_faults()
    life.cloud.settings(empty_lists="", forbidden="")


def ends_well(life: Scenario, scenario: str, row: Any, what: str) -> None:
    """Plays a scenario that has to succeed."""
    try:
        life.play(scenario)
    except VpcepError as error:
        row.lost.append(f"{what}: {error}")


def suffer(life: Scenario, scenario: str, row: Any, what: str) -> None:
    """Plays a scenario that may fail, but clearly and in time. When it succeeds, nothing may be lost."""
    try:
        life.play(scenario)
    except VpcepError as error:
        row.lost += [f"{what}: {problem}" for problem in problems(error, life)]
    else:
        row.lost += [f"{what}: success was reported, but {text}" for text in life.findings(scenario)[0]]


def problems(error: VpcepError, life: Scenario) -> list[str]:
    """What is not clear, or not in time, about an error."""
    text = str(error)
    found = []
    if len(text) < 30 or "object at 0x" in text:
        found.append(f"no clear error: {text!r}")
    if life.seconds > WAIT_TIMEOUT + 1:
        found.append(f"the error came after {life.seconds:.0f} of {WAIT_TIMEOUT:.0f} s: {text}")
    return found


def judge(life: Scenario, scenario: str, row: Any, what: str) -> None:
    """Looks at the cloud, and plays the scenario again, which has to change nothing, and only look."""
    lost, doubled = life.findings(scenario)
    row.lost += [f"{what}: {text}" for text in lost]
    row.doubled += [f"{what}: {text}" for text in doubled]
    if lost or doubled:
        return
    life.cloud.clear_log()
    changed = life.play(scenario)
    log = life.cloud.log()
    writes = [one["operation"] for one in log if one["service"] != "iam" and one["method"] != "GET"]
    row.lost += [f"{what}: one more run changes something: {writes}"] * (changed or bool(writes))
