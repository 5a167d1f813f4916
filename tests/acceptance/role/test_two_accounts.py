"""The role across two accounts: in halves, and how it goes wrong. The molecule scenario cross_account has the rest."""

import re
from typing import Any

import pytest
import yaml

from tests.acceptance.role.conftest import ROLE, Controller, failing, include, note
from tests.simulator import SimulatorProcess
from tests.support.seed import CONSUMER, SERVICE

LOOPBACK = {
    "vpc_id": "10075ac0-0000-4000-8000-000000000001",
    "subnet_id": "10075ac0-0000-4000-8000-000000000011",
    "port_ip": "127.64.1.99",
}
OVERLAPPING = "c0de0000-0000-4000-8000-000000000003"


@pytest.fixture
def both(simulator: SimulatorProcess) -> dict[str, Any]:
    """The role's variables for a service with approval and an endpoint of the other account."""
    simulator.settings(delay=0)
    return {
        "connect_vpcs_service": {**SERVICE, "name": "web", "approval_enabled": True},
        "connect_vpcs_endpoints": [{**CONSUMER, "enable_dns": True}],
        "connect_vpcs_provider_auth": simulator.account("provider"),
        "connect_vpcs_consumer_auth": simulator.account("consumer"),
    }


def test_check_mode_on_two_empty_accounts(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    run = controller.playbook(ROLE, "--check", "--diff", variables=both)
    assert run.code == 0, run.output
    assert run.result["endpoints"][0]["id"] == ""
    assert simulator.domain_id("consumer") in run.result["service"]["permissions"][0]
    assert not [entry for entry in controller.requests() if not entry.startswith("GET ")]
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []


def test_nothing_is_made_when_the_consumer_has_no_room(
    controller: Controller, simulator: SimulatorProcess, both: Any
) -> None:
    simulator.settings(quota_endpoints=0)
    run = controller.playbook(ROLE, variables=both)
    assert run.code == 2
    assert "0 of 0 endpoints are used" in run.output and "0 used" not in run.output
    assert simulator.state()["services"] == []
    run = controller.playbook(ROLE, variables={**both, "connect_vpcs_preflight": False})
    assert run.code == 2
    assert "Endpoint.1018" in run.output
    assert len(simulator.state()["services"]) == 1


def test_the_owner_may_want_to_decide_later(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    waiting = controller.playbook(ROLE, variables={**both, "connect_vpcs_accept": False})
    assert waiting.code == 0, waiting.output
    (endpoint,) = waiting.result["endpoints"]
    assert (endpoint["status"], endpoint["ip"]) == ("pendingAcceptance", "")
    assert endpoint["id"] in waiting.result["next"][-1]
    answer = {"decision_service_id": OVERLAPPING, "decision_endpoint_id": endpoint["id"], "decision_state": "accepted"}
    late = controller.playbook("crossvpc.vpcep.decide_connection", variables=answer)
    assert late.code == 0 and f"service {OVERLAPPING} has failed, or is gone" in late.output, late.output
    for status, code, expected in ((400, "EndPoint.2003", 0), (404, "APIGW.0101", 2)):
        simulator.fault(operation="listConnections", kind="answer", status=status, code=code)
        assert controller.playbook("crossvpc.vpcep.decide_connection", variables=answer).code == expected
    decided = controller.playbook(ROLE, variables=both)
    assert (decided.code, decided.changed) == (0, 1), decided.output
    assert decided.result["endpoints"][0]["ip"].startswith("10.20.1.")
    again = controller.playbook(ROLE, variables=both)
    assert (again.code, again.changed) == (0, 0), again.output
    assert again.result["endpoints"][0]["ports"] == decided.result["endpoints"][0]["ports"]


def test_a_policy_decides(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    """In one run as much as the limit allows; the rest waits, and the result says so. The next run changes nothing."""
    consumer = simulator.domain_id("consumer")
    policy: dict[str, Any] = {"accept": [{"domain_id": consumer, "limit": 1}]}
    network = simulator.spare("consumer")[0]
    endpoints = [CONSUMER, {name: network[name] for name in ("vpc_id", "subnet_id")}]
    variables = {**both, "connect_vpcs_accept_policy": policy, "connect_vpcs_endpoints": endpoints}
    first = controller.playbook(ROLE, variables=variables)
    assert (first.code, first.changed) == (0, 3), first.output
    assert sorted(one["status"] for one in first.result["endpoints"]) == ["accepted", "pendingAcceptance"]
    (left,) = [one["id"] for one in first.result["endpoints"] if one["status"] == "pendingAcceptance"]
    (step,) = first.result["next"]
    assert step.startswith(f"Endpoint {left} of account {consumer} waits (rule accept[0].limit of")
    controller.requests()
    again = controller.playbook(ROLE, variables=variables)
    assert (again.code, again.changed, again.result["next"]) == (0, 0, [step]), again.output
    assert controller.requests().count("GET listConnections") == 1
    approve = include(
        "approve",
        connect_vpcs_service_name="web",
        connect_vpcs_provider_auth=both["connect_vpcs_provider_auth"],
        connect_vpcs_accept_policy={**policy, "otherwise": "reject"},
    )
    predicted = controller.play(approve, options=("--check",))
    approved = controller.play(approve)
    assert (predicted.changed, approved.changed) == (1, 1), approved.output
    for run in (predicted, approved):
        rules = {one["id"]: (one["status"], one["decided_by"]) for one in run.result["connections"]}
        assert len(rules) == 2 and rules[left] == ("rejected", "accept[0].limit")
    assert f"{left} of account {consumer}: rejected, accept[0].limit" in approved.output


def test_a_port_that_does_not_answer(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    inventory = controller.folder / "hosts.yml"
    hosts = {"frontend": {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    verified = {
        **both,
        "connect_vpcs_endpoints": [{**LOOPBACK, "whitelist": ["10.0.0.0/8"], "enable_whitelist": True}],
        "connect_vpcs_verify_from": ["frontend"],
        "connect_vpcs_verify_timeout": 2,
    }
    run = controller.playbook(ROLE, "-i", str(inventory), variables=verified)
    text = re.sub(r"\s+", " ", run.output)
    assert run.code == 2
    for part in (
        "No answer within 2 s: frontend to 127.64.1.99:8080, frontend to 127.64.1.99:8081.",
        "security groups and network ACL have to let 198.19.128.0/17 in",
        f"port {SERVICE['port_id']}, status ACTIVE, address 10.10.1.",
        "is on: 10.0.0.0/8.",
        "Ports: 80.",
        "8080 to 80/TCP, 8081 to 80/TCP.",
    ):
        assert part in text, text


def test_each_half_in_a_play_of_its_own(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    """What provide returned is the input of consume, although both use the same fact. Before that, in a wrong order."""
    provider = {"connect_vpcs_provider_auth": both["connect_vpcs_provider_auth"]}
    consumer = {
        "connect_vpcs_consumer_auth": both["connect_vpcs_consumer_auth"],
        "connect_vpcs_endpoints": both["connect_vpcs_endpoints"],
    }
    definition, account = both["connect_vpcs_service"], simulator.domain_id("consumer")
    service, name = ("{{ connect_vpcs_result.service." + member + " }}" for member in ("id", "service_name"))
    unknown = "eu-de.web.11111111-2222-4333-8444-555555555555"
    controller.logout()  # each half has its own login and nothing else
    run = controller.play(
        include("approve", connect_vpcs_service=definition, **provider),
        note("no service"),
        failing("unknown", include("consume", connect_vpcs_service_name=unknown, **consumer)),
        include("provide", connect_vpcs_service=definition, **provider),
        note("provided"),
        include("approve", connect_vpcs_service_name="web", **provider),
        note("no endpoint"),
        failing("not allowed", include("consume", connect_vpcs_service_id=service, **consumer)),
    )
    assert run.code == 0, run.output
    notes = run.kept["notes"]
    assert "ask the service's owner" in notes["unknown"] and "to add this ID to permissions" in notes["not allowed"]
    assert notes["no service"]["connections"] == [] and "does not exist yet" in notes["no service"]["next"][0]
    assert notes["no endpoint"]["connections"] == [] and "No endpoint is connected" in notes["no endpoint"]["next"][0]
    made = notes["provided"]["service"]["id"]
    assert made in notes["provided"]["next"][0] and notes["provided"]["endpoints"] == []
    assert f"connect_vpcs_service_id={made}" in run.output

    tasks = [
        include("provide", connect_vpcs_service={**definition, "permissions": [account]}, **provider),
        include("consume", connect_vpcs_service_name=name, **consumer),
        note("consumed"),
        include("approve", connect_vpcs_service_id=service, connect_vpcs_accept_from=["another"], **provider),
        note("of_another"),
        include("approve", connect_vpcs_service_id=service, connect_vpcs_accept_from=[account], **provider),
        note("approved"),
    ]
    run = controller.play(*tasks)
    assert run.code == 0, run.output
    (endpoint,) = run.kept["notes"]["consumed"]["endpoints"]
    assert endpoint["status"] == "pendingAcceptance"
    assert "No endpoint of account another is connected" in run.kept["notes"]["of_another"]["next"][0]
    for name, status in {"of_another": "pendingAcceptance", "approved": "accepted"}.items():
        (connection,) = run.kept["notes"][name]["connections"]
        assert (connection["id"], connection["status"]) == (endpoint["id"], status)
    again = controller.play(*tasks)
    assert (again.code, again.changed) == (0, 0), again.output
    consumed, approved = again.kept["notes"]["consumed"], again.kept["notes"]["approved"]
    (endpoint,) = consumed["endpoints"]
    assert endpoint["status"] == "accepted" and endpoint["ip"].startswith("10.20.1.")
    assert endpoint["ports"] == [] and "port_id" not in consumed["service"]  # which the consumer may not know
    assert approved["connections"][0]["domain_id"] == account and consumed["next"] == approved["next"] == []


def test_one_side_from_the_environment(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    variables = {name: value for name, value in both.items() if name != "connect_vpcs_consumer_auth"}
    controller.login(simulator.account("consumer"))
    run = controller.playbook(ROLE, variables=variables)
    assert run.code == 0, run.output
    assert run.result["endpoints"][0]["status"] == "accepted"


def test_an_own_service_that_does_not_admit_the_consumer(
    controller: Controller, simulator: SimulatorProcess, both: Any
) -> None:
    made = controller.playbook(ROLE, variables={**both, "connect_vpcs_endpoints": [], "connect_vpcs_admit": False})
    assert made.code == 0, made.output
    existing = {**both, "connect_vpcs_service": {}, "connect_vpcs_service_id": made.result["service"]["id"]}
    run = controller.playbook(ROLE, variables=existing)
    assert run.code == 2
    assert f"Account {simulator.domain_id('consumer')} is not on it" in re.sub(r"\s+", " ", run.output)
    assert simulator.log(operation="createEndpoint") == []


def test_a_rejection_is_told(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    endpoint = controller.playbook(ROLE, variables=both).result["endpoints"][0]
    simulator.change("endpoints", endpoint["id"], status="rejected")
    run = controller.playbook(ROLE, variables=both)
    assert (run.code, run.changed) == (0, 0), run.output
    assert run.result["endpoints"][0]["ports"] == []
    assert "was rejected by the owner" in run.result["next"][-1]
    insisting = [{**both["connect_vpcs_endpoints"][0], "wait_for_acceptance": True}]
    run = controller.playbook(ROLE, variables={**both, "connect_vpcs_endpoints": insisting})
    assert run.code == 2
    assert "Ask the owner to accept it" in run.output


def test_a_host_that_cannot_try_is_no_silence(controller: Controller, simulator: SimulatorProcess, both: Any) -> None:
    inventory = controller.folder / "hosts.yml"
    hosts = {"bare": {"ansible_connection": "local", "ansible_python_interpreter": "/nowhere/python3"}}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    verified = {**both, "connect_vpcs_verify_from": ["bare"], "connect_vpcs_verify_timeout": 2}
    run = controller.playbook(ROLE, "-i", str(inventory), variables=verified)
    assert run.code == 2
    assert "Could not test from this host" in run.output
    assert "No answer within" not in run.output
