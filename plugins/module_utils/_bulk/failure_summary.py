# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The failures of many endpoints in a few lines, grouped by reason."""

from __future__ import annotations

from collections.abc import Callable

from .._core.errors import VpcepError
from .._core.texts import listed

LABELS = 3  # endpoints that a message names for each reason
REASONS = 10  # that a message names, one in each line; the outcomes contain all


def failure_summary(failed: list[tuple[str, VpcepError]]) -> list[str]:
    """A line for each reason, with the first few endpoints that failed for it.

    If there are too many reasons, those that differ only in IDs count as one.
    """
    groups = grouped(failed, lambda error: error.reason)
    if len(groups) > REASONS:
        groups = grouped(failed, lambda error: error.kind)
    lines = [f"{listed([label for label, _error in group], LABELS)}: {group[0][1]}" for group in groups]
    if len(lines) > REASONS:
        lines[REASONS:] = [f"There are {len(lines) - REASONS} more reasons: see the outcomes that failed."]
    return lines


def grouped(
    failed: list[tuple[str, VpcepError]], key: Callable[[VpcepError], str]
) -> list[list[tuple[str, VpcepError]]]:
    """Failures with the same key in one group. The groups are in the order of their first failures."""
    groups: dict[str, list[tuple[str, VpcepError]]] = {}
    for label, error in failed:
        groups.setdefault(key(error), []).append((label, error))
    return list(groups.values())
