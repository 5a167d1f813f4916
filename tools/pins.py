"""Write requirements/constraints.txt: the exact version of all that requirements/dev.txt pulls in.

Raise the pins in requirements/*.txt by hand, then run
`make pins PYTHONS="python3.10 python3.11 python3.12 python3.13"`. Each interpreter answers for
its own Python version; it needs pip.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
HEADER = "# Written by `make pins`: what requirements/dev.txt pulls in, on every supported Python.\n"


def resolve(python: str) -> tuple[str, dict[str, str]]:
    """The Python version of an interpreter, and the distributions pip would install for it."""
    pip = [python, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
    answer = subprocess.run([*pip, "-r", str(REQUIREMENTS / "dev.txt")], check=True, stdout=subprocess.PIPE)
    report = json.loads(answer.stdout)
    found = {item["metadata"]["name"]: item["metadata"]["version"] for item in report["install"]}
    names = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found.items()}
    return report["environment"]["python_version"], names


def main(pythons: list[str]) -> None:
    resolved = dict(resolve(python) for python in pythons)
    lines = []
    for name in sorted(set().union(*resolved.values())):
        by_version: dict[str, list[str]] = {}
        for python_version, names in resolved.items():
            if name in names:
                by_version.setdefault(names[name], []).append(python_version)
        for version, python_versions in by_version.items():
            everywhere = len(python_versions) == len(resolved)
            marker = " or ".join(f'python_version == "{v}"' for v in python_versions)
            lines.append(f"{name}=={version}" + ("" if everywhere else f"; {marker}"))
    (REQUIREMENTS / "constraints.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
