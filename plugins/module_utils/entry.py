# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bridge between an Ansible module and the program: parameters in, exit or failure out.

The AnsibleModule is handed in by the module file; nothing below this file knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .connection import connect
from .errors import MissingLibrary, VpcepError
from .runtime import Runtime

Program = Callable[[dict[str, Any], Runtime], dict[str, Any]]
VERBOSITY_OF_HTTP = 3


def run_module(module: Any, program: Program) -> None:
    """Runs *program* with the module's parameters and ends the module with its result or error."""
    runtime = None
    try:
        runtime = Runtime(connect(module.params), module.check_mode)
        result = program(module.params, runtime)
    except MissingLibrary as error:
        from ansible.module_utils.basic import missing_required_lib

        module.fail_json(msg=missing_required_lib(error.library), exception=error.traceback)
    except VpcepError as error:
        module.fail_json(msg=str(error), **error.result(), **_surroundings(module, runtime))
    else:
        if not getattr(module, "_diff", False):
            result.pop("diff", None)
        module.exit_json(**result, **_surroundings(module, runtime))


def _surroundings(module: Any, runtime: Any) -> dict[str, Any]:
    """Warnings, and at high verbosity the requests that were sent."""
    if runtime is None:
        return {}
    for text in [*runtime.connection.warnings, *runtime.warnings]:
        module.warn(text)
    if getattr(module, "_verbosity", 0) < VERBOSITY_OF_HTTP:
        return {}
    return {"http": runtime.connection.http}
