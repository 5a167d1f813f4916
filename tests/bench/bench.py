# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all measurements share: the cloud, the controller, the lines so far, how often to measure, and progress."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from .controller import Controller
from .figures import Sample
from .lines import Line

LATENCIES = (0, 50)  # ms
CONNECTIONS = 8  # of vpcep_endpoints
PLENTY: dict[str, Any] = {"accept_any_id": True, "quota_endpoints": 100_000, "delay": 0}  # settings of the cloud


class Bench:
    """runs: how often to measure. quick: no large lists. lines: those of the table, by a name for the targets."""

    def __init__(self, controller: Controller, runs: int, quick: bool = False) -> None:
        self.controller, self.simulator, self.runs, self.quick = controller, controller.simulator, runs, quick
        self.lines: dict[str, Line] = {}
        self.seen: float | None = None  # seconds until an object that takes one is seen to be ready, at worst
        self.began = time.monotonic()

    def add(self, name: str, line: Line) -> None:
        self.lines[name] = line
        self.tell(f"{line.what}, {line.latency} ms: {line.cells()[2]} {line.cells()[3]}")

    def tell(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:4.0f} s] {text}", file=sys.stderr, flush=True)

    def rounds(self, kinds: Mapping[str, Callable[[], Sample]], runs: int | None = None) -> dict[str, list[Sample]]:
        """Measures all kinds in turns, so that what disturbs the machine for a while disturbs all of them."""
        samples: dict[str, list[Sample]] = {name: [] for name in kinds}
        for _run in range(self.runs if runs is None else runs):
            for name, measure in kinds.items():
                samples[name].append(measure())
        return samples

    # The cloud

    @property
    def url(self) -> str:
        return f"{self.simulator.api_url}/v1/{self.simulator.project_id()}"

    def service(self) -> str:
        """An empty cloud with a service; its id. The controller has a token afterwards."""
        self.controller.fresh(**PLENTY)
        network = self.simulator.spare()[0]
        variables = {name: network[name] for name in ("port_id", "vpc_id")}
        self.controller.play("prepare", variables, changed=True)
        (found,) = self.simulator.state()["services"]
        return str(found["id"])

    def latency(self, ms: int) -> None:
        self.simulator.settings(latency_ms=ms)


def endpoints(service: str, number: int, stage: str = "one") -> list[dict[str, Any]]:
    """So many definitions, each in a VPC of its own, always the same ones."""
    return [
        {
            "endpoint_service_id": service,
            "vpc_id": generated("vpc", count),
            "subnet_id": generated("subnet", count),
            "tags": {"team": "shop", "stage": stage},
        }
        for count in range(number)
    ]


def generated(kind: str, count: int) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{count}"))
