"""The targets and the samples as Markdown tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.reports import machine, table

if TYPE_CHECKING:
    from .measures import Bench


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
    targets = [["target", "at most", "measured", "verdict"], *(target.cells() for target in bench.targets)]
    samples = [["what", "seconds", "processor seconds", "requests to VPCEP", "requests to IAM"]]
    for what, one in bench.samples.items():
        samples.append([what, f"{one.seconds:.3f}", f"{one.processor:.3f}", f"{one.vpcep:g}", f"{one.iam:g}"])
    return f"{machine()}; medians of {bench.runs} runs.\n\n{table(targets)}\n\n{table(samples)}"
