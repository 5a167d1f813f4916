# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What those who work on the project rely on: the guide, the hooks, the pins and the matrix."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tools import matrix, oldest_python, pins

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = yaml.safe_load((ROOT / matrix.SETTINGS).read_text(encoding="utf-8"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def targets_of_make() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):.* ## ", read("Makefile"), re.MULTILINE))


# The guide and the hooks


def test_the_guide_names_commands_that_exist() -> None:
    named = set(re.findall(r"\bmake ([a-z-]+)", read("CONTRIBUTING.md")))
    assert {"unit", "lint", "hooks", "release", "raise-pins", "matrix"} <= named
    assert named <= targets_of_make()


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/matrix.md"])
def test_the_links_of_a_page_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", read(page))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


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


# The pins

RESOLVED = {
    "3.10": {"one": "1.0", "two": "1.5", "kept": "3.0"},
    "3.11": {"one": "1.0", "two": "1.9", "kept": "3.0"},
    "3.12": {"one": "1.0", "two": "2.0", "kept": "3.0", "new": "7"},
    "3.13": {"one": "1.0", "two": "2.0", "kept": "3.0", "new": "7"},
}


def test_raising_the_pins_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "some.txt"
    file.write_text(
        "# Why.\n"
        "One==0.9\n"
        'two==1.2; python_version < "3.11"\n'
        "# For newer ones.\n"
        'two==1.3; python_version >= "3.11"\n'
        'kept==2.0; python_version < "3.12"\n'
        'kept==2.1; python_version >= "3.12"  # held: 3.0 breaks it\n'
        'new==6; python_version >= "3.12"\n'
    )
    pins.raise_file(file, RESOLVED)
    assert file.read_text() == (
        "# Why.\n"
        "One==1.0\n"
        'two==1.5; python_version < "3.11"\n'
        'two==1.9; python_version == "3.11"\n'
        'two==2.0; python_version >= "3.12"\n'
        "# For newer ones.\n"
        'kept==2.0; python_version < "3.12"\n'
        'kept==2.1; python_version >= "3.12"  # held: 3.0 breaks it\n'
        'new==7; python_version >= "3.12"\n'
    )


def test_every_requirement_is_pinned_and_can_be_raised() -> None:
    for constraints, paths in pins.groups().items():
        known = {pin.name for pin in pins.pins_of(constraints)}
        for path in paths:
            wanted = {pins.normal(pin.name) for pin in pins.pins_of(path)}
            assert wanted and wanted <= known, f"{path}: run make pins"


def test_raising_leaves_no_file_behind() -> None:
    """What is pinned by hand is not also in the constraints, which would disagree with it one day."""
    raised = {pin.name for pin in pins.pins_of(pins.REQUIREMENTS / pins.CONSTRAINTS) if pin.applies("3.11")}
    by_hand = [path for path in pins.REQUIREMENTS.glob("*.txt") if pins.BY_HAND in path.read_text(encoding="utf-8")]
    assert by_hand
    for path in by_hand:
        pinned = {
            pins.normal(pin.name) for line in path.read_text(encoding="utf-8").splitlines() if (pin := pins.parse(line))
        }
        assert pinned & raised == set(), path


# The matrix


def test_the_matrix_goes_from_the_oldest_ansible_core_to_the_newest() -> None:
    versions = [core["version"] for core in SETTINGS["cores"]]
    assert yaml.safe_load(read("meta/runtime.yml"))["requires_ansible"] == f">={versions[0].rpartition('.')[0]}.0"
    newest = {pin.version for pin in pins.pins_of(pins.REQUIREMENTS / pins.CONSTRAINTS) if pin.name == "ansible-core"}
    assert newest <= set(versions), "a new ansible-core needs a line in tools/matrix.yml"
    assert sorted({pair.python for pair in matrix.pairs(SETTINGS)}) == [name[6:] for name in pins.PYTHONS]


def test_the_matrix_names_targets_that_exist() -> None:
    for name in SETTINGS["some_targets"]:
        assert (ROOT / "tests" / "integration" / "targets" / name).is_dir()


def test_the_page_shows_the_versions_of_the_matrix() -> None:
    page = read("docs/matrix.md")
    for core in SETTINGS["cores"]:
        line = re.search(rf"^\| {re.escape(core['version'])} +(\|.*)\|$", page, re.MULTILINE)
        assert line, f"run make matrix: no {core['version']}"
        assert sum(bool(cell.strip()) for cell in line[1].split("|")) == len(core["pythons"])


def test_the_table_says_what_failed_what_was_not_there_and_what_was_not_run() -> None:
    first, second, third, *_others = everything = matrix.pairs(SETTINGS)
    good, bad = matrix.Outcome(True, 70, "9 passed"), matrix.Outcome(False, 5, "1 failed")
    text = matrix.text_of_page(everything, {first: {"unit": good, "role": bad}, second: {}})
    assert first.version == second.version == third.version
    line = rf"^\| {re.escape(first.version)} +\| failed: role \| not available \| not run +\|"
    assert re.search(line, text, re.MULTILINE), text
    assert re.search(rf"^\| {first.name} +\| role +\| failed +\| 1 failed +\| +5 \|$", text, re.MULTILINE)
    assert matrix.cell({"unit": good, "integration": good}) == "passed, 140 s"


def test_one_pair_can_be_chosen_and_only_one_that_exists() -> None:
    pairs = matrix.pairs(SETTINGS)
    assert [pair.name for pair in matrix.chosen(pairs, ["2.16/3.10"])] == ["2.16/3.10"]
    assert matrix.chosen(pairs, []) == pairs
    with pytest.raises(SystemExit, match=r"No such pair: 2\.15/3\.9"):
        matrix.chosen(pairs, ["2.15/3.9"])


@pytest.mark.parametrize(
    ("specifier", "python", "refused"),
    [
        (">=3.11.5", "3.11", True),
        ("!=3.9.0,>= 3.11.5,<4", "3.11", True),
        (">3.11.2", "3.11", True),
        (">=3.11.2", "3.11", False),
        (">=3.11.5", "3.12", False),
        (">=3.11", "3.11", False),
        (">=3.1.9", "3.11", False),
        (">=3.10.5", "3.10", True),
        ("", "3.10", False),
    ],
)
def test_pins_that_the_oldest_patch_release_cannot_have(specifier: str, python: str, refused: bool) -> None:
    found = oldest_python.too_new({"one 1.0": specifier}, python)
    assert found == ([f"one 1.0 needs Python {specifier}"] if refused else [])


def test_every_python_has_an_oldest_patch_release() -> None:
    assert [f"python{version}" for version in oldest_python.OLDEST] == list(pins.PYTHONS)


@pytest.mark.slow
def test_this_environment_could_be_made_on_it() -> None:
    oldest_python.main()
