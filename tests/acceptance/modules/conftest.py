"""The modules as users run them: real ansible processes against a simulated cloud that is a process of its own."""

from pathlib import Path
from typing import Any

import pytest

from tests.simulator import SimulatorProcess
from tests.support import controllers
from tests.support.controllers import OWN, RUNTIME, Run
from tests.support.seed import job
from tests.support.simulators import in_a_process

# The ways in which a module is executed, and the setting that leads to each.
WAYS = {"direct": "1", "process": "0"}
BOTH_WAYS = pytest.mark.parametrize("way", WAYS)


def defaults(**options: Any) -> dict[str, Any]:
    """A keyword of a play: options for all modules of the collection."""
    return {"module_defaults": {"group/crossvpc.vpcep.vpcep": options}}


class Controller(controllers.Controller):
    """A machine on which a user runs modules."""

    def __init__(self, folder: Path, simulator: SimulatorProcess, way: str, programs: Path = OWN) -> None:
        super().__init__(folder, programs, simulator)
        self.environment |= {"ANSIBLE_PIPELINING": "true", "VPCEP_DIRECT": WAYS[way]}

    @property
    def tokens(self) -> list[Path]:
        """The files of the token cache."""
        return sorted((self.folder / "cache").rglob("*.json"))

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = (), **environment: str) -> Run:
        """Run tasks, logged in as the environment says."""
        return self.run("ansible-playbook", self.write(*tasks), *options, **environment)


# A passcode in a file may wait for its test on a busy machine.
running = in_a_process(delay=0.2, passcode_steps=40)


@pytest.fixture
def way() -> str:
    """How modules are executed; tests that want both have parameters in its place, see BOTH_WAYS."""
    return "direct"


@pytest.fixture
def controller(simulator: SimulatorProcess, tmp_path: Path, way: str) -> Controller:
    """A machine that has the checkout as its collection, and the provider's login."""
    controller = Controller(tmp_path, simulator, way)
    controller.set_up()
    return controller


@pytest.fixture
def seed() -> list[dict[str, Any]]:
    """The two tasks of the collection's job."""
    return job()


@pytest.fixture
def runtime(simulator: SimulatorProcess, tmp_path: Path, way: str) -> Controller:
    """A machine with nothing but ansible-core and requests, no collection and no login."""
    return Controller(tmp_path, simulator, way, RUNTIME)
