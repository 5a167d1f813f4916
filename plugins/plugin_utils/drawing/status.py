# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The statuses of endpoints and services: what to call them, and how they look where there is no colour to tell."""

from __future__ import annotations

import typing as t

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.fields import (
    ENDPOINT_STATUSES,
    FAILED,
    SERVICE_STATUSES,
)


class Look(t.NamedTuple):
    """How a status is told from the others: by word, by shape, by the pattern of the line, and by colour."""

    word: str
    sign: str  # a character, for texts
    dashes: str  # SVG's stroke-dasharray; none for a line without gaps
    light: str  # colour on a light background
    dark: str
    drawing: str  # content of an SVG symbol of 16 by 16; its classes are in style.py


_RING = '<circle cx="8" cy="8" r="6.5" class="sign-ring"/>'
_OCTAGON = '<path d="M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z" class="sign-solid"/>'
_INSIDE = '<path d="{}" class="sign-inside"/>'
_LINE = '<path d="{}" class="sign-line"/>'

LOOKS = {
    "accepted": Look(
        "accepted",
        "✓",
        "none",
        "#08704f",
        "#4cc79b",
        '<circle cx="8" cy="8" r="7.5" class="sign-solid"/>' + _INSIDE.format("M4.5 8.5 7 11l4.7-5.6"),
    ),
    "available": Look(
        "available",
        "✓",
        "none",
        "#08704f",
        "#4cc79b",
        '<circle cx="8" cy="8" r="7.5" class="sign-solid"/>' + _INSIDE.format("M4.5 8.5 7 11l4.7-5.6"),
    ),
    "pendingAcceptance": Look(
        "pending acceptance", "…", "7 5", "#8a5300", "#eeb34a", _RING + _LINE.format("M8 4.2V8l2.8 2")
    ),
    "creating": Look(
        "being created",
        "+",
        "2 4",
        "#0b5cad",
        "#74b3f5",
        '<circle cx="8" cy="8" r="6.5" class="sign-ring" stroke-dasharray="2.6 2.5"/>' + _LINE.format("M8 5v6M5 8h6"),
    ),
    "rejected": Look(
        "rejected",
        "✕",
        "10 3 2 3",
        "#b3261e",
        "#ff8a80",
        _OCTAGON + _INSIDE.format("m5.2 5.2 5.6 5.6m0-5.6-5.6 5.6"),
    ),
    FAILED: Look(
        "failed",
        "!",
        "4 3",
        "#84268f",
        "#e3a0ea",
        '<path d="M8 .8 15.6 15H.4z" class="sign-solid"/>' + _INSIDE.format("M8 5.8v4.4M8 12.2v.6"),
    ),
    "deleting": Look(
        "being deleted",
        "-",
        "1.5 3",
        "#56616e",
        "#a3aebb",
        '<rect x="1.5" y="1.5" width="13" height="13" rx="2" class="sign-ring"/>' + _LINE.format("M5 8h6"),
    ),
}
# A word that this collection does not know yet, and no word at all.
STRANGE = Look(
    "unknown",
    "?",
    "6 2 1 2",
    "#56616e",
    "#a3aebb",
    '<path d="M8 .8 15.2 8 8 15.2.8 8z" class="sign-ring"/>' + _LINE.format("M8 4.8v4M8 11v.4"),
)
STRANGE_CLASS = "strange"
CALM = ("accepted",)  # endpoints that nobody has to look at
ORDER = (*ENDPOINT_STATUSES, *(status for status in SERVICE_STATUSES if status not in ENDPOINT_STATUSES))


def look_of(status: str) -> Look:
    """How a status looks; one that is not known keeps its own word."""
    return LOOKS.get(status) or (STRANGE._replace(word=status) if status else STRANGE)


def class_of(status: str) -> str:
    """The name of a status in style sheets, which must not hold just any text."""
    return status if status in LOOKS else STRANGE_CLASS


def rank_of(status: str) -> tuple[int, str]:
    """For sorting: the good ones first, then as an endpoint's life goes, unknown ones last."""
    if status in CALM:
        return (-1, status)
    return (ORDER.index(status) if status in ORDER else len(ORDER), status)
