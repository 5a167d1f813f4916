"""A machine with nothing but ansible-core and requests, on which playbooks run against a simulated cloud."""

import json
import os
import re
import resource
import shutil
import stat
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT, RUNTIME, install_checkout, login_variables, user_environment

HERE = Path(__file__).parent
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


class Controller:
    """Runs playbooks as users do, with Ansible's own defaults, and measures them."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        install_checkout(folder)
        self.environment = {
            **user_environment(folder),
            "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "pycache"),
            **login_variables(simulator.account()),
        }

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
        """Runs a playbook of plays/. changed: whether it has to say so, if that is known."""
        file = self.folder / "variables.json"
        file.write_text(json.dumps(variables or {}))
        command = [str(RUNTIME / "ansible-playbook"), str(HERE / "plays" / f"{name}.yml"), "-e", f"@{file}", *options]
        self.simulator.clear_log()
        with open(self.folder / "output", "w+b") as output:
            began = time.perf_counter()
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**self.environment, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
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
