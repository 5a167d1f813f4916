"""The audit: each rule with a planted fault and with near misses, a clean estate, and the requests."""

import json
from collections import Counter
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources import audit_estate
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import RULES, audit
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit_checks import is_everything
from tests.support.audited import LIMITED, TAGGED, Estate

DAY = 86400


def test_a_clean_estate(estate: Estate, task: Any) -> None:
    result = estate.audit(rules=TAGGED, formats=["markdown", "junit", "sarif"])
    assert (result["findings"], result["not_applied"]) == ([], [])
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
    monkeypatch.setattr(audit_estate, "http_date", lambda _text: None)
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
