"""Reconciles endpoints, for the module vpcep_endpoint. endpoint_identity.py finds them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from .._api.vpcep import ENDPOINT_KIND
from .._core.errors import ApiError, VpcepError
from .._core.types import Object, objects_in
from .._schema import fields
from .._schema.dns import check_dns_options, refuse_gateway
from .._schema.normalize import address_of, endpoint_result, has, is_gateway, normalize
from .._schema.plan import Step
from .._schema.validation import check_actions, check_one
from . import service_lookup as lookup
from .dns_records import DnsRecord
from .effect import check_options, limits
from .endpoint_identity import EndpointIdentity
from .obstacles import port_with_address, taken_addresses, taken_tables
from .reconciler import reconcile
from .runtime import Runtime
from .service_lookup import endpoint_service
from .waiting import Flow, poll

BEING_DELETED = "2018"
NOT_AVAILABLE = "2004"


class Endpoint(EndpointIdentity):
    """One endpoint: an interface in a subnet, or a gateway in route tables."""

    noun = "endpoint"
    returned = "endpoint"
    kind = ENDPOINT_KIND
    table = fields.ENDPOINT
    settled: tuple[str, ...] = fields.ENDPOINT_SETTLED
    available = fields.ENDPOINT_SETTLED
    conflict_codes: Mapping[str, float] = MappingProxyType({"1018": 0.0, "2039": 120.0, "2042": 3.0})
    references = ("routetables",)

    def __init__(self, options: Object, runtime: Runtime) -> None:
        # In check mode the service may not exist yet, and then its ID is empty.
        self.service_to_come = runtime.check_mode and options.get("endpoint_service_id") == ""
        if self.service_to_come:
            options = dict(options, endpoint_service_id=None)
        if options.get("wait_for_acceptance"):
            self.settled = ("accepted", "rejected")
        super().__init__(options, runtime)
        check_actions(options, fields.ENDPOINT_ACTIONS, runtime.cloud)
        check_one("endpoint_service_name", fields.SERVICE_NAME, runtime.cloud, options.get("endpoint_service_name"))
        check_dns_options(options, runtime.cloud)
        self.record = DnsRecord(self, options["dns_name"]) if options.get("dns_name") else None
        if self.desired.get("policy_statement") == []:
            self.desired["policy_statement"] = normalize("policy", self.table["policy_statement"].default)
        self.listed: list[Object] = []
        self.freed: Any = ""  # the address of the endpoint that it replaces; None if it is not shown
        self.is_orphan = False  # whether it replaces an endpoint whose service was deleted
        self.service_type = "interface" if self.service_to_come else None
        self.allows_policy: bool | None = None  # enable_policy of the service, if it is known
        if options.get("state") != "absent":
            check_options(self.table, runtime.cloud, self.desired)
            if options.get("wait_for_acceptance") and options.get("wait") is False:
                runtime.warn("wait_for_acceptance has no effect with wait=false.")

    def flow(self) -> Flow[Object]:
        return self.record.follow(super().flow()) if self.record else super().flow()

    def converge(self, current: Object) -> Flow[Object]:
        if self.record:
            refuse_gateway(current.get("service_type"))
        return super().converge(current)

    def delete(self, found: Object) -> Flow[None]:
        """Deletes the DNS record first. Duplicates have none."""
        if self.record and (self.options.get("state") == "absent" or found["id"] in self.replaced):
            yield from self.record.remove(found)
        yield from super().delete(found)

    def is_possible_now(self, refusal: ApiError) -> bool:
        """Waits for a service in status ``creating``, which only its owner can read."""
        if not refusal.is_code(NOT_AVAILABLE) or self.options.get("wait") is False:
            return False
        service_id = self.desired["endpoint_service_id"]
        what, read = f"endpoint service {service_id}", partial(self.api.get_service, service_id)
        found = poll(self.runtime, what, read, lambda shown: (shown or {}).get("status") != "creating")
        return found is not None and found.get("status") in fields.SERVICE_READY

    def is_taken(self) -> bool:
        """Whether an endpoint has the same address, or another gateway endpoint the same route tables."""
        address, tables = self.desired.get("port_ip"), set(self.desired.get("routetables") or ())
        if self.expected_type() == "interface" and "subnet_id" in self.desired:
            return any(address and address_of(item) == address for item in self.listed)
        shown = [item.get("routetables") for item in self.listed if is_gateway(item)]
        return any(not tables or tables & set(one) for one in shown if isinstance(one, list))

    def complete(self) -> list[Object]:
        """Looks up the ID of a service that is given by name, and looks for the endpoint again."""
        if "endpoint_service_id" in self.desired or self.service_to_come:
            return []
        name = self.options["endpoint_service_name"]
        if self.runtime.check_mode and "." not in name and not self.look_up_service():
            self.runtime.warn(f"There is no endpoint service named {name!r} yet.")  # an earlier task may create it
            return []
        self.need_service(name)
        return self.same(self.listed)

    def need_service(self, name: str) -> None:
        """Looks up the ID of the service. Raises VpcepError if there is none of this name."""
        if not self.look_up_service():
            raise VpcepError(
                f"There is no endpoint service named {name!r} that this account can see. Give its full name "
                "(region.name.id), a public service's name, or its ID; ask its owner for it. "
                f"{lookup.suggestion(self.runtime, name)}".rstrip()
            )

    def has(self, name: str) -> bool:
        named = self.options.get("endpoint_service_name") or self.service_to_come
        return super().has(name) or bool(name == "endpoint_service_id" and named)

    def missing(self) -> list[str]:
        needs_subnet = self.service_type == "interface" and not self.has("subnet_id")
        return super().missing() + ["subnet_id"] * needs_subnet

    def imagined(self) -> Object:
        """Takes names, type and, if endpoints must be accepted, the status from the service."""
        service = self.service_seen()
        known = {
            "endpoint_service_id": self.desired.get("endpoint_service_id", ""),
            "endpoint_service_name": service.get("service_name", ""),
            "service_type": self.expected_type(),
        }
        endpoint = {**super().imagined(), **known}
        if not service.get("approval_enabled") or self.options.get("wait_for_acceptance"):
            return endpoint
        hidden = {name: field.absent_means for name, field in self.table.items() if field.once_accepted}
        return {**self.predicted(endpoint, hidden), "ip": "", "status": fields.PENDING}

    def service_seen(self) -> Object:
        """The service as far as it can be read; {} if it does not exist yet or cannot be read."""
        service_id = self.desired.get("endpoint_service_id")
        return (service_id and endpoint_service(self.runtime, service_id)) or {}

    def creation_obstacles(self) -> list[str]:
        """Also checks whether other endpoints or ports have the address, and other endpoints have the route tables."""
        wanted, listed = dict(self.desired), self.listed
        if is_gateway(self.service_seen()):  # the cloud ignores subnet and address
            wanted = {name: value for name, value in wanted.items() if name not in ("subnet_id", "port_ip")}
        if self.options.get("id") and (wanted.get("port_ip") or wanted.get("routetables")):
            listed = self.api.list_endpoints(vpc_id=wanted["vpc_id"])  # an endpoint with id is found without a list
        others = [one for one in self.alive(listed) if one.get("id") not in self.replaced]
        found = self.obstacles_to(wanted, self.replaced)
        # A service that was deleted: the endpoint does not show its name. That needs no right to read the service.
        service_id = str(wanted.get("endpoint_service_id"))
        if self.is_orphan and endpoint_service(self.runtime, service_id) == {}:
            found.append(f"Its endpoint service {service_id} cannot be seen, and the endpoint shows no service name.")
        # The port of an endpoint has its address until the endpoint is deleted, also during a replacement.
        if wanted.get("port_ip") not in map(address_of, listed) and self.freed not in (None, wanted.get("port_ip")):
            found += port_with_address(self.runtime, wanted)
        return [*found, *taken_addresses(wanted, others), *taken_tables(wanted, others)]

    def expected_type(self) -> str:
        shown = self.service_seen().get("service_type") if self.runtime.check_mode else self.service_type
        if shown:
            return str(shown)
        gateway_only = [name for name, field in self.table.items() if field.service_type == "gateway"]
        return "gateway" if any(self.has(name) for name in gateway_only) else "interface"

    def get(self, object_id: str) -> Object:
        return self.api.get_endpoint(object_id)

    def send_create(self, body: Object) -> Object:
        return self.api.create_endpoint(body)

    def send_delete(self, found: Object) -> None:
        """Deletes the endpoint, which may be in status ``deleting`` after an earlier request without answer."""
        try:
            self.api.change("deleteEndpoint", found["id"])
        except ApiError as error:
            if not error.is_code(BEING_DELETED):
                raise

    # Options without effect, see effect.py

    def look_ahead(self) -> None:
        """Reads the type of the service, if options are set that have no effect on all types."""
        if self.record:
            self.record.check_new()
        service_id = self.desired.get("endpoint_service_id")
        if not service_id or not (self.record or self.depends_on_service()):
            return
        seen = lookup.summary(self.runtime, service_id) or {}
        self.service_type = seen.get("service_type") or self.service_type
        self.allows_policy = seen.get("enable_policy")
        if self.record:
            refuse_gateway(self.service_type)

    def depends_on_service(self) -> bool:
        """Whether the effect of a restriction depends on the service. Without a subnet the endpoint is a gateway."""
        limiting = [self.table[name] for name, value in self.desired.items() if limits(self.table[name], value)]
        types = {field.service_type for field in limiting}
        if None in types:  # policy_document
            return True
        return self.service_type is None and bool(types) and (types != {"gateway"} or "subnet_id" in self.desired)

    def other_reasons(self) -> dict[str, str]:
        if self.allows_policy is False and self.desired.get("policy_document"):
            return {"policy_document": "has no effect, since the service does not allow it (enable_policy is false)"}
        return {}

    def replace(self, current: Object, reason: VpcepError) -> Flow[Object]:
        self.listed = [item for item in self.listed if item["id"] != current["id"]]  # complete() must not find it
        self.freed = address_of(current)
        return super().replace(current, reason)

    def old_values(self, current: Object) -> Object:
        """The shown values. An endpoint that was rejected after it was accepted still shows all of them."""
        return super().old_values(dict(current, status="accepted") if shows_all(current) else current)

    def hidden(self, current: Object) -> list[str]:
        if shows_all(current) or is_gateway(current):
            return []
        return [name for name, field in self.table.items() if field.once_accepted and field.default is not None]

    def new_type(self, current: Object) -> str | None:
        """The type of the old endpoint, unless the service changes."""
        name, there = self.options.get("endpoint_service_name"), current.get("endpoint_service_id")
        same_name = there and name == current.get("endpoint_service_name")
        if name and not same_name:
            self.need_service(name)
        service_id = self.desired.get("endpoint_service_id", there)
        self.is_orphan = service_id == there and not has(current, "endpoint_service_name")
        seen = current if service_id == there else lookup.summary(self.runtime, str(service_id))
        self.service_type = (seen or {}).get("service_type")
        return self.service_type

    def carry_out(self, object_id: str, step: Step) -> None:
        if step.operation == fields.UPDATE_POLICY:
            self.change_policy(object_id, dict(step.body))
        elif step.operation == fields.UPDATE_ROUTETABLES:
            refuse_partial(self.api.change(step.operation, object_id, body=step.body), object_id)
        else:
            super().carry_out(object_id, step)

    def change_policy(self, object_id: str, body: Object) -> None:
        """Sets the policy. The removal of the document is another request, which also resets the statements."""
        if body.get("policy_document") == {}:
            del body["policy_document"]
            statements = self.get(object_id).get("policy_statement") or []
            self.api.change("deleteEndpointPolicy", object_id)
            default = normalize("policy", self.table["policy_statement"].default)
            if statements and normalize("policy", statements) != default:
                body.setdefault("policy_statement", statements)
        if body:
            self.api.change(fields.UPDATE_POLICY, object_id, body=body)

    def actions(self, current: Object) -> list[Step]:
        """The upgrade. The cloud does not show the edition of an endpoint."""
        return [Step(fields.ENDPOINT_ACTIONS["upgrade"], {"action": "start"})] * bool(self.options.get("upgrade"))

    def check_status(self, answer: Object) -> None:
        if answer.get("status") == fields.PENDING:
            self.warn_pending(answer)
        if self.desired.get("enable_whitelist") and not answer.get("whitelist"):
            self.runtime.warn(
                "enable_whitelist is true and the whitelist is empty: the API does not say which addresses that admits."
            )
        if answer.get("status") == "rejected":
            service_id, endpoint_id = answer.get("endpoint_service_id"), answer.get("id")
            text = f"The owner of endpoint service {service_id} rejected endpoint {endpoint_id}."
            if self.options.get("wait_for_acceptance"):
                raise VpcepError(text + " Ask the owner to accept it.")
            self.runtime.warn(text)

    def warn_pending(self, answer: Object) -> None:
        self.runtime.warn(
            f"Endpoint {answer.get('id')} has no ip yet: the owner of endpoint service "
            f"{answer.get('endpoint_service_id')} has to accept it first, with vpcep_connection or in the console. Set "
            "wait_for_acceptance to true to wait for that."
        )

    def show(self, answer: Object, after: Object) -> Object:
        return endpoint_result(answer if answer.get("id") else {"ip": "", "dns_names": [], **answer})


def shows_all(endpoint: Object) -> bool:
    """Whether the cloud shows all members of an endpoint, because it was accepted or has failed."""
    return bool(endpoint.get("ip")) or endpoint.get("status") in ("accepted", fields.FAILED)


def refuse_partial(answer: Any, endpoint_id: str) -> None:
    """Raises VpcepError if the answer, of status 200, contains refused route tables."""
    refused = [
        f"{word} {item.get('id')}: {item.get('error_message')}"
        for part in objects_in(answer, "error")
        for word, member in (("bind", "bind_failed"), ("unbind", "unbind_failed"))
        for item in objects_in(part, member)
    ]
    if refused:
        raise VpcepError(f"Not all route tables of endpoint {endpoint_id} could be changed: {'; '.join(refused)}.")


def converge_endpoint(options: Object, runtime: Runtime) -> Object:
    """Creates, changes, replaces or deletes one endpoint. Raises VpcepError."""
    return reconcile(Endpoint, options, runtime)
