"""What awx_setup makes and removes; tests/platform/test_setup.py runs the playbook."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.awx_plan import awx_plan

OLD = {"fields": [{"id": "username", "label": "User"}]}
NEW = {"fields": [{"id": "username", "label": "User", "type": "string"}, {"id": "region", "label": "Region"}]}
HERE, THERE = 1, 2


def wanted(**given: Any) -> dict[str, Any]:
    types = [{"name": name, "inputs": NEW} for name in ("VPCEP", "VPCEP consumer")]
    templates = [
        {"name": "both", "playbook": "a.yml", "credential_types": ["VPCEP", "VPCEP consumer"]},
        {"name": "one", "playbook": "a.yml", "credential_types": ["VPCEP"]},
        {"name": "fleet", "playbook": "b.yml", "credential_types": ["VPCEP"], "fleet": True},
        {"name": "drift", "playbook": "c.yml", "credential_types": ["VPCEP"], "drift": True},
    ]
    survey = {"spec": [{"variable": "a"}, {"variable": "b", "type": "integer"}]}
    templates = [{**one, "survey": survey} for one in templates]
    basis = {"state": "present", "organization": "Default", "object": "VPCEP"}
    return {**basis, "credential_types": types, "job_templates": templates, **given}


def found(**given: Any) -> dict[str, Any]:
    lists = ("credential_types", "credentials", "inventories", "projects", "job_templates")
    return {"organizations": [{"id": HERE, "name": "Default"}], **{name: [] for name in lists}, **given}


def credential_type(number: int, name: str, inputs: dict[str, Any]) -> dict[str, Any]:
    return {"id": number, "name": name, "inputs": inputs}


def credential(number: int, name: str, kind: int, organization: int | None = HERE) -> dict[str, Any]:
    return {"id": number, "name": name, "credential_type": kind, "organization": organization}


def test_questions_get_the_members_that_the_file_leaves_out() -> None:
    first, second = awx_plan(wanted(), found())["job_templates"][0]["survey"]["spec"]
    assert first == {"variable": "a", "type": "text", "question_description": "", "default": "", "required": False}
    assert second == {**first, "variable": "b", "type": "integer"}


@pytest.mark.parametrize(
    "types, used, name",
    [
        ([], [], "VPCEP"),
        ([("VPCEP", OLD)], [], "VPCEP"),
        ([("VPCEP", NEW)], [1], "VPCEP"),
        ([("VPCEP", OLD)], [1], "VPCEP (2)"),
        ([("VPCEP", OLD), ("VPCEP (2)", NEW)], [1], "VPCEP (2)"),
        ([("VPCEP", OLD), ("VPCEP (2)", OLD)], [1], "VPCEP (2)"),
        ([("VPCEP", OLD), ("VPCEP (2)", OLD)], [2], "VPCEP (3)"),
        ([("VPCEP (9)", OLD), ("VPCEP (10)", OLD)], [2], "VPCEP (11)"),
        ([("VPCEP (x)", OLD)], [1], "VPCEP"),
    ],
)
def test_the_name_of_a_type(types: list[tuple[str, Any]], used: list[int], name: str) -> None:
    exist = [credential_type(number, *one) for number, one in enumerate(types, 1)]
    plan = awx_plan(
        wanted(), found(credential_types=exist, credentials=[credential(9, "c", number) for number in used])
    )
    assert plan["credential_types"][0]["name"] == name
    assert plan["problems"] == []
    moves = [number for number in used if types[number - 1][0] not in (name, "VPCEP (x)")]
    assert bool(plan["advice"]) is bool(moves)


def test_what_awx_adds_to_inputs_is_no_difference() -> None:
    stored = {"fields": [{**field, "type": "string", "secret": False} for field in NEW["fields"]], "required": []}
    exist = [credential_type(1, "VPCEP", stored)]
    plan = awx_plan(wanted(), found(credential_types=exist, credentials=[credential(9, "c", 1)]))
    assert plan["credential_types"][0] == {"name": "VPCEP", "inputs": stored}


def test_each_template_gets_the_credentials_of_its_types() -> None:
    names = ("VPCEP", "VPCEP consumer", "VPCEP (2)", "Vault")
    exist = [credential_type(number, name, NEW) for number, name in enumerate(names, 1)]
    credentials = [credential(11, "p", 3), credential(12, "c", 2), credential(13, "v", 4)]
    given = wanted(credentials=["p", "c", "v"], fleet_inventory="VPCs", folder="books")
    plan = awx_plan(
        given, found(credential_types=exist, credentials=credentials, inventories=[{"id": 5, "name": "VPCs"}])
    )
    assert plan["problems"] == []
    assert {one["name"]: one["credentials"] for one in plan["job_templates"]} == {
        "both": ["11", "12", "13"],
        "one": ["11", "13"],
        "fleet": ["11", "13"],
    }
    assert [one["playbook"] for one in plan["job_templates"]] == ["books/a.yml", "books/a.yml", "books/b.yml"]
    assert plan["job_templates"][2]["inventory"] == "5"


def test_names_with_commas() -> None:
    given = found(credentials=[credential(11, "p", 1), credential(12, "v", 2)])
    templates = awx_plan(wanted(credentials="p, v"), given)["job_templates"]
    assert templates[0]["credentials"] == ["11", "12"]


def test_without_names_credentials_stay() -> None:
    assert all("credentials" not in one for one in awx_plan(wanted(), found())["job_templates"])
    assert [one["name"] for one in awx_plan(wanted(), found())["job_templates"]] == ["both", "one"]


def test_the_check_for_drift_needs_a_schedule() -> None:
    plan = awx_plan(wanted(drift_schedule="RRULE:FREQ=DAILY"), found())
    assert [one["name"] for one in plan["job_templates"]] == ["both", "one", "drift"]


@pytest.mark.parametrize("organizations, number", [([HERE, THERE, None], "11"), ([THERE, None], "12"), ([THERE], "11")])
def test_a_name_means_that_of_the_organization_first(organizations: list[int | None], number: str) -> None:
    credentials = [credential(number, "git", 7, one) for number, one in enumerate(organizations, 11)]
    plan = awx_plan(wanted(project_credential="git"), found(credentials=credentials))
    assert (plan["problems"], plan["project_credential"]) == ([], number)


def test_names_that_mean_nothing_or_too_much() -> None:
    types = [credential_type(1, "VPCEP", NEW), credential_type(2, "VPCEP (2)", NEW)]
    credentials = [credential(11, "a", 1), credential(12, "a", 2), credential(13, "b", 1), credential(14, "c", 2)]
    given = wanted(credentials=["a", "b", "c"], image_credential="x", fleet_inventory="y")
    assert awx_plan(given, found(credential_types=types, credentials=credentials))["problems"] == [
        "AWX has several objects of the kind credential with the name a: "
        "in the organization 1 (ID 11), the organization 1 (ID 12). Rename one.",
        "A job takes one credential of the type VPCEP: b, c are too many.",
        "AWX has no inventory y.",
        "AWX has no credential x.",
    ]


def test_an_unknown_organization() -> None:
    assert awx_plan(wanted(), found(organizations=[]))["problems"] == ["AWX has no organization Default."]


def test_environments_are_named_after_the_organization() -> None:
    assert awx_plan(wanted(), found())["environment"] == {"name": "VPCEP"}
    plan = awx_plan(wanted(organization="Network"), found())
    assert plan["environment"] == {"name": "VPCEP (Network)", "organization": "Network"}


TYPES = [credential_type(1, "VPCEP", OLD), credential_type(2, "VPCEP (2)", NEW), credential_type(3, "Other", NEW)]


@pytest.mark.parametrize(
    "given, problems, removed",
    [
        ({}, [], ["VPCEP", "VPCEP (2)"]),
        ({"credentials": [credential(9, "x", 3)]}, [], ["VPCEP", "VPCEP (2)"]),
        ({"credentials": [credential(9, "x", 2)]}, ["Delete these credentials first: x."], ["VPCEP", "VPCEP (2)"]),
        (
            {"credentials": [credential(9, "x", 1, None)]},
            ["Delete these credentials first: x."],
            ["VPCEP", "VPCEP (2)"],
        ),
        ({"credentials": [credential(8, "x", 2), credential(9, "y", 1, THERE)]}, [], []),
        ({"projects": [{"name": "VPCEP", "organization": THERE, "status": "running"}]}, [], []),
        (
            {"projects": [{"name": "VPCEP", "organization": HERE, "status": "running"}]},
            ["Wait for the jobs of VPCEP, or cancel them."],
            ["VPCEP", "VPCEP (2)"],
        ),
        (
            {
                "job_templates": [
                    {"name": "one", "organization": HERE, "status": "waiting"},
                    {"name": "both", "organization": THERE, "status": "running"},
                    {"name": "other", "organization": HERE, "status": "running"},
                ]
            },
            ["Wait for the jobs of one, or cancel them."],
            ["VPCEP", "VPCEP (2)"],
        ),
    ],
)
def test_a_removal_is_checked_first(given: dict[str, Any], problems: list[str], removed: list[str]) -> None:
    plan = awx_plan(wanted(state="absent"), found(credential_types=TYPES, **given))
    assert plan["problems"] == problems
    assert [one["name"] for one in plan["credential_types"]] == removed
    assert {one["name"] for one in plan["job_templates"]} == {"both", "one", "fleet", "drift"}
