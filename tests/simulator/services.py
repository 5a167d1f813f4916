"""Rules of endpoint services and their whitelist records."""

import fnmatch
import uuid
from typing import Any

from .cloud import Cloud
from .errors import ApiError
from .models import HOLDING, Endpoint, Permission, Service
from .networks import Account, Project
from .tags import check_unique_keys, tags_of

HUAWEI_ONLY = ("ip", "ip_version", "snat_network_id")
PREFIX_DOMAIN, PREFIX_ORG = "iam:domain::", "organizations:orgPath::"


def create(cloud: Cloud, project: Project, body: dict[str, Any]) -> Service:
    """A new service in ``creating`` (``available`` with no delay). body: checked, defaults filled in."""
    ports = mappings(cloud, body["ports"])
    check_unique_keys(body.get("tags", []))
    vpc = cloud.check_vpc(project, body["vpc_id"])
    if vpc is not None:
        cloud.check_overlap(vpc.cidr)
    cloud.check_port(project, body["port_id"], body["vpc_id"])
    check_conflicts(cloud, body["port_id"], ports)
    cloud.check_quota("endpoint_service", project.account)
    service = Service(
        **cloud.new_members(project),
        region=cloud.world.region,
        name=body.get("service_name", ""),
        server_type=body["server_type"],
        vpc_id=body["vpc_id"],
        port_id=body["port_id"],
        ports=ports,
        approval_enabled=body["approval_enabled"],
        tcp_proxy=body["tcp_proxy"],
        description=body.get("description", ""),
        pool_id=body.get("pool_id") or "5289d3c2-8882-4871-a3c2-d380272eed80",
        enable_policy=body.get("enable_policy", False),
        enterprise_project_id=body.get("enterprise_project_id", "0"),
        extra={name: body[name] for name in HUAWEI_ONLY if name in body},
        tags=tags_of(body.get("tags", [])),
    )
    cloud.enter(service)
    doomed = cloud.settings.fail_next_services > 0
    cloud.settings.fail_next_services -= doomed

    def ready() -> None:
        if doomed:
            cloud.fail(service)
        else:
            service.status = "available"

    cloud.begin(service, cloud.settings.service_create_delay, ready)
    return service


def mappings(cloud: Cloud, ports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Port mappings with the protocol filled in; a client port can be offered once per protocol."""
    default = cloud.contract.limit("schemas", "PortMapping", "properties", "protocol", "default")
    full = [
        {
            "client_port": int(port["client_port"]),
            "server_port": int(port["server_port"]),
            "protocol": port.get("protocol", default),
        }
        for port in ports
    ]
    if len({(port["client_port"], port["protocol"]) for port in full}) < len(full):
        raise ApiError("EndPoint.0002", "a client port appears twice")
    return full


def check_conflicts(cloud: Cloud, port_id: str, ports: list[dict[str, Any]], own: Service | None = None) -> None:
    """A backend's server port and protocol belong to one service, even while that one is being deleted."""
    others = [s for s in cloud.services.values() if s is not own and s.port_id == port_id]
    taken = {(port["server_port"], port["protocol"]) for service in others for port in service.ports}
    if any((port["server_port"], port["protocol"]) in taken for port in ports):
        raise ApiError("EndPoint.3044")


def update(cloud: Cloud, service: Service, body: dict[str, Any]) -> Service:
    """Change the members sent, at once."""
    if "port_id" in body and "ip" in body:
        raise ApiError("EndPoint.3052")
    ports = mappings(cloud, body["ports"]) if "ports" in body else service.ports
    port_id = body.get("port_id", service.port_id)
    if "port_id" in body:
        cloud.check_port(service.project, port_id, service.vpc_id)
    check_changeable(service)
    check_conflicts(cloud, port_id, ports, own=service)
    service.ports, service.port_id = ports, port_id
    service.name = body.get("service_name", service.name)
    for name in ("approval_enabled", "tcp_proxy", "description", "enable_policy"):
        setattr(service, name, body.get(name, getattr(service, name)))
    if "ip" in body:
        service.extra["ip"] = body["ip"]
    cloud.touch(service)
    return service


def check_changeable(service: Service) -> None:
    if service.status != "available":
        raise ApiError("EndPoint.3045", f"status is {service.status}")


def rename(cloud: Cloud, service: Service, name: str) -> Service:
    check_changeable(service)
    service.name = name
    cloud.touch(service)
    return service


def delete(cloud: Cloud, service: Service) -> None:
    """Begin the deletion. Refused while an endpoint is connected or being deleted."""
    if service.status == "creating" and cloud.settings.delete_creating_services_fails:
        raise ApiError("EndPoint.3005", "still being created")
    if any(connection.status in HOLDING for connection in cloud.connections(service)):
        raise ApiError("EndPoint.3006")
    if service.status != "deleting":
        service.stale_status, service.stale_reads = service.status, cloud.settings.stale_reads_after_delete
        service.status = "deleting"
        cloud.begin(service, cloud.settings.service_delete_delay, lambda: cloud.remove(service))


def find_described(cloud: Cloud, id: str | None, name: str | None) -> Service:
    """A service of any account, by exact full name or id or both."""
    if id is None and name is None:
        raise ApiError("EndPoint.0002", "neither id nor name")
    for service in cloud.services.values():
        if id in (None, service.id) and name in (None, service.full_name):
            return service
    raise ApiError("EndPoint.0005")


# Whitelist records


def allows(service: Service, account: Account) -> bool:
    """Whether an account may connect: the owner's own always, others by record, the cloud's services to all."""
    return bool(
        service.public_name
        or service.project.account is account
        or any(matches(record.permission, account) for record in service.permissions.values())
    )


def matches(permission: str, account: Account) -> bool:
    if permission.startswith(PREFIX_ORG):
        return fnmatch.fnmatchcase(account.org_path, permission[len(PREFIX_ORG) :])
    return permission in ("*", PREFIX_DOMAIN + "*", PREFIX_DOMAIN + account.domain_id)


def check_kinds(permissions: list[str], kind: str) -> None:
    for permission in permissions:
        if permission.startswith(PREFIX_ORG) != (kind == "orgPath"):
            raise ApiError("EndPoint.3002", f"{permission} is not of type {kind}")


def add_permissions(cloud: Cloud, service: Service, wanted: dict[str, str], kind: str) -> list[Permission]:
    """Add records (permission -> description); one that exists stays as it is."""
    check_kinds(list(wanted), kind)
    for permission, description in wanted.items():
        if permission not in service.permissions:
            moment, number = cloud.clock.now(), next(cloud.numbers)
            record = Permission(str(uuid.uuid4()), permission, kind, description, moment, number)
            service.permissions[permission] = record
    return [service.permissions[permission] for permission in wanted]


def remove_permissions(service: Service, permissions: list[str]) -> None:
    """Remove records; absent ones are no error, and endpoints that exist stay."""
    for permission in permissions:
        service.permissions.pop(permission, None)


def permission_by_id(service: Service, id: str) -> Permission:
    for record in service.permissions.values():
        if record.id == id:
            return record
    raise ApiError("EndPoint.0005")


def connection_of(cloud: Cloud, service: Service, endpoint_id: str) -> Endpoint:
    endpoint = cloud.endpoints.get(endpoint_id)
    if endpoint is None or endpoint.service is not service:
        raise ApiError("Endpoint.2013")
    return endpoint
