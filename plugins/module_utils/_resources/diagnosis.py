# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is really wrong, looked up after a task has failed: whose ID it is that was given, and which one was meant.

A look takes a few GETs, and only when an error's code says that there may be something to see. What it shows takes the
place of the code's general hint; when it shows nothing, or fails itself, the error stays as it is. Loaded late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from ipaddress import IPv4Network
from typing import Any
from urllib.parse import urlsplit

from .._api.network import NetworkApi, says_gone
from .._api.vpcep import VpcepApi
from .._auth import regions
from .._core.errors import ApiError, ConnectionFailed, NotFound, VpcepError
from .._core.texts import one_line
from .._core.types import Object
from .._http.error_codes import lookup
from .._http.network_errors import HINTS
from .._http.retry import Deadline
from .._schema.fields import RESERVED_RANGE
from .._schema.normalize import name_of, normalize

LOOKS = 8  # requests that all diagnoses of one task may take together
PATIENCE = 15.0  # seconds that they may take
SHOWN = 4  # objects named in a message
BY_HAND = ("network:dhcp", "network:router", "network:endpoint_interface")  # ports that no backend listens at


class Diagnosis:
    """What one task has looked up. Each thing is looked at once, however many errors ask for it."""

    def __init__(self, session: Any) -> None:
        self.session = session
        self.credentials = session.credentials
        deadline = Deadline(PATIENCE)
        self.api = VpcepApi(session, deadline)
        self.network = NetworkApi(session, deadline)
        self.left = LOOKS
        self.seen: dict[Any, Any] = {}

    def explain(self, error: VpcepError, options: Object) -> None:
        """Makes the hint of an error say what a look shows. options: those of the task, or of one of its objects."""
        if not isinstance(error, ApiError):
            return
        region = self.told(lambda seen, *_: wrong_region(seen), options, error) if about_place(error) else None
        error.hint = region or self.told(finder_of(error), options, error) or error.hint

    def told(self, find: Finder, options: Object, error: ApiError) -> str | None:
        """The explanation that *find* returns, as text; None if it has none."""
        # Whatever goes wrong in here is of less interest than the error itself.
        with suppress(Exception):
            found = find(self, options, error)
            if found:
                return one_line(self.session.scrub(found))
        return None

    def look(self, read: Callable[..., Any], **by: Any) -> Any:
        """What a GET shows, None if it is not there. Raises VpcepError when that cannot be told, or after enough."""
        key = (read.__name__, *sorted(by.items()))
        if key not in self.seen:
            if not self.left:
                raise VpcepError("enough")
            self.left -= 1
            try:
                self.seen[key] = read(**by)
            except NotFound as error:
                if read.__self__ is self.network and not says_gone(error, *by.values()):  # type: ignore[attr-defined]
                    raise
                self.seen[key] = None
        return self.seen[key]

    def subnets(self) -> list[Object]:
        """Raises VpcepError when there are none: that is also what a caller without the right to see them gets."""
        found = self.look(self.network.list_subnets)
        if not found:
            raise VpcepError("none is to be seen")
        return list(found)

    def subnets_of(self, vpc_id: Any) -> str:
        """The choice that somebody has."""
        there = [one for one in self.subnets() if same(one.get("vpc_id"), vpc_id)]
        return f"VPC {vpc_id} has {named(there)}" if there else f"VPC {vpc_id} has no subnet"

    @property
    def place(self) -> str:
        """Where was looked. People forget that each region has projects of its own."""
        _project_id, name = self.session.own_project
        project_id = self.session.project_id
        project = f"{name} ({project_id})" if name else project_id
        return f"project {project} in region {self.session.region or 'of ' + self.session.api_url}"


Finder = Callable[[Diagnosis, Object, ApiError], "str | None"]


def finder_of(error: ApiError) -> Finder:
    """Who can say more about an error."""
    if isinstance(error, ConnectionFailed):
        return unknown_host if error.cause == "name" else nothing
    if error.hint == HINTS["page"]:
        return nothing
    if error.operation == LOGIN:
        return LOGIN_FINDERS.get(error.status or 0, nothing)
    if error.digits:
        return FINDERS.get(error.digits, nothing)
    code = (error.code or "").upper()
    if code == "APIGW.0101":
        return address
    return identity if error.status in (401, 403) else nothing


def about_place(error: ApiError) -> bool:
    """Whether a project of another region may be the reason: something is not there, or access is denied."""
    known = lookup(error.code, error.status)
    return bool(known and known.kind in ("auth", "lookup") and (error.operation, error.status) not in OTHER_REASONS)


def nothing(_seen: Diagnosis, _given: Object, _error: ApiError) -> None:
    """There is nothing to see."""


# Networks


def subnet(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    """The commonest of all mistakes: Neutron's ID of the subnet, where the VPC's is wanted."""
    wanted, vpc_id = given["subnet_id"], given.get("vpc_id")
    for one in seen.subnets():
        if same(one.get("neutron_subnet_id"), wanted):
            name = named([one], with_id=False)
            return f"{wanted} is the Neutron subnet ID of {name}: set subnet_id to its network ID, {one['id']}."
        if same(one.get("id"), wanted) and not same(one.get("vpc_id"), vpc_id):
            return (
                f"{upper(named([one]))} is in VPC {one['vpc_id']}: set vpc_id to that, or subnet_id to a "
                f"subnet of the VPC that is meant. {seen.subnets_of(vpc_id)}."
            )
        if same(one.get("vpc_id"), wanted):
            return f"{wanted} is the ID of a VPC: set subnet_id to one of its subnets. {seen.subnets_of(wanted)}."
    return (
        f"There is no subnet {wanted} in {seen.place}: check subnet_id, project_name and region. "
        f"{seen.subnets_of(vpc_id)}."
    )


def vpc(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
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
        f"There is no VPC {wanted} in {seen.place}, which has {named(vpcs, noun='VPC')}: set vpc_id to one of them, or "
        "region and project_name to those of the VPC that is meant."
    )


def port(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    wanted, vpc_id = given["port_id"], given.get("vpc_id")
    found = seen.look(seen.network.get_port, port_id=wanted)
    if found:
        return misplaced(seen, found, vpc_id)
    ports = seen.look(seen.network.list_ports_of, device_id=wanted)
    if ports:
        return (
            f"{wanted} is the ID of a server or load balancer: set port_id to the ID of its port, {ports[0]['id']}"
            f" (address {addresses(ports[0])})."
        )
    if seen.look(seen.network.list_ports_with, security_group=wanted):
        return f"{wanted} is the ID of a security group: set port_id to the ID of the backend's network port."
    return (
        f"There is no port {wanted} in {seen.place}: set port_id to the port of the load balancer's private address, "
        "or of the server's network card, and check project_name and region."
    )


def misplaced(seen: Diagnosis, found: Object, vpc_id: Any) -> str | None:
    """What is wrong with a port that exists."""
    owner = str(found.get("device_owner"))
    if owner.startswith(BY_HAND):
        return (
            f"Port {found['id']} belongs to the cloud itself ({owner}): set port_id to a server's or load balancer's."
        )
    actual = next((one.get("vpc_id") for one in seen.subnets() if same(one.get("id"), found.get("network_id"))), None)
    return None if actual is None or same(actual, vpc_id) else in_other_vpc(found, actual, vpc_id)


def in_other_vpc(found: Object, actual: Any, vpc_id: Any) -> str:
    """What to say about a port that is in VPC *actual*."""
    where = f"not in {vpc_id}" if vpc_id else "not in the service's"
    return (
        f"Port {found['id']} (address {addresses(found)}) is in VPC {actual}, {where}: set vpc_id to {actual}, or "
        "port_id to a port of the VPC that is meant."
    )


def reserved(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    if given.get("subnet_id"):
        what, found = "subnet", seen.look(seen.network.get_subnet, subnet_id=given["subnet_id"])
    else:
        what, found = "VPC", seen.look(seen.network.get_vpc, vpc_id=given["vpc_id"])
    return in_reserved_range(what, found)


def in_reserved_range(what: str, found: Object) -> str | None:
    """What to say about a VPC or subnet whose range the cloud uses itself; None if it does not."""
    cidr = str(found["cidr"])
    if not IPv4Network(cidr, strict=False).overlaps(IPv4Network(RESERVED_RANGE)):
        return None
    return (
        f"The range of {what} {found['id']}, {cidr}, overlaps with {RESERVED_RANGE}, which the cloud uses itself: "
        f"set {what.lower()}_id to another {what}. vpcep_preflight_info checks this before anything is created."
    )


def route_tables(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    vpc_id, wanted = given["vpc_id"], given["routetables"]
    there = seen.look(seen.network.list_route_tables, vpc_id=vpc_id)
    unknown = [one for one in wanted if not any(same(one, table.get("id")) for table in there)]
    if not unknown:
        return None
    return (
        f"VPC {vpc_id} has no route table {' or '.join(unknown)}; it has {named(there, noun='route table')}. Set "
        "routetables to those, or leave it out for the default one."
    )


def taken_address(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    endpoints = seen.look(seen.api.list_endpoints, vpc_id=given["vpc_id"])
    holder = next((one for one in endpoints if one.get("ip") == given["port_ip"]), None)
    if holder is None:
        return None
    return (
        f"{given['port_ip']} is the address of endpoint {holder['id']} ({holder.get('endpoint_service_name')}): set "
        "port_ip to a free address of the subnet, or leave it out to get one."
    )


# Services


def service(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
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


def no_subnet(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    found = seen.look(seen.api.describe_service, id=given["endpoint_service_id"])
    instead = ", and leave routetables out" if given.get("routetables") else ""
    return (
        f"Endpoint service {found['service_name']} is an interface service: its endpoints get an address in a subnet. "
        f"Set subnet_id{instead}. {seen.subnets_of(given['vpc_id'])}."
    )


def not_admitted(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    """By far the commonest record that admits nobody holds the ID of a project."""
    account = seen.session.domain_id
    if not account:
        return None
    return (
        f"This account is {account}: ask the service's owner to add this ID to permissions, with "
        f"vpcep_service or vpcep_permission. It is the account's ID that counts; {seen.session.project_id} is the "
        "project's, and admits nobody. A record added a moment ago takes some seconds."
    )


def quota(seen: Diagnosis, _given: Object, error: ApiError) -> str | None:
    kind = "endpoint_service" if "service" in error.operation else "endpoint"
    found = next(one for one in seen.look(seen.api.list_quotas) if one.get("type") == kind)
    return (
        f"{found['used']} of {found['quota']} {kind.replace('_', ' ')}s are used: delete what is not needed (rejected "
        "and failed endpoints count, too), or ask the cloud for a larger quota in the console."
    )


def taken_port(seen: Diagnosis, given: Object, _error: ApiError) -> str | None:
    return holder_of_port(seen.look(seen.api.list_services), given["port_id"], given["ports"])


def holder_of_port(services: Iterable[Object], port_id: Any, ports: Iterable[Object]) -> str | None:
    """What to say about the service that leads to one of the server ports already; None if there is none."""
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
    """What two services of one backend must not share. Nothing of an answer that makes no sense."""
    with suppress(TypeError, ValueError):
        return {(one["server_port"], one["protocol"]) for one in normalize("ports", ports)}
    return set()


# Who is asking, and where


def identity(seen: Diagnosis, _given: Object, error: ApiError) -> str | None:
    """Projects, regions, keys: what does not go together."""
    given = seen.credentials
    project_id, name = seen.session.own_project
    if given.method == "token" and project_id and given.project_id not in (None, project_id):
        return (
            f"The token is of project {name or ''} ({project_id}), and project_id is {given.project_id}: leave "
            "project_id out, or give a token of that project."
        )
    return wrong_key(seen) if given.method == "key" and error.status == 401 else None


def wrong_region(seen: Diagnosis) -> str | None:
    given = seen.credentials
    name = seen.session.own_project[1] or given.project_name
    home = regions.region_of_project(name)
    if not home or not given.region or home == given.region:
        return None
    return (
        f"Project {name} is one of region {home}, and region is {given.region}: set region and project_name (or "
        "OS_REGION_NAME and OS_PROJECT_NAME) to the same one."
    )


def wrong_key(seen: Diagnosis) -> str:
    if seen.credentials.security_token:
        return (
            "The temporary access key was refused: it has expired, or access_key, secret_key and security_token are "
            "not of the same one. Get a new one, and give all three."
        )
    return (
        "The access key was refused: check that secret_key is the one that came with access_key, and that the key has "
        "not been deleted or disabled. A temporary key needs security_token, too."
    )


def address(seen: Diagnosis, _given: Object, _error: ApiError) -> str | None:
    url = seen.credentials.api_url
    parts = urlsplit(url or "")
    if not parts.path:
        return None
    return f"api_url is {url}: leave {parts.path} away, and set it to {parts.scheme}://{parts.netloc}."


def refused_login(seen: Diagnosis, _given: Object, error: ApiError) -> str | None:
    given = seen.credentials
    code = (error.code or "").upper()
    if code.startswith("IAM.") and code not in ("IAM.0001", "IAM.0062"):
        return None  # such as a locked user: the code's own hint says it better
    account = given.user_domain_name or given.user_domain_id
    user = f"{given.username or given.user_id}" + (f" of account {account}" if account else "")
    second = "a user with login protection (MFA) needs a passcode, too"
    if given.passcode:
        second = "and give the passcode that the MFA device shows now"
    return (
        f"IAM at {given.auth_url} does not know user {user} with this password: check username, password, and "
        f"user_domain_name, which is the name of the account; {second}. "
        f"They are not tried again, since repeated failures lock the user. {wrong_region(seen) or ''}"
    ).rstrip()


def unknown_project(seen: Diagnosis, _given: Object, _error: ApiError) -> str | None:
    given = seen.credentials
    if given.agency_name:
        return None  # the project is the other account's, and this login was to the user's own
    parts = urlsplit(given.auth_url)
    if parts.path != "/v3":
        return f"auth_url is {given.auth_url}: set it to {parts.scheme}://{parts.netloc}/v3."
    named_by = "project_id" if given.project_id else "project_name"
    if given.region and given.project_name == given.region:
        named_by = "region (or project_name)"
    account = given.user_domain_name or given.user_domain_id
    where = f"account {account}" if account else "the account"
    return (
        f"IAM at {given.auth_url} has no project {given.project_id or given.project_name} in {where} of user "
        f"{given.username or given.user_id}: set {named_by} to one that the console shows under My "
        f"Credentials. Each region has projects of its own; the main one has the region's name."
    )


def unknown_host(seen: Diagnosis, _given: Object, _error: ApiError) -> str | None:
    region = seen.credentials.region
    return regions.unknown(region) if region and region not in regions.REGIONS else None


LOGIN = "log in to IAM"  # the operation
OTHER_REASONS = ((LOGIN, 401), ("find the project", 403))  # with an explanation of their own

LOGIN_FINDERS: dict[int, Finder] = {401: refused_login, 404: unknown_project}
FINDERS: dict[str, Finder] = {
    "0003": identity,
    "0004": identity,
    "0014": identity,
    "0020": vpc,
    "0023": subnet,
    "1018": quota,
    "1019": route_tables,
    "2001": vpc,
    "2003": service,
    "2010": no_subnet,
    "2012": not_admitted,
    "2037": subnet,
    "2042": taken_address,
    "3003": port,
    "3008": port,
    "3009": reserved,
    "3042": port,
    "3044": taken_port,
    "3063": port,
    "4004": subnet,
    "4008": subnet,
    "4012": port,
    "4015": vpc,
    "4030": route_tables,
}
"""By the digits of the code."""


# Words


def same(one: Any, other: Any) -> bool:
    """Whether two IDs are equal; letters in IDs have no case."""
    return bool(one) and bool(other) and str(one).lower() == str(other).lower()


def upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def named(objects: Iterable[Object], with_id: bool = True, noun: str = "subnet") -> str:
    """Some objects by name and ID, at most SHOWN of them."""
    objects = list(objects)
    texts = [f"{one.get('name')} ({one['id']})" if with_id else str(one.get("name")) for one in objects[:SHOWN]]
    more = f" and {len(objects) - SHOWN} more" if len(objects) > SHOWN else ""
    return f"{noun}{'s' * (len(objects) != 1)} {', '.join(texts)}{more}" if texts else f"no {noun}"


def addresses(found: Object) -> str:
    """The addresses of a port."""
    there = found.get("fixed_ips")
    shown = [one.get("ip_address") for one in there if isinstance(one, dict)] if isinstance(there, list) else []
    return ", ".join(map(str, shown)) or "none"
