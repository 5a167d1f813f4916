"""What the simulator holds, as a client should show it: made from its objects, not from its answers."""

from typing import Any

from tests.simulator import Simulator
from tests.simulator.contract import Contract
from tests.simulator.settings import stamp

# Which schema of the contract describes the object that an operation answers with.
SCHEMAS = {
    "createEndpointService": "EndpointService",
    "getEndpointService": "EndpointService",
    "listEndpointServices": "EndpointService",
    "updateEndpointService": "EndpointService",
    "createEndpoint": "Endpoint",
    "getEndpoint": "Endpoint",
    "listEndpoints": "Endpoint",
    "updateEndpointWhitelist": "Endpoint",
    "updateEndpointPolicy": "Endpoint",
    "deleteEndpointPolicy": "Endpoint",
    "listConnections": "Connection",
    "acceptOrRejectConnection": "Connection",
    "updateConnectionDescriptions": "Connection",
    "listPermissions": "Permission",
    "batchCreatePermissions": "Permission",
    "batchDeletePermissions": "Permission",
    "updatePermissionDescription": "Permission",
    "describeEndpointService": "EndpointServiceSummary",
    "listPublicEndpointServices": "PublicEndpointService",
}


class Held:
    """The objects of a simulator in this process, as dicts with the API's names for their members."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.contract = Contract(simulator.profile)

    @property
    def cloud(self) -> Any:
        return self.simulator.simulation.cloud

    def own_services(self) -> list[str]:
        return [one.id for one in self.cloud.services.values() if not one.public_name]

    def service(self, id: str) -> dict[str, Any]:
        one = self.cloud.services[id]
        connected = [c for c in self.cloud.endpoints.values() if c.service is one and c.status == "accepted"]
        return {
            **self.common(one),
            **self.for_strangers(one),
            "domain_id": one.project.account.domain_id,
            "server_type": one.server_type,
            "vpc_id": one.vpc_id,
            "port_id": one.port_id,
            "ports": one.ports,
            "approval_enabled": one.approval_enabled,
            "tcp_proxy": one.tcp_proxy,
            "pool_id": one.pool_id,
            "supported_editions": one.editions,
            "connection_count": len(connected),
            "cidr_type": "internal",
        }

    def for_strangers(self, one: Any) -> dict[str, Any]:
        """A service without what belongs to its account alone."""
        return {
            "id": one.id,
            "owner": one.project.account.domain_name,
            "service_name": one.full_name,
            "service_type": one.type,
            "created_at": stamp(one.created),
            "is_charge": True,
            "public_border_group": "center",
            "enable_policy": one.enable_policy,
        }

    def public_services(self) -> dict[str, dict[str, Any]]:
        return {one.id: self.for_strangers(one) for one in self.cloud.services.values() if one.public_name}

    def endpoint(self, id: str) -> dict[str, Any]:
        """An endpoint that was accepted as soon as it was made; those of services with approval: see connection."""
        one = self.cloud.endpoints[id]
        interface = {
            "subnet_id": one.subnet and one.subnet.id,
            "ip": one.ip,
            "enable_dns": one.enable_dns,
            "whitelist": one.whitelist,
            "enable_whitelist": one.enable_whitelist,
        }
        name = f"vpcep-{one.id}.{self.simulator.region}.{self.cloud.world.domain}"
        return {
            **self.common(one),
            **(interface if one.interface else {"routetables": one.routetables, "policy_statement": one.policy}),
            "dns_names": [name] if one.enable_dns else [],
            "service_type": one.service.type,
            "endpoint_service_id": one.service.id,
            "endpoint_service_name": one.service.full_name,
            "endpoint_pool_id": one.pool_id,
            "vpc_id": one.vpc_id,
            "marker_id": one.marker_id,
            "policy_document": one.policy_document,
            "active_status": ["active"],
            "enable_status": "enable",
            "specification_name": "default",
            "public_border_group": "center",
        }

    def connection(self, id: str) -> dict[str, Any]:
        one = self.cloud.endpoints[id]
        return {
            **self.common(one),
            "domain_id": one.project.account.domain_id,
            "marker_id": one.marker_id,
            "description": one.connection_description,
        }

    def permissions(self, service: str) -> dict[str, dict[str, Any]]:
        """Whitelist records by their IDs."""
        return {
            record.id: {
                "id": record.id,
                "permission": record.permission,
                "permission_type": record.kind,
                "description": record.description,
                "created_at": stamp(record.created),
            }
            for record in self.cloud.services[service].permissions.values()
        }

    def common(self, one: Any) -> dict[str, Any]:
        return {
            "id": one.id,
            "status": one.status,
            "project_id": one.project.id,
            "description": one.description,
            "tags": [{"key": key, "value": value} for key, value in one.tags.items()],
            "created_at": stamp(one.created),
            "updated_at": stamp(one.updated),
            "enterprise_project_id": one.enterprise_project_id,
            "error": None,
        }

    def agrees(self, operation: str, shown: dict[str, Any], known: set[str], held: dict[str, Any]) -> None:
        """Every member that the operation returns and that the client knows is there and as it is held.

        shown: what the client made of the answer, in the API's words; known: the members its model has.
        """
        returned = self.contract.returned[SCHEMAS[operation], operation] & known
        expected = {name: held.get(name) for name in returned}
        assert told(shown) == told(expected)
        assert len(told(expected)) >= 3, "so little says nothing"


def told(members: dict[str, Any]) -> dict[str, Any]:
    """Without members that say nothing: clients and clouds use null, absence and empty lists for that."""
    return {name: value for name, value in members.items() if value is not None and value != []}
