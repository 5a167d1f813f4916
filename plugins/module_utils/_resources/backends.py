"""The network port of a backend that a task names: of a server, of a load balancer, or with an address."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from ipaddress import IPv4Address
from typing import NamedTuple

from .._core.errors import NotFound, VpcepError, unless_refused
from .._core.types import Object, objects_in
from .._schema.names import is_id, kind_of_backend, range_of
from .._schema.normalize import UnusableAnswer, has, require_members, same
from .diagnosis_objects import place_of
from .networks import Card, NetworkLists, NotNamed, cards_of, only

GONE = ("DELETED", "SOFT_DELETED")  # statuses of deleted servers, which lists may contain
VIRTUAL_ADDRESS = "neutron:VIP_PORT"
BALANCER = "neutron:LOADBALANCER"
OF_THE_CLOUD = "network:"  # prefix of device_owner of ports that are not backends
SEVERAL = (
    "several network cards, and none is the primary one, or the credentials may not list ports (right vpc:ports:get)"
)


class Backend(NamedTuple):
    port_id: str
    vpc_id: str
    server_type: str
    about: Object  # the entry of ``resolved``, without port and VPC


class Backends:
    """Looks up one backend."""

    def __init__(self, lists: NetworkLists) -> None:
        self.lists = lists
        self.api = lists.network
        self.place = place_of(lists.runtime.session)

    def find(self, backend: Object, vpc_id: str | None) -> Backend:
        """The backend, in a VPC if that is given. Raises NotNamed, or VpcepError if it is not one port."""
        find = {"server": self.server, "load_balancer": self.balancer, "address": self.address}
        kind = kind_of_backend(backend)
        try:
            return find[kind](backend, vpc_id)
        except NotNamed as error:
            raise NotNamed(f"{error} {self.of_other_kind(kind, backend[kind])}".rstrip()) from error

    def of_other_kind(self, kind: str, name: str) -> str:
        """A hint if an object of the other kind has the name; otherwise empty. 1 GET."""
        if kind == "server" and range_of(f"{name}/32"):
            return "Give an address as backend.address."
        with suppress(VpcepError):
            if kind == "server" and any(one.get("name") == name for one in self.api.list_load_balancers(name=name)):
                return "A load balancer has this name: give it as backend.load_balancer."
            if kind == "load_balancer" and any(one.get("name") == name for one in self.api.list_servers(name)):
                return "A server has this name: give it as backend.server."
        return ""

    def server(self, backend: Object, vpc_id: str | None) -> Backend:
        """1 GET; with several cards one for the primary one, or one for the subnet's range if it was named."""
        found = self.only_server(backend["server"], vpc_id)
        cards = cards_of(found)
        there = [card for card in cards if vpc_id is None or same(card.vpc_id, vpc_id)]
        if not all(card.port_id for card in there):
            there = self.with_ports(found["id"], there)
        what = f"Server {found.get('name')} ({found['id']})"
        if not there:
            where = f"; its addresses: {shown(cards)}" if cards else ""
            raise VpcepError(f"{what} has no private IPv4 address{f' in VPC {vpc_id}' if vpc_id else ''}{where}.")
        card = self.card(what, found["id"], backend, there)
        about = {"kind": "server", "name": found.get("name"), "id": found["id"], "address": card.address}
        return Backend(card.port_id, card.vpc_id, "VM", about)

    def with_ports(self, server_id: str, cards: list[Card]) -> list[Card]:
        """The cards of a server whose addresses do not all show their port. 1 GET. Raises UnusableAnswer."""
        ports = self.ports_of(server_id)
        by_address = {
            one.get("ip_address"): str(port.get("id")) for port in ports for one in objects_in(port, "fixed_ips")
        }
        found = [card._replace(port_id=card.port_id or by_address.get(card.address, "")) for card in cards]
        hidden = ", ".join(card.address for card in found if not card.port_id)
        if hidden:
            raise UnusableAnswer(f"The cloud does not show which network ports of server {server_id} have {hidden}.")
        return found

    def ports_of(self, server_id: str) -> list[Object]:
        return self.lists.read("port", server_id, lambda: self.api.list_ports(device_id=server_id))

    def only_server(self, name: str, vpc_id: str | None) -> Object:
        if is_id(name):
            try:
                with_id = [self.api.get_server(name)]
            except NotFound:
                with_id = []
            return only("server", name, with_id, self.place, self.existing_servers)
        listed = self.lists.read("server", name, lambda: self.existing_servers(name))
        ones = [one for one in listed if one.get("name") == name]
        in_vpc = [one for one in ones if any(same(card.vpc_id, vpc_id) for card in cards_of(one))]
        return only("server", name, in_vpc or ones, self.place, self.existing_servers)

    def existing_servers(self, name: str | None = None) -> list[Object]:
        return [one for one in self.api.list_servers(name) if one.get("status") not in GONE]

    def card(self, what: str, server_id: str, backend: Object, cards: list[Card]) -> Card:
        """The card with the address or in the subnet, else the only one, else the primary one."""
        address, subnet = backend.get("address"), backend.get("subnet")
        chosen = [card for card in cards if address in (None, card.address)]
        if subnet:
            inside = range_of(subnet) or range_of(self.lists.subnet(subnet, cards[0].vpc_id).get("cidr"))
            if inside is None:
                raise UnusableAnswer(f"The cloud does not show the range of subnet {subnet}.")
            chosen = [card for card in chosen if IPv4Address(card.address) in inside]
        by_port = {card.port_id: card for card in reversed(chosen)}
        if len(by_port) > 1:
            primary = [card for card in by_port.values() if card.primary] or self.primary(server_id, by_port)
            by_port = {card.port_id: card for card in primary} or by_port
        if len(by_port) == 1:
            return next(iter(by_port.values()))
        told = " and ".join(f"{name} {backend[name]}" for name in ("address", "subnet") if backend.get(name))
        problem = f"no network card with {told}" if not by_port else SEVERAL
        raise VpcepError(f"{what} has {problem}: {shown(cards)}. Say which one with subnet or address of backend.")

    def primary(self, server_id: str, cards: dict[str, Card]) -> list[Card]:
        """The primary network cards, as the ports show them, or else GET of the server. 1 or 2 GETs."""
        ports: list[Object] = unless_refused(lambda: self.ports_of(server_id)) or []
        details = {str(port.get("id")): port.get("binding:vif_details") for port in ports}
        marked = [key for key, one in details.items() if isinstance(one, dict) and one.get("primary_interface") is True]
        if not marked:
            server: Object = unless_refused(lambda: self.api.get_server(server_id)) or {}
            marked = [card.port_id for card in cards_of(server) if card.primary]
        return [cards[port_id] for port_id in dict.fromkeys(marked) if port_id in cards]

    def balancer(self, backend: Object, vpc_id: str | None) -> Backend:
        name = backend["load_balancer"]
        by = {"id": name} if is_id(name) else {"name": name}
        listed = self.lists.read("load_balancer", name, partial(self.api.list_load_balancers, vpc_id=vpc_id, **by))
        ones = [one for one in listed if (same(one.get("id"), name) if is_id(name) else one.get("name") == name)]
        in_vpc = [one for one in ones if same(one.get("vpc_id"), vpc_id)]
        found = only("load_balancer", name, in_vpc or ones, self.place, self.api.list_load_balancers)
        what = f"Load balancer {found.get('name')} ({found['id']})"
        if not has(found, "vip_port_id"):
            raise VpcepError(f"{what} has no private IPv4 address, and cannot be the backend of a service.")
        actual = found.get("vpc_id") or vpc_id
        if not actual:  # v2.0 shows Neutron's ID of its subnet only
            neutron_subnet = found.get("vip_subnet_id") or found.get("vip_subnet_cidr_id")
            subnets = self.lists.of_vpc("subnet", self.api.list_subnets, None)
            there = [one for one in subnets if same(one.get("neutron_subnet_id"), neutron_subnet)]
            actual = require_members(there, "vpc_id")[0]["vpc_id"] if there else None
        if not actual:
            raise UnusableAnswer(f"{what}: the cloud does not show its VPC. Give it as vpc.")
        if vpc_id is not None and not same(actual, vpc_id):
            raise VpcepError(f"{what} is in VPC {actual}, not in {vpc_id}.")
        about = {"kind": "load_balancer", "name": found.get("name"), "id": found["id"]}
        return Backend(found["vip_port_id"], actual, "LB", {**about, "address": found.get("vip_address")})

    def address(self, backend: Object, vpc_id: str | None) -> Backend:
        """The port with an address. 2 GETs: ranges of VPCs may overlap, so the VPC of a port is that of its subnet."""
        address = backend["address"]
        listed = self.lists.read("port", address, lambda: self.api.list_ports(fixed_ips=f"ip_address={address}"))
        ports = [
            port
            for port in listed
            if any(one.get("ip_address") == address for one in objects_in(port, "fixed_ips"))
            and not str(port.get("device_owner")).startswith(OF_THE_CLOUD)
        ]
        subnets = self.lists.of_vpc("subnet", self.api.list_subnets, vpc_id) if ports else []
        vpcs = {str(one.get("id")).lower(): one.get("vpc_id") for one in subnets}
        ports = [{**port, "vpc_id": vpcs.get(str(port.get("network_id")).lower())} for port in ports]
        there = [port for port in ports if vpc_id is None or same(port["vpc_id"], vpc_id)]
        if ports and not subnets:
            raise NotNamed(f"No subnet can be seen, which tells the VPC of address {address} (right vpc:subnets:get).")
        found = only("port", address, there, self.lists.place(vpc_id), list)
        owner = str(found.get("device_owner"))
        if owner == VIRTUAL_ADDRESS:
            raise VpcepError(
                f"{address} is a virtual IP address. Put a load balancer before the servers that carry it, and give "
                "that as backend.load_balancer, or give one of the servers."
            )
        require_members([found], "vpc_id")
        about = {"kind": "port", "name": address, "id": found["id"], "address": address}
        return Backend(found["id"], found["vpc_id"], "LB" if owner.startswith(BALANCER) else "VM", about)


def shown(cards: list[Card]) -> str:
    """Network cards for a message."""
    return ", ".join(f"{card.address} (port {card.port_id}, VPC {card.vpc_id})" for card in cards)
