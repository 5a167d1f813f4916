"""Accepts, rejects and finds connections of a service, for the modules vpcep_connection and vpcep_connection_info.

The limits of an accept policy also hold when several runs apply the policy at once. Each run reads the list again
before each decision within a limit, and all runs choose the same connections (see _schema/accept_policy.py). The clouds
show ``created_at`` in whole seconds, so a connection may appear later and still precede another one of the same second.
Therefore a run accepts a connection within a limit one second after it was first listed.
"""

from __future__ import annotations

from .._core import parallel as pool
from .._core.errors import InputError, VpcepError
from .._core.types import Object
from .._schema import accept_policy
from .._schema.fields import ACCEPTED, CONNECTION_DESCRIPTION, PENDING, REJECTED, SERVICE, WAITING
from .._schema.normalize import STAMP_SECONDS, UnusableAnswer, fits, observed, require_members
from .._schema.validation import check_counts, check_ids, check_one, wait_timeout
from .connection_requests import (
    GONE,
    LOST,
    ConnectionRequests,
    Connections,
    check_service,
    decide,
    says_lost,
    service_of,
)
from .runtime import Runtime
from .waiting import poll

FILTERABLE = ("accepted", "pendingAcceptance", "rejected", "failed")  # statuses by which the API can filter


class PolicyRequests(ConnectionRequests):
    """Applies an accept policy to the connections of one service."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        super().__init__(options, runtime)
        self.rules: list[accept_policy.Rule] = []
        self.seen: Connections = {}  # what the last list showed
        self.first: frozenset[str] | None = None  # the IDs in the first list
        self.since: dict[str, float] = {}  # when each was listed first, in seconds
        self.sent: dict[str, tuple[str, str]] = {}  # statuses before and after each decision of this run

    def carry_out(self) -> Object:
        """Decides and reports. Raises the error of a connection after the others are decided."""
        self.service_id = service_of(self.options, self.runtime)
        if not self.service_id:  # in check mode the service may not exist yet
            return self.outcome()
        policy, tags = self.options["policy"], {}
        for text in accept_policy.without_effect(policy):
            self.runtime.warn(text)
        if accept_policy.needs_tags(policy):
            tags = observed("tags", SERVICE["tags"], self.api.get_service(self.service_id))
        self.rules = accept_policy.rules_for(policy, tags)
        if self.runtime.check_mode:
            self.read()
            self.sent = {key: (self.seen[key]["status"], str(one.status)) for key, one in self.undecided().items()}
        else:
            what = f"a connection of endpoint service {self.service_id}"
            poll(self.runtime, what, self.decide_ready, lambda _: not self.unfinished(), is_owner=True)
            self.check_statuses()
        for text in accept_policy.exceeded(self.rules, self.seen.values()):
            self.runtime.warn(text)
        self.raise_problems()
        return self.outcome()

    def read(self) -> None:
        """Reads all connections. Raises UnusableAnswer for a missing member, or for an incomplete list and a limit."""
        found = self.api.list_connections(self.service_id)
        require_members(found, "id", "status")
        limited = any(rule.limit is not None for rule in self.rules)
        if limited and not found.is_whole:
            raise UnusableAnswer(
                f"The cloud does not list all connections of endpoint service {self.service_id}, so a limit may "
                "already be reached. No further connection was accepted. Run the task again."
            )
        deciding = (*WAITING, ACCEPTED) if limited else WAITING
        require_members([one for one in found if one["status"] in deciding], "domain_id")
        self.seen = {one["id"]: one for one in found}
        self.first = frozenset(self.seen) if self.first is None else self.first
        for key in self.seen:
            self.since.setdefault(key, self.runtime.clock())

    def undecided(self) -> dict[str, accept_policy.Decision]:
        """The decisions that are left to do, oldest connection first."""
        found = accept_policy.decisions(self.rules, self.seen.values())
        return {key: one for key, one in found.items() if one.status and self.may_decide(key)}

    def may_decide(self, key: str) -> bool:
        """Whether this run decides about a connection: now, or once the endpoint is created."""
        if key in self.sent or key in self.reported:
            return False
        if self.seen[key]["status"] == PENDING or self.options.get("wait") is not False:
            return True
        self.runtime.warn(f"Endpoint {key} is still being created and was not changed: run the task again.")
        return False

    def decide_ready(self) -> Object:
        """Decides all that is ready. Returns the statuses that the task waits for."""
        self.read()
        while ready := self.ready():
            failed = pool.run_parallel(
                ready, lambda key: decide(self.api, self.service_id, key, ready[key]), self.runtime.interrupt
            )
            for key, error in failed.items():
                self.reported.add(key)
                self.problems += [] if says_lost(error) else [error]
            for key in ready.keys() - failed.keys():
                self.sent[key] = (self.seen[key]["status"], ready[key])
            self.read()
        return {"status": ", ".join(sorted({str(self.seen[key]["status"]) for key in self.unfinished()}))}

    def ready(self) -> dict[str, str]:
        """The connections that can be decided now -> new status. Within a limit only the oldest one of each account."""
        found: dict[str, str] = {}
        accounts: set[str] = set()
        for key, one in self.undecided().items():
            account = accept_policy.account_of(self.seen[key]["domain_id"])
            if one.limited and account in accounts:
                continue
            accounts |= {account} if one.limited else set()
            is_certain = not one.limited or self.runtime.clock() >= self.since[key] + STAMP_SECONDS
            if is_certain and self.seen[key]["status"] == PENDING:
                found[key] = str(one.status)
        return found

    def unfinished(self) -> list[str]:
        """The connections that the task waits for. Those that appear after its first list are left to other runs."""
        under_way = [key for key in self.sent if self.seen.get(key, {}).get("status") in WAITING]
        return [key for key in self.undecided() if key in (self.first or ())] + (under_way if self.waits() else [])

    def check_statuses(self) -> None:
        """A decision that leads elsewhere is a problem, unless the endpoint failed or is gone."""
        for key, (_before, wanted) in self.sent.items():
            status = self.seen.get(key, {"status": GONE})["status"]
            if status not in (wanted, *WAITING, *LOST):
                self.problems.append(
                    VpcepError(f"Endpoint {key} is {status} after it was {wanted}: another run or user also decided.")
                )

    def outcome(self) -> Object:
        found = accept_policy.decisions(self.rules, self.seen.values())
        after = {key: {**one, "decided_by": found[key].decided_by} for key, one in self.seen.items()}
        if self.runtime.check_mode:
            after.update({key: {**after[key], "status": status} for key, (_before, status) in self.sent.items()})
        statuses = {key: self.sent[key] for key in sorted(self.sent)}
        return {
            "changed": bool(self.sent),
            "connections": list(after.values()),
            "diff": {
                "before": {"connections": {key: {"status": before} for key, (before, _after) in statuses.items()}},
                "after": {"connections": {key: {"status": status} for key, (_before, status) in statuses.items()}},
            },
        }


def decide_connections(options: Object, runtime: Runtime) -> Object:
    """Accepts or rejects endpoints of a service. Raises VpcepError, also if only some endpoints failed."""
    runtime.start(wait_timeout(options))
    check_service(options, runtime)
    check_one("description", CONNECTION_DESCRIPTION, runtime.cloud, options.get("description"))
    if options.get("policy") is not None:
        if options.get("state") == REJECTED:
            raise InputError("state: the policy decides which connections are rejected; leave state out.")
        accept_policy.check_policy(options["policy"], runtime.cloud)
        return PolicyRequests(options, runtime).carry_out()
    if runtime.check_mode:  # endpoints that an earlier task would create have empty IDs
        options = dict(options, endpoints=options.get("endpoints") and [key for key in options["endpoints"] if key])
    check_ids(options, ("endpoints", "domain_ids"))
    if options.get("endpoints") is None and options.get("domain_ids") is None and not options.get("pending"):
        raise InputError("Say which connections are meant: give endpoints, domain_ids, or pending as true.")
    return ConnectionRequests(options, runtime).carry_out()


def find_connections(options: Object, runtime: Runtime) -> Object:
    """The connections of a service that match all filters. Raises VpcepError."""
    check_service(options, runtime)
    check_ids(options, ("id",))
    check_counts(options, ("marker_id",))
    statuses = options.get("status") or []
    service_id = service_of(options, runtime)
    filters = {
        "id": options.get("id"),
        "marker_id": options.get("marker_id"),
        "status": statuses[0] if len(statuses) == 1 and statuses[0] in FILTERABLE else None,
    }
    found = runtime.api.list_connections(service_id, **filters) if service_id else []
    chosen = [
        item
        for item in found
        if fits(statuses, item.get("status")) and fits(options.get("domain_ids"), item.get("domain_id"))
    ]
    return {"changed": False, "connections": chosen}
