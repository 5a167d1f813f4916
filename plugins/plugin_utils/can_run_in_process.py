# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decides whether a module may run in the controller's process: if that cannot change the result.

Settings: VPCEP_DIRECT in the environment of ansible-playbook; 0 (or no, false, off) stands for never.
"""

from __future__ import annotations

import os
import shutil
import sys
import typing as t

from ansible import constants
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import CONTROLLER

try:
    import requests
except ImportError:
    requests = None  # type: ignore[assignment, unused-ignore]

SWITCH = "VPCEP_DIRECT"
DISCOVERED = ("", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent")
"""Settings of the interpreter that leave the choice to Ansible."""


def may_run_here(action: t.Any, task_vars: dict[str, t.Any]) -> bool:
    """Whether nothing asks for another machine, user, environment or Python."""
    if requests is None or os.environ.get(SWITCH, "").strip().lower() in BOOLEANS_FALSE:
        return False
    if not is_local(action) or action._task.async_val or any(action._task.environment or ()):
        return False
    # With that setting the user wants to look at the module's files.
    wanted = wanted_python(action, task_vars)
    return not constants.DEFAULT_KEEP_REMOTE_FILES and (wanted is None or is_this_python(wanted))


def is_local(action: t.Any) -> bool:
    """Whether the task runs on this machine as this user."""
    become = action._connection.become or action._play_context.become
    return action._connection.transport == "local" and not become


def wanted_python(action: t.Any, task_vars: dict[str, t.Any]) -> str | None:
    """The interpreter that a variable or a setting asks for; None if none does.

    One that Ansible found by itself does not count: it may lack requests, and the user did not choose it.
    """
    seen = variables_of_host(action, task_vars)
    wanted = constants.config.get_config_value("INTERPRETER_PYTHON", variables=seen)
    wanted = str(action._templar.template(wanted) or "").strip()
    return None if wanted in DISCOVERED else wanted


def with_this_python(action: t.Any, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables for a module process: it gets the Python we run in, unless another user or Python is wanted."""
    if not is_local(action) or wanted_python(action, task_vars) is not None:
        return task_vars
    ours = {"ansible_python_interpreter": sys.executable}
    host, delegated = action._task.delegate_to, task_vars.get("ansible_delegated_vars", {})
    if host not in delegated:
        return {**task_vars, **ours}
    return {**task_vars, "ansible_delegated_vars": {**delegated, host: {**delegated[host], **ours}}}


def controller(task: t.Any) -> dict[str, str]:
    """What tells a module process on this machine which playbook it works for; nothing if it is to outlive that."""
    return {} if task.async_val else {CONTROLLER: str(os.getppid())}


def variables_of_host(action: t.Any, task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables of the host that the task runs on, which may be a delegated one."""
    host = action._task.delegate_to
    seen: dict[str, t.Any] = task_vars.get("ansible_delegated_vars", {}).get(host, task_vars) if host else task_vars
    return seen


def is_this_python(path: str) -> bool:
    """Whether a path (or a name on PATH) is the Python we run in. Links out of another environment do not count."""
    found = shutil.which(os.path.expanduser(path))
    if not found or os.path.realpath(os.path.dirname(found)) != os.path.realpath(os.path.dirname(sys.executable)):
        return False
    return os.path.samefile(found, sys.executable)
