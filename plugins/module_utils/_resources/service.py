"""Reconciles endpoint services, for the module vpcep_service."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from types import MappingProxyType

from .._api.vpcep import SERVICE_KIND
from .._core.errors import ApiError, InputError, VpcepError, telling
from .._core.types import Object, grouped
from .._schema import fields
from .._schema import plan as planning
from .._schema.kinds import permission_key
from .._schema.normalize import UnusableAnswer, detailed, has, name_of, require_members, same, service_result
from .._schema.plan import Plan, Step
from .._schema.validation import check_actions, desired_permissions
from . import permissions as whitelist
from .diagnosis_objects import server_ports
from .obstacles import with_obstacles
from .reconciler import Reconciler, reconcile
from .runtime import Runtime
from .traffic import Traffic
from .waiting import Flow, intervals, poll

IDENTIFYING = ("id", "service_name", "status")
IN_USE_CODES = ("3005", "3006")
BACKEND_USED = "3044"
BACKEND = ("port_id", "server_type", "ports")


class Service(Reconciler):
    """One endpoint service, with its ports, tags and whitelist records."""

    noun = "endpoint service"
    returned = "service"
    kind = SERVICE_KIND
    table = fields.SERVICE
    settled = fields.SERVICE_READY
    available = fields.SERVICE_READY
    conflict_codes: Mapping[str, float] = MappingProxyType({"1018": 0.0, BACKEND_USED: 120.0})
    references = ("port_id", "ports")

    def __init__(self, options: Object, runtime: Runtime) -> None:
        super().__init__(options, runtime)
        check_actions(options, fields.SERVICE_ACTIONS, runtime.cloud)
        self.permissions = desired_permissions(runtime.cloud, options.get("permissions"))
        self.stored_records: dict[str, list[str]] = {}  # permission_key() -> the records with this key
        self.records_of = ""  # ID of the service that has these records
        self.traffic = Traffic(options, runtime)

    def check_identity(self) -> None:
        given = self.options
        if given.get("reject_revoked") and given.get("permissions") is None and given.get("state") != "absent":
            raise InputError("reject_revoked needs a whitelist; give permissions.")
        if not given.get("id") and not given.get("name") and not (self.has("port_id") and given.get("ports")):
            raise InputError(
                "Say which service is meant: give id, or name, or the backend as port_id (or backend) and ports."
            )

    def find(self) -> list[Object]:
        """The services with this short name, without a name those with this backend, which is unique."""
        name = self.options.get("name")
        if name:
            listed = self.api.list_services(endpoint_service_name=name)
            named = [detailed(self.get, service, "service_name") for service in listed]
            found = [one for one in named if name in (name_of(one), short_name_without_id(one))]
            return require_members(found, *IDENTIFYING)
        if "port_id" in self.to_come:  # the name of the backend matches nothing, or the user may not see it
            if self.options.get("state") == "absent":
                self.refuse_unclear(self.same_backend(self.alive(self.api.list_services())))
            return []
        listed = [detailed(self.get, service, "port_id") for service in self.api.list_services()]
        return require_members(self.same_backend(listed), *IDENTIFYING)

    def is_possible_now(self, refusal: ApiError) -> bool:
        """Waits for the deletion of services with the same backend in status ``deleting``. False if there are none."""
        if not refusal.is_code(BACKEND_USED) or self.options.get("wait") is False:
            return False
        listed = [one for one in self.api.list_services() if one.get("status") == fields.DELETING]
        leaving = require_members(self.same_backend(listed), "id")
        for one in leaving:
            what, read = f"{self.noun} {one['id']}", partial(self.get, one["id"])
            poll(self.runtime, what, read, lambda shown: (shown or {}).get("status") != fields.DELETING)
        return bool(leaving)

    def is_taken(self) -> bool:
        """Whether a service with another name has the same backend. Without a name, find() finds it."""
        if not self.options.get("name"):
            return False
        listed = [one for one in self.api.list_services() if has(one, "service_name")]
        return bool(self.same_backend([one for one in listed if name_of(one) != self.options.get("name")]))

    def same_backend(self, services: list[Object]) -> list[Object]:
        """The services with the same port_id (any, if it is not known) and one of the server ports.

        Port, server port and protocol are unique (API: Creating a VPC Endpoint Service). Raises UnusableAnswer for a
        service that does not show its ports.
        """
        port_id, found = self.desired.get("port_id"), []
        for one in services:
            if port_id is None or same(one.get("port_id"), port_id):
                ports = self.observe(one, ["ports"])["ports"]
                if ports is fields.UNKNOWN:
                    raise UnusableAnswer(
                        f"The cloud's answer about endpoint service {one['id']} does not show its ports."
                    )
                found += [one] if server_ports(ports) & server_ports(self.desired["ports"]) else []
        return found

    def get(self, object_id: str) -> Object:
        return self.api.get_service(object_id)

    def send_create(self, body: Object) -> Object:
        return self.api.create_service(body)

    def managed(self) -> Object:
        return self.desired if self.permissions is None else {**self.desired, "permissions": self.permissions}

    def observe(self, answer: Object, names: list[str]) -> Object:
        values = super().observe(answer, names)
        return {**values, "permissions": self.records(answer["id"])} if "permissions" in names else values

    def records(self, service_id: str) -> list[str]:
        """Reads the whitelist. Returns the normalized records."""
        found = [one["permission"] for one in require_members(self.api.list_permissions(service_id), "permission")]
        self.stored_records, self.records_of = grouped((permission_key(one), one) for one in found), service_id
        return sorted(self.stored_records)

    def steps_after_creation(self) -> list[Step]:
        return planning.permission_steps([], self.permissions or []) + self.actions({})

    def actions(self, current: Object) -> list[Step]:
        """Upgrade, and additional load balancers, which the cloud does not show."""
        steps = []
        if self.options.get("upgrade") and fields.PROFESSIONAL not in self.editions(current):
            steps.append(Step(fields.SERVICE_ACTIONS["upgrade"], {}))
        given = self.options.get("server_resources") or []
        added = [{name: value for name, value in one.items() if value is not None} for one in given]
        return steps + [Step(fields.SERVICE_ACTIONS["server_resources"], {"server_resources": added})] * bool(added)

    def editions(self, current: Object) -> list[str]:
        seen = planning.observe(self.table, current, ["supported_editions"])["supported_editions"]
        return seen if isinstance(seen, list) else []

    def plan(self, current: Object) -> Plan:
        """Renames a service of Huawei Cloud with a request that resets no other member."""
        plan = super().plan(current)
        if not plan.conflicts:  # otherwise the creation reads the traffic
            seen = planning.observe(self.table, current, list(BACKEND))
            shown = {name: value for name, value in seen.items() if value is not fields.UNKNOWN}
            self.traffic.look({**self.desired, **shown, **plan.after})
        changed = [name for name in plan.after if plan.after[name] != plan.before[name]]
        if self.runtime.cloud == fields.HUAWEI and changed == ["service_name"] and plan.steps:
            rename = Step(fields.RENAME_SERVICE, {"endpoint_service_name": plan.after["service_name"]})
            return plan._replace(steps=[rename, *plan.steps[1:]])
        return plan

    def after_update(self, current: Object, plan: Plan) -> bool:
        """Warns about endpoints that stay connected in spite of the change, or rejects them; admits traffic."""
        if plan.after.get("approval_enabled") and not plan.before["approval_enabled"]:
            self.warn_unapproved(current)
        before, after = plan.before.get("permissions", []), plan.after.get("permissions", [])
        rejected: list[str] = []
        if "permissions" in plan.after:
            whitelist.warn_open(self.runtime, current["id"], self.permissions or [], after)
            reject = bool(self.options.get("reject_revoked"))
            rejected = whitelist.settle_revocations(self.runtime, current["id"], before, after, reject)
        admitted = self.traffic.carry_out()
        self.wait_for_whitelist(current, before, after)
        return admitted or bool(rejected)

    def wait_for_whitelist(self, current: Object, before: list[str], after: list[str]) -> None:
        """Waits until lists show the changed whitelist: the next task may use it."""
        if self.waits() and before != after:
            service_id = current["id"]
            with suppress(ApiError):  # a missing right must not make a completed change fail
                whitelist.read_until_shown(self.runtime, service_id, partial(self.records, service_id), before, after)

    def look_ahead(self) -> None:
        self.traffic.look(self.desired)

    def complete_creation(self, created: Object) -> Flow[Object]:
        """Admits traffic at the end, so that no rule remains without a service."""
        report = yield from super().complete_creation(created)
        with telling(self.was_created(created["id"])):
            self.traffic.carry_out()
        self.wait_for_whitelist(created, [], self.permissions or [])
        return self.traffic.shown_in(report)

    def report(self, changed: bool, answer: Object, before: Object, after: Object) -> Object:
        if self.runtime.check_mode:
            self.traffic.carry_out()
        return self.traffic.shown_in(super().report(changed, answer, before, after))

    def warn_unapproved(self, current: Object) -> None:
        """Names the endpoints that were connected before approval was switched on."""
        if current.get("connection_count") == 0:
            return
        connected = self.named_connections(current["id"], fields.BLOCKING)
        if connected:
            self.runtime.warn(
                f"Approval holds for new endpoints of endpoint service {current['id']} only. Connected without it: "
                f"{connected}."
            )

    def carry_out(self, object_id: str, step: Step) -> None:
        """Sends whitelist records in their stored form."""
        if step.operation == fields.CHANGE_PERMISSIONS:
            named = step.body["permissions"]
            records = [text for record in named for text in self.stored_records.get(record, [record])]
            step = Step(step.operation, dict(step.body, permissions=records))
        super().carry_out(object_id, step)

    def take_over_more(self, current: Object) -> Object:
        """Keeps the whitelist and the professional edition."""
        is_read = self.records_of == current["id"]
        records = sorted(self.stored_records) if is_read else self.records(current["id"])
        if self.permissions is None:
            self.permissions = records
        elif self.options.get("purge_permissions") is False:
            self.permissions = sorted({*records, *self.permissions})
        lost = ["descriptions of whitelist records (see vpcep_permission)"] * bool(records)
        if self.runtime.cloud in fields.ACTION_CLOUDS and fields.PROFESSIONAL in self.editions(current):
            self.options = {**self.options, "upgrade": True}
            lost += ["server_resources"] * (not self.options.get("server_resources"))
        if lost and self.runtime.cloud == fields.HUAWEI:
            self.runtime.warn(
                f"The cloud does not show all settings of the {self.noun} that is replaced, so the new one does not "
                f"keep them. Set those that you need: {', '.join(lost)}."
            )
        return {"permissions": records}

    def show(self, answer: Object, after: Object) -> Object:
        name = str(answer.get("service_name") or "")
        if "." not in name and answer.get("id"):  # predicted: the cloud would build the full name
            parts = [self.runtime.session.region, name, answer["id"]]
            answer = dict(answer, service_name=".".join(part for part in parts if part))
        shown = service_result(answer, after.get("permissions"))
        return shown if answer.get("id") else dict(shown, name=name)

    # Deletion of a service in use

    def before_removal(self, found: Object) -> None:
        """Warns about endpoints that wait for acceptance. They do not prevent the deletion."""
        if self.options.get("state") == "absent":
            self.traffic.look_before_removal(found)
        pending = self.named_connections(found["id"], (fields.PENDING,))
        if pending:
            self.runtime.warn(
                f"Endpoints that wait for acceptance lose endpoint service {found['id']}: {pending}. Only the accounts "
                "that they belong to can delete them."
            )

    def send_delete(self, found: Object) -> None:
        """Deletes the service. Waits for endpoints in status ``deleting``; with ``force``, rejects the others."""
        refusal = self.traffic.removed and self.foreseen_refusal(found)
        if refusal:
            raise refusal[0]
        self.traffic.remove()
        for pause in intervals():
            try:
                self.api.change("deleteEndpointService", found["id"])
                break
            except ApiError as error:
                if not error.is_code(*IN_USE_CODES):
                    raise
                connections = self.reject_blocking(found, error)
                if self.runtime.deadline.left() <= pause:
                    raise in_use(found, error, connections) from error
            self.runtime.sleep(pause)

    def creation_obstacles(self) -> list[str]:
        """Without name and ID, the backend identifies the service."""
        if self.options.get("name") or self.options.get("id"):
            return super().creation_obstacles()
        return self.obstacles_to({name: self.desired[name] for name in self.desired if name != "ports"}, self.replaced)

    def connections_of(self, service_id: str) -> list[Object]:
        """The connections before the deletion, read once."""
        return self.runtime.once(("connections", service_id), lambda: self.api.list_connections(service_id))

    def named_connections(self, service_id: str, statuses: Collection[str]) -> str:
        """Connections for a warning; empty if they cannot be read, which must not make a task fail."""
        try:
            found = self.connections_of(service_id)
        except ApiError:
            return ""
        return whitelist.list_of(one for one in found if one.get("status") in statuses)

    def with_deletion(self, report: Object, current: Object) -> Object:
        """Adds connected endpoints, which prevent the deletion, as ``connections``."""
        refusal = self.foreseen_refusal(current)
        return dict(with_obstacles(report, [str(refusal[0])]), connections=refusal[1]) if refusal else report

    def foreseen_refusal(self, current: Object) -> tuple[VpcepError, list[Object]] | None:
        """Why the cloud would refuse to delete the service, with the connected endpoints; None if not known."""
        if self.options.get("force"):
            return None
        try:
            connections = require_members(self.connections_of(current["id"]), "status")
            blocking = require_members([item for item in connections if item["status"] in fields.BLOCKING], "id")
        except VpcepError:  # not readable: no prediction
            return None
        return (in_use(current, ApiError(code="EndPoint.3006"), blocking), blocking) if blocking else None

    def reject_blocking(self, found: Object, refusal: ApiError) -> list[Object]:
        """Rejects endpoints that prevent the deletion if ``force`` is true. Returns the connections.

        Raises VpcepError, with the connections, if a wait cannot help.
        """
        if found.get("status") not in self.settled and self.is_transient(found):
            raise refusal  # because of the status of the service, see delete_when_possible()
        connections = require_members(self.api.list_connections(found["id"]), "status")
        if not connections and self.is_transient(found):
            raise refusal
        blocking = require_members([item for item in connections if item.get("status") in fields.BLOCKING], "id")
        if blocking and not self.options.get("force"):
            raise in_use(found, refusal, blocking)
        if blocking:
            rejected = whitelist.reject_all(self.runtime, found["id"], blocking)
            self.runtime.warn(
                f"Endpoints were rejected and still exist: {whitelist.list_of(rejected) or 'none any more'}. "
                "Only the accounts that they belong to can delete them."
            )
        elif not (any(item.get("status") == fields.DELETING for item in connections) or refusal.is_code("3006")):
            raise in_use(found, refusal, connections) if connections else refusal
        return connections


def short_name_without_id(service: Object) -> str:
    """The short name in the full name (region.name.id) of a service that does not show its ID."""
    return "" if has(service, "id") else ".".join(str(service.get("service_name")).split(".")[1:-1])


def in_use(found: Object, refusal: ApiError, connections: list[Object]) -> VpcepError:
    """The error for a service that cannot be deleted because of its endpoints."""
    blocking = [item for item in connections if item.get("status") in fields.BLOCKING]
    advice = (
        "Delete these endpoints first, or set force to true to reject them."
        if blocking
        else "Rejecting them is not enough here: only the accounts that they belong to can delete them."
    )
    listed = whitelist.list_of(blocking or connections) or "none that the cloud shows"
    return VpcepError(
        f"Endpoint service {found['id']} is in use and cannot be deleted ({refusal.code}). "
        f"Connected: {listed}. {advice}"
    )


def converge_service(options: Object, runtime: Runtime) -> Object:
    """Creates, changes, replaces or deletes one endpoint service. Raises VpcepError."""
    return reconcile(Service, options, runtime)
