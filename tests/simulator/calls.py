"""A request to an operation: its content and its sender."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .cloud import Cloud
from .contract import Operation
from .models import Endpoint, Service
from .networks import Account, Project


def registering(operations: dict[str, Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that adds a function under the operationId that its name spells: list_endpoints -> listEndpoints."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        head, *tail = function.__name__.split("_")
        operations[head + "".join(word.capitalize() for word in tail)] = function
        return function

    return register


@dataclass
class Call:
    """One request, authenticated and checked. account and project are None if the operation needs no login."""

    cloud: Cloud
    operation: Operation
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    account: Account | None = None
    project: Project | None = None
    base_url: str = ""
    request_id: str = ""

    @property
    def lists_nothing(self) -> bool:
        """Whether the caller lacks the right to list, which the network services show as an empty list."""
        return self.concerned("empty_lists")

    @property
    def enterprise_user(self) -> bool:
        assert self.account is not None
        return self.account.name in self.cloud.settings.names("enterprise_users")

    def concerned(self, setting: str) -> bool:
        """Whether a setting names the operation or its service, for all accounts or for the caller's."""
        wanted = {self.operation.id, self.operation.api}
        if self.account is not None:
            wanted |= {f"{self.account.name}:{name}" for name in wanted}
        return not wanted.isdisjoint(self.cloud.settings.names(setting))

    @property
    def own(self) -> Project:
        assert self.project is not None
        return self.project

    @property
    def id(self) -> str:
        return self.operation.id

    def service(self) -> Service:
        return self.cloud.own_service(self.own, self.path["vpc_endpoint_service_id"])

    def endpoint(self) -> Endpoint:
        return self.cloud.own_endpoint(self.own, self.path["vpc_endpoint_id"])

    def filled(self) -> dict[str, Any]:
        """The body with the documented defaults."""
        assert self.operation.body is not None
        members = self.operation.body.tree["properties"].items()
        return {**{name: member["default"] for name, member in members if "default" in member}, **self.body}
