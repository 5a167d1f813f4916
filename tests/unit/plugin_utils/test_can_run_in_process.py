"""What leads to a process of its own, and what does not."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import can_run_in_process


class Templar:
    """Knows one variable."""

    def template(self, value: Any) -> Any:
        return sys.executable if value == "{{ ansible_playbook_python }}" else value


def action(**changes: Any) -> Any:
    """The action of a task with a local connection; changes: attributes of its parts, by path."""
    made = SimpleNamespace(
        _connection=SimpleNamespace(transport="local", become=None),
        _play_context=SimpleNamespace(become=False),
        _task=SimpleNamespace(async_val=0, environment=[{}], delegate_to=None),
        _templar=Templar(),
    )
    for path, value in changes.items():
        part, name = path.split("__")
        setattr(getattr(made, f"_{part}"), name, value)
    return made


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VPCEP_DIRECT", "ANSIBLE_PYTHON_INTERPRETER"):
        monkeypatch.delenv(name, raising=False)


def test_a_local_task_runs_here() -> None:
    assert can_run_in_process.may_run_here(action(), {})
    assert can_run_in_process.may_run_here(action(task__environment=None), {})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("connection__transport", "ssh"),
        ("connection__become", object()),
        ("play_context__become", True),
        ("task__async_val", 60),
        ("task__environment", [{}, {"HTTPS_PROXY": "http://proxy"}]),
        ("task__environment", ["{{ proxies }}"]),
    ],
)
def test_what_asks_for_a_process(path: str, value: Any) -> None:
    assert not can_run_in_process.may_run_here(action(**{path: value}), {})


@pytest.mark.parametrize(("setting", "here"), [("0", False), ("No", False), (" off ", False), ("1", True), ("", True)])
def test_the_switch(monkeypatch: pytest.MonkeyPatch, setting: str, here: bool) -> None:
    monkeypatch.setenv("VPCEP_DIRECT", setting)
    assert can_run_in_process.may_run_here(action(), {}) is here


def test_without_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(can_run_in_process, "requests", None)
    assert not can_run_in_process.may_run_here(action(), {})


def test_when_the_files_are_to_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(can_run_in_process.constants, "DEFAULT_KEEP_REMOTE_FILES", True)
    assert not can_run_in_process.may_run_here(action(), {})


@pytest.mark.parametrize(
    ("wanted", "here"),
    [
        (sys.executable, True),
        ("{{ ansible_playbook_python }}", True),
        ("auto", True),
        ("auto_silent", True),
        ("", True),
        ("/usr/bin/env python3", False),
        ("/nowhere/bin/python", False),
        ("/bin/sh", False),
    ],
)
def test_the_python_that_was_asked_for(wanted: str, here: bool) -> None:
    assert can_run_in_process.may_run_here(action(), {"ansible_python_interpreter": wanted}) is here


def test_a_link_from_another_environment_is_another_python(tmp_path: Path) -> None:
    """It has other libraries. Another name in the same environment is the same."""
    other = tmp_path / "python"
    other.symlink_to(os.path.realpath(sys.executable))
    assert subprocess.run([other, "-c", ""], check=False).returncode == 0
    assert not can_run_in_process.is_this_python(str(other))
    assert can_run_in_process.is_this_python(str(Path(sys.executable).parent / "python3"))


def test_whose_python_counts_when_a_task_is_delegated() -> None:
    delegated = {"ansible_delegated_vars": {"localhost": {"ansible_python_interpreter": sys.executable}}}
    seen = {"ansible_python_interpreter": "/usr/local/bin/other", **delegated}
    assert can_run_in_process.may_run_here(action(task__delegate_to="localhost"), seen)
    assert not can_run_in_process.may_run_here(action(), seen)


def test_a_python_that_ansible_found_by_itself_does_not_count() -> None:
    """It may be one without requests: the user chose none."""
    found = {"ansible_facts": {"discovered_interpreter_python": "/nowhere/bin/python"}}
    for setting in ({}, {"ansible_python_interpreter": "auto"}, {"ansible_python_interpreter": "auto_silent"}):
        assert can_run_in_process.may_run_here(action(), {**setting, **found})


def test_a_module_process_on_this_machine_gets_this_python() -> None:
    ours = {"ansible_python_interpreter": sys.executable}
    assert can_run_in_process.with_this_python(action(), {"a": 1}) == {"a": 1, **ours}
    chosen = {"ansible_python_interpreter": "/usr/local/bin/other"}
    assert can_run_in_process.with_this_python(action(), chosen) == chosen
    assert can_run_in_process.with_this_python(action(play_context__become=True), {}) == {}
    assert can_run_in_process.with_this_python(action(connection__transport="ssh"), {}) == {}
    delegated = {"ansible_delegated_vars": {"localhost": {"b": 2}, "far": {}}}
    expected = {"ansible_delegated_vars": {"localhost": {"b": 2, **ours}, "far": {}}}
    assert can_run_in_process.with_this_python(action(task__delegate_to="localhost"), delegated) == expected


def test_the_setting_of_ansible_counts_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_PYTHON_INTERPRETER", "/nowhere/bin/python")
    assert not can_run_in_process.may_run_here(action(), {})


def test_a_module_process_knows_its_playbook_unless_it_is_to_outlive_it() -> None:
    assert can_run_in_process.controller(action()._task) == {"VPCEP_CONTROLLER": str(os.getppid())}
    assert can_run_in_process.controller(action(task__async_val=5)._task) == {}
