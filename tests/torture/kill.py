# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed at every request: just before it is carried out, and just after, before its answer arrives.

The role runs as users run it. What counts is what is there after a rerun, and that a third run changes nothing.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import yaml

from tests.simulator import SimulatorProcess

from .rows import Row

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = Path(os.environ.get("VPCEP_RUNTIME", ROOT / ".venv-runtime")) / "bin"
WORKERS = 2
RERUNS = 3  # until one of them ends well; a service that is in use for a moment may need more than one
LONG = 120  # seconds that a request is held, so that the process can be killed meanwhile
VARIABLES: dict[str, Any] = {
    "connect_vpcs_service": {
        "name": "web",
        "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
        "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
        "server_type": "VM",
        "approval_enabled": True,
        "description": "torture",
        "tags": {"env": "test"},
        "ports": [{"client_port": 8080, "server_port": 80}, {"client_port": 8081, "server_port": 80}],
    },
    "connect_vpcs_endpoints": [
        {
            "vpc_id": "c0de0000-0000-4000-8000-000000000001",
            "subnet_id": "c0de0000-0000-4000-8000-000000000011",
            "enable_dns": True,
            "tags": {"env": "test"},
        }
    ],
}


class Place:
    """A controller and a cloud of its own."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        collection = folder / "tree" / "ansible_collections" / "crossvpc" / "vpcep"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(ROOT)
        auth = {f"connect_vpcs_{side}_auth": simulator.account(side) for side in ("provider", "consumer")}
        (folder / "variables.yml").write_text(yaml.safe_dump({**VARIABLES, **auth}))

    def fresh(self) -> None:
        """An empty cloud, and a controller that has no token yet."""
        self.simulator.reset()
        self.simulator.settings(delay=0.3)
        self.home = Path(tempfile.mkdtemp(dir=self.folder))

    def start(self, playbook: str) -> subprocess.Popen[str]:
        environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(self.folder / "tree"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{RUNTIME}{os.pathsep}{os.environ['PATH']}",
        }
        command = ["ansible-playbook", f"crossvpc.vpcep.{playbook}", "-e", f"@{self.folder / 'variables.yml'}"]
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, playbook: str) -> tuple[int, int, str]:
        """To the end: exit code, number of changes, output."""
        process = self.start(playbook)
        output = process.communicate()[0]
        changed = re.search(r"changed=(\d+)", output)
        return process.returncode, int(changed.group(1)) if changed else -1, output

    def requests(self) -> list[str]:
        """The operations of all requests so far, to any service."""
        return [str(entry["operation"]) for entry in self.simulator.log()]

    def kill_at(self, playbook: str, number: int, carried_out: bool) -> bool:
        """Runs until request *number* is on its way, and kills everything then. False: it ended before."""
        self.simulator.clear_log()
        self.simulator.fault(service="any", kind="reset", nth=number, seconds=LONG, carried_out=carried_out)
        process = self.start(playbook)
        try:
            while process.poll() is None:
                if any(entry["fault"] for entry in self.simulator.log()):
                    return True
                time.sleep(0.02)
            return False
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            self.simulator.clear_faults()


def connected(state: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What is lost and what is doubled of what the variables ask for."""
    services, endpoints = state["services"], state["endpoints"]
    doubled = [f"{len(state[kind])} {kind}" for kind in ("services", "endpoints") if len(state[kind]) > 1]
    if not services or not endpoints:
        return ["no service" if not services else "no endpoint"], doubled
    wanted, service, endpoint = VARIABLES["connect_vpcs_service"], services[0], endpoints[0]
    lost = [f"{name} of the service" for name in ("name", "description", "tags") if service[name] != wanted[name]]
    lost += ["whitelist"] * (len(service["permissions"]) != 1)
    lost += ["ports"] * (sorted(port["client_port"] for port in service["ports"]) != [8080, 8081])
    lost += ["tags of the endpoint"] * (endpoint["tags"] != {"env": "test"})
    lost += [f"endpoint is {endpoint['status']}"] * (endpoint["status"] != "accepted")
    lost += ["enable_dns"] * (not endpoint["enable_dns"])
    return lost, doubled


def disconnected(state: dict[str, Any]) -> tuple[list[str], list[str]]:
    left = [f"{len(state[kind])} {kind} left" for kind in ("services", "endpoints") if state[kind]]
    return left, []


CHECKS = {"connect_vpcs": connected, "disconnect_vpcs": disconnected}


def killed_once(place: Place, playbook: str, number: int, operation: str, carried_out: bool, row: Row) -> None:
    """One life: killed, run again until it ends well, and once more."""
    place.fresh()
    if playbook == "disconnect_vpcs":
        place.run("connect_vpcs")
    what = f"{playbook}, {'after' if carried_out else 'before'} request {number} ({operation})"
    row.tried += 1
    if not place.kill_at(playbook, number, carried_out):
        row.lost.append(f"{what}: it ended before it could be killed")
        return
    for _rerun in range(RERUNS):
        code, _changed, output = place.run(playbook)
        if code == 0:
            break
    lost, doubled = CHECKS[playbook](place.simulator.state())
    row.lost += [f"{what}: {text}" for text in lost]
    row.doubled += [f"{what}: {text}" for text in doubled]
    if code != 0:
        row.lost.append(f"{what}: no rerun ended well: {output[-600:]}")
    elif not lost and not doubled:
        code, changed, output = place.run(playbook)
        if (code, changed) != (0, 0):
            row.lost.append(f"{what}: the third run changed {changed}, exit code {code}: {output[-600:]}")


@contextmanager
def places(number: int) -> Iterator[Queue[Place]]:
    """Some places to work in, each for one at a time."""
    free: Queue[Place] = Queue()
    simulators = [SimulatorProcess() for _number in range(number)]
    with tempfile.TemporaryDirectory() as folder:
        try:
            for index, simulator in enumerate(simulators):
                simulator.start()
                free.put(Place(simulator, Path(folder, str(index))))
            yield free
        finally:
            for simulator in simulators:
                simulator.stop()


def plan(place: Place, playbook: str, short: bool) -> list[tuple[int, str]]:
    """The requests of an undisturbed run, as numbers and operations; short: those that change something."""
    place.fresh()
    if playbook == "disconnect_vpcs":
        place.run("connect_vpcs")
    place.simulator.clear_log()
    code, _changed, output = place.run(playbook)
    if code != 0:
        raise RuntimeError(output)
    entries = place.simulator.log()
    return [
        (number, str(entry["operation"]))
        for number, entry in enumerate(entries, start=1)
        if not short or entry["method"] != "GET"
    ]


def kill_everywhere(short: bool) -> Iterator[Row]:
    """A row for connecting, and one for disconnecting."""
    with places(WORKERS) as free, ThreadPoolExecutor(WORKERS) as pool:
        for playbook in CHECKS:
            moments = "change" if short else "request"
            with Row(f"{playbook} killed at every {moments}, before and after it").timed() as row:
                place = free.get()
                requests = plan(place, playbook, short)
                free.put(place)
                jobs = [
                    pool.submit(somewhere, free, playbook, number, operation, carried_out, row)
                    for number, operation in requests
                    for carried_out in (False, True)
                ]
                for job in jobs:
                    job.result()
            yield row


def somewhere(free: Queue[Place], *life: Any) -> None:
    """One life, in the next place that is free."""
    place = free.get()
    try:
        killed_once(place, *life)
    finally:
        free.put(place)
