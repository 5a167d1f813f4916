"""Decides whether a module can run in the controller's process with the same result.

The environment variable VPCEP_DIRECT of ansible-playbook turns it off: 0, no, false or off.
"""

from __future__ import annotations

import os
import shutil
import sys
import typing as t

from ansible import constants
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE
from ansible.playbook.task import Task
from ansible.plugins.action import ActionBase

from ..module_utils._http.client import CONTROLLER

try:
    import requests
except ImportError:
    requests = None  # type: ignore[assignment, unused-ignore]

SWITCH = "VPCEP_DIRECT"
DISCOVERED = ("", "auto", "auto_legacy", "auto_silent", "auto_legacy_silent")
"""Values of the interpreter setting with which Ansible chooses the interpreter."""

Variables = dict[str, t.Any]


def may_run_here(action: ActionBase, task_vars: Variables) -> bool:
    """Whether the task needs no other machine, user, environment or Python."""
    if requests is None or os.environ.get(SWITCH, "").strip().lower() in BOOLEANS_FALSE:
        return False
    if not is_local(action) or action._task.async_val or any(action._task.environment or ()):
        return False
    if constants.DEFAULT_KEEP_REMOTE_FILES:  # a module in this process has no files to keep
        return False
    wanted = wanted_python(action, task_vars)
    return wanted is None or is_this_python(wanted)


def is_local(action: ActionBase) -> bool:
    """Whether the task runs on this machine as this user."""
    become = action._connection.become or action._play_context.become
    return action._connection.transport == "local" and not become


def wanted_python(action: ActionBase, task_vars: Variables) -> str | None:
    """The interpreter in a variable or setting; None if Ansible chooses it."""
    delegated = task_vars.get("ansible_delegated_vars", {})
    variables = delegated.get(action._task.delegate_to, task_vars)
    wanted = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
    wanted = str(action._templar.template(wanted) or "").strip()
    return None if wanted in DISCOVERED else wanted


def with_this_python(action: ActionBase, task_vars: Variables) -> Variables:
    """The variables for a module process. Sets the interpreter to this Python, unless the task needs another."""
    if not is_local(action) or wanted_python(action, task_vars) is not None:
        return task_vars
    ours = {"ansible_python_interpreter": sys.executable}
    host, delegated = action._task.delegate_to, task_vars.get("ansible_delegated_vars", {})
    if host not in delegated:
        return {**task_vars, **ours}
    return {**task_vars, "ansible_delegated_vars": {**delegated, host: {**delegated[host], **ours}}}


def controller(task: Task) -> dict[str, str]:
    """The environment variable by which a module process ends together with the playbook, unless it is async."""
    return {} if task.async_val else {CONTROLLER: str(os.getppid())}


def is_this_python(path: str) -> bool:
    """Whether a path, or a name on PATH, is the Python of this process in the same environment."""
    found = shutil.which(os.path.expanduser(path))
    if not found or os.path.realpath(os.path.dirname(found)) != os.path.realpath(os.path.dirname(sys.executable)):
        return False
    return os.path.samefile(found, sys.executable)
