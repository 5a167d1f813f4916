"""Check the percentage of covered branches. The total of coverage.py also counts lines.

Usage: python tools/branches.py COVERAGE_JSON PERCENT
"""

import json
import sys
from pathlib import Path


def main(report: str, least: str) -> None:
    totals = json.loads(Path(report).read_text(encoding="utf-8"))["totals"]
    taken, there = totals["covered_branches"], totals["num_branches"]
    if not there:
        sys.exit("No branches were measured.")
    percent = 100 * taken / there
    print(f"branches: {taken} of {there}, {percent:.1f} %")
    if percent < float(least):
        sys.exit(f"Fewer than {least} % of the branches are covered.")


if __name__ == "__main__":
    main(*sys.argv[1:])
