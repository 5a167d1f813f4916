"""A module in this process: the result is AnsibleModule's, and the process stays as it was."""

import datetime
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleError

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._runner.runner import Mode, execute
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import auth_options
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process

SECRET = "Secret-pa55word-4711"
LOGIN = {"auth_url": "http://127.0.0.1:9/v3", "username": "u", "password": SECRET, "project_name": "eu-de"}
LOGIN["user_domain_name"] = "d"
OTHER = {"other": {"type": "dict", "options": auth_options()}}
SPEC = {**auth_options(), **OTHER, "word": {"type": "str", "aliases": ["term"]}, "more": {"type": "dict"}}
ARGUMENTS = {"argument_spec": SPEC}


def run(program: Any, notify: Any = None, **arguments: Any) -> dict[str, Any]:
    file = SimpleNamespace(ARGUMENTS=ARGUMENTS, PROGRAM=program)
    return in_process.run("a.b.c", file, {**LOGIN, "token_cache": False, **arguments}, Mode(), notify=notify)


def test_a_result() -> None:
    result = run(lambda options, _runtime: {"changed": True, "said": options["word"]}, word="yes")
    assert result["changed"] is True and result["said"] == "yes"
    shown = result["invocation"]["module_args"]
    assert shown["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" and shown["retries"] == 5


def test_secrets_are_hidden_wherever_they_show_up() -> None:
    def tell(options: Any, _runtime: Any) -> Any:
        raise KeyError(options["password"])

    for result in (run(lambda options, _runtime: {"echo": options["password"]}), run(tell)):
        assert SECRET not in json.dumps(result) and len(json.dumps(result)) > 100


@pytest.mark.parametrize("secret, shown", [("s3cret-8", "<********>"), ("s3cret7", "<s3cret7>")])
def test_a_short_secret_of_the_environment_is_hidden_in_what_a_cloud_echoes(
    monkeypatch: pytest.MonkeyPatch, secret: str, shown: str
) -> None:
    """Ansible masks options only. A word of a few letters would be a part of too much."""

    def tell(_options: Any, runtime: Any) -> Any:
        runtime.warn(f"<{secret}>")
        return {"changed": True, "endpoints": [{"description": f"<{secret}>", secret: None}]}

    monkeypatch.setenv("OS_PASSWORD", secret)
    result = run(tell, password=None)
    assert result["changed"] is True and result["warnings"] == [shown]
    assert result["endpoints"] == [{"description": shown, secret: None}], "names of members are known ones"
    in_module_process, warnings = execute(tell, {**LOGIN, "password": None, "token_cache": False}, Mode())
    assert in_module_process["endpoints"][0]["description"] == warnings[0] == shown


def test_secrets_of_a_second_login_are_hidden_too(tmp_path: Path) -> None:
    """Those of its options, and those that only its session knows, in results, warnings and errors."""
    second, kept = "Second-pa55word-1", "OfACloudEntry-99"
    entry = {"auth": {**LOGIN, "password": kept}}

    def tell(options: Any, runtime: Any) -> Any:
        for login in (options["other"], {"cloud": entry}):
            runtime.beside(login).warn(f"<{second} {kept[:11]}>")
        runtime.warn(second)
        return {"echo": [second, options["other"]]}

    def fail(options: Any, runtime: Any) -> Any:
        runtime.beside(options["other"])
        raise VpcepError(second)

    for program in (tell, fail):
        result = run(program, other={**LOGIN, "password": second, "token_cache_dir": str(tmp_path)})
        assert second not in json.dumps(result)
    assert len(run(tell, other={**LOGIN, "password": second})["warnings"]) > 1


def test_an_error_of_a_second_login_is_explained_by_that_login() -> None:
    def fail(options: Any, runtime: Any) -> Any:
        error = ApiError("No.", operation="log in to IAM", status=401)
        error.login = runtime.beside(options["other"])
        raise error

    result = run(fail, other={**LOGIN, "username": "second", "token_cache": False})
    assert "does not know user second of account d " in result["msg"]


@pytest.mark.parametrize("wrong", [{"user": SECRET}, [SECRET], [[SECRET, True]]])
def test_a_secret_of_the_wrong_type_is_hidden_too(wrong: Any) -> None:
    assert SECRET not in json.dumps(run(lambda _options, _runtime: {}, password=wrong))


def test_a_secret_that_reads_like_a_flag_changes_no_flag() -> None:
    result = run(lambda _options, _runtime: {"changed": True, "none": None}, password="True")
    assert result["changed"] is True and result["none"] is None


def test_arguments_are_checked_first() -> None:
    result = run(lambda _options, _runtime: pytest.fail("not reached"), retries="many")
    assert result["failed"] and result["msg"] == "retries must be a whole number, not a text."


def test_an_unknown_option() -> None:
    msg = run(lambda _options, _runtime: pytest.fail("not reached"), wrod="x")["msg"]
    assert msg.startswith("Unsupported parameters for (a.b.c) module: wrod. Supported parameters include: ")


def test_the_value_of_a_misspelt_option_is_not_shown() -> None:
    result = run(lambda _options, _runtime: {}, pasword=SECRET[::-1], other={"pasword": SECRET[::-1], "timeout": 5})
    assert result["failed"] and "pasword" in result["msg"]
    assert SECRET[::-1] not in json.dumps(result) and result["invocation"]["module_args"]["other"]["timeout"] == 5
    assert run(lambda _options, _runtime: {}, term="x")["invocation"]["module_args"]["term"] == "x"


def test_an_option_and_its_alias() -> None:
    result = run(lambda _options, _runtime: {}, word="x", term="x")
    assert result["warnings"] == ["Both option word and its alias term are set."]


def test_warnings_are_of_this_task_only() -> None:
    def warn(_options: Any, runtime: Any) -> Any:
        runtime.warn("Careful.")
        return {}

    assert run(warn)["warnings"] == ["Careful."]
    assert "warnings" not in run(lambda _options, _runtime: {})


def refuse(_options: Any, _runtime: Any) -> Any:
    raise VpcepError("No.")


def stumble(_options: Any, _runtime: Any) -> Any:
    return {}["id"]


def leave(_options: Any, _runtime: Any) -> Any:
    sys.exit(3)


def test_no_error_ends_the_process() -> None:
    assert run(refuse)["msg"] == "No."
    assert "KeyError: 'id'" in run(stumble)["msg"]
    assert run(leave)["failed"] and "SystemExit: 3" in run(leave)["msg"]


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    before = (sys.stdout, sys.stderr, os.getcwd(), dict(os.environ), list(sys.meta_path))
    run(stumble)
    assert (sys.stdout, sys.stderr, os.getcwd(), dict(os.environ), list(sys.meta_path)) == before


class Tagged(str):
    """A text as Ansible hands it over: marked."""


class Sealed:
    """A vault-encrypted value: no text, but it becomes one."""

    def __str__(self) -> str:
        return SECRET


def test_a_program_gets_what_a_module_process_would_get() -> None:
    seen = {}

    def look(options: Any, _runtime: Any) -> Any:
        seen.update(options)
        return {"text": Tagged("x"), "pair": (1, 2)}

    result = run(look, word=Tagged("x"), more={Tagged("day"): datetime.date(2026, 1, 2)}, password=Sealed())
    assert (
        not isinstance(seen["word"], Tagged)
        and seen["word"] == "x"
        and seen["more"] == {"day": "2026-01-02"}
        and seen["password"] == SECRET
    )
    assert result["text"] == "x" and not isinstance(result["text"], Tagged) and result["pair"] == [1, 2]
    assert SECRET not in json.dumps(result)


def test_waits_are_told() -> None:
    told: list[Any] = []

    def wait(_options: Any, runtime: Any) -> Any:
        runtime.notify("endpoint 1", "creating", 7.0)
        return {}

    run(wait, notify=lambda *what: told.append(what))
    assert told == [("endpoint 1", "creating", 7.0)]


def test_the_invocation_is_shown_as_ansible_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A setting since ansible-core 2.21; before, there was none and it always was shown."""
    monkeypatch.setattr(in_process.constants, "config", Config({}))
    assert in_process.shows_invocation({})
    monkeypatch.setattr(in_process.constants, "config", Config({"INJECT_INVOCATION": False}))
    assert not in_process.shows_invocation({})
    monkeypatch.setattr(in_process.constants, "config", Config({"INJECT_INVOCATION": True}))
    assert in_process.shows_invocation({})


class Config:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def get_configuration_definitions(self) -> dict[str, Any]:
        return self.settings

    def get_config_value(self, name: str, variables: Any) -> Any:
        if name not in self.settings:
            raise AnsibleError(name)
        return self.settings[name]
