"""Each new module and option has version_added, a changelog fragment and a test."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.unit.modules.test_documentation import MODULES, documentation

ROOT = Path(__file__).resolve().parents[3]
RELEASED = yaml.safe_load(Path(__file__).with_name("released_options.yml").read_text(encoding="utf-8"))


def texts(*patterns: str) -> str:
    """The contents of the files that match, this folder's left out."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern)) if path.parent.name != "repository"]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


@cache
def given(text: str) -> set[str]:
    """The options that tests give: as a task's or a call's argument, or as a rule of test_validation.py."""
    found = re.findall(r"\b(\w+)\b['\"]?\s*[:=]|Rule\([^,]+, ['\"](\w+)['\"]", text)
    return {name for names in found for name in names}


def numbers(version: Any) -> tuple[int, ...]:
    return tuple(int(number) for number in str(version).split("."))


@dataclass
class Evidence:
    """What says that something new was announced and tested.

    released: the last version; options: those it has; unit_tests: see given().
    """

    released: str
    options: dict[str, str]
    fragments: str
    unit_tests: set[str]
    targets: dict[str, str]

    @classmethod
    def of_project(cls) -> Evidence:
        changelog = yaml.safe_load((ROOT / "changelogs/changelog.yaml").read_text(encoding="utf-8"))
        return cls(
            released=max(changelog["releases"], key=numbers),
            options=RELEASED,
            fragments=texts("changelogs/fragments/*.yml"),
            unit_tests=given(texts("tests/unit/**/test_*.py", "tests/acceptance/**/test_*.py")),
            targets={name: texts(f"tests/integration/targets/{name}/tasks/*.yml") for name in MODULES},
        )

    def missing(self) -> list[str]:
        return [line for name in MODULES for line in self.missing_of_module(name, documentation(name))]

    def missing_of_module(self, name: str, document: dict[str, Any]) -> list[str]:
        added = document.get("version_added")
        missing = [] if added else [f"{name}: no version_added"]
        if is_news(added, self.released) and not re.search(rf"\b{name}\b", self.fragments):
            missing.append(f"{name}: no fragment in changelogs/fragments names it")
        if f"crossvpc.vpcep.{name}:" not in self.targets.get(name, ""):
            missing.append(f"{name}: no test in tests/integration/targets/{name}")
        for option, description in document["options"].items():
            if is_news(added, self.released):
                description = {"version_added": added, **description}
            missing += self.missing_of_option(name, option, description, bool(is_news(added, self.released)))
        return missing

    def missing_of_option(self, module: str, option: str, description: dict[str, Any], new_module: bool) -> list[str]:
        added, missing = description.get("version_added"), []
        if not added and option not in self.options.get(module, "").split():
            missing.append("no version_added")
        in_fragments = re.search(rf"``{option}\b", self.fragments)
        if not new_module and (missing or is_news(added, self.released)) and not in_fragments:
            missing.append(f"no fragment in changelogs/fragments names it (``{option}``)")
        if option not in self.unit_tests and option not in given(self.targets.get(module, "")):
            missing.append(f"no test in tests/integration/targets/{module}, tests/unit or tests/acceptance gives it")
        return [f"{module}, {option}: {what}" for what in missing]


def is_news(added: Any, released: str) -> bool:
    return bool(added) and numbers(added) > numbers(released)


def test_all_that_is_new_is_announced_and_tested() -> None:
    evidence = Evidence.of_project()
    missing = evidence.missing()
    assert not missing, "\n".join(missing)


def test_after_a_release_nothing_is_new_but_what_it_lacks() -> None:
    options = {name: " ".join(documentation(name)["options"]) for name in MODULES}
    evidence = replace(Evidence.of_project(), released="9.9.9", fragments="", options=options)
    missing = [line for line in evidence.missing() if ": no test in " not in line]
    assert not missing, "\n".join(missing)
    evidence.options["vpcep_audit_info"] = evidence.options["vpcep_audit_info"].replace("rules", "")
    found = evidence.missing_of_module("vpcep_audit_info", documentation("vpcep_audit_info"))
    assert [line.partition(" in ")[0] for line in found] == [
        "vpcep_audit_info, rules: no version_added",
        "vpcep_audit_info, rules: no fragment",
    ]


def test_a_new_option_without_anything() -> None:
    document = documentation("vpcep_endpoint")
    document = {**document, "options": {"made_up": {"type": "str"}}}
    found = Evidence.of_project().missing_of_module("vpcep_endpoint", document)
    assert [line.split(": ")[1].split(" in ")[0] for line in found] == ["no version_added", "no fragment", "no test"]
    assert all(line.startswith("vpcep_endpoint, made_up: ") for line in found)


def test_a_new_option_with_a_version_only() -> None:
    document = documentation("vpcep_endpoint")
    document = {**document, "options": {"made_up": {"version_added": "9.0.0"}}}
    found = Evidence.of_project().missing_of_module("vpcep_endpoint", document)
    assert [line.split(": ")[1].split(" in ")[0] for line in found] == ["no fragment", "no test"]


def test_a_new_module_without_anything() -> None:
    evidence = Evidence.of_project()
    assert evidence.missing_of_module("vpcep_made_up", {"options": {}}) == [
        "vpcep_made_up: no version_added",
        "vpcep_made_up: no test in tests/integration/targets/vpcep_made_up",
    ]
    assert evidence.missing_of_module("vpcep_made_up", {"version_added": "9.0.0", "options": {}}) == [
        "vpcep_made_up: no fragment in changelogs/fragments names it",
        "vpcep_made_up: no test in tests/integration/targets/vpcep_made_up",
    ]
