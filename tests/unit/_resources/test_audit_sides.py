"""The audit of two logins, the order of its findings, and what may not be read."""

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.audit import audit
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.diagnosis import Diagnosis
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.argument_specs import SEVERITIES
from tests.support.audited import TAGGED, Estate


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
    assert {(one["rule"], one["side"]) for one in result["not_applied"]} == {
        (name, "own") for name in ("whitelist-open", "whitelist-unused", "approval-off")
    }
    assert all("HTTP 403" in one["reason"] for one in result["not_applied"])


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
