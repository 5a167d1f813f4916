"""The action of all modules: runs a module in the controller's process if possible, else as a module process.

docs/architecture.md says why plugins/action has a file for each module.
"""

from __future__ import annotations

import typing as t
from types import ModuleType

from ansible.plugins.action.normal import ActionModule as ModuleProcess
from ansible.utils.display import Display

from ..module_utils._core.errors import InputError
from ..module_utils._core.option_types import known_options, refuse_nested_lists
from ..module_utils._runner.runner import Mode
from . import can_run_in_process, in_process, local_paths
from .progress import progress_reporter
from .vault import decrypter

COLLECTION = "crossvpc.vpcep."


class ModuleAction(ModuleProcess):  # type: ignore[misc, unused-ignore]
    module: ModuleType

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """Return the module's result."""
        task, variables = self._task, task_vars or {}
        spec = self.module.ARGUMENTS["argument_spec"]
        try:
            refuse_nested_lists(spec, task.args)
        except InputError as error:
            return {"failed": True, "msg": str(error)}
        local = self._connection.transport == "local"
        if local:
            task.args = local_paths.absolute_options(spec, task.args, self._loader.get_basedir())
        if can_run_in_process.may_run_here(self, variables):
            return self._run_here(variables)
        if local:
            known = {**local_paths.environment(), **can_run_in_process.controller(task)}
            task.environment = [known, *(task.environment or ())]
            variables = can_run_in_process.with_this_python(self, variables)
        result = dict(super().run(tmp, variables))
        if "module_args" in (result.get("invocation") or {}):
            shown = known_options(spec, result["invocation"]["module_args"])
            result["invocation"] = {**result["invocation"], "module_args": shown}
        return result

    def _run_here(self, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        task, name = self._task, COLLECTION + self.module.__name__.rpartition(".")[2]
        notify = None if task.check_mode or task.no_log else progress_reporter()
        mode = Mode(task.check_mode, task.diff, Display().verbosity)
        session = {"notify": notify, "decrypt": decrypter(self._loader)}
        result = in_process.run(name, self.module, task.args, mode, **session)
        if not in_process.shows_invocation(variables):
            del result["invocation"]
        return result


def action_of(module: ModuleType) -> type[ModuleAction]:
    """The action plugin of a module, given as the imported module file."""
    return type("ActionModule", (ModuleAction,), {"module": module})
