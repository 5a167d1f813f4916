# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One to a thousand endpoints: a loop of vpcep_endpoint against one task of vpcep_endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from .bench import CONNECTIONS, LATENCIES, Bench, endpoints
from .figures import Sample, beyond, bound, growth, median
from .lines import Line

SIZES = (1, 10, 100, 1000)
QUICK = (1, 10, 100)
LONG = 100  # loops of that many are measured once, and longer ones only without latency
STEPS = ("create", "unchanged", "one tag", "delete")
WAYS = {"loop": ("loop of vpcep_endpoint", 1), "fleet": ("vpcep_endpoints", CONNECTIONS)}


def measure(bench: Bench) -> None:
    service = bench.service()
    starts: dict[int, Sample] = {}
    points: dict[tuple[str, str, int], list[tuple[int, Sample]]] = {}
    for latency in LATENCIES:
        for size in QUICK if bench.quick else SIZES:
            bench.latency(0)
            starts[size] = starts.get(size) or median(bench.rounds({"": partial(start, bench, service, size)})[""])
            bench.latency(latency)
            found = {way: lives(bench, service, way, size, latency) for way in WAYS}
            for way, step in ((way, step) for step in STEPS for way in WAYS):
                samples = found[way].get(step, [])
                if not samples:
                    continue
                sample = beyond(median(samples), starts[size])
                points.setdefault((way, step, latency), []).append((size, sample))
                rival = found["loop"].get(step, []) if way == "fleet" else []
                against = beyond(median(rival), starts[size]).seconds if rival else 0
                line = Line(
                    f"{size:,} endpoint{'s' * (size > 1)}, {step}: {WAYS[way][0]}",
                    latency,
                    len(samples),
                    sample,
                    against,
                    "loop",
                    bound(sample.requests, latency, WAYS[way][1]),
                )
                bench.add(f"{way} {step} {size} {latency}", line)
    for step, latency, way in ((step, latency, way) for latency in LATENCIES for step in STEPS for way in WAYS):
        each, other = (growth(points.get((one, step, latency), [])) for one in (way, "loop"))
        if each is not None:
            against = other.seconds if other is not None and way == "fleet" else 0
            limit = bound(each.requests, latency, WAYS[way][1])
            what = f"each further endpoint, {step}: {WAYS[way][0]}"
            runs = min(bench.lines[f"{way} {step} {size} {latency}"].runs for size, _s in points[way, step, latency])
            bench.add(f"{way} {step} growth {latency}", Line(what, latency, runs, each, against, "loop", limit))


def start(bench: Bench, service: str, size: int) -> Sample:
    """ansible-playbook with the same variables, and nothing to do."""
    return bench.controller.play("start", {"endpoints": endpoints(service, size)})


def lives(bench: Bench, service: str, way: str, size: int, latency: int) -> dict[str, list[Sample]]:
    """The steps in order, as often as there is time for."""
    runs = bench.runs
    if way == "loop" and size >= LONG:
        runs = 0 if latency and size > LONG else 1
    return bench.rounds(dict(steps(bench, service, way, size)), runs) if runs else {}


def steps(bench: Bench, service: str, way: str, size: int) -> Iterator[tuple[str, Callable[[], Sample]]]:
    for step in STEPS:
        wanted = endpoints(service, size, "one" if step in STEPS[:2] else "two")
        variables = {
            "endpoints": wanted,
            "state": "absent" if step == "delete" else "present",
            "connections": CONNECTIONS,
        }
        yield step, partial(bench.controller.play, way, variables, changed=step != "unchanged")
