"""Objects of the simulator's seed.yaml that tests use, and the job of the collection with them.

Most are those of the API's own guide: a server in one VPC, and another VPC of the same account.
"""

from typing import Any

BACKEND = {
    "port_id": "4189d3c2-8882-4871-a3c2-d380272eed88",
    "vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed80",
    "server_type": "VM",
}
FRONTEND = {"vpc_id": "4189d3c2-8882-4871-a3c2-d380272eed82", "subnet_id": "4189d3c2-8882-4871-a3c2-d380272eed81"}
CONSUMER = {"vpc_id": "c0de0000-0000-4000-8000-000000000001", "subnet_id": "c0de0000-0000-4000-8000-000000000011"}
"""A VPC of the other account."""

SERVICE: dict[str, Any] = {
    **BACKEND,
    "approval_enabled": False,
    "service_type": "interface",
    "ports": [
        {"client_port": 8080, "server_port": 80, "protocol": "TCP"},
        {"client_port": 8081, "server_port": 80, "protocol": "TCP"},
    ],
}
ENDPOINT: dict[str, Any] = {**FRONTEND, "enable_dns": True}


def job() -> list[dict[str, Any]]:
    """A service and an endpoint in two tasks: the request bodies of the API's guide as module arguments."""
    endpoint = {"endpoint_service_id": "{{ provider.service.id }}", **ENDPOINT}
    return [
        {"crossvpc.vpcep.vpcep_service": {**SERVICE}, "register": "provider"},
        {"crossvpc.vpcep.vpcep_endpoint": endpoint, "register": "consumer"},
    ]
