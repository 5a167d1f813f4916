# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians, differences, ratios and bounds."""

from __future__ import annotations

import pytest

from tests.bench.figures import Sample, beyond, bound, ratio, typical


def test_the_median_and_the_most_requests() -> None:
    samples = [Sample(3, 1, 0, 30), Sample(1, 3, 0, 10), Sample(2, 2, 1, 20)]
    assert typical(samples) == Sample(2, 3, 1, 20)


def test_what_a_run_costs_beyond_its_start() -> None:
    assert beyond(Sample(3.0, 20, 1, 80), Sample(1.0, 0, 1, 60), parts=10) == Sample(0.2, 2.0, 0.0, 80)


def test_a_run_that_seems_cheaper_than_nothing_says_so() -> None:
    assert beyond(Sample(0.5), Sample(1.0)).seconds == -0.5


@pytest.mark.parametrize(
    ("requests", "latency", "connections", "expected"), [(1000, 50, 8, 6.25), (1000, 50, 1, 50.0), (1000, 0, 8, 0.0)]
)
def test_the_bound(requests: int, latency: int, connections: int, expected: float) -> None:
    assert bound(requests, latency, connections) == expected


def test_a_ratio_to_nothing_is_none() -> None:
    assert ratio(1, 0) is None
    assert ratio(1, 4) == 0.25
