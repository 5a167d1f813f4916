# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter first_installed."""

from __future__ import annotations

import importlib.util

from ansible.errors import AnsibleFilterError


def first_installed(names: list[str]) -> str:
    """See plugins/filter/first_installed.yml."""
    for name in names:
        if _installed(name):
            return name
    raise AnsibleFilterError(f"Install one of these collections: {', '.join(names)}.")


def _installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(f"ansible_collections.{name}") is not None
    except ModuleNotFoundError:
        return False
