# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.torture [--short]: prints what was tried, and what was lost; exit code 1 if there is any."""

from __future__ import annotations

import argparse
import sys

from .kill import kill_everywhere
from .rows import Row, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--short", action="store_true", help="kill at requests that change something only")
    short = parser.parse_args().short
    rows: list[Row] = []
    for torture in (kill_everywhere,):
        for row in torture(short):
            rows.append(row)
            print(" | ".join(row.cells()), flush=True)
    print()
    print(table(rows))
    failures = [text for row in rows for text in row.failures]
    print("\n".join(failures))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
