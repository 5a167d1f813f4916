# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution: a module's program runs in the controller's own process, and not in a new one.

The same arguments are validated by the same spec, the same program runs, and what it prints goes through Ansible's own
reading of a module's output. Whatever could make the outcome another one leads to the ordinary way, without a word.
"""

from __future__ import annotations

import typing as t
from importlib import import_module

from ansible.plugins.action.normal import ActionModule as OrdinaryAction

from .compiled import OURS, kept

with kept():
    from ansible_collections.crossvpc.vpcep.plugins.module_utils.http_pools import Pools

    from . import in_process
    from .eligible import may_run_here
    from .progress import narrator

POOLS = Pools()  # kept open from one item of a loop to the next; each item is a task of its own


def module_file(name: str) -> t.Any:
    """The file of the module of that name, loaded."""
    with kept():
        return import_module(f"{OURS}modules.{name}")


class DirectAction(OrdinaryAction):  # type: ignore[misc, unused-ignore]
    """The action of each module; *module* is the module file."""

    module: t.Any = None

    def _execute_module(self, *args: t.Any, **options: t.Any) -> dict[str, t.Any]:
        """Where Ansible's own action would pack the module and start a process."""
        task_vars = options.get("task_vars") or {}
        if args or not may_run_here(self, task_vars):
            self._spare_files()
            return dict(super()._execute_module(*args, **options))
        arguments = dict(self._task.args)
        self._update_module_args(self._task.action, arguments, task_vars)
        notify = None if self._task.check_mode or self._task.no_log else narrator()
        # A module of its own starts in the playbook's folder, and finds clouds.yaml and relative paths there.
        with in_process.inside(self._loader.get_basedir()):
            output = in_process.run(self.module, arguments, POOLS, notify)
        return in_process.parse(self, output)

    def _spare_files(self) -> None:
        """On this machine a module goes through a pipe, without four commands that put it into a file and remove it.

        Ansible has that off because of sudo, which may want a terminal, and decides itself about async and kept files.
        """
        if self._connection.transport == "local" and not self._connection.become:
            self._connection.set_option("pipelining", True)
