"""Manages and finds whitelist records of a service, for the modules vpcep_permission and vpcep_permission_info.

API: Querying Whitelist Records, Batch Adding or Deleting Whitelist Records; Huawei Cloud also has requests with
descriptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TypeVar

from .._core.errors import InputError, telling
from .._core.types import Object, grouped
from .._schema import fields
from .._schema.kinds import admits, permission_key
from .._schema.normalize import observed, require_members
from .._schema.plan import Step, permission_steps
from .._schema.validation import check_one, desired_permissions, wait_timeout
from .connection_requests import ConnectionRequests, check_service, service_of
from .runtime import Runtime
from .waiting import rounds

Records = dict[str, Object]  # by permission_key()
Shown = TypeVar("Shown", bound=Iterable[str])
ALL_ACCOUNTS = fields.PERMISSION_PREFIX + "*"  # the normalized form of *
SHOWN_SECONDS = 10.0
"""How long to wait until lists show a change. Removed records disappear within 5 s."""


def converge_permissions(options: Object, runtime: Runtime) -> Object:
    """Adds, removes and describes whitelist records of a service. Raises VpcepError."""
    runtime.start(wait_timeout(options))
    check_service(options, runtime)
    check_one("description", fields.PERMISSION_DESCRIPTION, runtime.cloud, options.get("description"))
    if options.get("state") == "absent" and options.get("description") is not None:
        runtime.warn("description has no effect with state=absent.")
    if options.get("update_description") and options.get("description") is None:
        raise InputError("update_description: there is no description to set; give one.")
    return Whitelist(options, runtime).converge()


class Whitelist:
    """The whitelist records of one service, and the options of a task for them."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        self.options = options
        self.runtime = runtime
        self.api = runtime.api
        self.named = desired_permissions(runtime.cloud, options["permissions"]) or []
        self.description: str | None = options.get("description")
        self.service_id = ""
        self.before: Records = {}
        self.stored: dict[str, list[Object]] = {}  # permission_key() -> records; ``*`` can exist in two forms

    def converge(self) -> Object:
        """Changes the records, then rejects or warns about endpoints of accounts that are no longer admitted."""
        self.service_id = service_of(self.options, self.runtime)
        self.before = self.read()
        after = self.wanted()
        undescribed = self.undescribed(after)
        changed = set(after) != set(self.before) or bool(undescribed)
        if not self.runtime.check_mode:
            self.change(after, undescribed)
        reject = bool(self.options.get("reject_revoked"))
        shown = self.predict(after)
        with telling(self.was_changed if changed and not self.runtime.check_mode else ""):
            rejected = settle_revocations(self.runtime, self.service_id, self.before, after, reject)
            if changed and not self.runtime.check_mode:
                shown = read_until_shown(self.runtime, self.service_id, self.read, self.before, after)
        if self.options.get("state") != "absent":
            warn_open(self.runtime, self.service_id, self.named, after)
        return {
            "changed": changed or bool(rejected),
            "permissions": list(shown.values()),
            "diff": {"before": self.managed(self.before), "after": self.managed(self.predict(after))},
        }

    def read(self) -> Records:
        """All records; none if the service does not exist yet (check mode)."""
        found = require_members(self.api.list_permissions(self.service_id), "permission") if self.service_id else []
        self.stored = grouped((permission_key(item["permission"]), item) for item in found)
        return {key: items[0] for key, items in self.stored.items()}

    def wanted(self) -> list[str]:
        state, named, there = self.options.get("state"), set(self.named), set(self.before)
        if state == "absent":
            return sorted(there - named)
        return sorted(named if state == "exact" else there | named)

    def undescribed(self, after: list[str]) -> list[str]:
        """The keys of existing records whose description must be set."""
        if self.description is None:
            return []
        return [key for key in self.named if key in after and key in self.before and self.differs(self.before[key])]

    def differs(self, record: Object) -> bool:
        """Whether a record has another description. If the cloud does not show it, ``update_description`` decides."""
        if record.get("description") is None:
            return bool(self.options.get("update_description"))
        shown = observed("description", fields.PERMISSION_DESCRIPTION, record) if record["description"] else ""
        return bool(shown != self.description)

    @property
    def was_changed(self) -> str:
        return f"The whitelist of endpoint service {self.service_id} was changed before: run the task again."

    def change(self, after: list[str], undescribed: list[str]) -> None:
        steps = [partial(self.carry_out, step) for step in permission_steps(sorted(self.before), after)]
        for number, send in enumerate([*steps, *(partial(self.describe, key) for key in undescribed)]):
            with telling(self.was_changed if number else ""):
                send()

    def carry_out(self, step: Step) -> None:
        records = step.body["permissions"]
        if step.body["action"] == "remove":
            self.remove(records, step.body)
        elif self.description is not None:
            described = [{"permission": record, "description": self.description} for record in records]
            kind = {name: value for name, value in step.body.items() if name == "permission_type"}
            self.api.change("batchCreatePermissions", self.service_id, body={**kind, "permissions": described})
        else:
            self.api.change(step.operation, self.service_id, body=step.body)

    def describe(self, key: str) -> None:
        record_id = require_members([self.before[key]], "id")[0]["id"]
        body = {"permission": {"description": self.description}}
        self.api.change("updatePermissionDescription", self.service_id, record_id, body=body)

    def remove(self, records: list[str], body: Object) -> None:
        """Removes records by ID on Huawei Cloud, otherwise in their stored form, ``*`` or ``iam:domain::*``."""
        stored = [item for record in records for item in self.stored[record]]
        if self.runtime.cloud == fields.HUAWEI:
            ids = [{"id": item["id"]} for item in require_members(stored, "id")]
            self.api.change("batchDeletePermissions", self.service_id, body={"permissions": ids})
        else:
            texts = [str(item["permission"]) for item in stored]
            self.api.change(fields.CHANGE_PERMISSIONS, self.service_id, body={**body, "permissions": texts})

    def predict(self, after: list[str]) -> Records:
        """The predicted records. New ones have no ID."""
        words = {} if self.description is None else {"description": self.description}
        described = [key for key in self.named if key not in self.before] + self.undescribed(after)
        return {
            key: {**self.before.get(key, {"id": "", "permission": key}), **(words if key in described else {})}
            for key in after
        }

    def managed(self, records: Records) -> Object:
        """The records for the diff, with descriptions if the task sets them."""
        if self.description is None:
            return {"permissions": sorted(records)}
        return {"permissions": {key: records[key].get("description") or "" for key in sorted(records)}}


def read_until_shown(
    runtime: Runtime, service_id: str, read: Callable[[], Shown], before: Iterable[str], after: Iterable[str]
) -> Shown:
    """Reads the whitelist until it shows a change, at most SHOWN_SECONDS; then warns. Returns what *read* returned.

    before, after: keys of records.
    """
    added, removed = set(after) - set(before), set(before) - set(after)
    for _round in rounds(runtime, SHOWN_SECONDS):
        shown = read()
        if added <= {*shown} and not removed & {*shown}:
            return shown
    runtime.warn(f"The whitelist of endpoint service {service_id} was changed, but lists do not show it yet.")
    return shown


def find_permissions(options: Object, runtime: Runtime) -> Object:
    """The whitelist records of a service that match all filters. Raises VpcepError."""
    check_service(options, runtime)
    wanted = desired_permissions(runtime.cloud, options.get("permissions"))
    service_id = service_of(options, runtime)
    found = runtime.api.list_permissions(service_id) if service_id else []
    chosen = []
    for item in found:
        by_text = "orgPath" if str(item.get("permission")).startswith(fields.ORG_PATH_PREFIX) else "domainId"
        kind = item.get("permission_type") or by_text  # the cloud may not show it
        if wanted is None or permission_key(item.get("permission")) in wanted:
            chosen += [item] if options.get("permission_type") in (None, kind) else []
    return {"changed": False, "permissions": chosen}


# Endpoints of accounts that the whitelist no longer admits. The removal of a record does not disconnect them, and a
# service with connected endpoints cannot be deleted. Both need a rejection.


def settle_revocations(
    runtime: Runtime, service_id: str, before: Iterable[str], after: Iterable[str], reject: bool
) -> list[str]:
    """Warns about endpoints of accounts that the whitelist no longer admits, or rejects them.

    before, after: the normalized permissions. With *reject*, also rejects endpoints that an interrupted run left.
    Returns the IDs of the rejected endpoints, in check mode the predicted ones. Raises VpcepError.
    """
    removed = set(before) - set(after)
    if not service_id or not (removed or reject):
        return []
    listed = require_members(runtime.api.list_connections(service_id), "status")
    connected = require_members([item for item in listed if item["status"] in fields.CONNECTED], "id", "domain_id")
    outside = [item for item in connected if not admits(after, str(item.get("domain_id")))]
    own = runtime.session.domain_id if outside else None
    outside = [item for item in outside if item.get("domain_id") != own]
    by_path = any(record.startswith(fields.ORG_PATH_PREFIX) for record in after)
    if not outside:
        return []
    if reject and own is not None and not by_path:
        return [str(item["id"]) for item in reject_all(runtime, service_id, outside)]
    if reject:
        reason = "the account of the service is not known"
        if by_path:
            reason = "organisation paths are on the whitelist, and the API does not show which accounts these contain"
        runtime.warn(f"Nothing was rejected: {reason}. Reject them by ID with vpcep_connection: {list_of(outside)}.")
    else:
        unless = ", if no organisation path admits them" if by_path else ""
        runtime.warn(
            f"Endpoints of accounts that the whitelist of endpoint service {service_id} no longer names stay "
            f"connected: {list_of(outside)}. Set reject_revoked to true to reject them{unless}."
        )
    return []


def warn_open(runtime: Runtime, service_id: str, named: Iterable[str], after: Iterable[str]) -> None:
    """Warns if the task names only accounts, and a record that it keeps admits all accounts."""
    if ALL_ACCOUNTS in after and named and ALL_ACCOUNTS not in named:
        runtime.warn(
            f"The whitelist of endpoint service {service_id} also holds *, so that every account may connect. Remove "
            "that record if only the accounts in permissions may connect."
        )


def reject_all(runtime: Runtime, service_id: str, connections: list[Object]) -> list[Object]:
    """Rejects endpoints and waits for the new status. Returns those that still exist."""
    ids = [str(item["id"]) for item in connections]
    options = {"endpoint_service_id": service_id, "endpoints": ids, "state": "rejected"}
    return list(ConnectionRequests(options, runtime, lenient=True).carry_out()["connections"])


def list_of(connections: Iterable[Object]) -> str:
    return ", ".join(
        f"{item.get('id')} of account {item.get('domain_id')} ({item.get('status')})" for item in connections
    )
