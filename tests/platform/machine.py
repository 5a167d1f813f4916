"""A machine on which AWX runs jobs: ansible-runner with a private data folder for each, as AWX fills it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ansible_runner
import yaml

from tests.platform.awx import inject, of_name, unsafe_yaml
from tests.support.controllers import OWN, install_checkout, user_environment

PLAYBOOKS = ("connect_vpcs", "disconnect_vpcs", "connect_fleet", "audit_vpcs")
Credentials = Mapping[str, Mapping[str, str]]


class Machine:
    """Jobs of one machine share a home, and so the cache of tokens and the locks in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.jobs = 0
        install_checkout(folder)
        self.environment = user_environment(folder, OWN)

    def job(
        self,
        playbook: str,
        variables: Mapping[str, Any],
        credentials: Credentials,
        inventory: Mapping[str, Any] | None = None,
        verbosity: int = 0,
    ) -> Job:
        """A job of a template. variables: answers of its survey; credentials: inputs by the name of their type."""
        self.jobs += 1
        return Job(self, self.folder / f"job-{self.jobs}", playbook, variables, credentials, inventory, verbosity)


class Job:
    """One job, to be run once or, like a relaunched one, again."""

    def __init__(
        self,
        machine: Machine,
        folder: Path,
        playbook: str,
        variables: Mapping[str, Any],
        credentials: Credentials,
        inventory: Mapping[str, Any] | None,
        verbosity: int,
    ) -> None:
        self.folder, self.playbook = folder, playbook
        for name in ("env", "project", "inventory"):
            (folder / name).mkdir(parents=True)
        for name in PLAYBOOKS:
            play = [{"ansible.builtin.import_playbook": f"crossvpc.vpcep.{name}"}]
            (folder / "project" / f"{name}.yml").write_text(yaml.safe_dump(play))
        environment, arguments = dict(machine.environment), []
        for number, (name, inputs) in enumerate(credentials.items()):
            injected = inject(of_name("credential_types.yml", name), inputs, folder / "env")
            environment |= injected.environment
            if injected.extra_vars:
                file = folder / "env" / f"credential-{number}.yml"
                file.write_text(unsafe_yaml(injected.extra_vars))
                arguments.append(f"-e @{file}")
        (folder / "env" / "envvars").write_text(yaml.safe_dump(environment))
        (folder / "env" / "extravars").write_text(unsafe_yaml(variables))
        (folder / "env" / "settings").write_text(yaml.safe_dump({"suppress_ansible_output": True}))
        (folder / "inventory" / "hosts.json").write_text(json.dumps(inventory or {"all": {"hosts": {}}}))
        if verbosity:
            arguments.append("-" + "v" * verbosity)
        if arguments:
            (folder / "env" / "cmdline").write_text(" ".join(arguments))

    def run(self, cancelled: Callable[[], bool] = lambda: False) -> Result:
        """Run it to its end, or until *cancelled* says so."""
        shutil.rmtree(self.folder / "artifacts", ignore_errors=True)
        done = ansible_runner.run(
            private_data_dir=str(self.folder), playbook=f"{self.playbook}.yml", cancel_callback=cancelled, quiet=True
        )
        return Result(done, self.folder)


class Result:
    """What a job left behind."""

    def __init__(self, done: Any, folder: Path) -> None:
        self.status: str = done.status
        self.output = done.stdout.read()
        self.changed: dict[str, int] = (done.stats or {}).get("changed", {})
        self.artifacts = folder / "artifacts"

    def files(self) -> dict[str, str]:
        """What is kept of a job, by path: events, output, status. Its environment is kept, too, but not here."""
        found = sorted(path for path in self.artifacts.rglob("*") if path.is_file() and path.name != "command")
        return {str(path.relative_to(self.artifacts)): path.read_text(errors="replace") for path in found}
