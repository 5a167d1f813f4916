"""The content of a picture: accounts, services and endpoints, built from the results of the ``*_info`` modules.

An object that several accounts show is contained once.
"""

from __future__ import annotations

import typing as t

from ...module_utils._core.types import Object, grouped
from ...module_utils._schema.normalize import short_name
from .text import joined, plain

# Kinds of places, in the order in which they are drawn.
OWN = 0  # an account of the input
OTHER = 1  # an account that has endpoints at a service of the input
UNKNOWN = 2  # the unknown owner of a service that an endpoint leads to
CLOUD = 3  # the owner of the cloud's own services
MEMBERS = {"services": list, "endpoints": list, "connections": dict, "permissions": dict}  # of an account of the input


class Place(t.NamedTuple):
    """An account, in one of its projects."""

    kind: int
    domain_id: str = ""
    project_id: str = ""
    name: str = ""
    project_name: str = ""
    region: str = ""


class Service(t.NamedTuple):
    id: str
    place: Place
    name: str = ""
    full_name: str = ""
    vpc_id: str = ""
    status: str = ""
    type: str = ""
    backend: str = ""
    ports: tuple[str, ...] = ()  # such as "80 → 8080"
    approval: bool | None = None  # None: not known
    whitelist: tuple[str, ...] | None = None  # None: not known
    description: str = ""
    tags: tuple[str, ...] = ()


class Endpoint(t.NamedTuple):
    id: str
    service_id: str
    place: Place
    status: str
    vpc_id: str = ""
    subnet: str = ""  # name and ID
    ip: str = ""
    dns_names: tuple[str, ...] = ()
    routetables: tuple[str, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()


class Landscape(t.NamedTuple):
    """Everything that a picture shows, in the order in which it is drawn.

    names: ID of an account, VPC or subnet -> name.
    """

    places: tuple[Place, ...]
    services: tuple[Service, ...]
    endpoints: tuple[Endpoint, ...]
    names: dict[str, str]

    def endpoints_of(self, service: Service) -> list[Endpoint]:
        return [endpoint for endpoint in self.endpoints if endpoint.service_id == service.id]

    def services_by_place(self) -> dict[Place, list[Service]]:
        return grouped((service.place, service) for service in self.services)


def landscape(accounts: list[t.Any], names: t.Mapping[str, t.Any] | None = None) -> Landscape:
    """The content of a picture. For *accounts* and *names* see plugins/doc_fragments/drawing.py.

    Raises ValueError for input of the wrong shape.
    """
    accounts = [_complete(account) for account in accounts]
    given_names = [*(account["networks"] for account in accounts), names or {}]
    known_names = {plain(key): plain(value) for given in given_names for key, value in given.items()}
    # ID of an endpoint -> the ID of its service, and the connection
    connections = {
        plain(connection["id"]): (service_id, connection)
        for account in accounts
        for service_id, found in account["connections"].items()
        for connection in found
    }
    homes = _homes(accounts, connections, known_names)
    services: dict[str, Service] = {}
    endpoints: dict[str, Endpoint] = {}
    for account, home in zip(accounts, homes, strict=True):
        own = [_service(answer, home, account["permissions"]) for answer in account["services"]]
        services.update({service.id: service for service in own})
        for answer in account["endpoints"]:
            endpoint = _endpoint(answer, home, plain(answer.get("endpoint_service_id")), known_names)
            endpoints[endpoint.id] = endpoint
    for identifier, (service_id, connection) in connections.items():
        if identifier not in endpoints:
            owner = _owner(plain(connection.get("domain_id")), homes, known_names)
            endpoints[identifier] = _endpoint(connection, owner, service_id, known_names)
            services.setdefault(service_id, Service(service_id, Place(UNKNOWN)))
    for account in accounts:
        for answer in account["endpoints"]:
            service = _service_behind(answer)
            services.setdefault(service.id, service)
    return _in_order(homes, services, endpoints, known_names)


def _complete(account: t.Any) -> Object:
    """A copy of an account with all members. The keys of connections and permissions are IDs as plain texts."""
    if not isinstance(account, dict):
        raise ValueError(f"an account is a dictionary, not {type(account).__name__}")
    whole: Object = {**account}
    for name, kind in MEMBERS.items():
        whole[name] = kind() if account.get(name) is None else account[name]
        _check(name, kind, whole[name])
    whole["networks"] = account.get("networks") or {}
    if not isinstance(whole["networks"], dict):
        raise ValueError(f"networks of an account is a dict, not {type(whole['networks']).__name__}")
    services = whole["services"]
    inside = {plain(one["id"]): one["connections"] for one in services if one.get("connections") is not None}
    _check("connections", dict, inside)
    whole["connections"] = {**inside, **whole["connections"]}
    for name in ("connections", "permissions"):
        whole[name] = {plain(identifier): items for identifier, items in whole[name].items()}
    return whole


def _check(name: str, kind: type, value: t.Any) -> None:
    if not isinstance(value, kind):
        raise ValueError(f"{name} of an account is a {kind.__name__}, not {type(value).__name__}")
    for items in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(items, list):
            raise ValueError(f"{name} holds a list for each service, not {type(items).__name__}")
        if name != "permissions" and not all(isinstance(item, dict) and item.get("id") for item in items):
            raise ValueError(f"{name}: each entry is a dictionary with an id")


def _homes(accounts: list[Object], connections: dict[str, tuple[str, Object]], names: dict[str, str]) -> list[Place]:
    """The place of each account. Two logins to the same project have the same place."""
    places: dict[t.Any, Place] = {}
    homes = []
    for number, account in enumerate(accounts):
        objects = [*account["services"], *account["endpoints"]]
        seen = [connections[plain(item["id"])][1] for item in objects if plain(item["id"]) in connections]
        domain_id = _first("domain_id", [account, *objects, *seen])
        project_id = _first("project_id", [account, *objects])
        name = names.get(domain_id) or plain(account.get("name"))
        home = Place(OWN, domain_id, project_id, name, plain(account.get("project_name")), plain(account.get("region")))
        homes.append(places.setdefault((domain_id, project_id) if project_id else number, home))
    return homes


def _first(member: str, objects: list[Object]) -> str:
    return next(filter(None, (plain(item.get(member)) for item in objects)), "")


def _owner(domain_id: str, homes: list[Place], names: dict[str, str]) -> Place:
    """The place of an endpoint that only the service's owner knows."""
    own = [home.name for home in homes if domain_id and home.domain_id == domain_id and home.name]
    return Place(OTHER, domain_id, name=names.get(domain_id) or (f"{own[0]}, another project" if own else ""))


def _service(answer: Object, home: Place, permissions: Object) -> Service:
    identifier, full_name = plain(answer["id"]), plain(answer.get("service_name"))
    whitelist = permissions.get(identifier, answer.get("permissions"))
    approval = answer.get("approval_enabled")
    return Service(
        identifier,
        home,
        name=plain(answer.get("name")) or short_name(full_name, identifier),
        full_name=full_name,
        vpc_id=plain(answer.get("vpc_id")),
        status=plain(answer.get("status")),
        type=plain(answer.get("service_type")),
        backend=joined(plain(answer.get("server_type")), plain(answer.get("port_id")), by=" "),
        ports=_ports(answer.get("ports")),
        approval=None if approval is None else str(approval).lower() == "true",
        whitelist=None if whitelist is None else _whitelist(whitelist),
        description=plain(answer.get("description")),
        tags=_tags(answer.get("tags")),
    )


def _service_behind(endpoint: Object) -> Service:
    """The service of an endpoint, as far as the endpoint shows it."""
    identifier, full_name = plain(endpoint.get("endpoint_service_id")), plain(endpoint.get("endpoint_service_name"))
    # The names of the cloud's own services do not contain the ID.
    is_users = not full_name or full_name.endswith(identifier)
    return Service(
        identifier,
        Place(UNKNOWN if is_users else CLOUD),
        name=short_name(full_name, identifier) if is_users else full_name.rpartition(".")[2],
        full_name=full_name,
        type=plain(endpoint.get("service_type")),
    )


def _endpoint(answer: Object, place: Place, service_id: str, names: dict[str, str]) -> Endpoint:
    subnet_id = plain(answer.get("subnet_id"))
    return Endpoint(
        plain(answer["id"]),
        service_id,
        place,
        status=plain(answer.get("status")),
        vpc_id=plain(answer.get("vpc_id")),
        subnet=joined(names.get(subnet_id, ""), subnet_id, by=" "),
        ip=plain(answer.get("ip")),
        dns_names=_texts(answer.get("dns_names")),
        routetables=_texts(answer.get("routetables")),
        description=plain(answer.get("description")),
        tags=_tags(answer.get("tags")),
    )


def _ports(value: t.Any) -> tuple[str, ...]:
    """Texts in the order of the numbers."""
    found: dict[str, tuple[str, str, str]] = {}
    for port in value or ():
        if isinstance(port, dict):
            client, server, protocol = (plain(port.get(name)) for name in ("client_port", "server_port", "protocol"))
            text = joined(f"{client} → {server}", "" if protocol == "TCP" else protocol, by=" ")
            found[text] = (client.zfill(5), server.zfill(5), protocol)
    return tuple(sorted(found, key=found.__getitem__))


def _whitelist(records: t.Any) -> tuple[str, ...]:
    """Account IDs; *records* are texts or results of vpcep_permission_info."""
    texts = {plain(record.get("permission") if isinstance(record, dict) else record) for record in records}
    return tuple(sorted(text.removeprefix("iam:domain::") for text in texts))


def _tags(value: t.Any) -> tuple[str, ...]:
    tags = value.items() if isinstance(value, dict) else ()
    return tuple(sorted(joined(*map(plain, tag), by="=") for tag in tags))


def _texts(value: t.Any) -> tuple[str, ...]:
    return tuple(sorted(map(plain, value))) if isinstance(value, list) else ()


def _in_order(
    homes: list[Place], services: dict[str, Service], endpoints: dict[str, Endpoint], names: dict[str, str]
) -> Landscape:
    """Own accounts in the order of the input; the rest sorted, because the cloud's lists have no fixed order."""
    owners, users = {item.place for item in services.values()}, {item.place for item in endpoints.values()}
    others = sorted((owners | users) - set(homes), key=lambda place: (place.kind, not place.name, place))
    places = tuple(dict.fromkeys([*homes, *others]))
    rank = {place: number for number, place in enumerate(places)}
    all_services = sorted(
        services.values(), key=lambda item: (rank[item.place], item.vpc_id, not item.name, item.name, item.id)
    )
    position = {service.id: number for number, service in enumerate(all_services)}

    def order(item: Endpoint) -> tuple[t.Any, ...]:
        address = [part.zfill(3) for part in item.ip.split(".")]
        return (rank[item.place], position[item.service_id], item.vpc_id, address, item.id)

    return Landscape(places, tuple(all_services), tuple(sorted(endpoints.values(), key=order)), names)
