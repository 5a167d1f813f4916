"""A controller and a cloud of its own: the role as users run it, and a way to kill it at any request."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from tests.simulator import SimulatorProcess
from tests.support.controllers import install_checkout, user_environment

from . import expected_state
from .secrets import leaks_of

HELD = 120  # seconds that a request is held, so that the process can be killed meanwhile
LOOKS = 1  # before what is created is ready and what is deleted is gone: it is waited for, by a rerun, too
VERBOSE = ("-vvvvv", "--diff")
DIRECT, APART = "in Ansible's process", "in processes of their own"
"""The ways in which the modules can run."""
SWITCH = {DIRECT: "1", APART: "0"}  # VPCEP_DIRECT
PACKED = re.compile(r"^Using module file .*/vpcep_", re.MULTILINE)  # said before a process of its own starts


def descendants(pid: int) -> list[int]:
    """All processes that a process started, directly or not: Ansible's workers and modules leave its group."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(place.parent.name)] = int(place.read_text().rpartition(")")[2].split()[1])
    children = [child for child, parent in parents.items() if parent == pid]
    return [one for child in children for one in (child, *descendants(child))]


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kills a process with all that it started."""
    for pid in (process.pid, *descendants(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


class Run:
    """What a run left behind."""

    def __init__(self, code: int, output: str) -> None:
        changed = re.search(r"changed=(\d+)", output)
        self.code, self.output = code, output
        self.changed = int(changed.group(1)) if changed else -1

    @property
    def end(self) -> str:
        """Its last words."""
        return self.output[-600:]


class Workspace:
    """Where the playbooks of the role run. What they say is kept for the search for secrets."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.home = folder
        self.collections = install_checkout(folder)
        variables: dict[str, Any] = {
            f"connect_vpcs_{side}_auth": simulator.account(side) for side in ("provider", "consumer")
        }
        variables |= {
            "connect_vpcs_service": expected_state.SERVICE,
            "connect_vpcs_endpoints": [expected_state.ENDPOINT],
        }
        (folder / "variables.yml").write_text(yaml.safe_dump(variables))

    def fresh(self, prepare: Callable[[SimulatorProcess, str], Any] | None = None, delay: float | None = None) -> None:
        """An empty cloud, or one that was prepared (with a folder for it), and a controller that has no token yet.

        delay: seconds that changes of state take; else they take looks.
        """
        self.simulator.reset()
        if prepare:
            prepare(self.simulator, tempfile.mkdtemp(dir=self.folder))
        self.simulator.settings(**({"stepped_reads": LOOKS} if delay is None else {"delay": delay}))
        self.simulator.clear_log()
        self.home = Path(tempfile.mkdtemp(dir=self.folder))

    def playbook(self, name: str, tasks: list[dict[str, Any]]) -> str:
        """Writes a playbook of modules of the collection, which are named without it. Returns its path."""
        full = [
            {f"crossvpc.vpcep.{key}" if key.startswith("vpcep_") else key: value for key, value in task.items()}
            for task in tasks
        ]
        file = self.folder / f"{name}.yml"
        file.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": full}]))
        return str(file)

    def start(self, playbook: str, way: str) -> subprocess.Popen[bytes]:
        """Starts a playbook of the collection, or a file. Its output goes to a file, as a pipe would be full."""
        name = playbook if "/" in playbook else f"crossvpc.vpcep.{playbook}"
        environment = {
            **user_environment(self.home),
            "ANSIBLE_COLLECTIONS_PATH": self.collections,
            "ANSIBLE_LOG_PATH": str(self.home / "ansible.log"),
            "ANSIBLE_PIPELINING": "true",
            "VPCEP_DIRECT": SWITCH[way],
        }
        variables = f"@{self.folder / 'variables.yml'}"
        with open(self.home / "output", "ab") as output:
            return subprocess.Popen(
                ["ansible-playbook", name, "-e", variables, *VERBOSE],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def run(self, playbook: str, way: str) -> Run:
        """To the end."""
        before = len(self.said())
        code = self.start(playbook, way).wait()
        return Run(code, self.said()[before:])

    def kill_at(self, playbook: str, way: str, carried_out: bool, **request: Any) -> bool:
        """Runs until a request (nth, operation) is on its way, and kills everything then. False: it ended before."""
        self.simulator.fault(service="any", kind="reset", seconds=HELD, carried_out=carried_out, **request)
        process = self.start(playbook, way)
        try:
            while process.poll() is None:
                if any(fault.get("hits") for fault in self.simulator.faults()):
                    return True
                time.sleep(0.02)
            return False
        finally:
            kill(process)
            self.simulator.clear_faults()

    def kill_after(self, playbook: str, way: str, seconds: float) -> bool:
        """Kills everything so many seconds after the first change. False: it ended before."""
        process = self.start(playbook, way)
        while process.poll() is None and all(one["method"] == "GET" for one in self.simulator.log(service="vpcep")):
            time.sleep(0.02)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return False
        kill(process)
        return True

    def leaks(self) -> list[str]:
        """Which secrets were said, or are in a log."""
        log = self.home / "ansible.log"
        return leaks_of(self.said() + log.read_text(), self.simulator, self.tokens())

    def strayed(self, way: str) -> list[str]:
        """Whether the modules of this life ran in another way."""
        return [f"it did not run {way}"] * (bool(PACKED.search(self.said())) != (way == APART))

    def said(self) -> str:
        """All output of this life."""
        file = self.home / "output"
        return file.read_text(errors="replace") if file.exists() else ""

    def tokens(self) -> list[str]:
        """Those in the cache."""
        return [json.loads(file.read_text())["data"]["value"] for file in self.home.rglob("*.json")]
