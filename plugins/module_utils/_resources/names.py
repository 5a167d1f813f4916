"""Looks up what options name: VPCs, subnets, route tables and backends. Options with names become options with IDs.

Names are compared exactly, after the services' own filters, over all pages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from .._api.network import NetworkApi
from .._auth.session import Session
from .._core.errors import InputError, VpcepError
from .._core.option_types import TEXT, WrongType
from .._core.parallel import WORKERS, run_parallel
from .._core.types import Object
from .._schema.names import (
    ABOUT_SERVERS,
    BACKENDS,
    ID_OPTIONS,
    NAMES,
    TO_COME,
    check_names,
    foreign_servers,
    is_id,
    kind_of_backend,
    named_tables,
    names_in,
)
from .._schema.normalize import has
from .backends import Backends
from .networks import PATIENCE, NetworkLists, NotNamed
from .runtime import Runtime


def with_ids(options: Object, runtime: Runtime) -> Object:
    """The options with IDs instead of names, and ``resolved``; options without names are returned as they are.

    Raises InputError before the first request, and VpcepError for a name that matches no object or several.
    """
    if not names_in(options):
        return options
    check_names(options)
    runtime.with_ids = resolve(NetworkLists(runtime, [options]), options)
    return runtime.with_ids


def look_up_all(
    definitions: Sequence[Object], runtime: Runtime, workers: int = WORKERS
) -> tuple[list[Object], dict[int, VpcepError]]:
    """As with_ids(), for many definitions with shared lists. Also returns the errors, by the definition's index."""
    lists = NetworkLists(runtime, definitions)
    found = list(definitions)

    def attempt(place: int) -> None:
        found[place] = resolve(lists, definitions[place])

    return found, run_parallel(range(len(definitions)), attempt, runtime.interrupt, workers)


def resolve(lists: NetworkLists, given: Object) -> Object:
    """One definition with IDs. An unknown name is an error, but TO_COME in check mode and with state absent."""
    if given.get("state") == "absent" and (given.get("id") or given.get("name")):
        # These options identify the object.
        return {**given, **dict.fromkeys((*NAMES, "routetables")), "resolved": []}
    look = Look(lists, given)
    return {**given, **look.ids(), "resolved": look.resolved, "not_named": look.missing}


class Look:
    """The look-ups of one definition. resolved: the objects that were found; missing: messages about unknown names."""

    def __init__(self, lists: NetworkLists, given: Object) -> None:
        self.lists = lists
        self.given = given
        self.resolved: list[Object] = []
        self.missing: list[str] = []

    def ids(self) -> Object:
        """The options with IDs."""
        given = self.given
        found: Object = {}
        for kind, option in ID_OPTIONS.items():
            if given.get(kind) is not None:
                found[option] = self.id_of(kind, given[kind], found.get("vpc_id", given.get("vpc_id")))
        if named_tables(given):
            found.update(self.route_tables(found.get("vpc_id", given.get("vpc_id"))))
        if given.get("backend") is not None:
            found.update(self.backend(found.get("vpc_id", given.get("vpc_id"))))
        return found

    def id_of(self, kind: str, name: str, vpc_id: Any) -> str:
        if is_id(name):
            return name.lower()
        if kind == "vpc":
            return self.found(kind, name, lambda: self.lists.vpc(name))
        return TO_COME if vpc_id is TO_COME else self.found(kind, name, lambda: self.lists.subnet(name, vpc_id))

    def found(self, kind: str, name: str, look: Callable[[], Object]) -> str:
        one = self.attempt(look)
        if one is None:
            return TO_COME
        if self.given.get("dns_name") and foreign_servers(one):
            servers = ", ".join(foreign_servers(one))
            self.lists.runtime.warn(f"dns_name: a subnet has the name servers {servers}. {ABOUT_SERVERS}")
        self.note({"kind": kind, "name": name, "id": one["id"]})
        return str(one["id"])

    def route_tables(self, vpc_id: Any) -> Object:
        """The IDs, or None if one of the tables does not exist yet: TO_COME cannot be part of a list."""
        if vpc_id is TO_COME:
            return {"routetables": None}
        ids = [
            one.lower() if is_id(one) else self.found("route_table", one, partial(self.lists.route_table, one, vpc_id))
            for one in self.given["routetables"]
        ]
        return {"routetables": None if TO_COME in ids else ids}

    def backend(self, vpc_id: Any) -> Object:
        backend, server_type = self.given["backend"], self.given.get("server_type")
        found = None if vpc_id is TO_COME else self.attempt(lambda: Backends(self.lists).find(backend, vpc_id))
        if found is None:
            server_type = server_type or BACKENDS[kind_of_backend(backend)][0]
            return {"port_id": TO_COME, "vpc_id": TO_COME if vpc_id is None else vpc_id, "server_type": server_type}
        ids = {"port_id": found.port_id, "vpc_id": found.vpc_id}
        self.note({**found.about, **ids})
        return {**ids, "server_type": server_type or found.server_type}

    def note(self, found: Object) -> None:
        """Keeps what was found, also for the result of a task that fails."""
        self.resolved.append(found)
        if self.lists.runtime.resolved is not None:
            self.lists.runtime.resolved[found["kind"], found["id"]] = found

    def attempt(self, look: Callable[[], Any]) -> Any:
        """The result of *look*; None for an unknown name, if that is no error (check mode, or state absent)."""
        absent, check_mode = self.given.get("state") == "absent", self.lists.runtime.check_mode
        try:
            return look()
        except NotNamed as error:
            if not absent and not check_mode:
                raise
            if not absent:
                self.lists.runtime.warn(f"{error} This prediction goes on, since an earlier task may create it.")
            self.missing.append(str(error))
            return None


class NetworkNames:
    """The unique names of the VPCs and subnets of a project, to write them instead of IDs. 2 GETs.

    Raises ApiError.
    """

    def __init__(self, runtime: Runtime) -> None:
        self.names: dict[str, dict[str, str]] = {}
        network = runtime.network
        for kind, listed, place in (("vpc", network.find_vpcs(), ""), ("subnet", network.list_subnets(), "vpc_id")):
            usable = [one for one in listed if has(one, "id") and has(one, "name") and is_name(kind, one["name"])]
            counts = Counter((str(one.get(place)), one["name"]) for one in usable)
            unique = [one for one in usable if counts[str(one.get(place)), one["name"]] == 1]
            self.names[kind] = {one["id"].lower(): one["name"] for one in unique}

    def instead(self, values: Object) -> Object:
        """Options with names instead of IDs, where there are such names."""
        kinds, found = {option: kind for kind, option in ID_OPTIONS.items()}, {}
        for option, value in values.items():
            name = self.names[kinds[option]].get(value.lower()) if option in kinds else None
            found[kinds[option] if name else option] = name or value
        return found


def is_name(kind: str, text: str) -> bool:
    """Whether an option takes a text as a name, and not as an ID, a range, or the text of a dictionary or list."""
    if isinstance(TEXT(text), WrongType):
        return False
    try:
        check_names({kind: text})
    except InputError:
        return False
    return not is_id(text) and "/" not in text


def names_of_networks(session: Session) -> dict[str, str]:
    """The names of all VPCs and subnets of a project by their IDs, to show them; 2 GETs.

    What cannot be read is left out.
    """
    network, found = NetworkApi(session, seconds=PATIENCE), dict[str, str]()
    for read in (network.find_vpcs, network.list_subnets):
        with suppress(VpcepError):
            found.update({str(one["id"]): str(one["name"]) for one in read() if one.get("id") and one.get("name")})
    return found
