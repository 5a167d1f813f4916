"""The objects that an audit reads with one or two logins. Each list is read once, and only when a rule asks for it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from ipaddress import ip_network
from typing import Any, NamedTuple

from .._core import parallel as pool
from .._core.errors import NotFound, VpcepError
from .._core.types import Object
from .._http.retry import http_date
from .._schema.fields import DELETING, FAILED
from .._schema.normalize import has
from .runtime import Runtime
from .service_lookup import read_each

UNUSED = ("rejected", FAILED, DELETING)  # statuses of endpoints that do not use their service


class Seen(NamedTuple):
    """One observation about an object."""

    kind: str
    item: Object
    text: str
    values: tuple[str, ...] = ()  # the accounts or tags that the text is about


def of_service(item: Object, text: str, values: Iterable[str] = ()) -> Seen:
    return Seen("endpoint_service", item, text, tuple(values))


def of_endpoint(item: Object, text: str, values: Iterable[str] = ()) -> Seen:
    return Seen("endpoint", item, text, tuple(values))


class Side:
    """One login. name: ``own`` or ``other``; sides: all logins of the audit, this one included."""

    def __init__(self, name: str, runtime: Runtime, sides: list[Side]) -> None:
        self.name = name
        self.runtime = runtime
        self.sides = sides
        sides.append(self)

    @property
    def project_id(self) -> str:
        return self.runtime.session.project_id

    def mark(self, error: VpcepError) -> None:
        """Lets an error say that it is about the other login."""
        if self.name != "own":
            error.login, error.done = self.runtime, "This is about the login in other_auth."

    @property
    def now(self) -> float:
        """Seconds since 1970, by the Date of the cloud's last answer if it has one: the local clock may be wrong."""
        server_time = http_date(self.runtime.session.client.server_date)
        return time.time() if server_time is None else server_time

    def services(self) -> list[Object]:
        return self._list("services", self.runtime.api.list_services)

    def endpoints(self) -> list[Object]:
        return self._list("endpoints", self.runtime.api.list_endpoints)

    def quotas(self) -> list[Object]:
        return self.runtime.once("quotas", self.runtime.api.list_quotas)

    def permissions(self) -> list[tuple[Object, list[str]]]:
        return self._of_each("permissions", self.services())

    def connections(self, services: Iterable[Object]) -> list[tuple[Object, list[Object]]]:
        return self._of_each("connections", services)

    def missing_services(self) -> set[str]:
        """The IDs of services that do not exist although endpoints lead to them. The cloud's own services always do."""
        known = {service["id"] for side in self.sides for service in side.or_empty(side.services)}
        ids = {one["endpoint_service_id"] for one in self.endpoints() if has(one, "endpoint_service_id")}
        foreign = sorted(ids - known - set(map(service_id_of, filter(leads_to_cloud, self.endpoints()))))

        def describe(service_id: str) -> None:
            self.runtime.once(("describe", service_id), lambda: self.runtime.api.describe_service(id=service_id))

        failed = pool.run_parallel(foreign, describe, self.runtime.interrupt)
        for error in failed.values():
            if not isinstance(error, NotFound):
                raise error
        return {*failed}

    def or_empty(self, read: Callable[[], list[Object]]) -> list[Object]:
        """The result of *read*; [] if it fails. For lists that only save requests and avoid duplicate findings."""
        try:
            return read()
        except VpcepError:
            return []

    def _list(self, key: str, read: Callable[[], list[Object]]) -> list[Object]:
        """The objects that are not being deleted."""
        return [one for one in self.runtime.once(key, read) if has(one, "id") and one.get("status") != DELETING]

    def _of_each(self, kind: str, services: Iterable[Object]) -> list[tuple[Object, list[Any]]]:
        """What INCLUDED[kind] reads of each service. A service that was deleted meanwhile is left out."""
        wanted = {service["id"]: service for service in services}
        found, failed = read_each(self.runtime, kind, wanted)
        for error in failed.values():
            raise error
        return [(service, found[service_id]) for service_id, service in wanted.items() if service_id in found]


def service_id_of(endpoint: Object) -> str:
    return str(endpoint.get("endpoint_service_id") or "")


def leads_to_cloud(endpoint: Object) -> bool:
    """Whether an endpoint's service is one of the cloud's own, whose names do not end in an ID."""
    name = str(endpoint.get("endpoint_service_name") or "")
    return bool(name) and not name.endswith(service_id_of(endpoint))


def is_live(endpoint: Object) -> bool:
    """Whether an endpoint or connection uses its service, or may soon. An unknown status counts as live."""
    return endpoint.get("status") not in UNUSED


def is_any_address(text: str) -> bool:
    try:
        return ip_network(text, strict=False).prefixlen == 0
    except ValueError:
        return False
