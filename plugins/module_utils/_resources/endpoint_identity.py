"""Finds endpoints by service and VPC, interface endpoints also by subnet and address."""

from __future__ import annotations

from collections.abc import Callable

from .._core.errors import InputError
from .._core.types import Object
from .._schema.fields import DELETING, ENDPOINT, UNKNOWN
from .._schema.normalize import (
    UnusableAnswer,
    detailed,
    has,
    is_gateway,
    names_service,
    observed,
    require_members,
)
from .._schema.validation import refuse
from . import service_lookup as lookup
from .reconciler import Reconciler


class EndpointIdentity(Reconciler):
    """Finds an endpoint. service_to_come: the service does not exist yet (check mode)."""

    service_to_come = False
    listed: list[Object]  # the endpoints of the VPC in the last list

    def check_identity(self) -> None:
        given = self.options
        if given.get("id"):
            return
        if not (given.get("endpoint_service_id") or given.get("endpoint_service_name") or self.service_to_come):
            raise InputError(
                "Say which endpoint is meant: give id, or endpoint_service_id (or endpoint_service_name) and vpc_id."
            )
        faults = []
        if not self.has("vpc_id"):
            faults.append("vpc_id (or vpc) is missing: it is part of the endpoint's identity.")
        if self.has("subnet_id") and given.get("routetables"):
            faults.append(
                "subnet_id belongs to interface endpoints, routetables to gateway endpoints: give one of them."
            )
        refuse(faults)

    def find(self) -> list[Object]:
        """The endpoints with the same service, VPC and, for interface endpoints, subnet and address (once shown)."""
        if self.service_to_come or not self.service_is_known():
            return []
        if self.to_come:
            return self.unplaced(lambda: self.api.list_endpoints(vpc_id=self.desired.get("vpc_id")))
        self.listed = self.api.list_endpoints(vpc_id=self.desired["vpc_id"])
        return self.same(self.listed)

    def unplaced(self, list_endpoints: Callable[[], list[Object]]) -> list[Object]:
        """No endpoints, because the name of the VPC or subnet matches nothing.

        Before a deletion, raises VpcepError if endpoints match otherwise: the user may not be allowed to see the name.
        """
        meant = self.alive(self.same(list_endpoints())) if self.options.get("state") == "absent" else []
        self.refuse_unclear(meant)
        return []

    def service_is_known(self) -> bool:
        """Whether the service is identified by its ID or full name, to compare it with listed endpoints.

        Looks up the ID for a short name, which services of other accounts can also have.
        """
        return "." in str(self.options.get("endpoint_service_name")) or self.look_up_service()

    def look_up_service(self) -> bool:
        """Looks up the ID of a service that is given by name. Returns whether it is known."""
        if "endpoint_service_id" not in self.desired:
            service_id = lookup.service_id(self.runtime, self.options["endpoint_service_name"])
            self.desired.update({} if service_id is None else {"endpoint_service_id": service_id})
        return "endpoint_service_id" in self.desired

    def same(self, endpoints: list[Object]) -> list[Object]:
        near = [item for item in endpoints if self.may_be_in_place(item)]
        self.need_names(near)
        near = require_members([item for item in near if self.of_service(item)], "id", "status")
        if "subnet_id" in self.desired:
            require_members([item for item in near if not is_gateway(item)], "subnet_id")
        wanted = self.desired.get("port_ip")
        if wanted is None:
            return near
        addresses = {item["id"]: observed("port_ip", ENDPOINT["port_ip"], item) for item in near}
        exact = [item for item in near if is_gateway(item) or addresses[item["id"]] == wanted]
        hidden = [item for item in near if addresses[item["id"]] is UNKNOWN and not is_gateway(item)]
        shown_later = [item for item in hidden if item.get("status") != "accepted"]
        if not exact and len(hidden) > len(shown_later):
            raise UnusableAnswer(f"The cloud does not show the address of every endpoint, so {wanted} cannot be found.")
        return exact or shown_later

    def need_names(self, near: list[Object]) -> None:
        """Looks up the service's ID if it is given by name and an endpoint does not show the name of its service.

        This is so for endpoints whose service was deleted. Raises UnusableAnswer before a deletion if the service does
        not exist.
        """
        nameless = [one for one in near if not has(one, "endpoint_service_name") and one.get("status") != DELETING]
        if nameless and not self.look_up_service() and self.options.get("state") == "absent":
            require_members(nameless, "endpoint_service_name")

    def of_service(self, item: Object) -> bool:
        service_id = self.desired.get("endpoint_service_id")
        if not service_id:
            return bool(item.get("endpoint_service_name") == self.options["endpoint_service_name"])
        belongs = names_service(item, service_id)
        full_name = str(self.options.get("endpoint_service_name"))
        if belongs is None and "." in full_name and has(item, "endpoint_service_name"):
            return bool(item["endpoint_service_name"] == full_name)
        if belongs is None and item.get("status") != DELETING:
            item = detailed(self.get, require_members([item], "id")[0])
            belongs = names_service(item, service_id)
            if belongs is None and has(item, "endpoint_service_name"):
                require_members([item], "endpoint_service_id")
        return bool(belongs)

    def may_be_in_place(self, item: Object) -> bool:
        """Whether an endpoint is in the VPC and the subnet, or does not show them."""
        places = ["vpc_id"] if is_gateway(item) else ["vpc_id", "subnet_id"]
        wanted = {name: self.desired[name] for name in places if name in self.desired}
        return all(item[name].lower() == value.lower() for name, value in wanted.items() if has(item, name))

    def is_certain(self, found: Object) -> bool:
        wanted = self.desired.get("port_ip")
        return wanted is None or is_gateway(found) or bool(observed("port_ip", ENDPOINT["port_ip"], found) == wanted)
