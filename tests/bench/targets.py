# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The targets, and whether a run met them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .bench import LATENCIES, Bench
from .lines import Line, grid, number

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
        """With more decimals if a missed value would look like the limit."""
        return number(value) if value <= self.most or number(value) != number(self.most) else f"{value:.4f}"


def verdicts(found: list[Target]) -> str:
    """The targets as a Markdown table."""
    return grid([list(HEADINGS), *(target.cells() for target in found)], TEXTS)


def targets(bench: Bench) -> list[Target]:
    """All targets, including those that this run did not measure."""

    def of(name: str, figure: Callable[[Line], float | None]) -> float | None:
        line = bench.lines.get(name)
        return None if line is None else figure(line)

    found = [
        Target(
            "unchanged task in Ansible's process, 0 ms: ratio to ping",
            0.1,
            of("no-op direct 0", lambda line: line.ratio),
        ),
        Target(
            "unchanged task in a module process, 0 ms: ratio to ping",
            1.9,
            of("no-op process 0", lambda line: line.ratio),
        ),
    ]
    for latency in LATENCIES:
        what, name = f"1,000 endpoints unchanged, {latency} ms", f"list unchanged 1000 {latency}"
        found += [
            Target(f"{what}: requests", 3, of(name, lambda line: line.sample.requests)),
            Target(
                f"{what}: seconds without the start of ansible-playbook", 2, of(name, lambda line: line.value), " s"
            ),
        ]
    created = of("list create 1000 50", lambda line: line.times_bound)
    found.append(Target("1,000 endpoints created, 50 ms: ratio to the bound", 1.4, created))
    for latency in LATENCIES:
        what, name = f"the job, unchanged, {latency} ms", f"job unchanged {latency}"
        beyond = of(name, lambda line: line.value - line.against)
        late = None if beyond is None else beyond - 2 * latency / 1000
        found += [
            Target(f"{what}: requests to VPCEP", 2, of(name, lambda line: line.sample.vpcep)),
            Target(f"{what}: requests to IAM", 0, of(name, lambda line: line.sample.iam)),
            Target(f"{what}: seconds beyond two debug tasks and two latencies", 0.4, late, " s"),
        ]
    return [
        *found,
        Target("an object that is ready after 1 s: seconds until the module sees it", 1.5, bench.seen, " s"),
        Target("50 cold starts: requests to IAM", 1, of("cold 0", lambda line: line.sample.iam)),
        Target("5,000 endpoints unchanged in a module process: peak memory", 150, memory(bench), " MiB"),
    ]


def memory(bench: Bench) -> float | None:
    """Peak memory in MiB; None for a quick run, which has fewer endpoints."""
    return None if bench.quick or "memory list" not in bench.lines else bench.lines["memory list"].value
