# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was promised, what was measured, and whether the one fits the other."""

from __future__ import annotations

from dataclasses import dataclass

from .lines import grid, number

HEADINGS = ("target", "at most", "measured", "verdict")
TEXTS = ("target", "verdict")


@dataclass(frozen=True)
class Target:
    """measured: None when this run did not measure it."""

    what: str
    most: float
    measured: float | None
    unit: str = ""

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        return "met" if self.measured <= self.most else "MISSED"

    def cells(self) -> list[str]:
        measured = "" if self.measured is None else f"{self.figure(self.measured)}{self.unit}"
        return [self.what, f"{number(self.most)}{self.unit}", measured, self.verdict]

    def figure(self, value: float) -> str:
        """With so many decimals that a miss does not look like the limit."""
        return number(value) if value <= self.most or number(value) != number(self.most) else f"{value:.4f}"


def verdicts(targets: list[Target]) -> str:
    """All of them as a Markdown table."""
    return grid([list(HEADINGS), *(target.cells() for target in targets)], TEXTS)
