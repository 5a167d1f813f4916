# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a torture prints: one row for each thing that was tried."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

HEADINGS = ("what was tried", "times", "lost", "doubled", "leaked", "seconds")


@dataclass
class Row:
    """tried: how often. lost, doubled, leaked: one line for each time that it happened."""

    name: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def failures(self) -> list[str]:
        return self.lost + self.doubled + self.leaked

    @contextmanager
    def timed(self) -> Iterator[Row]:
        started = time.monotonic()
        try:
            yield self
        finally:
            self.seconds += time.monotonic() - started

    def cells(self) -> list[str]:
        figures = (self.tried, len(self.lost), len(self.doubled), len(self.leaked), round(self.seconds))
        return [self.name, *map(str, figures)]


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table, with their sum."""
    total = Row("all of it")
    for row in rows:
        total.tried += row.tried
        total.seconds += row.seconds
        for name in ("lost", "doubled", "leaked"):
            getattr(total, name).extend(getattr(row, name))
    lines = [list(HEADINGS), *(row.cells() for row in rows), total.cells()]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    texts = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    texts.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(texts)
