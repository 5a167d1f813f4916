# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replaces names of network objects in a task's options by IDs."""

from __future__ import annotations

from .._core.types import Object
from .._schema.names import check_names, names_in
from .names import look_up
from .runtime import Runtime


def with_ids(options: Object, runtime: Runtime) -> Object:
    """The options with IDs instead of names, and ``resolved``; options without names are returned as they are.

    Raises InputError before the first request, and VpcepError for a name that matches no object or several.
    """
    if not names_in(options):
        return options
    check_names(options)
    runtime.with_ids = look_up(options, runtime)
    return runtime.with_ids
