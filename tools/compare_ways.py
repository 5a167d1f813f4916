# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage: compare_ways.py FILE FILE

Compare what two runs of the integration targets noted (tests/integration/callback/record.py): the same tasks with the
same results, but for what differs from one run to the next in any case.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from pathlib import Path
from typing import Any

IDS = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b")
ACCIDENTS = (
    (re.compile(r"(http://)?127\.0\.0\.1:\d+"), "ADDRESS"),
    (re.compile(r"/[^\s\"']*/output/[^\s\"']*"), "PATH"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?"), "TIME"),
    (re.compile(r"\b\d+ s\b"), "SECONDS"),
    (re.compile(r"\bHST[0-9A-F]{17}\b"), "KEY"),
)
SEVERAL = re.compile(r"ID-\d+(, ID-\d+)+")
VARYING = ("http", "seconds", "marker_id", "ansible_job_id", "results_file", "_ansible_verbose_always")
FEWEST = 300  # results; fewer mean that little was run


def neutral(value: Any) -> Any:
    """A result without what no two runs have in common."""
    if isinstance(value, dict):
        return {key: neutral(item) for key, item in value.items() if key not in VARYING}
    if isinstance(value, list):
        return [neutral(item) for item in value]
    if isinstance(value, str):
        for pattern, word in ACCIDENTS:
            value = pattern.sub(word, value)
    return value


def ordered(value: Any) -> Any:
    """What is sorted by random IDs, sorted by their numbers."""
    if isinstance(value, dict):
        return {key: ordered(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [ordered(item) for item in value]
        return sorted(items) if all(isinstance(item, str) for item in items) else items
    if isinstance(value, str):
        return SEVERAL.sub(lambda found: ", ".join(sorted(found[0].split(", "))), value)
    return value


def read(name: str) -> list[str]:
    """One line a result, with IDs numbered in the order in which they turn up."""
    known: dict[str, str] = {}
    lines = []
    for line in Path(name).read_text(encoding="utf-8").splitlines():
        text = json.dumps(neutral(json.loads(line)), sort_keys=True)
        numbered = IDS.sub(lambda found: known.setdefault(found[0], f"ID-{len(known)}"), text)
        lines.append(json.dumps(ordered(json.loads(numbered)), sort_keys=True))
    return lines


def main(one: str, other: str) -> str | None:
    """What is to be said about the two files; None if they agree."""
    mine, theirs = read(one), read(other)
    if len(mine) < FEWEST:
        return f"{one} has {len(mine)} results only."
    different = list(difflib.unified_diff(mine, theirs, one, other, lineterm="", n=1))
    print(f"{len(mine)} results of tasks were the same." if not different else "\n".join(different))
    return f"{one} and {other} differ." if different else None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
