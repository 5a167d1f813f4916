# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One to a thousand endpoints: a loop of vpcep_endpoint against one task of vpcep_endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .bench import CONNECTIONS, LATENCIES, Bench, endpoints
from .figures import Sample, beyond, bound, growth, typical
from .lines import Line

SIZES = (1, 10, 100, 1000)
QUICK = (1, 10, 100)
STEPS = ("create", "unchanged", "one tag", "delete")
WAYS = {"loop": ("loop of vpcep_endpoint", 1), "fleet": ("vpcep_endpoints", CONNECTIONS)}


def measure(bench: Bench) -> None:
    service = bench.service()
    points: dict[tuple[str, str, int], list[tuple[int, Sample]]] = {}
    for latency in LATENCIES:
        bench.latency(latency)
        for size in QUICK if bench.quick else SIZES:
            found = {way: lives(bench, service, way, size) for way in WAYS}
            for way, step in ((way, step) for step in STEPS for way in WAYS):
                sample = found[way][step]
                points.setdefault((way, step, latency), []).append((size, sample))
                line = Line(
                    f"{size:,} endpoint{'s' * (size > 1)}, {step}: {WAYS[way][0]}",
                    latency,
                    bench.runs,
                    sample,
                    found["loop"][step].seconds if way == "fleet" else 0,
                    "loop",
                    bound(sample.requests, latency, WAYS[way][1]),
                )
                bench.add(f"{way} {step} {size} {latency}", line)
    for step, latency, way in ((step, latency, way) for latency in LATENCIES for step in STEPS for way in WAYS):
        each, other = (growth(points[one, step, latency]) for one in (way, "loop"))
        if each is not None:
            against = other.seconds if other is not None and way == "fleet" else 0
            limit = bound(each.requests, latency, WAYS[way][1])
            what = f"each further endpoint, {step}: {WAYS[way][0]}"
            bench.add(f"{way} {step} growth {latency}", Line(what, latency, bench.runs, each, against, "loop", limit))


def lives(bench: Bench, service: str, way: str, size: int) -> dict[str, Sample]:
    """What the steps cost, in order, beyond ansible-playbook with the same variables and nothing to do."""
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
