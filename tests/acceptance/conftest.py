"""An empty simulated cloud for each test; `running`, of each folder's own conftest, is the process behind it."""

import pytest

from tests.simulator import SimulatorProcess


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    running.reset()
    return running
