"""The services and endpoints of a project as variables of the role connect_vpcs: what vpcep_export_info does.

Reads the lists of both, the whitelist of each service, and a summary of each service of other accounts in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .._core import parallel as pool
from .._core.errors import ApiError, NotFound, VpcepError
from .._core.texts import one_line
from .._core.types import Object, objects_in
from .._schema.fields import (
    BLOCKING,
    BOTH,
    DELETING,
    ENDPOINT,
    ENDPOINT_SETTLED,
    OPTION_NAMES,
    PROTOCOLS,
    SERVICE,
    SERVICE_READY,
    UNKNOWN,
    Field,
    fields_of,
)
from .._schema.kinds import tag_list
from .._schema.normalize import (
    UnusableAnswer,
    address_of,
    detailed,
    has,
    id_in,
    is_gateway,
    name_of,
    normalize,
    observed,
    same,
)
from .._schema.validation import check_ids, problems_of
from .effect import asks_for_nothing, without_their_switch
from .names import NetworkNames
from .runtime import Runtime
from .service_lookup import read_each

FLEET = 20  # endpoints; a connection with more is a fleet
SERVICE_NEEDS = ("port_id", "vpc_id", "server_type", "service_name")  # one GET for a service whose list lacks them
SAME_NAME = (
    "Several services have this name or backend, so the definition contains the ID.",
    "give each of these services a name of its own",
)
SAME_PLACE = (
    "Several endpoints of the service have this VPC and subnet, so the entry contains the ID.",
    "tell interface endpoints apart by their addresses (port_ip)",
)
Table = Mapping[str, Field]


class Definition(NamedTuple):
    """A service or endpoint as options of the role."""

    values: Object  # the options
    remarks: list[str]  # sentences about settings that options cannot express

    def pinned(self, object_id: str, reason: str, remedy: str) -> Definition:
        """The same with the option id, for an object that cannot be found by its other options."""
        remark = f"{object_id}: {reason} To create it again, remove the ID, and {remedy}."
        return Definition({"id": object_id, **self.values}, [*self.remarks, remark])


def define(table: Table, cloud: str, shown: Object, left_out: tuple[str, ...] = ()) -> Definition:
    """The options for the settings of *shown*, an object of the API, that are not defaults.

    left_out: fields to ignore. Raises :class:`UnusableAnswer` if a required field is missing or a value has the wrong
    type.
    """
    found: Object = {}
    remarks = []
    fields = fields_of(table, cloud, shown.get("service_type"))
    for name, field in fields.items():
        if name in left_out:
            continue
        value = observed(name, field, shown)
        if value is UNKNOWN and field.required:
            raise UnusableAnswer(f"the cloud does not show its {name}")
        if value is not UNKNOWN and (field.required or not is_default(field, value)):
            found[name] = value
    switches = {other for name in found for other in table[name].effective_with or ()}
    seen = {name: observed(name, table[name], shown) for name in switches}
    for name, reason in without_their_switch(table, cloud, found, seen).items():
        del found[name]
        remarks.append(f"{shown.get('id')}: {name} is left out: it {reason}.")
    values: Object = {}
    for name, value in found.items():
        option = OPTION_NAMES.get(name, name)
        values[option], texts = accepted(option, table[name], cloud, value)
        if texts and (table[name].required or name != "tags"):
            del values[option]
            if table[name].required:
                raise UnusableAnswer("; ".join(texts))
        remarks += [f"{shown.get('id')}: left out, since no option describes it: {one_line(text)}" for text in texts]
        if texts and name == "tags":
            values["purge_tags"] = False
    for port in values.get("ports", ()):
        if port["protocol"] == PROTOCOLS[0]:
            del port["protocol"]
    first = {"name": values["name"]} if "name" in values else {}
    return Definition({**first, **values}, remarks)


def is_default(field: Field, value: Any) -> bool:
    """Whether the cloud sets a normalized *value* if the option is not set."""
    if field.assigned is UNKNOWN or asks_for_nothing(field, value):
        return True
    return field.assigned is not None and bool(value == normalize(field.kind, field.assigned))


def accepted(option: str, field: Field, cloud: str, value: Any) -> tuple[Any, list[str]]:
    """The part of a value that is valid for the option, and the problems of the rest."""
    if field.kind != "tags":
        return value, problems_of(option, field, cloud, value)
    texts = {key: problems_of(option, field, cloud, {key: value[key]}) for key in sorted(value)}
    return {key: value[key] for key in texts if not texts[key]}, [text for key in texts for text in texts[key]]


def unset_differences(table: Table, shown: Object, given: Object) -> Iterator[tuple[str, Any, Any]]:
    """Options that a definition does not set and that differ from their defaults: option, default, present value.

    shown: the object as in results; given: the options of the definition. Options without a known default are not
    compared.
    """
    found: Object = {}
    with suppress(UnusableAnswer, ValueError):  # what cannot be read is not compared
        answer = {**shown, "tags": tag_list(normalize("tags", shown.get("tags") or {}))}
        for cloud in BOTH:  # each has fields and values that the other one does not have
            found.update(define(table, cloud, answer, left_out=("endpoint_service_id",)).values)
    for name, field in table.items():
        option = OPTION_NAMES.get(name, name)
        default = field.assigned if field.default is None else field.default
        if option in found and not {name, option} & {*given} and default is not None and default is not UNKNOWN:
            yield option, default, found[option]


def export_project(options: Object, runtime: Runtime) -> Object:
    """Connections and fleets of the project, and what cannot be expressed. Raises VpcepError."""
    check_ids(options, ("known_services", "services", "endpoints"))
    return Export(options, runtime).result()


Entries = dict[str, Definition]
"""Endpoints as entries of vpcep_endpoints, by ID."""


class Export:
    """One export. not_exported: objects that are in no variables, with the reason."""

    def __init__(self, options: Object, runtime: Runtime) -> None:
        self.options = options
        self.runtime = runtime
        self.api = runtime.api
        self.not_exported: list[Object] = []
        self.services = [one for one in self.api.list_services() if self.is_present("service", one)]
        self.endpoints = [one for one in self.api.list_endpoints() if self.is_present("endpoint", one)]
        self.known = {one["id"] for one in self.services} | set(options.get("known_services") or [])
        self.names = self.network_names() if options.get("names") else None
        self.likely: set[str] = set()  # services that seem to be the cloud's own
        self.public = self.public_names()
        self.records: dict[str, list[str]] = {}  # of each service; those that may not be read are missing
        self.places = Counter(place_of(one)[:3] for one in self.endpoints)
        self.addresses = Counter(map(place_of, self.endpoints))
        # An endpoint that does not show where it is may be in any place.
        self.unclear = {service_id_of(one) for one in self.endpoints if not is_placed(one)}

    def result(self) -> Object:
        services = self.usable("service", self.services, SERVICE_READY)
        definitions = self.definitions(services)
        users = self.users()
        gone = self.gone({*users} - self.known - self.likely)
        connections = []
        for service_id in [*definitions, *sorted({*users} - {*definitions} - {*self.public} - gone)]:
            connections += self.connections(service_id, definitions.get(service_id), users.get(service_id, []))
        connections += self.cloud_services({one: users[one] for one in self.public if one in users})
        for service_id in gone:
            for one in users[service_id]:
                self.skip("endpoint", one, f"its endpoint service {service_id} does not exist any more")
        here = Counter(service_id_of(one) for one in self.endpoints if one.get("status") in BLOCKING)
        for one in services:
            shown = one.get("connection_count")
            count = shown - here[one["id"]] if isinstance(shown, int) else 0
            if count > 0:
                self.skip("connections", one, f"connected endpoints of other projects: {count}", count=count)
        return {
            "changed": False,
            "connections": [one for one in connections if not is_fleet(one)],
            "fleets": [one for one in connections if is_fleet(one)],
            "not_exported": sorted(self.not_exported, key=lambda one: (one["kind"], one["id"], one["reason"])),
        }

    def is_wanted(self, kind: str, one: Object) -> bool:
        only = self.options.get(f"{kind}s")
        return only is None or one.get("id") in only

    def skip(self, kind: str, one: Object, reason: str, **more: Any) -> None:
        """Notes that an object is not expressed."""
        about = {"id": str(one.get("id") or ""), "name": name_of(one) if kind != "endpoint" else "", "reason": reason}
        self.not_exported.append({"kind": kind, **{key: one_line(text) for key, text in about.items()}, **more})

    def is_present(self, kind: str, one: Object) -> bool:
        """Whether an entry of a list has an ID and is not being deleted: such objects do not count as present."""
        is_present = has(one, "id") and one.get("status") != DELETING
        if not is_present and self.is_wanted(kind, one):
            self.skip(kind, one, "it is being deleted" if has(one, "id") else "the cloud does not show its ID")
        return is_present

    def usable(self, kind: str, found: list[Object], statuses: Collection[str]) -> list[Object]:
        """Those that the task asks for and that are in one of *statuses*."""
        wanted = [one for one in found if self.is_wanted(kind, one)]
        for one in wanted:
            if one.get("status") not in statuses:
                self.skip(kind, one, f"it is in status {one.get('status')}")
        return [one for one in wanted if one.get("status") in statuses]

    def network_names(self) -> NetworkNames | None:
        """The names of VPCs and subnets; None if they may not be listed."""
        try:
            return NetworkNames(self.runtime)
        except VpcepError as error:
            self.refused(error)
            self.skip("names", {}, "VPCs and subnets may not be listed; the variables have their IDs")
            return None

    def defined(self, kind: str, one: Object, make: Callable[[Object], Definition]) -> Definition | None:
        """What *make* returns; None if the object cannot be expressed."""
        try:
            made = make(one)
        except UnusableAnswer as error:
            self.skip(kind, one, str(error))
            return None
        return made._replace(values=self.names.instead(made.values)) if self.names else made

    def refused(self, error: VpcepError) -> bool:
        """Whether a request was refused, without which the export goes on. Raises other errors."""
        if isinstance(error, ApiError) and error.status == 403:
            return True
        raise error

    def definitions(self, services: list[Object]) -> dict[str, Definition]:
        """The definition of each service with its whitelist, in the order of the names."""
        self.records, failed = read_each(self.runtime, "permissions", [one["id"] for one in services])
        for one in services:
            if one["id"] in failed and self.refused(failed[one["id"]]):
                self.skip("whitelist", one, "it may not be read, and stays as it is")
        ordered = sorted(services, key=lambda one: (name_of(one), one["id"]))
        made = {one["id"]: self.defined("service", one, self.service) for one in ordered}
        return {service_id: one for service_id, one in made.items() if one is not None}

    def service(self, listed: Object) -> Definition:
        """The definition of a service. Raises UnusableAnswer."""
        service = detailed(self.api.get_service, listed, *SERVICE_NEEDS) or listed
        made = define(SERVICE, self.runtime.cloud, service)
        if self.records.get(service["id"]):
            made.values["permissions"] = sorted({*self.records[service["id"]]})
        others = [one for one in self.services if one["id"] != service["id"]]
        name = made.values.get("name")
        is_meant = any(name_of(one) == name if name else share_backend(made.values, one) for one in others)
        return made.pinned(service["id"], *SAME_NAME) if is_meant else made

    def users(self) -> dict[str, list[Object]]:
        """The endpoints to be exported by the IDs of their services, in a stable order."""
        found: dict[str, list[Object]] = {}
        usable = self.usable("endpoint", self.endpoints, ENDPOINT_SETTLED)
        for one in sorted(usable, key=lambda one: (*place_of(one), one["id"])):
            if service_id_of(one):
                found.setdefault(service_id_of(one), []).append(one)
            else:
                self.skip("endpoint", one, "the cloud does not show its endpoint service")
        return found

    def public_names(self) -> dict[str, str]:
        """The names of the cloud's own services in use by ID. These names do not end in the ID."""
        shown = {service_id_of(one): str(one.get("endpoint_service_name") or "") for one in self.endpoints}
        foreign = {key: name for key, name in shown.items() if key and key not in self.known}
        self.likely = {key for key, name in foreign.items() if "." in name and not name.endswith(key)}
        if not self.likely:
            return {}
        try:
            listed = self.api.list_public_services()
        except VpcepError as error:
            self.refused(error)
            return {}
        counts = Counter(str(one.get("service_name")) for one in listed)
        named = {one["id"]: str(one.get("service_name")) for one in listed if has(one, "id")}
        self.likely -= {*foreign} - {*named}
        return {key: name for key, name in named.items() if key in self.likely and counts[name] == 1}

    def gone(self, service_ids: Collection[str]) -> set[str]:
        """Those of *service_ids* that do not exist. A service that may not be asked for counts as existing."""
        failed = pool.run_parallel(
            sorted(service_ids), lambda one: self.api.describe_service(id=one), self.runtime.interrupt
        )
        for error in failed.values():
            if not isinstance(error, ApiError) or not error.is_refusal:
                raise error
        return {one for one, error in failed.items() if isinstance(error, NotFound)}

    def connections(self, service_id: str, definition: Definition | None, users: list[Object]) -> list[Object]:
        """The connection to a service. Endpoints that its owner has not accepted are in one of their own."""
        waiting = [one for one in users if service_id in self.known and one["status"] != "accepted"]
        others = [one for one in users if one not in waiting]
        groups = [(self.entries(group), group is waiting) for group in (others, waiting)]
        found = [connection(service_id, definition, *group) for group in groups if group[0]]
        return found or ([connection(service_id, definition, {}, waiting=False)] if definition else [])

    def cloud_services(self, users: dict[str, list[Object]]) -> list[Object]:
        """The connection to the cloud's own services, if there are endpoints of some."""
        made = [(self.public[one], self.entries(users[one])) for one in sorted(users, key=lambda one: self.public[one])]
        listed = [{"name": name, "endpoints": values_of(entries)} for name, entries in made if entries]
        about = connection("", None, {key: one for _name, entries in made for key, one in entries.items()}, False)
        return [{**about, "variables": {"connect_vpcs_cloud_services": listed}}] if listed else []

    def entries(self, endpoints: list[Object]) -> Entries:
        made = {one["id"]: self.defined("endpoint", one, self.endpoint) for one in endpoints}
        return {object_id: one for object_id, one in made.items() if one is not None}

    def endpoint(self, shown: Object) -> Definition:
        """The entry of an endpoint. Raises UnusableAnswer."""
        made = define(ENDPOINT, self.runtime.cloud, shown, left_out=("endpoint_service_id",))
        place = place_of(shown)
        alone = self.places[place[:3]] == 1 or (place[3] and self.addresses[place] == 1)
        if alone and is_placed(shown) and place[0] not in self.unclear:
            return made
        return made.pinned(shown["id"], *SAME_PLACE)


def connection(service_id: str, definition: Definition | None, entries: Entries, waiting: bool) -> Object:
    """One connection of the result. waiting: its endpoints have not been accepted."""
    variables: Object = {"connect_vpcs_service_id": service_id}
    if definition:
        variables = {"connect_vpcs_service": dict(definition.values)}
    if entries:
        variables["connect_vpcs_endpoints"] = values_of(entries)
    if waiting:
        variables["connect_vpcs_accept"] = False
    return {
        "service_id": service_id,
        "name": definition.values.get("name", "") if definition else "",
        "waiting": waiting,
        "variables": variables,
        "endpoint_ids": [*entries],
        "remarks": [text for one in (definition, *entries.values()) if one for text in one.remarks],
    }


def values_of(entries: Entries) -> list[Object]:
    return [one.values for one in entries.values()]


def is_fleet(one: Object) -> bool:
    return len(one["variables"].get("connect_vpcs_endpoints", ())) > FLEET


def service_id_of(endpoint: Object) -> str:
    """The ID of an endpoint's service, also by the service's full name; '' if the endpoint shows neither."""
    return str(endpoint.get("endpoint_service_id") or id_in(endpoint.get("endpoint_service_name")))


def place_of(endpoint: Object) -> tuple[str, str, str, str]:
    """Service, VPC, subnet and address of an endpoint, which identify it. '' for what is not shown."""
    vpc_id, subnet_id = (str(endpoint.get(name) or "").lower() for name in ("vpc_id", "subnet_id"))
    return service_id_of(endpoint), vpc_id, subnet_id, address_of(endpoint) or ""


def is_placed(endpoint: Object) -> bool:
    """Whether an endpoint shows its VPC, and its subnet if it is in one."""
    return has(endpoint, "vpc_id") and (has(endpoint, "subnet_id") or is_gateway(endpoint))


def share_backend(definition: Object, service: Object) -> bool:
    """Whether a service and a definition have a backend port in common. A definition without a name is found by it."""
    taken, wanted = (
        {str(port.get("server_port")) for port in objects_in(one, "ports")} for one in (service, definition)
    )
    return same(service.get("port_id"), definition.get("port_id")) and bool(wanted & taken)
