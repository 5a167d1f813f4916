"""Every fault at every request of a connection's life: once, and for ever."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError
from tests.simulator.faults import ANSWERING
from tests.support.programs import Cloud

from . import expected_state
from .scenario import Scenario
from .traps import refused

HELD = 0.25  # seconds of the client's patience where answers are held back
FAULTS: dict[str, dict[str, Any]] = {
    "400 EndPoint.0022": {"preset": "throttle"},
    "429": {"service": "any", "status": 429},
    "429, Retry-After in seconds": {"service": "any", "status": 429, "headers": {"Retry-After": "7"}},
    "429, Retry-After as a date": {
        "service": "any",
        "status": 429,
        "headers": {"Date": "Tue, 24 Nov 2026 10:00:00 GMT", "Retry-After": "Tue, 24 Nov 2026 10:00:07 GMT"},
    },
    "500 EndPoint.0001, not carried out": {"preset": "server_error"},
    "500 EndPoint.0001, carried out": {"preset": "server_error", "carried_out": True},
    "502 with an HTML page, not carried out": {"preset": "bad_gateway", "service": "any"},
    "502 with an HTML page, carried out": {"preset": "bad_gateway", "service": "any", "carried_out": True},
    "503": {"preset": "unavailable", "service": "any"},
    "504, not carried out": {"status": 504, "service": "any"},
    "504, carried out": {"status": 504, "service": "any", "carried_out": True},
    "reset before the change": {"kind": "reset", "service": "any"},
    "reset after the change": {"kind": "reset", "service": "any", "carried_out": True},
    "closed after the change": {"kind": "close", "service": "any", "carried_out": True},
    "answer cut in half": {"kind": "truncate", "service": "any"},
    "answer that is not JSON": {"kind": "not_json", "service": "any"},
    "401": {"code": "APIGW.0301"},
    "token revoked": {"preset": "token_revoked"},
    "answer held back past the timeout": {"kind": "stall", "seconds": 2 * HELD, "carried_out": True, "service": "any"},
    "connection refused": {"service": "any", "kind": "refused"},
}
SCENARIOS = ("connect", "change", "disconnect")
WAIT_TIMEOUT = 120.0
STEP_OF_SHORT = 8  # a short run tries one of so many requests


def requests_of(begin: Callable[..., Scenario], row: Any, scenario: str, service: str) -> int:
    """How many requests an undisturbed scenario sends to a service."""
    life = before(begin(), scenario)
    row.tried -= 1  # this one is no try
    life.cloud.clear_log()
    getattr(life, scenario)()
    wanted_log = {} if service == "any" else {"service": service}
    return len(life.cloud.log(**wanted_log))


def before(life: Scenario, scenario: str) -> Scenario:
    """What has to be there before a scenario begins."""
    if scenario != "connect":
        life.connect()
    return life


def findings(cloud: Cloud, scenario: str) -> expected_state.Findings:
    """What is lost and doubled at a scenario's end."""
    state = cloud.state()
    if scenario == "disconnect":
        return expected_state.leftovers(state)
    changed = scenario == "change"
    service = expected_state.CHANGED_SERVICE if changed else expected_state.SERVICE
    endpoint = expected_state.CHANGED_ENDPOINT if changed else expected_state.ENDPOINT
    return expected_state.compare(state, service, endpoint, cloud.domain_id("consumer"))


def strike(life: Scenario, order: dict[str, Any], number: int, forever: bool) -> None:
    """Lets a fault hit request *number*, or that and all later ones; see heal()."""
    if order.get("kind") == "stall":
        life.options["timeout"] = HELD
    count = None if forever else 1
    if order.get("kind") == "refused":
        life.trap = refused(number, count)
    else:
        life.cloud.fault(nth=number, count=count, **order)


def is_carried_out(order: dict[str, Any]) -> bool:
    return bool(order.get("carried_out")) or order.get("kind") in ANSWERING[:-1]  # the last one only spoils the token


def sent_again(cloud: Cloud) -> list[str]:
    """Creations that were repeated although the first one was carried out, even if the second was taken back."""
    numbers = {name: len(cloud.log(operation=name)) for name in ("createEndpointService", "createEndpoint")}
    return [f"{name} was sent {number} times" for name, number in numbers.items() if number > 1]


def heal(life: Scenario) -> None:
    life.trap = None
    life.options.pop("timeout", None)
    life.cloud.clear_faults()


def chosen(number_of_requests: int, short: bool) -> range:
    return range(1, number_of_requests + 1, STEP_OF_SHORT if short else 1)


@pytest.mark.fault_injection("a fault once, at every request")
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("fault", FAULTS)
def test_once(begin: Callable[..., Scenario], row: Any, short: bool, fault: str, scenario: str) -> None:
    """Recovered, with one object of each kind and all settings as asked; the next run changes nothing."""
    order = {"service": "vpcep", **FAULTS[fault]}
    for number in chosen(requests_of(begin, row, scenario, order["service"]), short):
        what = f"{fault} at request {number} of {scenario}"
        life = before(begin(wait_timeout=WAIT_TIMEOUT), scenario)
        strike(life, order, number, forever=False)
        ends_well(life, scenario, row, f"{what}: not recovered")
        if scenario == "connect" and is_carried_out(order):
            row.doubled += [f"{what}: {text}" for text in sent_again(life.cloud)]
        heal(life)
        judge(life, scenario, row, what)


@pytest.mark.fault_injection("a permanent fault, from every request on")
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("fault", FAULTS)
def test_for_ever(begin: Callable[..., Scenario], row: Any, short: bool, fault: str, scenario: str) -> None:
    """A clear error in time and no second object; the next healthy run converges."""
    order = {"service": "vpcep", **FAULTS[fault]}
    for number in chosen(requests_of(begin, row, scenario, order["service"]), short):
        what = f"{fault} from request {number} of {scenario} on"
        life = before(begin(wait_timeout=WAIT_TIMEOUT), scenario)
        strike(life, order, number, forever=True)
        suffer(life, scenario, row, what, lambda life: findings(life.cloud, scenario)[0])
        row.doubled += [f"{what}: {text}, before the next run" for text in expected_state.twice(life.cloud.state())]
        heal(life)
        ends_well(life, scenario, row, f"{what}: the next run failed")
        judge(life, scenario, row, what)


def ends_well(life: Scenario, scenario: str, row: Any, what: str) -> None:
    """Runs a scenario that has to succeed."""
    try:
        getattr(life, scenario)()
    except VpcepError as error:
        row.lost.append(f"{what}: {error}")


def suffer(life: Any, scenario: str, row: Any, what: str, lost: Callable[[Any], list[str]]) -> None:
    """Runs a scenario that may fail, but clearly and in time. lost: what is, which nothing may be when it succeeds."""
    try:
        getattr(life, scenario)()
    except VpcepError as error:
        row.lost += [f"{what}: {problem}" for problem in problems(error, life)]
    else:
        row.lost += [f"{what}: success was reported, but {text}" for text in lost(life)]


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
    """Looks at the cloud, and runs the scenario again, which has to change nothing."""
    lost, doubled = findings(life.cloud, scenario)
    row.lost += [f"{what}: {text}" for text in lost]
    row.doubled += [f"{what}: {text}" for text in doubled]
    if not lost and not doubled and getattr(life, scenario)():
        row.lost.append(f"{what}: one more run changes something")


@pytest.mark.fault_injection("a request that arrives after the timeout of the client")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_late(begin: Callable[..., Scenario], row: Any, scenario: str) -> None:
    """Sent again or found, but not doubled. Time is real here, as what arrives late needs time."""
    life = before(begin(), scenario)
    row.tried -= 1
    life.cloud.clear_log()
    getattr(life, scenario)()
    changes = [number for number, entry in enumerate(life.cloud.log(), 1) if entry["method"] != "GET"]
    for number in changes:
        what = f"request {number} of {scenario}, late"
        life = before(begin(), scenario)
        life.pace, life.options["timeout"] = 0.2, HELD
        life.cloud.fault(service="any", kind="stall", nth=number, seconds=1.5 * HELD)
        getattr(life, scenario)()
        time.sleep(HELD)
        heal(life)
        row.doubled += [f"{what}: {text}" for text in expected_state.twice(life.cloud.state())]
        getattr(life, scenario)()  # an old change that arrives after newer ones is undone by the next run
        judge(life, scenario, row, what)
