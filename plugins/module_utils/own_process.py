# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of a module that is a process of its own: no search for garbage before there is any.

Such a process lives for half a second, most of which goes into imports. They leave hardly any garbage, but Python looks
for it again and again, a sixth of what a module costs beyond a ping. `entry.py` loads this before everything else.
"""

from __future__ import annotations

import gc
import sys

_MODULES = "ansible_collections.crossvpc.vpcep.plugins.modules."


def is_own() -> bool:
    """Whether this process was started for a module of ours; the controller, which loads them too, was not."""
    program = getattr(sys.modules.get("__main__"), "__spec__", None)
    return program is not None and program.name.startswith(_MODULES)


def started() -> None:
    """From here on as usual, for what a task makes; what was loaded is not looked at any more."""
    if is_own():
        gc.freeze()
        gc.enable()


if is_own():
    gc.disable()
