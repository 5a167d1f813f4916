# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of a picture. Names, tags and descriptions are what somebody wrote into the cloud: they may hold anything."""

from __future__ import annotations

import html
import typing as t
import unicodedata
from urllib.parse import quote

LOST = "\N{REPLACEMENT CHARACTER}"
CUT = "\N{HORIZONTAL ELLIPSIS}"
# Characters that turn the direction of what follows, and so could make a text say something else than it holds.
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def plain(value: t.Any) -> str:
    """A value as one line of text that can be written into any file; what cannot shows that it was there."""
    text = "" if value is None else " ".join(str(value).split())
    if text.isascii() and text.isprintable():  # nearly all are, and there may be a hundred thousand
        return text
    return "".join(char if _is_harmless(char) else LOST for char in text)


def _is_harmless(char: str) -> bool:
    if ord(char) & 0xFFFE == 0xFFFE:
        return False  # no characters at all, and refused by XML
    return unicodedata.category(char) not in ("Cc", "Cs") and unicodedata.bidirectional(char) not in TURNING


def escaped(text: str) -> str:
    """A text as content or as attribute of HTML and XML."""
    return html.escape(text, quote=True)


def anchor(kind: str, identifier: str) -> str:
    """The name of a place in a page, as an attribute."""
    return escaped(f"{kind}-{identifier}")


def link(kind: str, identifier: str) -> str:
    """The address of that place."""
    return "#" + quote(f"{kind}-{identifier}")


def columns(text: str) -> int:
    """How many characters of common width a text is wide."""
    return sum(_width(char) for char in text)


def shortened(text: str, most: int) -> str:
    """The text, or its beginning, in at most so many columns."""
    if columns(text) <= most:
        return text
    kept = ""
    room = most - 1
    for char in text:
        room -= _width(char)
        if room < 0:
            break
        kept += char
    return kept.rstrip() + CUT


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def short_id(identifier: str) -> str:
    """Both ends of an ID: the IDs of one network often begin alike."""
    return identifier if columns(identifier) <= 14 else f"{identifier[:8]}{CUT}{identifier[-4:]}"


def counted(number: int, what: str) -> str:
    """A number of things, in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
