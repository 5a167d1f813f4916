"""Parts of reports as text, Markdown and JUnit XML. Texts are single printable lines, see texts.one_line()."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape


def counted(number: int, what: str) -> str:
    """``1 endpoint``, ``1,000 endpoints``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def inert(text: str) -> str:
    """A text without any meaning in Markdown: neither markup, nor HTML, nor a link, nor the end of a cell."""
    return re.sub(r"[&<>\\`*_\[\]|~#!$@]|:(?=//)|(?<=www)\.", lambda found: f"&#{ord(found[0])};", text)


def markdown_table(heads: Sequence[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table; none without rows."""
    lines = [f"| {' | '.join(map(inert, row))} |" for row in rows]
    return [f"| {' | '.join(heads)} |", f"| {' | '.join(['---'] * len(heads))} |", *lines] if lines else []


def junit_file(name: str, cases: Sequence[str], failures: int, skipped: int = 0) -> str:
    """A file with one suite. cases: elements ``testcase``."""
    about = f'name="{escape(name)}" tests="{len(cases)}" failures="{failures}" errors="0" skipped="{skipped}"'
    head = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites {about}>", f"<testsuite {about}>"]
    return "\n".join([*head, *cases, "</testsuite>", "</testsuites>\n"])
