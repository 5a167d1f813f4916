"""Objects as members of answers. A view has all members; the contract selects those that an operation returns."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .cloud import Cloud
from .models import Endpoint, Permission, Resource, Service
from .settings import stamp
from .tags import name_of


def pick(cloud: Cloud, schema: str, operation: str, full: dict[str, Any], hidden: Iterable[str] = ()) -> dict[str, Any]:
    names = cloud.contract.returned[schema, operation] - set(hidden)
    return {name: value for name, value in full.items() if value is not None and name in names}


def hidden(cloud: Cloud, operation: str, one: Resource) -> list[str]:
    """Members of this operation that an answer leaves out."""
    is_orphan = isinstance(one, Endpoint) and one.service.id not in cloud.services
    orphans = cloud.settings.orphans_hide.split(",") if is_orphan else []
    return [*one.hidden, *(one.unlisted if operation.startswith("list") else ()), *orphans]


def tag_list(resource: Resource) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in resource.tags.items()]


def tagged(one: Resource) -> dict[str, Any]:
    """A match of a search by tags."""
    about = {"resource_id": one.id, "resource_name": name_of(one), "resource_detail": None}
    return {**about, "tags": tag_list(one)}


def error_list(cloud: Cloud, resource: Resource) -> list[dict[str, str]] | None:
    """Why a resource failed; Huawei's services use other words for it."""
    if resource.error is None:
        return None
    code, message = resource.error
    if cloud.contract.cloud == "huawei" and isinstance(resource, Service):
        return [{"code": code, "message": message}]
    return [{"error_code": code, "error_message": message}]


def connection_counts(cloud: Cloud) -> Counter[str]:
    """Service id -> endpoints that are being created or accepted."""
    return Counter(c.service.id for c in cloud.endpoints.values() if c.status in ("creating", "accepted"))


def service(cloud: Cloud, operation: str, one: Service, count: int = 0) -> dict[str, Any]:
    names = ("port_id", "vpc_id", "pool_id", "approval_enabled", "server_type", "description", "ports", "tcp_proxy")
    full = {
        **one.members(*names, "enable_policy", "enterprise_project_id"),
        "status": one.shown_status,
        "service_name": one.full_name,
        "service_type": one.type,
        "project_id": one.project.id,
        "domain_id": one.project.account.domain_id,
        "tags": tag_list(one),
        "connection_count": count,
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "error": error_list(cloud, one),
        "supported_editions": one.editions,
        "public_border_group": "center",
        "cidr_type": "internal",
        **one.extra,
    }
    return pick(cloud, "EndpointService", operation, full, hidden(cloud, operation, one))


def summary(cloud: Cloud, operation: str, one: Service) -> dict[str, Any]:
    """A service for other accounts, without its backend."""
    schema = "PublicEndpointService" if operation == "listPublicEndpointServices" else "EndpointServiceSummary"
    full = {
        "id": one.id,
        "owner": one.project.account.domain_name,
        "service_name": one.full_name,
        "service_type": one.type,
        "created_at": stamp(one.created),
        "is_charge": not one.full_name.endswith((".obs", ".dns")),
        "public_border_group": "center",
        "enable_policy": one.enable_policy,
    }
    return pick(cloud, schema, operation, full)


def endpoint(cloud: Cloud, operation: str, one: Endpoint) -> dict[str, Any]:
    full: dict[str, Any] = {
        **one.members("marker_id", "vpc_id", "description", "enterprise_project_id", "policy_document"),
        "status": one.shown_status,
        "tags": tag_list(one),
        "active_status": ["active"],
        "service_type": one.service.type,
        "project_id": one.project.id,
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "endpoint_service_id": one.service.id,
        "endpoint_service_name": one.service.full_name,
        "specification_name": "default",
        "enable_status": "enable",
        "endpoint_pool_id": one.pool_id,
        "error": error_list(cloud, one),
        "public_border_group": "center",
    }
    if one.interface:
        full.update(interface_members(cloud, operation, one))
    else:
        full.update(routetables=one.routetables, policy_statement=one.policy)
    return pick(cloud, "Endpoint", operation, full, hidden(cloud, operation, one))


def interface_members(cloud: Cloud, operation: str, one: Endpoint) -> dict[str, Any]:
    """Address and DNS switch stay hidden until the connection has been accepted."""
    shown = one.connected and operation != "createEndpoint"
    named = shown and one.enable_dns and one.status == "accepted"
    return {
        "subnet_id": one.subnet.id if one.subnet else None,
        "whitelist": one.whitelist,
        "enable_whitelist": one.enable_whitelist,
        "enable_dns": one.enable_dns and one.connected,
        "ip": one.ip if one.connected else None,
        "dns_names": [f"vpcep-{one.id}.{cloud.world.region}.{cloud.world.domain}"] if named else None,
        # Details show an empty list here, lists and create answers leave it out.
        "routetables": [] if operation == "getEndpoint" else None,
        "ip_version": "ipv4",
        **one.extra,
    }


def connection(cloud: Cloud, operation: str, one: Endpoint) -> dict[str, Any]:
    full = {
        "id": one.id,
        "status": one.shown_status,
        "marker_id": one.marker_id,
        "domain_id": one.project.account.domain_id,
        "created_at": stamp(one.created),
        "updated_at": stamp(one.updated),
        "error": error_list(cloud, one),
        "description": one.connection_description,
    }
    return pick(cloud, "Connection", operation, full, one.unlisted)


def permissions(cloud: Cloud, operation: str, records: Iterable[Permission]) -> dict[str, Any]:
    shown = [
        {
            "id": one.id,
            "permission": one.permission,
            "permission_type": one.kind,
            "description": one.description,
            "created_at": stamp(one.created),
        }
        for one in records
    ]
    return {"permissions": [pick(cloud, "Permission", operation, full) for full in shown]}
