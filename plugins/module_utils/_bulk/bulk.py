# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many endpoints by one task: what the module vpcep_endpoints does.

Each goes the same way as by vpcep_endpoint. What they share: one listing to look them up in, a pool of connections to
send over, and one listing per look for all that are waited for.
"""

from __future__ import annotations

from typing import Any

from .._core.errors import InputError, VpcepError
from .._core.parallel import WORKERS, each
from .._core.texts import one_line
from .._http.pools import CONNECTIONS
from .._resources.endpoint import service_id_of
from .._resources.runtime import Runtime
from .._schema.argument_specs import SERVICE_NAMES, SHARED
from .._schema.validation import check_positive
from .endpoint import Member, Room, overlapping
from .failure_summary import reasons
from .scheduler import Crowd, Item
from .snapshot import Snapshot

Object = dict[str, Any]
PLACE = (("ID", "id"), ("VPC", "vpc_id"), ("subnet", "subnet_id"), ("address", "port_ip"))


class FleetFailed(VpcepError):
    """Some endpoints failed; the others did not, and are in the result like them."""

    def __init__(self, lines: list[str], facts: Object) -> None:
        super().__init__(*lines)
        self.facts = facts

    def result(self) -> Object:
        return self.facts


class Fleet:
    """The endpoints of one task."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        """Checks all that can be checked without a request. Raises InputError that names each wrong definition."""
        check_positive(options, ("wait_timeout",))
        self.options = options
        self.runtime = runtime
        self.workers = options.get("concurrency", WORKERS)
        if not 1 <= self.workers <= CONNECTIONS:
            raise InputError(f"concurrency: {self.workers} is not a number from 1 to {CONNECTIONS}.")
        self.room = Room()
        self.latest = Snapshot([], 0)
        self.members = self.define()
        self.check_purge()

    def define(self) -> list[Member]:
        """A member for each definition."""
        members, wrong = [], []
        for number, definition in enumerate(self.options.get("endpoints") or []):
            given = without_gaps(definition)
            try:
                members.append(self.member(f"endpoints[{number}] ({title(given)})", given))
            except InputError as error:
                wrong.append(f"endpoints[{number}]: {error}")
        for same in overlapping([member for member in members if not member.options.get("id")]):
            wrong.append(f"{' and '.join(member.label for member in same)} may mean the same endpoint.")
        if wrong:
            raise InputError(*wrong)
        return members

    def member(self, label: str, definition: Object) -> Member:
        """What a definition leaves out comes from the task."""
        names_service = any(name in definition for name in ("id", *SERVICE_NAMES))
        shared = [name for name in SHARED if name not in definition] + [*SERVICE_NAMES] * (not names_service)
        options = {**definition, **{name: self.options[name] for name in shared if self.options.get(name) is not None}}
        return Member(label, options, self.runtime, self.room, lambda: self.latest)

    def check_purge(self) -> None:
        if not self.options.get("purge"):
            return
        if self.options.get("state") == "absent":
            raise InputError("purge goes with state present: it removes what is not in the list.")
        if not self.known_services():
            raise InputError("purge: name the service whose other endpoints are to go, with endpoint_service_id.")

    def known_services(self) -> set[str]:
        """IDs and names of the services that the task names."""
        given = [self.options, *(member.options for member in self.members), *(one.desired for one in self.members)]
        return {str(one[name]) for one in given for name in SERVICE_NAMES if one.get(name)}

    def service_id(self, name: str) -> str | None:
        """The ID of the service of that name, None if there is none. Looked up once for all endpoints."""
        found: str | None = self.runtime.once((service_id_of, name), lambda: service_id_of(self.runtime.api, name))
        return found

    def run(self) -> Object:
        """Brings all endpoints to what is asked. Returns the task's result, or raises FleetFailed."""
        self.runtime.start(self.options.get("wait_timeout") or 600)
        self.list_all()
        snapshot = self.latest
        unclear = self.look(snapshot)
        unclear.update(disputes(self.members))
        leavers = self.leavers(snapshot, unclear)
        self.room.shrinks = bool(leavers) or any(may_delete(member) for member in self.members)
        items = [Item(unclear.get(member) or member.flow()) for member in [*self.members, *leavers]]
        Crowd(self.runtime, items, self.list_all, snapshot.pages, self.workers).run()
        foresee(items)
        explain([*self.members, *leavers], items, self.runtime)
        number = len(self.members)
        return result(self.members, items[:number], leavers, items[number:])

    def look(self, snapshot: Snapshot) -> dict[Member, VpcepError]:
        """Lets all members find what they mean. Returns the errors of those that cannot."""
        asking = [member for member in self.members if member.has_to_ask(snapshot)]
        known = [member for member in self.members if not member.has_to_ask(snapshot)]
        unclear = each(asking, lambda member: member.look(snapshot), self.workers)
        return {**unclear, **each(known, lambda member: member.look(snapshot), 1)}

    def list_all(self) -> dict[str, Object]:
        self.latest = Snapshot(self.runtime.api.list_endpoints(), self.latest.number + 1)
        return self.latest.by_id

    def leavers(self, snapshot: Snapshot, unclear: dict[Member, VpcepError]) -> list[Member]:
        """Who purge removes: endpoints of the named services that no definition may mean."""
        if not self.options.get("purge"):
            return []
        if unclear or not all(member.is_clear() for member in self.members):
            self.runtime.warn("Nothing was purged, since it is not clear of all endpoints in the list which they are.")
            return []
        services = self.known_services() | self.ids_of_short_names()
        meant = {found["id"] for member in self.members for found in member.claim}
        others = [found for found in snapshot if found["id"] not in meant]
        return [self.leaver(snapshot, one) for one in others if services & {str(one.get(it)) for it in SERVICE_NAMES}]

    def ids_of_short_names(self) -> set[str]:
        """IDs of the services that are named by their short names, which endpoints do not show."""
        given = {
            one.get("endpoint_service_name") or "." for one in (self.options, *(it.options for it in self.members))
        }
        short = {name for name in given if "." not in name}
        unknown = sorted(name for name in short if self.service_id(name) is None)
        if unknown and not self.runtime.check_mode:
            raise VpcepError(f"purge: there is no endpoint service named {', '.join(unknown)} in this project.")
        return {str(self.service_id(name)) for name in short if name not in unknown}

    def leaver(self, snapshot: Snapshot, found: Object) -> Member:
        """The member for an endpoint that is to go."""
        leaver = self.member(f"endpoint {found['id']}", {"id": found["id"], "state": "absent"})
        leaver.look(snapshot)
        return leaver


def without_gaps(definition: Object) -> Object:
    """The definition without options that were left out. Of a thousand they are most of what a result would show."""
    for name in [name for name, value in definition.items() if value is None]:
        del definition[name]
    return definition


def title(definition: Object) -> str:
    """What people know an endpoint by: its description, else where it is."""
    place = [f"{word} {definition[name]}" for word, name in PLACE if definition.get(name)]
    return str(definition.get("description") or ", ".join(place))


def disputes(members: list[Member]) -> dict[Any, VpcepError]:
    """Errors for members that turn out to mean an endpoint which another one means, too."""
    claims: dict[str, list[Member]] = {}
    for member in members:
        for found in member.alive(member.claim):
            claims.setdefault(found["id"], []).append(member)
    return {
        member: VpcepError(f"{' and '.join(one.label for one in several)} mean the same endpoint, {object_id}.")
        for object_id, several in claims.items()
        if len(several) > 1
        for member in several
    }


def result(members: list[Member], items: list[Item], leavers: list[Member], left: list[Item]) -> Object:
    """The task's result, in the order of the definitions. Raises FleetFailed when something failed."""
    reports = [item.report or {} for item in [*items, *left]]
    told = [*zip(members, items, strict=True), *zip(leavers, left, strict=True)]
    facts: Object = {
        "changed": any(report.get("changed") for report in reports),
        "endpoints": [report.get("endpoint", {}) for report in reports[: len(items)]],
        "outcomes": [outcome(member, item) for member, item in told[: len(items)]],
        "purged": [item.report["endpoint"] for item in left if item.report and item.report["changed"]],
    }
    failed = [(member.label, item.error) for member, item in told if item.error]
    foreseen = [(member.label, item.report["obstacles"]) for member, item in told if item.error and item.report]
    if failed and len(foreseen) == len(failed):
        facts["obstacles"] = [f"{label}: {text}" for label, texts in foreseen for text in texts]
    if failed:
        raise FleetFailed([f"{len(failed)} of {len(told)} endpoints failed.", *reasons(failed)], facts)
    headed = [
        {**item.report["diff"], **dict.fromkeys(("before_header", "after_header"), one_line(member.label))}
        for member, item in told
        if item.report and item.report["changed"]
    ]
    return {**facts, "diff": headed}


def foresee(items: list[Item]) -> None:
    """In check mode: what the cloud would refuse is an error, beside the prediction."""
    for item in items:
        if item.report and "obstacles" in item.report:
            from .._resources.obstacles import Foreseen

            item.error = Foreseen({"obstacles": item.report["obstacles"]})
            item.report["changed"] = False


def explain(members: list[Member], items: list[Item], runtime: Runtime) -> None:
    """Makes errors say what a look shows; what they have in common is looked at once."""
    wrong = [(member, item.error) for member, item in zip(members, items, strict=True) if item.error]
    if not wrong:
        return
    from .._resources.diagnosis import Diagnosis  # only needed after an error

    diagnosis = Diagnosis(runtime.connection)
    for member, error in wrong:
        diagnosis.explain(error, member.options)


def may_delete(member: Member) -> bool:
    """Whether a member may make room for another one."""
    return bool(member.options.get("state") == "absent" or member.options.get("recreate"))


def outcome(member: Member, item: Item) -> Object:
    """How it went with one endpoint."""
    report = item.report or {}
    meant = [found["id"] for found in member.alive(member.claim)]
    object_id = report.get("endpoint", {}).get("id") or item.object_id or (meant[0] if len(meant) == 1 else "")
    told: Object = {"changed": bool(report.get("changed")), "failed": item.error is not None, "id": object_id}
    told["action"] = action(member, report) if told["changed"] or "obstacles" in report else "none"
    if item.error is not None:
        told.update(item.error.result(), msg=str(item.error))
    return told


def action(member: Member, report: Object) -> str:
    """What a change was, or would be."""
    before = member.alive(member.claim)
    if member.options.get("state") == "absent":
        return "delete"
    if not before:
        return "create"
    return "change" if report["endpoint"].get("id") == before[0]["id"] else "replace"


def converge_endpoints(options: Object, runtime: Runtime) -> Object:
    """Brings many endpoints to what the options ask. Raises VpcepError; FleetFailed if only some of them failed."""
    return Fleet(options, runtime).run()
