"""What an automation platform does with the collection, without one: ansible-runner, ansible-builder, awx.awx."""

from pathlib import Path

import pytest

from tests.platform.machine import Machine
from tests.support.simulators import in_a_process, simulator

__all__ = ["simulator"]

running = in_a_process(delay=0.5)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "machine")
