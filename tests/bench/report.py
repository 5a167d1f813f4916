"""The targets and the samples as Markdown tables, and where a page of the documentation has them."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .measures import Bench

BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"


@dataclass(frozen=True)
class Target:
    """A limit, and what was measured."""

    what: str
    most: float
    measured: float
    unit: str = ""

    def cells(self) -> list[str]:
        verdict = "met" if self.measured <= self.most else "MISSED"
        return [self.what, f"{self.most:g}{self.unit}", f"{self.measured:.4g}{self.unit}", verdict]


def tables(bench: Bench) -> str:
    """Where and when it ran, the targets, and the samples."""
    machine = f"{len(os.sched_getaffinity(0))} cores, {platform.system()}, Python {platform.python_version()}"
    head = f"Run on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine}; medians of {bench.runs} runs."
    targets = [["target", "at most", "measured", "verdict"], *(target.cells() for target in bench.targets)]
    samples = [["what", "seconds", "processor seconds", "requests to VPCEP", "requests to IAM"]]
    for what, one in bench.samples.items():
        samples.append([what, f"{one.seconds:.3f}", f"{one.processor:.3f}", f"{one.vpcep:g}", f"{one.iam:g}"])
    return f"{head}\n\n{grid(targets)}\n{grid(samples)}"


def grid(rows: list[list[str]]) -> str:
    """A Markdown table; the first row has the headings. Numbers stand at the right."""
    rule = ["---" if column == 0 else "---:" for column in range(len(rows[0]))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:]))


def publish(page: Path, text: str) -> None:
    """Puts a text between the page's markers, in place of the one there. Raises ValueError without markers."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} lacks {BEGIN} or {END}")
    page.write_text(f"{before}{BEGIN}{text}{END}{after}", encoding="utf-8")
