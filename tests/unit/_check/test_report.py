"""A report is made of a closed vocabulary, and shows what the collection does not handle."""

import re
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._check import report
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.assumptions import ASSUMPTIONS
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.forms import (
    Form,
    answer_form,
    code_word,
    error_form,
    joined,
    log_entry,
    number,
    region_word,
    shape,
    status_word,
    word,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.trial import MAPPINGS, free_port
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    CredentialsError,
)
from tests.support.cases import for_each


@pytest.mark.parametrize(
    "value, form",
    [
        (None, "null"),
        (True, "boolean"),
        (17, "number of 2 digits"),
        (-1.5, "number with fraction"),
        ("", "empty text"),
        ("my-secret-name", "text of 14 characters"),
        ("4189d3c2-8882-4871-a3c2-d380272eed80", "UUID"),
        ("2024-08-23T07:37:37Z", "time in seconds with Z"),
        ("2024-08-23T07:37:37.123", "time in another form"),
        ("192.168.0.7", "IPv4 address"),
        ("TRUE", "text true or false"),
        ([], "list of 0"),
        (["a", "b"], "list of 2, the first: text of 1 characters"),
        ({"id": "x", "my-secret": 1}, "object (id: text of 1 characters; 1 other members)"),
        ({"id": {"id": {"id": {"id": 1}}}}, "object (id: object (id: object (id: object (1 other members))))"),
    ],
)
def test_the_form_of_a_value(value: Any, form: str) -> None:
    assert shape(value) == form and isinstance(shape(value), Form)


@pytest.mark.parametrize(
    "status, code, body, form",
    [
        (204, None, None, "HTTP 204"),
        (200, None, {"id": 1}, "HTTP 200, object (id: number of 1 digits)"),
        (400, "EndPoint.2003", None, "HTTP 400, EndPoint.2003"),
        (400, "Endpoint.1018", None, "HTTP 400, Endpoint.1018"),
        (400, "EndPoint.my-secret", None, "HTTP 400, code: text of 18 characters"),
        (404, None, None, "HTTP 404, no code"),
        (401, "401", None, "HTTP 401"),
    ],
)
def test_the_form_of_an_answer(status: int | None, code: str | None, body: Any, form: str) -> None:
    assert answer_form(status, code, body) == form


def test_words() -> None:
    assert number(17) == "17" and number(4711471) == "number of 7 digits" and number("17") == "text of 2 characters"
    assert status_word("accepted") == "accepted" and status_word("my-secret") == "status: text of 9 characters"
    assert region_word("eu-de") == "eu-de" and "secret" not in region_word("secret")
    assert code_word(None) == "no code"
    assert joined(word("a"), number(2), by=" ") == "a 2"


def silence(cause: str) -> ConnectionFailed:
    error = ConnectionFailed("my-secret")
    error.cause = cause
    return error


@pytest.mark.parametrize(
    "error, form",
    [
        (silence("refused"), "no usable answer (refused)"),
        (silence("my-secret"), "no usable answer"),
        (ApiError("my-secret", status=200), "HTTP 200, without a usable object"),
        (ApiError("my-secret", status=418, code="my-secret"), "HTTP 418, code: text of 9 characters"),
        (CredentialsError("my-secret"), "the login is incomplete"),
        (ValueError("my-secret"), "a mistake of the check: ValueError"),
    ],
)
def test_the_form_of_an_error(error: Exception, form: str) -> None:
    assert error_form(error) == form


def test_the_log_of_requests_shows_no_names() -> None:
    path = "/secret/v1/4189d3c2/vpc-endpoint-services/4189d3c2/permissions?name=my-secret"
    entry = {"method": "GET", "path": path, "status": 200, "ms": 3, "request_id": "my-secret"}
    shown = {"method": "GET", "path": "/*/v1/*/vpc-endpoint-services/*/permissions", "status": 200, "ms": 3}
    assert log_entry(entry) == shown


def test_only_forms_get_into_a_report() -> None:
    findings = report.Findings()
    with pytest.raises(TypeError):
        findings.fact("login", "a text of the cloud")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        findings.note("udp", "allowed", "a text of the cloud")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        joined(word("a"), "a text of the cloud")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="udp has no reading"):
        findings.note("udp", "perhaps", word("text"))


def test_a_report_shows_what_is_not_handled_and_what_is_new() -> None:
    findings = report.Findings()
    findings.fact("clock", word("ahead by 900 s"), False)
    findings.note("udp", "allowed", word("HTTP 200"))
    findings.note("charge-type", None, shape(7))
    built = report.build(findings, word("otc"), region_word("eu-de"), {"reading": {"requests": 2, "seconds": 1}})
    assert built["unhandled"] == ["udp"] and built["surprises"] == ["charge-type"]
    lines = report.as_lines(built)
    assert any("clock" in line and line.endswith("PROBLEM") for line in lines)
    assert any(line.startswith("udp") and line.endswith("NOT HANDLED") for line in lines)
    markdown = report.as_markdown(built)
    assert "- udp (allowed): UDP cannot be used." in markdown
    assert "| charge-type | something else: number of 1 digits |  |" in markdown
    assert f"1 of {len(ASSUMPTIONS)} assumptions observed, 1 not handled, 1 that no document describes" in markdown


@for_each((assumption,) for assumption in ASSUMPTIONS.values())
def test_an_assumption_is_complete(assumption: Any) -> None:
    assert assumption.question.endswith("?") and assumption.how and assumption.collection.endswith(".")
    assert len(assumption.readings) >= 2 and set(assumption.unhandled) <= set(assumption.readings)


def test_server_ports_of_others_are_left_alone() -> None:
    taken = [{"port_id": "p", "ports": [{"server_port": port} for port in range(49152, 65535) if port % 100 < 2]}]
    for _attempt in range(20):
        first = free_port(taken, "p")
        assert not {port % 100 for port in range(first, first + MAPPINGS)} & {0, 1}


def test_the_page_shows_readings_that_exist() -> None:
    page = (Path(__file__).parents[3] / "docs" / "check-cloud.md").read_text(encoding="utf-8")
    shown = re.findall(r"(?m)^([a-z0-9-]+) {2,}(.+)$", page.partition("\nassumption ")[2].partition("```")[0])
    assert shown and [name for name, reading in shown if reading not in ASSUMPTIONS[name].readings] == []
