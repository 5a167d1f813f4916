"""What those who work on the project rely on: the guide, the hooks, the pins and the matrix."""

import re
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[3]
MATRIX = yaml.safe_load((ROOT / "tools" / "matrix.yml").read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets_of_make() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):.* ## ", read("Makefile"), re.MULTILINE))


# The guide and the hooks


def test_the_guide_names_commands_that_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", read("CONTRIBUTING.md")))
    assert {"unit", "lint", "hooks", "release", "raise-pins", "matrix"} <= named
    assert named <= targets_of_make()


def test_the_hooks_are_the_linters_and_fetch_nothing() -> None:
    (repository,) = yaml.safe_load(read(".pre-commit-config.yaml"))["repos"]
    assert repository["repo"] == "local"
    hooks = {hook["id"]: hook for hook in repository["hooks"]}
    assert {hook["language"] for hook in hooks.values()} == {"system"}
    linters = set(re.findall(r"^check (\S+)", read("tools/lint.sh"), re.MULTILINE))
    assert {name: hook["entry"] for name, hook in hooks.items()} == {name: f"tools/lint.sh {name}" for name in hooks}
    assert hooks.keys() == linters - {"antsibull-docs"}, "a linter that always reads everything is too slow for a hook"


def test_continuous_integration_runs_every_step() -> None:
    assert re.findall(r"make (\S+)", read(".ci/run")) == ["test", "test-all"]
    workflow = yaml.safe_load(read(".github/workflows/ci.yml"))
    (more,) = re.findall(r"^MORE_STEPS := (.*)$", read("Makefile"), re.MULTILINE)
    assert {"test", *more.split()} <= set(workflow["jobs"]["make"]["strategy"]["matrix"]["target"])


# The role

TASKS = sorted((ROOT / "roles/connect_vpcs/tasks").glob("*.yml"))
ROLE = [*TASKS, *(ROOT / "roles/connect_vpcs").glob("[vd]*/*.yml")]


def scalars(node: yaml.Node) -> list[yaml.ScalarNode]:
    """All values below a node."""
    if isinstance(node, yaml.ScalarNode):
        return [node]
    inner = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else node.value
    return [one for part in inner for one in scalars(part)]


def lines_of(value: yaml.ScalarNode) -> int:
    """Without the line that begins a block."""
    return value.end_mark.line - value.start_mark.line + (-1 if value.style in (">", "|") else 1)


def test_the_role_is_small() -> None:
    assert {path.parent.name for path in ROLE} == {"tasks", "vars", "defaults"}
    assert len(TASKS) <= 12
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in ROLE) <= 350


@pytest.mark.parametrize("path", ROLE, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_what_the_role_decides_is_decided_in_python(path: Path) -> None:
    """Its expressions are short, and it keeps nothing but its result."""
    text = path.read_text(encoding="utf-8")
    assert [one.value for one in scalars(yaml.compose(text)) if lines_of(one) > 2] == []
    tasks = yaml.safe_load(text) if path in TASKS else []
    assert {name for task in tasks for name in task.get("ansible.builtin.set_fact", {})} <= {"connect_vpcs_result"}


# The pins

# The oldest patch releases that distributions ship: Ubuntu 22.04, Debian 12, Ubuntu 24.04, Debian 13 (none has 3.14).
OLDEST = {"3.10": 4, "3.11": 2, "3.12": 3, "3.13": 5, "3.14": 0}
LOCKS = sorted((ROOT / "requirements").glob("*.in"))


def pins_of(lock: Path, python: str) -> list[str]:
    """The distributions that a compiled file has for the oldest patch release of a Python."""
    environment = {"python_version": python, "python_full_version": f"{python}.{OLDEST[python]}"}
    lines = [Requirement(line.partition(" --hash=")[0]) for line in lock.read_text(encoding="utf-8").splitlines()]
    return [canonicalize_name(one.name) for one in lines if not one.marker or one.marker.evaluate(environment)]


@pytest.mark.parametrize("source", LOCKS, ids=lambda path: path.stem)
def test_all_that_an_environment_holds_is_pinned_and_has_hashes(source: Path) -> None:
    lock = source.with_suffix(".txt")
    assert all(re.match(r"[\w.,\[\]-]+==\S+ .*--hash=sha256:", line) for line in lock.read_text().splitlines()), lock
    wanted = set(re.findall(r"^([A-Za-z][\w.-]*)", source.read_text(encoding="utf-8"), re.MULTILINE))
    for python in OLDEST:
        pinned = pins_of(lock, python)
        assert len(pinned) == len(set(pinned)), f"{lock}: two versions of one distribution on Python {python}"
        assert {canonicalize_name(name) for name in wanted} <= set(pinned), f"{lock}: run make pins"


# The matrix


def test_the_matrix_goes_from_the_oldest_ansible_core_to_the_newest() -> None:
    versions = list(MATRIX["cores"])
    assert yaml.safe_load(read("meta/runtime.yml"))["requires_ansible"] == f">={versions[0].rpartition('.')[0]}.0"
    newest = set(re.findall(r"^ansible-core==(\S+)", read("requirements/runtime.txt"), re.MULTILINE))
    assert newest <= set(versions), "a new ansible-core needs a line in tools/matrix.yml"
    assert {python for pythons in MATRIX["cores"].values() for python in pythons} == set(OLDEST)


def test_the_matrix_names_targets_that_exist() -> None:
    for name in MATRIX["some_targets"]:
        assert (ROOT / "tests" / "integration" / "targets" / name).is_dir()


def test_the_page_shows_the_versions_of_the_matrix() -> None:
    page = read("docs/matrix.md")
    for core, pythons in MATRIX["cores"].items():
        line = re.search(rf"^\| {re.escape(core)} (\|.*)\|$", page, re.MULTILINE)
        assert line, f"run make matrix: no {core}"
        assert sum(bool(cell.strip()) for cell in line[1].split("|")) == len(pythons)
