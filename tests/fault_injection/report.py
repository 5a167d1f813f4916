"""What a run prints: one row for each thing that was tried."""

from __future__ import annotations

import dataclasses
import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HEADINGS = ("what was tried", "times", "lost", "doubled", "leaked", "seconds")
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass
class Row:
    """tried: how often. lost, doubled, leaked: one line for each time that it happened. seconds: of one process."""

    name: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failures(self) -> list[str]:
        return [
            f"{self.name}: {kind}: {text}" for kind in ("lost", "doubled", "leaked") for text in getattr(self, kind)
        ]

    def add(self, other: Row) -> None:
        for member in ("tried", "lost", "doubled", "leaked", "seconds"):
            setattr(self, member, getattr(self, member) + getattr(other, member))

    def figures(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    def cells(self) -> list[str]:
        figures = (self.tried, len(self.lost), len(self.doubled), len(self.leaked), round(self.seconds))
        return [self.name, *(f"{figure:,}" for figure in figures)]


def table(rows: list[Row], seconds: float) -> str:
    """The rows as a Markdown table, with their sum. seconds: of the whole, by the clock on the wall."""
    total = Row("total, elapsed")
    for row in rows:
        total.add(row)
    total.seconds = seconds
    lines = [list(HEADINGS), *(row.cells() for row in rows), total.cells()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    texts = [
        "| " + " | ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]) + " |" for line in lines
    ]
    texts.insert(1, "| " + " | ".join(["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]) + " |")
    return "\n".join(texts)


def publish(page: Path, text: str) -> None:
    """Puts the table into a page of the documentation, in place of the one there."""
    before, _begin, rest = page.read_text().partition(BEGIN)
    _old, _end, after = rest.partition(END)
    machine = f"Python {platform.python_version()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}"
    head = f"Run on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine}."
    page.write_text(f"{before}{BEGIN}\n{head}\n\n{text}\n{END}{after}")
