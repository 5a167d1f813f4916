# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for garbage rests while a module's own process starts, and nowhere else."""

from __future__ import annotations

import subprocess
import sys

import pytest

PACKAGE = "ansible_collections.crossvpc.vpcep.plugins"
# As Ansible's wrapper does, in all versions; run_module is where the task begins.
AS_MODULE = f"""
import gc, runpy
from ansible.module_utils import basic
class Module:
    def __init__(self, **arguments): print("arguments", gc.isenabled())
    params, check_mode, warn = {{}}, False, print
    def fail_json(self, **result): print("task", gc.isenabled(), gc.get_freeze_count() > 10000)
basic.AnsibleModule = Module
runpy.run_module("{PACKAGE}.modules.vpcep_endpoint", run_name="__main__", alter_sys=True)
"""
AS_CONTROLLER = f"""
import gc
from {PACKAGE}.plugin_utils import in_process
from {PACKAGE}.module_utils import own_process
before = gc.get_freeze_count()
own_process.started()
print(gc.isenabled(), gc.get_freeze_count() == before)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("program", "said"),
    [(AS_MODULE, ["arguments False", "task True True"]), (AS_CONTROLLER, ["True True"])],
    ids=["module", "controller"],
)
def test_the_search_for_garbage(program: str, said: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines() == said
