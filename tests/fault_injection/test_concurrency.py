"""Many at once on one controller: one service, one endpoint, one login, and cache files that stay whole.

Of the playbooks that run at once, half run the modules in Ansible's process and half in processes of their own, so that
both ways are tried, and what they share between them.
"""

import json
import multiprocessing
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.support.programs import DEFAULTS
from tests.support.seed import ENDPOINT

from . import expected_state, fleets
from .workspace import APART, DIRECT, PACKED, Workspace

FORKS = multiprocessing.get_context("fork")
LATENCY = 300  # ms of every request, so that all have looked before the first one has created
LATE = 6  # seconds that a list of endpoints travels, so that all runs of a playbook have an empty one
PATIENCE = 120  # seconds
SERVICE = {**expected_state.SERVICE, "approval_enabled": False}


@pytest.fixture
def options(place: Workspace) -> dict[str, Any]:
    """Of a module, in a fresh cloud that answers slowly."""
    place.fresh()
    place.simulator.settings(latency_ms=LATENCY)
    return {**DEFAULTS, **place.simulator.account(), "token_cache_dir": str(place.home / "cache")}


def at_once(number: int, work: Callable[[], Any]) -> list[Any]:
    """What *work* returns, or its error as text, in so many processes that begin together."""
    begin, results = FORKS.Barrier(number), FORKS.SimpleQueue()

    def one() -> None:
        begin.wait(PATIENCE)
        try:
            results.put(work())
        except Exception as error:
            results.put(repr(error))

    processes = [FORKS.Process(target=one) for _number in range(number)]
    for process in processes:
        process.start()
    found = [results.get() for _process in processes]
    for process in processes:
        process.join(PATIENCE)
    return found


def program(run: Callable[..., Any], options: dict[str, Any]) -> Any:
    """The result of a module's program in this process."""
    return run(options, Runtime(connect(options, environ={})))


def torn_files(folder: Path) -> list[str]:
    """Files of the token cache that are no whole entry, or that others may read."""
    bad = []
    for file in folder.glob("*.json"):
        if stat.S_IMODE(file.stat().st_mode) != 0o600 or "data" not in json.loads(file.read_text()):
            bad.append(f"torn or open file {file.name}")
    return bad


@pytest.mark.fault_injection("20 processes create the same service and endpoint")
def test_twenty_creators(place: Workspace, options: dict[str, Any], row: Any) -> None:
    """No run fails, one of them reports the creation of the object, and one object of each kind exists.

    Another one may report a change: it deleted a double that was about to be deleted.
    """

    def work() -> list[bool]:
        made = program(converge_service, {**options, **SERVICE})
        joined = program(converge_endpoint, {**options, **ENDPOINT, "endpoint_service_id": made["service"]["id"]})
        return [made["action"] == "create", joined["action"] == "create"]

    row.tried = 20
    results = at_once(row.tried, work)
    row.lost += [result for result in results if isinstance(result, str)]
    row.doubled += expected_state.twice(place.simulator.state())
    for index, kind in enumerate(("services", "endpoints")):
        creators = [result for result in results if result[index] is True]
        row.doubled += [f"{len(creators)} say that they created {kind}"] * (len(creators) != 1)
    row.lost += torn_files(place.home / "cache")


@pytest.mark.fault_injection("20 runs of one playbook at once")
def test_twenty_playbooks(place: Workspace, options: dict[str, Any], row: Any, short: bool) -> None:
    """From nothing, one controller: all end well with one service and one endpoint; the next run changes nothing."""
    login = place.simulator.account()
    joined = {**login, **ENDPOINT, "endpoint_service_id": "{{ made.service.id }}"}
    tasks = [{"vpcep_service": {**login, **SERVICE}, "register": "made"}, {"vpcep_endpoint": joined}]
    row.tried = 4 if short else 20
    playbooks_at_once(place, place.playbook("one", tasks), row)
    row.doubled += expected_state.twice(place.simulator.state())
    row.lost += [f"no {kind}" for kind in ("services", "endpoints") if not place.simulator.state()[kind]]


@pytest.mark.fault_injection("10 runs of one playbook with a list at once")
def test_ten_fleets(place: Workspace, options: dict[str, Any], row: Any, short: bool) -> None:
    """From nothing, one controller: all end well with every endpoint once; the next run changes nothing."""
    login = place.simulator.account()
    asked = fleets.definitions(place.simulator, fleets.TAGS)
    joined = {**login, "endpoints": asked, "endpoint_service_id": "{{ made.service.id }}"}
    tasks = [{"vpcep_service": {**login, **fleets.SERVICE}, "register": "made"}, {"vpcep_endpoints": joined}]
    row.tried = 4 if short else 10
    late = {"kind": "stall", "carried_out": True, "seconds": LATE}  # lists of what was there before anybody created
    place.simulator.fault(operation="listEndpoints", count=row.tried, **late)
    playbooks_at_once(place, place.playbook("fleet", tasks), row)
    lost, doubled = fleets.compare(place.simulator.state(), asked)
    row.lost += lost
    row.doubled += doubled


def playbooks_at_once(place: Workspace, playbook: str, row: Any) -> None:
    """As many as are to be tried, the two ways in turns, and one more of each way when all have ended."""
    processes = [place.start(playbook, (DIRECT, APART)[number % 2]) for number in range(row.tried)]
    codes = [process.wait() for process in processes]
    row.lost += [f"exit code {code}: {place.said()[-600:]}" for code in codes if code]
    logins = len(place.simulator.log(service="iam"))
    row.doubled += [f"{logins} logins"] * (logins != 1)
    row.lost += ["no modules ran in processes of their own"] * (not PACKED.search(place.said()))
    for way in (DIRECT, APART):
        again = place.run(playbook, way)
        row.lost += [f"the next run, {way}, changed {again.changed}"] * (again.changed != 0)
    row.leaked += place.leaks()


@pytest.mark.fault_injection("50 cold starts")
def test_fifty_cold_starts(place: Workspace, options: dict[str, Any], row: Any) -> None:
    """One login for all of them, and one more after their token was revoked."""

    def work() -> int:
        connection = connect(options, environ={})
        return len(Runtime(connection).api.list_endpoints())

    for logins in (1, 2):
        row.tried += 50
        row.lost += [str(result) for result in at_once(50, work) if result != 0]
        asked = len(place.simulator.log(service="iam"))
        row.doubled += [f"{asked} logins instead of {logins}"] * (asked != logins)
        row.lost += torn_files(place.home / "cache")
        place.simulator.revoke_tokens()
