# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts that are never templates: what the cloud says, however it looks."""

from __future__ import annotations

import typing as t

try:  # ansible-core 2.19 and later take for a template only what is marked as one, and nothing of this is
    from ansible.template import trust_as_template as _unused  # noqa: F401

    wrap_var: t.Any = None
except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var


def untrusted(value: t.Any) -> t.Any:
    """*value* in a form in which nothing in it is ever evaluated.

    Marked only where there is something to evaluate: ansible-inventory prints marks, which others would have to read.
    """
    return wrap_var(value) if wrap_var is not None and _has_brace(value) else value


def _has_brace(value: t.Any) -> bool:
    if isinstance(value, dict):
        return any(_has_brace(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(_has_brace(part) for part in value)
    return isinstance(value, str) and "{" in value
