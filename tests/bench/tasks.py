# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cost of a task that changes nothing: in a loop, minus the start of ansible-playbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

from .bench import LATENCIES, Bench, endpoints
from .controller import CLIENTS, SEPARATE
from .figures import Sample, beyond, typical
from .lines import Line


@dataclass(frozen=True)
class Kind:
    """A task: what it is, its playbook, items of the loop (few where a task takes long), environment."""

    name: str
    what: str
    play: str
    items: int
    environment: Mapping[str, str] = field(default_factory=dict)


KINDS = (
    Kind("ping", "ansible.builtin.ping", "noop_ping", 10),
    Kind("direct", "vpcep_endpoint, in Ansible's process", "loop", 30),
    Kind("process", "vpcep_endpoint, module process", "loop", 10, SEPARATE),
    Kind("uri", "ansible.builtin.uri, the same GET", "noop_uri", 10),
    Kind("otc", "otcextensions, a login per task", "noop_otc", 3),
)


def measure(bench: Bench) -> None:
    wanted = endpoints(bench.service(), max(kind.items for kind in KINDS))
    bench.controller.play("loop", {"endpoints": wanted, "state": "present"}, changed=True)
    common = {"state": "present", "url": bench.url, "clients": str(CLIENTS)}

    def run(kind: Kind, items: int) -> Sample:
        variables = {**common, "endpoints": wanted[:items]}
        return bench.controller.play(kind.play, variables, changed=False, environment=kind.environment)

    for kind in KINDS:  # fills the caches of Python and of the machine
        run(kind, 1)
    for latency in LATENCIES:
        bench.latency(latency)
        runs: dict[str, Callable[[], Sample]] = {}
        for kind in KINDS:
            runs[kind.name] = partial(run, kind, kind.items)
            runs[f"{kind.name}, start"] = partial(run, kind, 0)
        samples = {name: typical(found) for name, found in bench.rounds(runs).items()}
        each = {kind.name: beyond(samples[kind.name], samples[f"{kind.name}, start"], kind.items) for kind in KINDS}
        for kind in KINDS:
            line = Line(f"unchanged task: {kind.what}", latency, each[kind.name], each["ping"].seconds, "ping")
            bench.add(f"no-op {kind.name} {latency}", line)
