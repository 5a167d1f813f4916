"""Pin what the environments hold: versions in requirements/*.txt, and all that they pull in in constraints.txt.

Usage: python -m tools.pins [--raise] [PYTHON...]
Each interpreter (python3.10 to python3.13, unless named) answers for its own Python version. What is pinned stays, and
what is new gets its newest version. With --raise all rises to the newest versions that go together; a name with the
comment `# held: REASON` on one of its lines keeps what it has. A file with a line `# apart: REASON` cannot live with
the versions of the others, and has constraints of its own; one with `# by hand: REASON` is left as it is.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker

from tools.oldest_python import OLDEST, too_new

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
CONSTRAINTS = "constraints.txt"
APART = "# apart: "
BY_HAND = "# by hand: "
MATRIX = ROOT / "tools" / "matrix.yml"
# The first is what nearly all work is done with; what it has is what the others have, too.
FIRST = REQUIREMENTS / "dev.txt"
PYTHONS = ("python3.10", "python3.11", "python3.12", "python3.13")
HEADER = "# Written by `make pins`: what the environments hold, on every supported Python.\n"

Versions = dict[str, str]
"""Versions by the names of distributions."""


@dataclass(frozen=True)
class Pin:
    """A line of a requirements file that pins a version."""

    name: str
    version: str
    marker: str = ""
    comment: str = ""

    def applies(self, python_version: str) -> bool:
        return not self.marker or Marker(self.marker).evaluate({"python_version": python_version})

    def __str__(self) -> str:
        marker = f"; {self.marker}" if self.marker else ""
        comment = f"  # {self.comment}" if self.comment else ""
        return f"{self.name}=={self.version}{marker}{comment}"


@dataclass(frozen=True)
class Interpreter:
    program: str
    version: str

    @classmethod
    def find(cls, name: str) -> Interpreter:
        environment = {**os.environ, "PYTHON": name}
        found = subprocess.run(
            [ROOT / "tools" / "find-python.sh"], env=environment, stdout=subprocess.PIPE, text=True, check=False
        )
        if found.returncode:
            sys.exit(f"{name} is not installed, and nobody else can tell what it would get.")
        program = found.stdout.strip()
        say = "import sys; print('{}.{}'.format(*sys.version_info))"
        return cls(
            program, subprocess.run([program, "-c", say], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        )

    def resolve(self, requirements: list[str], constraints: Versions) -> Versions:
        """What pip would install."""
        with tempfile.TemporaryDirectory() as folder:
            wanted, limits = Path(folder, "wanted.txt"), Path(folder, "limits.txt")
            wanted.write_text("\n".join(requirements) + "\n")
            limits.write_text("".join(f"{name}=={version}\n" for name, version in constraints.items()))
            pip = [self.program, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet", "--report", "-"]
            pip += ["--requirement", str(wanted), "--constraint", str(limits)]
            answer = subprocess.run(pip, stdout=subprocess.PIPE, check=False)
        if answer.returncode:
            sys.exit(f"Python {self.version} cannot have these together, see above: {' '.join(requirements)}")
        found = [item["metadata"] for item in json.loads(answer.stdout)["install"]]
        requires = {f"{item['name']} {item['version']}": item.get("requires_python") or "" for item in found}
        if late := too_new(requires, self.version):
            sys.exit(f"Pin older ones, as users have {self.version}.{OLDEST[self.version]}: {'; '.join(late)}.")
        return {normal(item["name"]): item["version"] for item in found}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def parse(line: str) -> Pin | None:
    found = re.fullmatch(r"([\w.\-\[\]]+)==([\w.!+]+)(?:; *([^#]*?))?(?:\s+# *(.*))?", line.strip())
    return Pin(found[1], found[2], found[3] or "", found[4] or "") if found else None


def files() -> list[Path]:
    """The requirements files that are looked after here, that of nearly everything first."""
    others = [path for path in sorted(REQUIREMENTS.glob("*.txt")) if path != FIRST and CONSTRAINTS not in path.name]
    found = [FIRST, *others, *sorted(ROOT.glob("tests/*/requirements.txt"))]
    return [path for path in found if BY_HAND not in path.read_text(encoding="utf-8")]


def groups() -> dict[Path, list[Path]]:
    """Files of constraints, and for which requirements files each of them is."""
    parts = {other for path in files() for other in included(path)}
    found: dict[Path, list[Path]] = {}
    for path in files():
        if path not in parts:
            apart = APART in path.read_text(encoding="utf-8")
            own = f"{path.stem}-{CONSTRAINTS}" if apart else CONSTRAINTS
            found.setdefault(REQUIREMENTS / own, []).append(path)
    return found


def included(path: Path) -> list[Path]:
    lines = path.read_text(encoding="utf-8").splitlines()
    return [path.parent / line[3:].strip() for line in lines if line.startswith("-r ")]


def included_at_all(path: Path) -> list[Path]:
    return [found for other in included(path) for found in (other, *included_at_all(other))]


def pins_of(path: Path) -> list[Pin]:
    """The pins in a file and in those that it includes."""
    found = [pin for other in included(path) for pin in pins_of(other)]
    for line in path.read_text(encoding="utf-8").splitlines():
        if pin := parse(line):
            found.append(pin)
        elif line.strip() and not line.startswith(("#", "-r ")):
            sys.exit(f"{path}: nobody can raise {line!r}: pin it with ==.")
    return found


def held(pins: list[Pin]) -> set[str]:
    return {pin.name for pin in pins if pin.comment.startswith("held:")}


def of_python(pins: list[Pin], python: str) -> Versions:
    return {normal(pin.name): pin.version for pin in pins if pin.applies(python)}


def all_versions(interpreter: Interpreter, constraints: Path, paths: list[Path], raising: bool) -> Versions:
    """What environments hold on one Python. Where they have the same they have it in the same version."""
    versions: Versions = {}
    before = of_python(pins_of(constraints), interpreter.version) if constraints.exists() and not raising else {}
    for path in paths:
        pins = pins_of(path)
        rising = {pin.name for pin in pins} - held(pins) if raising else set()
        own = [pin for pin in pins if pin.applies(interpreter.version)]
        wanted = [pin.name if pin.name in rising else f"{pin.name}=={pin.version}" for pin in own]
        pinned = of_python(pins, interpreter.version)
        limits = {name: version for name, version in before.items() if name not in pinned} | versions
        versions |= interpreter.resolve(wanted, limits)
        print(f"Python {interpreter.version}, {path.relative_to(ROOT)}: {len(versions)} so far", file=sys.stderr)
    return versions


def spans(by_python: dict[str, str | None]) -> list[tuple[str, str]]:
    """(version, marker) for each run of Pythons that have the same version; Pythons are in order, and None is none."""
    pythons = list(by_python)
    runs: list[list[str]] = []
    for python in pythons:
        if runs and by_python[runs[-1][0]] == by_python[python]:
            runs[-1].append(python)
        else:
            runs.append([python])
    return [(version, marker(run, pythons)) for run in runs if (version := by_python[run[0]]) is not None]


def marker(run: list[str], pythons: list[str]) -> str:
    """Which Pythons a run of them is."""
    first, last = run[0] == pythons[0], run[-1] == pythons[-1]
    if first and last:
        return ""
    if first:
        return f'python_version < "{pythons[len(run)]}"'
    if last:
        return f'python_version >= "{run[0]}"'
    return " or ".join(f'python_version == "{python}"' for python in run)


def raise_file(path: Path, resolved: dict[str, Versions]) -> None:
    """Rewrite the pins of a file; everything else in it stays."""
    lines = []
    done: set[str] = set()
    stay = held(pins_of(path))
    for line in path.read_text(encoding="utf-8").splitlines():
        pin = parse(line)
        if pin is None or pin.name in stay:
            lines.append(line)
        elif pin.name not in done:
            done.add(pin.name)
            plain = normal(pin.name.partition("[")[0])
            by_python = {python: versions.get(plain) for python, versions in resolved.items()}
            lines += [str(Pin(pin.name, version, where, pin.comment)) for version, where in spans(by_python)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def raise_matrix(interpreters: list[Interpreter]) -> None:
    """The newest of each ansible-core that the matrix names, and the resolvelib that goes with it."""

    def newest(found: re.Match[str]) -> str:
        core, python = found["core"], found["python"]
        interpreter = next(one for one in interpreters if one.version == python)
        versions = interpreter.resolve([f"ansible-core=={core}.*"], {})
        version, resolvelib = versions["ansible-core"], versions["resolvelib"]
        return f'{{version: {version}, resolvelib: {resolvelib}, pythons: ["{python}"'

    line = re.compile(r'\{version: (?P<core>\d+\.\d+)\.\S+, resolvelib: \S+, pythons: \["(?P<python>[\d.]+)"')
    MATRIX.write_text(line.sub(newest, MATRIX.read_text(encoding="utf-8")), encoding="utf-8")


def write_constraints(path: Path, resolved: dict[str, Versions]) -> None:
    lines = []
    for name in sorted(set().union(*resolved.values())):
        by_version: dict[str, list[str]] = {}
        for python_version, names in resolved.items():
            if name in names:
                by_version.setdefault(names[name], []).append(python_version)
        for version, python_versions in by_version.items():
            everywhere = len(python_versions) == len(resolved)
            where = " or ".join(f'python_version == "{v}"' for v in python_versions)
            lines.append(str(Pin(name, version, "" if everywhere else where)))
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> None:
    raising = "--raise" in arguments
    names = [argument for argument in arguments if argument != "--raise"] or PYTHONS
    interpreters = [Interpreter.find(name) for name in names]
    for constraints, paths in groups().items():
        resolved = {one.version: all_versions(one, constraints, paths, raising) for one in interpreters}
        if raising:
            for path in {other for one in paths for other in (one, *included_at_all(one))}:
                raise_file(path, resolved)
        write_constraints(constraints, resolved)
    if raising:
        raise_matrix(interpreters)


if __name__ == "__main__":
    main(sys.argv[1:])
