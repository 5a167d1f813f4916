"""Mutation testing with cosmic-ray: each small change to a module must make one of its tests fail.

Usage: python tools/mutation.py [MODULE...]
The modules, their tests and the changes that no test can notice are in tools/mutation.yml. This changes the files
that it tests: run it in a copy (`make mutation` does). It fails when a mutant survives that is not listed there, and
when one that is listed does not survive.
"""

import ast
import math
import resource
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from cosmic_ray.commands import execute, init
from cosmic_ray.config import ConfigDict
from cosmic_ray.testing import run_tests
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome, WorkerOutcome, WorkResult

SETTINGS = Path("tools/mutation.yml")
FOLDER = Path("plugins")
# A comparison by identity with a literal is noticed by Python. One process, quick tests first, the same examples every
# time, none kept, and no complaints about a slow machine.
PYTEST = (
    "-W error::SyntaxWarning -m pytest --quiet --exitfirst -p no:xdist -p no:cov -p tests.support.quick_first "
    "--hypothesis-profile=ci"
)
PATIENCE = 5  # a mutant that takes this many times the processor time of the original module counts as noticed
LONGEST = 600  # seconds of one run of the tests on a busy machine


class Change(NamedTuple):
    """A mutant as lines of the module: what they were, what they became. Where they are does not count."""

    was: str
    becomes: str


class Score(NamedTuple):
    mutants: int
    killed: int
    survivors: list[Change]
    seconds: float


def unevaluated(source: str) -> Iterator[ast.expr]:
    """All that Python does not evaluate here (every file has `from __future__ import annotations`)."""
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(found, ast.expr):
                yield found


def leave_out_annotations(database: WorkDB, source: str) -> None:
    spans = [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in unevaluated(source)
    ]

    def annotates(mutation: MutationSpec) -> bool:
        return any(first <= tuple(mutation.start_pos) < last for first, last in spans)

    for item in database.pending_work_items:
        if annotates(item.mutations[0]):
            database.set_result(item.job_id, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))


def change(diff: str) -> Change:
    """The change in a unified diff."""
    lines = [line for line in diff.splitlines() if not line.startswith(("--- ", "+++ "))]
    was, becomes = ("\n".join(line[1:].strip() for line in lines if line[:1] == sign) for sign in "-+")
    return Change(was, becomes)


def processor_time() -> float:
    """Seconds that the processes which were started here and ended have taken."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def score(module: str, tests: list[str]) -> Score:
    """Runs the tests on every mutant of the module."""
    path = FOLDER / f"{module}.py"
    command = f"{shlex.quote(sys.executable)} {PYTEST} {shlex.join(tests)}"
    subprocess.run([*shlex.split(command), "--collect-only"], check=True, stdout=subprocess.DEVNULL)  # compiles all
    started, before = time.monotonic(), processor_time()
    outcome, output = run_tests(command, LONGEST)
    if outcome != TestOutcome.SURVIVED:
        sys.exit(f"{module}: its tests fail as it is.\n{output}")
    limit = math.ceil(PATIENCE * (processor_time() - before))
    limited = shlex.join(["bash", "-c", f"ulimit -t {limit}; exec {command}"])
    config = ConfigDict({"test-command": limited, "timeout": LONGEST, "distributor": ConfigDict(name="local")})
    with tempfile.TemporaryDirectory() as folder, use_db(str(Path(folder) / "session.sqlite")) as database:
        init([path], database, {})
        leave_out_annotations(database, path.read_text(encoding="utf-8"))
        execute(database, config)
        results = [result for _job, result in database.results if result.worker_outcome != WorkerOutcome.SKIPPED]
    survivors = [result for result in results if result.test_outcome == TestOutcome.SURVIVED]
    broken = [result for result in results if result.test_outcome not in (TestOutcome.SURVIVED, TestOutcome.KILLED)]
    if broken:
        sys.exit(f"{module}: {len(broken)} mutants could not be tested.\n{broken[0].output}")
    changes = sorted(change(result.diff or "") for result in survivors)
    return Score(len(results), len(results) - len(changes), changes, time.monotonic() - started)


def report(module: str, found: Score, equivalent: set[Change]) -> bool:
    """Prints the score. Whether the survivors are those that are known to be equivalent."""
    new = [one for one in found.survivors if one not in equivalent]
    counted = found.mutants - len(found.survivors) + len(new)
    print(
        f"{module}: {found.mutants} mutants, {found.killed} killed, {len(found.survivors) - len(new)} equivalent, "
        f"{len(new)} survived: {100 * found.killed / counted:.1f} %, {found.seconds:.0f} s",
        flush=True,
    )
    for one in new:
        print(f"--- {module}\n- {one.was}\n+ {one.becomes}")
    stale = sorted(equivalent - set(found.survivors))
    for one in stale:
        print(f"--- {module}: listed as equivalent, but not among the survivors\n- {one.was}\n+ {one.becomes}")
    return not new and not stale


def main(names: list[str]) -> None:
    settings: dict[str, Any] = yaml.safe_load(SETTINGS.read_text(encoding="utf-8"))
    unknown = set(names) - set(settings)
    if unknown:
        sys.exit(f"Not in {SETTINGS}: {', '.join(sorted(unknown))}.")
    fine = True
    for module in names or settings:
        listed = {Change(*lines) for one in settings[module]["equivalent"] for lines in one["changes"]}
        fine = report(module, score(module, settings[module]["tests"]), listed) and fine
    if not fine:
        sys.exit(
            f"For each mutant that survived, write a test that fails, or say in {SETTINGS} why none can. Remove the "
            "listed ones that do not survive."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
