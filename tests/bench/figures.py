# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured, and what becomes of it: medians, differences, ratios, bounds. No input, no output."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 5  # runs that a median should have


@dataclass(frozen=True)
class Sample:
    """One run: seconds by the clock on the wall, requests that the cloud served meanwhile, peak memory in MiB."""

    seconds: float
    vpcep: float = 0
    iam: float = 0
    memory: float = 0

    @property
    def requests(self) -> float:
        return self.vpcep + self.iam


def typical(samples: Sequence[Sample]) -> Sample:
    """The median of seconds and of memory, and the most requests: one too many in one run is one too many."""
    return Sample(
        statistics.median(sample.seconds for sample in samples),
        max(sample.vpcep for sample in samples),
        max(sample.iam for sample in samples),
        statistics.median(sample.memory for sample in samples),
    )


def beyond(whole: Sample, start: Sample, parts: int = 1) -> Sample:
    """What a run cost beyond another one that does nothing, per part of it. Memory is not shared out.

    Seconds may be less than none, by as much as the machine's noise is more than what the run cost.
    """
    return Sample(
        (whole.seconds - start.seconds) / parts,
        (whole.vpcep - start.vpcep) / parts,
        (whole.iam - start.iam) / parts,
        whole.memory,
    )


def bound(requests: float, latency: float, connections: int) -> float:
    """Seconds below which so many requests cannot be answered. latency: ms of each."""
    return requests * latency / 1000 / connections


def ratio(one: float, other: float) -> float | None:
    """None when there is nothing to compare with."""
    return one / other if other > 0 else None


def growth(points: Iterable[tuple[int, Sample]]) -> Sample | None:
    """What each further object costs, between the smallest number and the largest; None for a single number."""
    ordered = sorted(points, key=lambda point: point[0])
    if len(ordered) < 2:
        return None
    (few, little), (many, much) = ordered[0], ordered[-1]
    each = many - few
    return Sample(
        (much.seconds - little.seconds) / each, (much.vpcep - little.vpcep) / each, (much.iam - little.iam) / each
    )
