"""Services, endpoints and whitelist records: their members and changes of state."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .networks import Project, Subnet

# A service cannot be deleted while a connection is in one of these states.
HOLDING = ("creating", "accepted", "deleting")


@dataclass
class Transition:
    """A pending change of state: due at a time, or (stepped) after a number of reads."""

    carry_out: Callable[[], None]
    at: float
    reads: int | None = None

    def due(self, now: float) -> bool:
        return self.at <= now if self.reads is None else self.reads <= 0


@dataclass(eq=False)
class Resource:
    """What services and endpoints share. Times are seconds since the epoch."""

    id: str
    project: Project
    number: int
    created: float
    status: str = "creating"
    description: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    error: tuple[str, str] | None = None
    enterprise_project_id: str = "0"
    updated: float = 0.0
    transition: Transition | None = None
    # After a deletion, the cloud may show the old status: that status, and the number of reads.
    stale_status: str = ""
    stale_reads: int = 0
    # Members that answers leave out: all of them, or lists only.
    hidden: list[str] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.updated = self.updated or self.created

    @property
    def shown_status(self) -> str:
        return self.stale_status if self.stale_reads else self.status

    def read(self) -> None:
        """Count one read, for stepped transitions and stale answers."""
        if self.stale_reads:
            self.stale_reads -= 1
        elif self.transition and self.transition.reads is not None:
            self.transition.reads -= 1

    def members(self, *names: str) -> dict[str, Any]:
        """The ID and these members."""
        return {name: getattr(self, name) for name in ("id", *names)}

    def ready(self, now: float) -> bool:
        return bool(self.transition and not self.stale_reads and self.transition.due(now))


@dataclass(eq=False)
class Permission:
    """A whitelist record of a service."""

    id: str
    permission: str
    kind: str
    description: str
    created: float
    number: int


@dataclass(eq=False)
class Service(Resource):
    """An endpoint service. ``name`` is the short name; public services have a fixed full one instead."""

    region: str = ""
    name: str = ""
    public_name: str = ""
    type: str = "interface"
    server_type: str = ""
    vpc_id: str = ""
    port_id: str = ""
    ports: list[dict[str, Any]] = field(default_factory=list)
    approval_enabled: bool = True
    tcp_proxy: str = "close"
    pool_id: str = ""
    enable_policy: bool = False
    # Members that only Huawei has: ip, ip_version, snat_network_id.
    extra: dict[str, Any] = field(default_factory=dict)
    editions: list[str] = field(default_factory=lambda: ["basic"])
    permissions: dict[str, Permission] = field(default_factory=dict)

    @property
    def full_name(self) -> str:
        return self.public_name or ".".join(part for part in (self.region, self.name, self.id) if part)


@dataclass(eq=False)
class Endpoint(Resource):
    """An endpoint, which is at the same time the connection that the service's owner sees."""

    service: Service = field(default=None)  # type: ignore[assignment]
    marker_id: int = 0
    vpc_id: str = ""
    subnet: Subnet | None = None
    ip: str = ""
    enable_dns: bool = False
    whitelist: list[str] = field(default_factory=list)
    enable_whitelist: bool = False
    routetables: list[str] = field(default_factory=list)
    policy: list[dict[str, Any]] = field(default_factory=list)
    policy_document: dict[str, Any] | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    pool_id: str = ""
    connection_description: str = ""
    # Whether it has ever been accepted: from then on its address and DNS switch are shown.
    connected: bool = False

    @property
    def interface(self) -> bool:
        return self.service.type == "interface"
