"""The role and its playbooks, run by ansible-playbook as users do, against a simulator that is a process of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import SimulatorProcess
from tests.support import controllers
from tests.support.seed import ENDPOINT, SERVICE
from tests.support.simulators import in_a_process

ROLE = "crossvpc.vpcep.connect_vpcs"
PUBLIC_DNS = "com.t-systems.otc.eu-de.dns"

SEED = {"connect_vpcs_service": SERVICE, "connect_vpcs_endpoints": [ENDPOINT]}
EXAMPLES = {"vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140", "subnet_id": "61881173-3899-4981-a700-170253d469b6"}


class Run(controllers.Run):
    """The same of a playbook, with the facts that it left. executed: the tasks that were not skipped."""

    def __init__(self, done: controllers.Run, kept: dict[str, Any]) -> None:
        super().__init__(done.code, done.output)
        self.kept = kept

    @property
    def changed(self) -> int:
        return self.count("changed")

    @property
    def executed(self) -> int:
        return self.count("ok") - 1  # that of Controller.playbook

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.kept["result"]
        return found


class Controller(controllers.Controller):
    """A machine on which a user runs playbooks."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        super().__init__(folder, simulator=simulator)
        self.set_up()

    def playbook(self, name: str, *options: str, variables: dict[str, Any] | None = None) -> Run:
        """Run a playbook; the facts connect_vpcs_result and notes come back."""
        kept = self.folder / "kept.json"
        kept.unlink(missing_ok=True)
        content = "{{ {'result': connect_vpcs_result | default({}), 'notes': notes | default({})} | to_json }}"
        task = {"ansible.builtin.copy": {"content": content, "dest": str(kept)}, "check_mode": False}
        keeping = self.write({**task, "changed_when": False, "diff": False}, name="keep.yml")
        (self.folder / "variables.yml").write_text(yaml.safe_dump(variables or {}))
        done = self.run("ansible-playbook", name, keeping, *options, "-e", "@variables.yml")
        return Run(done, json.loads(kept.read_text()) if kept.exists() else {})

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = ()) -> Run:
        """Run a playbook of the user's own."""
        return self.playbook(self.write(*tasks), *options)

    def requests(self, **wanted: str) -> list[str]:
        """By default those to VPCEP."""
        return super().requests(**{"service": "vpcep", **wanted})


running = in_a_process("module")


@pytest.fixture
def controller(simulator: SimulatorProcess, tmp_path: Path) -> Controller:
    return Controller(simulator, tmp_path)


def include(tasks_from: str = "main", **variables: Any) -> dict[str, Any]:
    """A task that includes the role."""
    return {"ansible.builtin.include_role": {"name": ROLE, "tasks_from": tasks_from}, "vars": variables}


def note(name: str, value: str = "connect_vpcs_result") -> dict[str, Any]:
    """A task that keeps the role's result, or another value, under a name."""
    return {
        "ansible.builtin.set_fact": {"notes": "{{ notes | default({}) | combine({'" + name + "': " + value + "}) }}"}
    }


def failing(name: str, task: dict[str, Any]) -> dict[str, Any]:
    """A task that may fail: its message is kept under a name."""
    message = "(ansible_failed_result.results | default([ansible_failed_result]))[0].msg"
    return {"block": [task], "rescue": [note(name, message)]}
