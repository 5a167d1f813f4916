"""A cloud in this process, and scenarios in it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.simulator import SimulatorProcess
from tests.support.fixtures import quick_hash

from .fleets import BusyCloud
from .scenario import Scenario
from .secrets import leaks
from .workspace import Workspace

__all__ = ["quick_hash"]


@pytest.fixture(scope="session")
def cloud() -> Iterator[BusyCloud]:
    with BusyCloud() as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def scenario_type() -> type[Scenario]:
    """What begin() begins; tests may override it."""
    return Scenario


@pytest.fixture
def begin(
    cloud: BusyCloud, tmp_path: Path, quick_hash: None, row: Any, scenario_type: type[Scenario]
) -> Iterator[Callable[..., Scenario]]:
    """Begins scenarios, each in an empty cloud and with an empty cache; what they say is searched for secrets."""
    running: list[Scenario] = []

    def end() -> None:
        for scenario in running:
            row.leaked += leaks("\n".join(scenario.said), cloud)
        running.clear()

    def fresh(**options: Any) -> Scenario:
        end()
        cloud.reset()
        cloud.settings(delay=scenario_type.delay)
        row.tried += 1
        running.append(scenario_type(cloud, tmp_path / str(row.tried), **options))
        return running[0]

    yield fresh
    end()


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with SimulatorProcess() as simulator:
        yield Workspace(simulator, tmp_path_factory.mktemp("place"))
        assert simulator.defects() == []
