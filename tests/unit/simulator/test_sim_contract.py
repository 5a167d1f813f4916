"""The OpenAPI files against the simulator: example requests, and the check of the simulator's own answers."""

import functools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.simulator.contract import Contract as FreshContract
from tests.simulator.contract import Violation, load
from tests.simulator.identity import IAM_OPERATIONS
from tests.simulator.network import NETWORK_OPERATIONS
from tests.simulator.operations import OPERATIONS

# Building one takes tens of milliseconds, and no test here changes one.
Contract = functools.cache(FreshContract)
PROFILES = ("otc", "otc-2025-11", "huawei")


def examples() -> Iterator[tuple[str, Any]]:
    """operationId and body of all documented requests."""
    for item in load("vpcep.yaml")["paths"].values():
        for raw in item.values():
            if isinstance(raw, dict) and "requestBody" in raw:
                for example in raw["requestBody"]["content"]["application/json"].get("examples", {}).values():
                    yield raw["operationId"], example["value"]


def offering(operation: str) -> Iterator[FreshContract]:
    for profile in PROFILES:
        contract = Contract(profile)
        if contract.operations[operation].offered:
            yield contract


@pytest.mark.parametrize(("operation", "body"), list(examples()))
def test_example_requests_are_valid(operation: str, body: Any) -> None:
    for contract in offering(operation):
        assert contract.operations[operation].read_body(body)


def test_every_operation_has_a_function() -> None:
    known = {"vpcep": OPERATIONS, "iam": IAM_OPERATIONS, "network": NETWORK_OPERATIONS}
    for operation in Contract("huawei").operations.values():
        assert operation.id in known[operation.service], operation.id


def test_static_segments_win() -> None:
    contract = Contract("otc")
    for last, wanted in (("public", "listPublic"), ("describe", "describe"), ("x", "getEndpointService")):
        operation, _unused = contract.find("api", "GET", f"/v1/p/vpc-endpoint-services/{last}")
        assert operation is not None
        assert operation.id.startswith(wanted)
    for choices in contract.routes.values():
        order = [[segment.startswith("{") for segment in template] for template, _unused in choices]
        assert order == sorted(order)


@pytest.mark.parametrize(
    ("profile", "schema", "operation", "has", "lacks"),
    [
        ("otc", "EndpointService", "getEndpointService", "pool_id", "domain_id"),
        ("otc-2025-11", "EndpointService", "getEndpointService", "enable_policy", "payer"),
        ("otc", "Endpoint", "getEndpoint", "dns_names", "enterprise_project_id"),
        ("huawei", "Endpoint", "updateEndpointWhitelist", "whitelist", "routetables"),
        ("huawei", "Permission", "listPermissions", "permission", "description"),
    ],
)
def test_returned_members(profile: str, schema: str, operation: str, has: str, lacks: str) -> None:
    returned = Contract(profile).returned[schema, operation]
    assert has in returned
    assert lacks not in returned


@pytest.mark.parametrize(
    ("profile", "strict", "key", "code"),
    [
        ("otc", False, "k" * 128, None),
        ("otc", True, "k" * 37, "EndPoint.3072"),
        ("otc", True, "a b", "EndPoint.3068"),
        ("otc-2025-11", True, "a b", None),
    ],
)
def test_limits_of_tags(profile: str, strict: bool, key: str, code: str | None) -> None:
    operation = Contract(profile, strict).operations["changeResourceTags"]
    try:
        operation.read_body({"action": "create", "tags": [{"key": key}]})
        found = None
    except Violation as violation:
        found = violation.code
    assert found == code


@pytest.mark.slow
def test_own_answers_are_checked(otc: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member that the contract does not have turns the answer into a 500 and a defect."""
    monkeypatch.setitem(OPERATIONS, "listQuotas", lambda call: {"quotas": {"resources": []}, "extra": 1})
    assert otc.provider("GET", "/quotas").body["error_code"] == "EndPoint.0001"
    monkeypatch.setitem(OPERATIONS, "listQuotas", lambda call: 1 / 0)
    assert otc.provider("GET", "/quotas").status == 500
    defects = otc.sim.defects()
    otc.sim.control("DELETE", "/defects")
    assert [defect["operation"] for defect in defects] == ["listQuotas"] * 2
    assert "extra" in defects[0]["what"]
    assert "ZeroDivisionError" in defects[1]["what"]
