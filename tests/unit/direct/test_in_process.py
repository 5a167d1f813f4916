# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module in this process: nothing that its program does ends the process or spoils the result."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS

from ansible_collections.crossvpc.vpcep.plugins.module_utils.errors import VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils.options import auth_options
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import in_process
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.in_process import PROFILE

SECRET = "Secret-pa55word-4711"
LOGIN = {"auth_url": "http://127.0.0.1:9/v3", "username": "u", "password": SECRET, "project_name": "eu-de"}
LOGIN["user_domain_name"] = "d"
ARGUMENTS = {"argument_spec": {**auth_options(), "word": {"type": "str"}}, "supports_check_mode": True}


def text_of(program: Any, notify: Any = None, **arguments: Any) -> str:
    internal = {"_ansible_check_mode": False, "_ansible_diff": True, "_ansible_verbosity": 0}
    internal.update({"_ansible_remote_tmp": "~/.ansible/tmp", "_ansible_module_name": "test"})
    if "inject_invocation" in PASS_VARS:  # a setting since ansible-core 2.20; before, it was always so
        internal["_ansible_inject_invocation"] = True
    file = SimpleNamespace(ARGUMENTS=ARGUMENTS, PROGRAM=program)
    return in_process.run(file, {**LOGIN, "token_cache": False, **internal, **arguments}, None, notify)


def result_of(program: Any, **arguments: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(text_of(program, **arguments))
    return answer


def test_a_result() -> None:
    result = result_of(lambda options, _runtime: {"changed": True, "said": options["word"]}, word="yes")
    assert result["changed"] is True and result["said"] == "yes"
    shown = result["invocation"]["module_args"]
    assert shown["password"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" and shown["retries"] == 5


def test_secrets_are_hidden_wherever_they_show_up() -> None:
    def tell(options: Any, _runtime: Any) -> Any:
        raise KeyError(options["password"])

    for text in (text_of(lambda options, _runtime: {"echo": options["password"]}), text_of(tell)):
        assert SECRET not in text and len(text) > 100


def test_arguments_are_checked_first() -> None:
    result = result_of(lambda _options, _runtime: pytest.fail("not reached"), retries="many")
    assert result["failed"] and result["msg"] == "retries must be a whole number, not a text."


def refuse(_options: Any, _runtime: Any) -> Any:
    raise VpcepError("No.")


def stumble(_options: Any, _runtime: Any) -> Any:
    return {}["id"]


def leave(_options: Any, _runtime: Any) -> Any:
    sys.exit(3)


def test_no_error_ends_the_process() -> None:
    assert result_of(refuse)["msg"] == "No."
    assert "KeyError: 'id'" in result_of(stumble)["msg"]
    assert text_of(leave) == ""


def test_what_is_printed_is_no_part_of_the_result(capfd: pytest.CaptureFixture[str]) -> None:
    def chatter(_options: Any, _runtime: Any) -> Any:
        print('{"changed": false}')
        print("garbage", file=sys.stderr)
        return {"changed": True}

    text = text_of(chatter)
    assert json.loads(text)["changed"] is True and "garbage" not in text
    assert capfd.readouterr() == ("", "")


def test_warnings_of_one_task_are_not_the_next_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before ansible-core 2.19 they are kept in a list of the process."""
    kept = {"of a former task": None} if PROFILE else ["of a former task"]
    monkeypatch.setattr(in_process.warnings, "_global_warnings", kept)
    assert "warnings" not in result_of(lambda _options, _runtime: {})


def test_nothing_is_left_behind() -> None:
    before = (basic._ANSIBLE_ARGS, sys.stdout, sys.stderr, os.getcwd())
    text_of(stumble)
    assert (basic._ANSIBLE_ARGS, sys.stdout, sys.stderr, os.getcwd()) == before


def test_the_folder_is_that_of_the_playbook(tmp_path: Path) -> None:
    before = os.getcwd()
    with pytest.raises(KeyError), in_process.inside(str(tmp_path)):
        assert os.getcwd() == str(tmp_path.resolve())
        raise KeyError
    assert os.getcwd() == before


def test_waits_are_told() -> None:
    told: list[Any] = []

    def wait(_options: Any, runtime: Any) -> Any:
        runtime.notify("endpoint 1", "creating", 7.0)
        return {}

    text_of(wait, notify=lambda *what: told.append(what))
    assert told == [("endpoint 1", "creating", 7.0)]
