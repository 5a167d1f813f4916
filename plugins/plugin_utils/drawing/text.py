"""Texts of a picture. Names, tags and descriptions come from the cloud and may hold any character."""

from __future__ import annotations

import html
import typing as t
import unicodedata
from itertools import accumulate
from urllib.parse import quote

LOST = "\N{REPLACEMENT CHARACTER}"
CUT = "\N{HORIZONTAL ELLIPSIS}"
# Classes of characters that change the direction of the following text, which could disguise it.
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def plain(value: t.Any) -> str:
    """A value as one line of text that any file can hold; other characters are replaced by U+FFFD."""
    text = "" if value is None else " ".join(str(value).split())
    if text.isascii() and text.isprintable():  # most texts; the check of each character is slow
        return text
    return "".join(char if _is_harmless(char) else LOST for char in text)


def _is_harmless(char: str) -> bool:
    if ord(char) & 0xFFFE == 0xFFFE:  # XML refuses these code points
        return False
    return unicodedata.category(char) not in ("Cc", "Cs") and unicodedata.bidirectional(char) not in TURNING


def escaped(text: str) -> str:
    """A text as content or attribute of HTML and XML."""
    return html.escape(text, quote=True)


def anchor(kind: str, identifier: str) -> str:
    """The value of the attribute ``id`` of an element."""
    return escaped(f"{kind}-{identifier}")


def link(kind: str, identifier: str) -> str:
    """The value of ``href`` that leads to that element."""
    return "#" + quote(f"{kind}-{identifier}")


def columns(text: str) -> int:
    """The width of a text, in characters of common width."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def shortened(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis, in at most *most* columns."""
    if columns(text) <= most:
        return text
    kept = sum(width < most for width in accumulate(map(_width, text)))
    return text[:kept].rstrip() + CUT


def short_id(identifier: str) -> str:
    """Both ends of an ID: the IDs of one network often begin alike."""
    return identifier if columns(identifier) <= 14 else f"{identifier[:8]}{CUT}{identifier[-4:]}"


def joined(*parts: str, by: str = " \N{MIDDLE DOT} ") -> str:
    """The parts that are not empty."""
    return by.join(filter(None, parts))
