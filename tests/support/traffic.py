"""A backend for tests of the option admit_traffic, with the rules and requests of the cloud."""

from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.simulator.handle import Simulator
from tests.support.programs import Task

RANGE = "198.19.128.0/17"
PORTS = [{"client_port": 443, "server_port": 8443}, {"client_port": 80, "server_port": 8080}]
V3 = "listSecurityGroupRulesV3,createSecurityGroupRuleV3,deleteSecurityGroupRuleV3,listSecurityGroupsV3"
READS = ["getPort", "listSecurityGroupRulesV3"]


class Lab:
    """A backend whose port has one security group, which admits nothing."""

    def __init__(self, cloud: Simulator, task: Task, backend: dict[str, Any]) -> None:
        self.cloud, self.task = cloud, task
        self.group = self.new_group("web")
        self.port_id = backend["port_id"]
        self.place([self.group])
        self.options = {**backend, "name": "web", "ports": PORTS, "admit_traffic": "ensure"}

    def new_group(self, name: str, *rules: dict[str, Any]) -> str:
        lets_out = {"direction": "egress", "protocol": None}
        return str(self.cloud.add("security_groups", name=name, rules=[lets_out, *rules])["id"])

    def place(self, groups: list[str]) -> None:
        self.cloud.change("ports", self.port_id, groups=groups)

    def add_rule(self, group: str = "", **members: Any) -> str:
        rule = {"remote_ip_prefix": RANGE, **members}
        return str(self.cloud.add("security_group_rules", security_group=group or self.group, **rule)["id"])

    def rules(self) -> list[dict[str, Any]]:
        """The inbound rules with an address range, without the default ones."""
        found = self.cloud.objects("security_group_rules")
        return [one for one in found if one["direction"] == "ingress" and one["remote_ip_prefix"]]

    def run(self, check: bool = False, **options: Any) -> Any:
        return self.task(converge_service, check, **{**self.options, **options})

    def network(self, method: str = "") -> list[str]:
        """The operations of the network services that the last task sent."""
        log = [one for one in self.cloud.log() if one["service"] not in ("iam", "vpcep")]
        return [one["operation"] for one in log if method in ("", one["method"])]

    def services(self) -> int:
        return len(self.cloud.state()["services"])


@pytest.fixture
def lab(cloud: Simulator, task: Task, backend: dict[str, Any]) -> Lab:
    return Lab(cloud, task, backend)
