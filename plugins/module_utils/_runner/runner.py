"""Runs a program for a task: validated parameters in, a result dictionary out.

A module process uses run_module(), the action plugin uses execute(). Nothing below this file knows Ansible.
"""

from __future__ import annotations

import traceback
import typing as t
from collections.abc import Callable

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._auth.session import Session, connect
from .._core.errors import ApiError, MissingLibrary, VpcepError
from .._core.option_types import refuse_wrong_types
from .._core.texts import one_line, without_internal_names
from .._core.types import Object
from .._resources.diagnosis import Diagnosis
from .._resources.runtime import Notify, Runtime

Program: t.TypeAlias = Callable[[Object, Runtime], Object]
VERBOSITY_OF_HTTP = 3


class Mode(t.NamedTuple):
    """How a task is run: the keywords check_mode and diff, and the number of -v on the command line."""

    check: bool = False
    diff: bool = False
    verbosity: int = 0


def run_module(arguments: Object, program: Program) -> None:
    """Runs *program* in a module process, which ends with its result or error. arguments: for AnsibleModule."""
    module = AnsibleModule(**arguments, supports_check_mode=True)
    mode = Mode(module.check_mode, getattr(module, "_diff", False), getattr(module, "_verbosity", 0))
    result, warnings = execute(program, module.params, mode)
    for text in warnings:
        module.warn(text)
    end = module.fail_json if result.pop("failed", False) else module.exit_json
    end(**result)


def execute(
    program: Program, params: Object, mode: Mode, notify: Notify | None = None, **session: t.Any
) -> tuple[Object, list[str]]:
    """The result of a task, with failed and msg after an error, and its warnings. Raises nothing.

    params: validated; notify: called during long waits; session: passed to connect(), e.g. pools.
    """
    runtime = None

    def open_session(options: Object) -> Session:
        made = connect(options, **session)
        made.client.end_with_parent()
        return made

    try:
        refuse_wrong_types(params)
        runtime = Runtime(open_session(params), mode.check, notify=notify)
        runtime.connect = open_session
        result = program(params, runtime)
    except MissingLibrary as error:
        return {"failed": True, "msg": missing_required_lib(error.library), "exception": error.traceback}, []
    except VpcepError as error:
        if runtime is not None and isinstance(error, ApiError):
            login = error.login or runtime
            Diagnosis(login.session).explain(error, login.with_ids or params)
        seen = None if runtime is None else runtime.resolved
        found = {} if seen is None else {"resolved": [*seen.values()]}
        result = {**error.partial, "failed": True, "msg": str(error), **found, **error.result()}
    except (Exception, SystemExit) as error:  # an exit would end a worker of Ansible
        text = (
            f"This is a mistake in crossvpc.vpcep, not in the task ({type(error).__name__}: {one_line(str(error))}). "
            "Run the task again with -vvv and report what it shows."
        )
        result = {"failed": True, "msg": text, "exception": traceback.format_exc()}
    if not mode.diff:
        result.pop("diff", None)
    result = without_internal_names(result)
    if runtime is None:
        return result, []
    logins = [runtime, *runtime.others]
    if result.get("failed") and any(one.session.changes.total() for one in logins):
        result["changed"] = True
    if mode.verbosity >= VERBOSITY_OF_HTTP:
        result["http"] = [runtime.loggable(entry) for one in logins for entry in one.session.http]
    warnings = list(dict.fromkeys(text for one in logins for text in (*one.session.warnings, *one.warnings)))
    # Ansible masks options with no_log only, not what came from the environment or clouds.yaml.
    for one in logins:
        result, warnings = one.session.client.mask_short(result), one.session.client.mask_short(warnings)
    return result, warnings
