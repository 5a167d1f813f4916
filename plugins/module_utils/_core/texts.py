"""Makes texts of servers and libraries safe to show: one printable line, without secrets."""

from __future__ import annotations

import binascii
import contextlib
import functools
import json
import re
import sys
import typing as t
from collections.abc import Callable, Iterable, Iterator, Sequence

MASK = "********"
# Characters of the shortest secret that is masked.
SHORTEST = 4
"""In a message. The places of the asterisks would reveal a shorter one."""
SHORT = 8
"""In what a task returns. The clouds take no shorter passwords by default."""
LONG = 12
"""In an object of the cloud. A shorter one may be part of a name or ID by chance, and masking would change that."""

SEARCHED = 64 * 1024
"""Characters of a text that are searched for secrets; the rest is cut off."""
LAYERS = 3
"""How many encodings are undone one after the other, such as HTML escapes inside percent-encoding."""

_URL_USER = r"(://)[^/@\s]+@"
_CONTROL = r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"  # also lone surrogates
_RESERVED = "ansible_"
_BREAKS = "\t\r\n"
_BLANKS = rb"\s+"
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="


def one_line(text: str) -> str:
    """The text as one line of printable characters: it controls no terminal, and fakes no line of a log."""
    if text.isprintable() and "  " not in text and text[:1] != " " != text[-1:]:
        return text
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def first_few(values: Sequence[str], most: int = 10, number: int | None = None) -> str:
    """Values for a sentence: the first ones, and how many more there are. number: of all, if *values* lacks some."""
    shown = values[:most]
    more = (len(values) if number is None else number) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Replaces each secret in text, and the user part of each URL, by asterisks.

    Servers and proxies repeat what they were sent, also HTML-escaped, percent-encoded, escaped as in JSON, in base64,
    in hexadecimal, or in several of these.
    """
    masked = _masked(text[:SEARCHED], _needles(secrets, SHORTEST))
    return re.sub(_URL_USER, rf"\1{MASK}@", masked)


def clean_answer(value: t.Any, secrets: Iterable[str]) -> t.Any:
    """A copy of a parsed answer without long secrets and control characters in its texts and member names.

    Servers may repeat what they were sent in objects, too. Only descriptions keep their line breaks.
    """
    mask = _masking(_needles(secrets, LONG))

    @functools.cache
    def text_of(one: str, kept: str) -> str:
        if not one.isprintable():
            one = re.sub(_CONTROL, lambda found: found[0] if found[0] in kept else " ", one)
        return mask(one)

    def clean(one: t.Any, kept: str) -> t.Any:
        if isinstance(one, str):
            return text_of(one, kept)
        if isinstance(one, dict):
            breaks = {"description": _BREAKS}
            return {text_of(name, ""): clean(item, breaks.get(name, "")) for name, item in one.items()}
        return [clean(item, kept) for item in one] if isinstance(one, list) else one

    return clean(value, "")


def mask_short(value: t.Any, secrets: Iterable[str]) -> t.Any:
    """A copy of a task's result without the secrets that are too short for clean_answer(). Names of members stay."""
    needles = _needles((secret for secret in secrets if len(secret) < LONG), SHORT)
    if not needles:
        return value
    mask = functools.cache(_masking(needles))

    def masked(one: t.Any) -> t.Any:
        if isinstance(one, str):
            return mask(one)
        if isinstance(one, dict):
            return {name: masked(item) for name, item in one.items()}
        return [masked(item) for item in one] if isinstance(one, (list, tuple)) else one

    return masked(value)


def without_internal_names(value: t.Any) -> t.Any:
    """A copy of a task's result without names that ansible-core reserves, such as the tag key ``__ansible_type``.

    ansible-core would interpret or remove members with such names. The names lose their leading underscores. If another
    member has the shortened name, only that one is shown.
    """
    if isinstance(value, dict):
        bare = {name: str(name).lstrip("_") for name in value}
        names = {name: text if text.startswith(_RESERVED) else str(name) for name, text in bare.items()}
        return {
            shown: without_internal_names(value[name])
            for name, shown in names.items()
            if shown == str(name) or shown not in value
        }
    return [without_internal_names(item) for item in value] if isinstance(value, (list, tuple)) else value


def _masking(needles: list[bytes]) -> Callable[[str], str]:
    """A function that masks these secrets in a text, and is quick for the many texts without one."""
    if not needles:
        return str
    shortest = min(map(len, needles))
    cores = [core.decode() for one in needles for core in _base64_cores(one)]
    urlsafe = [core.replace("+", "-").replace("/", "_") for core in cores]
    plain = [*(one.decode(errors="replace") for one in needles), *cores, *urlsafe]
    encoded = re.compile(rf"[%&\\+]|[0-9A-Fa-f]{{{2 * shortest}}}").search

    def mask(text: str) -> str:
        if len(text) < shortest:
            return text
        suspect = encoded(text) or any(form in one for one in (text, "".join(text.split())) for form in plain)
        return _masked(text, needles) if suspect else text

    return mask


def _needles(secrets: Iterable[str], shortest: int) -> list[bytes]:
    return [secret.encode(errors="replace") for secret in secrets if len(secret) >= shortest]


def _masked(text: str, needles: list[bytes]) -> str:
    raw = text.encode(errors="replace")
    places = range(len(raw) + 1)
    found = [*_found(raw, places, needles, LAYERS)] if needles else []
    if needles and re.search(_BLANKS, raw):  # base64 may be broken into lines
        found += _found(*_decoded(raw, places, _BLANKS, lambda match: b""), needles, LAYERS)
    for start, end in _merged(found):
        raw = raw[:start] + MASK.encode() + raw[end:]
    return raw.decode(errors="replace")


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans from the last to the first. Overlapping ones are joined."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged[::-1]


def _found(text: bytes, at: Sequence[int], needles: list[bytes], layers: int) -> Iterator[tuple[int, int]]:
    """The spans of secrets in the original text. at: for each byte of text and for its end, the place there."""
    for start, end in _plain(text, needles):
        yield at[start], at[end]
    if not layers:
        return
    for pattern, decode in _ENCODINGS:
        if re.search(pattern, text):
            decoded, places = _decoded(text, at, pattern, decode)
            yield from _found(decoded, places, needles, layers - 1)


def _plain(text: bytes, needles: list[bytes]) -> Iterator[tuple[int, int]]:
    """The spans of secrets as they are, in hexadecimal, and in base64. In base64, a span is the whole run."""
    standard = text.replace(b"-", b"+").replace(b"_", b"/")
    small = text.lower()
    for needle in needles:
        for start in _places(text, needle):
            yield start, start + len(needle)
        for start in _places(small, needle.hex().encode()):
            yield start, start + 2 * len(needle)
        for core in _base64_cores(needle):
            for start in _places(standard, core):
                yield len(standard[:start].rstrip(_BASE64)), len(text) - len(standard[start:].lstrip(_BASE64))


def _places(text: bytes, needle: bytes) -> Iterator[int]:
    start = text.find(needle)
    while start >= 0:
        yield start
        start = text.find(needle, start + len(needle))


def _base64_cores(needle: bytes) -> Iterator[bytes]:
    """The part of the base64 form that does not depend on the bytes around the needle."""
    for ahead in range(3):
        encoded = binascii.b2a_base64(bytes(ahead) + needle, newline=False)
        yield encoded[-(-8 * ahead // 6) : 8 * (ahead + len(needle)) // 6]


def _decoded(
    text: bytes, at: Sequence[int], pattern: bytes, decode: Callable[[re.Match[bytes]], bytes]
) -> tuple[bytes, list[int]]:
    """The text with all matches decoded, and the place of each of its bytes in the original text."""
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
    """As in JSON; if JSON does not know the escape, as in Python: a hexadecimal number, or the character itself."""
    with contextlib.suppress(ValueError):
        return str(json.loads(b'"%s"' % match[0])).encode(errors="replace")
    try:
        return chr(int(match[0][2:], 16)).encode(errors="replace")
    except ValueError:
        return match[0][1:]


_ENCODINGS: tuple[tuple[bytes, Callable[[re.Match[bytes]], bytes]], ...] = (
    (rb"%([0-9A-Fa-f]{2})", lambda match: bytes.fromhex(match[1].decode())),
    (rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});", _unescape_html),
    (
        rb"\\(?:u[dD][89abAB][0-9A-Fa-f]{2}\\u[dD][c-fC-F][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}"
        rb"|U[0-9A-Fa-f]{8}|.)",
        _unescape_backslash,
    ),
    (rb"\+", lambda match: b" "),
)
"""Encodings: a pattern, and the function that decodes a match."""
