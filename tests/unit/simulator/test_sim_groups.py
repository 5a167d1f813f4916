"""Security groups and their rules, in the forms of v3 and v1."""

from typing import Any

import pytest

EXISTS = "Security group rule already exists. Rule id is "
V3, V1 = "v3:/vpc/security-group-rules", "/security-group-rules"
RULE = {"direction": "ingress", "protocol": "tcp", "remote_ip_prefix": "198.19.128.0/17"}


class Rules:
    """Calls by an account: ``v3:`` stands for /v3/PROJECT, nothing for /v1/PROJECT."""

    def __init__(self, lab: Any) -> None:
        self.lab, self.caller = lab, lab.provider

    def __call__(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        version, _colon, rest = path.rpartition(":")
        start = f"/{version or 'v1'}/{self.caller.project_id}"
        if not self.caller.token:
            self.caller.slip_in()
        headers = {"X-Auth-Token": self.caller.token}
        return self.caller.raw(method, self.lab.sim.api_url + start + rest, headers=headers, params=query, json=body)

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        reply = self(method, path, body, **query)
        assert reply.status in (200, 201, 204), reply
        return reply.body

    def add(self, group: str, **members: Any) -> dict[str, Any]:
        body = {"security_group_rule": {**RULE, "security_group_id": group, "multiport": "443", **members}}
        return dict(self.ok("POST", V3, body)["security_group_rule"])


@pytest.fixture
def call(otc: Any) -> Rules:
    return Rules(otc)


@pytest.fixture
def group(otc: Any) -> str:
    return str(otc.sim.add("security_groups", name="web")["id"])


def test_huawei_cloud_has_another_priority(huawei: Any) -> None:
    group = str(huawei.sim.add("security_groups", name="web")["id"])
    assert Rules(huawei).add(group)["priority"] == 100


def test_duplicates_and_quotas(otc: Any, call: Rules, group: str) -> None:
    id = call.add(group)["id"]
    body = {**RULE, "security_group_id": group, "port_range_min": 443, "port_range_max": "443"}
    same = {
        V3: {**RULE, "security_group_id": group, "multiport": "443", "description": "other words"},
        V1: body,
    }
    answers = {path: call("POST", path, {"security_group_rule": one}) for path, one in same.items()}
    assert {answer.status for answer in answers.values()} == {409}
    assert answers[V3].body["error_code"] == "VPC.9902"
    assert answers[V3].body["error_msg"].startswith(EXISTS + id)
    assert answers[V1].body["code"] == "VPC.0602"
    assert '"type": "SecurityGroupRuleExists"' in answers[V1].body["message"]
    otc.sim.settings(security_group_rules=1)
    more = {**same[V3], "multiport": "444"}
    assert call("POST", V3, {"security_group_rule": more}).body["error_code"] == "VPC.9905"


@pytest.mark.parametrize(
    "members",
    [
        {"multiport": "https"},
        {"remote_ip_prefix": "198.19.128.1/17"},
        {"remote_group_id": "c4e5d6f7-0a1b-4c2d-8e3f-5a6b7c8d9e01"},
        {"priority": 101},
    ],
)
def test_bad_rules(otc: Any, call: Rules, group: str, members: dict[str, Any]) -> None:
    body = {"security_group_rule": {**RULE, "security_group_id": group, **members}}
    assert call("POST", V3, body).status == 400


def test_an_unknown_group(otc: Any, call: Rules, group: str) -> None:
    body = {**RULE, "security_group_id": group.replace(group[0], "f" if group[0] != "f" else "e")}
    for path, member, code in ((V3, "error_code", "VPC.9904"), (V1, "code", "VPC.0603")):
        answer = call("POST", path, {"security_group_rule": body})
        assert (answer.status, answer.body[member]) == (404, code)
