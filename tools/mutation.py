"""Mutation testing with cosmic-ray: each small change to a module must make one of its tests fail.

Usage: python tools/mutation.py [MODULE...]
The modules, their tests and the changes that no test can notice are in tools/mutation.yml. This changes the files
that it tests: run it in a copy (`make mutation` does). It fails when a mutant survives that is not listed there, and
when one that is listed does not survive.
"""

import ast
import difflib
import importlib
import math
import os
import re
import resource
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from cosmic_ray.commands import init
from cosmic_ray.mutating import use_mutation
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import MutationSpec

SETTINGS = Path("tools/mutation.yml")
FOLDER = Path("plugins")
# One process, quick tests first, the same examples every time, none kept, and no complaints about a slow machine.
PYTEST = ["--quiet", "--exitfirst", "-pno:xdist", "-pno:cov", "-ptests.support.quick_first", "--hypothesis-profile=ci"]
IMPORTED = ("ansible.module_utils.common.arg_spec", "hypothesis.strategies", "requests", "tests.simulator")
"""What tests import beside the modules: it is imported once, and not anew for each mutant."""
ORDER = re.compile(r"ReplaceComparisonOperator_(Eq|NotEq)_[LG]")
PATIENCE = 5  # a mutant that takes this many times the processor time of the original module counts as noticed


class Change(NamedTuple):
    """A mutant as lines of the module: what they were, what they became. Where they are does not count."""

    was: str
    becomes: str


class Score(NamedTuple):
    mutants: int
    killed: int
    survivors: list[Change]
    seconds: float  # of processor time


def unevaluated(source: str) -> Iterator[ast.expr]:
    """All that Python does not evaluate here (every file has `from __future__ import annotations`)."""
    for node in ast.walk(ast.parse(source)):
        for name in ("annotation", "returns"):
            found = getattr(node, name, None)
            if isinstance(found, ast.expr):
                yield found


def string_comparisons(source: str) -> set[tuple[int, int]]:
    """The positions of comparisons with a string, as cosmic-ray has them: line and column after the left operand."""
    return {
        (node.left.end_lineno or 0, (node.left.end_col_offset or 0) + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Compare) and isinstance(node.comparators[0], ast.Constant)
        if isinstance(node.comparators[0].value, str)
    }


def mutations(path: Path) -> list[MutationSpec]:
    """All mutations of a module, except in annotations, and except < and > instead of == and != for strings."""
    source = path.read_text(encoding="utf-8")
    spans = [
        ((node.lineno, node.col_offset), (node.end_lineno or 0, node.end_col_offset or 0))
        for node in unevaluated(source)
    ]
    strings = string_comparisons(source)
    with use_db(":memory:") as database:
        init([path], database, {})
        found = [item.mutations[0] for item in database.pending_work_items]
    return [
        one
        for one in found
        if not any(first <= tuple(one.start_pos) < last for first, last in spans)
        and not (tuple(one.start_pos) in strings and ORDER.search(one.operator_name))
    ]


def change(before: str, after: str) -> Change:
    diff = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]
    was, becomes = ("\n".join(line[1:].strip() for line in diff if line[:1] == sign) for sign in "-+")
    return Change(was, becomes)


def run(tests: list[str], limit: int = 0) -> tuple[bool, float]:
    """Whether tests pass, in a fork of this process; the seconds of processor time that they took, *limit* at most."""
    child = os.fork()
    if not child:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if limit:
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
            sys.dont_write_bytecode = True  # or it might be used for the next mutant
        os._exit(pytest.main([*PYTEST, *tests]))
    _child, status, used = os.wait4(child, 0)
    return status == 0, used.ru_utime + used.ru_stime


def score(module: str, tests: list[str]) -> Score:
    """Runs the tests on every mutant of the module."""
    path = FOLDER / f"{module}.py"
    started = sum(os.times()[:4])
    passed, seconds = run(tests)
    if not passed:
        sys.exit(f"{module}: its tests fail as it is: {' '.join(tests)}")
    limit = math.ceil(PATIENCE * seconds)
    survivors, specs = [], mutations(path)
    for one in specs:
        operator = get_operator(one.operator_name)(**one.operator_args)
        with use_mutation(path, operator, one.occurrence) as (before, after):
            if run(tests, limit)[0]:
                survivors.append(change(before, after))
    return Score(len(specs), len(specs) - len(survivors), sorted(survivors), sum(os.times()[:4]) - started)


def report(module: str, found: Score, equivalent: set[Change]) -> bool:
    """Prints the score. Whether the survivors are those that are known to be equivalent."""
    new = [one for one in found.survivors if one not in equivalent]
    counted = found.mutants - len(found.survivors) + len(new)
    print(
        f"{module}: {found.mutants} mutants, {found.killed} killed, {len(found.survivors) - len(new)} equivalent, "
        f"{len(new)} survived: {100 * found.killed / counted:.1f} %, {found.seconds:.0f} s of processor time",
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
    warnings.simplefilter("error", SyntaxWarning)  # Python itself notices a comparison with a literal by identity
    for name in IMPORTED:
        importlib.import_module(name)
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
