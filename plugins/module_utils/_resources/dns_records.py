"""The option ``dns_name`` of an endpoint: an A record in a private zone of the endpoint's VPC.

The description of a record names the endpoint for which it was created. Other records are not changed or deleted,
unless ``replace_dns_record`` allows that. A record is created after its endpoint is accepted and deleted before its
endpoint: an interrupted run leaves no record without an endpoint.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from .._core.errors import ApiError, NotFound, OutcomeUnknown, VpcepError, telling
from .._core.types import Object
from .._schema.dns import MARK, fqdn, holds, owner, shown, values
from .._schema.fields import ACCEPTED, DELETING
from .._schema.normalize import require_members
from . import dns_zones as dns
from .resource import Resource
from .waiting import FIRST_INTERVAL, Flow

Found = tuple[Object, Object]
"""A zone and one of its record sets."""
ListRecords = Callable[[Object], "list[Object]"]


class DnsRecord:
    """The record of an endpoint, from the options of a task.

    name: None if the task only deletes records that were created for the endpoint.
    """

    def __init__(self, endpoint: Resource, name: str | None) -> None:
        zone = endpoint.options.get("dns_zone")
        self.resource = endpoint
        self.runtime = endpoint.runtime
        self.is_absent = endpoint.options.get("state") == "absent"
        self.waits = endpoint.waits()
        self.has_name = name is not None
        self.name = fqdn(name)
        self.zone_name = None if zone is None else fqdn(zone)
        self.before: Found | None = None
        self.after: Found | None = None  # in check mode, as it would be
        self.removed: list[Found] = []  # in check mode, those that would be deleted
        self.note = ""

    @property
    def zones(self) -> dns.Zones:
        return dns.zones_of(self.runtime)

    # The flow of the endpoint, and then the record

    def follow(self, flow: Flow[Object]) -> Flow[Object]:
        """Reconciles the endpoint, and then its record. Returns the report on both."""
        report = yield from flow
        endpoint = report[self.resource.returned]
        if self.is_absent:
            yield from self.finish_deletion(endpoint)
            return self.report(report)
        done = f"Endpoint {endpoint.get('id')} was made or changed before: run the task again."
        with telling(done if report["changed"] and not self.runtime.check_mode else ""):
            yield from self.ensure(endpoint, report["action"] in ("create", "replace"))
        return self.report(report)

    def report(self, report: Object) -> Object:
        """The report on an endpoint with that on its record."""
        before = self.before or (self.removed[0] if self.removed else None)
        about = {"name": shown(self.name)} if self.has_name else {}
        found = self.after or before
        record = {**about, **(result(found) if found else {})}
        diff = {"before": dict(report["diff"]["before"]), "after": dict(report["diff"]["after"])}
        for side, one in (("before", before), ("after", self.after)):
            if one:
                diff[side]["dns_record"] = {name: result(one)[name] for name in ("name", "zone_name", "value")}
        changed = bool(self.removed) or self.after is not self.before
        action = "change" if changed and not report["changed"] else report["action"]
        record.update({"note": self.note} if self.note else {})
        return {**report, "changed": report["changed"] or changed, "action": action, "diff": diff, "dns_record": record}

    def check_new(self) -> None:
        """Checks zone and name before an endpoint is created or replaced. Raises VpcepError; sends only GETs."""
        wanted = self.resource.desired
        zone = self.zone_of(wanted["vpc_id"]) if "vpc_id" in wanted else None  # a VPC to come has no zone
        if zone:
            self.check_records(zone, {"ip": wanted.get("port_ip"), "id": ""})

    def check_records(self, zone: Object, endpoint: Object) -> None:
        """Raises VpcepError if a zone has a record of the name that may not be changed."""
        current = self.current(self.records(zone))
        if current and dns.status_of(current) != "PENDING_DELETE":
            self.check_owner(zone, current, endpoint)

    def zone_of(self, vpc_id: str) -> Object | None:
        """The zone; None if it must be created. Raises VpcepError if ``create_dns_zone`` does not allow that."""
        zone = dns.choose(self.zones.of_vpc(vpc_id), self.name, self.zone_name)
        if zone is None and not self.resource.options.get("create_dns_zone"):
            raise dns.no_zone(self.zones.all(), self.name, self.zone_name, vpc_id)
        if zone is None and "." not in shown(self.new_zone):
            self.runtime.warn(
                f"The VPC resolves no other names that end with .{shown(self.new_zone)}, such as those of the "
                "internet, once it has a private zone of that name. dns_zone chooses a longer one."
            )
        return zone

    def place(self, matches: list[Object]) -> tuple[str, str]:
        """Zone and name of the record. matches: the endpoints that match the options. Raises VpcepError."""
        vpc_id = str(self.resource.desired.get("vpc_id") or (matches or [{}])[0].get("vpc_id"))
        zone = dns.choose(self.zones.of_vpc(vpc_id), self.name, self.zone_name)
        return (str(zone["id"]) if zone else f"{self.new_zone} of {vpc_id}", self.name)

    @property
    def new_zone(self) -> str:
        return self.zone_name or self.name.partition(".")[2]

    def ensure(self, endpoint: Object, is_new: bool) -> Flow[None]:
        """Creates or changes the record of an accepted endpoint."""
        if endpoint.get("status") != ACCEPTED or not (endpoint.get("ip") or self.runtime.check_mode):
            self.note = f"The record is made once the endpoint is accepted. It is {endpoint.get('status')}."
            if endpoint.get("status") == ACCEPTED:
                self.note = "The record is made once the endpoint has an address. Run the task again."
                self.runtime.warn(f"dns_name {shown(self.name)}: {self.note}")
            return
        vpc_id = endpoint.get("vpc_id") or self.resource.desired.get("vpc_id") or ""
        zone = self.zone_of(vpc_id) if vpc_id or not self.runtime.check_mode else None
        records = self.records(zone) if zone else []
        if self.runtime.check_mode:
            self.predict(zone or {"id": "", "name": self.new_zone}, records, endpoint)
            return
        if zone is None:
            # A record in a zone of other VPCs would also apply to this one.
            zone = self.zones.make(self.new_zone, vpc_id, lambda shared: self.check_records(shared, endpoint))
        if dns.is_zone_pending(zone, vpc_id) and not self.is_right(self.current(records), endpoint) and self.waits:
            zone = yield self.zones.until_ready(zone, vpc_id)
        yield from self.write(zone, records, endpoint, is_new)

    def predict(self, zone: Object, records: list[Object], endpoint: Object) -> None:
        """Sets the predicted record, in check mode."""
        current = self.current(records)
        if current:
            self.before = self.after = (zone, current)
            self.check_owner(zone, current, endpoint)
        is_right = self.is_right(current, endpoint)
        if not is_right:
            self.after = (zone, {"id": (current or {}).get("id", ""), **self.body(endpoint)})
        mine = {*self.resource.replaced, endpoint.get("id") or ""} - {""}
        if mine and (self.resource.replaced or not is_right):
            vpc_id = str(endpoint.get("vpc_id") or self.resource.desired.get("vpc_id"))
            self.removed = [one for one in self.made_for(mine, vpc_id) if not current or one[1]["id"] != current["id"]]

    def write(self, zone: Object, records: list[Object], endpoint: Object, is_new: bool) -> Flow[None]:
        for attempt in range(1, dns.TRIES + 1):
            current = self.current(records)
            if current and dns.is_pending(current):
                current = yield from self.settled(zone, current)
            self.after = (zone, current) if current else None
            self.before = self.after if attempt == 1 else self.before
            if current:
                self.check_owner(zone, current, endpoint)
            if self.is_right(current, endpoint):
                return
            if not is_new:  # a record of another name, or in another zone
                own = [found for found in self.own(endpoint) if not current or found[1]["id"] != current["id"]]
                yield from self.delete(own)
            try:
                made = self.send(zone, current, endpoint)
            except ApiError as error:
                is_late = isinstance(error, (NotFound, OutcomeUnknown)) or dns.is_code(error, dns.RECORD_EXISTS)
                if attempt == dns.TRIES or not is_late:
                    raise
                self.runtime.sleep(FIRST_INTERVAL)  # lists may be late
                records = self.zones.api.list_record_sets(zone["id"], shown(self.name))
                continue
            if self.waits and dns.is_pending(made):
                made = {**made, **(yield self.until(dns.Ready, zone, made))}
            self.after = (zone, made)
            return

    def send(self, zone: Object, current: Object | None, endpoint: Object) -> Object:
        """Creates or changes the record; keeps its TTL."""
        zones, body = self.zones, self.body(endpoint)
        if current is None:
            made = zones.send(lambda: zones.api.create_record_set(zone["id"], body))
            return {**body, **require_members([made], "id")[0]}
        if current.get("ttl"):
            body["ttl"] = current["ttl"]
        changed = zones.send(lambda: zones.api.update_record_set(zone["id"], current["id"], body))
        return {**current, **body, **changed}

    def body(self, endpoint: Object) -> Object:
        mark = MARK + str(endpoint.get("id"))
        return {"name": self.name, "type": "A", "records": [endpoint.get("ip") or ""], "description": mark}

    def records(self, zone: Object) -> list[Object]:
        """The record sets of the name, as read once for the task."""
        return self.zones.records(zone["id"], shown(self.name))

    def current(self, records: list[Object]) -> Object | None:
        """The record of the name. Raises VpcepError if there are several, or one that excludes another."""
        removed = [one["id"] for _zone, one in self.removed]
        named = [one for one in records if fqdn(one.get("name")) == self.name and one.get("type") in ("A", "CNAME")]
        named = [one for one in require_members(named, "id") if one["id"] not in removed]
        if len(named) > 1 or any(one["type"] == "CNAME" for one in named):
            several = ", ".join(f"{one['type']} {one['id']}" for one in named)
            raise VpcepError(
                f"dns_name {shown(self.name)} has other records: {several}. Delete them, or use another name."
            )
        return named[0] if named else None

    def settled(self, zone: Object, current: Object) -> Flow[Object | None]:
        """Waits for the end of a change. Returns the record, None if it is deleted."""
        if dns.status_of(current) == "PENDING_DELETE":
            yield self.until(dns.Deleted, zone, current)
            return None
        return (yield self.until(dns.Ready, zone, current)) if self.waits else current

    def until(self, wait: type[dns.Ready], zone: Object, record: Object) -> dns.Ready:
        def read() -> Object:
            name = shown(record.get("name") or self.name)
            for one in self.zones.api.list_record_sets(zone["id"], name):
                if one.get("id") == record["id"]:
                    return one
            raise NotFound(f"There is no record set {record['id']}.", operation="list record sets", status=404)

        return wait("Record set", str(record["id"]), read)

    # The endpoint of a record

    def is_right(self, current: Object | None, endpoint: Object) -> bool:
        """Whether a record exists and needs no change: it has the address, and was not created for another endpoint."""
        if current is None or values(current) != [endpoint.get("ip")] or dns.status_of(current) == "ERROR":
            return False
        return owner(current) in (None, endpoint.get("id"))

    def check_owner(self, zone: Object, current: Object, endpoint: Object) -> None:
        """Raises VpcepError if a record may not be changed."""
        made_for = owner(current)
        if self.is_right(current, endpoint) or made_for == endpoint.get("id"):
            return
        if self.resource.options.get("replace_dns_record") or (made_for and self.is_gone(made_for)):
            return
        what = f"dns_name {shown(self.name)}: zone {shown(zone.get('name'))} ({zone.get('id')}) has a record"
        value = ", ".join(values(current)) or "nothing"
        if made_for:
            raise VpcepError(
                f"{what} of endpoint {made_for} with the value {value}. One record cannot point to two endpoints: "
                "give each endpoint another name, or each VPC a zone of its own. To take the record over, set "
                "replace_dns_record to true."
            )
        raise VpcepError(
            f"{what} with the value {value}, which was not made for this endpoint. Use another name, or set "
            "replace_dns_record to true to change the record."
        )

    def is_gone(self, endpoint_id: str) -> bool:
        if endpoint_id in self.resource.replaced:
            return True
        try:
            return bool(self.resource.get(endpoint_id).get("status") == DELETING)
        except NotFound:
            return True

    def own(self, endpoint: Object) -> list[Found]:
        """The records that were created for an endpoint. Raises VpcepError if the right to list them may be missing."""
        vpc_id = str(endpoint.get("vpc_id") or self.resource.desired.get("vpc_id")).lower()
        if not self.zones.all() and endpoint.get("ip"):
            self.check_right(endpoint["id"], vpc_id)
        return self.made_for({endpoint["id"]}, vpc_id)

    def made_for(self, endpoint_ids: set[str], vpc_id: str) -> list[Found]:
        """The records in the zones of a VPC that were created for one of these endpoints."""
        found = [(zone, one) for zone in self.zones.of_vpc(vpc_id) for one in self.listed(zone)]
        return [(zone, one) for zone, one in found if owner(one) in endpoint_ids]

    def check_right(self, endpoint_id: str, vpc_id: str) -> None:
        """Raises VpcepError unless it is certain that a VPC has no zone, although none can be listed.

        The cloud refuses to create a zone that the VPC has.
        """
        if self.is_absent:
            raise VpcepError(
                f"Endpoint {endpoint_id} was not deleted, since its record was not found: no private zone of this "
                f"project can be seen. Either {dns.NOT_SEEN}. Leave out dns_name if the endpoint has no record."
            )
        if vpc_id == self.resource.desired.get("vpc_id", "").lower():
            self.zones.make(self.new_zone, vpc_id, lambda zone: self.check_records(zone, {"id": endpoint_id}))

    def listed(self, zone: Object) -> list[Object]:
        """The record sets of a zone, except those that are being deleted."""
        found = self.zones.records(zone["id"])
        if not found and zone.get("record_num"):
            raise VpcepError(
                f"None of the {zone['record_num']} record sets of private zone {shown(zone['name'])} can be seen: the "
                "credentials may not list them (right dns:recordset:list)."
            )
        return [one for one in found if dns.status_of(one) != "PENDING_DELETE"]

    def finish_deletion(self, endpoint: Object) -> Flow[None]:
        """Deletes remaining records of an endpoint that was deleted. In check mode, finds the records to delete."""
        if endpoint and self.runtime.check_mode:
            yield from self.remove(endpoint)
        elif not endpoint and self.has_name:
            if not self.zones.all():
                self.runtime.warn(
                    f"No record of {shown(self.name)} was found, as no private zone can be seen: {dns.NOT_SEEN}."
                )
            yield from self.delete(self.left_over(self.resource.desired.get("vpc_id"), self.records))

    def remove(self, endpoint: Object) -> Flow[None]:
        """Before an endpoint is deleted: deletes its records, and records of the name whose endpoint does not exist."""
        more = self.left_over(str(endpoint.get("vpc_id")), self.listed, endpoint["id"]) if self.has_name else []
        yield from self.delete(self.own(endpoint) + more)

    def left_over(self, vpc_id: str | None, list_them: ListRecords, alive: str = "") -> list[Found]:
        """Records of the name whose endpoint does not exist: a run was interrupted, or another tool deleted it.

        alive: an endpoint that exists.
        """
        endpoint_id = self.resource.options.get("id")
        zones = self.zones.of_vpc(vpc_id or "") if vpc_id or not endpoint_id else self.zones.all()
        zones = require_members([zone for zone in zones if holds(zone, self.name)], "id")
        return [
            (zone, one)
            for zone in zones
            for one in list_them(zone)
            if fqdn(one.get("name")) == self.name and dns.status_of(one) != "PENDING_DELETE"
            if (made_for := owner(one)) not in (None, alive) and endpoint_id in (None, made_for)
            if self.is_gone(str(made_for))
        ]

    def delete(self, found: list[Found]) -> Flow[None]:
        """Deletes records, or in check mode only notes them."""
        for zone, one in found:
            self.removed.append((zone, one))
            if self.runtime.check_mode:
                continue
            with suppress(NotFound):
                self.zones.send(partial(self.zones.api.delete_record_set, zone["id"], one["id"]))
                if self.waits:
                    yield self.until(dns.Deleted, zone, one)


def result(found: Found) -> Object:
    zone, record = found
    return {
        "name": shown(record.get("name")),
        "value": ", ".join(values(record)),
        "zone_name": shown(zone.get("name")),
        "zone_id": str(zone.get("id")),
        "id": str(record.get("id")),
    }
