"""What a run prints: one row for each thing that was tried."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

from tests.support import reports

HEADINGS = ("what was tried", "times", "lost", "doubled", "leaked", "seconds")


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
    return reports.table([list(HEADINGS), *(row.cells() for row in rows), total.cells()])
