"""The modules as users run them: real ansible processes against a simulated cloud that is a process of its own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT, RUNTIME, install_checkout, login_variables, user_environment

# The environment that runs the tests.
OWN = Path(sys.executable).parent
# The group of all modules, for module_defaults.
GROUP = "group/crossvpc.vpcep.vpcep"
# The ways in which a module is executed, and the setting that leads to each.
WAYS = {"direct": "1", "process": "0"}
BOTH_WAYS = pytest.mark.parametrize("way", WAYS)


class Run:
    """What a run of an ansible command left behind."""

    def __init__(self, code: int, output: str) -> None:
        self.code, self.output = code, output

    def count(self, word: str) -> int:
        """A number out of the recap: ok, changed, failed, ignored, ..."""
        found = re.search(rf"localhost +:.*\b{word}=(\d+)", self.output)
        assert found, self.output
        return int(found.group(1))


class Controller:
    """A machine on which a user runs ansible: a home folder and an environment, and the commands of one venv."""

    def __init__(self, folder: Path, simulator: SimulatorProcess, programs: Path = OWN) -> None:
        self.folder, self.simulator, self.programs = folder, simulator, programs
        assert (programs / "ansible-playbook").exists(), f"{programs} does not exist: run this through make."
        self.environment = {**user_environment(folder, programs), "ANSIBLE_PIPELINING": "true"}

    def link(self) -> None:
        """Make the checkout the installed collection."""
        install_checkout(self.folder)

    def login(self, name: str = "provider") -> None:
        """Let the environment hold the login of an account."""
        self.environment |= login_variables(self.simulator.account(name))

    @property
    def tokens(self) -> list[Path]:
        """The files of the token cache."""
        return sorted((self.folder / "cache").rglob("*.json"))

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command in the home folder."""
        return subprocess.Popen(
            [str(self.programs / command[0]) if command[0] != "sh" else command[0], *command[1:]],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str, **environment: str) -> Run:
        """Run a command in the home folder to its end."""
        process = self.start(*command, **environment)
        output, _unused = process.communicate()
        return Run(process.returncode, output)

    def write(self, *tasks: dict[str, Any], defaults: dict[str, Any] | None = None, name: str = "play.yml") -> str:
        """Write a playbook of one play; defaults: options for all modules of the collection."""
        play: dict[str, Any] = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        if defaults is not None:
            play["module_defaults"] = {GROUP: defaults}
        (self.folder / name).write_text(yaml.safe_dump([play], sort_keys=False))
        return name

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = (), **environment: str) -> Run:
        """Run tasks, logged in as the environment says."""
        return self.run("ansible-playbook", self.write(*tasks), *options, **environment)

    def requests(self) -> list[str]:
        """Methods and operations of all requests since the last call, as ``GET listEndpoints``."""
        entries = self.simulator.log()
        self.simulator.clear_log()
        return [f"{entry['method']} {entry['operation']}" for entry in entries]


@pytest.fixture(scope="session")
def running() -> Iterator[SimulatorProcess]:
    # A passcode in a file may wait for its test on a busy machine.
    with SimulatorProcess(delay=0.2, passcode_steps=40) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def way() -> str:
    """How modules are executed; tests that want both have parameters in its place, see BOTH_WAYS."""
    return "direct"


@pytest.fixture
def controller(simulator: SimulatorProcess, tmp_path: Path, way: str) -> Controller:
    """A machine that has the checkout as its collection, and the provider's login."""
    controller = Controller(tmp_path, simulator)
    controller.link()
    controller.login()
    controller.environment["VPCEP_DIRECT"] = WAYS[way]
    return controller


# The job of the collection in two tasks: the request bodies of the API's own guide, as module arguments.
SEED = """
- crossvpc.vpcep.vpcep_service:
    port_id: 4189d3c2-8882-4871-a3c2-d380272eed88
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed80
    approval_enabled: false
    service_type: interface
    server_type: VM
    ports:
      - {client_port: 8080, server_port: 80, protocol: TCP}
      - {client_port: 8081, server_port: 80, protocol: TCP}
  register: provider

- crossvpc.vpcep.vpcep_endpoint:
    endpoint_service_id: "{{ provider.service.id }}"
    vpc_id: 4189d3c2-8882-4871-a3c2-d380272eed82
    subnet_id: 4189d3c2-8882-4871-a3c2-d380272eed81
    enable_dns: true
  register: consumer
"""


@pytest.fixture
def seed() -> list[dict[str, Any]]:
    """The two tasks."""
    tasks: list[dict[str, Any]] = yaml.safe_load(SEED)
    return tasks


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def runtime(simulator: SimulatorProcess, tmp_path: Path, way: str) -> Controller:
    """A machine with nothing but ansible-core and requests, no collection and no login."""
    controller = Controller(tmp_path, simulator, RUNTIME)
    controller.environment["VPCEP_DIRECT"] = WAYS[way]
    return controller
