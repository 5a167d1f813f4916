"""The role and its playbooks, run by ansible-playbook as users do, against a simulator that is a process of its own."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import SimulatorProcess
from tests.support.controllers import install_checkout, login_variables, user_environment

ROLE = "crossvpc.vpcep.connect_vpcs"
PUBLIC_DNS = "com.t-systems.otc.eu-de.dns"

# What the API's own guide uses.
FRONTEND = {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed82", "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81"}
SERVICE = {
    "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
    "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
    "approval_enabled": False,
    "service_type": "interface",
    "server_type": "VM",
    "ports": [
        {"client_port": 8080, "server_port": 80, "protocol": "TCP"},
        {"client_port": 8081, "server_port": 80, "protocol": "TCP"},
    ],
}
SEED = {"connect_vpcs_service": SERVICE, "connect_vpcs_endpoints": [{**FRONTEND, "enable_dns": True}]}
EXAMPLES = {"vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140", "subnet_id": "61881173-3899-4981-a700-170253d469b6"}
CONSUMER = {"vpc_id": "c0de0000-0000-4000-8000-000000000001", "subnet_id": "c0de0000-0000-4000-8000-000000000011"}


class Run:
    """What a run of ansible-playbook left behind."""

    def __init__(self, code: int, output: str, kept: dict[str, Any]) -> None:
        self.code, self.output, self.kept = code, output, kept

    @property
    def changed(self) -> int:
        found = re.search(r"changed=(\d+)", self.output)
        assert found, self.output
        return int(found.group(1))

    @property
    def executed(self) -> int:
        """The tasks that were not skipped, without the one of Controller.run."""
        found = re.search(r"ok=(\d+)", self.output)
        assert found, self.output
        return int(found.group(1)) - 1

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.kept["result"]
        return found


class Controller:
    """A machine on which a user runs playbooks."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        install_checkout(folder)
        self.environment = {**user_environment(folder), **login_variables(simulator.account())}

    def run(self, playbook: str, *options: str, variables: dict[str, Any] | None = None) -> Run:
        """Run a playbook; the facts connect_vpcs_result and notes come back."""
        kept = self.folder / "kept.json"
        kept.unlink(missing_ok=True)
        keeping = self.folder / "keep.yml"
        content = "{{ {'result': connect_vpcs_result | default({}), 'notes': notes | default({})} | to_json }}"
        task = {"ansible.builtin.copy": {"content": content, "dest": str(kept)}, "check_mode": False}
        task |= {"changed_when": False, "diff": False}
        keeping.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        given = self.folder / "variables.yml"
        given.write_text(yaml.safe_dump(variables or {}))
        command = ["ansible-playbook", playbook, str(keeping), *options, "-e", f"@{given}"]
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return Run(done.returncode, done.stdout, json.loads(kept.read_text()) if kept.exists() else {})

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = ()) -> Run:
        """Run a playbook of the user's own."""
        file = self.folder / "playbook.yml"
        file.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]))
        return self.run(str(file), *options)

    def requests(self) -> list[str]:
        """Methods and kinds of object of the VPCEP requests since the last call."""
        log = self.simulator.log(service="vpcep")
        self.simulator.clear_log()
        return [f"{entry['method']} {entry['operation']}" for entry in log]


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatorProcess]:
    with SimulatorProcess() as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def controller(simulator: SimulatorProcess, tmp_path: Path) -> Controller:
    return Controller(simulator, tmp_path)


def include(tasks_from: str = "main", **variables: Any) -> dict[str, Any]:
    """A task that includes the role."""
    return {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": tasks_from}, "vars": variables}


def note(name: str) -> dict[str, Any]:
    """A task that keeps the role's result under a name."""
    value = "{{ notes | default({}) | combine({'" + name + "': connect_vpcs_result}) }}"
    return {"ansible.builtin.set_fact": {"notes": value}}
