"""VPCs, subnets, ports and route tables, by ID and by name. Each is read once for a task.

Also the errors for a name that no object or several objects have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from .._api.network import NetworkApi, is_not_published, says_gone
from .._core.errors import ApiError, ConnectionFailed, VpcepError
from .._core.texts import first_few
from .._core.types import Object, grouped, objects_in
from .._schema.names import is_id, range_of
from .._schema.normalize import has, require_members, same
from .diagnosis_objects import place_of
from .runtime import Runtime, once_per_task

PATIENCE = 10.0  # seconds for one call: missing information is better than a long wait
SUGGESTING = 20  # messages about wrong names that suggest others
REFUSALS = (400, 403)  # statuses of a list that is only permitted for one VPC
SHOWN = 10  # objects that a message names
LONGEST = 255  # characters of a name in a message, as many as a name of these services has

ListThem = Callable[["str | None"], "list[Object]"]
"""Lists what a VPC has, or with None a project."""
ReadThem = Callable[[], "list[Object]"]


class Kind(NamedTuple):
    noun: str  # for messages
    right: str  # to list them
    choice: str  # advice if several objects have the name


class Card(NamedTuple):
    """A private IPv4 address of a server's network card."""

    address: str
    vpc_id: str
    port_id: str  # empty if the list does not show it
    primary: bool


ID_OR_VPC = "Give the ID as the name, or vpc if they are in several VPCs."
KINDS = {
    "vpc": Kind("VPC", "vpc:vpcs:list", "Give the ID, in vpc_id."),
    "subnet": Kind(
        "subnet", "vpc:subnets:get", "Give the range instead of the name, or the ID; vpc says in which VPC."
    ),
    "route_table": Kind("route table", "vpc:routeTables:list", "Give the ID."),
    "server": Kind("server", "ecs:cloudServers:list", ID_OR_VPC),
    "load_balancer": Kind("load balancer", "elb:loadbalancers:list", ID_OR_VPC),
    "port": Kind("network port", "vpc:ports:get", "Say in which VPC, with vpc or vpc_id, or give port_id."),
}


class NotNamed(VpcepError):
    """No object has the name, or the caller may not see it: the clouds answer both with an empty list."""


def only(kind: str, name: str, found: list[Object], place: str, existing: Callable[[], list[Object]]) -> Object:
    """The only one of *found*. Raises NotNamed, with names of *existing* objects, or VpcepError if there are several.

    name: the name, ID, range or address that the task gives; place: the VPC or project that was searched.
    """
    found = list({str(one["id"]): one for one in require_members(found, "id")}.values())
    if len(found) == 1:
        return found[0]
    if found:
        what, choice = f"{KINDS[kind].noun}s {called(kind, name)}", KINDS[kind].choice
        ones = first_few([with_marks(one, one["id"]) for one in found])
        raise VpcepError(f"{len(found)} {what} are in {place}: {ones}. {choice}")
    raise NotNamed(none_named(kind, name, place, existing))


def none_named(kind: str, name: str, place: str, existing: Callable[[], list[Object]]) -> str:
    """The message for a name that no object has, with the most similar existing name."""
    from difflib import get_close_matches  # few tasks need it

    noun, right, _choice = KINDS[kind]
    try:
        seen = [one for one in existing() if one.get("name")]
    except ApiError:
        seen = []
    by_name = grouped((str(one["name"]).lower(), one) for one in seen)
    near = get_close_matches(name.lower(), by_name, 1)
    hint = f" Is {str(by_name[near[0]][0]['name'])[:LONGEST]!r} meant?" if near else ""
    if is_id(name) and near:
        hint = f" Is {noun} {by_name[near[0]][0].get('id')} meant, which is named so? Give its ID."
    first = [one for text in get_close_matches(name.lower(), by_name, SHOWN, 0.0) for one in by_name[text]]
    texts = [with_marks(one, str(one["name"])[:LONGEST]) for one in first[:SHOWN]]
    there = f" It has {first_few(texts, SHOWN, len(seen))}." if seen else ""
    also = " or one of another enterprise project" if kind == "load_balancer" else ""
    hidden = f"One that the credentials may not list{also} is not found either (right {right})."
    return f"There is no {noun} {called(kind, name)} in {place}.{hint}{there} {hidden}"


def called(kind: str, name: str) -> str:
    if kind == "port":
        return f"with address {name}"
    return f"with ID {name}" if is_id(name) else f"with range {name}" if range_of(name) else f"named {name!r}"


def with_marks(one: Object, name: str) -> str:
    """An object for a message, with what tells it from others: range, addresses, VPC, whether it is the default one."""
    cards = cards_of(one)
    addresses = one.get("vip_address") or ", ".join(card.address for card in cards)
    vpcs = {str(one["vpc_id"])} if one.get("vpc_id") else {str(card.vpc_id) for card in cards}
    marks = [
        *([f"range {one['cidr']}"] if one.get("cidr") else []),
        *([f"address {addresses}"] if addresses else []),
        *([f"VPC {' and '.join(sorted(vpcs))}"] if vpcs else []),
        *(["the default one"] if one.get("default") is True else []),
        *([f"of {one['device_owner']}"] if one.get("device_owner") else []),
    ]
    return f"{name} ({', '.join(marks)})" if marks else name


def cards_of(server: Object) -> list[Card]:
    """The private IPv4 addresses of a server. An elastic IP is another one of the same port."""
    addresses = server.get("addresses")
    return [
        Card(str(one["addr"]), str(vpc), str(one.get("OS-EXT-IPS:port_id") or ""), one.get("primary") is True)
        for vpc in (addresses if isinstance(addresses, dict) else ())
        for one in objects_in(addresses, vpc)
        if range_of(f"{one.get('addr')}/32") and str(one.get("OS-EXT-IPS:type") or "fixed").lower() == "fixed"
    ]


class Networks:
    """VPCs, subnets, ports and route tables, each read once for a task.

    Each method returns the object, None if the network service says that it does not exist, or the error of the GET.
    After an error no more GETs of this kind are sent, and after a failed connection none at all.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.api = NetworkApi(runtime.session, seconds=PATIENCE)
        self.trouble: dict[str, VpcepError] = {}

    def vpc(self, vpc_id: str) -> Any:
        return self._look("VPC", vpc_id, self.api.get_vpc)

    def subnet(self, subnet_id: str) -> Any:
        return self._look("subnet", subnet_id, self.api.get_subnet)

    def port(self, port_id: str) -> Any:
        return self._look("port", port_id, self.api.get_port)

    def route_tables(self, vpc_id: str) -> list[Object]:
        """Those of a VPC; [] if they cannot be seen."""
        found = self._look("route tables", vpc_id, self.api.list_route_tables)
        return found if isinstance(found, list) else []

    def ports(self, subnet_id: str) -> list[Object]:
        """The ports of a subnet; [] if they cannot be read."""
        found = self._look("ports", subnet_id, lambda one: self.api.list_ports(network_id=one))
        return found if isinstance(found, list) else []

    def _look(self, kind: str, object_id: str, read: Callable[[str], Any]) -> Any:
        return self.runtime.once((kind, object_id.lower()), lambda: self._read(kind, object_id, read))

    def _read(self, kind: str, object_id: str, read: Callable[[str], Any]) -> Any:
        trouble = self.trouble.get("all") or self.trouble.get(kind)
        if trouble is not None:
            return trouble
        try:
            return read(object_id)
        except VpcepError as error:
            if isinstance(error, ApiError) and says_gone(error, object_id):
                return None
            self.trouble["all" if isinstance(error, ConnectionFailed) else kind] = error
            return error


networks = once_per_task(Networks)


class NetworkLists:
    """VPCs, subnets and route tables by name. definitions: all that a task has, so that one list serves them all."""

    def __init__(self, runtime: Runtime, definitions: Sequence[Object]) -> None:
        self.runtime = runtime
        self.network = runtime.network
        self.several = len({str(one.get("vpc") or one.get("vpc_id")).lower() for one in definitions}) > 1
        self.suggested = 0  # how many messages suggested names
        self.refusal: ApiError | None = None  # of a list for one VPC
        runtime.resolved = {} if runtime.resolved is None else runtime.resolved

    def vpc(self, name: str) -> Object:
        """Lists all VPCs: a list has room for 2000, and it is not certain what the filter by name finds."""
        vpcs = self.network.find_vpcs
        found = self.by_member("name", "vpc", "all", vpcs).get(name, [])
        existing = self.read("vpc", "all", vpcs)
        return only("vpc", name, found, place_of(self.runtime.session), lambda: self.to_suggest(existing))

    def subnet(self, text: str, vpc_id: str | None) -> Object:
        """The subnet with an ID, a range or a name, in one VPC or in the project."""
        subnets = self.of_vpc("subnet", self.network.list_subnets, vpc_id)
        wanted = range_of(text)
        if wanted:
            found = [one for one in subnets if range_of(one.get("cidr")) == wanted]
        else:
            found = [one for one in subnets if (same(one.get("id"), text) if is_id(text) else one.get("name") == text)]
        return only("subnet", text, found, self.place(vpc_id), lambda: self.to_suggest(subnets))

    def route_table(self, name: str, vpc_id: str | None) -> Object:
        tables = self.of_vpc("route_table", self.network.list_route_tables, vpc_id)
        found = [one for one in tables if one.get("name") == name]
        return only("route_table", name, found, self.place(vpc_id), lambda: self.to_suggest(tables))

    def to_suggest(self, existing: list[Object]) -> list[Object]:
        """What a message about a wrong name may suggest; nothing after some messages, as comparing names takes time."""
        self.suggested += 1
        return existing if self.suggested <= SUGGESTING else []

    def place(self, vpc_id: str | None) -> str:
        return f"VPC {vpc_id}" if vpc_id else place_of(self.runtime.session)

    def of_vpc(self, kind: str, list_them: ListThem, vpc_id: str | None) -> list[Object]:
        """What a VPC has. All of the project at once for several VPCs, if that list is permitted."""
        if self.several or vpc_id is None:
            everything = partial(self.of_project, list_them, vpc_id)
            if vpc_id is None:
                return self.read(kind, "all", everything)
            found = self.by_member("vpc_id", kind, "all", everything).get(vpc_id.lower())
            if found:
                return found
        return self.read(kind, str(vpc_id).lower(), lambda: self.of_one(list_them, str(vpc_id)))

    def of_project(self, list_them: ListThem, vpc_id: str | None) -> list[Object]:
        try:
            return list_them(None)
        except ApiError as error:
            if error.status not in REFUSALS or vpc_id is None:
                raise
            return []

    def of_one(self, list_them: ListThem, vpc_id: str) -> list[Object]:
        """After a refusal no other VPC is asked for."""
        if self.refusal is not None:
            raise self.refusal
        try:
            listed = list_them(vpc_id.lower())
        except ApiError as error:
            self.refusal = error if error.status == 403 else None
            raise
        return [one for one in listed if not has(one, "vpc_id") or same(one["vpc_id"], vpc_id)]

    def by_member(self, member: str, kind: str, key: str, call: ReadThem) -> dict[str, list[Object]]:
        """The objects of a list by one member. A fleet looks up a thousand names."""

        def sort() -> dict[str, list[Object]]:
            found = [one for one in self.read(kind, key, call) if has(one, member)]
            return grouped((one[member].lower() if member == "vpc_id" else one[member], one) for one in found)

        return self.runtime.once(("named by", kind, key), sort)

    def read(self, kind: str, key: str, call: ReadThem) -> list[Object]:
        """A list, read once for a task. If a region does not list such objects, the error says that IDs are needed."""

        def refused() -> list[Object]:
            try:
                return call()
            except ApiError as error:
                if is_not_published(error):
                    noun = KINDS[kind].noun
                    error.hint = (
                        f"This region does not list {noun}s, so that none is found by its name: give the ID. Or the "
                        "service has another address: see network_url."
                    )
                raise

        return self.runtime.once(("named", kind, key), refused)
