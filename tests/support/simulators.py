"""Fixtures of tests with a simulated cloud in a process of its own. A conftest makes one, and imports the other."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest

from tests.simulator import SimulatorProcess


def in_a_process(scope: Literal["session", "module"] = "session", **settings: Any) -> Callable[..., Any]:
    """A fixture, to be named *running*: the process, which has no defects at its end."""

    @pytest.fixture(scope=scope)
    def running() -> Iterator[SimulatorProcess]:
        with SimulatorProcess(**settings) as simulator:
            yield simulator
            assert simulator.defects() == []

    return running


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    """An empty cloud for each test."""
    running.reset()
    return running
