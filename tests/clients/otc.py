"""How the tests come by otcextensions' client of this API."""

from typing import Any

import openstack
from otcextensions import sdk

from tests.simulator import Simulator


def connect(simulator: Simulator, account: str = "provider") -> Any:
    """The VPCEP calls of a connection."""
    return connection(simulator, account).vpcep


def connection(simulator: Simulator, account: str = "provider", **options: str) -> Any:
    options = {**simulator.account(account), **options}
    made = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        region_name=options["region"],
        auth={
            "auth_url": options["auth_url"],
            "username": options["username"],
            "password": options["password"],
            "user_domain_name": options["user_domain_name"],
            "project_name": options["project_name"],
            "project_domain_name": options["user_domain_name"],
        },
    )
    sdk.register_otc_extensions(made)
    return made


def service_arguments(network: dict[str, str], **changes: Any) -> dict[str, Any]:
    return {
        "service_name": "shop",
        "port_id": network["port_id"],
        "router_id": network["vpc_id"],
        "server_type": "VM",
        "is_approval_enabled": True,
        "ports": [{"client_port": 80, "server_port": 8080, "protocol": "TCP"}],
        "tags": [{"key": "env", "value": "dev"}],
        **changes,
    }
