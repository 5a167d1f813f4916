# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a module may run in the controller's process: when nobody could tell the difference.

Settings: VPCEP_DIRECT in the environment of ansible-playbook; 0 (or no, false, off) stands for never.
"""

from __future__ import annotations

import os
import shutil
import sys
import typing as t

from ansible import constants
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE

try:
    import requests  # here, in the parent of all workers, and not once per task
except ImportError:
    requests = None  # type: ignore[assignment, unused-ignore]

SWITCH = "VPCEP_DIRECT"
DISCOVERED = ("auto", "auto_legacy", "auto_silent", "auto_legacy_silent")


def may_run_here(action: t.Any, task_vars: dict[str, t.Any]) -> bool:
    """Whether nothing asks for a process of its own, on this machine or another."""
    if requests is None or os.environ.get(SWITCH, "").strip().lower() in BOOLEANS_FALSE:
        return False
    if action._connection.transport != "local" or action._connection.become or action._play_context.become:
        return False
    if action._task.async_val or any(action._task.environment or ()):
        return False
    # With that setting somebody wants to look at the module's files.
    return not constants.DEFAULT_KEEP_REMOTE_FILES and not wants_another_python(action, task_vars)


def wants_another_python(action: t.Any, task_vars: dict[str, t.Any]) -> bool:
    """Whether a Python was asked for that may have another requests, and other certificates, than this one."""
    host = action._task.delegate_to
    seen = task_vars.get("ansible_delegated_vars", {}).get(host, task_vars) if host else task_vars
    wanted = constants.config.get_config_value("INTERPRETER_PYTHON", variables=seen)
    wanted = str(action._templar.template(wanted) or "").strip()
    if not wanted or wanted in DISCOVERED:  # what was found, if it was looked for
        wanted = seen.get("ansible_facts", {}).get("discovered_interpreter_python")
    return bool(wanted) and not is_this_python(wanted)


def is_this_python(path: str) -> bool:
    """Whether a path (or a name on PATH) is the Python we run in. Links out of another environment do not count."""
    found = shutil.which(os.path.expanduser(path))
    if not found or os.path.realpath(os.path.dirname(found)) != os.path.realpath(os.path.dirname(sys.executable)):
        return False
    return os.path.samefile(found, sys.executable)
