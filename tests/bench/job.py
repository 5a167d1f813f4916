# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The job of the collection, a service and an endpoint: from nothing and unchanged, with its modules and by hand."""

from __future__ import annotations

from typing import Any

from .bench import LATENCIES, Bench
from .figures import Sample, typical
from .lines import Line

DELAY = 1  # seconds that the cloud takes to create each
OFTEN = 4  # times as many runs of what takes a second, and differs by less than the machine's noise


def measure(bench: Bench) -> None:
    controller, by_hand = bench.controller, {"url": bench.url}
    seen: list[float] = []

    def from_nothing() -> Sample:
        controller.fresh(keep_tokens=False, delay=DELAY, latency_ms=latency)
        sample = controller.play("seed", changed=True)
        seen.extend(lateness(bench.simulator.log(service="vpcep")))
        return sample

    def from_nothing_by_hand() -> Sample:
        controller.fresh(delay=DELAY, latency_ms=latency)
        return controller.play("seed_uri", by_hand, changed=True)

    for latency in LATENCIES:
        from_nothings = {
            "by hand, from nothing": from_nothing_by_hand,
            "by hand, unchanged": lambda: controller.play("seed_uri", by_hand, changed=False),
            "from nothing": from_nothing,
        }
        unchanged = {
            "floor": lambda: controller.play("two_debugs"),
            "unchanged": lambda: controller.play("seed", changed=False),
        }
        found = {**bench.rounds(from_nothings), **bench.rounds(unchanged, OFTEN * bench.runs)}
        samples = {name: typical(some) for name, some in found.items()}
        for name, what, to in (
            ("floor", "two debug tasks", "floor"),
            ("unchanged", "the job, unchanged", "floor"),
            ("by hand, unchanged", "the job with uri tasks, unchanged", "floor"),
            ("from nothing", "the job, from an empty cloud", "by hand, from nothing"),
            ("by hand, from nothing", "the job with uri tasks, from an empty cloud", "by hand, from nothing"),
        ):
            label = "two debugs" if to == "floor" else "uri tasks"
            line = Line(what, latency, samples[name], samples[to].seconds, label)
            bench.add(f"job {name} {latency}", line)
    bench.seen = max(seen, default=None)


def lateness(log: list[dict[str, Any]]) -> list[float]:
    """Seconds from the answer to each creation until its last poll was answered: the one that showed it as ready."""
    answered = {entry["operation"]: entry["time"] + entry["ms"] / 1000 for entry in log}
    kinds = ("EndpointService", "Endpoint")
    return [answered[f"get{kind}"] - answered[f"create{kind}"] for kind in kinds if f"get{kind}" in answered]
