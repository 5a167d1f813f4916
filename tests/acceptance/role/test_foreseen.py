"""The role checks everything before it changes something, and --check reports the same problems."""

import re
from pathlib import Path

import yaml

from tests.acceptance.role.conftest import ROLE, Controller, include
from tests.simulator import SimulatorProcess
from tests.support.seed import FRONTEND, SERVICE

NONE = "4189d3c2-8882-4871-a3c2-d380272eed99"
WEB = {**SERVICE, "name": "web"}
BACKEND = {"vpc_id": WEB["vpc_id"], "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed84"}


def test_nothing_is_made_and_both_sides_are_told_at_once(controller: Controller, simulator: SimulatorProcess) -> None:
    simulator.settings(quota_services=0)
    endpoints = [{**FRONTEND, "vpc_id": NONE}, {**BACKEND, "port_ip": "10.10.1.10"}]
    wrong = {"connect_vpcs_service": {**WEB, "port_id": NONE}, "connect_vpcs_endpoints": endpoints}
    taken = f"10.10.1.10 is the address of port {WEB['port_id']}"
    for check in (["--check"], []):
        run = controller.playbook(ROLE, *check, variables=wrong)
        (told,) = re.findall(r'"msg": "(Nothing was created.*?)"', run.output)
        for words in ("There is no port", "There is no VPC", taken, "0 of 0 endpoint services are used"):
            assert told.count(words) == 1, run.output
        assert "0 used" not in told
        assert {request.split()[0] for request in controller.requests()} == {"GET"}


def test_a_service_that_is_still_being_created(controller: Controller, simulator: SimulatorProcess) -> None:
    """As after a run that was cancelled: the service is waited for, by its definition and by its ID."""
    simulator.settings(delay=4)
    made = controller.play(
        {"crossvpc.vpcep.vpcep_service": {**WEB, "wait": False}, "register": "made"},
        include(connect_vpcs_service_id="{{ made.service.id }}", connect_vpcs_endpoints=[FRONTEND]),
    )
    assert made.code == 0, made.output
    assert made.result["endpoints"][0]["status"] == "accepted" and made.result["service"]["status"] == "available"
    again = controller.play(
        {"crossvpc.vpcep.vpcep_service": {**WEB, "name": "b", "port_id": WEB["port_id"][:-1] + "9", "wait": False}},
        include(
            connect_vpcs_service={**WEB, "name": "b", "port_id": WEB["port_id"][:-1] + "9"},
            connect_vpcs_endpoints=[FRONTEND],
        ),
    )
    assert again.code == 0, again.output


def test_a_role_that_also_works_in_check_mode(controller: Controller, simulator: SimulatorProcess) -> None:
    """The keyword wins over --check, which ansible_check_mode shows."""
    task = include(connect_vpcs_service={**WEB, "approval_enabled": True}, connect_vpcs_endpoints=[FRONTEND])
    task["ansible.builtin.include_role"]["apply"] = {"check_mode": False}
    run = controller.play(task, options=("--check",))
    (endpoint,) = simulator.state()["endpoints"]
    assert run.code == 0 and run.result["created"] == [endpoint["id"]], run.output
    assert run.result["endpoints"][0]["ip"] == endpoint["ip"] != ""


def test_a_fleet_is_looked_at_before_its_service_is_made(
    controller: Controller, simulator: SimulatorProcess, tmp_path: Path
) -> None:
    hosts = {name: {"connect_vpcs_endpoint": {**FRONTEND, "vpc_id": NONE}} for name in ("one", "two")}
    inventory = tmp_path / "fleet.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    fleet = ("crossvpc.vpcep.connect_fleet", "-i", str(inventory))
    run = controller.playbook(*fleet, variables={"connect_vpcs_service": WEB})
    assert run.code == 2 and f"There is no VPC {NONE}" in run.output, run.output
    assert {request.split()[0] for request in controller.requests()} == {"GET"}

    run = controller.playbook(*fleet, variables={"connect_vpcs_service": {**WEB, "port_id": NONE}})
    assert run.code == 2 and "There is no port" in run.output and "There is no VPC" not in run.output, run.output
    controller.requests()

    hosts["two"] = {"connect_vpcs_endpoint": FRONTEND}
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    for check in (["--check"], [], []):
        run = controller.playbook(*fleet, *check, variables={"connect_vpcs_service": WEB})
        assert (run.code == 2 and f"There is no VPC {NONE}" in run.output) or "EndPoint.2001" in run.output, run.output
    assert [one["vpc_id"] for one in simulator.state()["endpoints"]] == [FRONTEND["vpc_id"]]
    controller.requests()
    hosts.pop("one")
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    run = controller.playbook(*fleet, variables={"connect_vpcs_service": WEB})
    assert (run.code, run.changed) == (0, 0) and "(new)" not in run.output, run.output
    assert controller.requests() == ["GET listEndpointServices", "GET listEndpoints"]
    (endpoint,) = simulator.state()["endpoints"]
    by_id = tmp_path / "by_id.yml"
    by_id.write_text(yaml.safe_dump({"all": {"hosts": {"two": {"connect_vpcs_endpoint": {"id": endpoint["id"]}}}}}))
    run = controller.playbook(fleet[0], "-i", str(by_id), variables={"connect_vpcs_service": WEB})
    assert (run.code, run.changed) == (0, 0), run.output
    simulator.remove("endpoints", endpoint["id"])
    anew = controller.playbook(*fleet, variables={"connect_vpcs_service": WEB, "connect_vpcs_state": None})
    assert f"{simulator.state()['endpoints'][0]['id']} (new), accepted" in anew.output, anew.output
    run = controller.playbook(*fleet, variables={"connect_vpcs_service": WEB, "connect_vpcs_state": "absent"})
    assert (run.code, run.changed) == (0, 1), run.output
    assert len(simulator.state()["services"]) == 1 and simulator.state()["endpoints"] == []
    controller.playbook(*fleet, variables={"connect_vpcs_service": WEB})
    (endpoint,), (service,) = simulator.state()["endpoints"], simulator.state()["services"]
    by_id.write_text(yaml.safe_dump({"all": {"hosts": {"two": {"connect_vpcs_endpoint": {"id": endpoint["id"]}}}}}))
    simulator.remove("services", service["id"])
    absent = {"connect_vpcs_service": WEB, "connect_vpcs_state": "absent"}
    gone = controller.playbook(fleet[0], "-i", str(by_id), variables=absent)
    assert (gone.code, gone.changed, simulator.state()["endpoints"]) == (0, 1, []), gone.output
    given = {"vpc_id": endpoint["vpc_id"], "id": None}
    by_id.write_text(yaml.safe_dump({"all": {"hosts": {"two": {"connect_vpcs_endpoint": given}}}}))
    without_id = controller.playbook(fleet[0], "-i", str(by_id), variables=absent)
    assert (without_id.code, without_id.changed) == (0, 0), without_id.output


def test_a_fleet_forgets_the_fleet_before(controller: Controller, simulator: SimulatorProcess, tmp_path: Path) -> None:
    """Only a run that has changed its service repeats a refused creation."""
    simulator.settings(accept_any_id=True)
    hosts = {"one": {"connect_vpcs_endpoint": FRONTEND}}
    (tmp_path / "fleet.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    other = dict.fromkeys(("connect_vpcs_provider_auth", "connect_vpcs_consumer_auth"), simulator.account("consumer"))
    made = "{{ connect_vpcs_result.service.id }}"
    keep = {"hosts": "all", "gather_facts": False, "tasks": [{"ansible.builtin.set_fact": {"made": made}}]}
    first = {"import_playbook": "crossvpc.vpcep.connect_fleet", "vars": {"connect_vpcs_service": WEB}}
    second = {**first, "vars": {"connect_vpcs_service_id": "{{ made }}", **other}}
    (tmp_path / "both.yml").write_text(yaml.safe_dump([first, keep, second]))
    run = controller.playbook(str(tmp_path / "both.yml"), "-i", str(tmp_path / "fleet.yml"))
    assert run.code == 2 and "EndPoint.2012" in run.output, run.output
    assert controller.requests().count("POST createEndpoint") == 2


def test_object_storage_in_a_vpc_that_does_not_exist(controller: Controller, simulator: SimulatorProcess) -> None:
    where = {"private_obs_vpc_id": NONE, "private_obs_subnet_id": FRONTEND["subnet_id"]}
    for check in (["--check"], []):
        run = controller.playbook("crossvpc.vpcep.private_obs", *check, variables=where)
        assert run.code == 2 and "Nothing was created" in run.output and f"There is no VPC {NONE}" in run.output
    assert simulator.state()["endpoints"] == []
