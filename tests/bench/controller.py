# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine with nothing but ansible-core and requests, on which playbooks run against a simulated cloud."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.simulator import SimulatorProcess
from tests.support.controllers import ROOT, RUNTIME, install_checkout, login_variables

from .figures import Sample

HERE = Path(__file__).parent
CLIENTS = ROOT / ".venv-clients" / "bin" / "python"
SEPARATE = {"VPCEP_DIRECT": "0"}  # modules run as processes of their own


class Broken(Exception):
    """A run that did not do what it was to do: its time would mean nothing."""


class Controller:
    """Runs playbooks as users do, with Ansible's own defaults, and measures them."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        self.environment = {
            "ANSIBLE_COLLECTIONS_PATH": install_checkout(folder),
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "NO_PROXY": "127.0.0.1",
            "PATH": f"{RUNTIME}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPYCACHEPREFIX": str(ROOT / ".cache" / "pycache"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            **login_variables(simulator.account()),
        }

    def fresh(self, keep_tokens: bool = True, **settings: Any) -> None:
        """An empty cloud with these settings; without keep_tokens nobody has logged in, either."""
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
        return self.sample(seconds, usage.ru_maxrss)

    def sample(self, seconds: float, kibibytes: float) -> Sample:
        """With the requests since the log was cleared."""
        served = [entry["service"] for entry in self.simulator.log()]
        iam = served.count("iam")
        return Sample(seconds, len(served) - iam, iam, kibibytes / 1024)

    def measured_python(self) -> tuple[Path, Path]:
        """An interpreter for modules that notes the peak memory of each in a file, and that file."""
        program, notes = self.folder / "measured-python", self.folder / "memory"
        words = (sys.executable, "-I", HERE / "peak.py", notes, RUNTIME / "python")
        program.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in words) + ' "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        notes.unlink(missing_ok=True)
        return program, notes
