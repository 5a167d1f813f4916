"""Security groups and their rules, in the forms of v3, v1 and Neutron."""

from __future__ import annotations

from typing import Any

import pytest

EXISTS = "Security group rule already exists. Rule id is "
V3, V1, NEUTRON = "v3:/vpc/security-group-rules", "/security-group-rules", "v2.0:/security-group-rules"
RULE = {"direction": "ingress", "protocol": "tcp", "remote_ip_prefix": "198.19.128.0/17"}


def rule(otc: Any, group: str, **members: Any) -> dict[str, Any]:
    body = {"security_group_rule": {**RULE, "security_group_id": group, "multiport": "443", **members}}
    return dict(otc.provider.ok("POST", V3, body)["security_group_rule"])


@pytest.fixture
def group(otc: Any) -> str:
    return str(otc.sim.add("security_groups", name="web")["id"])


def test_a_vpc_has_a_default_group(otc: Any) -> None:
    for port in otc.sim.objects("ports"):
        [group] = port["groups"]
        assert otc.provider.ok("GET", f"v3:/vpc/security-groups/{group}")["security_group"]["name"] == "default"
    rules = otc.provider.ok("GET", V3, security_group_id=group, direction="ingress")["security_group_rules"]
    assert [one["remote_group_id"] for one in rules] == [group]


def test_rules_come_and_go(otc: Any, group: str) -> None:
    made = rule(otc, group, description="ours")
    assert (made["multiport"], made["action"], made["priority"], made["ethertype"]) == (443, "allow", 1, "IPv4")
    assert rule(otc, group, multiport="22,80-90", action="deny", priority="7")["multiport"] == "22,80-90"
    listed = otc.provider.ok("GET", V3, security_group_id=group)["security_group_rules"]
    assert [one["priority"] for one in listed] == [1, 7]
    assert [one["id"] for one in listed if one["action"] == "allow"] == [made["id"]]
    shown = otc.provider.ok("GET", V1, security_group_id=group)["security_group_rules"]
    assert [(one["port_range_min"], one["port_range_max"]) for one in shown] == [(443, 443), (22, 22)]
    assert not {"action", "priority", "multiport"} & set(shown[1])
    otc.provider.ok("DELETE", f"{V3}/{made['id']}")
    assert otc.provider("DELETE", f"{V3}/{made['id']}").body["error_code"] == "VPC.9904"
    otc.provider.ok("DELETE", f"{V1}/{listed[1]['id']}")
    assert otc.sim.objects("security_group_rules") == [
        one for one in otc.sim.objects("security_group_rules") if one["security_group_id"] != group
    ]


def test_huawei_cloud_has_another_priority(huawei: Any) -> None:
    group = str(huawei.sim.add("security_groups", name="web")["id"])
    assert rule(huawei, group)["priority"] == 100


def test_duplicates_and_quotas(otc: Any, group: str) -> None:
    id = rule(otc, group)["id"]
    body = {**RULE, "security_group_id": group, "port_range_min": 443, "port_range_max": "443"}
    same = {
        V3: {**RULE, "security_group_id": group, "multiport": "443", "description": "other words"},
        V1: body,
        NEUTRON: body,
    }
    answers = {path: otc.provider("POST", path, {"security_group_rule": one}) for path, one in same.items()}
    assert {answer.status for answer in answers.values()} == {409}
    assert answers[V3].body["error_code"] == "VPC.9902"
    assert answers[V3].body["error_msg"].startswith(EXISTS + id)
    assert answers[V1].body["code"] == "VPC.0602"
    assert '"type": "SecurityGroupRuleExists"' in answers[V1].body["message"]
    assert answers[NEUTRON].body["NeutronError"]["message"].startswith(EXISTS + id)
    otc.sim.settings(security_group_rules=1)
    more = {**same[V3], "multiport": "444"}
    assert otc.provider("POST", V3, {"security_group_rule": more}).body["error_code"] == "VPC.9905"


@pytest.mark.parametrize(
    "members",
    [
        {"multiport": "https"},
        {"remote_ip_prefix": "198.19.128.1/17"},
        {"remote_group_id": "c4e5d6f7-0a1b-4c2d-8e3f-5a6b7c8d9e01"},
        {"priority": 101},
    ],
)
def test_bad_rules(otc: Any, group: str, members: dict[str, Any]) -> None:
    body = {"security_group_rule": {**RULE, "security_group_id": group, **members}}
    assert otc.provider("POST", V3, body).status == 400


def test_an_unknown_group(otc: Any, group: str) -> None:
    body = {**RULE, "security_group_id": group.replace(group[0], "f" if group[0] != "f" else "e")}
    for path, member, code in ((V3, "error_code", "VPC.9904"), (V1, "code", "VPC.0603")):
        answer = otc.provider("POST", path, {"security_group_rule": body})
        assert (answer.status, answer.body[member]) == (404, code)


def test_a_dry_run_adds_nothing(otc: Any, group: str) -> None:
    body = {"security_group_rule": {**RULE, "security_group_id": group}, "dry_run": True}
    answer = otc.provider("POST", V3, body)
    assert (answer.status, answer.body["error_code"]) == (202, "SYS.0202")
    assert otc.provider.ok("GET", V3, security_group_id=group)["security_group_rules"] == []


def test_a_batch(huawei: Any) -> None:
    group = str(huawei.sim.add("security_groups", name="web")["id"])
    path = f"v3:/vpc/security-groups/{group}/security-group-rules/batch-create"
    rules = [{**RULE, "multiport": port} for port in ("443", "444")]
    assert len(huawei.provider.ok("POST", path, {"security_group_rules": rules[:1]})["security_group_rules"]) == 1
    more = {"security_group_rules": [{**one, "priority": 100} for one in rules], "ignore_duplicate": True}
    assert [one["multiport"] for one in huawei.provider.ok("POST", path, more)["security_group_rules"]] == [443, 444]
    assert huawei.provider.ok("POST", path, more)["security_group_rules"] == []
    assert huawei.provider("POST", path, {"security_group_rules": more["security_group_rules"]}).status == 409


def test_v3_can_be_missing_by_operation(otc: Any, group: str) -> None:
    otc.sim.settings(unpublished="createSecurityGroupRuleV3")
    body = {"security_group_rule": {**RULE, "security_group_id": group}}
    assert otc.provider("POST", V3, body).body["error_code"] == "APIGW.0101"
    assert otc.provider("GET", V3).status == 200
    otc.sim.settings(unpublished="", empty_lists="provider:listSecurityGroupRulesV3")
    assert otc.provider.ok("GET", V3)["security_group_rules"] == []
