"""The VPCs, subnets, ports and route tables that exist before the first request, and the accounts that own them."""

from __future__ import annotations

import ipaddress
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from .contract import HERE

SEED = HERE.parent / "seed.yaml"
# The name of networks that were not seeded but came to exist because any id is accepted.
ADOPTED = "adopted"
# What Neutron calls the owner of each kind of port.
DEVICE_OWNERS = {
    "VM": "compute:{region}-01",
    "LB": "neutron:LOADBALANCERV3",
    "VIP": "neutron:VIP_PORT",
    "endpoint": "network:endpoint_interface",
}


def generated(*words: object) -> str:
    """An id that is the same in every run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(map(str, words))))


@dataclass
class Port:
    id: str
    name: str
    kind: str
    subnet: Subnet
    ip: str


@dataclass
class Subnet:
    """A VPC subnet. Its id equals the Neutron network id; the Neutron subnet id is another one."""

    id: str
    name: str
    cidr: ipaddress.IPv4Network
    vpc: Vpc
    ports: list[Port] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    @property
    def neutron_subnet_id(self) -> str:
        return generated(self.id, "neutron-subnet")

    @property
    def gateway(self) -> str:
        return str(self.cidr.network_address + 1)

    def free_address(self) -> str | None:
        """The first free address, or None when all are taken."""
        last = int(self.cidr.broadcast_address)
        hosts = (str(ipaddress.IPv4Address(n)) for n in range(int(self.cidr.network_address) + 2, last))
        return next((ip for ip in hosts if ip not in self.used), None)


@dataclass
class Vpc:
    id: str
    name: str
    cidr: ipaddress.IPv4Network
    project: Project
    spare: bool = False
    subnets: list[Subnet] = field(default_factory=list)
    routetables: list[str] = field(default_factory=list)


@dataclass
class Project:
    id: str
    name: str
    account: Account
    vpcs: dict[str, Vpc] = field(default_factory=dict)
    # The subnets of all VPCs: a project may have thousands.
    by_id: dict[str, Subnet] = field(default_factory=dict)

    def subnets(self) -> Iterator[Subnet]:
        return (subnet for vpc in self.vpcs.values() for subnet in vpc.subnets)

    def subnet(self, id: str) -> Subnet | None:
        return self.by_id.get(id)

    def add(self, subnet: Subnet) -> None:
        subnet.vpc.subnets.append(subnet)
        self.by_id[subnet.id] = subnet

    def ports(self) -> Iterator[Port]:
        return (port for subnet in self.subnets() for port in subnet.ports)


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


class World:
    """Everything out of seed.yaml, for one profile."""

    def __init__(self, profile: str) -> None:
        seed = yaml.safe_load(SEED.read_text(encoding="utf-8"))
        settings = seed["profiles"][profile]
        self.cloud, self.region = settings["cloud"], settings["region"]
        self.domain, self.owner = settings["domain"], settings["owner"]
        vendor = seed["vendors"][self.cloud]
        self.public_services: list[dict[str, str]] = [
            {**entry, "name": entry["name"].format(vendor=vendor, region=self.region)}
            for entry in seed["public_services"]
        ]
        self.accounts = {name: self.account(name, dict(data)) for name, data in seed["accounts"].items()}
        for account in self.accounts.values():
            networks = seed["networks"].get(account.name, {})
            for kind, project in account.projects.items():
                for data in networks.get(kind, []):
                    self.add_vpc(project, data)
                self.add_spare(project, seed["spare"])

    def account(self, name: str, data: dict[str, Any]) -> Account:
        projects, mfa_user = data.pop("projects"), data.pop("mfa_user", None)
        first = {"id": data.pop("user_id"), "name": data.pop("user_name"), "password": data.pop("password")}
        first["agent_operator"] = data.pop("agent_operator", False)
        account = Account(name=name, **data)
        account.users = [User(account, **user) for user in (first, mfa_user) if user]
        for kind, id in projects.items():
            title = self.region if kind == "main" else f"{self.region}_{kind}"
            account.projects[kind] = Project(id, title, account)
        return account

    def add_vpc(self, project: Project, data: dict[str, Any], spare: bool = False) -> None:
        cidr = ipaddress.IPv4Network(data["cidr"])
        vpc = Vpc(data["id"], data["name"], cidr, project, spare, routetables=list(data["routetables"]))
        for entry in data["subnets"]:
            subnet = Subnet(entry["id"], entry["name"], ipaddress.IPv4Network(entry["cidr"]), vpc)
            subnet.used.add(subnet.gateway)
            for number, port in enumerate(entry["ports"]):
                ip = str(subnet.cidr.network_address + 10 + number)
                subnet.ports.append(Port(port["id"], port["name"], port["kind"], subnet, ip))
                subnet.used.add(ip)
            project.add(subnet)
        project.vpcs[vpc.id] = vpc

    def add_spare(self, project: Project, spare: dict[str, Any]) -> None:
        blocks = ipaddress.IPv4Network(spare["cidr"]).subnets(new_prefix=spare["vpc_prefix"])
        for number, block in enumerate(itertools.islice(blocks, spare["count"]), start=1):
            inner = next(block.subnets(new_prefix=spare["subnet_prefix"]))
            ports = [
                {"id": generated(project.id, number, kind), "name": f"spare-{number}-{kind.lower()}", "kind": kind}
                for kind in ("VM", "LB", "VIP")
            ]
            subnet = {"id": generated(project.id, number, "subnet"), "name": f"spare-{number}", "cidr": str(inner)}
            data = {
                "id": generated(project.id, number, "vpc"),
                "name": f"spare-{number}",
                "cidr": str(block),
                "subnets": [{**subnet, "ports": ports}],
                "routetables": [generated(project.id, number, "routetable")],
            }
            self.add_vpc(project, data, spare=True)

    def project(self, id: str) -> Project | None:
        return next((p for a in self.accounts.values() for p in a.projects.values() if p.id == id), None)

    def reset(self) -> None:
        """Forget the addresses and login failures of a past run."""
        for account in self.accounts.values():
            for user in account.users:
                user.wrong_passwords = user.last_step = 0
            for project in account.projects.values():
                project.vpcs = {id: vpc for id, vpc in project.vpcs.items() if vpc.name != ADOPTED}
                for vpc in project.vpcs.values():
                    vpc.subnets = [subnet for subnet in vpc.subnets if subnet.name != ADOPTED]
                project.by_id = {subnet.id: subnet for subnet in project.subnets()}
                for subnet in project.subnets():
                    subnet.used = {subnet.gateway, *(port.ip for port in subnet.ports)}
