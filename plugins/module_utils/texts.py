# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from servers and libraries before people read it: one printable line, without secrets."""

from __future__ import annotations

import binascii
import json
import re
import sys
import typing as t

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MASK = "********"
SHORTEST = 4
"""Characters of the shortest secret that is masked: masking shorter ones would hide too much, and reveal them."""

SEARCHED = 64 * 1024
"""Characters of a text that are searched for secrets; the rest is cut off."""

LAYERS = 3
"""How many times a text may have been encoded, such as percent-encoded and then HTML-escaped."""

_URL_USER = r"(://)[^/@\s]+@"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def one_line(text: str) -> str:
    """The text as one line of printable characters.

    No control character reaches a terminal, and no line break fakes a line of a log.
    """
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Replaces each secret in text, and the user part of each URL, by asterisks.

    Servers and proxies repeat what they were sent, also HTML-escaped, percent-encoded, escaped as in JSON, in base64,
    or in several of these.
    """
    needles = [secret.encode(errors="replace") for secret in secrets if len(secret) >= SHORTEST]
    raw = text[:SEARCHED].encode(errors="replace")
    for start, end in _merged(_found(raw, range(len(raw) + 1), needles, LAYERS) if needles else ()):
        raw = raw[:start] + MASK.encode() + raw[end:]
    return re.sub(_URL_USER, rf"\1{MASK}@", raw.decode(errors="replace"))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that overlap as one, the last first."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged[::-1]


def _found(text: bytes, at: Sequence[int], needles: list[bytes], layers: int) -> Iterator[tuple[int, int]]:
    """Where the secrets are. at: for each byte of text, and for its end, the place in the original text."""
    for start, end in _plain(text, needles):
        yield at[start], at[end]
    if not layers:
        return
    for pattern, decode in _ENCODINGS:
        if re.search(pattern, text):
            decoded, places = _decoded(text, at, pattern, decode)
            yield from _found(decoded, places, needles, layers - 1)


def _plain(text: bytes, needles: list[bytes]) -> Iterator[tuple[int, int]]:
    """Where the secrets are without further decoding, but for base64, of which the whole run counts."""
    standard = text.replace(b"-", b"+").replace(b"_", b"/")
    for needle in needles:
        for start in _places(text, needle):
            yield start, start + len(needle)
        for core in _base64_cores(needle):
            for start in _places(standard, core):
                yield len(standard[:start].rstrip(_BASE64)), len(text) - len(standard[start:].lstrip(_BASE64))


def _places(text: bytes, needle: bytes) -> Iterator[int]:
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + len(needle))


def _base64_cores(needle: bytes) -> Iterator[bytes]:
    """The part of the base64 form that is the same in every text that contains the needle."""
    for ahead in range(3):
        encoded = binascii.b2a_base64(bytes(ahead) + needle, newline=False)
        yield encoded[-(-8 * ahead // 6) : 8 * (ahead + len(needle)) // 6]


def _decoded(
    text: bytes, at: Sequence[int], pattern: bytes, decode: t.Callable[[re.Match[bytes]], bytes]
) -> tuple[bytes, list[int]]:
    """The text with what matches decoded, and for each of its bytes the place in the original text."""
    parts: list[bytes] = []
    places: list[int] = []
    end = 0
    for match in re.finditer(pattern, text):
        new = decode(match)
        parts += (text[end : match.start()], new)
        places += at[end : match.start()]
        places += [at[match.start()]] * len(new)
        end = match.end()
    parts.append(text[end:])
    places += at[end:]
    return b"".join(parts), places


def _unescape_html(match: re.Match[bytes]) -> bytes:
    name = match[0][1:-1].decode()
    if name[0] == "#":
        number = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        return chr(min(number, sys.maxunicode)).encode(errors="replace")
    import html

    return html.unescape(match[0].decode()).encode(errors="replace")


def _unescape_backslash(match: re.Match[bytes]) -> bytes:
    """As in JSON, and where that does not know it as in Python: a number in hexadecimal, or the character itself."""
    try:
        return str(json.loads(b'"%s"' % match[0])).encode(errors="replace")
    except ValueError:
        pass
    try:
        return chr(int(match[0][2:], 16)).encode(errors="replace")
    except ValueError:
        return match[0][1:]


_ENCODINGS: tuple[tuple[bytes, t.Callable[[re.Match[bytes]], bytes]], ...] = (
    (rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode())),
    (rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});", _unescape_html),
    (
        rb"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}"
        rb"|U[0-9A-Fa-f]{8}|.)",
        _unescape_backslash,
    ),
    (rb"\+", lambda match: b" "),
)
"""How a text may be encoded: what to look for, and what it stands for."""
