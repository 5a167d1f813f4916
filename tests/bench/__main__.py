# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line: measure, print the results, and write them into docs/performance.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.simulator import SimulatorProcess

from . import job, lists, many, tasks
from .bench import Bench
from .controller import ROOT, RUNTIME, Broken, Controller
from .figures import FEWEST
from .lines import publish, table
from .machine import Others, machine
from .targets import targets, verdicts

PARTS = {
    "tasks": tasks.measure,
    "job": job.measure,
    "lists": lists.measure,
    "cold": many.cold_starts,
    "memory": many.memory,
}
PAGE = ROOT / "docs" / "performance.md"


def parser() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure the cost of tasks, as ratios.")
    p.add_argument("--quick", action="store_true", help="measure once, and no large lists; writes no page")
    p.add_argument("--runs", type=int, help=f"measure so often ({FEWEST}); less writes no page")
    p.add_argument("--only", choices=PARTS, action="append", help="that part; repeatable; writes no page")
    p.add_argument("--page", type=Path, help=f"the page to write, whatever was measured ({PAGE.name} for all of it)")
    return p


def main() -> int:
    options = parser().parse_args()
    runs = options.runs or (1 if options.quick else FEWEST)
    page = options.page or (None if options.quick or options.only or runs < FEWEST else PAGE)
    began, broken = time.monotonic(), None
    with SimulatorProcess() as simulator, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = Bench(Controller(simulator, Path(folder)), runs, options.quick)
        others = Others(simulator.pid)
        try:
            for name in options.only or PARTS:
                bench.tell(f"--- {name}")
                PARTS[name](bench)
            if defects := simulator.defects():
                raise Broken(f"the simulator is at fault: {defects}")
        except (Broken, RuntimeError) as error:
            broken = error
        text = report(bench, time.monotonic() - began, others.share())
    print(f"\n{text}")
    if broken is not None:
        print(f"\n{broken}", file=sys.stderr)
        return 1
    if page is not None:
        publish(page, text)
        print(f"\nwritten into {page}")
    return 0


def report(bench: Bench, seconds: float, others: float) -> str:
    """Date and machine, targets and results. others: the share of the processors that other programs used."""
    runs = f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{seconds:.0f} seconds"
    if bench.runs < FEWEST:
        runs += f", one measurement each instead of {FEWEST}"
    head = f"Run on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine(RUNTIME)}; {runs}."
    head += f" Other programs used {others:.0%} of the processors meanwhile."
    return "\n\n".join((head, verdicts(targets(bench)), table(list(bench.lines.values()))))


if __name__ == "__main__":
    sys.exit(main())
