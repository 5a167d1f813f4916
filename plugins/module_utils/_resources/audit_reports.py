"""The result of an audit as plain text, Markdown, JUnit XML and SARIF 2.1.0.

All functions are pure. Texts of findings are printable lines, so XML allows all of their characters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from html import escape
from urllib.parse import quote

from .._core.report_texts import counted, inert, junit_file, markdown_table
from .._core.types import Object
from .._core.version import COLLECTION_VERSION
from .._schema.argument_specs import REPORT_FORMATS

NAME = "crossvpc.vpcep audit"
URL = "https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/audit.md"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"high": "error", "medium": "warning", "low": "note"}
SCORES = {"high": "8.0", "medium": "5.0", "low": "2.0"}  # security-severity, as GitHub reads it
PATHS = {"endpoint_service": "vpc-endpoint-services", "endpoint": "vpc-endpoints", "connection": "vpc-endpoints"}


def plain(result: Object) -> str:
    """One line for each finding, and one for each rule that was not applied."""
    lines = [f"{one['severity']}: {one['id']}: {label(one)}: {one['seen']}" for one in result["findings"]]
    lines += [f"not checked: {one['rule']}: {one['side']} login: {one['reason']}" for one in result["not_applied"]]
    return "\n".join(lines or ["No findings."]) + "\n"


def markdown(result: Object) -> str:
    """A table of findings, and what was not checked."""
    counts = ", ".join(f"{number} {severity}" for severity, number in result["counts"].items())
    lines = ["# Audit of VPC endpoints", "", f"{counted(len(result['findings']), 'finding')}: {counts}.", ""]
    if result["findings"]:
        rows = ([one["severity"], one["id"], label(one), one["seen"], one["todo"]] for one in result["findings"])
        lines += [*markdown_table(("Severity", "Rule", "Object", "Seen", "What to do"), rows), ""]
    if result["not_applied"]:
        rows = ([one["rule"], one["side"], one["reason"]] for one in result["not_applied"])
        lines += ["## Not checked", "", *markdown_table(("Rule", "Side", "Reason"), rows), ""]
    found = {one["id"]: one for one in result["findings"]}
    lines += ["## Why it matters", ""] if found else []
    lines += [f"- **{name}**: {inert(one['why'])}" for name, one in found.items()]
    return "\n".join(lines).rstrip("\n") + "\n"


def label(one: Object) -> str:
    about = one["object"]
    side = " of the other login" if about["side"] == "other" else ""
    return " ".join(filter(None, [about["kind"].replace("_", " "), about["name"], about["id"]])) + side


def junit(result: Object) -> str:
    """A failure for each finding, and for each rule without findings a test that passes or was skipped."""
    return junit_file(NAME, list(junit_cases(result)), len(result["findings"]), len(result["not_applied"]))


def junit_cases(result: Object) -> Iterator[str]:
    for one in result["findings"]:
        kind, body = escape(one["severity"]), escape(f"{one['seen']}\n{one['why']}\n{one['todo']}")
        inside = f'<failure type="{kind}" message="{escape(one["title"])}">{body}</failure>'
        yield junit_case(one["id"], label(one), inside)
    for one in result["not_applied"]:
        yield junit_case(one["rule"], f"{one['side']} login", f'<skipped message="{escape(one["reason"])}"/>')
    told = {one["id"] for one in result["findings"]} | {one["rule"] for one in result["not_applied"]}
    for rule in result["rules"]:
        if rule["enabled"] and rule["id"] not in told:
            yield junit_case(rule["id"], "no findings", "")


def junit_case(rule: str, name: str, inside: str) -> str:
    return f'<testcase classname="vpcep.audit.{escape(rule)}" name="{escape(name)}">{inside}</testcase>'


def sarif(result: Object) -> str:
    """One run, with all enabled rules. A rule that was skipped is a notification."""
    rules = [rule for rule in result["rules"] if rule["enabled"]]
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    driver = {"name": NAME, "version": COLLECTION_VERSION, "informationUri": URL, "rules": list(map(sarif_rule, rules))}
    notes = [
        {
            "level": "warning",
            "message": {"text": literal(f"Not checked for the {one['side']} login: {one['reason']}")},
            "associatedRule": {"id": one["rule"], "index": places[one["rule"]]},
        }
        for one in result["not_applied"]
    ]
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "columnKind": "unicodeCodePoints",
        "results": [sarif_result(one, places[one["id"]]) for one in result["findings"]],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def sarif_rule(rule: Object) -> Object:
    return {
        "id": rule["id"],
        "shortDescription": {"text": f"{rule['title']}."},
        "fullDescription": {"text": rule["why"]},
        "help": {"text": rule["todo"]},
        "helpUri": f"{URL}#rules",
        "defaultConfiguration": {"level": LEVELS[rule["severity"]]},
        "properties": {"security-severity": SCORES[rule["severity"]], "requests": rule["requests"]},
    }


def sarif_result(one: Object, index: int) -> Object:
    about = one["object"]
    path = f"v1/{about['project_id']}/{PATHS.get(about['kind'], 'quotas')}/{about['id']}"
    identity = "\n".join([one["id"], about["kind"], about["project_id"], about["id"]])  # equal in each audit
    return {
        "ruleId": one["id"],
        "ruleIndex": index,
        "level": LEVELS[one["severity"]],
        "message": {"text": literal(f"{label(one)}: {one['seen']}")},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": {"uri": quote(path)}},
                "logicalLocations": [
                    {"name": about["name"] or about["id"], "fullyQualifiedName": path, "kind": "resource"}
                ],
            }
        ],
        "partialFingerprints": {"vpcepFinding/v1": hashlib.sha256(identity.encode()).hexdigest()},
        "properties": {"object": about, "values": one["values"]},
    }


def literal(text: str) -> str:
    """A text without placeholders and links (SARIF 3.11.5 and 3.11.6)."""
    return text.replace("{", "{{").replace("}", "}}").replace("](", "] (")


FORMATS: dict[str, Callable[[Object], str]] = dict(zip(REPORT_FORMATS, (plain, markdown, junit, sarif), strict=True))
"""Format of a report -> the function that makes it."""
