"""The playbook awx_setup, with the modules of awx.awx and of ansible.controller, against a stand-in for AWX."""

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.filters.awx_plan import complete
from tests.platform.awx import FILES
from tests.platform.fake_awx import TOKEN, FakeAwx
from tests.platform.fake_projects import PLAYBOOKS, Repository
from tests.support.controllers import OWN, ROOT, Controller, install_checkout
from tests.support.listings import file_shown, listings

# Made by tools/awx-collection.sh.
GUIDE = ROOT / "docs" / "awx.md"
AWX_COLLECTION = ROOT / ".cache" / "awx"
URL = "https://git.example.com/vpcep.git"
GIVEN = {"awx_setup_image": "registry.example.com/vpcep-ee:1", "awx_setup_project_url": URL}
NIGHTLY = "DTSTART:20270101T020000Z RRULE:FREQ=DAILY;INTERVAL=1"
EVERYTHING = {
    **GIVEN,
    "awx_setup_playbook_folder": "playbooks",
    "awx_setup_credentials": ["provider", "consumer", "clouds"],
    "awx_setup_fleet_inventory": "VPCs",
    "awx_setup_drift_schedule": NIGHTLY,
}
CREDENTIALS = {"provider": "VPCEP", "consumer": "VPCEP consumer", "clouds": "VPCEP clouds.yaml"}
TYPES = yaml.safe_load((FILES / "credential_types.yml").read_text(encoding="utf-8"))
TEMPLATES = yaml.safe_load((FILES / "job_templates.yml").read_text(encoding="utf-8"))


@contextmanager
def started(platform: bool = False) -> Iterator[FakeAwx]:
    with FakeAwx(platform) as fake:
        fake.updates.seconds = 4
        folder = tuple(f"playbooks/{name}" for name in PLAYBOOKS)
        fake.repositories[URL] = Repository({"main": PLAYBOOKS + folder, "release": folder})
        yield fake


@pytest.fixture
def awx() -> Iterator[FakeAwx]:
    with started() as fake:
        yield fake


@pytest.fixture
def platform() -> Iterator[FakeAwx]:
    with started(platform=True) as fake:
        yield fake


@pytest.fixture
def controller(tmp_path: Path) -> Path:
    """The collection ansible.controller, as upstream makes it from the sources of awx.awx."""
    target = tmp_path / "controller"
    made = target / "ansible_collections" / "ansible" / "controller"
    shutil.copytree(AWX_COLLECTION / "ansible_collections" / "awx" / "awx", made)
    for file in [*made.rglob("*.py"), *made.rglob("*.yml"), made / "MANIFEST.json"]:
        text = file.read_text(encoding="utf-8").replace("awx.awx", "ansible.controller")
        text = text.replace('_COLLECTION_TYPE = "awx"', '_COLLECTION_TYPE = "controller"')
        text = text.replace('"namespace": "awx"', '"namespace": "ansible"').replace(
            '"name": "awx"', '"name": "controller"'
        )
        file.write_text(text, encoding="utf-8")
    return target


def setup(
    awx: FakeAwx, folder: Path, collection: Path = AWX_COLLECTION, **variables: object
) -> tuple[int, dict[str, int], str]:
    """Run the playbook awx_setup. Returns its exit code, its recap and its output."""
    # An inventory for other machines must not matter.
    (folder / "given.yml").write_text(yaml.safe_dump(variables))
    elsewhere = {"ansible_become": True, "ansible_become_user": "nobody", "ansible_become_exe": "/nonexistent"}
    elsewhere |= {"ansible_connection": "ssh", "ansible_ssh_executable": "/nonexistent"}
    (folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"vars": elsewhere, "hosts": {"localhost": elsewhere}}}))
    command = ["ansible-playbook", "crossvpc.vpcep.awx_setup", "-i", "hosts.yml", "-e", "@given.yml"]
    code, output = run(awx, folder, collection, command)
    recap = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", output.rpartition("RECAP")[2])}
    return code, recap, output


def run(awx: FakeAwx, folder: Path, collection: Path, command: list[str]) -> tuple[int, str]:
    machine = Controller(folder, OWN)
    tree = folder / "tree" if (folder / "tree").exists() else install_checkout(folder)
    machine.environment |= {
        "ANSIBLE_COLLECTIONS_PATH": f"{tree}{os.pathsep}{collection}",
        "ANSIBLE_PIPELINING": "true",
        "CONTROLLER_HOST": awx.url,
        "CONTROLLER_OAUTH_TOKEN": TOKEN,
    }
    done = machine.run(*command)
    return done.code, done.output


def attached(awx: FakeAwx, template: str) -> set[str]:
    """The types of the credentials of a job template."""
    credentials = awx.attached.get(awx.named("job_templates")[template]["id"], [])
    kinds = [awx.objects["credentials"][one]["credential_type"] for one in credentials]
    return {awx.objects["credential_types"][kind]["name"] for kind in kinds}


def launch(awx: FakeAwx, template: str, **sent: object) -> tuple[int, dict[str, object]]:
    number = awx.named("job_templates")[template]["id"]
    return awx.handle("POST", f"{awx.prefix}job_templates/{number}/launch/", sent)


def test_awx_holds_what_the_files_say_and_nothing_after_a_removal(awx: FakeAwx, tmp_path: Path) -> None:
    fleet = awx.create("inventories", {"name": "VPCs"})[1]["id"]
    awx.hosts[fleet] = ["backend", "frontend", "web1", "web2"]
    # Of AWX's own kinds: neither repository nor registry is public.
    source = awx.create("credential_types", {**TYPES[0], "name": "Source Control", "managed": True})[1]["id"]
    opening = {
        name: awx.create("credentials", {"name": name, "credential_type": source})[1]["id"]
        for name in ("git", "images")
    }
    opened = {"awx_setup_project_credential": "git", "awx_setup_image_credential": "images"}
    first = {**EVERYTHING, **opened, "awx_setup_credentials": [], "awx_setup_project_branch": "release"}
    code, recap, output = setup(awx, tmp_path, **first)
    assert code == 0, output
    for wanted in TYPES:
        made = awx.named("credential_types")[wanted["name"]]
        assert {name: made[name] for name in wanted} == wanted
    (environment,), (project,) = awx.named("execution_environments").values(), awx.named("projects").values()
    assert (environment["image"], environment["pull"]) == (GIVEN["awx_setup_image"], "missing")
    assert (project["scm_type"], project["scm_url"], project["scm_revision"]) == ("git", URL, f"{URL}@release")
    assert {"git": project["credential"], "images": environment["credential"]} == opening
    assert awx.named("job_templates").keys() == {wanted["name"] for wanted in TEMPLATES}
    assert awx.named("schedules")["Check for drift"]["rrule"] == NIGHTLY
    for wanted in TEMPLATES:
        made = awx.named("job_templates")[wanted["name"]]
        inventory = "VPCs" if wanted.get("fleet") else "VPCEP"
        assert awx.surveys[made["id"]] == complete(wanted["survey"])
        assert made["playbook"] == f"playbooks/{wanted['playbook']}"
        assert (made["project"], made["execution_environment"]) == (project["id"], environment["id"])
        assert made["inventory"] == awx.named("inventories")[inventory]["id"]
        assert made["job_slice_count"] == (4 if wanted.get("fleet") else 1)
        assert made["survey_enabled"] and not made["allow_simultaneous"]

    # Credentials are made and attached, the image gets a new tag, and the project goes back to the default branch.
    for name, kind in CREDENTIALS.items():
        awx.add_credential(name, kind)
    awx.changes.clear()
    again = {**EVERYTHING, "awx_setup_image": "registry.example.com/vpcep-ee:2", "awx_setup_image_pull": "always"}
    code, recap, output = setup(awx, tmp_path, **again)
    assert code == 0, output
    assert recap["changed"] == 3, output
    assert {environment["image"], environment["pull"]} == {again["awx_setup_image"], "always"}
    assert project["scm_revision"] == f"{URL}@main"
    assert {change.split("/")[-1] for change in awx.changes if "job_templates" in change} == {"credentials"}
    for wanted in TEMPLATES:
        assert attached(awx, wanted["name"]) == set(wanted["credential_types"])
        assert launch(awx, wanted["name"])[0] == 201

    # Any hosts and any number of slices. A limit works in one slice.
    for count in (1, 2, 4):
        sent = {"extra_vars": {"connect_vpcs_hosts": "web1"}, "job_slice_count": count}
        assert launch(awx, "Connect a fleet of VPCs", **sent)[1]["status"] == "successful"
    assert launch(awx, "Connect a fleet of VPCs", limit="web1", job_slice_count=1)[1]["status"] == "successful"

    awx.changes.clear()
    code, recap, output = setup(awx, tmp_path, awx_setup_state="absent")
    assert code == 2 and "Delete these credentials first: clouds, consumer, provider." in output, output
    assert awx.changes == []
    awx.objects["credentials"].clear()
    awx.objects["credential_types"].pop(source)
    code, recap, output = setup(awx, tmp_path, awx_setup_state="absent")
    assert code == 0, output
    left = {kind: set(awx.named(kind)) for kind in ("credential_types", "projects", "job_templates", "inventories")}
    assert left == {"credential_types": set(), "projects": set(), "job_templates": set(), "inventories": {"VPCs"}}
    assert awx.objects["execution_environments"] == {}


def test_a_failed_update_is_explained_and_types_in_use_get_a_successor(awx: FakeAwx, tmp_path: Path) -> None:
    """The inputs of VPCEP are older ones, the injectors of VPCEP clouds.yaml are."""
    older = {**TYPES[0], "inputs": {**TYPES[0]["inputs"], "fields": TYPES[0]["inputs"]["fields"][:5]}, "injectors": {}}
    awx.create("credential_types", older)
    awx.create("credential_types", {**TYPES[2], "injectors": {}})
    awx.add_credential("provider", "VPCEP")
    awx.add_credential("clouds", "VPCEP clouds.yaml")
    repository = awx.repositories[URL]
    repository.failure = "fatal: repository 'https://git.example.com/vpcep.git' not found"
    code, _recap, output = setup(awx, tmp_path, **GIVEN)
    assert code == 2
    assert repository.failure in " ".join(output.split())
    assert re.search(rf"{awx.url}/#/jobs/project/\d+ \(/api/v2/project_updates/\d+/\)", output), output
    assert awx.objects["job_templates"] == {}

    repository.failure = ""
    given = {**GIVEN, "awx_setup_credentials": ["provider", "clouds"]}
    code, _recap, output = setup(awx, tmp_path, **given)
    assert code == 0, output
    assert "The credentials provider are of the type VPCEP." in output
    types = awx.named("credential_types")
    assert types["VPCEP"]["inputs"] == older["inputs"]
    assert types["VPCEP (2)"]["inputs"] == TYPES[0]["inputs"]
    assert types["VPCEP clouds.yaml"]["injectors"] == TYPES[2]["injectors"]
    assert attached(awx, "Connect VPCs (clouds.yaml)") == {"VPCEP", "VPCEP clouds.yaml"}
    code, recap, output = setup(awx, tmp_path, **given)
    assert (code, recap["changed"]) == (0, 0), output


def test_two_organizations_leave_each_other_alone(platform: FakeAwx, controller: Path, tmp_path: Path) -> None:
    """In an Automation Platform, with ansible.controller. Names are unique in an organization."""
    organizations = ("Default", "Network")
    platform.create("organizations", {"name": "Network"})
    for name in organizations:
        platform.create("inventories", {"name": "VPCs", "organization": platform.named("organizations")[name]["id"]})
    given = {"awx_setup_fleet_inventory": "VPCs", **GIVEN}
    for number, name in enumerate(organizations):
        image = f"registry.example.com/vpcep-ee:{number}"
        variables = {**given, "awx_setup_organization": name, "awx_setup_image": image}
        code, _recap, output = setup(platform, tmp_path, controller, **variables)
        assert code == 0, output
    for name in organizations:
        platform.add_credential("provider", "VPCEP", name)
    variables["awx_setup_credentials"] = ["provider"]
    code, _recap, output = setup(platform, tmp_path, controller, **variables)
    assert code == 0, output
    for number, name in enumerate(organizations):
        template = platform.of_organization("job_templates", name)["Connect a fleet of VPCs"]
        assert template["inventory"] == platform.of_organization("inventories", name)["VPCs"]["id"]
        environment = platform.objects["execution_environments"][template["execution_environment"]]
        assert environment["image"].endswith(f":{number}")
        own = platform.of_organization("credentials", name)["provider"]["id"]
        assert platform.attached.get(template["id"], []) == ([own] if name == "Network" else [])

    template = platform.of_organization("job_templates", "Network")["Connect VPCs"]
    template["status"] = "running"
    platform.changes.clear()
    gone = {"awx_setup_state": "absent", "awx_setup_organization": "Network"}
    code, _recap, output = setup(platform, tmp_path, controller, **gone)
    assert code == 2 and "Wait for the jobs of Connect VPCs, or cancel them." in output, output
    assert platform.changes == []
    template["status"] = "successful"
    code, _recap, output = setup(platform, tmp_path, controller, **gone)
    assert code == 0, output
    assert "The credential types are not deleted" in output
    assert set(platform.of_organization("inventories", "Network")) == {"VPCs"}
    assert platform.of_organization("job_templates", "Network") == platform.of_organization("projects", "Network") == {}
    assert len(platform.of_organization("job_templates", "Default")) == len(
        [1 for one in TEMPLATES if "drift" not in one]
    )
    assert set(platform.named("execution_environments")) == {"VPCEP"}
    assert len(platform.objects["credential_types"]) == len(TYPES)


def test_what_is_missing_is_said_before_anything_is_sent(awx: FakeAwx, tmp_path: Path) -> None:
    code, _recap, output = setup(awx, tmp_path, awx_setup_image="image")
    assert code == 2
    assert "Give awx_setup_image" in output and awx.changes == []
    code, _recap, output = setup(awx, tmp_path, **{**GIVEN, "awx_setup_state": "gone"})
    assert code == 2
    assert "must be one of: present, absent" in output and awx.changes == []
    code, _recap, output = setup(awx, tmp_path, **{**EVERYTHING, "awx_setup_credentials": ["nobody"]})
    assert code == 2
    assert (
        "AWX has no credential nobody. AWX has no inventory VPCs. Nothing was changed." in output and awx.changes == []
    )


def test_the_guide_word_by_word(awx: FakeAwx, tmp_path: Path) -> None:
    """Steps 3 and 4, the fleet and the removal, with the files of step 2 and the commands that the guide shows."""
    shown = [one.text for one in listings(GUIDE) if one.word == "not run"]
    first, second, network, removal = [
        shlex.split(text[text.index("ansible-playbook") :].replace("\\\n", " ")) for text in shown
    ]
    step_2 = GUIDE.read_text(encoding="utf-8").partition("\n## 2. ")[2].partition("\n## ")[0]
    files = tuple(re.findall(r"<!-- file: (\S+) -->", step_2))
    awx.repositories["https://git.example.com/network/vpcep.git"] = Repository({"main": files})
    code, output = run(awx, tmp_path, AWX_COLLECTION, first)
    assert code == 0, output
    for name, kind in {"VPCEP provider": "VPCEP", "VPCEP consumer": "VPCEP consumer"}.items():
        awx.add_credential(name, kind)
    code, output = run(awx, tmp_path, AWX_COLLECTION, second)
    assert code == 0, output
    for wanted in TEMPLATES:
        if not wanted.get("fleet") and not wanted.get("drift"):
            assert attached(awx, wanted["name"]) == set(wanted["credential_types"]) - {"VPCEP clouds.yaml"}
    awx.create("inventories", {"name": "VPCs", "organization": 1})
    (fleet,) = re.findall(r"`(-e awx_setup_fleet_inventory[^`]*)`", GUIDE.read_text(encoding="utf-8"))
    code, output = run(awx, tmp_path, AWX_COLLECTION, [*second, *fleet.split()])
    assert code == 0, output
    assert attached(awx, "Connect a fleet of VPCs") == {"VPCEP", "VPCEP consumer"}
    awx.objects["credentials"].clear()
    awx.create("organizations", {"name": "Network"})
    code, output = run(awx, tmp_path, AWX_COLLECTION, network)
    assert code == 0, output
    assert len(awx.objects["projects"]) == 2
    for command in (removal, [*removal, "-e", "awx_setup_organization=Network"]):
        code, output = run(awx, tmp_path, AWX_COLLECTION, command)
        assert code == 0, output
    assert not awx.objects["job_templates"] and not awx.objects["credential_types"]


def test_the_workflow_of_the_guide(awx: FakeAwx, tmp_path: Path) -> None:
    awx.updates.seconds = 0
    awx.repositories[URL] = Repository({"main": (*PLAYBOOKS, "verify_vpcs.yml", "approve_vpcs.yml", "make.yml")})
    project = awx.create("projects", {"name": "VPCEP", "organization": 1, "scm_url": URL})[1]["id"]
    for _try in range(5):
        awx.handle("GET", f"{awx.prefix}projects/{project}/", {})
    for kind in ("inventories", "execution_environments"):
        awx.create(kind, {"name": "VPCEP", "organization": 1})
    awx.create("notification_templates", {"name": "Network team", "organization": 1})
    awx.create("credential_types", TYPES[0])
    awx.add_credential("VPCEP provider", "VPCEP")
    jobs = {"Make a network": "make.yml", "Connect VPCs": "connect_vpcs.yml", "Verify a network": "verify_vpcs.yml"}
    for name, playbook in jobs.items():
        awx.create("job_templates", {"name": name, "project": project, "playbook": playbook})
    (tmp_path / "workflow.yml").write_text(file_shown(GUIDE, "workflow.yml"))
    code, output = run(awx, tmp_path, AWX_COLLECTION, ["ansible-playbook", "workflow.yml"])
    assert code == 0, output
    nodes = {item["identifier"]: item for item in awx.objects["workflow_job_template_nodes"].values()}
    names = {item["id"]: name for name, item in nodes.items()}

    def following(number: int) -> list[str]:
        return [names[one] for one in awx.linked.get(("workflow_job_template_nodes", number, "success_nodes"), [])]

    order = {name: following(item["id"]) for name, item in nodes.items()}
    assert order == {"make": ["connect"], "connect": ["verify"], "verify": []}
    assert set(awx.named("schedules")) == {"Approve endpoints of web", "Check the service web"}
    assert awx.named("schedules")["Check the service web"]["job_type"] == "check"
    asked = {question["variable"] for question in TEMPLATES[0]["survey"]["spec"]}
    assert awx.named("schedules")["Check the service web"]["extra_data"].keys() <= asked
