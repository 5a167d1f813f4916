"""How the tests come by clients of huaweicloudsdkvpcep and its siblings, and how they call operations by name."""

import importlib
from typing import Any

import huaweicloudsdkvpcep.v1 as api
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig

from tests.simulator import Simulator


class TokenCredentials(BasicCredentials):
    """The SDK signs; a caller who has a token puts that in place of the signature."""

    def __init__(self, token: str, project_id: str) -> None:
        super().__init__("none", "none", project_id)
        self.token = token

    def sign_request(self, request: Any) -> Any:
        request.header_params["X-Auth-Token"] = self.token
        request.header_params["Authorization"] = "none"
        signed = super().sign_request(request)
        del signed.header_params["Authorization"]
        return signed


# The SDK looks at the name of the class, not at the class.
TokenCredentials.__name__ = "BasicCredentials"


def builder(simulator: Simulator, credentials: Any, client: Any = api.VpcepClient) -> Any:
    config = HttpConfig.get_default_config()
    config.ignore_ssl_verification = True
    return (
        client.new_builder()
        .with_http_config(config)
        .with_credentials(credentials)
        .with_endpoint(simulator.api_url)
        .build()
    )


def signing(simulator: Simulator, account: str = "provider", temporary: bool = False) -> Any:
    keys = simulator.credentials(account, temporary=temporary)
    credentials = BasicCredentials(keys["access_key"], keys["secret_key"], keys["project_id"])
    if temporary:
        credentials.with_security_token(keys["security_token"])
    return builder(simulator, credentials)


def network_call(simulator: Simulator, wanted: str, /, account: str = "provider", **arguments: Any) -> Any:
    """Call an operation of a network service. wanted: an x-sdk-operation of network.yaml, as ``vpc v3 list_vpcs``."""
    service, version, operation = wanted.split()
    sdk = importlib.import_module(f"huaweicloudsdk{service}.{version}")
    keys = simulator.credentials(account)
    credentials = BasicCredentials(keys["access_key"], keys["secret_key"], keys["project_id"])
    client = builder(simulator, credentials, getattr(sdk, f"{service.capitalize()}Client"))
    return call(client, operation, sdk, **arguments)


def with_token(simulator: Simulator, account: str = "provider") -> Any:
    identity = simulator.simulation.identity
    project = simulator.simulation.world.accounts[account].main
    token = identity.issue(project.account, project, "project")
    return builder(simulator, TokenCredentials(token.text, project.id))


class ByInvoker:
    """A client whose operations take the other way that the SDK offers: make an invoker, then let it invoke."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def __getattr__(self, operation: str) -> Any:
        return lambda request: getattr(self.client, f"{operation}_invoker")(request).invoke()


def with_invokers(simulator: Simulator) -> ByInvoker:
    return ByInvoker(signing(simulator))


def call(client: Any, operation: str, sdk: Any = api, /, **arguments: Any) -> Any:
    """Call an operation; body is put into the model that the request class asks for."""
    camel = "".join(word.capitalize() for word in operation.split("_"))
    request_class = getattr(sdk, camel + "Request")
    body = arguments.get("body")
    if isinstance(body, dict):
        arguments["body"] = getattr(sdk, request_class.openapi_types["body"])(**body)
    return getattr(client, operation)(request_class(**arguments))


def service_body(network: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "port_id": network["port_id"],
        "vpc_id": network["vpc_id"],
        "server_type": "VM",
        "service_name": "shop",
        "approval_enabled": True,
        "ports": [api.PortList(client_port=80, server_port=8080, protocol="TCP")],
        "tags": [api.TagList(key="env", value="dev")],
        **changes,
    }
