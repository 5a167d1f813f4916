"""Explains wrong IDs and values in refused requests, by GETs whose number and duration are limited.

Each function returns sentences for the user, or None if it has no explanation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv4Network
from typing import Any

from .._api.network import NetworkApi, says_gone
from .._api.vpcep import VpcepApi
from .._auth.session import Session
from .._core.errors import ApiError, NotFound, VpcepError
from .._core.texts import first_few, one_line
from .._core.types import Object, objects_in
from .._http.retry import Deadline
from .._schema.fields import RESERVED_RANGE
from .._schema.normalize import name_of, normalize, same

LOOKS = 8  # maximum number of requests of all diagnoses of one task
DURATION = 15.0  # their maximum duration in seconds
SHOWN = 4  # maximum number of objects named in a message
OWNED_BY_CLOUD = ("network:dhcp", "network:router", "network:endpoint_interface")  # device_owner: not a backend


class Looks:
    """The GETs that explain the errors of one task. Each is sent once, even if several errors need it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.credentials = session.credentials
        deadline = Deadline(DURATION)
        self.api = VpcepApi(session, deadline)
        self.network = NetworkApi(session, deadline)
        self.left = LOOKS
        self.seen: dict[Any, Any] = {}

    def explanation(self, find: Finder | None, options: Object, error: ApiError) -> str | None:
        """The explanation that *find* returns, as text; None if it has none."""
        # An error in a diagnosis must not hide the error that it explains.
        with suppress(Exception):
            found = find(self, options, error) if find else None
            if found:
                return one_line(self.session.client.scrub(found))
        return None

    def look(self, read: Callable[..., Any], **by: Any) -> Any:
        """The answer of a GET, None if the object does not exist. Raises VpcepError, also after LOOKS GETs."""
        key = (read.__name__, *sorted(by.items()))
        if key not in self.seen:
            if not self.left:
                raise VpcepError("all GETs of the diagnoses are used")
            self.left -= 1
            try:
                self.seen[key] = read(**by)
            except NotFound as error:
                if read.__self__ is self.network and not says_gone(error, *by.values()):  # type: ignore[attr-defined]
                    raise
                self.seen[key] = None
        return self.seen[key]

    def subnets(self) -> list[Object]:
        """Raises VpcepError for an empty list, which a user without the right gets, too."""
        found = self.look(self.network.list_subnets)
        if not found:
            raise VpcepError("no subnet is visible")
        return list(found)

    def subnets_of(self, vpc_id: Any) -> str:
        return f"VPC {vpc_id} has {named(one for one in self.subnets() if same(one.get('vpc_id'), vpc_id))}"


Finder = Callable[[Looks, Object, ApiError], "str | None"]


def place_of(session: Session) -> str:
    _project_id, name = session.own_project
    project_id = session.project_id
    project = f"{name} ({project_id})" if name else project_id
    return f"project {project} in region {session.region or 'of ' + session.api_url}"


def named(objects: Iterable[Object], with_id: bool = True, noun: str = "subnet") -> str:
    """The names and IDs of at most SHOWN objects, for messages."""
    texts = [f"{one.get('name')} ({one['id']})" if with_id else str(one.get("name")) for one in objects]
    return f"{noun}{'s' * (len(texts) != 1)} {first_few(texts, SHOWN)}" if texts else f"no {noun}"


def subnet(seen: Looks, given: Object, _error: ApiError) -> str | None:
    """The usual mistake is the ID of the Neutron subnet."""
    wanted, vpc_id = given["subnet_id"], given.get("vpc_id")
    for one in seen.subnets():
        if same(one.get("neutron_subnet_id"), wanted):
            name = named([one], with_id=False)
            return f"{wanted} is the Neutron subnet ID of {name}: set subnet_id to its network ID, {one['id']}."
        if same(one.get("id"), wanted) and not same(one.get("vpc_id"), vpc_id):
            return (
                f"{named([one], noun='Subnet')} is in VPC {one['vpc_id']}: set vpc_id to that, or subnet_id to a "
                f"subnet of the VPC that is meant. {seen.subnets_of(vpc_id)}."
            )
        if same(one.get("vpc_id"), wanted):
            return f"{wanted} is the ID of a VPC: set subnet_id to one of its subnets. {seen.subnets_of(wanted)}."
    return (
        f"There is no subnet {wanted} in {place_of(seen.session)}: check subnet_id, project_name and region. "
        f"{seen.subnets_of(vpc_id)}."
    )


def vpc(seen: Looks, given: Object, _error: ApiError) -> str | None:
    wanted = given["vpc_id"]
    for one in seen.look(seen.network.list_subnets):
        if same(one.get("id"), wanted) or same(one.get("neutron_subnet_id"), wanted):
            return (
                f"{wanted} is the ID of a subnet ({one.get('name')}): set vpc_id to the VPC it is in, {one['vpc_id']}."
            )
    vpcs = seen.look(seen.network.list_vpcs)
    if not vpcs or any(same(one.get("id"), wanted) for one in vpcs):
        return None
    return (
        f"There is no VPC {wanted} in {place_of(seen.session)}, which has {named(vpcs, noun='VPC')}: set vpc_id to one "
        "of them, or region and project_name to those of the VPC that is meant."
    )


def port(seen: Looks, given: Object, _error: ApiError) -> str | None:
    wanted, vpc_id = given["port_id"], given.get("vpc_id")
    found = seen.look(seen.network.get_port, port_id=wanted)
    if found:
        return misplaced(seen, found, vpc_id)
    ports = seen.look(seen.network.list_ports, device_id=wanted)
    if ports:
        return (
            f"{wanted} is the ID of a server or load balancer: set port_id to the ID of its port, {ports[0]['id']}"
            f" (address {addresses(ports[0])})."
        )
    if seen.look(seen.network.list_ports, security_groups=wanted):
        return f"{wanted} is the ID of a security group: set port_id to the ID of the backend's network port."
    return (
        f"There is no port {wanted} in {place_of(seen.session)}: set port_id to the port of the load balancer's "
        "private address, or of the server's network card, and check project_name and region."
    )


def misplaced(seen: Looks, found: Object, vpc_id: Any) -> str | None:
    owner = str(found.get("device_owner"))
    if owner.startswith(OWNED_BY_CLOUD):
        return (
            f"Port {found['id']} belongs to the cloud itself ({owner}): set port_id to a server's or load balancer's."
        )
    actual = next((one.get("vpc_id") for one in seen.subnets() if same(one.get("id"), found.get("network_id"))), None)
    return None if actual is None or same(actual, vpc_id) else in_other_vpc(found, actual, vpc_id)


def in_other_vpc(found: Object, actual: Any, vpc_id: Any) -> str:
    where = f"not in {vpc_id}" if vpc_id else "not in the service's"
    return (
        f"Port {found['id']} (address {addresses(found)}) is in VPC {actual}, {where}: set vpc_id to {actual}, or "
        "port_id to a port of the VPC that is meant."
    )


def reserved(seen: Looks, given: Object, _error: ApiError) -> str | None:
    if given.get("subnet_id"):
        what, found = "subnet", seen.look(seen.network.get_subnet, subnet_id=given["subnet_id"])
    else:
        what, found = "VPC", seen.look(seen.network.get_vpc, vpc_id=given["vpc_id"])
    return in_reserved_range(what, found)


def in_reserved_range(what: str, found: Object) -> str | None:
    """A sentence about a VPC or subnet that overlaps with the reserved range; None if it does not."""
    cidr = str(found["cidr"])
    if not IPv4Network(cidr, strict=False).overlaps(IPv4Network(RESERVED_RANGE)):
        return None
    return (
        f"The range of {named([found], noun=what)}, {cidr}, overlaps with {RESERVED_RANGE}, which the cloud uses "
        f"itself: set {what.lower()}_id to another {what}. vpcep_preflight_info checks this before anything is created."
    )


def route_tables(seen: Looks, given: Object, _error: ApiError) -> str | None:
    vpc_id, wanted = given["vpc_id"], given["routetables"]
    there = seen.look(seen.network.list_route_tables, vpc_id=vpc_id)
    unknown = [one for one in wanted if not any(same(one, table.get("id")) for table in there)]
    if not unknown:
        return None
    return (
        f"VPC {vpc_id} has no route table {' or '.join(unknown)}; it has {named(there, noun='route table')}. Set "
        "routetables to those, or leave it out for the default one."
    )


def taken_address(seen: Looks, given: Object, _error: ApiError) -> str | None:
    endpoints = seen.look(seen.api.list_endpoints, vpc_id=given["vpc_id"])
    holder = next((one for one in endpoints if one.get("ip") == given["port_ip"]), None)
    if holder is None:
        return None
    return (
        f"{given['port_ip']} is the address of endpoint {holder['id']} ({holder.get('endpoint_service_name')}): set "
        "port_ip to a free address of the subnet, or leave it out to get one."
    )


def addresses(port: Object) -> str:
    return ", ".join(str(one.get("ip_address")) for one in objects_in(port, "fixed_ips")) or "none"


def service(seen: Looks, given: Object, _error: ApiError) -> str | None:
    wanted = given["endpoint_service_id"]
    endpoint = seen.look(seen.api.get_endpoint, endpoint_id=wanted)
    if endpoint:
        return (
            f"{wanted} is the ID of an endpoint: set endpoint_service_id to that of its service, "
            f"{endpoint['endpoint_service_id']}."
        )
    return (
        f"Region {seen.session.region or seen.session.api_url} has no endpoint service {wanted}, and endpoints "
        "reach services of their own region only: check endpoint_service_id with the service's owner, and region. A "
        "service created a moment ago may take some seconds."
    )


def no_subnet(seen: Looks, given: Object, _error: ApiError) -> str | None:
    found = seen.look(seen.api.describe_service, id=given["endpoint_service_id"])
    instead = ", and leave routetables out" if given.get("routetables") else ""
    return (
        f"Endpoint service {found['service_name']} is an interface service: its endpoints get an address in a subnet. "
        f"Set subnet_id{instead}. {seen.subnets_of(given['vpc_id'])}."
    )


def not_admitted(seen: Looks, given: Object, _error: ApiError) -> str | None:
    """The usual mistake is a whitelist record with the ID of a project instead of an account."""
    account = seen.session.domain_id
    if not account:
        return None
    return (
        f"This account is {account}: ask the service's owner to add this ID to permissions, with "
        f"vpcep_service or vpcep_permission. It is the account's ID that counts; {seen.session.project_id} is the "
        "project's, and admits no account. A record added a moment ago takes some seconds."
    )


def quota(seen: Looks, _given: Object, error: ApiError) -> str | None:
    kind = "endpoint_service" if "service" in error.operation else "endpoint"
    found = next(one for one in seen.look(seen.api.list_quotas) if one.get("type") == kind)
    return (
        f"{found['used']} of {found['quota']} {kind.replace('_', ' ')}s are used: delete what is not needed (rejected "
        "and failed endpoints count, too), or ask the cloud for a larger quota in the console."
    )


def taken_port(seen: Looks, given: Object, _error: ApiError) -> str | None:
    return holder_of_port(seen.look(seen.api.list_services), given["port_id"], given["ports"])


def holder_of_port(services: Iterable[Object], port_id: Any, ports: Iterable[Object]) -> str | None:
    """A sentence about an existing service with one of the server ports; None if there is none."""
    wanted = server_ports(ports)
    for one in services:
        both = sorted(wanted & server_ports(one.get("ports") or [])) if same(one.get("port_id"), port_id) else []
        if both:
            return (
                f"Endpoint service {name_of(one) or 'without a name'} ({one['id']}) leads to port {both[0][0]} of "
                f"{one['port_id']} already: to rename or change that service, set id to {one['id']}; to have a second "
                "one, set another server_port in ports."
            )
    return None


def server_ports(ports: Any) -> set[tuple[int, str]]:
    """The server ports with their protocols, which are unique for each backend; empty for invalid mappings."""
    with suppress(TypeError, ValueError):
        return {(one["server_port"], one["protocol"]) for one in normalize("ports", ports)}
    return set()
