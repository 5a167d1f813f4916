"""The role connect_vpcs and its playbooks in one account, and with services of others."""

import copy
import re

from tests.acceptance.role.conftest import EXAMPLES, PUBLIC_DNS, ROLE, SEED, Controller, failing, include, note
from tests.simulator import SimulatorProcess
from tests.support.seed import CONSUMER, FRONTEND, SERVICE


def test_the_whole_life_of_a_connection(controller: Controller, simulator: SimulatorProcess) -> None:
    predicted = controller.playbook(ROLE, "--check", variables=SEED)
    assert predicted.code == 0, predicted.output
    assert predicted.changed == 2
    assert {request.split()[0] for request in controller.requests()} == {"GET"}
    assert simulator.state()["services"] == []
    assert predicted.result["service"]["id"] == ""
    (endpoint,) = predicted.result["endpoints"]
    assert (endpoint["id"], endpoint["ip"], endpoint["dns_names"], endpoint["ports"]) == ("", "", [], [])

    connected = controller.playbook(ROLE, variables=SEED)
    assert connected.code == 0, connected.output
    assert "(item=1 of the service)" in connected.output
    assert connected.changed == 2
    (service,), (state,) = simulator.state()["services"], simulator.state()["endpoints"]
    (endpoint,) = connected.result["endpoints"]
    assert (connected.result["service"]["id"], endpoint["id"]) == (service["id"], state["id"])
    assert endpoint["ip"] == state["ip"]
    hosts = [state["ip"], endpoint["dns_names"][0]]
    assert endpoint["ports"] == [f"{host}:{port}" for host in hosts for port in (8080, 8081)]
    assert all(f"use     {address}" in connected.output for address in endpoint["ports"])

    simulator.clear_log()
    again = controller.playbook(ROLE, variables=SEED)
    assert again.changed == 0, again.output
    assert again.executed <= 10, again.output
    assert controller.requests() == ["GET listEndpointServices", "GET listEndpoints"]
    assert again.result["endpoints"][0]["ports"] == endpoint["ports"]

    predicted = controller.playbook("crossvpc.vpcep.disconnect_vpcs", "--check", variables=SEED)
    assert predicted.changed == 2
    assert {request.split()[0] for request in controller.requests()} == {"GET"}

    removed = controller.playbook("crossvpc.vpcep.disconnect_vpcs", variables=SEED)
    assert removed.changed == 2, removed.output
    changes = [request for request in controller.requests() if not request.startswith("GET list")]
    assert changes == [
        "DELETE deleteEndpoint", "GET getEndpoint", "DELETE deleteEndpointService", "GET getEndpointService"
    ]  # fmt: skip
    assert removed.result["service"]["id"] == service["id"]
    assert [item["id"] for item in removed.result["endpoints"]] == [state["id"]]

    removed_again = controller.playbook("crossvpc.vpcep.disconnect_vpcs", variables=SEED)
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
    "an option that a service lacks": (
        {"connect_vpcs_service": {**SERVICE, "port": 80}},
        r"connect_vpcs_service.port is no option: did you mean ports or port_id\?",
    ),
    "endpoints that are no list": ({**SEED, "connect_vpcs_endpoints": {"vpc_id": "x"}}, "connect_vpcs_endpoints.*list"),
}


def test_wrong_variables_are_refused_before_any_request(controller: Controller, simulator: SimulatorProcess) -> None:
    tasks = [failing(name, include(**copy.deepcopy(variables))) for name, (variables, _message) in WRONG.items()]
    run = controller.play(*tasks)
    assert run.code == 0, run.output
    messages = run.kept["notes"]
    assert set(messages) == set(WRONG)
    for name, (_variables, message) in WRONG.items():
        assert re.search(message, messages[name]), (name, messages[name])
    assert simulator.log() == []


def test_disconnecting_is_all_that_disconnect_vpcs_does(controller: Controller, simulator: SimulatorProcess) -> None:
    run = controller.playbook("crossvpc.vpcep.disconnect_vpcs", variables={**SEED, "connect_vpcs_state": "present"})
    assert run.code == 2
    assert "This playbook disconnects" in run.output
    assert simulator.log() == []


def test_one_endpoint_of_several_fails_and_a_rerun_converges(
    controller: Controller, simulator: SimulatorProcess
) -> None:
    wrong = {**FRONTEND, "subnet_id": EXAMPLES["subnet_id"], "description": "subnet of another VPC"}
    third = {"vpc_id": SERVICE["vpc_id"], "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed85", "port_ip": "10.10.2.77"}
    endpoints = [FRONTEND, wrong, third]
    for check in ([], ["--check"]):
        run = controller.playbook(ROLE, *check, variables={**SEED, "connect_vpcs_endpoints": endpoints})
        assert run.code == 2 and "Nothing was created" in run.output
        assert re.search(r"endpoints\[1\] \(subnet of another VPC\): Subnet examples-a", run.output), run.output
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []

    hasty = {**SEED, "connect_vpcs_endpoints": endpoints, "connect_vpcs_preflight": False}
    run = controller.playbook(ROLE, variables=hasty)
    assert run.code == 2
    assert re.search(r"endpoints\[1\] \(subnet of another VPC\): .*EndPoint\.2037", run.output), run.output
    assert len(simulator.state()["endpoints"]) == 2

    endpoints[1] = {**EXAMPLES, "description": "subnet of another VPC"}
    run = controller.playbook(ROLE, variables={**SEED, "connect_vpcs_endpoints": endpoints})
    assert (run.code, run.changed) == (0, 1), run.output
    assert len(simulator.state()["services"]) == 1
    assert len(simulator.state()["endpoints"]) == 3
    assert [item["vpc_id"] for item in run.result["endpoints"]] == [item["vpc_id"] for item in endpoints]
    assert run.result["endpoints"][2]["ports"] == ["10.10.2.77:8080", "10.10.2.77:8081"]

    # Another user removes one of them: the others are deleted nevertheless.
    simulator.remove("endpoints", run.result["endpoints"][0]["id"])
    run = controller.playbook("crossvpc.vpcep.disconnect_vpcs", variables={**SEED, "connect_vpcs_endpoints": endpoints})
    assert (run.code, run.changed) == (0, 2), run.output
    assert simulator.state()["services"] == simulator.state()["endpoints"] == []


def test_a_misspelt_variable_is_named(controller: Controller, simulator: SimulatorProcess) -> None:
    misspelt = {"connect_vpcs_service": SERVICE, "connect_vpcs_endpoint": [FRONTEND]}
    for playbook in (ROLE, "crossvpc.vpcep.disconnect_vpcs"):
        run = controller.playbook(playbook, variables=misspelt)
        assert run.code == 2, run.output
        assert "There is no variable connect_vpcs_endpoint: did you mean connect_vpcs_endpoints?" in run.output
    assert simulator.state()["services"] == [] and controller.requests() == []


def test_a_run_says_that_there_are_no_endpoints(controller: Controller) -> None:
    run = controller.playbook(ROLE, variables={"connect_vpcs_service": SERVICE})
    assert run.code == 0, run.output
    assert run.result["next"] == ["No endpoints given, so no VPC was connected. Give connect_vpcs_endpoints."]


def test_a_run_says_which_endpoints_are_new(controller: Controller, simulator: SimulatorProcess) -> None:
    """One that was deleted elsewhere is made anew, and has another address and name."""
    simulator.settings(delay=0)
    first = controller.playbook(ROLE, variables=SEED)
    (endpoint,) = first.result["endpoints"]
    assert first.result["created"] == [endpoint["id"]] and f"new       {endpoint['id']}: " in first.output
    again = controller.playbook(ROLE, variables=SEED)
    assert again.result["created"] == [] and "new       " not in again.output
    simulator.remove("endpoints", endpoint["id"])
    predicted = controller.playbook(ROLE, "--check", variables=SEED)
    assert predicted.result["created"] == []
    anew = controller.playbook(ROLE, variables=SEED)
    (other,) = anew.result["endpoints"]
    assert anew.result["created"] == [other["id"]] and f"new       {other['id']}: " in anew.output
    assert other["dns_names"] != endpoint["dns_names"]


def test_uses_in_a_loop_take_nothing_from_each_other(controller: Controller, simulator: SimulatorProcess) -> None:
    """Each use includes other files than the one before: a search, the cloud's services, a creation."""
    simulator.settings(delay=0)
    gateway = {"vpc_id": FRONTEND["vpc_id"]}
    uses = [
        SEED,
        {"connect_vpcs_service_name": PUBLIC_DNS, "connect_vpcs_endpoints": [EXAMPLES]},
        {"connect_vpcs_cloud_services": [{"name": "obs", "endpoints": [gateway]}]},
        {"connect_vpcs_service": {**SERVICE, "name": "bare", "port_id": SERVICE["port_id"][:-1] + "9"}},
        SEED,
    ]
    options = {"service": "{}", "service_name": "none", "endpoints": "[]", "cloud_services": "[]"}
    values = {
        f"connect_vpcs_{name}": "{{ use.connect_vpcs_" + name + f" | default({nothing}) }}}}"
        for name, nothing in options.items()
    }
    loop = {**include(**values), "loop": uses, "loop_control": {"loop_var": "use", "label": "a use"}}
    first = controller.play(loop, note("last"))
    assert (first.code, first.changed) == (0, 5), first.output
    assert first.kept["notes"]["last"]["created"] == [] and first.kept["notes"]["last"]["cloud_services"] == {}
    again = controller.play(loop, note("last"))
    assert (again.code, again.changed) == (0, 0), again.output
    assert again.kept["notes"]["last"] == first.kept["notes"]["last"]
    assert len(simulator.state()["services"]) == 2 and len(simulator.state()["endpoints"]) == 3


def test_an_endpoint_by_its_id(controller: Controller, simulator: SimulatorProcess) -> None:
    made = controller.playbook(ROLE, variables=SEED).result
    endpoint = {"id": made["endpoints"][0]["id"], "tags": {"a": "b"}}
    by_id = {**SEED, "connect_vpcs_endpoints": [endpoint], "connect_vpcs_admit_traffic": "ignore"}
    for changed in (1, 0):
        controller.requests()
        run = controller.playbook(ROLE, variables=by_id)
        assert (run.code, run.changed) == (0, changed), run.output
        assert run.result["endpoints"][0]["ports"] == made["endpoints"][0]["ports"]
    assert controller.requests() == ["GET listEndpointServices", "GET listEndpoints"]
    elsewhere = {**by_id, "connect_vpcs_service": {}, "connect_vpcs_service_name": PUBLIC_DNS}
    other = controller.playbook(ROLE, variables=elsewhere)
    assert other.code == 2 and "cannot change this" in other.output and "endpoint_service_id (is" in other.output
    run = controller.playbook("crossvpc.vpcep.disconnect_vpcs", variables=by_id)
    assert (run.code, run.changed, simulator.state()["endpoints"]) == (0, 2, []), run.output
