"""Tables of a run, and where a page of the documentation has them."""

import os
import platform
import time
from pathlib import Path

BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"


def machine() -> str:
    """When and where this runs."""
    about = f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}"
    return f"Run on {time.strftime('%Y-%m-%d', time.gmtime())}: {about}"


def table(rows: list[list[str]]) -> str:
    """A Markdown table that is also read in a terminal; the first row has the headings. Numbers stand at the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    lines = [[row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def publish(page: Path, text: str) -> None:
    """Puts a text between the page's markers, in place of the one there. Raises ValueError without markers."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks {BEGIN} or {END}")
    page.write_text(f"{before}{BEGIN}{text}\n{END}{after}", encoding="utf-8")
