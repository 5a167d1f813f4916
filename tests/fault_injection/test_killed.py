"""Killed at every request: just before it is carried out, and just after, before its answer arrives.

The role and playbooks with a fleet run as users run them, in both ways that modules run in: in Ansible's process, and
in processes of their own. The tests check the objects after a rerun, and that a third run changes nothing.

Not every moment is tried in both ways, for lack of time. The role is killed at each of them in Ansible's process; in
processes of their own, either before or after each change, and at every other pair of reads. A fleet's requests come in
fours: each is killed once, before or after, in one way or the other, in turns. A thorough run tries all.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.traffic import is_own

from . import expected_state, fleets
from .scenario import Scenario
from .workspace import APART, DIRECT, Workspace

RERUNS = 3  # until one of them ends well: a service may be in use for a moment
KILLS = 3  # a life may be over too early to be killed: how many looks a wait takes varies
SHARES = 4  # so that the work can be divided among processes
ROLE, FLEET, RULE = "the role", "a list", "a service with its rule"
SHORT = [
    ("connect_vpcs", DIRECT, "createEndpointService"),
    ("connect_vpcs", APART, "createEndpoint"),
    ("disconnect_vpcs", DIRECT, "deleteEndpoint"),
    ("fleet_connect", APART, "createEndpoint"),
    ("fleet_change", DIRECT, "deleteEndpoint"),
    ("admit", DIRECT, "createSecurityGroupRuleV3"),
    ("withdraw", APART, "deleteSecurityGroupRuleV3"),
]
"""What a short run kills after."""


class Job(NamedTuple):
    """A playbook, and how its end is judged."""

    whose: str
    playbook: Callable[[Workspace], str]
    prepare: Callable[[Any, str], Any] | None
    findings: Callable[[Workspace], expected_state.Findings]


def connected(place: Workspace) -> expected_state.Findings:
    state = place.simulator.state()
    return expected_state.compare(
        state, expected_state.SERVICE, expected_state.ENDPOINT, place.simulator.domain_id("consumer")
    )


def disconnected(place: Workspace) -> expected_state.Findings:
    return expected_state.leftovers(place.simulator.state())


def provide(place: Workspace) -> dict[str, Any]:
    return {"vpcep_service": {**place.simulator.account(), **fleets.SERVICE}, "register": "made"}


def converge(place: Workspace, tags: dict[str, str], **options: Any) -> dict[str, Any]:
    definitions = fleets.definitions(place.simulator, tags)
    return {"vpcep_endpoints": {**place.simulator.account(), "endpoints": definitions, **options}}


def fleet_connect(place: Workspace) -> str:
    by_id = {"endpoint_service_id": "{{ made.service.id }}"}
    return place.playbook("fleet_connect", [provide(place), converge(place, fleets.TAGS, **by_id)])


def fleet_change(place: Workspace) -> str:
    """Other tags for all endpoints, and the deletion of unlisted ones."""
    by_id = {"endpoint_service_id": "{{ made.service.id }}"}
    return place.playbook("fleet_change", [provide(place), converge(place, fleets.CHANGED_TAGS, **by_id, purge=True)])


def fleet_disconnect(place: Workspace) -> str:
    """Deletes the endpoints, also unlisted ones, and then the service."""
    by_name = {"endpoint_service_name": fleets.SERVICE["name"]}
    strays = fleets.networks(place.simulator, fleets.SIZE + 1, fleets.STRAYS)
    gone = converge(place, fleets.TAGS, state="absent", **by_name)
    gone["vpcep_endpoints"]["endpoints"] += strays
    removed = provide(place)
    removed["vpcep_service"]["state"] = "absent"
    return place.playbook("fleet_disconnect", [gone, removed])


def fleet_with(tags: dict[str, str], others: int) -> Callable[[Workspace], expected_state.Findings]:
    """What is lost and doubled of the fleet, and of others' services and endpoints, of which there are so many."""

    def findings(place: Workspace) -> expected_state.Findings:
        state = place.simulator.state()
        lost, doubled = fleets.compare(state, fleets.definitions(place.simulator, tags))
        return lost + surplus(state, services=1 + others, endpoints=fleets.SIZE + others), doubled

    return findings


def fleet_gone(place: Workspace) -> expected_state.Findings:
    """Only what belongs to others is left."""
    return surplus(place.simulator.state(), services=1, endpoints=1), []


def admit(place: Workspace) -> str:
    return place.playbook("admit", [with_rule(place)])


def withdraw(place: Workspace) -> str:
    return place.playbook("withdraw", [with_rule(place, state="absent")])


def with_rule(place: Workspace, **options: Any) -> dict[str, Any]:
    return {"vpcep_service": {**place.simulator.account(), **fleets.SERVICE, "admit_traffic": "ensure", **options}}


def admitted(cloud: Any, folder: str) -> None:
    Scenario(cloud, folder).tell(converge_service, "provider", **fleets.SERVICE, admit_traffic="ensure")


def rules_and_services(number: int) -> Callable[[Workspace], expected_state.Findings]:
    """What there is more or less of than *number* services with a rule each."""

    def findings(place: Workspace) -> expected_state.Findings:
        rules = [one for one in place.simulator.objects("security_group_rules") if is_own(one)]
        return surplus({**place.simulator.state(), "rules": rules}, services=number, rules=number), []

    return findings


def surplus(state: dict[str, Any], **numbers: int) -> list[str]:
    """What there is more or less of than it should be."""
    counts = {kind: len(state[kind]) for kind in numbers}
    return [f"{counts[kind]} {kind} instead of {numbers[kind]}" for kind in numbers if counts[kind] != numbers[kind]]


def role(name: str) -> Callable[[Workspace], str]:
    return lambda _place: name


def established(cloud: Any, folder: str) -> None:
    fleets.FleetScenario(cloud, folder).established()


JOBS = {
    "connect_vpcs": Job(ROLE, role("connect_vpcs"), None, connected),
    "disconnect_vpcs": Job(
        ROLE, role("disconnect_vpcs"), lambda cloud, folder: Scenario(cloud, folder).connect(), disconnected
    ),
    "fleet_connect": Job(FLEET, fleet_connect, None, fleet_with(fleets.TAGS, 0)),
    "fleet_change": Job(FLEET, fleet_change, established, fleet_with(fleets.CHANGED_TAGS, 1)),
    "fleet_disconnect": Job(FLEET, fleet_disconnect, established, fleet_gone),
    "admit": Job(RULE, admit, None, rules_and_services(1)),
    "withdraw": Job(RULE, withdraw, admitted, rules_and_services(0)),
}


class Moment(NamedTuple):
    """When to kill: at which request (number, or operation), and whether it is carried out before."""

    what: str
    request: dict[str, Any]
    carried_out: bool
    ways: tuple[str, ...] = (DIRECT, APART)  # in which it is tried


TURNS = [(False, DIRECT), (True, APART), (False, APART), (True, DIRECT)]


def usual_ways(whose: str, number: int, change: int, carried_out: bool) -> tuple[str, ...]:
    """In which ways a run that is not thorough tries a moment. change: which change the request is; 0 for a read."""
    if whose == FLEET:
        carries_out, way = TURNS[number % len(TURNS)]
        return (way,) if carried_out == carries_out else ()
    if change:
        return (DIRECT, APART) if (change + carried_out) % 2 else (DIRECT,)
    if carried_out != (number % 2 == 0):  # a read changes nothing, carried out or not
        return ()
    return (DIRECT, APART) if number // 2 % 2 else (DIRECT,)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    full = [(name, way, str(share)) for name in JOBS for way in (DIRECT, APART) for share in range(SHARES)]
    cases = SHORT if metafunc.config.getoption("--short") else full
    rows = [f"{JOBS[name].whose} killed at every request, before and after it ({way})" for name, way, _what in cases]
    marked = [
        pytest.param(*case, marks=pytest.mark.fault_injection(row)) for case, row in zip(cases, rows, strict=True)
    ]
    metafunc.parametrize(("name", "way", "share"), marked)


@cache
def moments(place: Workspace, name: str, thorough: bool) -> list[Moment]:
    """All moments of an undisturbed run."""
    job = JOBS[name]
    place.fresh(job.prepare)
    run = place.run(job.playbook(place), DIRECT)
    assert run.code == 0, run.output
    found, changes = [], 0
    for number, entry in enumerate(place.simulator.log(), 1):
        is_change = entry["method"] != "GET"
        changes += is_change
        for carried_out in (False, True):
            moment = Moment(f"request {number} ({entry['operation']})", {"nth": number}, carried_out)
            usual = usual_ways(job.whose, number, changes if is_change else 0, carried_out)
            found.append(moment if thorough else moment._replace(ways=usual))
    return found


def chosen(place: Workspace, name: str, way: str, share: str, thorough: bool) -> list[Moment]:
    """The moments of one test."""
    if not share.isdigit():
        return [Moment(share, {"operation": share}, carried_out=True)]
    found = [moment for moment in moments(place, name, thorough) if way in moment.ways]
    return found[int(share) :: SHARES]


def test_killed(place: Workspace, row: Any, pytestconfig: pytest.Config, name: str, way: str, share: str) -> None:
    for moment in chosen(place, name, way, share, bool(pytestconfig.getoption("--thorough"))):
        live(place, name, way, moment, row)


def killed(place: Workspace, job: Job, playbook: str, way: str, moment: Moment) -> bool:
    """Begins a life and ends it; False if it was over before, again and again."""
    for _try in range(KILLS):
        place.fresh(job.prepare)
        if place.kill_at(playbook, way, moment.carried_out, **moment.request):
            return True
    return False


def live(place: Workspace, name: str, way: str, moment: Moment, row: Any) -> None:
    """One life: killed, run again until it ends well, and once more."""
    what = f"{name}, {'after' if moment.carried_out else 'before'} {moment.what}"
    job = JOBS[name]
    playbook = job.playbook(place)
    row.tried += 1
    if not killed(place, job, playbook, way, moment):
        row.lost.append(f"{what}: it ended before it could be killed")
        return
    judge(place, job, playbook, way, what, row)


def judge(place: Workspace, job: Job, playbook: str, way: str, what: str, row: Any, reruns: int = RERUNS) -> None:
    """Runs it again until it ends well, and once more."""
    for _rerun in range(reruns):
        run = place.run(playbook, way)
        if run.code == 0:
            break
    lost, doubled = job.findings(place)
    if run.code != 0:
        lost.append(f"no rerun ended well: {run.end}")
    elif not lost and not doubled:
        run = place.run(playbook, way)
        if (run.code, run.changed) != (0, 0):
            lost.append(f"the third run changed {run.changed}, exit code {run.code}: {run.end}")
    row.lost += [f"{what}: {text}" for text in lost + place.strayed(way)]
    row.doubled += [f"{what}: {text}" for text in doubled]
    row.leaked += [f"{what}: {text}" for text in place.leaks()]
