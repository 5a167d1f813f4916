# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller and a cloud of its own: the role as users run it, and a way to kill it at any request."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml

from tests.simulator import SimulatorProcess

from . import wanted
from .secrets import leaks_of
from .story import Story

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = Path(os.environ.get("VPCEP_RUNTIME", ROOT / ".venv-runtime")) / "bin"
HELD = 120  # seconds that a request is held, so that the process can be killed meanwhile
DELAY = 0.3  # seconds that creating and deleting take, so that they are waited for
VERBOSE = ("-vvvvv", "--diff")


def descendants(pid: int) -> list[int]:
    """All processes that a process started, directly or not: Ansible's workers and modules leave its group."""
    parents = {}
    for place in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(place.parent.name)] = int(place.read_text().rpartition(")")[2].split()[1])
    children = [child for child, parent in parents.items() if parent == pid]
    return [one for child in children for one in (child, *descendants(child))]


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


class Place:
    """Where the playbooks of the role run. What they say is kept for the search for secrets."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.home = folder
        collection = folder / "tree" / "ansible_collections" / "crossvpc" / "vpcep"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(ROOT)
        variables: dict[str, Any] = {
            f"connect_vpcs_{side}_auth": simulator.account(side) for side in ("provider", "consumer")
        }
        variables |= {"connect_vpcs_service": wanted.SERVICE, "connect_vpcs_endpoints": [wanted.ENDPOINT]}
        (folder / "variables.yml").write_text(yaml.safe_dump(variables))

    def fresh(self, connected: bool = False) -> None:
        """An empty cloud, or one with the connection, and a controller that has no token yet."""
        self.simulator.reset()
        self.simulator.settings(delay=DELAY)
        if connected:
            Story(self.simulator, tempfile.mkdtemp(dir=self.folder)).connect()
        self.simulator.clear_log()
        self.home = Path(tempfile.mkdtemp(dir=self.folder))

    def start(self, playbook: str) -> subprocess.Popen[bytes]:
        """Starts a playbook of the collection, or a file. Its output goes to a file, as a pipe would be full."""
        name = playbook if "/" in playbook else f"crossvpc.vpcep.{playbook}"
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "tree"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_LOG_PATH": str(self.home / "ansible.log"),
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_PIPELINING": "true",
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{RUNTIME}{os.pathsep}{os.environ['PATH']}",
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

    def run(self, playbook: str) -> Run:
        """To the end."""
        before = len(self.said())
        code = self.start(playbook).wait()
        return Run(code, self.said()[before:])

    def kill_at(self, playbook: str, carried_out: bool, **request: Any) -> bool:
        """Runs until a request (nth, operation) is on its way, and kills everything then. False: it ended before."""
        self.simulator.fault(service="any", kind="reset", seconds=HELD, carried_out=carried_out, **request)
        process = self.start(playbook)
        try:
            while process.poll() is None:
                if any(fault.get("hits") for fault in self.simulator.faults()):
                    return True
                time.sleep(0.02)
            return False
        finally:
            for pid in (process.pid, *descendants(process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()
            self.simulator.clear_faults()

    def leaks(self) -> list[str]:
        """Which secrets were said, or are in a log."""
        log = self.home / "ansible.log"
        return leaks_of(self.said() + log.read_text(), self.simulator, self.tokens())

    def said(self) -> str:
        """All output of this life."""
        file = self.home / "output"
        return file.read_text(errors="replace") if file.exists() else ""

    def tokens(self) -> list[str]:
        """Those in the cache."""
        return [json.loads(file.read_text())["data"]["value"] for file in self.home.rglob("*.json")]
