# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loads this collection's files as Python loads its own: compiled once, and kept in __pycache__ for the next run.

Ansible does so with plugins, but compiles what they import anew in each run: a third of what our first task costs.
"""

from __future__ import annotations

import os
import sys
import typing as t
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OURS = __name__.rpartition("plugin_utils.")[0]


class Finder(MetaPathFinder):
    """Finds the files that Ansible's finder would find, as *path* comes from it; packages are left to that one."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: t.Any = None) -> ModuleSpec | None:
        if not fullname.startswith(OURS) or not path:
            return None
        file = os.path.join(path[0], f"{fullname.rpartition('.')[2]}.py")
        return spec_from_file_location(fullname, file) if os.path.isfile(file) else None


@contextmanager
def kept() -> Iterator[None]:
    """What is imported inside is loaded so."""
    finder = Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
