# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""50 parallel module processes without a token; the memory of a list of 5,000 endpoints."""

from __future__ import annotations

from functools import partial

from .bench import CONNECTIONS, Bench, endpoints
from .controller import SEPARATE, Broken
from .figures import Sample, beyond, typical
from .lines import Line

PROCESSES = 50
ENDPOINTS = 5000
FEW = 500  # when it has to be quick


def cold_starts(bench: Bench) -> None:
    controller = bench.controller
    hosts = controller.folder / "hosts"
    names = [f"host{number}" for number in range(PROCESSES)]
    everywhere = "ansible_connection=local\nansible_python_interpreter={{ ansible_playbook_python }}\n"
    hosts.write_text("\n".join([*names, "[all:vars]", everywhere]))
    options = ("--inventory", str(hosts), "--forks", str(PROCESSES))

    def cold(latency: int) -> Sample:
        controller.fresh(keep_tokens=False, latency_ms=latency)
        return controller.play("cold", options=options, changed=False, environment=SEPARATE)

    kinds = {
        "start": partial(controller.play, "start"),
        "ping": partial(controller.play, "cold_ping", options=options),
        "0": partial(cold, 0),
        "50": partial(cold, 50),
    }
    samples = {name: typical(found) for name, found in bench.rounds(kinds).items()}
    each = {name: beyond(sample, samples["start"]) for name, sample in samples.items()}
    against = each["ping"].seconds
    bench.add("cold ping", Line(f"{PROCESSES} parallel pings", 0, each["ping"], against, "pings"))
    for latency in (0, 50):
        what = f"{PROCESSES} parallel cold starts: vpcep_endpoint_info, module process"
        bench.add(f"cold {latency}", Line(what, latency, each[str(latency)], against, "pings"))


def memory(bench: Bench) -> None:
    number = FEW if bench.quick else ENDPOINTS
    wanted = endpoints(bench.service(), number)
    everything = {"endpoints": wanted, "state": "present", "connections": CONNECTIONS}
    bench.controller.play("list", everything, changed=True)
    python, notes = bench.controller.measured_python()

    def peak(play: str) -> Sample:
        notes.unlink(missing_ok=True)
        variables = {**everything, "python": str(python)}
        sample = bench.controller.play(play, variables, changed=False, environment=SEPARATE)
        kibibytes = [int(line) for line in notes.read_text().split()] if notes.exists() else []
        if not kibibytes:
            raise Broken(f"nothing noted the memory of {play}")
        return Sample(sample.seconds, sample.vpcep, sample.iam, max(kibibytes) / 1024)

    kinds = {"ping": partial(peak, "memory_ping"), "list": partial(peak, "memory_list")}
    samples = {name: typical(found) for name, found in bench.rounds(kinds).items()}
    for name, what in (("ping", "ansible.builtin.ping"), ("list", f"vpcep_endpoints, {number:,} unchanged")):
        line = Line(
            f"peak memory of a module process: {what}",
            0,
            samples[name],
            samples["ping"].memory,
            "ping",
            memory=True,
        )
        bench.add(f"memory {name}", line)
