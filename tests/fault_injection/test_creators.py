"""Two to twenty runs that create the same object at the same time and share nothing but the cloud.

In the end there is one, and every run reports it. When runs are killed, the next one ends with one.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.bulk import converge_endpoints
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.support.programs import Cloud, Task
from tests.support.stage import Kill, Run, Stage

from . import expected_state, fleets

GATEWAY = "obs"
SEEDS, SHORT_SEEDS = 5, 1
MOST_REQUESTS = 40  # of one run: after so many it has ended
CLOUDS: dict[str, dict[str, Any]] = {
    "usual": {"delay": 3},
    "listed late": {"delay": 3, "list_lag": 3},
    "quick": {"delay": 0},
    "slow": {"delay": 40, "list_lag": 40},
}
Job = tuple[Callable[..., Any], dict[str, Any]]


@pytest.fixture(params=["interface", "approval", "gateway", "service", "fleet"])
def kind(request: pytest.FixtureRequest) -> str:
    """What is created."""
    return str(request.param)


class Workspace:
    """A cloud in which something is to be created."""

    def __init__(self, cloud: Cloud, folder: Path, kind: str, settings: dict[str, Any], seed: int) -> None:
        self.cloud, self.folder, self.kind = cloud, folder, kind
        self.is_quick = settings["delay"] == 0
        cloud.reset(keep_tokens=True, seed=seed)
        self.task = Task(cloud, folder)
        self.job = self.prepare()
        cloud.advance(3600)
        cloud.settings(quota_endpoints=200, **settings)

    def prepare(self) -> Job:
        if self.kind == "service":
            return converge_service, dict(expected_state.SERVICE)
        if self.kind == "gateway":
            service_id = next(one["id"] for one in self.cloud.info()["public_services"] if one["type"] == "gateway")
            return converge_endpoint, {"endpoint_service_id": service_id, "vpc_id": expected_state.SERVICE["vpc_id"]}
        service = {**expected_state.SERVICE, "approval_enabled": self.kind == "approval"}
        by_id = {"endpoint_service_id": self.task(converge_service, **service)["service"]["id"]}
        if self.kind == "fleet":
            endpoints = fleets.definitions(self.cloud, fleets.TAGS)
            return converge_endpoints, {**by_id, "endpoints": endpoints, "concurrency": 1}
        place = {name: self.cloud.spare()[1][name] for name in ("vpc_id", "subnet_id")}
        return converge_endpoint, {**by_id, **place, "tags": {"env": "test"}}

    def play(self, number: int, seed: int, kill: Kill | None = None, **options: Any) -> list[Run]:
        stage = Stage(self.cloud, self.folder, seed)
        program, asked = self.job
        for run in range(number):
            stage.enter(program, {**asked, **options}, None if run else kill)
        stage.play()
        return stage.runs

    def there(self) -> list[list[str]]:
        """The IDs of what there is in each place."""
        state = self.cloud.state()
        if self.kind == "service":
            return [[one["id"] for one in state["services"] if one["status"] != "deleting"]]
        found: dict[str, list[str]] = {}
        for one in state["endpoints"]:
            if one["status"] != "deleting":
                found.setdefault(fleets.where(one), []).append(one["id"])
        return list(found.values()) or [[]]

    def objects(self, result: Any) -> list[dict[str, Any]]:
        """The objects of a run's result."""
        return result.get("endpoints") or [result.get("endpoint") or result.get("service")]

    def judge(self, runs: list[Run], row: Any, what: str) -> None:
        """Looks what was lost and doubled when all runs have ended."""
        there = self.there()
        row.doubled += [f"{what}: {len(ids)} objects" for ids in there if len(ids) > 1]
        row.lost += [f"{what}: nothing is left" for ids in there if not ids]
        only = sorted(ids[0] for ids in there if ids)
        for number, run in enumerate(runs):
            row.lost += [f"{what}: run {number} failed: {run.error!r}"] * bool(run.error)
            # A run that only found an object may have done so before that one's run ended; see docs/reliability.md.
            is_late = all(method == "GET" for method, _path in run.sent) and len(runs) > 1
            if run.result is not None and not (is_late and self.is_quick):
                told = sorted(one["id"] for one in self.objects(run.result))
                row.lost += [f"{what}: run {number} reports {told} instead of {only}"] * (told != only)

    def judge_rerun(self, row: Any, what: str) -> None:
        """A later run ends with one object, and the run after that changes nothing."""
        for changes in (None, False):
            (run,) = self.play(1, 0)
            self.judge([run], row, f"{what}, rerun")
            if changes is False and run.result and run.result["changed"]:
                row.lost.append(f"{what}: the second rerun changed something")


@pytest.fixture
def place(cloud: Cloud, tmp_path: Path, quick_hash: None, kind: str) -> Callable[[dict[str, Any], int], Workspace]:
    return lambda settings, seed: Workspace(cloud, tmp_path, kind, settings, seed)


@pytest.mark.fault_injection("2 to 20 runs create the same object and share no lock")
@pytest.mark.parametrize("settings", CLOUDS, ids=str)
def test_creators(place: Any, kind: str, settings: str, row: Any, short: bool) -> None:
    for number in (2, 20) if short else (2, 3, 5, 10, 20):
        for seed in range(SHORT_SEEDS if short else SEEDS):
            here = place(CLOUDS[settings], seed)
            row.tried += 1
            what = f"{number} creators of {kind}, {settings}, seed {seed}"
            runs = here.play(number, seed)
            here.judge(runs, row, what)
            creators = [run for run in runs if run.result and run.result["changed"]]
            if kind != "fleet":  # of a fleet's endpoints each run may have created some
                row.doubled += [f"{what}: {len(creators)} say that they created it"] * (len(creators) != 1)
            here.judge_rerun(row, what)


@pytest.mark.fault_injection("one of several creators is killed at each of its requests")
@pytest.mark.parametrize("settings", ["usual", "listed late", "quick"])
def test_killed_creators(place: Any, kind: str, settings: str, row: Any, short: bool) -> None:
    for number in (2,) if short else (1, 2, 3):
        for carried_out in (False, True):
            for request in range(1, MOST_REQUESTS, 4 if short else 1):
                here = place(CLOUDS[settings], request)
                runs = here.play(number, request, Kill(request, carried_out))
                if runs[0].result is not None:
                    break  # it ended before
                row.tried += 1
                what = f"{number} creators of {kind}, {settings}, one killed {'after' * carried_out} request {request}"
                here.judge_rerun(row, what)
                here.judge(runs, row, what)


@pytest.mark.fault_injection("2 to 20 runs create the same object and do not wait")
def test_creators_that_do_not_wait(place: Any, kind: str, row: Any, short: bool) -> None:
    """What they leave behind, a later run resolves."""
    for number in (2,) if short else (2, 5, 20):
        here = place(CLOUDS["usual"], number)
        row.tried += 1
        what = f"{number} creators of {kind} that do not wait"
        runs = here.play(number, number, wait=False)
        row.lost += [f"{what}: {run.error!r}" for run in runs if run.error]
        here.cloud.advance(60)
        here.judge_rerun(row, what)
