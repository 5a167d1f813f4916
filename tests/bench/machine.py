# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it ran on, in one line, and how busy others kept it."""

from __future__ import annotations

import os
import platform
import re
import resource
import subprocess
import time
from pathlib import Path


def machine(programs: Path) -> str:
    """Processor, cores, system, and what runs the playbooks. programs: the folder with the commands."""
    said = subprocess.run([programs / "ansible", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    ansible = re.search(r"\[core ([\w.]+)\]", said)
    python = re.search(r"python version = ([\w.]+)", said)
    versions = f"Python {python.group(1) if python else '?'}, ansible-core {ansible.group(1) if ansible else '?'}"
    return f"{processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}, {versions}"


class Others:
    """How much of the processors others have used since this was made. pid: a process that counts as ours."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.busy, self.own, self.began = busy(), own(pid), time.monotonic()

    def share(self) -> float:
        """0 to 1; children count as ours once they have ended."""
        possible = (time.monotonic() - self.began) * (os.cpu_count() or 1)
        return max(0.0, busy() - self.busy - (own(self.pid) - self.own)) / possible


def busy() -> float:
    """Seconds that all processors together have worked, also for other machines on the same host."""
    user, nice, system, _idle, _waiting, *rest = Path("/proc/stat").read_text(encoding="utf-8").split()[1:9]
    return sum(map(int, (user, nice, system, *rest))) / os.sysconf("SC_CLK_TCK")


def own(pid: int) -> float:
    """Seconds that this process, its children and another process have worked."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    user, system = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    other = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + other


def processor() -> str:
    """Its name, as the system gives it."""
    file = Path("/proc/cpuinfo")
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found.group(1).strip() if found else platform.processor() or platform.machine()
