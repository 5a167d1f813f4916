# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many endpoints: a loop of vpcep_endpoint, and one task of vpcep_endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .bench import CONNECTIONS, LATENCIES, Bench, endpoints
from .figures import Sample, beyond, bound, typical
from .lines import Line

SIZES = (100, 1000)
LOOPED = 100  # larger loops take ten minutes each
STEPS = ("create", "unchanged", "one tag", "delete")
WAYS = {"loop": ("loop of vpcep_endpoint", 1), "list": ("vpcep_endpoints", CONNECTIONS)}


def measure(bench: Bench) -> None:
    service = bench.service()
    for latency in LATENCIES:
        bench.latency(latency)
        for size in SIZES[:1] if bench.quick else SIZES:
            found = {way: lives(bench, service, way, size) for way in WAYS if way == "list" or size <= LOOPED}
            for step, way in ((step, way) for step in STEPS for way in found):
                sample, (what, connections) = found[way][step], WAYS[way]
                against = found["loop"][step].seconds if way == "list" and "loop" in found else 0
                limit = bound(sample.requests, latency, connections)
                line = Line(f"{size:,} endpoints, {step}: {what}", latency, sample, against, "loop", limit)
                bench.add(f"{way} {step} {size} {latency}", line)


def lives(bench: Bench, service: str, way: str, size: int) -> dict[str, Sample]:
    """The cost of each step, minus that of a playbook with the same variables that does nothing."""
    start = partial(bench.controller.play, "start", {"endpoints": endpoints(service, size)})
    found = bench.rounds({"start": start, **dict(steps(bench, service, way, size))})
    floor = typical(found.pop("start"))
    return {step: beyond(typical(samples), floor) for step, samples in found.items()}


def steps(bench: Bench, service: str, way: str, size: int) -> Iterator[tuple[str, Callable[[], Sample]]]:
    for step in STEPS:
        wanted = endpoints(service, size, "one" if step in STEPS[:2] else "two")
        variables = {
            "endpoints": wanted,
            "state": "absent" if step == "delete" else "present",
            "connections": CONNECTIONS,
        }
        yield step, partial(bench.controller.play, way, variables, changed=step != "unchanged")
