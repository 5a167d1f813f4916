"""Many endpoints in one task: what the module vpcep_endpoints does.

Each endpoint is reconciled as in vpcep_endpoint. All share one listing, a connection pool, and one listing for each
poll while endpoints wait.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from .._core.errors import InputError, VpcepError
from .._core.parallel import WORKERS, run_parallel
from .._core.texts import first_few, one_line
from .._core.types import Object, grouped
from .._http.pools import CONNECTIONS
from .._resources import service_lookup
from .._resources.diagnosis import Diagnosis
from .._resources.dns_records import DnsRecord
from .._resources.dns_zones import zones_of
from .._resources.names import look_up_all
from .._resources.obstacles import Foreseen
from .._resources.runtime import Runtime
from .._resources.waiting import rounds
from .._schema.argument_specs import ENDPOINT_TASK_OPTIONS, SERVICE_NAMES
from .._schema.fields import CREATING
from .._schema.names import names_in, with_placeholders
from .._schema.normalize import names_service
from .._schema.validation import wait_timeout
from .endpoint import BulkEndpoint, Shared, Snapshot, overlapping
from .scheduler import Scheduler, Task

LABELS = 3  # endpoints that a message names for each reason
REASONS = 10  # that a message names, one in each line; the outcomes contain all
TITLES = {"id": "ID", "vpc_id": "VPC", "vpc": "VPC", "subnet_id": "subnet", "subnet": "subnet", "port_ip": "address"}
"""Option -> its word in the title of an endpoint. A name comes after the ID that it replaces there."""


class BulkFailed(VpcepError):
    """Some endpoints failed. facts: the task's result, with the outcome of each endpoint."""


class Bulk:
    """The endpoints of one task."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        """Checks the options without a request. Raises InputError, which names each wrong definition."""
        runtime.start(wait_timeout(options))
        self.options = options
        self.runtime = runtime
        self.workers = options.get("concurrency", WORKERS)
        if not 1 <= self.workers <= CONNECTIONS:
            raise InputError(f"concurrency: {self.workers} is not a number from 1 to {CONNECTIONS}.")
        self.shared = Shared()
        self.endpoints = self.define()
        if options.get("purge") and options.get("state") == "absent":
            raise InputError("purge needs state present: it deletes endpoints that are not in the list.")
        if options.get("purge") and not any(map(self.named_services, SERVICE_NAMES)):
            raise InputError("purge: set endpoint_service_id to the service whose unlisted endpoints are deleted.")

    def define(self) -> list[BulkEndpoint]:
        endpoints, wrong = [], []
        for number, definition in enumerate(self.options.get("endpoints") or []):
            # The result repeats the options; those that are not set would be most of it.
            for name in [name for name, value in definition.items() if value is None]:
                del definition[name]
            try:
                label = f"endpoints[{number}] ({title(definition)})"
                endpoints.append(self.endpoint(label, with_placeholders(definition)))
            except InputError as error:
                wrong.append(f"endpoints[{number}]: {error}")
        wrong += dict.fromkeys(map(str, overlaps(endpoints).values()))
        if wrong:
            raise InputError(*wrong)
        return endpoints

    def endpoint(self, label: str, definition: Object) -> BulkEndpoint:
        """The BulkEndpoint for a definition. Options that it does not set come from the task."""
        shared = [name for name in ENDPOINT_TASK_OPTIONS if name not in definition]
        if not any(name in definition for name in ("id", *SERVICE_NAMES)):
            shared += SERVICE_NAMES
        options = {**definition, **{name: self.options[name] for name in shared if self.options.get(name) is not None}}
        return BulkEndpoint(label, options, self.runtime, self.shared)

    def named_services(self, option: str) -> set[str]:
        """The services that the task names by an option: their IDs or names."""
        given = [self.options, *(one.options for one in self.endpoints), *(one.desired for one in self.endpoints)]
        return {str(one[option]) for one in given if one.get(option)}

    def run(self) -> Object:
        """Reconciles all endpoints. Returns the task's result. Raises BulkFailed."""
        unnamed = self.look_up_names()
        named = [one for one in self.endpoints if one not in unnamed]
        unclear = {**unnamed, **self.look(named)}
        snapshot = self.shared.latest
        unclear.update(dns_conflicts([one for one in self.endpoints if one not in unclear], self.runtime))
        to_purge = self.to_purge(snapshot, unclear)
        everything = [*self.endpoints, *to_purge]
        given = [one.options for one in everything]
        # A replacement frees quota only while it runs, so check mode does not count it.
        recreates = [one for one in given if one.get("recreate") and not self.runtime.check_mode]
        self.shared.shrinks = bool(recreates) or any(one.get("state") == "absent" for one in given)
        for endpoint in everything:
            endpoint.task = Task(unclear.get(endpoint) or endpoint.flow())
        tasks = [endpoint.task for endpoint in everything]
        Scheduler(self.runtime, tasks, self.list_all, snapshot.pages, self.workers).run()
        for task in tasks:
            if task.report and "obstacles" in task.report:  # of check mode: an error, beside the prediction
                task.error = Foreseen({"obstacles": task.report["obstacles"]})
                task.report["changed"] = False
        diagnosis = Diagnosis(self.runtime.session)  # looks up common causes once
        for endpoint in everything:
            if endpoint.task.error:
                diagnosis.explain(endpoint.task.error, endpoint.options)
        return result(self.endpoints, to_purge)

    def look(self, named: list[BulkEndpoint]) -> dict[Any, VpcepError]:
        """Finds the endpoint of each definition. Returns the errors of those that may mean the endpoint of another one.

        Waits if endpoints that are still being created do not show the addresses that distinguish them.
        """
        waits = self.options.get("wait") is not False and not self.runtime.check_mode
        for _round in rounds(self.runtime, self.runtime.deadline.left() / 2):  # the other endpoints need time, too
            self.list_all()
            snapshot = self.shared.latest
            looks = run_parallel(
                named, partial(BulkEndpoint.look, snapshot=snapshot), self.runtime.interrupt, self.workers
            )
            several = conflicts(named)
            claims = [found for one in several for found in one.alive(one.claim) if not one.is_certain(found)]
            coming = any(found["status"] == CREATING for found in claims)
            if not coming or not waits:
                break
        return {**looks, **overlaps(named), **several}  # the IDs of services are known now

    def look_up_names(self) -> dict[BulkEndpoint, VpcepError]:
        """Defines the endpoints again, with IDs instead of names. Returns the errors of names without an object."""
        definitions = self.options["endpoints"]
        if not any(map(names_in, definitions)):
            return {}
        given = [{**one, "state": self.options.get("state")} for one in definitions]
        found, failed = look_up_all(given, self.runtime, self.workers)
        self.options = {**self.options, "endpoints": found}
        self.endpoints = self.define()
        return {self.endpoints[place]: error for place, error in failed.items()}

    def list_all(self) -> dict[str, Object]:
        asked = self.runtime.clock()
        number = self.shared.latest.number + 1
        self.shared.latest = Snapshot(self.runtime.api.list_endpoints(), number, asked)
        return self.shared.latest.by_id

    def to_purge(self, snapshot: Snapshot, unclear: dict[BulkEndpoint, VpcepError]) -> list[BulkEndpoint]:
        """Endpoints to purge: those of the named services that no definition may match."""
        if not self.options.get("purge"):
            return []
        if unclear or not all(endpoint.is_clear() for endpoint in self.endpoints):
            self.runtime.warn(
                "Nothing was purged, because it is not clear which endpoint each entry of the list identifies."
            )
            return []
        ids = self.named_services("endpoint_service_id") | self.ids_of_short_names()
        full_names = {name for name in self.named_services("endpoint_service_name") if "." in name}
        meant = {found["id"] for endpoint in self.endpoints for found in endpoint.claim}
        return [
            self.endpoint_to_purge(snapshot, one)
            for one in snapshot
            if one["id"] not in meant
            and (str(one.get("endpoint_service_name")) in full_names or any(names_service(one, it) for it in ids))
        ]

    def ids_of_short_names(self) -> set[str]:
        """IDs of the services that are named by their short names, which services of other accounts may have, too."""
        short = {name for name in self.named_services("endpoint_service_name") if "." not in name}
        unknown = sorted(name for name in short if service_lookup.service_id(self.runtime, name) is None)
        if unknown and not self.runtime.check_mode:
            raise VpcepError(f"purge: there is no endpoint service named {', '.join(unknown)} in this project.")
        return {str(service_lookup.service_id(self.runtime, name)) for name in short if name not in unknown}

    def endpoint_to_purge(self, snapshot: Snapshot, found: Object) -> BulkEndpoint:
        """The BulkEndpoint that deletes a listed endpoint."""
        endpoint_to_purge = self.endpoint(f"endpoint {found['id']}", {"id": found["id"], "state": "absent"})
        if any(endpoint.record for endpoint in self.endpoints):
            endpoint_to_purge.record = DnsRecord(endpoint_to_purge, None)
        endpoint_to_purge.look(snapshot)
        return endpoint_to_purge


def title(definition: Object) -> str:
    """An endpoint in messages: its description, else its ID, VPC, subnet and address."""
    place = {word: definition[name] for name, word in TITLES.items() if definition.get(name)}
    return str(definition.get("description") or ", ".join(f"{word} {value}" for word, value in place.items()))


def overlaps(endpoints: list[BulkEndpoint]) -> dict[Any, VpcepError]:
    """Errors for definitions that may mean the same endpoint as another one."""
    return {
        endpoint: VpcepError(f"{labels(same)} may mean the same endpoint.")
        for same in overlapping([one for one in endpoints if not one.options.get("id")])
        for endpoint in same
    }


def conflicts(endpoints: list[BulkEndpoint]) -> dict[Any, VpcepError]:
    """Errors for definitions that match the same endpoint as another one."""
    claims = ((found["id"], endpoint) for endpoint in endpoints for found in endpoint.alive(endpoint.claim))
    return {
        endpoint: VpcepError(f"{labels(several)} mean the same endpoint, {object_id}.")
        for object_id, several in grouped(claims).items()
        if len(several) > 1
        for endpoint in several
    }


def labels(endpoints: list[BulkEndpoint]) -> str:
    return " and ".join(endpoint.label for endpoint in endpoints)


def dns_conflicts(endpoints: list[BulkEndpoint], runtime: Runtime) -> dict[Any, VpcepError]:
    """Errors for definitions that need the same record for different endpoints. Reads the zones once."""
    with_records = [(endpoint, endpoint.record) for endpoint in endpoints if endpoint.record]
    if not with_records:
        return {}
    zones_of(runtime).whole = True
    places = []
    for endpoint, record in with_records:
        with suppress(VpcepError):  # the endpoint's own flow reports the error
            places.append((record.place(endpoint.claim), endpoint))
    return {
        endpoint: VpcepError(
            f"{labels(several)} need the record {place[1][:-1]} in one zone, and one record cannot point to two "
            "endpoints: give each another dns_name, or each VPC a zone of its own."
        )
        for place, several in grouped(places).items()
        if len(several) > 1
        for endpoint in several
        if endpoint.options.get("state") != "absent"
    }


def result(endpoints: list[BulkEndpoint], to_purge: list[BulkEndpoint]) -> Object:
    """The task's result, in the order of the definitions. Raises BulkFailed when something failed."""
    everything = [*endpoints, *to_purge]
    reports = [(one, one.task.report) for one in everything if one.task.report]
    facts: Object = {
        "changed": any(report.get("changed") for _one, report in reports),
        "endpoints": [(one.task.report or {}).get("endpoint", {}) for one in endpoints],
        "outcomes": [outcome(one) for one in endpoints],
        "purged": [one.task.report["endpoint"] for one in to_purge if one.task.report and one.task.report["changed"]],
    }
    if any(names_in(one.options) for one in endpoints):
        resolved = {item["id"]: item for one in endpoints for item in one.options.get("resolved") or ()}
        so_far = {item["id"]: item for item in (endpoints[0].runtime.resolved or {}).values()}  # of failed ones, too
        facts["resolved"] = list({**resolved, **so_far}.values())
    not_named = dict.fromkeys(text for one in endpoints for text in one.options.get("not_named") or ())
    if not_named and endpoints[0].runtime.check_mode:
        facts["not_named"] = list(not_named)
    failed = [(one.label, one.task.error) for one in everything if one.task.error]
    foreseen = [(one.label, report["obstacles"]) for one, report in reports if one.task.error]
    if failed and len(foreseen) == len(failed):
        facts["obstacles"] = [f"{label}: {text}" for label, texts in foreseen for text in texts]
    facts["diff"] = [
        {**report["diff"], **dict.fromkeys(("before_header", "after_header"), one_line(one.label))}
        for one, report in reports
        if report["changed"]
    ]
    if failed:
        first = f"{len(failed)} of {len(everything)} endpoints failed."
        raise BulkFailed(first, *failure_summary(failed), facts=facts)
    return facts


def outcome(endpoint: BulkEndpoint) -> Object:
    report, error = endpoint.task.report or {}, endpoint.task.error
    meant = [found["id"] for found in endpoint.alive(endpoint.claim)]
    object_id = report.get("endpoint", {}).get("id") or endpoint.task.object_id or (meant[0] if len(meant) == 1 else "")
    changed = report.get("changed", endpoint.task.changes > 0)
    told: Object = {"changed": changed, "failed": error is not None, "id": object_id}
    told["action"] = report.get("action", "none")
    if "dns_record" in report:
        told["dns_record"] = report["dns_record"]
    if error is not None:
        told.update(error.result(), msg=str(error))
    return told


def converge_endpoints(options: Object, runtime: Runtime) -> Object:
    """Reconciles many endpoints. Raises VpcepError; BulkFailed if only some of them failed."""
    return Bulk(options, runtime).run()


def failure_summary(failed: list[tuple[str, VpcepError]]) -> list[str]:
    """A line for each reason, with the first few endpoints that failed for it.

    If there are too many reasons, those that differ only in IDs count as one.
    """
    groups = grouped((one[1].reason, one) for one in failed)
    if len(groups) > REASONS:
        groups = grouped((one[1].kind, one) for one in failed)
    lines = [f"{first_few([label for label, _error in group], LABELS)}: {group[0][1]}" for group in groups.values()]
    if len(lines) > REASONS:
        lines[REASONS:] = [f"There are {len(lines) - REASONS} more reasons: see the outcomes that failed."]
    return lines
