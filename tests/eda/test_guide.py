"""The files of docs/event-driven.md, used as the guide says. The job of Automation Platform runs here as a playbook."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.eda.conftest import Owner, until
from tests.support.controllers import ROOT, clouds_yaml
from tests.support.fake_server import Answer, FakeServer, Seen
from tests.support.listings import file_shown

PAGE = ROOT / "docs" / "event-driven.md"
ACCOUNT = "a1b2c3d4e5f60718293a4b5c6d7e8f90"  # of the consumer, in the guide and in the simulator
ACCEPTED, REJECTED, WAITS = "accepted", "rejected", "pendingAcceptance"


class Platform(FakeServer):
    """The controller of Automation Platform, with one job template."""

    def __init__(self) -> None:
        super().__init__()
        asks = dict.fromkeys((f"ask_{what}_on_launch" for what in ("limit", "labels", "inventory")), False)
        template = {"id": 7, "type": "job_template", "name": "Approve endpoints", "ask_variables_on_launch": True}
        related = {"summary_fields": {"organization": {"name": "Default"}}, "related": {"launch": "/launch/"}}
        job = {"id": 1, "url": "/api/v2/jobs/1/", "status": "successful", "created": "2026-01-01T00:00:00Z"}

        def react(seen: Seen) -> Answer:
            found = {**template, **asks, **related} if "templates" in seen.path else job
            return Answer(body={**job, "version": "4.6", "count": 1, "results": [found]})

        self.react = react

    @property
    def jobs(self) -> list[Any]:
        """What each job was started with."""
        return [seen.json for seen in self.seen if seen.method == "POST"]


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as made:
        yield made


@pytest.fixture
def guided(owner: Owner) -> Owner:
    """An owner with the files of the guide, and a login in clouds.yaml."""
    assert owner.simulator.domain_id("consumer") == ACCOUNT
    for name in ("vars.yml", "inventory.yml", "rulebook.yml", "rulebooks/approve.yml", "approve.yml", "policy.yml"):
        file = owner.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(file_shown(PAGE, name))
    owner.logout()
    place = owner.folder / ".config" / "openstack"
    place.mkdir(parents=True)
    (place / "clouds.yaml").write_text(clouds_yaml(provider=owner.simulator.account()))
    return owner


def test_on_a_laptop(guided: Owner) -> None:
    (service,) = guided.services()
    guided.simulator.change("services", service, name="web")
    made = [guided.join(service) for _number in range(3)]
    guided.rulebook("--rulebook", "crossvpc.vpcep.approve_by_policy", "--vars", "vars.yml")
    until(lambda: list(guided.statuses().values()).count(ACCEPTED) == 2, "the decisions")
    guided.kill()
    assert sorted(guided.statuses().values()) == [ACCEPTED, ACCEPTED, WAITS]
    guided.rulebook("--rulebook", "rulebook.yml")
    for key in made:
        kind = "accepted" if guided.statuses()[key] == ACCEPTED else "requested"
        text = f"{key} of {ACCOUNT} at web: {kind}"
        until(lambda text=text: text in guided.said(), text)


def test_in_automation_platform(guided: Owner, platform: Platform) -> None:
    (service,) = guided.services()
    endpoint = guided.join(service)
    login = guided.simulator.account()
    injected = {f"vpcep_{name}": login[name] for name in ("username", "password", "user_domain_name")}
    (guided.folder / "injected.yml").write_text(yaml.safe_dump(injected))
    guided.environment |= {"OS_AUTH_URL": login["auth_url"], "EDA_JOB_TEMPLATE_REFRESH_DELAY": "1"}
    controller = ("--controller-url", platform.url + "/", "--controller-token", "controller-Secret")
    guided.rulebook("--rulebook", "rulebooks/approve.yml", "--vars", "injected.yml", *controller)
    (job,) = until(lambda: platform.jobs, "the job")
    assert login["password"] not in guided.said() + json.dumps(platform.jobs)
    (guided.folder / "job.yml").write_text(yaml.safe_dump(job["extra_vars"]))
    said = play(guided, "approve.yml", "-i", "inventory.yml", "-e", "@job.yml")
    assert guided.statuses() == {endpoint: ACCEPTED}, said


def test_by_a_timer(guided: Owner) -> None:
    (service,) = guided.services()
    guided.simulator.change("services", service, name="web")
    for _number in range(3):
        guided.join(service)
    said = play(guided, "crossvpc.vpcep.approve", "-e", "@policy.yml")
    assert sorted(guided.statuses().values()) == [ACCEPTED, ACCEPTED, REJECTED], said


def play(guided: Owner, *arguments: str) -> str:
    """Runs ansible-playbook with the login in clouds.yaml. Returns what it says."""
    return guided.run("ansible-playbook", *arguments, OS_CLOUD="provider").output
