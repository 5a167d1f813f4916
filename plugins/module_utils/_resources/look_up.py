# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where options with names become options with IDs. What that takes is loaded for tasks with names only."""

from __future__ import annotations

from .._core.types import Object
from .._schema.names import check_names, names_in
from .runtime import Runtime


def with_ids(options: Object, runtime: Runtime) -> Object:
    """The options of a task with IDs for its names, and ``resolved``; without names, the same object.

    Raises InputError before the first request, VpcepError for a name that nothing has, or several objects have.
    """
    if not names_in(options):
        return options
    check_names(options)
    from .names import look_up

    runtime.with_ids = look_up(options, runtime)
    return runtime.with_ids
