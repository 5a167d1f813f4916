"""The event source against the simulator, in virtual time."""

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.memory import Memory
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.source import check_options
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.watcher import NewEvent, Watcher
from tests.support.fixtures import quick_hash
from tests.support.resource_fixtures import allow, backend, cloud, join, publish, service, statuses, subnet, task

__all__ = ["allow", "backend", "cloud", "join", "publish", "quick_hash", "service", "statuses", "subnet", "task"]


class Life:
    """One life of a source. die() ends it as a kill does: without a last save."""

    def __init__(self, task: Any, file: Path | None, **options: Any) -> None:
        self.task, self.logged = task, []
        given = check_options({"requests_per_minute": 600, **options})
        task.prepare(account=options.pop("account", "provider"))
        self.memory = Memory(file and str(file), clock=lambda: 1000 + task.now, warn=self.logged.append)
        self.told = [NewEvent(event, "", None) for event in self.memory.acquire()]
        self.watcher = Watcher(given, task.runtime, self.memory, self.logged.append)

    def step(self) -> list[NewEvent]:
        self.task.sleep(self.watcher.schedule.next()[0])
        return self.watcher.poll()

    def run(self, seconds: float = 25) -> list[dict[str, Any]]:
        """Goes on for a while. Returns all events since the last call."""
        end = self.task.now + seconds
        while self.task.now < end:
            for told in self.step():
                self.told.append(told)
                self.memory.store_sent(told.service, told.change, told.event)
        events, self.told = [told.event for told in self.told], []
        return events

    def die(self) -> None:
        self.memory.release()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "connections.json"


@pytest.fixture
def live(task: Any, file: Path) -> Any:
    lives: list[Life] = []

    def begin(**options: Any) -> Life:
        for life in lives:
            life.die()
        lives.append(Life(task, file, **options))
        return lives[-1]

    yield begin
    lives[-1].die()


def kinds(events: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(event["kind"], event["connection"]["id"]) for event in events]
