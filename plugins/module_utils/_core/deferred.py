# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the program that few tasks need: loaded when their content is used.

A module process compiles each file that it loads. A file that uses a deferred one imports it ``if t.TYPE_CHECKING``
as well: AnsiballZ packs what it finds there. The controller loads all of them before it forks workers.
"""

from __future__ import annotations

import importlib.util
import types
import typing as t

_declared: dict[str, None] = {}


class _Deferred(types.ModuleType):
    """Stands for a module."""

    def __getattr__(self, name: str) -> t.Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)


def deferred(package: str | None, name: str) -> t.Any:
    """A module that is loaded when its content is used. name: relative to *package*, as in an import."""
    full = importlib.util.resolve_name(name, package)
    _declared[full] = None
    return _Deferred(full)


def load_all() -> None:
    """Loads the deferred files of all files that are loaded, also those of deferred files."""
    loaded = 0
    while loaded < len(_declared):
        name = list(_declared)[loaded]
        importlib.import_module(name)
        loaded += 1
