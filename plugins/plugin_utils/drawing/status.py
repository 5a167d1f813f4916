# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the statuses of endpoints and services are shown."""

from __future__ import annotations

import typing as t


class Look(t.NamedTuple):
    """A status is told by word, sign, dashes and colour, so that it can be read without colours."""

    word: str
    sign: str  # one character
    dashes: str  # SVG's stroke-dasharray of lines
    light: str  # colour on a light background
    dark: str  # colour on a dark background


# In the order in which statuses are sorted.
LOOKS = {
    "accepted": Look("accepted", "✓", "none", "#08704f", "#4cc79b"),
    "available": Look("available", "✓", "none", "#08704f", "#4cc79b"),
    "creating": Look("being created", "+", "2 4", "#0b5cad", "#74b3f5"),
    "pendingAcceptance": Look("pending acceptance", "…", "7 5", "#8a5300", "#eeb34a"),
    "rejected": Look("rejected", "✕", "10 3 2 3", "#b3261e", "#ff8a80"),
    "failed": Look("failed", "!", "4 3", "#84268f", "#e3a0ea"),
    "deleting": Look("being deleted", "-", "1.5 3", "#56616e", "#a3aebb"),
}
UNKNOWN_STATUS = Look("unknown", "?", "6 2 1 2", "#56616e", "#a3aebb")
LOOK_OF_CLASS = {**LOOKS, "other": UNKNOWN_STATUS}
CALM = "accepted"  # the status of endpoints that need no attention


def look_of(status: str) -> Look:
    """The look of a status; a status that this collection does not know keeps its own word."""
    return LOOKS.get(status) or (UNKNOWN_STATUS._replace(word=status) if status else UNKNOWN_STATUS)


def class_of(status: str) -> str:
    """The name of a status in style sheets, where text from the cloud must not appear."""
    return status if status in LOOKS else "other"


def rank_of(status: str) -> tuple[int, str]:
    """A sort key: known statuses first."""
    return (list(LOOK_OF_CLASS).index(class_of(status)), status)
