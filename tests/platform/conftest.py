"""What an automation platform does with the collection, without one: ansible-runner, ansible-builder, awx.awx."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.machine import Machine
from tests.simulator import SimulatorProcess


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorProcess]:
    with SimulatorProcess(delay=0.5) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    running.reset()
    return running


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")
