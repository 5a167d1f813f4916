"""Every fault at every request of a connection's life and of a fleet's: once, and for ever.

Of a fleet, several requests are under way at the same time. Their order varies from life to life, so that over all of
them each meets each fault.
"""

import time
from typing import Any

import pytest

from tests.simulator.faults import ANSWERING

from .fleets import FleetScenario
from .scenario import WAIT_TIMEOUT, Begin, Scenario, ends_well, heal, judge, numbers, suffer
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
Life = type[Scenario]
LIVES = {"": Scenario, "a list: ": FleetScenario}
"""By the beginning of their rows."""
ROWS = {"test_once": "a fault once, at every request", "test_for_ever": "a permanent fault, from every request on"}
LATE = "a request that arrives after the timeout of the client"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every fault in every scenario; in a short run each fault in one scenario of a fleet only."""
    if "fault" not in metafunc.fixturenames:
        return
    cases = []
    for prefix, kind in LIVES.items():
        pairs = [(fault, scenario) for fault in FAULTS for scenario in kind.scenarios]
        if kind is FleetScenario and metafunc.config.getoption("--short"):
            pairs = [(fault, kind.scenarios[number % len(kind.scenarios)]) for number, fault in enumerate(FAULTS)]
        mark = pytest.mark.fault_injection(prefix + ROWS[metafunc.function.__name__])
        cases += [pytest.param(kind, *pair, marks=mark) for pair in pairs]
    metafunc.parametrize(("scenario_type", "fault", "scenario"), cases)


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


def sent_again(life: Scenario) -> list[str]:
    """Creations that were repeated although the first one was carried out, even if the second was taken back."""
    counts = {name: len(life.cloud.log(operation=name)) for name in life.creations}
    return [f"{name} was sent {count} times" for name, count in counts.items() if count > life.creations[name]]


def requests_to(order: dict[str, Any]) -> dict[str, str]:
    """What the log calls the requests that a fault can hit."""
    return {} if order["service"] == "any" else {"service": order["service"]}


def test_once(begin: Begin, row: Any, short: bool, scenario_type: Life, fault: str, scenario: str) -> None:
    """Recovered, with each object once and all settings as asked; the next run changes nothing."""
    order = {"service": "vpcep", **FAULTS[fault]}
    few = scenario_type.few if short else None
    for number in numbers(begin, row, scenario, few, **requests_to(order)):
        what = f"{fault} at request {number} of {scenario}"
        life = begin(wait_timeout=WAIT_TIMEOUT).prepared(scenario)
        strike(life, order, number, forever=False)
        ends_well(life, scenario, row, f"{what}: not recovered")
        if scenario == life.scenarios[0] and is_carried_out(order):
            row.doubled += [f"{what}: {text}" for text in sent_again(life)]
        heal(life)
        judge(life, scenario, row, what)


def test_for_ever(begin: Begin, row: Any, short: bool, scenario_type: Life, fault: str, scenario: str) -> None:
    """A clear error in time and no second object; the next healthy run converges."""
    order = {"service": "vpcep", **FAULTS[fault]}
    few = scenario_type.few if short else None
    for number in numbers(begin, row, scenario, few, **requests_to(order)):
        what = f"{fault} from request {number} of {scenario} on"
        life = begin(wait_timeout=WAIT_TIMEOUT).prepared(scenario)
        strike(life, order, number, forever=True)
        suffer(life, scenario, row, what)
        row.doubled += [f"{what}: {text}, before the next run" for text in life.twice()]
        heal(life)
        ends_well(life, scenario, row, f"{what}: the next run failed")
        judge(life, scenario, row, what)


@pytest.mark.parametrize(
    ("scenario_type", "scenario"),
    [
        pytest.param(kind, scenario, marks=pytest.mark.fault_injection(prefix + LATE))
        for prefix, kind in LIVES.items()
        for scenario in kind.scenarios
    ],
)
def test_late(begin: Begin, row: Any, short: bool, scenario_type: Life, scenario: str) -> None:
    """Sent again or found, but not doubled, while others go on. Time is real here, as what arrives late needs time."""
    life = begin().prepared(scenario)
    row.tried -= 1  # this one is no try
    life.play(scenario)
    changes = [number for number, entry in enumerate(life.cloud.log(), 1) if entry["method"] != "GET"]
    for number in changes[:: 3 if short and scenario_type is FleetScenario else 1]:
        what = f"request {number} of {scenario}, late"
        life = begin().prepared(scenario)
        life.pace, life.options["timeout"] = 0.2, HELD
        life.cloud.fault(service="any", kind="stall", nth=number, seconds=1.5 * HELD)
        life.play(scenario)
        time.sleep(HELD)
        heal(life)
        row.doubled += [f"{what}: {text}" for text in life.twice()]
        life.play(scenario)  # an old change that arrives after newer ones is undone by the next run
        judge(life, scenario, row, what)
