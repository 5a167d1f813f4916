"""The initial objects from seed.yaml: accounts, projects and networks."""

import functools
import ipaddress
import itertools
from collections.abc import Callable
from typing import Any

from .building import build
from .contract import load
from .networks import Account, Project, User, generated


def load_seed() -> dict[str, Any]:
    """The content of seed.yaml, parsed once per process. Do not change it."""
    return load("../seed.yaml")


@functools.cache
def spare(project_id: str) -> list[dict[str, Any]]:
    """The unused networks of a project, made once per process. Do not change them."""
    about, found = load_seed()["spare"], []
    blocks = ipaddress.IPv4Network(about["cidr"]).subnets(new_prefix=about["vpc_prefix"])
    for number, block in enumerate(itertools.islice(blocks, about["count"]), start=1):
        inner = ipaddress.IPv4Network((block.network_address, about["subnet_prefix"]))
        ports = [
            {"id": generated(project_id, number, kind), "name": f"spare-{number}-{kind.lower()}", "kind": kind}
            for kind in ("VM", "LB", "VIP")
        ]
        subnet = {"id": generated(project_id, number, "subnet"), "name": f"spare-{number}", "cidr": str(inner)}
        found.append(
            {
                "id": generated(project_id, number, "vpc"),
                "name": f"spare-{number}",
                "cidr": str(block),
                "spare": True,
                "subnets": [{**subnet, "ports": ports}],
                "routetables": [generated(project_id, number, "routetable")],
            }
        )
    return found


class World:
    """All objects of seed.yaml, for one profile."""

    def __init__(self, profile: str) -> None:
        seed = load_seed()
        settings = seed["profiles"][profile]
        self.cloud, self.region = settings["cloud"], settings["region"]
        self.domain, self.owner = settings["domain"], settings["owner"]
        vendor = seed["vendors"][self.cloud]
        self.public_services: list[dict[str, str]] = [
            {**entry, "name": entry["name"].format(vendor=vendor, region=self.region)}
            for entry in seed["public_services"]
        ]
        self.accounts = {name: self.account(name, dict(data)) for name, data in seed["accounts"].items()}

    def build(self, kind: str, project: Project) -> None:
        """The networks of the seed in a project."""
        seed, account, new_id = load_seed(), project.account.name, self.ids(project)
        build(project, {"vpcs": seed["networks"].get(account, {}).get(kind, [])}, new_id)
        build(project, {"vpcs": spare(project.id)}, new_id)
        build(project, seed["objects"].get(account, {}).get(kind, {}), new_id)

    def ids(self, project: Project) -> Callable[[], str]:
        """IDs that are the same in every run."""
        numbers = itertools.count(1)
        return lambda: generated(project.id, "seed", next(numbers))

    def account(self, name: str, data: dict[str, Any]) -> Account:
        projects, mfa_user = data.pop("projects"), data.pop("mfa_user", None)
        first = {"id": data.pop("user_id"), "name": data.pop("user_name"), "password": data.pop("password")}
        first["agent_operator"] = data.pop("agent_operator", False)
        account = Account(name=name, **data)
        account.users = [User(account, **user) for user in (first, mfa_user) if user]
        for kind, id in projects.items():
            title = self.region if kind == "main" else f"{self.region}_{kind}"
            account.projects[kind] = Project(id, title, account, functools.partial(self.build, kind))
        return account

    def project(self, id: str) -> Project | None:
        return next((p for a in self.accounts.values() for p in a.projects.values() if p.id == id), None)

    def reset(self) -> None:
        """Reset the networks to the seed, and delete login failures."""
        for account in self.accounts.values():
            for user in account.users:
                user.wrong_passwords = user.last_step = 0
            for project in account.projects.values():
                project.reset()
