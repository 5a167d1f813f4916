# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoint services: what the module vpcep_service does."""

from __future__ import annotations

from typing import Any

from . import planning
from .api import SERVICE_KIND
from .canonical import name_of, permission_key
from .errors import ApiError, InputError, VpcepError
from .fields import CHANGE_PERMISSIONS, CHANGE_TAGS, DELETING, SERVICE, SERVICE_READY, UPDATE_SERVICE
from .planning import Step
from .reconciler import Object, Reconciler, reconcile
from .results import service_result
from .runtime import Runtime
from .validation import desired_permissions
from .waiting import intervals

IN_USE_CODES = ("3005", "3006")
BLOCKING = ("creating", "accepted")  # statuses of endpoints that keep a service from being deleted


class Service(Reconciler):
    """One endpoint service, with its ports, tags and whitelist records."""

    noun = "endpoint service"
    returned = "service"
    table = SERVICE
    settled = SERVICE_READY
    conflict_codes = ("3044",)

    def __init__(self, options: Object, runtime: Runtime) -> None:
        super().__init__(options, runtime)
        self.permissions = desired_permissions(runtime.cloud, options.get("permissions"))
        self.stored_records: dict[str, str] = {}  # what tells a record apart -> the record as it was stored

    def check_identity(self) -> None:
        given = self.options
        if not given.get("id") and not given.get("name") and not (given.get("port_id") and given.get("ports")):
            raise InputError("Say which service is meant: give id, or name, or the backend as port_id and ports.")

    def identity(self) -> tuple[Any, ...]:
        name = self.options.get("name")
        return ("name", name) if name else ("backend", self.desired["port_id"])

    def find(self) -> list[Object]:
        """By exact short name; without a name by backend, which the API allows in one service only."""
        name = self.options.get("name")
        if name:
            candidates = self.api.list_services(endpoint_service_name=name)
            return [service for service in candidates if name_of(service) == name]
        wanted = self.backends(self.desired["port_id"], self.desired["ports"])
        return [
            service
            for service in self.api.list_services()
            if service.get("port_id") == self.desired["port_id"]
            and wanted & self.backends(service["port_id"], self.observe(service, ["ports"])["ports"])
        ]

    @staticmethod
    def backends(port_id: str, ports: list[Object]) -> Any:
        """What two services must not share. API: Creating a VPC Endpoint Service, ``ports``."""
        return {(port_id, mapping["server_port"], mapping["protocol"]) for mapping in ports}

    def get(self, object_id: str) -> Object:
        return self.api.get_service(object_id)

    def send_create(self, body: Object) -> Object:
        return self.api.create_service(body)

    def managed(self) -> Object:
        return self.desired if self.permissions is None else {**self.desired, "permissions": self.permissions}

    def observe(self, answer: Object, names: list[str]) -> Object:
        values = super().observe(answer, names)
        if "permissions" in names:
            records = self.api.list_permissions(answer["id"])
            self.stored_records = {
                permission_key(item.get("permission")): str(item.get("permission")) for item in records
            }
            values["permissions"] = sorted(self.stored_records)
        return values

    def steps_after_creation(self) -> list[Step]:
        return planning.permission_steps([], self.permissions or [])

    def carry_out(self, object_id: str, step: Step) -> None:
        if step.operation == UPDATE_SERVICE:
            self.api.update_service(object_id, step.body)
        elif step.operation == CHANGE_TAGS:
            self.api.change_tags(SERVICE_KIND, object_id, step.body)
        elif step.operation == CHANGE_PERMISSIONS:
            records = [self.stored_records.get(record, record) for record in step.body["permissions"]]
            self.api.change_permissions(object_id, dict(step.body, permissions=records))

    def show(self, answer: Object, after: Object) -> Object:
        name = str(answer.get("service_name") or "")
        if "." not in name and answer.get("id"):  # predicted: the cloud would build the full name
            parts = [self.runtime.connection.region, name, answer["id"]]
            answer = dict(answer, service_name=".".join(part for part in parts if part))
        shown = service_result(answer, after.get("permissions"))
        return shown if answer.get("id") else dict(shown, name=name)

    # A service that is in use

    def send_delete(self, found: Object) -> None:
        """Deletes the service; endpoints that are just being deleted are waited for."""
        for pause in intervals():
            try:
                self.api.delete_service(found["id"])
                break
            except ApiError as error:
                if not error.is_code(*IN_USE_CODES):
                    raise
                self.refuse_while_connected(found, error)
                if self.runtime.deadline.left() <= pause:
                    raise
            self.runtime.sleep(pause)

    def refuse_while_connected(self, found: Object, refusal: ApiError) -> None:
        """Raises with the list of who is connected, unless all endpoints in the way are being deleted."""
        connections = self.api.list_connections(found["id"])
        blocking = [item for item in connections if item.get("status") in BLOCKING]
        if not blocking:
            if any(item.get("status") == DELETING for item in connections) or refusal.is_code("3006"):
                return
            raise refusal
        listed = ", ".join(
            f"{item.get('id')} of account {item.get('domain_id')} ({item['status']})" for item in blocking
        )
        raise VpcepError(
            f"Endpoint service {found['id']} is in use and cannot be deleted ({refusal.code}). Connected: {listed}. "
            "Delete these endpoints first, or reject those of other accounts."
        )


def converge_service(options: Object, runtime: Runtime) -> Object:
    """Brings one endpoint service to what the options ask. Raises VpcepError."""
    return reconcile(Service, options, runtime)
