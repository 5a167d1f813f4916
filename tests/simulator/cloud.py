"""The state of the simulated VPCEP: its objects, their pending changes, and look-ups."""

import ipaddress
import itertools
import random
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

from .contract import Contract
from .errors import ApiError, catalogue
from .models import Endpoint, Resource, Service, Transition
from .networks import ADOPTED, Account, Port, Project, Subnet, Vpc, generated
from .settings import Clock, Settings
from .world import World


class Cloud:
    """All services and endpoints of all accounts, and their changes of state over time."""

    def __init__(self, contract: Contract, world: World, settings: Settings, clock: Clock) -> None:
        self.contract, self.world, self.settings, self.clock = contract, world, settings, clock
        self.services: dict[str, Service] = {}
        self.endpoints: dict[str, Endpoint] = {}
        # The number of objects of each kind and account.
        self.counts: Counter[tuple[type[Resource], str]] = Counter()
        self.moving: set[Resource] = set()
        # No change of state is due before this time.
        self.next_due = 0.0
        self.numbers = itertools.count(1)
        # The source of IDs. With a seed, it repeats the same IDs.
        self.chance = random.Random()
        # Above 2^53, to detect a client that reads numbers as floats.
        self.markers = itertools.count(422321321312321000)
        self.internal_range = ipaddress.IPv4Network(contract.defaults["internal_range"])
        for entry in world.public_services:
            self.add_public_service(entry)

    def add_public_service(self, entry: dict[str, str]) -> None:
        owner = Account("operator", "0" * 32, self.world.owner, "", "", "", "", "", "")
        service = Service(
            id=entry["id"],
            project=Project("0" * 32, self.world.region, owner),
            number=next(self.numbers),
            created=1537169311.0,
            status="available",
            public_name=entry["name"],
            type=entry["type"],
            approval_enabled=False,
        )
        self.enter(service)

    # What exists

    def store(self, resource: Resource) -> dict[str, Any]:
        return self.services if isinstance(resource, Service) else self.endpoints

    def enter(self, resource: Resource) -> None:
        """Add a new object."""
        self.store(resource)[resource.id] = resource
        self.counts[type(resource), resource.project.account.name] += 1

    def remove(self, resource: Resource) -> None:
        """Remove an object, if it still exists."""
        self.moving.discard(resource)
        if self.store(resource).pop(resource.id, None) is not None:
            self.counts[type(resource), resource.project.account.name] -= 1

    def hidden(self) -> set[str]:
        """Required members that some answers leave out."""
        everything = [*self.services.values(), *self.endpoints.values()]
        ordered = {name for one in everything for name in (*one.hidden, *one.unlisted)}
        orphans = any(one.service.id not in self.services for one in self.endpoints.values())
        return ordered | set(self.settings.orphans_hide.split(",") if orphans else ())

    # Time

    def begin(self, resource: Resource, delay: float, carry_out: Callable[[], None]) -> None:
        """Start a change of state. Without a delay, it is complete on return."""
        at = self.clock.now() + delay
        resource.transition = Transition(carry_out, at, self.settings.stepped_reads)
        self.moving.add(resource)
        self.next_due = min(self.next_due, at) if self.settings.stepped_reads is None else 0.0
        self.settle()

    def settle(self) -> None:
        """Carry out every change of state that is due. Called before each request."""
        now = self.clock.now()
        if now < self.next_due:
            return
        for resource in [r for r in self.moving if r.ready(now)]:
            transition, resource.transition = resource.transition, None
            self.moving.discard(resource)
            assert transition is not None
            resource.updated = transition.at if transition.reads is None else now
            transition.carry_out()
        waiting = [r.transition for r in self.moving if r.transition]
        self.next_due = min((t.at if t.reads is None else 0.0 for t in waiting), default=float("inf"))

    def fail(self, resource: Resource) -> None:
        resource.status, resource.error = "failed", ("EndPoint.4010", catalogue()["EndPoint.4010"]["message"])

    def touch(self, resource: Resource) -> None:
        resource.updated = self.clock.now()

    # New objects

    def new_id(self) -> str:
        return str(uuid.UUID(int=self.chance.getrandbits(128), version=4))

    def new_members(self, project: Project) -> dict[str, Any]:
        """The members of a new service or endpoint."""
        return {"id": self.new_id(), "project": project, "number": next(self.numbers), "created": self.clock.now()}

    def check_quota(self, kind: str, account: Account) -> None:
        if self.used(kind, account) >= self.quota(kind):
            raise ApiError("Endpoint.1018")

    def used(self, kind: str, account: Account) -> int:
        return self.counts[Service if kind == "endpoint_service" else Endpoint, account.name]

    def quota(self, kind: str) -> int:
        """Allowed number of ``endpoint_service`` or ``endpoint`` objects per account."""
        own = self.settings.quota_services if kind == "endpoint_service" else self.settings.quota_endpoints
        return own if own is not None else self.contract.limit("schemas", "Quota", "x-simulator-default")[kind]

    # Look-ups. Each raises ApiError with the code that fits.

    def own_service(self, project: Project, id: str) -> Service:
        service = self.services.get(id)
        if service is None or service.project.id != project.id:
            raise ApiError("EndPoint.0005")
        return service

    def own_endpoint(self, project: Project, id: str) -> Endpoint:
        endpoint = self.endpoints.get(id)
        if endpoint is None or endpoint.project.id != project.id:
            raise ApiError("EndPoint.2006")
        return endpoint

    def connections(self, service: Service) -> list[Endpoint]:
        return [endpoint for endpoint in self.endpoints.values() if endpoint.service is service]

    def check_vpc(self, project: Project, id: str) -> Vpc | None:
        """The VPC, or None when any id is accepted and this one is unknown."""
        vpc = project.vpcs.get(id)
        if vpc is None and not self.settings.accept_any_id:
            raise ApiError("EndPoint.2001")
        return vpc

    def check_port(self, project: Project, id: str, vpc_id: str) -> Port | None:
        port = project.ports_by_id.get(id)
        if port is None and not self.settings.accept_any_id:
            raise ApiError("EndPoint.3003", "unknown port")
        if port is not None and port.subnet.vpc.id != vpc_id:
            raise ApiError("EndPoint.3042")
        return port

    def check_subnet(self, project: Project, id: str, vpc_id: str) -> Subnet:
        subnet = project.by_id.get(id)
        if subnet is None and self.settings.accept_any_id:
            return self.adopt_subnet(project, id, vpc_id)
        if subnet is None:
            raise ApiError("EndPoint.4004")
        if subnet.vpc.id != vpc_id:
            raise ApiError("EndPoint.2037")
        self.check_overlap(subnet.cidr)
        return subnet

    def check_overlap(self, cidr: ipaddress.IPv4Network) -> None:
        if cidr.overlaps(self.internal_range):
            raise ApiError("EndPoint.3009", f"{cidr} overlaps {self.internal_range}")

    def adopt_subnet(self, project: Project, id: str, vpc_id: str) -> Subnet:
        """Create a subnet for an unknown ID, in a known or unknown VPC."""
        octets = uuid.UUID(id).bytes
        cidr = ipaddress.IPv4Network(f"10.{octets[0]}.{octets[-1]}.0/24")
        vpc = project.vpcs.setdefault(vpc_id, Vpc(vpc_id, ADOPTED, ipaddress.IPv4Network("10.0.0.0/8"), project))
        vpc.routetables = vpc.routetables or [generated(vpc_id, "routetable")]
        subnet = Subnet(id, ADOPTED, cidr, vpc)
        project.add(subnet)
        return subnet

    def default_routetable(self, project: Project, vpc_id: str) -> str:
        vpc = project.vpcs.get(vpc_id)
        return vpc.routetables[0] if vpc and vpc.routetables else generated(vpc_id, "routetable")

    def check_routetable(self, project: Project, id: str, vpc_id: str) -> None:
        vpc = project.vpcs.get(vpc_id)
        if (vpc is None or id not in vpc.routetables) and not self.settings.accept_any_id:
            raise ApiError("EndPoint.4030")
