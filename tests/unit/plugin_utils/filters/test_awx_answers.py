"""Small filters for AWX: answers of surveys, reasons of failed updates, the collection that is installed."""

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.answers import (
    answer_from_yaml,
    awx_update_failure,
    first_installed,
)


@pytest.mark.parametrize(
    "answer, value",
    [("", None), ("null", None), ("[]", []), ("{a: 1}", {"a": 1}), ("- b", ["b"]), ([1], [1]), (None, None)],
)
def test_an_answer(answer: Any, value: Any) -> None:
    assert answer_from_yaml(answer, "New service: ports") == value


@pytest.mark.parametrize("answer, place", [("- {a: 1", "line 1, column 8"), ("a: 1\n b: 2", "line 2, column 3")])
def test_bad_yaml_names_the_question(answer: str, place: str) -> None:
    with pytest.raises(AnsibleFilterError) as raised:
        answer_from_yaml(answer, "New service: ports")
    assert f'The answer to "New service: ports" is not valid YAML in {place}: ' in str(raised.value)


@pytest.mark.parametrize(
    "update, log, reason",
    [
        ({"job_explanation": "Task was canceled.", "result_traceback": ""}, "x", "Task was canceled."),
        ({}, 'fatal: [localhost]: FAILED! => {"msg": "not\\n\\"found\\""}\x1b[0m\r\nfatal: no', 'not "found"'),
        ({}, '\x1b[0;31mfatal: [localhost]: FAILED! => {"rc": 1}\x1b[0m', ""),
        ({}, "FAILED! => {cut off}", "{cut off}"),
        ({}, "", ""),
    ],
)
def test_the_reason_of_a_failed_update(update: dict[str, Any], log: str, reason: str) -> None:
    assert awx_update_failure(update, log) == reason


def test_the_first_collection_that_is_installed() -> None:
    assert first_installed(["no.such", "crossvpc.vpcep"]) == "crossvpc.vpcep"
    with pytest.raises(AnsibleFilterError, match="Install one of these collections: "):
        first_installed(["no.such", "crossvpc.missing"])
