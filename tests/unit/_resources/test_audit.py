# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit: each rule with a planted fault and with near misses, a clean estate, and the requests."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import Session
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import audit_backends
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import audit
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_checks import CHECKS, is_everything
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_rules import RULES, SEVERITIES
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.diagnosis import Diagnosis

DAY = 86400
RANGE = "198.19.128.0/17"
LIMITED = [{"Effect": "Allow", "Action": ["obs:object:GetObject"], "Resource": ["obs:*:*:object:shop/*"]}]
TAGGED = {"tags-missing": {"keys": ["owner"]}}
TAGS = [{"key": "owner", "value": "shop"}]


class Estate:
    """A service of the provider with an endpoint of the consumer, and a gateway endpoint: no rule objects to it."""

    def __init__(self, task: Any, cloud: Any, publish: Any, allow: Any) -> None:
        self.task, self.cloud, self.publish, self.allow = task, cloud, publish, allow
        self.partner = "iam:domain::" + cloud.domain_id("consumer")
        self.used = set[str]()
        self.port_id = cloud.spare("provider")[0]["port_id"]
        self.group = self.admit({"remote_ip_prefix": RANGE, "multiport": "80-89"})
        self.service = publish("shop", tags=TAGS)
        allow(self.service, self.partner)
        self.endpoint = self.join(self.service)
        self.gateway = self.join_obs(LIMITED)

    def admit(self, *rules: Any) -> str:
        """A new security group of the backend; returns its ID."""
        group = self.cloud.add("security_groups", name="web", rules=[{"direction": "egress", "protocol": None}, *rules])
        self.cloud.change("ports", self.port_id, groups=[group["id"]])
        return str(group["id"])

    def sent_elsewhere(self) -> list[str]:
        """The operations of network services that the last audit sent."""
        log = [one for one in self.cloud.log() if one["service"] not in ("iam", "vpcep")]
        assert {one["method"] for one in log} <= {"GET"}
        return [one["operation"] for one in log]

    def network(self, account: str) -> Any:
        network = next(one for one in self.cloud.spare(account) if one["vpc_id"] not in self.used)
        self.used.add(network["vpc_id"])
        return network

    def join(self, service: str, account: str = "consumer", status: str = "accepted", **more: Any) -> str:
        network = self.network(account)
        body = {"vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"], "tags": TAGS}
        limits = {"whitelist": ["10.0.0.0/8"], "enable_whitelist": True}
        return self.create({**body, **limits, "endpoint_service_id": service, **more}, account, status)

    def join_obs(self, policy: Any, **more: Any) -> str:
        obs = next(one for one in self.cloud.info()["public_services"] if one["name"].endswith(".obs"))
        body = {"endpoint_service_id": obs["id"], "vpc_id": self.network("consumer")["vpc_id"], "tags": TAGS}
        return self.create({**body, "policy_statement": policy, **more}, "consumer")

    def create(self, body: Any, account: str, status: str = "accepted") -> str:
        made = self.task(lambda _, runtime: runtime.api.create_endpoint(body), account=account)["id"]
        self.cloud.advance(3)
        self.cloud.change("endpoints", made, status=status)
        return str(made)

    def empty_service(self, name: str = "idle", **more: Any) -> str:
        return str(self.publish(name, tags=TAGS, **more))

    def audit(self, *sides: str, **options: Any) -> Any:
        first, *others = sides or ("provider", "consumer")
        if others:
            options["other_auth"] = self.cloud.account(others[0])
        return self.task(audit, account=first, **options)

    def found(self, rule: str, *sides: str, **settings: Any) -> list[tuple[str, str]]:
        """Kind and ID of the objects that the rule finds, when all other ones are off."""
        rules = {other: {"enabled": other == rule} for other in RULES}
        rules[rule].update(settings)
        result = self.audit(*sides, rules=rules)
        assert result["skipped"] == [] and result["changed"] is False and self.task.writes == []
        assert {one["id"] for one in result["findings"]} <= {rule}
        self.found_last = result["findings"][-1] if result["findings"] else {}
        return [(one["object"]["kind"], one["object"]["id"]) for one in result["findings"]]


@pytest.fixture
def estate(task: Any, cloud: Any, publish: Any, allow: Any) -> Estate:
    return Estate(task, cloud, publish, allow)


def test_every_rule_has_a_function() -> None:
    assert list(CHECKS) == list(RULES)


def test_a_clean_estate(estate: Estate, task: Any) -> None:
    result = estate.audit(rules=TAGGED, formats=["markdown", "junit", "sarif"])
    assert (result["findings"], result["skipped"]) == ([], [])
    assert result["counts"] == {"high": 0, "medium": 0, "low": 0}
    sent = Counter(task.sent)
    per_service = {("GET", "listPermissions"): 1, ("GET", "listConnections"): 1}
    listings = {("GET", name): 2 for name in ("listEndpointServices", "listEndpoints", "listQuotas")}
    assert sent == {**listings, **per_service}
    assert sorted(estate.sent_elsewhere()) == ["listPorts", "listSecurityGroupRulesV3", "listServers"]


@pytest.mark.parametrize("side", ["provider", "consumer"])
def test_a_clean_estate_seen_from_one_side(estate: Estate, side: str) -> None:
    assert estate.audit(side, rules=TAGGED)["findings"] == []


# Each rule


@pytest.mark.parametrize("record", ["*", "iam:domain::*"])
def test_whitelist_open(estate: Estate, record: str) -> None:
    estate.allow(estate.service, "iam:domain::a*")
    assert estate.found("whitelist-open") == []
    estate.allow(estate.service, record)
    assert estate.found("whitelist-open") == [("endpoint_service", estate.service)]


def test_whitelist_unused(estate: Estate) -> None:
    estate.allow(estate.service, "*", f"{estate.partner[:-4]}*")
    assert estate.found("whitelist-unused", "provider") == []
    estate.allow(estate.service, "iam:domain::aaa", "iam:domain::bbb")
    assert estate.found("whitelist-unused", "provider") == [("endpoint_service", estate.service)]
    (one,) = estate.audit("provider", rules={"whitelist-open": {"enabled": False}})["findings"]
    assert one["values"] == ["aaa", "bbb"] and one["seen"] == "2 of 4 accounts have no connection: aaa, bbb."


@pytest.mark.parametrize(
    "status, live", [("accepted", True), ("pendingAcceptance", True), ("creating", True), ("rejected", False)]
)
def test_which_connections_count(estate: Estate, status: str, live: bool) -> None:
    estate.cloud.change("endpoints", estate.endpoint, status=status)
    assert bool(estate.found("whitelist-unused")) is not live
    assert bool(estate.found("service-unused")) is not live


def test_approval_off(estate: Estate) -> None:
    alone = estate.empty_service(approval_enabled=False)
    estate.allow(alone, "iam:domain::" + estate.cloud.domain_id("provider"))
    assert estate.found("approval-off") == []
    estate.cloud.change("services", estate.service, approval_enabled=False)
    assert estate.found("approval-off") == [("endpoint_service", estate.service)]


ALL = ["obs:*:*:*:*/*", "obs:*:*:*:*"]


@pytest.mark.parametrize(
    "statements, is_open",
    [
        ([{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ALL}], True),
        ([{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}], True),
        ([*LIMITED, {"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:*:*"]}], True),
        ([{"Effect": "Allow", "Action": ["obs:*:*"], "Resource": ["obs:*:*:object:shop/*"]}], False),
        ([{"Effect": "Allow", "Action": ["obs:object:*"], "Resource": ALL}], False),
        ([{"Effect": "Deny", "Action": ["obs:*:*"], "Resource": ALL}], False),
        ([{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}, {**LIMITED[0], "Effect": "Deny"}], False),
    ],
)
def test_gateway_policy_open(estate: Estate, statements: Any, is_open: bool) -> None:
    one = estate.join_obs(statements)
    assert estate.found("gateway-policy-open") == [("endpoint", one)] * is_open


@pytest.mark.parametrize("pattern", ["", "bucket", "bucket/*", "obs:bucket:*", "obs:*:*:bucket:a", "obs::"])
def test_what_is_not_everything(pattern: str) -> None:
    assert not is_everything(pattern) and is_everything("sfs:*:*")


def test_access_list_off(estate: Estate) -> None:
    assert estate.found("access-list-off") == []
    plain = estate.join(estate.service, whitelist=[], enable_whitelist=False)
    assert estate.found("access-list-off") == [("endpoint", plain)]
    estate.cloud.change("endpoints", plain, status="rejected")
    assert estate.found("access-list-off") == []


@pytest.mark.parametrize("limits", [(["10.0.0.0/8"], False), (["10.0.0.1", "0.0.0.0/0"], True)])
def test_access_list_ineffective(estate: Estate, limits: Any) -> None:
    estate.join(estate.service, whitelist=["0.0.0.0/1"], enable_whitelist=True)
    estate.join(estate.service, whitelist=[], enable_whitelist=False)
    assert estate.found("access-list-ineffective") == []
    one = estate.join(estate.service, whitelist=limits[0], enable_whitelist=limits[1])
    assert estate.found("access-list-ineffective") == [("endpoint", one)]


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_endpoints_that_only_cost_money(estate: Estate, status: str) -> None:
    rule = f"endpoint-{status}"
    estate.join(estate.service, status="deleting")
    estate.join(estate.service, status="pendingAcceptance")
    assert estate.found(rule) == []
    one = estate.join(estate.service, status=status)
    assert estate.found(rule) == [("endpoint", one)]
    assert estate.found(rule, "provider") == [], "the other account pays for it"


@pytest.mark.parametrize("hidden", ["endpoint_service_name", ""])
def test_endpoint_orphaned(estate: Estate, task: Any, hidden: str) -> None:
    estate.cloud.settings(orphans_hide=hidden)
    gone = estate.empty_service("gone")
    estate.allow(gone, estate.partner)
    one = estate.join(gone, status="rejected")
    for sides in (("consumer",), ("consumer", "provider")):
        assert estate.found("endpoint-orphaned", *sides) == []
    estate.cloud.remove("services", gone)
    for sides in (("consumer",), ("consumer", "provider")):
        assert estate.found("endpoint-orphaned", *sides) == [("endpoint", one)]
    assert task.sent.count(("GET", "describeEndpointService")) == 1, "the other service is in the provider's list"


def test_endpoint_waiting(estate: Estate, task: Any) -> None:
    one = estate.join(estate.service, status="pendingAcceptance")
    estate.cloud.advance(2.9 * DAY)
    assert estate.found("endpoint-waiting") == []
    assert estate.found("endpoint-waiting", days=2) == [("endpoint", one)]
    estate.cloud.advance(0.2 * DAY)
    new = estate.join(estate.service, status="pendingAcceptance")
    assert estate.found("endpoint-waiting") == estate.found("endpoint-waiting", "consumer") == [("endpoint", one)]
    assert estate.found("endpoint-waiting", "provider") == [("connection", one)], "an endpoint that others own"
    assert estate.found("endpoint-waiting", days=4) == [] and new


def test_a_wrong_clock_of_the_controller(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cloud's answers tell its time."""
    estate.join(estate.service, status="pendingAcceptance")
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert estate.found("endpoint-waiting") == []


def test_answers_without_a_date(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    one = estate.join(estate.service, status="pendingAcceptance")
    monkeypatch.setattr(Session, "server_date", None)
    assert estate.found("endpoint-waiting", "consumer") == []
    monkeypatch.setattr("time.time", lambda: 4e9)
    assert estate.found("endpoint-waiting", "consumer") == [("endpoint", one)]


def test_service_failed(estate: Estate) -> None:
    estate.cloud.change("services", estate.empty_service(), status="creating")
    assert estate.found("service-failed") == []
    one = estate.empty_service("broken")
    estate.cloud.change("services", one, status="failed", error=["EndPoint.4010", "No backend"])
    assert estate.found("service-failed") == [("endpoint_service", one)]


def test_service_unused(estate: Estate, task: Any) -> None:
    waiting = estate.empty_service("waiting")
    estate.allow(waiting, estate.partner)
    estate.join(waiting, status="pendingAcceptance")  # not in the connection count
    estate.cloud.change("services", estate.empty_service("broken"), status="failed")
    for sides in (("provider",), ("provider", "consumer")):
        assert estate.found("service-unused", *sides) == []
    assert task.sent.count(("GET", "listConnections")) == 0, "the consumer's list shows the endpoint"
    one = estate.empty_service()
    assert estate.found("service-unused") == [("endpoint_service", one)]
    assert estate.found("service-unused", days=1) == []
    estate.cloud.advance(1.1 * DAY)
    assert estate.found("service-unused", days=1) == [("endpoint_service", one)]


# Backends


def test_backend_missing(estate: Estate) -> None:
    assert estate.found("backend-missing", "provider") == [] and estate.sent_elsewhere() == ["listPorts"]
    estate.cloud.remove("ports", estate.port_id)
    assert estate.found("backend-missing", "provider") == [("endpoint_service", estate.service)]
    assert estate.sent_elsewhere() == ["listPorts", "getPort"]


def test_an_empty_list_does_not_prove_that_a_port_is_gone(estate: Estate) -> None:
    estate.cloud.fault(service="vpc", operation="listPorts", status=200, body='{"ports": []}', count=None)
    assert estate.found("backend-missing", "provider") == []


@pytest.mark.parametrize("status, stopped", [("SHUTOFF", True), ("ERROR", True), ("ACTIVE", False), ("REBOOT", False)])
def test_backend_stopped(estate: Estate, status: str, stopped: bool) -> None:
    (port,) = [one for one in estate.cloud.objects("ports") if one["id"] == estate.port_id]
    others = [one for one in estate.cloud.objects("servers") if one["id"] != port["device_id"]]
    estate.cloud.change("servers", others[0]["id"], status="SHUTOFF")
    estate.cloud.change("servers", port["device_id"], status=status)
    assert estate.found("backend-stopped", "provider") == [("endpoint_service", estate.service)] * stopped
    assert estate.sent_elsewhere() == ["listPorts", "listServers"]


@pytest.mark.parametrize(
    "rules, is_closed",
    [
        ([], True),
        ([{"remote_ip_prefix": RANGE, "multiport": "80"}], False),
        ([{"remote_ip_prefix": "0.0.0.0/0", "protocol": None}], False),
        ([{"remote_ip_prefix": "198.19.128.0/18", "multiport": "80"}], True),
        ([{"remote_ip_prefix": RANGE, "multiport": "81"}], True),
        ([{"remote_ip_prefix": RANGE, "protocol": "udp"}], True),
        ([{"remote_ip_prefix": RANGE}, {"remote_ip_prefix": RANGE, "action": "deny"}], True),
        ([{"remote_address_group_id": "x"}], False),  # cannot tell
    ],
)
def test_security_group_closed(estate: Estate, rules: Any, is_closed: bool) -> None:
    estate.admit(*rules)
    assert estate.found("security-group-closed", "provider") == [("endpoint_service", estate.service)] * is_closed
    assert estate.sent_elsewhere() == ["listPorts", "listSecurityGroupRulesV3"]


@pytest.mark.parametrize(
    "rules, is_open",
    [
        ([{"remote_ip_prefix": "0.0.0.0/0", "protocol": None}], True),
        ([{"remote_ip_prefix": None, "protocol": "tcp", "multiport": "1-65535"}], True),
        ([{"protocol": None}, {"action": "deny", "multiport": "22"}], True),
        ([{"protocol": None, "priority": 5}, {"action": "deny", "protocol": None}], False),
        ([{"remote_ip_prefix": "0.0.0.0/0", "multiport": "443"}], False),
        ([{"remote_ip_prefix": "10.0.0.0/8", "protocol": None}], False),
        ([{"protocol": "icmp"}], False),
        ([{"protocol": None, "direction": "egress"}], False),
    ],
)
def test_security_group_open(estate: Estate, rules: Any, is_open: bool) -> None:
    group = estate.admit(*rules)
    assert estate.found("security-group-open", "provider") == [("endpoint_service", estate.service)] * is_open
    if is_open:
        assert estate.found_last["values"] == [group]


def test_groups_that_do_not_decide(estate: Estate) -> None:
    """Those of a load balancer, and of a port without port security."""
    estate.admit()
    estate.cloud.change("ports", estate.port_id, port_security_enabled=False)
    balancer = estate.cloud.spare("provider")[0]["lb_port_id"]
    estate.publish("balanced", port_id=balancer, server_type="LB")
    assert estate.found("security-group-closed", "provider") == []


@pytest.mark.parametrize("lists", ["", "listServers,listSecurityGroupRulesV3"])
def test_without_the_network_services_the_rest_goes_on(estate: Estate, lists: str) -> None:
    """They refuse, or answer a caller without rights with empty lists."""
    estate.join(estate.service, status="rejected")
    reads = [("vpc", "listPorts"), ("vpc", "listPortsV3"), ("ecs", "listServers"), ("vpc", "listSecurityGroupRulesV3")]
    for service, operation in reads:
        body = '{"servers": [], "count": 0, "security_group_rules": []}'
        if not lists:
            estate.cloud.fault(service=service, operation=operation, status=403, body="{}", count=None)
        elif operation in lists:
            estate.cloud.fault(service=service, operation=operation, status=200, body=body, count=None)
    result = estate.audit()
    assert [one["id"] for one in result["findings"]] == ["endpoint-rejected"]
    rules = ["backend-stopped", "security-group-closed", "security-group-open"]
    assert [one["rule"] for one in result["skipped"]] == (["backend-missing"] if not lists else []) + rules


def test_groups_are_read_in_parts(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_backends, "GROUPS_A_REQUEST", 2)
    for number, network in enumerate(estate.cloud.spare("provider")[2:4]):
        group = estate.cloud.add("security_groups", name=f"g{number}", rules=[{"remote_ip_prefix": RANGE}])
        estate.cloud.change("ports", network["port_id"], groups=[group["id"]])
        estate.publish(f"s{number}", port_id=network["port_id"], vpc_id=network["vpc_id"])
    assert estate.found("security-group-closed", "provider") == []
    assert estate.sent_elsewhere() == ["listPorts", *["listSecurityGroupRulesV3"] * 2]


# Tags and quotas


def test_tags_missing(estate: Estate) -> None:
    assert estate.found("tags-missing", keys=["owner"]) == []
    estate.cloud.change("services", estate.service, tags={"Owner": "x"})
    estate.cloud.change("endpoints", estate.gateway, tags={"owner": ""})
    estate.cloud.change("endpoints", estate.endpoint, tags={"cost": "1"})
    found = [("endpoint_service", estate.service), ("endpoint", estate.endpoint)]
    assert estate.found("tags-missing", keys=["owner"]) == found
    assert estate.found("tags-missing") == estate.found("tags-missing", keys=[]) == []


@pytest.mark.parametrize(
    "used, quota, near", [(80, 100, False), (81, 100, True), (4, 5, False), (5, 5, True), (0, 0, False), (9, -1, False)]
)
def test_quota_near(estate: Estate, used: int, quota: int, near: bool) -> None:
    body = {"quotas": {"resources": [{"type": "endpoint", "used": used, "quota": quota}]}}
    estate.cloud.fault(operation="listQuotas", status=200, body=json.dumps(body), count=None)
    assert estate.found("quota-near", "provider") == [("quota", "endpoint")] * near
    assert bool(estate.found("quota-near", "provider", percent=79)) is (used > 0 and quota > 0)


# Tuning


def test_a_rule_that_is_off_sends_nothing(estate: Estate, task: Any) -> None:
    result = estate.audit(rules={name: {"enabled": False} for name in RULES})
    assert task.sent == [] and result["findings"] == [] and {one["enabled"] for one in result["rules"]} == {False}


@pytest.mark.parametrize(
    "rule, sent",
    [
        ("whitelist-open", {"listEndpointServices": 1, "listPermissions": 3}),
        ("approval-off", {"listEndpointServices": 1, "listPermissions": 3}),
        ("whitelist-unused", {"listEndpointServices": 1, "listPermissions": 3, "listConnections": 1}),
        ("gateway-policy-open", {"listEndpoints": 1}),
        ("access-list-off", {"listEndpoints": 1}),
        ("endpoint-waiting", {"listEndpointServices": 1, "listEndpoints": 1, "listConnections": 3}),
        ("endpoint-orphaned", {"listEndpointServices": 1, "listEndpoints": 1}),
        ("service-unused", {"listEndpointServices": 1, "listEndpoints": 1, "listConnections": 2}),
        ("service-failed", {"listEndpointServices": 1}),
        ("quota-near", {"listQuotas": 1}),
    ],
)
def test_the_requests_of_a_rule(estate: Estate, task: Any, rule: str, sent: dict[str, int]) -> None:
    """One login, three services: at most one GET of a kind for each service."""
    estate.empty_service("a")
    estate.empty_service("b")
    estate.found(rule, "provider")
    assert Counter(operation for _method, operation in task.sent) == sent


def test_all_rules_share_what_they_read(estate: Estate, task: Any) -> None:
    estate.empty_service("a")
    estate.audit("provider", rules=TAGGED)
    listings = {"listEndpointServices": 1, "listEndpoints": 1, "listQuotas": 1}
    assert Counter(name for _method, name in task.sent) == {**listings, "listPermissions": 2, "listConnections": 2}


def test_severity_and_exceptions(estate: Estate) -> None:
    estate.allow(estate.service, "*")
    other = estate.empty_service("other")
    estate.allow(other, "*")
    texts = {"title": "Open", "why": "It is.", "todo": "Ask\nthe owner: {{ 1 + 1 }}"}
    rules = {"whitelist-open": {"severity": "low", "ignore": ["shop"], **texts}, "service-unused": {"ignore": [other]}}
    (one,) = estate.audit(rules=rules)["findings"]
    assert (one["title"], one["why"], one["todo"]) == ("Open", "It is.", "Ask the owner: {{ 1 + 1 }}")
    assert (one["id"], one["severity"], one["object"]["id"]) == ("whitelist-open", "low", other)


@pytest.mark.parametrize(
    "rules, message",
    [
        ({"whitelist-opn": {}}, "rules: whitelist-opn is no rule."),
        ({"quota-near": {"percentage": 3}}, "rules.quota-near: percentage is not one of enabled, severity, ignore"),
        ({"quota-near": {"percent": "80"}}, "rules.quota-near.percent must be a whole number"),
        ({"quota-near": {"percent": True}}, "rules.quota-near.percent must be a whole number"),
        ({"quota-near": False}, "rules.quota-near must be a dictionary."),
        ({"quota-near": {"enabled": "no"}}, "rules.quota-near.enabled must be true or false."),
        ({"quota-near": {"severity": "bad"}}, "rules.quota-near.severity must be one of high, medium, low."),
        ({"tags-missing": {"keys": "owner"}}, "rules.tags-missing.keys must be a list of texts."),
        ({"tags-missing": {"todo": 5}}, "rules.tags-missing.todo must be a text."),
    ],
)
def test_wrong_rules_are_refused_before_the_first_request(task: Any, rules: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        task(audit, rules=rules)
    assert message in str(caught.value) and task.sent == []


# Sides, order and faults


def test_both_sides(estate: Estate) -> None:
    estate.allow(estate.service, "*")
    estate.join(estate.service, status="rejected")
    result = estate.audit()
    about = [(one["id"], one["object"]["side"], one["object"]["project_id"]) for one in result["findings"]]
    assert about == [
        ("whitelist-open", "own", estate.cloud.project_id()),
        ("endpoint-rejected", "other", estate.cloud.project_id("consumer")),
    ]


def test_an_error_of_the_other_login_is_about_that_login(estate: Estate) -> None:
    login = {**estate.cloud.account("consumer"), "password": "Wrong-pa55word"}
    with pytest.raises(ApiError, match=r"This is about the login in other_auth\.") as caught:
        estate.task(audit, other_auth=login)
    Diagnosis(caught.value.login.session).explain(caught.value, {})
    assert f"does not know user {login['username']}" in str(caught.value)
    estate.cloud.fault(operation="listQuotas", status=500, count=None, account="consumer")
    with pytest.raises(ApiError, match=r"This is about the login in other_auth\.$"):
        estate.audit()


def test_the_same_project_twice_is_one_side(estate: Estate) -> None:
    estate.allow(estate.service, "*")
    assert len(estate.audit("provider", "provider")["findings"]) == 1


def test_the_order_is_that_of_severity_rule_and_object(estate: Estate) -> None:
    for name in ("c", "a", "b"):
        estate.allow(estate.empty_service(name), "*")
    estate.join(estate.service, status="failed")
    result = estate.audit()
    severities = [one["severity"] for one in result["findings"]]
    assert severities == sorted(severities, key=SEVERITIES.index)
    assert [one["object"]["name"] for one in result["findings"]] == ["a", "b", "c", "", "a", "b", "c"]
    assert result["findings"] == estate.audit()["findings"]


def test_what_may_not_be_read_is_skipped(estate: Estate, task: Any) -> None:
    estate.join(estate.service, status="rejected")
    estate.cloud.fault(operation="listPermissions", status=403, code="EndPoint.0004", count=None)
    result = estate.audit()
    assert [one["id"] for one in result["findings"]] == ["endpoint-rejected"]
    assert {(one["rule"], one["side"]) for one in result["skipped"]} == {
        (name, "own") for name in ("whitelist-open", "whitelist-unused", "approval-off")
    }
    assert all("HTTP 403" in one["reason"] for one in result["skipped"])


def test_other_errors_end_the_audit(estate: Estate) -> None:
    estate.cloud.fault(operation="listQuotas", status=400, code="EndPoint.0002", count=None)
    with pytest.raises(ApiError):
        estate.audit()


def test_a_service_that_is_deleted_meanwhile(estate: Estate) -> None:
    estate.empty_service()
    for operation in ("listPermissions", "listConnections"):
        estate.cloud.fault(operation=operation, status=404, code="EndPoint.0005", count=None)
    assert estate.audit()["findings"] == []


def test_odd_answers(task: Any, cloud: Any) -> None:
    """Members that are missing or of another type are not known."""
    service = {"id": "s", "status": "available", "tags": [1], "connection_count": 1}
    endpoint = {"id": "e", "service_type": "gateway", "status": "accepted", "policy_statement": ["x", {"Effect": 1}]}
    pending = {"id": "p", "status": "pendingAcceptance", "created_at": "soon"}
    quotas = {"resources": [{"type": "endpoint", "used": "9", "quota": 9}, {"used": 1, "quota": -1}]}
    for operation, body in (
        ("listEndpointServices", {"endpoint_services": [service, {"status": "failed"}], "total_count": 2}),
        ("listEndpoints", {"endpoints": [endpoint, pending], "total_count": 2}),
        ("listPermissions", {"permissions": [{"permission": None}], "total_count": 1}),
        ("listConnections", {"connections": [{"status": "pendingAcceptance"}], "total_count": 1}),
        ("listQuotas", {"quotas": quotas}),
    ):
        cloud.fault(operation=operation, status=200, body=json.dumps(body), count=None)
    assert task(audit, rules=TAGGED | {"tags-missing": {"keys": ["x"], "ignore": ["e", "p"]}})["findings"] == []
