# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples, medians, differences, ratios and bounds. No I/O."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 5  # runs that a median should have


@dataclass(frozen=True)
class Sample:
    """One run: elapsed seconds, requests that the cloud served during the run, peak memory in MiB."""

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
    """The cost of a run minus that of a run that does nothing, divided by parts. Memory is not divided.

    Seconds can be negative because of the machine's noise.
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
