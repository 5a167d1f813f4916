"""Check that all of an environment could also be installed on the oldest Python that users have of its version.

Usage: python tools/oldest_python.py, with the environment's own Python
pip compares with the Python at hand only: a pin that wants 3.11.5 goes unnoticed until somebody has 3.11.2.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib.metadata import distributions

# The oldest patch releases that distributions ship: Ubuntu 22.04, Debian 12, Ubuntu 24.04, Debian 13 (none has 3.14).
OLDEST = {"3.10": 4, "3.11": 2, "3.12": 3, "3.13": 5, "3.14": 0}


def too_new(requires: Mapping[str, str], python: str) -> list[str]:
    """Which distributions the oldest patch release cannot have. requires: Requires-Python by name; python: as 3.11."""
    bound = re.compile(rf"(>=?)\s*{re.escape(python)}\.(\d+)")
    found = []
    for name, specifier in sorted(requires.items()):
        for operator, patch in bound.findall(specifier):
            if int(patch) + (operator == ">") > OLDEST.get(python, 0):
                found.append(f"{name} needs Python {specifier}")
    return found


def main() -> None:
    python = "{}.{}".format(*sys.version_info)
    held = {f"{one.name} {one.version}": one.metadata["Requires-Python"] or "" for one in distributions()}
    if found := too_new(held, python):
        sys.exit(f"Pins that Python {python}.{OLDEST.get(python)} cannot have: {'; '.join(found)}.")


if __name__ == "__main__":
    main()
