"""A machine with nothing but ansible-core and requests, on which playbooks run against a simulated cloud."""

import json
import os
import re
import resource
import shutil
import stat
import statistics
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from tests.simulator import SimulatorProcess
from tests.support import controllers, seed
from tests.support.controllers import ROOT, RUNTIME

ENDPOINTS = {"endpoints": "{{ endpoints }}", "concurrency": "{{ connections }}", "state": "{{ state }}"}
ONE = {name: "{{ item." + name + " }}" for name in ("endpoint_service_id", "vpc_id", "subnet_id", "tags")}
# As many at one backend as asked for: one by default, for endpoints to connect to.
SERVICES = {
    "name": "s{{ item }}",
    **{name: "{{ " + name + " }}" for name in ("port_id", "vpc_id")},
    "approval_enabled": False,
    "server_type": "VM",
    "ports": [{"client_port": 80, "server_port": "{{ 10000 + item }}"}],
}
DEBUG = {"ansible.builtin.debug": {"msg": "done"}}
ROLE = {
    "connect_vpcs_admit_traffic": "ignore",  # as the modules by default
    "connect_vpcs_service": seed.SERVICE,
    "connect_vpcs_endpoints": [seed.ENDPOINT],
}
PLAYS: dict[str, list[dict[str, Any]]] = {
    "start": [DEBUG],  # what ansible-playbook itself takes
    "two debugs": [DEBUG, DEBUG],  # the floor of a playbook with two tasks
    "ping": [{"ansible.builtin.ping": {}, "loop": "{{ endpoints }}", "loop_control": {"label": "ping"}}],
    "services": [{"crossvpc.vpcep.vpcep_service": SERVICES, "loop": "{{ range(number | default(1)) | list }}"}],
    "loop": [
        {
            "crossvpc.vpcep.vpcep_endpoint": {**ONE, "state": "{{ state }}"},
            "loop": "{{ endpoints }}",
            "loop_control": {"label": "{{ item.vpc_id }}"},
        }
    ],
    "list": [{"crossvpc.vpcep.vpcep_endpoints": ENDPOINTS}],
    "cold": [{"crossvpc.vpcep.vpcep_endpoint_info": {}}],
    "export": [{"crossvpc.vpcep.vpcep_export_info": {}}],
    "job": seed.job(),
    "role": [{"ansible.builtin.import_role": {"name": "crossvpc.vpcep.connect_vpcs"}}],
}
KEYWORDS: dict[str, dict[str, Any]] = {"cold": {"hosts": "all"}, "role": {"vars": ROLE}}
"""Of these plays."""
# Runs a program, and adds its peak memory in KiB to a file.
MEASURE = """
import os, sys
notes, program, *arguments = sys.argv[1:]
child = os.posix_spawn(program, [program, *arguments], os.environ)
_pid, status, usage = os.wait4(child, 0)
with open(notes, "a") as file:
    print(usage.ru_maxrss, file=file)
sys.exit(os.waitstatus_to_exitcode(status))
"""


@dataclass(frozen=True)
class Sample:
    """One run: seconds on the clock and of the processors, and requests that the cloud served meanwhile."""

    seconds: float
    processor: float
    vpcep: float
    iam: float


class Broken(Exception):
    """A run that did not do what it was to do: its time would mean nothing."""


class Controller(controllers.Controller):
    """Runs playbooks as users do, with Ansible's own defaults, and measures them."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        super().__init__(folder, simulator=simulator)
        self.set_up()
        self.environment["PYTHONPYCACHEPREFIX"] = str(ROOT / ".cache" / "pycache")

    def fresh(self, keep_tokens: bool = True, **settings: Any) -> None:
        """An empty cloud with these settings, and without keep_tokens also without tokens."""
        self.simulator.reset(keep_tokens)
        self.simulator.settings(**settings)
        if not keep_tokens:
            shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def play(
        self,
        name: str,
        variables: dict[str, Any] | None = None,
        options: tuple[str, ...] = (),
        changed: bool | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Sample:
        """Runs a play of PLAYS. changed: whether it has to say so, if that is known."""
        playbook = self.write(*PLAYS[name], **KEYWORDS.get(name, {}))
        (self.folder / "variables.json").write_text(json.dumps(variables or {}))
        command = ["ansible-playbook", playbook, "-e", "@variables.json", *options]
        self.simulator.clear_log()
        with open(self.folder / "output", "w+b") as output:
            began = time.perf_counter()
            process = self.start(*command, output=output, **(environment or {}))
            _pid, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            said = output.read().decode(errors="replace")
        if process.returncode:
            raise Broken(f"{name} ended with {process.returncode}:\n{said[-3000:]}")
        counts = [int(count) for count in re.findall(r"\bchanged=(\d+)", said)]
        if changed is not None and any(counts) != changed:
            raise Broken(f"{name} should {'' if changed else 'not '}have changed something:\n{said[-3000:]}")
        return self.sample(seconds, usage)

    def sample(self, seconds: float, usage: resource.struct_rusage) -> Sample:
        """With the requests since the log was cleared."""
        served = [entry["service"] for entry in self.simulator.log()]
        iam = served.count("iam")
        return Sample(seconds, usage.ru_utime + usage.ru_stime, len(served) - iam, iam)

    def peak(self, name: str, variables: dict[str, Any], environment: Mapping[str, str]) -> float:
        """The peak memory in MiB of an unchanged playbook's module, whose interpreter notes it in a file."""
        program, notes = self.folder / "measured-python", self.folder / "memory"
        program.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" -I -c \'{MEASURE}\' "{notes}" "{RUNTIME}/python" "$@"\n'
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        options = ("-e", f"ansible_python_interpreter={program}")
        self.play(name, variables, options, changed=False, environment=environment)
        return max(map(int, notes.read_text().split())) / 1024


def median(samples: Sequence[Sample]) -> Sample:
    """The medians of the times, and the most requests: one too many in one run is one too many."""
    times = [statistics.median(getattr(one, name) for one in samples) for name in ("seconds", "processor")]
    return Sample(*times, *(max(getattr(one, name) for one in samples) for name in ("vpcep", "iam")))


def beyond(whole: Sample, start: Sample, parts: int = 1) -> Sample:
    """What a run cost beyond another one that does nothing, for each of its parts."""
    return Sample(*((one - other) / parts for one, other in zip(astuple(whole), astuple(start), strict=True)))
