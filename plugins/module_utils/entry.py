# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bridge between an Ansible module and the program: parameters in, exit or failure out.

The AnsibleModule is handed in, by the module file or by an action plugin; nothing below this file knows it.
"""

from __future__ import annotations

import typing as t

from . import own_process
from .connection import connect
from .errors import ApiError, MissingLibrary, VpcepError
from .option_types import refuse_wrong_types
from .runtime import Runtime
from .texts import one_line

if t.TYPE_CHECKING:
    from collections.abc import Callable

    from .http_pools import Pools
    from .runtime import Notify

Program: t.TypeAlias = "Callable[[dict[str, t.Any], Runtime], dict[str, t.Any]]"
VERBOSITY_OF_HTTP = 3


def run_module(module: t.Any, program: Program, pools: Pools | None = None, notify: Notify | None = None) -> None:
    """Runs *program* with the module's parameters and ends the module with its result or error.

    pools: connections to share with tasks before and after; notify: told about long waits.
    """
    own_process.started()
    runtime = None
    try:
        refuse_wrong_types(module.params)
        runtime = Runtime(connect(module.params, pools=pools), module.check_mode, notify=notify)
        runtime.connection.end_with_parent()
        result = program(module.params, runtime)
    except MissingLibrary as error:
        from ansible.module_utils.basic import missing_required_lib

        module.fail_json(msg=missing_required_lib(error.library), exception=error.traceback)
    except VpcepError as error:
        if runtime is not None and isinstance(error, ApiError):
            from .diagnosis import Diagnosis  # of no use as long as all goes well

            Diagnosis(runtime.connection).explain(error, module.params)
        module.fail_json(msg=str(error), **_shown(module, error.result()), **_surroundings(module, runtime))
    except Exception as error:  # reported by Ansible's own means, which hide secrets; a traceback on stderr does not
        module.fail_json(msg=_mistake(error), exception=_traceback(), **_surroundings(module, runtime))
    else:
        module.exit_json(**_shown(module, result), **_surroundings(module, runtime))


def _shown(module: t.Any, result: dict[str, t.Any]) -> dict[str, t.Any]:
    """The result without the diff, unless the task asks for it."""
    if not getattr(module, "_diff", False):
        result.pop("diff", None)
    return result


def _surroundings(module: t.Any, runtime: t.Any) -> dict[str, t.Any]:
    """Warnings, and at high verbosity the requests that were sent."""
    if runtime is None:
        return {}
    for text in [*runtime.connection.warnings, *runtime.warnings]:
        module.warn(text)
    if getattr(module, "_verbosity", 0) < VERBOSITY_OF_HTTP:
        return {}
    return {"http": runtime.connection.http}


def _mistake(error: Exception) -> str:
    return (
        f"This is a mistake in crossvpc.vpcep, not in the task ({type(error).__name__}: {one_line(str(error))}). "
        "Run the task again with -vvv and report what it shows."
    )


def _traceback() -> str:
    import traceback

    return traceback.format_exc()
