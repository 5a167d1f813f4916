"""What Huawei's SDK makes of refusals, failures and logins; test_huaweicloudsdk_operations.py has its operations."""

from collections.abc import Callable
from typing import Any

import huaweicloudsdkvpcep.v1 as api
import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException

from tests.clients.huawei import builder, call, service_body, signing
from tests.simulator import Simulator
from tests.simulator.contract import Contract, load

DNS, OBS = "2da0fe8f-5cb7-4d93-bb35-dc05334da1be", "e4a21a61-f09e-41bc-b487-23d6204ae27b"


@pytest.fixture
def network(huawei: Simulator) -> dict[str, str]:
    return huawei.spare()[0]


@pytest.fixture
def service(client: Any, network: dict[str, str]) -> Any:
    return call(client, "create_endpoint_service", body=service_body(network))


def create_endpoint(client: Any, service: str, network: dict[str, str], **changes: Any) -> Any:
    body = {"endpoint_service_id": service, "vpc_id": network["vpc_id"], "subnet_id": network["subnet_id"], **changes}
    return call(client, "create_endpoint", body=body)


def refused(code: str, function: Callable[..., Any], *arguments: Any, **named: Any) -> None:
    with pytest.raises(ClientRequestException) as refusal:
        function(*arguments, **named)
    assert refusal.value.error_code == code
    assert refusal.value.request_id


def test_no_permission(huawei: Simulator, service: Any) -> None:
    stranger = signing(huawei, "consumer")
    refused("EndPoint.2012", create_endpoint, stranger, service.id, huawei.spare("consumer")[0])


def test_failures_reach_the_models(huawei: Simulator, client: Any, network: dict[str, str]) -> None:
    huawei.settings(fail_next_services=1, fail_next_endpoints=1)
    service = call(client, "create_endpoint_service", body=service_body(network))
    found = call(client, "list_service_details", vpc_endpoint_service_id=service.id)
    assert [(one.code, one.message) for one in found.error] == [("EndPoint.4010", "Failed to create a port.")]
    endpoint = create_endpoint(client, DNS, network)
    found = call(client, "list_endpoint_info_details", vpc_endpoint_id=endpoint.id)
    assert [one.error_code for one in found.error] == ["EndPoint.4010"]


def test_temporary_credentials(huawei: Simulator) -> None:
    client = signing(huawei, temporary=True)
    assert call(client, "list_endpoints").total_count == 0
    huawei.advance(1000)
    refused("APIGW.0301", call, client, "list_endpoints")


def test_wrong_secret_key(huawei: Simulator) -> None:
    keys = huawei.credentials()
    client = builder(huawei, BasicCredentials(keys["access_key"], "x" * 40, keys["project_id"]))
    refused("APIGW.0301", call, client, "list_endpoints")


def test_project_id_from_iam(huawei: Simulator) -> None:
    keys = huawei.credentials()
    credentials = BasicCredentials(keys["access_key"], keys["secret_key"])
    credentials.with_iam_endpoint(huawei.iam_url.removesuffix("/v3"))
    credentials._CACHE.clear()
    from huaweicloudsdkcore.region.region import Region

    region = Region("cn-north-4", huawei.api_url)
    client = api.VpcepClient.new_builder().with_credentials(credentials).with_region(region).build()
    assert call(client, "list_endpoints").total_count == 0
    assert [entry["operation"] for entry in huawei.log(service="iam")] == ["listProjects"]


# Members that the simulator returns although this SDK's model of the answer lacks them: known from elsewhere.
BEYOND_THE_MODEL = {
    # Read by terraform-provider-huaweicloud.
    "createEndpoint": {"ip_version"},
    "getEndpoint": {"ip_version"},
    "listEndpoints": {"ip_version"},
    "createEndpointService": {"snat_network_id"},
    "getEndpointService": {"snat_network_id"},
    "listEndpointServices": {"snat_network_id"},
}
MODELS = [
    ("createEndpointService", "EndpointService", "CreateEndpointServiceResponse"),
    ("getEndpointService", "EndpointService", "ListServiceDetailsResponse"),
    ("listEndpointServices", "EndpointService", "ServiceList"),
    ("updateEndpointService", "EndpointService", "UpdateEndpointServiceResponse"),
    ("createEndpoint", "Endpoint", "CreateEndpointResponse"),
    ("getEndpoint", "Endpoint", "ListEndpointInfoDetailsResponse"),
    ("listEndpoints", "Endpoint", "EndpointResponseBody"),
    ("updateEndpointWhitelist", "Endpoint", "UpdateEndpointWhiteResponse"),
    ("updateEndpointPolicy", "Endpoint", "UpdateEndpointPolicyResponse"),
    ("deleteEndpointPolicy", "Endpoint", "DeleteEndpointPolicyResponse"),
    ("listConnections", "Connection", "ConnectionEndpoints"),
    ("listPermissions", "Permission", "PermissionObject"),
    ("batchCreatePermissions", "Permission", "EpsPermission"),
    ("describeEndpointService", "EndpointServiceSummary", "ListServiceDescribeDetailsResponse"),
    ("listPublicEndpointServices", "PublicEndpointService", "EndpointService"),
]


@pytest.mark.parametrize(("operation", "schema", "model"), MODELS)
def test_members_of_answers_are_those_of_the_models(operation: str, schema: str, model: str) -> None:
    documented = set(getattr(api, model).attribute_map.values())
    returned = set(Contract("huawei").returned[schema, operation]) - BEYOND_THE_MODEL.get(operation, set())
    assert returned == documented


def requests_of_the_sdk() -> list[tuple[str, str]]:
    """operationId and request class of every operation that names its counterpart in the SDK."""
    found = []
    for item in load("vpcep.yaml")["paths"].values():
        for raw in item.values():
            if isinstance(raw, dict) and "x-sdk-operation" in raw:
                camel = "".join(word.capitalize() for word in raw["x-sdk-operation"].split("_"))
                found.append((raw["operationId"], camel + "Request"))
    return found


@pytest.mark.parametrize(("operation", "request_class"), requests_of_the_sdk())
def test_whatever_the_sdk_can_send_is_known(operation: str, request_class: str) -> None:
    known = Contract("huawei").operations[operation]
    sendable = set(getattr(api, request_class).attribute_map.values()) - {"body"}
    in_path = {segment[1:-1] for segment in known.path.split("/") if segment.startswith("{")}
    assert sendable <= in_path | {parameter.name for parameter in known.parameters}
    if known.body is not None:
        body_class = getattr(api, getattr(api, request_class).openapi_types["body"])
        assert set(body_class.attribute_map.values()) <= known.members
