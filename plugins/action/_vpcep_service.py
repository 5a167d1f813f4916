# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action of all modules: runs a module in the controller's process if it may, else as a process of its own.

meta/runtime.yml names it as the action_plugin of each module. The file is called like a module, as ansible-test
demands; the underscore keeps Ansible and ansible-lint from taking it for that module's own.
"""

from __future__ import annotations

import typing as t
from importlib import import_module

from ansible.plugins.action.normal import ActionModule as ModuleProcess
from ansible.plugins.loader import module_loader
from ansible.utils.display import Display

from ansible_collections.crossvpc.vpcep.plugins.module_utils.entry import Mode
from ansible_collections.crossvpc.vpcep.plugins.module_utils.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils.option_types import refuse_nested_lists
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import eligible, in_process, local_paths
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.progress import narrator
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.vault import decrypter

MODULES = "ansible_collections.crossvpc.vpcep.plugins.modules."


class ActionModule(ModuleProcess):  # type: ignore[misc, unused-ignore]
    """Documented by the modules."""

    def run(self, tmp: t.Any = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        """The module's result."""
        task, variables = self._task, task_vars or {}
        name = module_loader.find_plugin_with_context(task.action, collection_list=task.collections).resolved_fqcn
        module = import_module(MODULES + name.rpartition(".")[2])
        spec = module.ARGUMENTS["argument_spec"]
        try:
            refuse_nested_lists(spec, task.args)
        except InputError as error:
            return {"failed": True, "msg": str(error)}
        local = self._connection.transport == "local"
        if local:
            task.args = local_paths.absolute_options(spec, task.args, self._loader.get_basedir())
        if eligible.may_run_here(self, variables):
            return self._run_here(name, module, variables)
        if local:
            task.environment = [local_paths.environment(), *(task.environment or ())]
            variables = eligible.with_this_python(self, variables)
        return dict(super().run(tmp, variables))

    def _run_here(self, name: str, module: t.Any, variables: dict[str, t.Any]) -> dict[str, t.Any]:
        task = self._task
        notify = None if task.check_mode or task.no_log else narrator()
        mode = Mode(task.check_mode, task.diff, Display().verbosity)
        session = {"notify": notify, "decrypt": decrypter(self._loader)}
        result = in_process.run(name, module, task.args, mode, **session)
        if not in_process.shows_invocation(variables):
            del result["invocation"]
        return result
