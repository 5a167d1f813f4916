"""The role and its playbooks with names of a server and of networks instead of IDs."""

from typing import Any

import yaml

from tests.acceptance.role.conftest import ROLE, Controller, Run
from tests.simulator import SimulatorProcess

ANSWERS = {
    "connect_vpcs_service__name": "shop",
    "connect_vpcs_service__backend__server": "shop-1",
    "connect_vpcs_service__server_type": "VM",
    "connect_vpcs_service__ports": "[{client_port: 443, server_port: 8443}]",
    "connect_vpcs_service__approval_enabled": "true",
    "connect_vpcs_endpoints__vpc": "frontend",
    "connect_vpcs_endpoints__subnet": "frontend-a",
    "connect_vpcs_endpoints__dns_name": "shop.internal.example.com",
    "connect_vpcs_admit_traffic": "ensure",
}
UNCHANGED = [
    *("listServers", "listEndpointServices", "getPort", "listSecurityGroupRulesV3"),
    *("listVpcsV3", "listSubnets", "listEndpoints", "listPrivateZones", "listRecordSets"),
]


def test_the_job_by_the_answers_of_a_survey(controller: Controller, simulator: SimulatorProcess) -> None:
    """With approval: the record is made once the role has accepted the endpoint."""
    simulator.settings(delay=0)
    wrong = controller.playbook(ROLE, variables={**ANSWERS, "connect_vpcs_endpoints__vpc": "fronted"})
    assert wrong.code == 2 and "Nothing was created. There is no VPC named 'fronted'" in wrong.output, wrong.output
    assert "Is 'frontend' meant?" in wrong.output
    nowhere = controller.playbook(ROLE, variables={**ANSWERS, "connect_vpcs_endpoints__vpc": ""})
    assert nowhere.code == 2 and "endpoints[0].vpc_id or vpc or id is missing." in nowhere.output, nowhere.output
    assert {entry["method"] for entry in simulator.log() if entry["service"] != "iam"} == {"GET"}

    connected = controller.playbook(ROLE, variables=ANSWERS)
    assert connected.code == 0, connected.output
    (endpoint,) = connected.result["endpoints"]
    assert endpoint["dns_names"] == ["shop.internal.example.com"]
    assert endpoint["ports"] == [f"{endpoint['ip']}:443", "shop.internal.example.com:443"]
    assert [one["name"] for one in connected.result["resolved"]] == ["shop-1", "frontend", "frontend-a"]
    assert connected.result["traffic"]["state"] == "admitted" and connected.result["traffic"]["added_rules"]

    simulator.clear_log()
    again = controller.playbook(ROLE, variables=ANSWERS)
    assert (again.code, again.changed) == (0, 0), again.output
    assert [entry["operation"] for entry in simulator.log()] == UNCHANGED
    assert again.result["endpoints"] == connected.result["endpoints"]

    removed = controller.playbook(ROLE, variables={**ANSWERS, "connect_vpcs_state": "absent"})
    assert (removed.code, removed.changed) == (0, 2), removed.output
    operations = [entry["operation"] for entry in simulator.log() if entry["method"] == "DELETE"]
    deleted = ["deleteRecordSet", "deleteEndpoint", "deleteSecurityGroupRuleV3", "deleteEndpointService"]
    assert operations == deleted


def test_a_fleet_by_names(controller: Controller, simulator: SimulatorProcess) -> None:
    """A VPC whose name nothing has drops out before the service is created; the other one is connected."""
    simulator.settings(delay=0)
    run = fleet(controller, "frontend", "examplez")
    assert run.code == 2 and "There is no VPC named 'examplez'" in run.output, run.output
    vpcs = [one["vpc_id"] for one in simulator.state()["endpoints"]]
    assert vpcs == ["4189d3c2-8882-4871-a3c2-d380272eed82"] and len(simulator.state()["services"]) == 1


def fleet(controller: Controller, *vpcs: str, **options: Any) -> Run:
    """Connects VPCs to a service that has to accept them."""
    hosts = {name: {"connect_vpcs_endpoint": {"vpc": name, "subnet": f"{name}-a", **options}} for name in vpcs}
    inventory = controller.folder / "fleet.yml"
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    ports = [{"client_port": 443, "server_port": 8443}]
    service = {"name": "shop", "backend": {"server": "shop-1"}, "approval_enabled": True, "ports": ports}
    variables = {"connect_vpcs_service": service}
    return controller.playbook("crossvpc.vpcep.connect_fleet", "-i", str(inventory), variables=variables)


def test_a_fleet_with_domain_names(controller: Controller, simulator: SimulatorProcess) -> None:
    """The first run makes the records, once the endpoints are accepted; the second one changes nothing."""
    simulator.settings(delay=0)
    dns = {"dns_name": "shop.internal.example.com", "create_dns_zone": True}
    run = fleet(controller, "frontend", "shop", **dns)
    assert run.code == 0 and run.output.count(" shop.internal.example.com") == 2, run.output
    records = [value for one in simulator.objects("recordsets") if one["type"] == "A" for value in one["records"]]
    assert sorted(records) == sorted(one["ip"] for one in simulator.state()["endpoints"]) and len(records) == 2
    again = fleet(controller, "frontend", "shop", **dns)
    assert again.code == 0 and "changed: [" not in again.output, again.output


def test_object_storage_by_names(controller: Controller, simulator: SimulatorProcess) -> None:
    simulator.settings(delay=0)
    where = {"private_obs_vpc": "shop", "private_obs_subnet": "shop-a", "private_obs_routetables": ["shop-routes"]}
    run = controller.playbook("crossvpc.vpcep.private_obs", variables=where)
    assert (run.code, run.changed) == (0, 1), run.output
    assert {one["vpc_id"] for one in simulator.state()["endpoints"]} == {"5a0b0000-0000-4000-8000-000000000001"}
    both = controller.playbook("crossvpc.vpcep.private_obs", variables={**where, "private_obs_vpc_id": "x"})
    assert both.code == 2 and "each as a name or as an ID" in both.output, both.output
