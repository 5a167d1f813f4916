"""What is written down in more than one place says the same everywhere."""

import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
GROUP = "vpcep"
MODULES = sorted(path for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "__init__")


def load(path: Path) -> ModuleType:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(("ansible_collections.crossvpc.vpcep", *parts)))


def yaml_file(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@cache
def documentation(path: Path) -> dict:
    return yaml.safe_load(load(path).DOCUMENTATION)


def attributes(documented: dict) -> dict:
    """A module's attributes: those of the fragment variants it extends, overlaid with its own."""
    fragment = load(ROOT / "plugins" / "doc_fragments" / "attributes.py").ModuleDocFragment
    merged: dict = {}
    for name in documented["extends_documentation_fragment"]:
        namespace, collection, source, *variant = name.split(".")
        if (namespace, collection, source) == ("crossvpc", "vpcep", "attributes"):
            text = getattr(fragment, variant[0].upper() if variant else "DOCUMENTATION")
            merged.update(yaml.safe_load(text)["attributes"])
    for name, own in documented.get("attributes", {}).items():
        merged[name] = {**merged.get(name, {}), **own}
    return merged


def test_the_action_group_holds_exactly_the_modules_that_exist() -> None:
    members = yaml_file("meta/runtime.yml")["action_groups"][GROUP]
    assert members == [path.stem for path in MODULES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_documents_its_attributes_and_action_group(path: Path) -> None:
    documented = attributes(documentation(path))
    assert {"check_mode", "diff_mode", "idempotent", "action_group"} <= documented.keys()
    assert documented["action_group"]["support"] == "full"
    assert documented["action_group"]["membership"] == [f"crossvpc.vpcep.{GROUP}"]


@pytest.mark.parametrize("path", [*MODULES, ROOT / "plugins" / "inventory" / "vpcep.py"], ids=lambda path: path.stem)
def test_a_plugin_is_found_by_the_names_of_the_clouds(path: Path) -> None:
    assert "crossvpc.vpcep.auth" in documentation(path)["extends_documentation_fragment"]


def test_the_names_of_the_clouds() -> None:
    """T Cloud Public is the name of today, Open Telekom Cloud the one that people search for."""
    fragment = load(ROOT / "plugins" / "doc_fragments" / "auth.py").ModuleDocFragment
    for name in ("T Cloud Public", "Open Telekom Cloud", "Huawei Cloud"):
        assert name in str(yaml.safe_load(fragment.DOCUMENTATION)["notes"])
        assert name in (ROOT / "README.md").read_text(encoding="utf-8")
        assert name.replace(" ", "").lower() in yaml_file("galaxy.yml")["tags"]


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("*.yml")), ids=lambda path: path.stem)
def test_playbooks_run_here_and_as_the_user(path: Path) -> None:
    """By variables of the play: those of an inventory win over keywords."""
    here = {
        "ansible_become": False,
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
    }
    for play in yaml.safe_load(path.read_text(encoding="utf-8")):
        assert here.items() <= play["vars"].items()


def set_variables(content: object) -> Iterator[str]:
    """The variables of plays and tasks. Not those of loops, which nothing overrides."""
    for name, value in content.items() if isinstance(content, dict) else []:
        yield from value if name in ("vars", "ansible.builtin.set_fact") else [value] if name == "register" else []
    for value in content.values() if isinstance(content, dict) else content if isinstance(content, list) else []:
        yield from set_variables(value)


@pytest.mark.parametrize("path", sorted((ROOT / "playbooks").glob("**/*.yml")), ids=lambda path: path.stem)
def test_variables_of_playbooks_have_a_prefix(path: Path) -> None:
    """Facts and results of an earlier play, and extra variables, override variables of a task."""
    playbooks = "|".join(one.stem for one in (ROOT / "playbooks").glob("*.yml"))
    pattern = rf"_?({playbooks}|ansible|awx|decision|fleet|notify)_.+"
    names = {*set_variables(yaml.safe_load(path.read_text(encoding="utf-8")))}
    assert [name for name in sorted(names) if not re.fullmatch(pattern, name)] == []


def test_the_program_knows_the_version_of_the_collection() -> None:
    version = load(ROOT / "plugins" / "module_utils" / "_core" / "version.py")
    assert yaml_file("galaxy.yml")["version"] == version.COLLECTION_VERSION


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def test_nothing_was_added_in_a_version_to_come() -> None:
    """version_added is at most the version of galaxy.yml, which is above the last release once there is news."""
    files = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "roles").rglob("argument_specs.yml")]
    added = {
        version
        for path in files
        for version in re.findall(r"version_added: ['\"]?([\d.]+)", path.read_text(encoding="utf-8"))
    }
    version = yaml_file("galaxy.yml")["version"]
    released = max(yaml_file("changelogs/changelog.yaml")["releases"], key=numbers)
    assert added and all(numbers(one) <= numbers(version) for one in added)
    news = list((ROOT / "changelogs" / "fragments").glob("*.y*ml"))
    assert numbers(version) > numbers(released) if news else version == released
