"""Every fault at every request of a fleet's life: once, and for ever. Several requests are under way at the same time.

The order of the requests varies from life to life, so that over all of them each meets each fault.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import VpcepError

from . import expected_state
from .fleets import CHANGED_TAGS, SIZE, STRAYS, TAGS, BusyCloud, FleetScenario, compare, definitions, missing, networks
from .test_faults import FAULTS, HELD, WAIT_TIMEOUT, ends_well, heal, is_carried_out, strike, suffer
from .traps import meanwhile

Begin = Callable[..., FleetScenario]
SCENARIOS = ("create", "change", "purge", "delete")
FEW = range(3, 100, 4)  # requests that a short run tries: not the first two, which log in and list


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every fault in every scenario; in a short run each fault in one scenario only."""
    if "fault" not in metafunc.fixturenames:
        return
    pairs = [(fault, scenario) for fault in FAULTS for scenario in SCENARIOS]
    if metafunc.config.getoption("--short"):
        pairs = [(fault, SCENARIOS[number % len(SCENARIOS)]) for number, fault in enumerate(FAULTS)]
    metafunc.parametrize(("fault", "scenario"), pairs)


@pytest.fixture(scope="module")
def cloud() -> Iterator[BusyCloud]:
    with BusyCloud(delay=1) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def scenario_type() -> type[FleetScenario]:
    return FleetScenario


def before(life: FleetScenario, scenario: str) -> FleetScenario:
    """What has to be there before a scenario begins."""
    if scenario == "create":
        life.publish()
    else:
        life.established()
    life.cloud.clear_log()
    return life


def numbers(begin: Begin, row: Any, scenario: str, service: str, short: bool) -> list[int]:
    """The requests that an undisturbed scenario sends to a service, by number; in a short run some of them."""
    life = before(begin(), scenario)
    row.tried -= 1  # this one is no try
    getattr(life, scenario)()
    sent = len(life.cloud.log(**({} if service == "any" else {"service": service})))
    return [number for number in range(1, sent + 1) if number in FEW or not short]


def findings(life: FleetScenario, scenario: str) -> expected_state.Findings:
    """What is lost and doubled at a scenario's end; of others, at any time."""
    state = life.cloud.state()
    asked = [] if scenario == "delete" else definitions(life.cloud, CHANGED_TAGS if scenario == "change" else TAGS)
    strays = 0 if scenario in ("create", "purge") else STRAYS
    lost, doubled = compare(state, asked, strays)
    stay = life.neighbours if scenario == "delete" else life.neighbours | life.before
    return lost + missing(state, stay), doubled


def twice(life: FleetScenario) -> list[str]:
    """Doubles, and missing objects of others, also after a scenario that failed."""
    state = life.cloud.state()
    return compare(state, [])[1] + missing(state, life.neighbours)


def judge(life: FleetScenario, scenario: str, row: Any, what: str) -> None:
    """Looks at the cloud, and runs the scenario again, which has to change nothing, and only look."""
    lost, doubled = findings(life, scenario)
    row.lost += [f"{what}: {text}" for text in lost]
    row.doubled += [f"{what}: {text}" for text in doubled]
    if lost or doubled:
        return
    life.cloud.clear_log()
    changed = getattr(life, scenario)()
    writes = [entry["operation"] for entry in life.cloud.log(service="vpcep") if entry["method"] != "GET"]
    row.lost += [f"{what}: one more run changes something: {writes}"] * (changed or bool(writes))


@pytest.mark.fault_injection("a list: a fault once, at every request")
def test_once(begin: Begin, row: Any, short: bool, fault: str, scenario: str) -> None:
    """All endpoints are as defined, one in each subnet, and endpoints of others are unchanged."""
    order = {"service": "vpcep", **FAULTS[fault]}
    for number in numbers(begin, row, scenario, order["service"], short):
        what = f"{fault} at request {number} of {scenario}"
        life = before(begin(wait_timeout=WAIT_TIMEOUT), scenario)
        strike(life, order, number, forever=False)
        ends_well(life, scenario, row, f"{what}: not recovered")
        sent = len(life.cloud.log(operation="createEndpoint"))
        if scenario == "create" and is_carried_out(order) and sent > SIZE:
            row.doubled.append(f"{what}: createEndpoint was sent {sent} times")
        heal(life)
        judge(life, scenario, row, what)


@pytest.mark.fault_injection("a list: a permanent fault, from every request on")
def test_for_ever(begin: Begin, row: Any, short: bool, fault: str, scenario: str) -> None:
    """A clear error in time and no second endpoint anywhere; the next healthy run converges."""
    order = {"service": "vpcep", **FAULTS[fault]}
    for number in numbers(begin, row, scenario, order["service"], short):
        what = f"{fault} from request {number} of {scenario} on"
        life = before(begin(wait_timeout=WAIT_TIMEOUT), scenario)
        strike(life, order, number, forever=True)
        suffer(life, scenario, row, what, lambda life: findings(life, scenario)[0])
        row.doubled += [f"{what}: {text}, before the next run" for text in twice(life)]
        heal(life)
        ends_well(life, scenario, row, f"{what}: the next run failed")
        judge(life, scenario, row, what)


@pytest.mark.fault_injection("a list: a request that arrives after the timeout of the client")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_late(begin: Begin, row: Any, short: bool, scenario: str) -> None:
    """Sent again or found, but not doubled, while others go on. Time is real here, as what arrives late needs time."""
    life = before(begin(), scenario)
    row.tried -= 1
    getattr(life, scenario)()
    changes = [number for number, entry in enumerate(life.cloud.log(), 1) if entry["method"] != "GET"]
    for number in changes[:: 3 if short else 1]:
        what = f"request {number} of {scenario}, late"
        life = before(begin(), scenario)
        life.pace, life.options["timeout"] = 0.2, HELD
        life.cloud.fault(service="any", kind="stall", nth=number, seconds=1.5 * HELD)
        getattr(life, scenario)()
        time.sleep(HELD)
        heal(life)
        row.doubled += [f"{what}: {text}" for text in twice(life)]
        getattr(life, scenario)()  # an old change that arrives after newer ones is undone by the next run
        judge(life, scenario, row, what)


@pytest.mark.fault_injection("a list: another user deletes one endpoint, before every request")
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_deleted_meanwhile(begin: Begin, row: Any, short: bool, scenario: str) -> None:
    """An error or success, the others go on in any case, and the next run converges."""
    for number in numbers(begin, row, scenario, "any", short):
        what = f"an endpoint deleted before request {number} of {scenario}"
        life = before(begin(), scenario)
        place = definitions(life.cloud, TAGS)[0]["subnet_id"]
        life.before = set()
        life.trap = meanwhile(number, lambda life=life, place=place: remove(life, place))
        with suppress(VpcepError):
            getattr(life, scenario)()
        row.doubled += [f"{what}: {text}" for text in twice(life)]
        life.trap = None
        getattr(life, scenario)()
        judge(life, scenario, row, what)


def remove(life: FleetScenario, subnet: str) -> None:
    """As another user would."""
    for one in life.cloud.state()["endpoints"]:
        if one["subnet_id"] == subnet:
            life.cloud.remove("endpoints", one["id"])


@pytest.mark.fault_injection("a creation that fails in the cloud")
def test_failed_creation(begin: Begin, row: Any) -> None:
    """One fails, also in the next run, and all others are made; with recreate it is replaced."""
    life = before(begin(), "create")
    life.cloud.settings(fail_next_endpoints=1)
    for _run in range(2):
        with pytest.raises(VpcepError, match=rf"1 of {SIZE} endpoints failed") as caught:
            life.create()
        assert "EndPoint.4010" in str(caught.value)
        statuses = [one["status"] for one in life.cloud.state()["endpoints"] if one["id"] not in life.neighbours]
        assert sorted(statuses) == ["accepted"] * (SIZE - 1) + ["failed"]
    life.options["recreate"] = True
    life.create()
    judge(life, "create", row, "failed creation")


def hidden_addresses(life: FleetScenario, own: list[dict[str, Any]], patch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Definitions with addresses, which the list does not show."""
    tell = life.cloud.simulation.answer

    def answer(exchange: Any) -> Any:
        told = tell(exchange)
        if exchange.operation is not None and exchange.operation.id == "listEndpoints":
            told.body = {**told.body, "endpoints": [{**one, "ip": ""} for one in told.body["endpoints"]]}
        return told

    patch.setattr(life.cloud.simulation, "answer", answer)
    asked = definitions(life.cloud, TAGS)
    ips = {one["subnet_id"]: one["ip"] for one in own}
    return [{**one, "port_ip": ips[one["subnet_id"]]} for one in asked]


def twins(life: FleetScenario, own: list[dict[str, Any]], _patch: Any) -> list[dict[str, Any]]:
    """Two endpoints in the place of one definition."""
    about = {"endpoint_service_id": own[0]["endpoint_service_id"], **networks(life.cloud, 1, 1)[0]}
    life.tell(lambda _options, runtime: runtime.api.create_endpoint(about), "provider")
    life.cloud.advance(1)
    return definitions(life.cloud, TAGS)


def one_for_two(life: FleetScenario, own: list[dict[str, Any]], _patch: Any) -> list[dict[str, Any]]:
    """Two definitions that mean one endpoint."""
    asked = definitions(life.cloud, TAGS)
    (meant,) = [one["id"] for one in own if one["subnet_id"] == asked[0]["subnet_id"]]
    return [*asked, {"id": meant}]


@pytest.mark.fault_injection("a list: purge while an entry is ambiguous")
@pytest.mark.parametrize("riddle", [hidden_addresses, twins, one_for_two])
def test_unclear(begin: Begin, row: Any, monkeypatch: pytest.MonkeyPatch, riddle: Callable[..., Any]) -> None:
    """An error, and nothing is purged, not even unlisted endpoints."""
    life = before(begin(), "purge")
    own = [one for one in life.cloud.state()["endpoints"] if one["id"] not in life.neighbours]
    asked = riddle(life, own, monkeypatch)
    there = {one["id"] for one in life.cloud.state()["endpoints"]}
    with pytest.raises(VpcepError):
        life.converge_fleet(asked, purge=True)
    state = life.cloud.state()
    row.lost += missing(state, there)
    row.doubled += [f"endpoint {one['id']} is new" for one in state["endpoints"] if one["id"] not in there]
