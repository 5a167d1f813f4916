# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action of ours loads on a controller is compiled once and shared by the workers; the end is as without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.controllers import install_checkout

PACKAGE = "ansible_collections.crossvpc.vpcep.plugins"
# As ansible-playbook finds an action, in all versions.
CONTROLLER = f"""
import gc, os, sys
class File:
    def __init__(self): self.me = self
    def __del__(self, write=os.write): write(1, b"closed at the end\\n")
file = File()
from ansible.plugins.loader import action_loader, init_plugin_loader
init_plugin_loader([sys.argv[1]])
assert action_loader.get("crossvpc.vpcep.vpcep_endpoint", class_only=True)
for name, module in sorted(sys.modules.items()):
    if name.startswith("{PACKAGE}.") and (module.__file__ or "").endswith(".py"):
        kept = module.__spec__.cached
        if not (kept and os.path.exists(kept)):
            print(name)
print("spared", gc.get_freeze_count() > 10000, flush=True)
"""


@pytest.mark.slow
def test_a_controller_keeps_what_it_has_compiled(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / "kept"), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-c", CONTROLLER, install_checkout(tmp_path)]
    *anew, spared, end = subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout.splitlines()
    assert spared == "spared True" and end == "closed at the end"
    # These two come before.
    assert anew == [f"{PACKAGE}.plugin_utils.compiled", f"{PACKAGE}.plugin_utils.direct"]
