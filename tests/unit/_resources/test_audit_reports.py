"""Reports of an audit: valid, complete, and unharmed by texts that try to be more than text."""

import html
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.report_texts import inert
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import (
    RULES,
    described,
    finding,
    order,
    rules_of,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_checks import Seen
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_reports import FORMATS

SCHEMA = yaml.safe_load((Path(__file__).parents[2] / "support" / "sarif_schema.yml").read_text(encoding="utf-8"))
BAD = [
    "a|b \\| c \\\\| d",
    "`code` ``` **bold** _it_ ~~no~~ # x",
    "[link](https://evil.example) ![i](x) <https://e.example> https://e.example www.e.example me@e.example",
    "<script>x</script> </td> &lt; &#124; <!-- -->",
    "]]> <![CDATA[ \x00\x08\x1b[31m \u202e \ufffe \ud800 \u2028",
    "two\nlines\r\n\n- three\ttabs",
    "{0} {{ 1 + 1 }} } {",
    "'\"&<>",
]


class Login:
    """As much of a side as a finding needs."""

    name, project_id = "other", "p 1"


def result_with(text: str) -> dict[str, Any]:
    rules = rules_of({"tags-missing": {"keys": ["x"]}, "quota-near": {"enabled": False}})
    service = {"id": f"1 {text}", "service_name": f"eu-de.{text}.1 {text}"}
    seen = [Seen("endpoint_service", service, text, (text,)), Seen("endpoint", {"id": "2"}, text)]
    found = [finding("whitelist-open", rules["whitelist-open"], Login(), one) for one in seen]  # type: ignore[arg-type]
    return {
        "findings": sorted(found, key=order),
        "counts": {"high": 2, "medium": 0, "low": 0},
        "not_applied": [{"rule": "approval-off", "side": "own", "reason": found[0]["seen"]}],
        "rules": [described(name, rule) for name, rule in rules.items()],
    }


@pytest.mark.parametrize("text", BAD)
def test_a_finding_holds_printable_lines(text: str) -> None:
    (_one, found) = result_with(text)["findings"]
    for value in (found["seen"], *found["values"], found["object"]["id"], found["object"]["name"]):
        assert value.isprintable() and value == " ".join(value.split())


@pytest.mark.parametrize("text", BAD)
def test_markdown(text: str) -> None:
    """Texts have no character left that means something in Markdown, and are whole once entities are decoded."""
    result = result_with(text)
    rows = [line for line in FORMATS["markdown"](result).splitlines() if line.startswith(("| high", "| approval-off"))]
    assert [row.count("|") for row in rows] == [6, 6, 4]
    texts = [part for row in rows for part in row.strip("| ").split(" | ")]
    for part in texts:
        without_entities = re.sub("&#[0-9]+;", "", part)
        assert not re.search(r"[<>`*_\[\]|\\~#!$@&]|://|www\.", without_entities)
    cells = [html.unescape(part) for part in texts]
    assert {one["seen"] for one in result["findings"]} | {result["not_applied"][0]["reason"]} <= {*cells}


def test_addresses_stay_readable_in_markdown() -> None:
    assert inert("10.0.0.0/8, iam:domain::abc (x-1.y_)") == "10.0.0.0/8, iam:domain::abc (x-1.y&#95;)"


@pytest.mark.parametrize("text", BAD)
def test_junit(text: str) -> None:
    result = result_with(text)
    suites = ElementTree.fromstring(FORMATS["junit"](result).encode())
    (suite,) = suites
    cases = suite.findall("testcase")
    assert suites.tag == "testsuites" and suite.attrib == suites.attrib
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == (str(len(cases)), "2", "1")
    failures = [case.find("failure") for case in cases if case.find("failure") is not None]
    assert [one.text.splitlines()[0] for one in failures] == [one["seen"] for one in result["findings"]]
    assert [case.find("skipped").get("message") for case in cases if case.find("skipped") is not None] == [
        result["not_applied"][0]["reason"]
    ]
    about = {case.get("classname").removeprefix("vpcep.audit.") for case in cases}
    assert about == set(RULES) - {"quota-near"}


@pytest.mark.parametrize("text", BAD)
def test_sarif(text: str) -> None:
    result = result_with(text)
    report = json.loads(FORMATS["sarif"](result))
    jsonschema_rs.Draft202012Validator(SCHEMA).validate(report)
    (run,) = report["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [name for name in RULES if name != "quota-near"]
    for one, found in zip(run["results"], result["findings"], strict=True):
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"] == found["id"]
        assert one["properties"] == {"object": found["object"], "values": found["values"]}
        assert "](" not in one["message"]["text"], "no link"
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert rules[note["associatedRule"]["index"]]["id"] == note["associatedRule"]["id"] == "approval-off"
    prints = [tuple(one["partialFingerprints"].values()) for one in run["results"]]
    assert len({*prints}) == 2 and prints == [
        tuple(one["partialFingerprints"].values()) for one in json.loads(FORMATS["sarif"](result))["runs"][0]["results"]
    ]


def test_an_audit_without_findings() -> None:
    empty = {**result_with("x"), "findings": [], "not_applied": [], "counts": {"high": 0}}
    assert FORMATS["text"](empty) == "No findings.\n"
    assert FORMATS["markdown"](empty) == "# Audit of VPC endpoints\n\n0 findings: 0 high.\n"
    jsonschema_rs.Draft202012Validator(SCHEMA).validate(json.loads(FORMATS["sarif"](empty)))
    assert 'failures="0"' in FORMATS["junit"](empty)


def test_one_finding_is_no_plural() -> None:
    one = {**result_with("x"), "counts": {"high": 1}}
    one["findings"] = one["findings"][:1]
    assert FORMATS["markdown"](one).splitlines()[2] == "1 finding: 1 high."


def test_text() -> None:
    assert FORMATS["text"](result_with("a | b")).splitlines() == [
        "high: whitelist-open: endpoint 2 of the other login: a | b",
        "high: whitelist-open: endpoint service a | b 1 a | b of the other login: a | b",
        "not checked: approval-off: own login: a | b",
    ]
