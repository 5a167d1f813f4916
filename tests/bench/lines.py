# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of the table of results, and the page of the documentation that contains it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .figures import Sample, ratio

HEADINGS = ("measurement", "latency", "seconds", "ratio", "to", "VPCEP", "IAM", "times bound")
TEXTS = ("measurement", "to")
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"


@dataclass(frozen=True)
class Line:
    """One measurement. latency: ms. against, to: value and name of the measurement that ratio compares with."""

    what: str
    latency: int
    sample: Sample
    against: float = 0
    to: str = ""
    bound: float = 0
    memory: bool = False

    @property
    def value(self) -> float:
        return self.sample.memory if self.memory else self.sample.seconds

    @property
    def ratio(self) -> float | None:
        return ratio(self.value, self.against)

    @property
    def times_bound(self) -> float | None:
        return ratio(self.sample.seconds, self.bound)

    def cells(self) -> list[str]:
        return [
            self.what,
            f"{self.latency} ms",
            f"{self.value:,.0f} MiB" if self.memory else seconds(self.value),
            number(self.ratio),
            self.to if self.ratio is not None else "",
            number(self.sample.vpcep),
            number(self.sample.iam),
            number(self.times_bound),
        ]


def seconds(value: float) -> str:
    """Three or four significant digits: an endpoint may take less than a millisecond."""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}" if abs(value) >= 0.1 else f"{value:.4f}"


def number(value: float | None) -> str:
    """Whole numbers without decimals, others with two or three significant digits."""
    if value is None:
        return ""
    if abs(value) >= 100 or abs(value - round(value)) < 1e-9:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.3f}"


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    return grid([list(HEADINGS), *(line.cells() for line in lines)], TEXTS)


def grid(rows: list[list[str]], texts: tuple[str, ...]) -> str:
    """A Markdown table; the first row has the headings. Numbers are right-aligned, texts left-aligned."""
    left = [heading in texts for heading in rows[0]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(left))]
    printed = [
        "| "
        + " | ".join(
            cell.ljust(width) if text else cell.rjust(width)
            for cell, width, text in zip(row, widths, left, strict=True)
        )
        + " |"
        for row in rows
    ]
    rule = [("-" * width) if text else "-" * (width - 1) + ":" for width, text in zip(widths, left, strict=True)]
    printed.insert(1, "| " + " | ".join(rule) + " |")
    return "\n".join(printed)


def publish(page: Path, text: str) -> None:
    """Replaces the text between the markers of a page."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks {BEGIN} or {END}")
    page.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")
