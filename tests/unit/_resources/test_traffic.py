# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option admit_traffic against the simulator: what is judged, added, removed, and with which requests."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._api.security_groups import SecurityGroupsApi
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.endpoint import converge_endpoint
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.preflight import check_project
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.service import converge_service
from tests.simulator.handle import Simulator
from tests.support.programs import Task

RANGE = "198.19.128.0/17"
PORTS = [{"client_port": 443, "server_port": 8443}, {"client_port": 80, "server_port": 8080}]
V3 = "listSecurityGroupRulesV3,createSecurityGroupRuleV3,deleteSecurityGroupRuleV3,listSecurityGroupsV3"
READS = ["getPort", "listSecurityGroupRulesV3"]


class Lab:
    """A backend whose port has one security group without rules that admit anything."""

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
        """The inbound rules of the own groups."""
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


def test_ensure_adds_one_rule_for_all_ports_and_then_nothing(lab: Lab) -> None:
    predicted = lab.run(check=True)
    assert lab.rules() == []
    made = lab.run()
    assert lab.network() == [*READS, "createSecurityGroupRuleV3"]
    [rule] = lab.rules()
    expected = {
        "multiport": "8080,8443",
        "protocol": "tcp",
        "action": "allow",
        "priority": 1,
        "remote_ip_prefix": RANGE,
    }
    assert {name: rule[name] for name in expected} == expected
    assert rule["description"] == "crossvpc.vpcep: VPC endpoint traffic to TCP 8080,8443"
    assert made["traffic"]["state"] == predicted["traffic"]["state"] == "admitted"
    assert [one["id"] for one in made["traffic"]["added_rules"]] == [rule["id"]]
    assert made["diff"] == predicted["diff"]
    text = f"inbound TCP 8080,8443 from {RANGE} in security group {lab.group}"
    assert made["diff"]["after"]["security_group_rules"] == [text]

    for mode in ("ensure", "report"):
        again = lab.run(admit_traffic=mode)
        assert (again["changed"], again["traffic"]["state"], lab.network()) == (False, "admitted", READS)
        assert lab.task.warnings == []
    assert "traffic" not in lab.run(admit_traffic="ignore")
    assert lab.network() == []


def test_ensure_admits_an_existing_service(lab: Lab) -> None:
    made = lab.run(admit_traffic="ignore")
    only_id = {"id": made["service"]["id"], "name": None, "port_id": None, "vpc_id": None, "ports": None}
    only_id.update(server_type=None, approval_enabled=None)
    predicted = lab.run(check=True, **only_id)
    assert (predicted["changed"], predicted["action"]) == (True, "change")
    assert lab.network("POST") == []
    result = lab.run(**only_id)
    assert (result["changed"], result["action"], len(lab.rules())) == (True, "change", 1)
    assert lab.task.writes == []
    assert lab.run(**only_id)["changed"] is False


def test_report_names_the_missing_rule(lab: Lab) -> None:
    result = lab.run(admit_traffic="report")
    assert lab.network() == READS
    assert (result["traffic"]["state"], lab.rules()) == ("not_admitted", [])
    assert [one["multiport"] for one in result["traffic"]["missing_rules"]] == ["8080,8443"]
    [warning] = lab.task.warnings
    for part in (lab.group, RANGE, "TCP 8080,8443", "Set admit_traffic to ensure"):
        assert part in warning
    assert lab.run(admit_traffic="report")["changed"] is False


def test_new_ports_are_judged(lab: Lab) -> None:
    lab.run()
    more = [*PORTS, {"client_port": 81, "server_port": 8081}]
    result = lab.run(ports=more)
    assert [one["multiport"] for one in result["traffic"]["added_rules"]] == ["8080-8081,8443"]
    assert lab.run(ports=more)["changed"] is False


def test_a_wide_rule_is_enough(lab: Lab) -> None:
    lab.add_rule(remote_ip_prefix="198.18.0.0/15", multiport="1-10000", priority=50)
    result = lab.run()
    assert (result["traffic"]["state"], result["traffic"]["added_rules"], lab.network()) == ("admitted", [], READS)


def test_a_rule_that_denies(lab: Lab) -> None:
    lab.add_rule()
    denies = lab.add_rule(action="deny", remote_ip_prefix="198.19.200.0/24", priority=2)
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "admitted"
    first = lab.add_rule(action="deny", remote_ip_prefix="198.19.200.0/24", multiport="8080")
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "not_admitted"
    assert first in lab.task.warnings[0]
    with pytest.raises(VpcepError, match=f"(?s)would not help.*{first}"):
        lab.run()
    lab.cloud.remove("security_group_rules", first)
    lab.cloud.change("security_group_rules", denies, priority=1)
    with pytest.raises(VpcepError, match=denies):
        lab.run(name="other", ports=[{"client_port": 1, "server_port": 1}])
    assert lab.services() == 1


def test_an_address_group_cannot_be_told(lab: Lab) -> None:
    lab.add_rule(remote_ip_prefix=None, remote_address_group_id=lab.port_id)
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "unknown"
    assert "may not admit" in lab.task.warnings[0]
    assert lab.run()["traffic"]["state"] == "admitted"
    assert lab.network("POST") == ["createSecurityGroupRuleV3"]


def test_a_port_without_security_needs_no_rule(lab: Lab) -> None:
    lab.cloud.change("ports", lab.port_id, port_security_enabled=False)
    assert lab.run()["traffic"]["state"] == "admitted"
    assert lab.network() == ["getPort"]


def test_filters_that_the_cloud_ignores(lab: Lab) -> None:
    """Rules of other groups, and ports without the group, do not count."""
    other = lab.new_group("other")
    lab.add_rule(other)
    rules = lab.cloud.objects("security_group_rules")
    body = json.dumps({"security_group_rules": [one for one in rules if one["security_group_id"] != lab.group]})
    lab.cloud.fault(service="vpc", operation="listSecurityGroupRulesV3", status=200, body=body)
    assert lab.run(admit_traffic="report", check=True)["traffic"]["state"] == "unknown"

    lab.run()
    ports = [{"id": lab.port_id, "security_groups": [lab.group]}, {"id": "p", "security_groups": [other]}]
    lab.cloud.fault(service="vpc", operation="listPorts", status=200, body=json.dumps({"ports": ports}))
    listed = {"endpoint_services": [{"id": "s", "port_id": "p", "status": "available"}], "total_count": 1}
    lab.cloud.fault(operation="listEndpointServices", nth=2, status=200, body=json.dumps(listed))
    assert len(lab.run(state="absent")["traffic"]["removed_rules"]) == 1


def test_a_refused_rule_comes_after_rejections(lab: Lab, subnet: dict[str, str]) -> None:
    made = lab.run(admit_traffic="ignore", permissions=["*"])
    by_service = {"endpoint_service_id": made["service"]["id"]}
    network = lab.cloud.spare("consumer")[1]
    place = {name: network[name] for name in ("vpc_id", "subnet_id")}
    lab.task(converge_endpoint, account="consumer", **by_service, **place)
    lab.cloud.settings(forbidden="createSecurityGroupRuleV3")
    with pytest.raises(ApiError, match="add a rule"):
        lab.run(permissions=[], reject_revoked=True)
    assert [one["status"] for one in lab.cloud.state()["endpoints"]] == ["rejected"]


# Several groups


def test_several_groups_need_a_choice_before_anything_is_made(lab: Lab) -> None:
    other = lab.new_group("db")
    lab.place([lab.group, other])
    for check in (True, False):
        with pytest.raises(VpcepError, match=rf"web \({lab.group}\), db \({other}\)"):
            lab.run(check)
    with pytest.raises(VpcepError, match="none of them have the name or ID 'dbs'"):
        lab.run(security_group="dbs")
    assert (lab.services(), lab.rules()) == (0, [])
    result = lab.run(security_group="db")
    assert [one["security_group_id"] for one in lab.rules()] == [other]
    assert result["traffic"]["security_groups"] == [lab.group, other]
    assert lab.run(security_group="db")["changed"] is False
    assert lab.network() == READS


def test_rules_of_all_groups_count(lab: Lab) -> None:
    other = lab.new_group("db")
    lab.place([lab.group, other])
    lab.add_rule(multiport="8080")
    lab.add_rule(other, multiport="8443")
    assert lab.run()["traffic"]["state"] == "admitted"


def test_a_group_by_id_needs_no_look_up(lab: Lab) -> None:
    other = lab.new_group("web")
    lab.place([lab.group, other])
    with pytest.raises(VpcepError, match="2 of them"):
        lab.run(security_group="web")
    lab.run(security_group=other.upper())
    assert lab.network() == [*READS, "createSecurityGroupRuleV3"]
    assert [one["security_group_id"] for one in lab.rules()] == [other]


def test_the_choice_has_no_effect_where_nothing_is_changed(lab: Lab) -> None:
    lab.run(admit_traffic="ignore", security_group="web")
    assert "security_group has no effect" in lab.task.warnings[0]


# Rights and refusals


def test_an_empty_list_may_be_a_missing_right(lab: Lab) -> None:
    lab.cloud.settings(empty_lists="listSecurityGroupRulesV3")
    assert lab.run(admit_traffic="report")["traffic"]["state"] == "unknown"
    assert "vpc:securityGroupRules:get" in lab.task.warnings[0]
    lab.add_rule(multiport="8080,8443")
    result = lab.run()
    assert (result["changed"], lab.network()[-1]) == (False, "getSecurityGroupV3")
    lab.cloud.settings(forbidden="getSecurityGroupV3")
    with pytest.raises(ApiError, match="get security group"):
        lab.run()


def test_a_group_without_any_rule(lab: Lab) -> None:
    empty = str(lab.cloud.add("security_groups", name="empty")["id"])
    lab.place([empty])
    assert lab.run()["traffic"]["state"] == "admitted"
    assert [one["security_group_id"] for one in lab.rules()] == [empty]


def test_huawei_cloud_shows_ports_without_neutron(lab: Lab) -> None:
    lab.cloud.settings(forbidden="getPort")
    if lab.cloud.profile == "huawei":
        assert lab.run()["traffic"]["state"] == "admitted"
        assert "listPortsV3" in lab.network()


@pytest.mark.parametrize("operations", ["getPort,listPortsV3", "listSecurityGroupRulesV3"])
def test_what_cannot_be_read_stops_ensure_before_a_creation(lab: Lab, operations: str) -> None:
    lab.cloud.settings(forbidden=operations)
    assert lab.run(admit_traffic="report", check=True)["traffic"]["state"] == "unknown"
    with pytest.raises(VpcepError):
        lab.run()
    assert lab.services() == 0


def test_a_rule_that_is_refused_leaves_a_service_that_a_rerun_completes(lab: Lab) -> None:
    lab.cloud.settings(forbidden="createSecurityGroupRuleV3")
    with pytest.raises(ApiError, match=r"(?s)add a rule to security group.*run the task again"):
        lab.run()
    lab.cloud.settings(forbidden="")
    result = lab.run()
    assert (lab.services(), len(lab.rules()), result["action"]) == (1, 1, "change")


def test_no_room_for_another_rule(lab: Lab) -> None:
    lab.cloud.settings(security_group_rules=1)
    with pytest.raises(ApiError, match="Quota exceeded"):
        lab.run()
    assert lab.network("POST") == ["createSecurityGroupRuleV3"]
    assert lab.network()[-1] == "listSecurityGroupRulesV3"


def test_another_run_was_quicker(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    lab.run()
    [rule] = lab.rules()
    lab.cloud.remove("security_group_rules", rule["id"])

    def add_first(*_arguments: Any) -> Any:
        lab.add_rule(multiport="8080,8443")
        raise ApiError(status=409, code="VPC.9902")

    monkeypatch.setattr(SecurityGroupsApi, "create_rule", add_first)
    result = lab.run()
    assert (result["changed"], result["traffic"]["state"], result["traffic"]["added_rules"]) == (False, "admitted", [])


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_request_without_an_answer_makes_one_rule(lab: Lab, carried_out: bool) -> None:
    lab.cloud.fault(kind="reset", service="vpc", operation="createSecurityGroupRuleV3", carried_out=carried_out)
    result = lab.run()
    [rule] = lab.rules()
    assert [one["id"] for one in result["traffic"]["added_rules"]] == [rule["id"]]


# v1


def test_a_region_with_v1_only(lab: Lab) -> None:
    lab.cloud.settings(unpublished=V3)
    lab.run()
    assert lab.network()[-3:] == ["createSecurityGroupRuleV3", "createSecurityGroupRule", "createSecurityGroupRule"]
    assert sorted(one["multiport"] for one in lab.rules()) == ["8080", "8443"]
    assert lab.run()["changed"] is False
    assert lab.network() == ["getPort", "listSecurityGroupRules"]
    assert lab.run(state="absent")["changed"] is True
    assert lab.rules() == []

    other = lab.new_group("db")
    lab.place([lab.group, other])
    with pytest.raises(VpcepError, match=f"does not show the names.*{lab.group}, {other}"):
        lab.run(security_group="db")
    lab.run(security_group=other)
    assert {one["security_group_id"] for one in lab.rules()} == {other}


def test_v1_completes_what_an_earlier_run_began(lab: Lab) -> None:
    lab.cloud.settings(unpublished="listSecurityGroupRulesV3,createSecurityGroupRuleV3")
    lab.add_rule(multiport="8080")
    result = lab.run()
    assert [one["port_range_min"] for one in result["traffic"]["added_rules"]] == [8443]


# Removal


def test_absent_removes_its_own_rule(lab: Lab) -> None:
    lab.run()
    foreign = lab.add_rule(multiport="8080,8443", description="by hand", priority=2)
    predicted = lab.run(check=True, state="absent")
    assert len(lab.rules()) == 2
    result = lab.run(state="absent")
    assert [one["id"] for one in lab.rules()] == [foreign]
    assert len(result["traffic"]["removed_rules"]) == 1
    assert result["traffic"]["removed_rules"] == predicted["traffic"]["removed_rules"]
    assert result["diff"] == predicted["diff"]
    assert result["diff"]["before"]["security_group_rules"][0].startswith("inbound TCP 8080,8443")
    order = [one["operation"] for one in lab.cloud.log() if one["method"] == "DELETE"]
    assert order == ["deleteSecurityGroupRuleV3", "deleteEndpointService"]
    assert lab.run(state="absent")["changed"] is False


def test_absent_removes_rules_for_former_ports_too(lab: Lab) -> None:
    lab.run()
    lab.run(ports=[{"client_port": 1, "server_port": 1}])
    assert len(lab.rules()) == 2
    lab.run(state="absent")
    assert lab.rules() == []


@pytest.mark.parametrize("mode", ["ignore", "report"])
def test_absent_leaves_rules_without_ensure(lab: Lab, mode: str) -> None:
    lab.run()
    lab.run(state="absent", admit_traffic=mode)
    assert (len(lab.rules()), lab.network("DELETE")) == (1, [])


def test_a_changed_rule_stays(lab: Lab) -> None:
    lab.run()
    lab.cloud.change("security_group_rules", lab.rules()[0]["id"], multiport="1-65535")
    lab.run(state="absent")
    assert len(lab.rules()) == 1


def test_the_rule_stays_for_another_service_in_the_group(lab: Lab, backend: dict[str, Any]) -> None:
    lab.run()
    other = lab.cloud.spare("provider")[2]
    lab.cloud.change("ports", other["port_id"], groups=[lab.group])
    lab.run(name="other", port_id=other["port_id"], vpc_id=other["vpc_id"])
    result = lab.run(state="absent")
    assert len(lab.rules()) == 1
    assert "also has the port of endpoint service" in result["traffic"]["reasons"][0]
    lab.run(state="absent", name="other", port_id=other["port_id"], vpc_id=other["vpc_id"])
    assert lab.rules() == []


def test_an_empty_list_of_ports_is_no_proof(lab: Lab) -> None:
    lab.run()
    lab.cloud.settings(empty_lists="listPorts")
    result = lab.run(state="absent")
    assert "does not show all ports" in result["traffic"]["reasons"][0]
    assert len(lab.rules()) == 1


def test_a_service_in_use_keeps_its_rule(lab: Lab, subnet: dict[str, str]) -> None:
    made = lab.run()
    lab.task(converge_endpoint, endpoint_service_id=made["service"]["id"], **subnet)
    with pytest.raises(VpcepError, match="in use"):
        lab.run(state="absent")
    assert len(lab.rules()) == 1
    lab.run(state="absent", force=True)
    assert (lab.rules(), lab.services()) == ([], 0)


def test_a_backend_that_is_gone_is_no_obstacle(lab: Lab) -> None:
    lab.run()
    lab.cloud.remove("ports", lab.port_id)
    assert lab.run(state="absent")["changed"] is True


def test_a_replacement_keeps_the_rule(lab: Lab) -> None:
    lab.run()
    other = lab.cloud.spare("provider")[3]
    place = {"port_id": other["port_id"], "vpc_id": other["vpc_id"]}
    lab.cloud.change("ports", other["port_id"], groups=[lab.group])
    result = lab.run(**place, recreate=True)
    assert (result["action"], len(lab.rules()), result["traffic"]["state"]) == ("replace", 1, "admitted")


def test_a_backend_by_name(lab: Lab) -> None:
    server = next(one for one in lab.cloud.objects("servers") if one["name"] == "shop-1")
    lab.port_id = server["cards"][0]["id"]
    lab.place([lab.group])
    named = {"backend": {"server": "shop-1"}, "port_id": None, "vpc_id": None, "server_type": None}
    assert lab.run(**named)["traffic"]["security_groups"] == [lab.group]
    assert lab.run(**named)["changed"] is False
    assert lab.network() == ["listServers", *READS]


# Load balancers


def test_load_balancers_are_only_reported(lab: Lab) -> None:
    vpc = lab.options["vpc_id"]
    subnet = next(one["id"] for one in lab.cloud.objects("subnets") if one["vpc_id"] == vpc)
    addresses = lab.cloud.add("ipgroups", name="some", ips=["10.0.0.0/8"])
    listeners = [
        {"protocol_port": 8080, "ipgroup": addresses["id"], "type": "black"},
        {"protocol_port": 8443, "protocol": "UDP"},
    ]
    balancer = lab.cloud.add("loadbalancers", name="lb", subnet=subnet, listeners=listeners)
    options = {"server_type": "LB", "port_id": balancer["vip_port_id"]}
    result = lab.run(**options)
    assert lab.network() == ["listLoadBalancersV3", "listListeners", "getIpGroup"]
    assert result["traffic"]["state"] == "not_admitted"
    [warning] = lab.task.warnings
    assert "no listener for TCP 8443" in warning and "never changed" in warning

    lab.cloud.add("listeners", loadbalancer=balancer["id"], protocol_port=8443, protocol="TCP")
    assert lab.run(**options)["traffic"]["state"] == "admitted"
    lab.cloud.change("ipgroups", addresses["id"], ip_list=[{"ip": "198.19.200.0/24"}])
    assert lab.run(**options)["traffic"]["state"] == "not_admitted"
    assert f"IP address group {addresses['id']}" in lab.task.warnings[0]
    lab.cloud.settings(empty_lists="listListeners")
    assert lab.run(**options)["traffic"]["state"] == "unknown"
    assert "elb:listeners:list" in lab.task.warnings[0]
    assert lab.run(**options, state="absent")["changed"] is True
    assert lab.network() == []


# The preflight


def preflight(lab: Lab, port_id: str = "") -> list[tuple[str, Any, str]]:
    """What, whether it passed, and the value, of the checks about traffic."""
    options = {"port_ids": [port_id or lab.port_id], "server_ports": [8443]}
    checks = lab.task(check_project, **options)["checks"]
    return [(one["check"].split(" of ")[0], one["ok"], one["value"]) for one in checks[1:]]


def test_the_preflight_looks_at_groups_and_acl(lab: Lab) -> None:
    assert [(what, ok) for what, ok, _value in preflight(lab)] == [("traffic", False), ("network ACL", True)]
    assert lab.network() == [*READS, "listNetworkAcls"]
    lab.add_rule()
    subnet = next(one["subnet_id"] for one in lab.cloud.objects("ports") if one["id"] == lab.port_id)
    acl = lab.cloud.add("firewalls", name="acl", subnets=[subnet], ingress_rules=[{"destination_port": "80"}])
    [(_traffic, ok, _value), (_acl, passes, value)] = preflight(lab)
    assert (ok, passes, lab.network()) == (True, False, [*READS, "listNetworkAcls", "getNetworkAcl"])
    assert f"Network ACL {acl['id']} of subnet {subnet} does not admit" in value
    lab.cloud.change("firewalls", acl["id"], admin_state_up=False)
    assert [ok for _what, ok, _value in preflight(lab)] == [True, True]
    lab.cloud.settings(unpublished="listNetworkAcls", forbidden="listSecurityGroupRulesV3")
    assert [ok for _what, ok, _value in preflight(lab)] == [None, None]


def test_the_preflight_of_a_backend_by_name(lab: Lab) -> None:
    options = {"backends": [{"server": "shop-1"}], "server_ports": [8443]}
    assert [one["ok"] for one in lab.task(check_project, **options)["checks"]] == [True, False, True]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"server_ports": [80]}, "there is no backend"),
        ({"server_ports": [0, 65536], "backends": [{"server": "shop-1"}]}, "0 is not a port .*65536 is not"),
    ],
)
def test_the_preflight_refuses_ports(lab: Lab, options: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=f"server_ports: {text}"):
        lab.task(check_project, **options)
    assert lab.network() == []


def test_the_preflight_of_a_load_balancer(lab: Lab) -> None:
    subnet = next(one["subnet_id"] for one in lab.cloud.objects("ports") if one["id"] == lab.port_id)
    balancer = lab.cloud.add("loadbalancers", name="lb", subnet=subnet, listeners=[{"protocol_port": 8443}])
    assert [ok for _what, ok, _value in preflight(lab, balancer["vip_port_id"])] == [True, True]
    assert lab.network() == ["getPort", "listLoadBalancersV3", "listListeners", "listNetworkAcls"]


# Killed at each request


class Killed(BaseException):
    """The process ends."""


def run_killed(lab: Lab, monkeypatch: pytest.MonkeyPatch, request: int, carried_out: bool, **options: Any) -> bool:
    """Ends a run before or after a request, from 1. Returns whether it sent so many."""
    sent, once = 0, HttpClient._once

    def last(client: HttpClient, *arguments: Any) -> Any:
        nonlocal sent
        sent += 1
        if sent == request and carried_out:
            once(client, *arguments)
        if sent == request:
            raise Killed
        return once(client, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(HttpClient, "_once", last)
        try:
            lab.run(**options)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("unpublished", ["", pytest.param(V3, marks=pytest.mark.slow)], ids=["v3", "v1"])
def test_killed_at_each_request(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, unpublished: str, state: str, carried_out: bool
) -> None:
    lab.cloud.settings(unpublished=unpublished)
    for request in count(1):
        lab.run(state="present" if state == "absent" else "absent")
        if not run_killed(lab, monkeypatch, request, carried_out, state=state):
            break
        lab.cloud.advance(10)
        lab.run(state=state)
        expected = 0 if state == "absent" else 2 if unpublished else 1
        assert (lab.services(), len(lab.rules())) == (min(1, expected), expected), request
        assert lab.run(state=state)["changed"] is False
    assert request > 4
