"""`make bench`: the targets of the project, measured, and written into docs/performance.md."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.simulator import SimulatorProcess
from tests.support.reports import publish

from . import measures
from .controller import ROOT, Broken, Controller
from .report import tables

PARTS = {"tasks": measures.tasks, "job": measures.job, "bulk": measures.bulk, "cold": measures.cold_starts}
PARTS |= {"memory": measures.memory, "export": measures.export}
PAGE = ROOT / "docs" / "performance.md"
RUNS = 5  # of which the median is taken


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What the collection costs.")
    parser.add_argument("--quick", action="store_true", help="measure once, with 100 endpoints; writes no page")
    parser.add_argument("--only", choices=PARTS, action="append", help="that part; repeatable; writes no page")
    options = parser.parse_args()
    with SimulatorProcess() as simulator, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = measures.Bench(Controller(simulator, Path(folder)), 1 if options.quick else RUNS, options.quick)
        try:
            for name in options.only or PARTS:
                PARTS[name](bench)
            if defects := simulator.defects():
                raise Broken(f"the simulator is at fault: {defects}")
        except (Broken, RuntimeError) as error:
            print(f"\n{error}", file=sys.stderr)
            return 1
    text = tables(bench)
    print(f"\n{text}")
    if not options.quick and not options.only:
        publish(PAGE, text)
        print(f"\nwritten into {PAGE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
