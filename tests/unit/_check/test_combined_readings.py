"""A reading of one assumption leads to no wrong reading of another one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import ApiError, NotFound
from tests.unit._check.test_other_readings import SERVICES, fits, refused

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("zero, observed", [(False, "refused"), (True, "allowed")])
def test_zero_of_a_limit_that_has_to_be_a_number(checker: Any, zero: bool, observed: str) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if path.endswith("resource_instances/action"):
            limit = more["json"]["limit"]
            if isinstance(limit, str) or (limit == 0 and not zero):
                raise ApiError("no", status=400, code="EndPoint.0006")
            return {"resources": []}
        return real(method, path, **more)

    checker.around = around
    readings = checker.observed(create=False)
    assert readings["tag-search-limit"] == "number only" and readings["tag-search-limit-zero"] == observed


def test_a_search_by_tags_that_is_always_refused(checker: Any) -> None:
    rule = refused("POST endpoint_service/resource_instances/action")
    checker.around = lambda *sent, **more: rule(checker, *sent, **more)
    readings = checker.observed(create=False)
    assert readings["tag-search-limit"] == "something else"
    assert readings["tag-search-limit-zero"] == "not observed"


def test_ports_that_cannot_be_changed(checker: Any) -> None:
    rule = refused(f'PUT {SERVICES}/* "ports"')
    checker.around = lambda *sent, **more: rule(checker, *sent, **more)
    readings = checker.observed()
    assert readings["ports-update"] == "refused"
    assert {readings[name] for name in ("mappings", "udp", "same-server-port")} == {"not observed"}


@pytest.mark.parametrize("reading", ["nothing", "deletes the tag"])
def test_tags_of_an_object_that_may_have_ten(checker: Any, reading: str) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if fits("POST */*/tags/action check-9", method, path, more):
            raise ApiError("no", status=400, code="EndPoint.3069")
        if fits('POST */*/tags/action "delete"', method, path, more) and reading == "deletes the tag":
            more["json"] = {"action": "delete", "tags": [{"key": one["key"]} for one in more["json"]["tags"]]}
        return real(method, path, **more)

    checker.around = around
    readings = checker.observed()
    assert readings["tags-of-one-object"] == "10" and readings["tag-delete-value"] == reading


@pytest.mark.parametrize("code, ok", [("APIGW.0101", None), ("VPC.9904", False)])
def test_a_port_that_cannot_be_seen(checker: Any, code: str, ok: bool | None) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if path.startswith("v2.0/ports"):
            raise NotFound("no", status=404, code=code)
        return real(method, path, **more)

    checker.around = around
    facts = {one["fact"]: one for one in json.loads(json.dumps(checker(create=False)["report"]["facts"]))}
    assert facts["port"]["ok"] is ok


def test_an_object_that_is_gone_in_another_way(checker: Any, cloud: Any) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        try:
            return real(method, path, **more)
        except NotFound as error:
            raise ApiError("no", status=403, code=error.code) from None

    checker.around = around
    result = checker()
    assert result["left"] == 0 and cloud.state()["services"] == cloud.state()["endpoints"] == []


def test_a_caller_without_rights_surprises_nobody(checker: Any) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        if path:  # the list of versions needs no right
            raise ApiError("no", status=403, code="EndPoint.0004")
        return real(method, path, **more)

    checker.around = around
    assert checker(create=False)["report"]["surprises"] == []


def test_a_missing_object_that_is_forbidden_is_a_surprise(checker: Any) -> None:
    def around(real: Any, method: str, path: str, **more: Any) -> Any:
        try:
            return real(method, path, **more)
        except NotFound:
            raise ApiError("no", status=403, code="EndPoint.0004") from None

    checker.around = around
    assert {"missing-service", "missing-endpoint"} <= set(checker(create=False)["report"]["surprises"])
