"""Each operation of the installed huaweicloudsdkvpcep reaches its counterpart, and the values of objects arrive."""

import contextlib
from typing import Any

import huaweicloudsdkvpcep.v1 as api
import pytest
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.clients.huawei import call, service_body, signing, with_invokers
from tests.simulator import Simulator
from tests.simulator.contract import Contract, load

OBS = "e4a21a61-f09e-41bc-b487-23d6204ae27b"
OPERATION_IDS = {
    raw["x-sdk-operation"]: raw["operationId"]
    for item in load("vpcep.yaml")["paths"].values()
    for raw in item.values()
    if isinstance(raw, dict) and "x-sdk-operation" in raw
}


def operations_of_the_sdk() -> list[str]:
    """The operations that the installed SDK has: each has a method of its own that builds the HTTP request."""
    methods = vars(api.VpcepClient)
    return sorted(name for name in methods if f"_{name}_http_info" in methods)


def test_the_description_names_the_operations_of_the_sdk() -> None:
    assert set(operations_of_the_sdk()) == set(OPERATION_IDS)
    assert len(OPERATION_IDS) == 33
    # Nor is there any other public method, but those that are for no operation in particular.
    public = {name for name in vars(api.VpcepClient) if not name.startswith("_")}
    assert public - {"new_builder", "call_api"} == {*OPERATION_IDS, *(f"{name}_invoker" for name in OPERATION_IDS)}


@pytest.mark.parametrize("connect", [signing, with_invokers])
def test_each_operation_reaches_its_counterpart(huawei: Simulator, connect: Any) -> None:
    """Mostly about objects that do not exist: a refusal is as good as an answer."""
    contract = Contract("huawei")
    for name, operation in OPERATION_IDS.items():
        segments = contract.operations[operation].path.split("/")
        arguments: dict[str, Any] = {
            segment[1:-1]: {"resource_type": "endpoint", "version": "v1"}.get(segment[1:-1], OBS)
            for segment in segments
            if segment.startswith("{") and segment != "{project_id}"
        }
        if contract.operations[operation].body:
            arguments["body"] = {}
        huawei.clear_log()
        with contextlib.suppress(ClientRequestException):
            call(connect(huawei), name, **arguments)
        assert [entry["operation"] for entry in huawei.log(service="vpcep")] == [operation]


def test_a_service_and_its_endpoint(huawei: Simulator, client: Any) -> None:
    backend, frontend = huawei.spare()[:2]
    body = service_body(backend, description="for all", tcp_proxy="toa_open")
    made = call(client, "create_endpoint_service", body=body)
    of_service = {"vpc_endpoint_service_id": made.id}
    (listed,) = call(client, "list_endpoint_service").endpoint_services
    for shown in (made, call(client, "list_service_details", **of_service), listed):
        for name in ("port_id", "vpc_id", "server_type", "approval_enabled", "description", "tcp_proxy"):
            assert getattr(shown, name) == body[name]
        assert shown.service_name == f"cn-north-4.shop.{made.id}"
        assert [(one.key, one.value) for one in shown.tags] == [("env", "dev")]
        assert [(one.client_port, one.server_port) for one in shown.ports] == [(80, 8080)]
    records = {"permissions": ["iam:domain::blue", "iam:domain::green"], "action": "add"}
    call(client, "add_or_remove_service_permissions", **of_service, body=records)
    found = call(client, "list_service_permissions_details", **of_service).permissions
    assert {one.permission for one in found} == set(records["permissions"])

    place = {"vpc_id": frontend["vpc_id"], "subnet_id": frontend["subnet_id"]}
    wanted = {"whitelist": ["10.0.0.0/8"], "enable_whitelist": True, "description": "mine"}
    endpoint = call(client, "create_endpoint", body={"endpoint_service_id": made.id, **place, **wanted})
    assert endpoint.status == "pendingAcceptance"
    decision = {"endpoints": [endpoint.id], "action": "receive"}
    (decided,) = call(client, "accept_or_reject_endpoint", **of_service, body=decision).connections
    (seen,) = call(client, "list_service_connections", **of_service).connections
    assert (decided.id, decided.status) == (seen.id, seen.status) == (endpoint.id, "accepted")
    (listed,) = call(client, "list_endpoints").endpoints
    for shown in (listed, call(client, "list_endpoint_info_details", vpc_endpoint_id=endpoint.id)):
        assert (shown.endpoint_service_id, shown.endpoint_service_name) == (made.id, made.service_name)
        assert {name: getattr(shown, name) for name in (*place, *wanted)} == {**place, **wanted}
        assert shown.ip.startswith(frontend["cidr"].rsplit(".", 1)[0])
    call(client, "delete_endpoint", vpc_endpoint_id=endpoint.id)
    call(client, "delete_endpoint_service", **of_service)
    assert (huawei.state()["services"], huawei.state()["endpoints"]) == ([], [])


def test_a_gateway_endpoint(huawei: Simulator, client: Any) -> None:
    tables = [f"cd7fdf2b-d964-4a4a-a169-2af1112e7d0{number}" for number in (2, 3)]
    statement = api.PolicyStatement(effect="Deny", action=["obs:*:*"], resource=["obs:*:*:*:a"])
    body = {"endpoint_service_id": OBS, "vpc_id": "d7b2bf07-1b4c-43fa-bd88-d80c6ebea140", "routetables": tables[:1]}
    named = {"vpc_endpoint_id": call(client, "create_endpoint", body={**body, "policy_statement": [statement]}).id}
    assert call(client, "list_endpoint_info_details", **named).policy_statement == [statement]
    assert call(client, "delete_endpoint_policy", **named).policy_statement != [statement]
    assert call(client, "update_endpoint_policy", **named, body={"policy_statement": [statement]}).policy_statement == [
        statement
    ]
    bound = call(client, "update_endpoint_routetable", **named, body={"routetables": tables})
    assert (bound.routetables, bound.error) == (tables, [])
