"""Launches of the stand-in for AWX: what it refuses and ignores, and what becomes of slices."""

from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Any

from tests.platform.awx import slices

Item = Mapping[str, Any]
ACTIVE = ("new", "pending", "waiting", "running")
# What may be given at a launch, and the member of the template that allows it.
PROMPTS = {
    "credentials": "ask_credential_on_launch",
    "extra_vars": "ask_variables_on_launch",
    "limit": "ask_limit_on_launch",
    "job_slice_count": "ask_job_slice_count_on_launch",
}


class Refused(Exception):
    """What AWX answers instead."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(body)
        self.status, self.body = status, body


def check_launch(
    template: Item, survey: Item, attached: list[Any], credentials: Mapping[int, Any], sent: Item
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a launch accepts, and what it ignores. Raises Refused."""
    answers = {question["variable"] for question in survey.get("spec", [])}
    allowed = {name: value for name, value in sent.items() if template.get(PROMPTS[name])}
    ignored = {name: value for name, value in sent.items() if name not in allowed}
    given = sent.get("extra_vars", {})
    variables = given if "extra_vars" in allowed else {name: given[name] for name in answers & given.keys()}
    refuse_removed(attached, [credentials[one] for one in allowed.get("credentials", [])] or attached)
    accepted = {
        "limit": allowed.get("limit", template["limit"]),
        "job_slice_count": allowed.get("job_slice_count", template["job_slice_count"]),
        "extra_vars": survey_variables(survey, variables),
    }
    return accepted, ignored


def refuse_removed(attached: list[Item], chosen: list[Item]) -> None:
    """A credential of the template may be replaced by one of its type, and not left out."""
    types = [one["credential_type"] for one in chosen]
    removed = [one["name"] for one in attached if one["credential_type"] not in types]
    if removed:
        said = "Removing {0} credential at launch time without replacement is not supported."
        raise Refused(400, {"credentials": [said.format(name) for name in removed]})


def survey_variables(survey: Item, given: Item) -> dict[str, Any]:
    """The variables of a job. A default does not answer a required question, but any other one."""
    wrong, variables = [], dict(given)
    for question in survey.get("spec", []):
        name, kind = question["variable"], question["type"]
        if question["required"] and name not in given:
            wrong.append(f"'{name}' value missing")
        elif name not in given and question.get("default") is not None:
            variables[name] = question["default"]
        elif given.get(name) == "" and kind in ("multiplechoice", "integer"):
            wrong.append(f"Value {given[name]!r} for '{name}' expected to be a valid {kind}.")
    if wrong:
        raise Refused(400, {"variables_needed_to_start": wrong})
    return variables


def slice_results(hosts: list[str], count: int, limit: str) -> list[dict[str, Any]]:
    """The slices of a job. Ansible fails in one that a limit leaves without hosts."""
    found = []
    for dealt in slices(hosts, count):
        left = [host for host in dealt if not limit or any(fnmatch(host, one) for one in limit.split(","))]
        found.append({"hosts": left, "status": "successful" if left or not dealt else "failed"})
    return found
