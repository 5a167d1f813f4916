# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture is about: accounts, their services and endpoints, out of what the ``*_info`` modules return.

Pure functions. What several accounts know of one object becomes one object.
"""

from __future__ import annotations

import typing as t

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.types import Object
from ansible_collections.crossvpc.vpcep.plugins.module_utils._schema.normalize import short_name

from .text import plain

# How an account comes into a picture.
OWN = "own"  # somebody logged in to it
OTHER = "other"  # its endpoints are seen from a service
UNKNOWN = "unknown"  # it owns a service that an endpoint leads to, and nothing says which account it is
CLOUD = "cloud"  # the cloud's own services
# Names that come from input are no options, which have types. These are what an account of the input may hold.
ACCOUNT_MEMBERS = {"services": list, "endpoints": list, "connections": dict, "permissions": dict}


class Place(t.NamedTuple):
    """An account, in one of its projects."""

    kind: str
    domain_id: str = ""
    project_id: str = ""
    name: str = ""
    project_name: str = ""
    region: str = ""


class Port(t.NamedTuple):
    client: str
    server: str
    protocol: str

    @property
    def text(self) -> str:
        return f"{self.client} \N{RIGHTWARDS ARROW} {self.server}" + (
            "" if self.protocol == "TCP" else f" {self.protocol}"
        )


class Service(t.NamedTuple):
    id: str
    place: Place
    name: str = ""  # the short one, or the cloud's own
    full_name: str = ""
    vpc_id: str = ""
    status: str = ""
    type: str = ""
    backend: str = ""
    ports: tuple[Port, ...] = ()
    approval: bool | None = None
    whitelist: tuple[str, ...] | None = None
    description: str = ""
    tags: tuple[str, ...] = ()


class Endpoint(t.NamedTuple):
    id: str
    service_id: str
    place: Place
    status: str
    vpc_id: str = ""
    subnet_id: str = ""
    type: str = ""
    ip: str = ""
    dns_names: tuple[str, ...] = ()
    routetables: tuple[str, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()


class Landscape(t.NamedTuple):
    """Everything that a picture shows, in the order in which it shows it."""

    places: tuple[Place, ...]
    services: tuple[Service, ...]
    endpoints: tuple[Endpoint, ...]
    names: dict[str, str]

    def vpc_name(self, vpc_id: str) -> str:
        """What somebody calls a VPC; '' when nobody does."""
        return self.names.get(vpc_id, "")

    def endpoints_of(self, service: Service) -> list[Endpoint]:
        return [endpoint for endpoint in self.endpoints if endpoint.service_id == service.id]


def landscape(accounts: list[Object], names: t.Mapping[str, t.Any] | None = None) -> Landscape:
    """accounts: see the documentation of the filters. names: ID of an account or VPC -> what to call it.

    Raises ValueError for input of the wrong shape.
    """
    accounts = [with_connections(account) for account in accounts]
    known_names = {plain(key): plain(value) for key, value in (names or {}).items()}
    connections = _connections(accounts)
    homes = _homes(accounts, connections, known_names)
    services: dict[str, Service] = {}
    endpoints: dict[str, Endpoint] = {}
    for account, home in zip(accounts, homes, strict=True):
        for answer in account.get("services") or ():
            service = _service(answer, home, account)
            services[service.id] = service
        for answer in account.get("endpoints") or ():
            endpoint = _endpoint(answer, home, plain(answer.get("endpoint_service_id")))
            endpoints[endpoint.id] = endpoint
    for identifier, (service_id, connection) in connections.items():
        if identifier not in endpoints:
            owner = _owner(plain(connection.get("domain_id")), homes, known_names)
            endpoints[identifier] = _endpoint(connection, owner, service_id)
            services.setdefault(service_id, Service(service_id, Place(UNKNOWN)))
    for account in accounts:
        for answer in account.get("endpoints") or ():
            service = _service_behind(answer)
            services.setdefault(service.id, service)
    return _in_order(homes, services, endpoints, known_names)


def with_connections(account: t.Any) -> Object:
    """An account with the connections that its services hold. Raises ValueError unless it has the shape of one."""
    check(account)
    held = {
        one["id"]: one["connections"] for one in account.get("services") or () if one.get("connections") is not None
    }
    whole: Object = {**account, "connections": {**held, **(account.get("connections") or {})}}
    check(whole)
    return whole


def check(account: t.Any) -> None:
    """Raises ValueError unless *account* has the shape of an account."""
    if not isinstance(account, dict):
        raise ValueError(f"an account is a dictionary, not {type(account).__name__}")
    for name, kind in ACCOUNT_MEMBERS.items():
        value = account.get(name)
        if value is None:
            continue
        if not isinstance(value, kind):
            raise ValueError(f"{name} of an account is a {kind.__name__}, not {type(value).__name__}")
        lists = list(value.values()) if isinstance(value, dict) else [value]
        for items in lists:
            if not isinstance(items, list):
                raise ValueError(f"{name} holds a list for each service, not {type(items).__name__}")
            if name != "permissions" and not all(isinstance(item, dict) and item.get("id") for item in items):
                raise ValueError(f"{name}: each entry is a dictionary with an id")


def _connections(accounts: list[Object]) -> dict[str, tuple[str, Object]]:
    """ID of an endpoint -> the service it leads to, and how the service's owner sees it."""
    return {
        plain(connection["id"]): (plain(service_id), connection)
        for account in accounts
        for service_id, found in (account.get("connections") or {}).items()
        for connection in found
    }


def _homes(accounts: list[Object], connections: dict[str, tuple[str, Object]], names: dict[str, str]) -> list[Place]:
    """The place of each account; two logins to the same project are one place."""
    places: dict[t.Any, Place] = {}
    homes = []
    for number, account in enumerate(accounts):
        home = _home(account, connections, names)
        identity = (home.domain_id, home.project_id) if home.project_id else number
        homes.append(places.setdefault(identity, home))
    return homes


def _home(account: Object, connections: dict[str, tuple[str, Object]], names: dict[str, str]) -> Place:
    """Whose account it is. Without a login that tells, its objects and those who see its endpoints do."""
    owned = [*(account.get("services") or ()), *(account.get("endpoints") or ())]
    seen = [connections[plain(item["id"])][1] for item in owned if plain(item["id"]) in connections]

    def first(name: str, *sources: list[Object]) -> str:
        values = (plain(item.get(name)) for source in sources for item in source)
        return next((value for value in values if value), "")

    domain_id = first("domain_id", [account], owned, seen)
    return Place(
        OWN,
        domain_id,
        first("project_id", [account], owned),
        names.get(domain_id) or plain(account.get("name")),
        plain(account.get("project_name")),
        plain(account.get("region")),
    )


def _owner(domain_id: str, homes: list[Place], names: dict[str, str]) -> Place:
    """Where an endpoint belongs that only the service's owner knows; the project stays hidden."""
    name = names.get(domain_id, "")
    if not name and domain_id:
        name = next(
            (f"{home.name}, another project" for home in homes if home.name and home.domain_id == domain_id), ""
        )
    return Place(OTHER, domain_id, name=name)


def _service(answer: Object, home: Place, account: Object) -> Service:
    identifier, full_name = plain(answer["id"]), plain(answer.get("service_name"))
    whitelist = (account.get("permissions") or {}).get(answer["id"], answer.get("permissions"))
    backend = [plain(answer.get("server_type")), plain(answer.get("port_id"))]
    approval = answer.get("approval_enabled")
    return Service(
        identifier,
        home,
        plain(answer.get("name")) or short_name(full_name, identifier),
        full_name,
        plain(answer.get("vpc_id")),
        plain(answer.get("status")),
        plain(answer.get("service_type")),
        " ".join(part for part in backend if part),
        _ports(answer.get("ports")),
        None if approval is None else str(approval).lower() == "true",
        None if whitelist is None else _whitelist(whitelist),
        plain(answer.get("description")),
        _tags(answer.get("tags")),
    )


def _service_behind(endpoint: Object) -> Service:
    """What an endpoint tells about a service that no account of the picture owns."""
    identifier, full_name = plain(endpoint.get("endpoint_service_id")), plain(endpoint.get("endpoint_service_name"))
    # The cloud's own names have no ID in them, and a service that is gone has no name.
    its_own = not full_name or full_name.endswith(identifier)
    return Service(
        identifier,
        Place(UNKNOWN if its_own else CLOUD),
        short_name(full_name, identifier) if its_own else full_name.rpartition(".")[2],
        full_name,
        type=plain(endpoint.get("service_type")),
    )


def _endpoint(answer: Object, place: Place, service_id: str) -> Endpoint:
    return Endpoint(
        plain(answer["id"]),
        service_id,
        place,
        plain(answer.get("status")),
        plain(answer.get("vpc_id")),
        plain(answer.get("subnet_id")),
        plain(answer.get("service_type")),
        plain(answer.get("ip")),
        _texts(answer.get("dns_names")),
        _texts(answer.get("routetables")),
        plain(answer.get("description")),
        _tags(answer.get("tags")),
    )


def _ports(value: t.Any) -> tuple[Port, ...]:
    found = {
        Port(plain(port.get("client_port")), plain(port.get("server_port")), plain(port.get("protocol") or "TCP"))
        for port in value or ()
        if isinstance(port, dict)
    }
    return tuple(sorted(found, key=lambda port: (port.client.zfill(5), port.server.zfill(5), port.protocol)))


def _whitelist(records: t.Any) -> tuple[str, ...]:
    """Records as texts, out of texts or of what vpcep_permission_info returns."""
    texts = {plain(record.get("permission") if isinstance(record, dict) else record) for record in records}
    return tuple(sorted(text.removeprefix("iam:domain::") for text in texts))


def _tags(value: t.Any) -> tuple[str, ...]:
    tags = value.items() if isinstance(value, dict) else ()
    return tuple(sorted("=".join(part for part in map(plain, tag) if part) for tag in tags))


def _texts(value: t.Any) -> tuple[str, ...]:
    return tuple(sorted(map(plain, value))) if isinstance(value, list) else ()


def _in_order(
    homes: list[Place], services: dict[str, Service], endpoints: dict[str, Endpoint], names: dict[str, str]
) -> Landscape:
    """Own accounts as given, then others; all else so that it does not depend on the order of the cloud's answers."""
    owners, users = {item.place for item in services.values()}, {item.place for item in endpoints.values()}
    kinds = (OWN, OTHER, UNKNOWN, CLOUD)
    elsewhere = (owners | users) - set(homes)
    others = sorted(elsewhere, key=lambda place: (kinds.index(place.kind), not place.name, *place[1:]))
    places = tuple(dict.fromkeys([*homes, *others]))
    rank = {place: number for number, place in enumerate(places)}
    all_services = sorted(
        services.values(), key=lambda item: (rank[item.place], item.vpc_id, not item.name, item.name, item.id)
    )
    position = {service.id: number for number, service in enumerate(all_services)}
    all_endpoints = sorted(
        endpoints.values(),
        key=lambda item: (rank[item.place], position[item.service_id], item.vpc_id, _address(item.ip), item.id),
    )
    return Landscape(places, tuple(all_services), tuple(all_endpoints), names)


def _address(ip: str) -> tuple[str, ...]:
    """An address as something that sorts like its number."""
    return tuple(part.zfill(3) for part in ip.split("."))
