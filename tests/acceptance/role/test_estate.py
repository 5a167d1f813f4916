"""The playbooks export_vpcs and check_drift, run as users do, against a simulated cloud with two accounts."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.vpcep import VpcepApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from tests.acceptance.role.conftest import ROLE, Controller, Run
from tests.simulator import SimulatorProcess
from tests.support import estates
from tests.support.seed import CONSUMER, SERVICE

SECRET = "s3cret-of-terraform"
EXPORT = "crossvpc.vpcep.export_vpcs"
PLAN: dict[str, Any] = {
    "services": [{"name": "web", "description": estates.TEMPLATE, "tags": {"env": "dev"}}],
    "endpoints": [
        {"account": "consumer", "service": 0, "place": 1, "status": "accepted", "enable_dns": True},
        {"account": "consumer", "service": 0, "place": 2, "status": "pendingAcceptance"},
        {"account": "consumer", "service": "obs", "place": 1, "policy": True},
    ],
}


@pytest.fixture
def apis(simulator: SimulatorProcess, tmp_path: Path) -> dict[str, VpcepApi]:
    cache = {"token_cache_dir": str(tmp_path / "tokens"), "token_cache": True, "timeout": 10, "retries": 1}
    return {
        name: VpcepApi(connect({**simulator.account(name), **cache}, environ={})) for name in ("provider", "consumer")
    }


DRIFT = "crossvpc.vpcep.check_drift"
NOTHING = "No login shows services or endpoints"


def test_an_empty_project(controller: Controller) -> None:
    done = controller.playbook(EXPORT, "-e", f"export_vpcs_folder={controller.folder}/estate")
    assert done.code == 0 and NOTHING in done.output, done.output


def test_files_of_two_accounts(controller: Controller, simulator: SimulatorProcess, apis: dict[str, VpcepApi]) -> None:
    estates.build_with(simulator, apis, PLAN)
    before = estates.managed(simulator)
    controller.requests()
    folder = controller.folder / "estate"
    accounts = {"export_vpcs_accounts": [simulator.account("provider"), simulator.account("consumer")]}

    def export(*options: str) -> dict[str, str]:
        done = controller.playbook(EXPORT, "-e", f"export_vpcs_folder={folder}", *options, variables=accounts)
        assert done.code == 0 and NOTHING not in done.output, done.output
        assert {entry for entry in controller.requests() if not entry.startswith("GET ")} == set()
        return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}

    def run_all(files: dict[str, str]) -> int:
        changes = 0
        for name in [name for name in files if name.endswith(".yml")]:
            run = controller.playbook(ROLE, "-e", f"@{folder}/{name}", variables=accounts)
            assert run.code == 0, f"{files[name]}\n{run.output}"
            changes += run.changed
        return changes

    files = export()
    secrets = [account["password"] for account in accounts["export_vpcs_accounts"]]
    assert not [text for text in files.values() if any(secret in text for secret in secrets)]
    assert run_all(files) == 0
    assert estates.managed(simulator) == before
    controller.requests()
    (folder / "account2-cloud-services.yml").write_text("edited", encoding="utf-8")
    assert export()["account2-cloud-services.yml"] == "edited"
    assert export("-e", "export_vpcs_force=true") == files
    assert controller.playbook(EXPORT, "-e", f"export_vpcs_folder={folder}", variables=accounts).changed == 0
    controller.requests()

    def check() -> Run:
        reports = {name: str(controller.folder / f"drift.{name}") for name in ("markdown", "junit")}
        options = {"check_drift_folder": str(folder), **{f"check_drift_{name}": it for name, it in reports.items()}}
        return controller.playbook(DRIFT, variables={**accounts, **options})

    done = check()
    assert (done.code, done.changed) == (0, 1), done.output  # the reports
    (service,) = simulator.state()["services"]
    simulator.change("services", service["id"], description="{{ 7 * 7 }}", name="renamed")
    (folder / "broken.yml").write_text("a: [", encoding="utf-8")
    done = check()
    assert done.code == 2
    table = (controller.folder / "drift.markdown").read_text()
    assert f"| service {service['id']} (web) | description |" in table and "{{ 7 &#42; 7 }} |" in table
    assert f"| service {service['id']} (web) | name | web | renamed |" in table
    suite = ElementTree.parse(controller.folder / "drift.junit").getroot()[0]
    assert {case.get("classname"): len(case) for case in suite}["broken.yml"] == 1
    assert suite.get("failures") == "3"
    assert {entry for entry in controller.requests() if not entry.startswith("GET ")} == set()
    simulator.reset()
    simulator.settings(**estates.LIMITS)
    assert run_all(files) > 0
    assert estates.managed(simulator) == before


def test_drift_of_files_by_hand(controller: Controller, simulator: SimulatorProcess) -> None:
    """The role adds the consumer's account to the whitelist, and finds a short name in the provider's project."""
    simulator.settings(delay=0)
    logins = {f"connect_vpcs_{name}_auth": {**simulator.account(name)} for name in ("provider", "consumer")}
    common = {**logins, "connect_vpcs_endpoints": [CONSUMER]}
    defined = {**common, "connect_vpcs_service": {**SERVICE, "name": "web"}}
    done = controller.playbook(ROLE, variables=defined)
    assert done.code == 0, done.output
    folder = controller.folder / "estate"
    folder.mkdir()
    options = {"check_drift_folder": str(folder), "check_drift_markdown": "", "check_drift_junit": ""}
    for name, variables in (("defined", defined), ("named", {**common, "connect_vpcs_service_name": "web"})):
        (folder / f"{name}.yml").write_text(json.dumps(variables))
    done = controller.playbook(DRIFT, variables=options)
    assert done.code == 0, done.output
    (folder / "list.yml").write_text("- 1")
    done = controller.playbook(DRIFT, variables=options)
    assert done.code == 2 and "list.yml must be stored as a dictionary" in done.output


def test_a_terraform_state(controller: Controller, simulator: SimulatorProcess, apis: dict[str, VpcepApi]) -> None:
    """It says what is exported, and its secrets appear nowhere."""
    made = estates.build_with(simulator, apis, {**PLAN, "services": [*PLAN["services"], {"name": "by-hand"}]})
    ids = {"opentelekomcloud_vpcep_service_v1": made["services"][0], "huaweicloud_vpcep_endpoint": made["endpoints"][0]}
    resources = [
        {"mode": "managed", "type": kind, "instances": [{"attributes": {"id": one, "password": SECRET}}]}
        for kind, one in ids.items()
    ]
    state = controller.folder / "terraform.tfstate"
    state.write_text(json.dumps({"version": 4, "outputs": {"token": {"value": SECRET}}, "resources": resources}))
    accounts = {"export_vpcs_accounts": [simulator.account("provider"), simulator.account("consumer")]}
    folder = controller.folder / "estate"
    options = {"export_vpcs_terraform": str(state), "export_vpcs_folder": str(folder)}
    folder.mkdir()
    for name, text in (
        ("old.yml", "# ansible-playbook crossvpc.vpcep.connect_vpcs -e @old.yml\n"),
        ("mine.yml", "a: 1\n"),
    ):
        (folder / name).write_text(text)
    done = controller.playbook(EXPORT, "-vvv", variables={**accounts, **options})
    assert "which this one did not write: old.yml. Delete" in done.output
    assert done.code == 0 and SECRET not in done.output, done.output
    name = "account1-service-web-from-account2.yml"
    assert {path.name for path in folder.iterdir()} == {name, "not-exported.txt", "old.yml", "mine.yml"}
    text = (folder / name).read_text()
    assert text.count("vpc_id") == 2 and "by-hand" not in text
    assert "[]" in (folder / "not-exported.txt").read_text()
    run = controller.playbook(ROLE, "-e", f"@{folder}/{name}", variables=accounts)
    assert (run.code, run.changed) == (0, 0), run.output
    reports = {"check_drift_markdown": "", "check_drift_junit": ""}
    run = controller.playbook(DRIFT, variables={"check_drift_folder": str(folder), **reports})
    assert run.code == 2 and f"{name}: file: The file refers to export_vpcs_accounts, the logins" in run.output
