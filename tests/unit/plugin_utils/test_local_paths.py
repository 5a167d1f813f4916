"""Relative paths of options and of environment variables, made absolute for a module process."""

import os
from pathlib import Path

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import local_paths

FILE = {"file": {"type": "path"}}
SPEC = {**FILE, "word": {"type": "str"}, "other": {"type": "dict", "options": FILE}}


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    for name in local_paths.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.chdir(tmp_path)
    return Path(os.getcwd())


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("a.pem", "/play/a.pem"),
        ("../a.pem", "/play/../a.pem"),
        ("/etc/a.pem", "/etc/a.pem"),
        ("~/a.pem", "/home/me/a.pem"),
        ("$HOME/a.pem", "/home/me/a.pem"),
        ("", ""),
        (None, None),
        (["a"], ["a"]),
    ],
)
def test_options_of_type_path(given: object, expected: object) -> None:
    arguments = {"file": given, "word": "a.pem", "unknown": "a.pem"}
    assert local_paths.absolute_options(SPEC, arguments, "/play") == {**arguments, "file": expected}
    assert local_paths.absolute_options(SPEC, {}, "/play") == {}
    assert local_paths.absolute_options(SPEC, {"other": {"file": given}}, "/play") == {"other": {"file": expected}}
    assert local_paths.absolute_options(SPEC, {"other": "x"}, "/play") == {"other": "x"}


def test_variables(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OS_CLIENT_CONFIG_FILE", "clouds.txt")
    monkeypatch.setenv("OS_CACERT", "/etc/ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "~/ca.pem")
    monkeypatch.setenv("CURL_CA_BUNDLE", "")
    expected = {"VPCEP_WORKING_FOLDER": str(folder), "OS_CLIENT_CONFIG_FILE": f"{folder}/clouds.txt"}
    assert local_paths.environment() == expected


def test_a_folder_that_was_deleted(folder: Path) -> None:
    folder.rmdir()
    assert local_paths.environment() == {}


def test_every_path_of_the_login_is_known() -> None:
    """An option of type path may stand for a variable; a new one belongs into the list."""
    from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.sources import ENVIRONMENT

    paths = [name for name, option in auth_options().items() if option["type"] == "path"]
    assert {variable for name in paths for variable in ENVIRONMENT[name]} <= set(local_paths.VARIABLES)
