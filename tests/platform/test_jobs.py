"""Jobs as AWX runs them: the answers of a survey, injected credentials, a cancelled job and its relaunch."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.platform.awx import answers
from tests.platform.machine import Machine, Result
from tests.simulator import SimulatorProcess
from tests.support.seed import BACKEND, CONSUMER

ANSWERS = {
    "connect_vpcs_service__name": "web",
    "connect_vpcs_service__port_id": BACKEND["port_id"],
    "connect_vpcs_service__vpc_id": BACKEND["vpc_id"],
    "connect_vpcs_service__ports": "- {client_port: 8080, server_port: 80}",
    "connect_vpcs_endpoints__vpc_id": CONSUMER["vpc_id"],
    "connect_vpcs_endpoints__subnet_id": CONSUMER["subnet_id"],
    "connect_vpcs_endpoints__enable_dns": "true",
    "connect_vpcs_endpoints__tags": "{env: prod}",
}


def logins(simulator: SimulatorProcess) -> dict[str, dict[str, str]]:
    return {"VPCEP": simulator.account("provider"), "VPCEP consumer": simulator.account("consumer")}


def assert_no_secret(result: Result, simulator: SimulatorProcess) -> None:
    files = result.files()
    assert {"stdout", "status"} <= {name.rpartition("/")[2] for name in files}
    assert any("/job_events/" in name for name in files)
    for account in ("provider", "consumer"):
        password = simulator.account(account)["password"]
        assert [name for name, text in files.items() if password in text] == []


def test_a_connection_across_accounts_and_its_removal(machine: Machine, simulator: SimulatorProcess) -> None:
    job = machine.job("connect_vpcs", answers("Connect VPCs", **ANSWERS), logins(simulator), verbosity=5)
    done = job.run()
    assert done.status == "successful", done.output
    assert done.changed == {"localhost": 3}  # service, endpoint, acceptance
    (service,), (endpoint,) = simulator.state()["services"], simulator.state()["endpoints"]
    assert (service["approval_enabled"], endpoint["status"], endpoint["enable_dns"]) == (True, "accepted", True)
    assert endpoint["vpc_id"] == CONSUMER["vpc_id"]
    assert endpoint["ip"] in done.output
    assert_no_secret(done, simulator)

    again = job.run()
    assert (again.status, again.changed) == ("successful", {}), again.output

    audit = machine.job("audit_vpcs", answers("Audit VPC endpoints", audit_vpcs_fail_on="never"), logins(simulator))
    found = audit.run()
    assert found.status == "successful" and f"access-list-off: endpoint {endpoint['id']}" in found.output, found.output

    asked = {name: value for name, value in ANSWERS.items() if name.endswith(("__name", "__vpc_id", "__subnet_id"))}
    del asked["connect_vpcs_service__vpc_id"]
    gone = machine.job("disconnect_vpcs", answers("Disconnect VPCs", **asked), logins(simulator)).run()
    assert gone.status == "successful", gone.output
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []


def test_an_existing_service_by_name(machine: Machine, simulator: SimulatorProcess) -> None:
    """What the survey says about new services by default does not get in the way."""
    asked: dict[str, Any] = {
        "connect_vpcs_service_name": "com.t-systems.otc.eu-de.dns",
        "connect_vpcs_endpoints__vpc_id": CONSUMER["vpc_id"],
        "connect_vpcs_endpoints__subnet_id": CONSUMER["subnet_id"],
    }
    login = {"VPCEP": simulator.account("consumer")}
    done = machine.job("connect_vpcs", answers("Connect VPCs", **asked), login).run()
    assert done.status == "successful", done.output
    assert [endpoint["vpc_id"] for endpoint in simulator.state()["endpoints"]] == [CONSUMER["vpc_id"]]
    assert simulator.state()["services"] == []


def test_bad_yaml_names_the_question(machine: Machine, simulator: SimulatorProcess) -> None:
    asked = {**ANSWERS, "connect_vpcs_endpoints__tags": "{env: prod"}
    done = machine.job("connect_vpcs", answers("Connect VPCs", **asked), logins(simulator)).run()
    assert done.status == "failed"
    shown = done.output.replace("\\", "")  # ansible-core 2.16 shows a dictionary
    assert 'The answer to "Endpoint: tags" is not valid YAML in line 1, column 11' in shown, shown
    assert simulator.state()["services"] == []


def test_two_jobs_at_once_on_two_machines(tmp_path: Path, simulator: SimulatorProcess) -> None:
    """As two execution nodes: they share no file, and end with one service and one endpoint."""
    machines = [Machine(tmp_path / name) for name in ("one", "other")]
    jobs = [one.job("connect_vpcs", answers("Connect VPCs", **ANSWERS), logins(simulator)) for one in machines]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda job: job.run(), jobs))
    assert [result.status for result in results] == ["successful"] * 2, [result.output for result in results]
    (service,), (endpoint,) = simulator.state()["services"], simulator.state()["endpoints"]
    assert endpoint["status"] == "accepted"
    assert all(endpoint["id"] in result.output and service["service_name"] in result.output for result in results)


def test_cancelled_in_mid_wait_and_run_again(machine: Machine, simulator: SimulatorProcess) -> None:
    """First while the service is being made, then while the endpoint is: one of each in the end."""
    simulator.settings(service_create_delay=300, endpoint_create_delay=300)
    job = machine.job("connect_vpcs", answers("Connect VPCs", **ANSWERS), logins(simulator))
    for kind in ("services", "endpoints"):
        stopped = job.run(lambda kind=kind: bool(simulator.state()[kind]))
        assert stopped.status == "canceled", stopped.output
        assert [item["status"] for item in simulator.state()[kind]] == ["creating"]
        simulator.advance(300)
    simulator.settings(endpoint_create_delay=0.5)
    before = simulator.state()
    done = job.run()
    assert done.status == "successful", done.output
    after = simulator.state()
    assert [item["id"] for item in after["services"]] == [item["id"] for item in before["services"]]
    assert [item["id"] for item in after["endpoints"]] == [item["id"] for item in before["endpoints"]]
    assert [item["status"] for item in after["endpoints"]] == ["accepted"]


@pytest.mark.parametrize("environment", [{}, {"VPCEP_PROGRESS": "0"}], ids=["told", "silenced"])
def test_long_waits_are_told_in_the_log(
    machine: Machine, simulator: SimulatorProcess, environment: dict[str, str]
) -> None:
    """A job has a terminal, as in an interactive run."""
    simulator.settings(service_create_delay=8)
    machine.environment |= environment
    done = machine.job("connect_vpcs", answers("Connect VPCs", **ANSWERS), logins(simulator)).run()
    assert done.status == "successful", done.output
    told = re.search(r"Waiting for endpoint service [0-9a-f-]{36}: creating, \d+ s so far", done.output)
    assert bool(told) is (not environment), done.output
