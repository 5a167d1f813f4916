"""Accepts and rejects connections of one service.

API: Accepting or Rejecting a VPC Endpoint, Querying Connections of a VPC Endpoint Service.
"""

from __future__ import annotations

from collections.abc import Callable

from .._api.vpcep import VpcepApi
from .._core import parallel as pool
from .._core.errors import ApiError, InputError, VpcepError, WaitTimeout
from .._core.types import Object
from .._schema.fields import CONNECTION_DESCRIPTION, CREATING, DECISIONS, DELETING, FAILED, SERVICE_NAME, WAITING
from .._schema.normalize import error_text, observed, require_members
from .._schema.validation import check_ids, check_one
from . import service_lookup
from .runtime import Runtime
from .waiting import poll, rounds

Connections = dict[str, Object]  # by the endpoint's ID
APPEARS_WITHIN = 30.0  # seconds until a new endpoint is among the service's connections (up to 20 were seen)
GONE = "gone"  # not a status of the API: the connection is not listed any more
LOST = (FAILED, DELETING, GONE)  # can be neither accepted nor rejected


class ConnectionRequests:
    """Accepts or rejects some connections of one service.

    lenient: ignore endpoints that fail or are deleted during the task.
    """

    def __init__(self, options: Object, runtime: Runtime, lenient: bool = False) -> None:
        self.options = options
        self.runtime = runtime
        self.api = runtime.api
        self.lenient = lenient
        self.wanted: str = options.get("state") or "accepted"
        self.description: str | None = options.get("description")
        self.service_id = ""
        self.problems: list[VpcepError] = []
        self.reported: set[str] = set()  # IDs of endpoints in problems
        self.changed = False  # whether a change was sent, even if the list does not show it

    def carry_out(self) -> Object:
        """Accepts or rejects, waits, and reports. Raises the problems of connections at the end."""
        self.service_id = service_of(self.options, self.runtime)
        if not self.service_id:  # it does not exist yet (check mode)
            return self.report({}, {})
        chosen = self.chosen()
        if self.options.get("wait") is False:
            chosen = self.without_coming(chosen)
        changed = {"status": self.wanted, **({} if self.description is None else {"description": self.description})}
        before, after = chosen, {key: {**item, **changed} for key, item in chosen.items()}
        if not self.runtime.check_mode:
            try:
                before, after = self.decide_all(chosen)
            except WaitTimeout as error:
                self.problems.append(error)
        self.raise_problems()
        return self.report(before, after)

    def raise_problems(self) -> None:
        if len(self.problems) > 1:
            raise VpcepError(" ".join(str(problem) for problem in self.problems))
        if self.problems:
            raise self.problems[0]

    def decide_all(self, chosen: Connections) -> tuple[Connections, Connections]:
        """Accepts or rejects connections. Waits for those in status ``creating``: the API refuses them (EndPoint.2019).

        Returns the connections before and after.
        """
        ready = created(chosen)
        after = self.act(ready)
        coming = {key: item for key, item in chosen.items() if key not in ready}
        waited = self.wait_for(coming, lambda item: item.get("status") != CREATING)
        after.update(self.act(waited))
        before = {**ready, **waited}
        return before, {key: after[key] for key in chosen if key in after}

    def chosen(self) -> Connections:
        """The connections that the options select and that can be accepted or rejected."""
        by_id = self.options.get("endpoints")
        if by_id is not None:
            return self.named(list(dict.fromkeys(by_id)))
        accounts = self.options.get("domain_ids")
        found = require_members(self.api.list_connections(self.service_id), *["domain_id"] * (accounts is not None))
        of_accounts = require_members(
            [one for one in found if accounts is None or one["domain_id"] in accounts], "status", "id"
        )
        chosen = {item["id"]: item for item in of_accounts}
        if self.options.get("pending"):
            return {key: item for key, item in chosen.items() if item.get("status") in WAITING}
        return self.decidable(chosen)

    def named(self, ids: list[str]) -> Connections:
        """The connections of these endpoints. Waits up to APPEARS_WITHIN seconds until new ones are listed."""
        found: Connections = {}
        for _round in rounds(self.runtime, APPEARS_WITHIN):
            found.update(self.look([key for key in ids if key not in found]))
            if len(found) == len(ids) or not self.waits():
                break
        return self.decidable({key: found.get(key) or {"id": key, "status": GONE} for key in ids})

    def decidable(self, connections: Connections) -> Connections:
        """Those of *connections* that can be accepted or rejected. Others are problems if ``endpoints`` lists them."""
        lost = {key: item for key, item in connections.items() if is_lost(item) and key not in self.reported}
        place = f"endpoint service {self.service_id}"
        for key, item in lost.items() if not self.lenient else ():
            if self.options.get("endpoints") is not None:
                problem = {
                    GONE: f"There is no endpoint {key} at {place}: it belongs to another service, or has been deleted.",
                    DELETING: f"Endpoint {key} of {place} is being deleted by its owner.",
                    FAILED: f"Endpoint {key} of {place} has failed: {error_text(item)}. Its owner has to create it "
                    "again.",
                }[str(item["status"])]
                self.problems.append(VpcepError(problem))
            elif item["status"] == FAILED:
                self.runtime.warn(f"Endpoint {key} has failed and was not changed: {error_text(item)}.")
        return {key: item for key, item in connections.items() if not is_lost(item)}

    def look(self, ids: list[str]) -> Connections:
        """The listed connections of the endpoints *ids*. One GET, for a single endpoint by its ID."""
        by_id = {"id": ids[0]} if len(ids) == 1 else {}
        found = self.api.list_connections(self.service_id, **by_id) if ids else []
        shown = {item["id"]: item for item in require_members([one for one in found if one.get("id") in ids], "status")}
        return {key: shown[key] for key in ids if key in shown}

    def waits(self) -> bool:
        return not self.runtime.check_mode and self.options.get("wait") is not False

    def without_coming(self, chosen: Connections) -> Connections:
        """The connections that can be decided without a wait. Warns about the others."""
        ready = created(chosen)
        for key in chosen:
            if key not in ready:
                self.runtime.warn(f"Endpoint {key} is still being created and was not changed: run the task again.")
        return ready

    def wait_for(self, connections: Connections, done: Callable[[Object], bool]) -> Connections:
        """Waits until *done* is true for each of *connections*. Each poll lists all of them."""
        latest = dict(connections)

        def unfinished() -> list[str]:
            return [key for key, item in latest.items() if not done(item) and not is_lost(item)]

        def read() -> Object:
            keys = unfinished()
            seen = self.look(keys)
            latest.update({key: seen.get(key) or {"id": key, "status": GONE} for key in keys})
            return {"status": ", ".join(sorted({str(latest[key].get("status")) for key in keys}))}

        if self.waits() and unfinished():
            what = f"a connection of endpoint service {self.service_id}"
            poll(self.runtime, what, read, lambda _: not unfinished(), is_owner=True)
        return self.decidable(latest)

    def act(self, before: Connections) -> Connections:
        """Sends a request for each connection with another status and one for all descriptions, then waits."""
        undecided = [key for key, item in before.items() if item.get("status") != self.wanted]
        undescribed = [
            key
            for key, item in before.items()
            if self.description not in (None, observed("description", CONNECTION_DESCRIPTION, item))
        ]
        failed = pool.run_parallel(
            undecided, lambda key: decide(self.api, self.service_id, key, self.wanted), self.runtime.interrupt
        )
        by_id = self.options.get("endpoints") is not None
        for key, error in failed.items():
            if not says_lost(error) or (by_id and not self.lenient):
                self.problems.append(error)
                self.reported.add(key)
        if undescribed:
            entries = [{"id": key, "description": self.description} for key in undescribed]
            try:
                self.api.change("updateConnectionDescriptions", self.service_id, body={"connections": entries})
            except VpcepError as error:
                self.problems.append(error)
        changed = [key for key in before if key in undescribed or (key in undecided and key not in failed)]
        self.changed = self.changed or bool(changed)
        latest = {**before, **self.look(changed)}
        return self.wait_for(latest, lambda item: item.get("status") == self.wanted or item.get("id") in failed)

    def report(self, before: Connections, after: Connections) -> Object:
        names = ("status",) if self.description is None else ("status", "description")

        def managed(connections: Connections) -> Object:
            shown = sorted(connections.items())
            return {"connections": {key: {name: item.get(name) or "" for name in names} for key, item in shown}}

        return {
            "changed": self.changed or managed(before) != managed(after),
            "connections": list(after.values()),
            "diff": {"before": managed(before), "after": managed(after)},
        }


def decide(api: VpcepApi, service_id: str, endpoint_id: str, wanted: str) -> None:
    """Accepts or rejects one endpoint. EndPoint.2014 (already accepted) is no error. Raises ApiError."""
    try:
        api.decide_connection(service_id, {"action": DECISIONS[wanted], "endpoints": [endpoint_id]})
    except ApiError as error:
        if not (wanted == "accepted" and error.is_code("2014")):
            raise


def created(connections: Connections) -> Connections:
    """The connections that can be decided: not those in status ``creating``."""
    return {key: item for key, item in connections.items() if item.get("status") != CREATING}


def is_lost(item: Object) -> bool:
    return item.get("status") in LOST


def says_lost(error: VpcepError) -> bool:
    """Whether a refusal says that the endpoint is deleted, is being deleted, or has failed."""
    return isinstance(error, ApiError) and error.is_code("2013", "2018", "2047")


def check_service(options: Object, runtime: Runtime) -> None:
    """Raises InputError if the options do not identify a service."""
    to_come = runtime.check_mode and options.get("endpoint_service_id") == ""
    if not (options.get("endpoint_service_id") or options.get("endpoint_service_name") or to_come):
        raise InputError("Say which service is meant: give endpoint_service_id or endpoint_service_name.")
    if not to_come:
        check_ids(options, ("endpoint_service_id",))
    check_one("endpoint_service_name", SERVICE_NAME, runtime.cloud, options.get("endpoint_service_name"))


def service_of(options: Object, runtime: Runtime) -> str:
    """The ID of the service in ``endpoint_service_id`` or ``endpoint_service_name``. Raises VpcepError.

    Empty in check mode if the service does not exist yet.
    """
    if options.get("endpoint_service_id") or not options.get("endpoint_service_name"):
        return str(options["endpoint_service_id"])
    name = str(options["endpoint_service_name"])
    found = service_lookup.service_id(runtime, name)
    if found is None and not runtime.check_mode:
        hint = service_lookup.suggestion(runtime, name)
        raise VpcepError(f"There is no endpoint service named {name!r} in this project. {hint}".rstrip())
    return found or ""
