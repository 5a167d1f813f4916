# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the program that few tasks need: loaded when their content is used.

Each module process, and each run of ansible-playbook, compiles every file that it loads. A file that uses a deferred
one also imports it ``if t.TYPE_CHECKING``: AnsiballZ packs what it finds there.
"""

from __future__ import annotations

import importlib.util
import types
import typing as t


class _Deferred(types.ModuleType):
    """Stands for a module."""

    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def deferred(package: str | None, name: str) -> t.Any:
    """A module that is loaded when its content is used. name: relative to *package*, as in an import."""
    return _Deferred(importlib.util.resolve_name(name, package))
