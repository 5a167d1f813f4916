"""The playbook connect_fleet in slices, as AWX runs it for hundreds of VPCs."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.platform.awx import slices
from tests.platform.machine import Credentials, Machine, Result
from tests.simulator import SimulatorProcess
from tests.support.controllers import clouds_yaml
from tests.support.seed import BACKEND

SLICES = 4
VPCS = 6  # of each of two projects


@pytest.fixture
def definition(simulator: SimulatorProcess) -> dict[str, Any]:
    """A service of one account that another one may connect to, and whose owner has to accept."""
    return {
        "name": "web",
        **BACKEND,
        "approval_enabled": True,
        "ports": [{"client_port": 443, "server_port": 8443}],
        "permissions": [simulator.domain_id("consumer")],
    }


@pytest.fixture
def credentials(simulator: SimulatorProcess) -> Credentials:
    """The provider's login, and a clouds.yaml with those of the consumers."""
    clouds = clouds_yaml(**{project: simulator.account("consumer", project) for project in ("main", "sub")})
    return {"VPCEP": simulator.account(), "VPCEP clouds.yaml": {"clouds": clouds}}


@pytest.fixture
def vpcs(simulator: SimulatorProcess) -> dict[str, dict[str, Any]]:
    """The hosts and their variables."""
    return {
        f"{project}-{number:02}": {
            "connect_vpcs_endpoint": {
                "vpc_id": network["vpc_id"],
                "subnet_id": network["subnet_id"],
                "tags": {"vpc": f"{project}-{number:02}"},
            },
            "connect_vpcs_consumer_auth": {"cloud": project},
        }
        for project in ("main", "sub")
        for number, network in enumerate(simulator.spare("consumer", project)[:VPCS])
    }


def inventory(vpcs: dict[str, Any], hosts: list[str] | None = None) -> dict[str, Any]:
    return {"all": {"hosts": {name: vpcs[name] for name in hosts or vpcs}}}


def state(simulator: SimulatorProcess) -> dict[str, Any]:
    """The objects, without the members that differ in each run."""
    services, endpoints = simulator.state()["services"], simulator.state()["endpoints"]
    assert {endpoint["endpoint_service_id"] for endpoint in endpoints} <= {service["id"] for service in services}
    service_members = ("status", "approval_enabled", "port_id", "ports")
    endpoint_members = ("vpc_id", "subnet_id", "status", "tags")
    return {
        "services": [{name: service[name] for name in service_members} for service in services],
        "endpoints": sorted(
            ({name: endpoint[name] for name in endpoint_members} for endpoint in endpoints),
            key=lambda endpoint: str(endpoint["vpc_id"]),
        ),
    }


def test_four_slices_at_once_do_what_one_run_does(
    tmp_path: Path,
    simulator: SimulatorProcess,
    vpcs: dict[str, Any],
    definition: dict[str, Any],
    credentials: Credentials,
) -> None:
    """On two machines, which share no lock: the cloud itself takes a backend's port for one service only."""
    machines = [Machine(tmp_path / name) for name in ("one", "other")]
    variables = {"connect_vpcs_service": definition}
    jobs = [
        machines[number % 2].job("connect_fleet", variables, credentials, inventory(vpcs, hosts))
        for number, hosts in enumerate(slices(list(vpcs), SLICES))
    ]
    with ThreadPoolExecutor(SLICES) as pool:
        results: list[Result] = list(pool.map(lambda job: job.run(), jobs))
    for result in results:
        assert result.status == "successful", result.output
    in_slices = state(simulator)
    assert len(in_slices["services"]) == 1
    assert [endpoint["status"] for endpoint in in_slices["endpoints"]] == ["accepted"] * len(vpcs)

    whole = machines[0].job("connect_fleet", variables, credentials, inventory(vpcs))
    again = whole.run()
    assert (again.status, again.changed) == ("successful", {}), again.output

    simulator.reset(keep_tokens=True)
    assert whole.run().status == "successful"
    assert state(simulator) == in_slices


def test_a_slice_touches_nothing_of_the_others(
    machine: Machine,
    simulator: SimulatorProcess,
    vpcs: dict[str, Any],
    definition: dict[str, Any],
    credentials: Credentials,
) -> None:
    """By the service's name, as in a workflow; one VPC is wrong, and keeps no other from being connected."""
    hosts = list(vpcs)[:4]
    vpcs[hosts[1]]["connect_vpcs_endpoint"]["subnet_id"] = BACKEND["port_id"]
    one_host = {"localhost": {"connect_vpcs_endpoint": {"vpc_id": BACKEND["port_id"]}}}
    refused = machine.job("connect_fleet", {}, credentials, inventory(one_host)).run()
    assert refused.status == "failed" and "Give one of connect_vpcs_service_id" in refused.output
    missing = machine.job("connect_fleet", {"connect_vpcs_service_name": "web"}, credentials, inventory(vpcs, hosts))
    assert "no endpoint service web that these credentials can see" in missing.run().output
    assert simulator.state()["endpoints"] == []

    provided = machine.job("connect_vpcs", {"connect_vpcs_service": definition}, {"VPCEP": credentials["VPCEP"]})
    assert provided.run().status == "successful"
    named = {"connect_vpcs_service_name": "web"}
    done = machine.job("connect_fleet", named, credentials, inventory(vpcs, hosts)).run()
    assert done.status == "failed"
    connected = {endpoint["tags"]["vpc"] for endpoint in simulator.state()["endpoints"]}
    assert connected == set(hosts) - {hosts[1]}

    # Only some hosts, in a slice with and in a slice without one of them.
    for number, pattern in enumerate((f"{hosts[0]},elsewhere", "elsewhere*")):
        some = {**named, "connect_vpcs_hosts": pattern}
        done = machine.job("connect_fleet", some, credentials, inventory(vpcs, hosts)).run()
        assert done.status == "successful", done.output
        assert ("no hosts matched" in done.output) is bool(number)

    gone = machine.job(
        "connect_fleet", {**named, "connect_vpcs_state": "absent"}, credentials, inventory(vpcs, hosts[2:3])
    ).run()
    assert (gone.status, gone.changed) == ("successful", {hosts[2]: 1}), gone.output
    connected = {endpoint["tags"]["vpc"] for endpoint in simulator.state()["endpoints"]}
    assert connected == {hosts[0], hosts[3]}
    assert len(simulator.state()["services"]) == 1


def test_hosts_keep_their_own_account_beside_a_consumer_credential(
    machine: Machine,
    simulator: SimulatorProcess,
    vpcs: dict[str, Any],
    definition: dict[str, Any],
    credentials: Credentials,
) -> None:
    hosts = [min(vpcs), max(vpcs)]
    del vpcs[hosts[0]]["connect_vpcs_consumer_auth"]
    vpcs[hosts[1]]["connect_vpcs_consumer_auth"] = simulator.account("consumer", "sub")
    logins = {"VPCEP": credentials["VPCEP"], "VPCEP consumer": simulator.account("consumer")}
    variables = {"connect_vpcs_service": definition}
    done = machine.job("connect_fleet", variables, logins, inventory(vpcs, hosts)).run()
    assert done.status == "successful", done.output
    projects = {endpoint["tags"]["vpc"]: endpoint["project_id"] for endpoint in simulator.state()["endpoints"]}
    assert len(set(projects.values())) == 2
