"""Rules of endpoints and of the connections they make."""

import copy
import ipaddress
from typing import Any

from . import services
from .cloud import Cloud
from .errors import ApiError
from .models import Endpoint, Service
from .networks import ADOPTED, Project, Subnet
from .tags import check_unique_keys, tags_of

POOLS = {"interface": "0e796c11-6cf1-484a-9b8c-f837cb925287", "gateway": "d86778c4-ad4b-4abd-988e-8c2572047fe4"}
HUAWEI_ONLY = ("ip_version", "ipv6_address")


def create(cloud: Cloud, project: Project, body: dict[str, Any]) -> Endpoint:
    """A new endpoint in ``creating``. body: checked, defaults filled in. Its kind follows from the service."""
    check_unique_keys(body.get("tags", []))
    check_addresses(body.get("whitelist", []))
    cloud.check_vpc(project, body["vpc_id"])
    service = cloud.services.get(body["endpoint_service_id"])
    if service is None:
        raise ApiError("EndPoint.2003")
    subnet = chosen_subnet(cloud, project, body) if service.type == "interface" else None
    routetables = chosen_routetables(cloud, project, body) if service.type == "gateway" else []
    if not services.allows(service, project.account):
        raise ApiError("EndPoint.2012")
    if service.status != "available":
        raise ApiError("EndPoint.2004", f"service is {service.status}")
    check_routetables_free(cloud, service, routetables)
    ip = free_address(cloud, subnet, body.get("port_ip"))
    cloud.check_quota("endpoint", project.account)
    endpoint = Endpoint(
        **cloud.new_members(project),
        service=service,
        marker_id=next(cloud.markers),
        vpc_id=body["vpc_id"],
        subnet=subnet,
        ip=ip,
        description=body.get("description", ""),
        enterprise_project_id=body.get("enterprise_project_id", "0"),
        tags=tags_of(body.get("tags", [])),
        pool_id=POOLS[service.type],
    )
    if service.type == "interface":
        endpoint.enable_dns = body["enable_dns"]
        endpoint.whitelist, endpoint.enable_whitelist = body.get("whitelist", []), body["enable_whitelist"]
        endpoint.extra = {name: body[name] for name in HUAWEI_ONLY if name in body}
    else:
        endpoint.routetables = routetables
        endpoint.policy = policy_of(cloud, body["policy_statement"])
    if service.enable_policy:
        endpoint.policy_document = body.get("policy_document")
    if subnet is not None:
        subnet.used.add(ip)
    cloud.enter(endpoint)
    start(cloud, endpoint)
    return endpoint


def start(cloud: Cloud, endpoint: Endpoint) -> None:
    settings = cloud.settings
    doomed = settings.fail_next_endpoints > 0
    settings.fail_next_endpoints -= doomed
    # A later change of approval affects later endpoints only, so the present value counts.
    needs_approval = endpoint.service.approval_enabled

    def ready() -> None:
        if doomed:
            cloud.fail(endpoint)
        elif needs_approval:
            endpoint.status = "pendingAcceptance"
        else:
            endpoint.status, endpoint.connected = "accepted", True

    cloud.begin(endpoint, settings.endpoint_create_delay, ready)


def chosen_subnet(cloud: Cloud, project: Project, body: dict[str, Any]) -> Subnet:
    if not body.get("subnet_id"):
        raise ApiError("EndPoint.2010")
    subnet = cloud.check_subnet(project, body["subnet_id"], body["vpc_id"])
    wanted = body.get("port_ip")
    if wanted and subnet.name != ADOPTED and not usable(subnet, wanted):
        raise ApiError("EndPoint.2043")
    return subnet


def usable(subnet: Subnet, ip: str) -> bool:
    address = ipaddress.IPv4Address(ip)
    return address in subnet.cidr and address not in (subnet.cidr.network_address, subnet.cidr.broadcast_address)


def free_address(cloud: Cloud, subnet: Subnet | None, wanted: str | None) -> str:
    """The wanted address, else the next free one; None for gateway endpoints."""
    if subnet is None:
        return ""
    if wanted and wanted in subnet.used:
        raise ApiError("EndPoint.2042")
    ip = wanted or subnet.free_address()
    if ip is None:
        raise ApiError("EndPoint.2016", "subnet is full")
    return ip


def chosen_routetables(cloud: Cloud, project: Project, body: dict[str, Any]) -> list[str]:
    wanted = list(dict.fromkeys(body.get("routetables") or [cloud.default_routetable(project, body["vpc_id"])]))
    for id in wanted:
        cloud.check_routetable(project, id, body["vpc_id"])
    return wanted


def check_routetables_free(cloud: Cloud, service: Service, wanted: list[str], own: Endpoint | None = None) -> None:
    if not wanted:
        return
    taken = {id for c in cloud.connections(service) if c is not own for id in c.routetables}
    if taken & set(wanted):
        raise ApiError("EndPoint.2039")


def check_addresses(whitelist: list[str]) -> None:
    """Check what the pattern cannot: octets above 255, masks above 32."""
    for entry in whitelist:
        try:
            ipaddress.IPv4Network(entry, strict=False)
        except ValueError:
            raise ApiError("EndPoint.2044", entry) from None


def policy_of(cloud: Cloud, statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statements with the members that this cloud knows."""
    known = cloud.contract.operations["createEndpoint"].members_of("policy_statement")
    return [{name: value for name, value in one.items() if name in known} for one in statements]


def delete(cloud: Cloud, endpoint: Endpoint) -> None:
    """Begin the deletion. Refused in ``deleting``, and by a setting in ``creating``."""
    if endpoint.status == "creating" and cloud.settings.delete_creating_endpoints_fails:
        raise ApiError("EndPoint.2019")
    if endpoint.status == "deleting":
        raise ApiError("EndPoint.2018")
    endpoint.stale_status, endpoint.stale_reads = endpoint.status, cloud.settings.stale_reads_after_delete
    endpoint.status = "deleting"
    cloud.begin(endpoint, cloud.settings.endpoint_delete_delay, lambda: remove(cloud, endpoint))


def remove(cloud: Cloud, endpoint: Endpoint) -> None:
    cloud.remove(endpoint)
    if endpoint.subnet is not None:
        endpoint.subnet.used.discard(endpoint.ip)


# The provider's side


def act(cloud: Cloud, endpoint: Endpoint, action: str) -> Endpoint:
    """``receive`` or ``reject`` a connection."""
    check_changeable(endpoint)
    if action == "receive" and endpoint.status == "accepted":
        if cloud.settings.receive_accepted_fails:
            raise ApiError("EndPoint.2014")
        return endpoint
    if action == "receive":
        endpoint.status, endpoint.connected = "accepted", True
    else:
        endpoint.status = "rejected"
    cloud.touch(endpoint)
    return endpoint


def check_changeable(endpoint: Endpoint) -> None:
    refusals = {"creating": "EndPoint.2019", "deleting": "EndPoint.2018", "failed": "EndPoint.2047"}
    if endpoint.status in refusals:
        raise ApiError(refusals[endpoint.status])


# Huawei's changes


def change_whitelist(cloud: Cloud, endpoint: Endpoint, body: dict[str, Any]) -> Endpoint:
    check_addresses(body.get("whitelist", []))
    check_changeable(endpoint)
    if not endpoint.interface:
        raise ApiError("EndPoint.0002", "gateway endpoints have no access whitelist")
    endpoint.whitelist = body.get("whitelist", endpoint.whitelist)
    endpoint.enable_whitelist = body["enable_whitelist"]
    cloud.touch(endpoint)
    return endpoint


def change_policy(cloud: Cloud, endpoint: Endpoint, body: dict[str, Any]) -> Endpoint:
    check_changeable(endpoint)
    if endpoint.interface and not endpoint.service.enable_policy:
        raise ApiError("EndPoint.2048", "the service allows no policy")
    if "policy_statement" in body and not endpoint.interface:
        endpoint.policy = policy_of(cloud, body["policy_statement"])
    endpoint.policy_document = body.get("policy_document", endpoint.policy_document)
    cloud.touch(endpoint)
    return endpoint


def drop_policy(cloud: Cloud, endpoint: Endpoint, default: list[dict[str, Any]]) -> Endpoint:
    check_changeable(endpoint)
    if endpoint.policy in ([], default) and endpoint.policy_document is None:
        raise ApiError("EndPoint.2049")
    endpoint.policy_document = None
    endpoint.policy = [] if endpoint.interface else copy.deepcopy(default)
    cloud.touch(endpoint)
    return endpoint


def change_routetables(cloud: Cloud, endpoint: Endpoint, wanted: list[str]) -> list[dict[str, Any]]:
    """Replace the route tables; returns what could not be bound, which the cloud reports beside a 200."""
    check_changeable(endpoint)
    if endpoint.interface or not wanted:
        raise ApiError("EndPoint.2040")
    for id in wanted:
        cloud.check_routetable(endpoint.project, id, endpoint.vpc_id)
    taken = {id for c in cloud.connections(endpoint.service) if c is not endpoint for id in c.routetables}
    if set(wanted) <= taken:
        raise ApiError("EndPoint.2039")
    endpoint.routetables = [id for id in dict.fromkeys(wanted) if id not in taken]
    cloud.touch(endpoint)
    message = "The route table is being used by another EP."
    failed = [{"id": id, "error_message": message} for id in wanted if id in taken]
    return [{"bind_failed": failed, "unbind_failed": []}] if failed else []
