"""The role connect_vpcs and its playbooks, run by ansible-playbook as users do, against a simulator."""

from __future__ import annotations

import copy
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.simulator import SimulatorProcess

ROOT = Path(__file__).resolve().parents[3]
RUNTIME = Path(os.environ.get("VPCEP_RUNTIME", ROOT / ".venv-runtime")) / "bin"  # nothing but ansible-core, requests
ROLE = "crossvpc.vpcep.connect_vpcs"
PUBLIC_DNS = "com.t-systems.otc.eu-de.dns"

# What the API's own guide uses.
FRONTEND = {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed82", "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81"}
SERVICE = {
    "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
    "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
    "approval_enabled": False,
    "service_type": "interface",
    "server_type": "VM",
    "ports": [
        {"client_port": 8080, "server_port": 80, "protocol": "TCP"},
        {"client_port": 8081, "server_port": 80, "protocol": "TCP"},
    ],
}
SEED = {"connect_vpcs_service": SERVICE, "connect_vpcs_endpoints": [{**FRONTEND, "enable_dns": True}]}
EXAMPLES = {"vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140", "subnet_id": "61881173-3899-4981-a700-170253d469b6"}
CONSUMER = {"vpc_id": "c0de0000-0000-4000-8000-000000000001", "subnet_id": "c0de0000-0000-4000-8000-000000000011"}


class Run:
    """What a run of ansible-playbook left behind."""

    def __init__(self, code: int, output: str, kept: dict[str, Any]) -> None:
        self.code, self.output, self.kept = code, output, kept

    @property
    def changed(self) -> int:
        found = re.search(r"changed=(\d+)", self.output)
        assert found, self.output
        return int(found.group(1))

    @property
    def result(self) -> dict[str, Any]:
        found: dict[str, Any] = self.kept["result"]
        return found


class Controller:
    """A machine on which a user runs playbooks."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self.simulator, self.folder = simulator, folder
        collection = folder / "tree" / "ansible_collections" / "crossvpc" / "vpcep"
        collection.parent.mkdir(parents=True)
        collection.symlink_to(ROOT)
        self.environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(folder / "tree"),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_NOCOLOR": "true",
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "PATH": f"{RUNTIME}{os.pathsep}{os.environ['PATH']}",
            **{f"OS_{name.upper()}": value for name, value in simulator.account().items() if name != "region"},
            "OS_REGION_NAME": simulator.region,
        }

    def run(self, playbook: str, *options: str, variables: dict[str, Any] | None = None) -> Run:
        """Run a playbook; the facts connect_vpcs_result and notes come back."""
        kept = self.folder / "kept.json"
        kept.unlink(missing_ok=True)
        keeping = self.folder / "keep.yml"
        content = "{{ {'result': connect_vpcs_result | default({}), 'notes': notes | default({})} | to_json }}"
        task = {"ansible.builtin.copy": {"content": content, "dest": str(kept)}, "check_mode": False}
        task |= {"changed_when": False, "diff": False}
        keeping.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}]))
        given = self.folder / "variables.yml"
        given.write_text(yaml.safe_dump(variables or {}))
        command = ["ansible-playbook", playbook, str(keeping), *options, "-e", f"@{given}"]
        done = subprocess.run(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return Run(done.returncode, done.stdout, json.loads(kept.read_text()) if kept.exists() else {})

    def play(self, *tasks: dict[str, Any], options: tuple[str, ...] = ()) -> Run:
        """Run a playbook of the user's own."""
        file = self.folder / "playbook.yml"
        file.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}]))
        return self.run(str(file), *options)

    def requests(self) -> list[str]:
        """Methods and kinds of object of the VPCEP requests since the last call."""
        log = self.simulator.log(service="vpcep")
        self.simulator.clear_log()
        return [f"{entry['method']} {entry['operation']}" for entry in log]


@pytest.fixture(scope="module")
def running() -> Iterator[SimulatorProcess]:
    with SimulatorProcess() as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def simulator(running: SimulatorProcess) -> SimulatorProcess:
    running.reset()
    return running


@pytest.fixture
def controller(simulator: SimulatorProcess, tmp_path: Path) -> Controller:
    return Controller(simulator, tmp_path)


def include(**variables: Any) -> dict[str, Any]:
    """A task that includes the role."""
    return {"ansible.builtin.include_role": {"name": ROLE}, "vars": variables}


def note(name: str) -> dict[str, Any]:
    """A task that keeps the role's result under a name."""
    value = "{{ notes | default({}) | combine({'" + name + "': connect_vpcs_result}) }}"
    return {"ansible.builtin.set_fact": {"notes": value}}


def test_the_whole_life_of_a_connection(controller: Controller, simulator: SimulatorProcess) -> None:
    predicted = controller.run(ROLE, "--check", variables=SEED)
    assert predicted.code == 0, predicted.output
    assert predicted.changed == 2
    assert {request.split()[0] for request in controller.requests()} == {"GET"}
    assert simulator.state()["services"] == []
    assert predicted.result["service"]["id"] == ""
    (endpoint,) = predicted.result["endpoints"]
    assert (endpoint["id"], endpoint["ip"], endpoint["dns_names"], endpoint["ports"]) == ("", "", [], [])

    connected = controller.run(ROLE, variables=SEED)
    assert connected.code == 0, connected.output
    assert connected.changed == 2
    (service,), (state,) = simulator.state()["services"], simulator.state()["endpoints"]
    (endpoint,) = connected.result["endpoints"]
    assert (connected.result["service"]["id"], endpoint["id"]) == (service["id"], state["id"])
    assert endpoint["ip"] == state["ip"]
    hosts = [state["ip"], endpoint["dns_names"][0]]
    assert endpoint["ports"] == [f"{host}:{port}" for host in hosts for port in (8080, 8081)]
    assert all(f"use     {address}" in connected.output for address in endpoint["ports"])

    simulator.clear_log()
    again = controller.run(ROLE, variables=SEED)
    assert again.changed == 0, again.output
    assert controller.requests() == ["GET listEndpointServices", "GET listEndpoints"]
    assert again.result["endpoints"][0]["ports"] == endpoint["ports"]

    predicted = controller.run("crossvpc.vpcep.disconnect_vpcs", "--check", variables=SEED)
    assert predicted.changed == 2
    assert {request.split()[0] for request in controller.requests()} == {"GET"}

    removed = controller.run("crossvpc.vpcep.disconnect_vpcs", variables=SEED)
    assert removed.changed == 2, removed.output
    changes = [request for request in controller.requests() if not request.startswith("GET list")]
    assert changes == [
        "DELETE deleteEndpoint", "GET getEndpoint", "DELETE deleteEndpointService", "GET getEndpointService"
    ]  # fmt: skip
    assert removed.result["service"]["id"] == service["id"]
    assert [item["id"] for item in removed.result["endpoints"]] == [state["id"]]

    removed_again = controller.run("crossvpc.vpcep.disconnect_vpcs", variables=SEED)
    assert (removed_again.code, removed_again.changed) == (0, 0), removed_again.output
    assert {request.split()[0] for request in controller.requests()} == {"GET"}
    assert (removed_again.result["service"], removed_again.result["endpoints"]) == ({}, [])
    assert simulator.log(service="iam") == []


def test_two_connections_in_one_play(controller: Controller, simulator: SimulatorProcess) -> None:
    """What an inclusion skips, it must not take from an earlier one."""
    run = controller.play(
        include(**SEED),
        note("own"),
        include(connect_vpcs_service_name=PUBLIC_DNS, connect_vpcs_endpoints=[FRONTEND]),
        note("public"),
        include(connect_vpcs_service={"name": "bare", **SERVICE, "port_id": SERVICE["port_id"][:-1] + "9"}),
        note("bare"),
        {"block": [include(connect_vpcs_service_name="missing")], "rescue": [note("failed")]},
    )
    assert run.code == 0, run.output
    notes = run.kept["notes"]
    assert len(notes["own"]["endpoints"][0]["ports"]) == 4
    assert notes["public"]["service"]["service_name"] == PUBLIC_DNS
    assert notes["public"]["endpoints"][0]["ip"]
    assert notes["public"]["endpoints"][0]["ports"] == []
    assert notes["bare"]["service"]["name"] == "bare"
    assert notes["bare"]["endpoints"] == []
    assert (notes["failed"]["service"], notes["failed"]["endpoints"]) == ({}, [])
    assert "There is no endpoint service missing that these credentials can see" in run.output


def test_a_service_of_another_account(controller: Controller, simulator: SimulatorProcess) -> None:
    """Each side has credentials of its own, which nothing shows; the service is found by full name, ID, short name."""
    sides = {
        "connect_vpcs_provider_auth": simulator.account("provider"),
        "connect_vpcs_consumer_auth": simulator.account("consumer"),
    }
    alone = dict.fromkeys(sides, simulator.account("consumer"))
    shared = {**SERVICE, "name": "shared", "permissions": [simulator.domain_id("consumer")]}
    full_name, service_id = "{{ notes.both.service.service_name }}", "{{ notes.both.service.id }}"
    other = {**CONSUMER, "subnet_id": CONSUMER["subnet_id"][:-1] + "2"}
    gone = {"connect_vpcs_state": "absent"}
    run = controller.play(
        include(**sides, connect_vpcs_service=shared, connect_vpcs_endpoints=[CONSUMER]),
        note("both"),
        include(**alone, connect_vpcs_service_name=full_name, connect_vpcs_endpoints=[other]),
        note("full_name"),
        include(**alone, connect_vpcs_service_id=service_id, connect_vpcs_endpoints=[CONSUMER]),
        note("id"),
        include(connect_vpcs_service_name="shared"),
        note("short_name"),
        include(**alone, **gone, connect_vpcs_service_name=full_name, connect_vpcs_endpoints=[other]),
        note("gone_by_name"),
        include(**alone, **gone, connect_vpcs_service_id=service_id, connect_vpcs_endpoints=[CONSUMER]),
        include(**gone, connect_vpcs_service_name="shared", connect_vpcs_endpoints=[FRONTEND]),
        include(**gone, connect_vpcs_service_name="other", connect_vpcs_endpoints=[FRONTEND]),
        note("nothing"),
        options=("-vvvv", "--diff"),
    )
    assert run.code == 0, run.output
    notes = run.kept["notes"]
    both = notes["both"]
    assert len(both["endpoints"][0]["ports"]) == 2
    names = ("both", "full_name", "id", "short_name")
    assert len({notes[name]["service"]["id"] for name in names}) == 1
    assert notes["full_name"]["endpoints"][0]["ports"] == []  # strangers do not see a service's ports
    assert notes["id"]["endpoints"][0]["id"] == both["endpoints"][0]["id"]
    assert notes["short_name"]["service"]["ports"] == SERVICE["ports"]
    assert notes["gone_by_name"]["endpoints"][0]["id"] == notes["full_name"]["endpoints"][0]["id"]
    assert notes["nothing"]["endpoints"] == []
    assert run.changed == 5  # a service and two endpoints made, two endpoints removed
    for account in alone.values():
        assert account["password"] not in run.output
    assert simulator.account("provider")["password"] not in run.output
    state = simulator.state()
    assert [service["id"] for service in state["services"]] == [both["service"]["id"]]
    assert state["endpoints"] == []
    assert simulator.log(operation="deleteEndpointService") == []


WRONG = {
    "no service": ({}, "Say which service is meant: .* Given: none of them."),
    "an empty ID": ({"connect_vpcs_service_id": ""}, "Say which service is meant"),
    "two services": (
        {"connect_vpcs_service": SERVICE, "connect_vpcs_service_id": "x"},
        "Given: connect_vpcs_service and connect_vpcs_service_id",
    ),
    "an unknown state": ({**SEED, "connect_vpcs_state": "gone"}, "connect_vpcs_state must be one of: present, absent"),
    "an option that a service lacks": (
        {"connect_vpcs_service": {**SERVICE, "port": 80}},
        "connect_vpcs_service.port. Supported parameters include",
    ),
    "a port without number": (
        {"connect_vpcs_service": {**SERVICE, "ports": [{"client_port": "http", "server_port": 80}]}},
        "client_port.*int",
    ),
    "half a mapping": (
        {"connect_vpcs_service": {**SERVICE, "ports": [{"client_port": 80}]}},
        "missing required arguments: server_port",
    ),
    "an endpoint without VPC": (
        {**SEED, "connect_vpcs_endpoints": [{"subnet_id": FRONTEND["subnet_id"]}]},
        "missing required arguments: vpc_id found in connect_vpcs_endpoints",
    ),
    "endpoints that are no list": ({**SEED, "connect_vpcs_endpoints": {"vpc_id": "x"}}, "connect_vpcs_endpoints.*list"),
    "an unknown auth option": (
        {**SEED, "connect_vpcs_provider_auth": {"user": "me"}},
        "connect_vpcs_provider_auth.user. Supported parameters",
    ),
}


def test_wrong_variables_are_refused_before_any_request(controller: Controller, simulator: SimulatorProcess) -> None:
    tasks = []
    for name, (variables, _message) in WRONG.items():
        text = "{{ notes | default({}) | combine({'" + name + "': ansible_failed_result.msg}) }}"
        rescue = {"ansible.builtin.set_fact": {"notes": text}}
        tasks.append({"block": [include(**copy.deepcopy(variables))], "rescue": [rescue]})
    run = controller.play(*tasks)
    assert run.code == 0, run.output
    messages = run.kept["notes"]
    assert set(messages) == set(WRONG)
    for name, (_variables, message) in WRONG.items():
        assert re.search(message, messages[name]), (name, messages[name])
    assert simulator.log() == []


def test_disconnecting_is_all_that_disconnect_vpcs_does(controller: Controller, simulator: SimulatorProcess) -> None:
    run = controller.run("crossvpc.vpcep.disconnect_vpcs", variables={**SEED, "connect_vpcs_state": "present"})
    assert run.code == 2
    assert "This playbook disconnects" in run.output
    assert simulator.log() == []


def test_one_endpoint_of_several_fails_and_a_rerun_converges(
    controller: Controller, simulator: SimulatorProcess
) -> None:
    wrong = {**FRONTEND, "subnet_id": EXAMPLES["subnet_id"], "description": "subnet of another VPC"}
    third = {"vpc_id": SERVICE["vpc_id"], "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed85", "port_ip": "10.10.2.77"}
    endpoints = [FRONTEND, wrong, third]
    run = controller.run(ROLE, variables={**SEED, "connect_vpcs_endpoints": endpoints})
    assert run.code == 2
    assert re.search(r"failed: .*item=subnet of another VPC.*EndPoint\.2037", run.output), run.output
    assert len(simulator.state()["endpoints"]) == 2

    endpoints[1] = {**EXAMPLES, "description": "subnet of another VPC"}
    run = controller.run(ROLE, variables={**SEED, "connect_vpcs_endpoints": endpoints})
    assert (run.code, run.changed) == (0, 1), run.output
    assert len(simulator.state()["services"]) == 1
    assert len(simulator.state()["endpoints"]) == 3
    assert [item["vpc_id"] for item in run.result["endpoints"]] == [item["vpc_id"] for item in endpoints]
    assert run.result["endpoints"][2]["ports"] == ["10.10.2.77:8080", "10.10.2.77:8081"]

    # Somebody else removes one of them: the rest goes all the same.
    simulator.remove("endpoints", run.result["endpoints"][0]["id"])
    run = controller.run("crossvpc.vpcep.disconnect_vpcs", variables={**SEED, "connect_vpcs_endpoints": endpoints})
    assert (run.code, run.changed) == (0, 2), run.output
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []
