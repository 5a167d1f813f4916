"""The stand-in for AWX does what a real AWX 24.6.1 was seen to do."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.platform.awx import of_name
from tests.platform.fake_awx import FakeAwx
from tests.platform.fake_projects import Repository

URL = "https://git.example.com/vpcep.git"
PROJECT = {"name": "VPCEP", "organization": 1, "scm_url": URL}
CHOICE = {"type": "multiplechoice", "choices": ["a", "b"], "default": "a"}


@pytest.fixture
def awx() -> Iterator[FakeAwx]:
    fake = FakeAwx()
    fake.repositories[URL] = Repository({"main": ("one.yml",), "old": ("two.yml",)})
    yield fake
    fake.stop()


def send(awx: FakeAwx, method: str, path: str, **sent: Any) -> tuple[int, Any]:
    return awx.handle(method, awx.prefix + path, sent)


def updated(awx: FakeAwx, project: int) -> dict[str, Any]:
    """The update that is asked for, at its end."""
    update = send(awx, "POST", f"projects/{project}/update/")[1]["id"]
    while not send(awx, "GET", f"project_updates/{update}/")[1]["finished"]:
        pass
    return dict(awx.objects["project_updates"][update])


@pytest.fixture
def template(awx: FakeAwx) -> int:
    project = awx.create("projects", PROJECT)[1]["id"]
    updated(awx, project)
    inventory = awx.create("inventories", {"name": "VPCs", "organization": 1})[1]["id"]
    awx.hosts[inventory] = ["a", "b", "c", "d"]
    asked = {f"ask_{name}_on_launch": True for name in ("credential", "limit")}
    sent = {"name": "t", "project": project, "playbook": "one.yml", "inventory": inventory, "survey_enabled": True}
    return int(awx.create("job_templates", {**sent, **asked, "job_slice_count": 4})[1]["id"])


def test_inputs_of_a_type_in_use_stay(awx: FakeAwx) -> None:
    wanted = of_name("credential_types.yml", "VPCEP")
    number = awx.create("credential_types", wanted)[1]["id"]
    awx.add_credential("provider", "VPCEP")
    fewer = {**wanted["inputs"], "required": []}
    status, body = send(awx, "PATCH", f"credential_types/{number}/", inputs=fewer)
    said = "Modifications to inputs are not allowed for credential types that are in use"
    assert (status, body) == (403, {"detail": said})
    assert send(awx, "PATCH", f"credential_types/{number}/", injectors={}, inputs=wanted["inputs"])[0] == 200
    status, body = send(awx, "DELETE", f"credential_types/{number}/")
    assert (status, body["detail"]) == (403, "Credential types that are in use cannot be deleted")


def test_a_project_updates_by_itself_once(awx: FakeAwx) -> None:
    awx.repositories[URL].failure = "not found"
    project = awx.create("projects", PROJECT)[1]
    assert "current_update" not in project["summary_fields"]
    template = {"name": "t", "project": project["id"], "playbook": "one.yml"}
    refusal = (400, {"playbook": ["Playbook not found for project."]})
    for _try in range(5):
        assert send(awx, "POST", "job_templates/", **template) == refusal
    awx.repositories[URL].failure = ""
    assert send(awx, "GET", f"projects/{project['id']}/")[1]["status"] == "failed"
    assert send(awx, "POST", "job_templates/", **template) == refusal
    assert updated(awx, project["id"])["status"] == "successful"
    assert send(awx, "POST", "job_templates/", **template)[0] == 201


def test_no_branch_is_that_of_the_clone(awx: FakeAwx) -> None:
    project = awx.create("projects", {**PROJECT, "scm_branch": "old"})[1]["id"]
    assert updated(awx, project)["scm_revision"] == f"{URL}@old"
    send(awx, "PATCH", f"projects/{project}/", scm_branch="")
    assert updated(awx, project)["scm_revision"] == f"{URL}@old"
    send(awx, "PATCH", f"projects/{project}/", scm_delete_on_update=True)
    assert updated(awx, project)["scm_revision"] == f"{URL}@main"


def test_names_are_unique_in_an_organization(awx: FakeAwx) -> None:
    other = awx.create("organizations", {"name": "Network"})[1]["id"]
    for organization in (1, other):
        assert send(awx, "POST", "inventories/", name="VPCs", organization=organization)[0] == 201
        assert send(awx, "POST", "inventories/", name="VPCs", organization=organization)[0] == 400
    assert send(awx, "GET", "inventories/?name=VPCs")[1]["count"] == 2
    environment = send(awx, "POST", "execution_environments/", name="VPCEP", organization=None)[1]["id"]
    assert send(awx, "POST", "execution_environments/", name="VPCEP", organization=other)[0] == 400
    assert send(awx, "PATCH", f"execution_environments/{environment}/", organization=other)[0] == 400


def test_a_credential_of_a_template_cannot_be_left_out(awx: FakeAwx, template: int) -> None:
    for name in ("VPCEP", "VPCEP clouds.yaml"):
        awx.create("credential_types", of_name("credential_types.yml", name))
    first, second = awx.add_credential("a", "VPCEP"), awx.add_credential("b", "VPCEP")
    clouds = awx.add_credential("c", "VPCEP clouds.yaml")
    send(awx, "POST", f"job_templates/{template}/credentials/", id=first)
    assert send(awx, "POST", f"job_templates/{template}/launch/", credentials=[clouds])[0] == 400
    assert send(awx, "POST", f"job_templates/{template}/launch/", credentials=[second, clouds])[0] == 201


def test_slices_limits_and_relaunches(awx: FakeAwx, template: int) -> None:
    launched = send(awx, "POST", f"job_templates/{template}/launch/", limit="a,b", job_slice_count=1)[1]
    assert launched["ignored_fields"] == {"job_slice_count": 1}
    assert (launched["type"], launched["status"]) == ("workflow_job", "failed")
    assert [one["hosts"] for one in launched["slices"]] == [["a"], ["b"], [], []]
    again = send(awx, "POST", f"workflow_jobs/{launched['id']}/relaunch/", hosts="failed")[1]
    assert again["slices"] == launched["slices"]


def test_answers_and_defaults(awx: FakeAwx, template: int) -> None:
    spec = [{"question_name": "q", "required": True, "variable": "q", **CHOICE}]
    survey = {"name": "", "description": "", "spec": spec}

    def launched(**answers: str) -> int:
        assert send(awx, "POST", f"job_templates/{template}/survey_spec/", **survey)[0] == 200
        return send(awx, "POST", f"job_templates/{template}/launch/", extra_vars=answers)[0]

    assert (launched(), launched(q="b"), launched(q="")) == (400, 201, 400)
    spec[0]["required"] = False
    assert (launched(), launched(q="")) == (201, 400)
