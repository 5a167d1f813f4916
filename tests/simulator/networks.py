"""The classes of networks (VPCs, subnets, ports, servers), and of the accounts and projects that own them."""

from __future__ import annotations

import functools
import ipaddress
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

# The name of networks that are created because any ID is accepted.
ADOPTED = "adopted"
CLOUD_DNS = ("100.125.4.25", "100.125.129.199")
# What Neutron calls the owner of each kind of port.
DEVICE_OWNERS = {
    "VM": "compute:{region}-01",
    "LB": "neutron:LOADBALANCERV3",
    "shared LB": "neutron:LOADBALANCERV2",
    "VIP": "neutron:VIP_PORT",
    "endpoint": "network:endpoint_interface",
}


@functools.lru_cache(maxsize=8192)
def generated(*words: object) -> str:
    """An id that is the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, words))))


@functools.lru_cache(maxsize=8192)
def network(cidr: str) -> ipaddress.IPv4Network:
    """A range of addresses. Raises ValueError."""
    return ipaddress.IPv4Network(cidr)


@functools.lru_cache(maxsize=8192)
def address(cidr: ipaddress.IPv4Network, number: int) -> str:
    """The address of this number in a range."""
    return str(cidr.network_address + number)


@dataclass(eq=False)
class Port:
    """A port of a subnet. device_id: the server or load balancer that it belongs to. groups: IDs of security groups."""

    id: str
    name: str
    kind: str
    subnet: Subnet
    ip: str
    device_id: str = ""
    status: str = "ACTIVE"
    primary: bool = False
    floating_ip: str = ""
    ipv6: str = ""
    groups: list[str] = field(default_factory=list)
    port_security_enabled: bool = True
    allowed_address_pairs: list[dict[str, str]] = field(default_factory=list)

    @property
    def project(self) -> Project:
        return self.subnet.vpc.project


@dataclass(eq=False)
class Subnet:
    """A VPC subnet. Its id equals the Neutron network id; the Neutron subnet id is another one."""

    id: str
    name: str
    cidr: ipaddress.IPv4Network
    vpc: Vpc
    ports: list[Port] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    # Addresses of the name servers. Only with the cloud's own ones private names resolve.
    dns: list[str] = field(default_factory=lambda: list(CLOUD_DNS))

    @property
    def neutron_subnet_id(self) -> str:
        return generated(self.id, "neutron-subnet")

    @property
    def gateway(self) -> str:
        return address(self.cidr, 1)

    def free_address(self) -> str | None:
        """The first free address, or None when all are taken."""
        last = int(self.cidr.broadcast_address)
        hosts = (str(ipaddress.IPv4Address(n)) for n in range(int(self.cidr.network_address) + 2, last))
        return next((ip for ip in hosts if ip not in self.used), None)


@dataclass(eq=False)
class Vpc:
    id: str
    name: str
    cidr: ipaddress.IPv4Network
    project: Project
    spare: bool = False
    subnets: list[Subnet] = field(default_factory=list)
    # The first one is the default.
    routetables: list[str] = field(default_factory=list)
    routetable_names: dict[str, str] = field(default_factory=dict)
    extend_cidrs: list[str] = field(default_factory=list)
    status: str = "ACTIVE"

    def routetable_name(self, id: str) -> str:
        return self.routetable_names.get(id, f"rtb-{self.name}-{self.routetables.index(id)}")


@dataclass(eq=False)
class Server:
    """An ECS. The ports of its network cards know their subnets."""

    id: str
    name: str
    status: str = "ACTIVE"
    cards: list[Port] = field(default_factory=list)


class Project:
    """A project with its network objects. build: creates them at the first use."""

    vpcs: dict[str, Vpc]
    # The subnets and ports of all VPCs: a project may have thousands.
    by_id: dict[str, Subnet]
    ports_by_id: dict[str, Port]
    # All other objects, by kind (see building.KINDS) and ID.
    others: defaultdict[str, dict[str, Any]]

    def __init__(self, id: str, name: str, account: Account, build: Callable[[Project], None] | None = None) -> None:
        self.id, self.name, self.account, self.build = id, name, account, build

    def __getattr__(self, name: str) -> Any:
        if name not in ("vpcs", "by_id", "ports_by_id", "others"):
            raise AttributeError(name)
        self.vpcs, self.by_id, self.ports_by_id, self.others = {}, {}, {}, defaultdict(dict)
        if self.build:
            self.build(self)
        return vars(self)[name]

    def subnets(self) -> Iterator[Subnet]:
        return iter(self.by_id.values())

    def add(self, subnet: Subnet) -> None:
        subnet.vpc.subnets.append(subnet)
        self.by_id[subnet.id] = subnet

    def reset(self) -> None:
        """Networks as at the start."""
        for name in ("vpcs", "by_id", "ports_by_id", "others"):
            vars(self).pop(name, None)


@dataclass(eq=False)
class User:
    """A user of an account. password and device (the key of an MFA device) must never be printed."""

    account: Account
    id: str
    name: str
    password: str = field(repr=False)
    device: str | None = field(default=None, repr=False)
    agent_operator: bool = False
    wrong_passwords: int = 0
    last_step: int = 0
    """The time step of the last passcode that was taken: none is taken twice."""


@dataclass
class Account:
    """An account (domain). secret_key must never be printed. agencies: their names, and the accounts they are for."""

    name: str
    domain_id: str
    domain_name: str
    access_key: str
    secret_key: str = field(repr=False)
    org_path: str
    agencies: dict[str, str] = field(default_factory=dict)
    users: list[User] = field(default_factory=list)
    projects: dict[str, Project] = field(default_factory=dict)

    @property
    def user(self) -> User:
        return self.users[0]

    @property
    def mfa_user(self) -> User:
        return next(user for user in self.users if user.device)

    def project(self, id: str | None = None, name: str | None = None) -> Project | None:
        found = (p for p in self.projects.values() if p.id == id or (id is None and p.name == name))
        return next(found, None)

    @property
    def main(self) -> Project:
        return self.projects["main"]
