"""The options that name network objects: their form, and the options with IDs that they stand for. No I/O.

A value in the form of a UUID is an ID.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Network
from typing import Any

from .._core.option_types import DICT, TEXT
from .._core.types import Object
from .fields import NEVER, OTC, UUID_PATTERN, Field
from .validation import problems_of, refuse

ID_OPTIONS = {"vpc": "vpc_id", "subnet": "subnet_id"}
BACKENDS = {"server": ("VM", "BMS"), "load_balancer": ("LB",), "address": ("VM", "BMS", "LB")}
"""What a backend can be named by, and the values of server_type that fit. The first one is the default."""
OWN_SERVERS = r"100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\."  # 100.64.0.0/10, such as 100.125.4.25
"""The range of the name servers of both clouds, which differ from region to region."""
ABOUT_SERVERS = (
    "Only the cloud's own ones resolve the names of private zones, such as those of dns_name and enable_dns."
)
NAMES = ("vpc", "subnet", "backend")
EXCLUSIVE = (("vpc", "vpc_id"), ("subnet", "subnet_id"), ("backend", "port_id"))


class ToCome(str):
    """The type of :data:`TO_COME`."""


TO_COME = ToCome("")
"""The ID of an object that does not exist yet, for an earlier task would create it (check mode), or any more.

Also a placeholder of one that is given by name, until the name is looked up."""
SOME_TABLE = "00000000-0000-4000-8000-000000000000"
"""A placeholder in a list of route tables."""


def _text(longest: int, **facts: Any) -> Field:
    return Field("text", {OTC: NEVER}, min_length=1, max_length={OTC: longest}, **facts)


FORMS = {
    "vpc": _text(64),
    "subnet": _text(64),
    "routetables": _text(64),
    "server": _text(
        128, pattern=r"[A-Za-z0-9_.-]+", rule="a server's name, of letters, digits, underscores, hyphens and periods"
    ),
    "load_balancer": _text(255),
    "address": Field("ipv4", {OTC: NEVER}),
}
"""The limits of both clouds."""


def backend_option() -> Object:
    return {"type": DICT, "options": name_options(*BACKENDS, "subnet")}


def name_options(*names: str) -> Object:
    """The specs of options that are texts, most often names or IDs."""
    return {name: {"type": TEXT} for name in names}


def foreign_servers(subnet: Object) -> list[str]:
    """The name servers of a subnet that do not resolve the names of private zones: all but the cloud's own."""
    servers = subnet.get("dnsList")
    given = [str(one) for one in servers if one] if isinstance(servers, list) else []
    return [one for one in given if not re.match(OWN_SERVERS, one)]


def is_id(value: Any) -> bool:
    return re.fullmatch(UUID_PATTERN, str(value)) is not None


def names_in(options: Object) -> bool:
    return any(options.get(name) is not None for name in NAMES) or bool(named_tables(options))


def kind_of_backend(backend: Object) -> str:
    """By what a backend is named: a key of :data:`BACKENDS`."""
    return next(name for name in BACKENDS if backend.get(name) is not None)


def named_tables(options: Object) -> list[str]:
    return [one for one in options.get("routetables") or () if not is_id(one)]


def check_names(options: Object) -> None:
    """Raises InputError for names that cannot exist, and for a name beside the ID that it stands for."""
    refuse(list(_problems(options)))


def _problems(options: Object) -> Iterator[str]:
    for one, other in EXCLUSIVE:
        if options.get(one) is not None and options.get(other) is not None:
            yield f"{one} and {other} are mutually exclusive."
    for name in ID_OPTIONS:
        if options.get(name) is not None:
            yield from _form_problems(name, name, options[name])
    for name in named_tables(options):
        yield from _form_problems("routetables", "routetables", name)
    if options.get("backend") is not None:
        yield from _backend_problems(options["backend"], options.get("server_type"))


def _backend_problems(backend: Object, server_type: str | None) -> Iterator[str]:
    given = [name for name, value in backend.items() if value is not None]
    kinds = [name for name in BACKENDS if name in given]
    if kinds not in (["server"], ["load_balancer"], ["address"], ["server", "address"]):
        yield "backend: give one of server, load_balancer and address."
        return
    if "subnet" in given and kinds[0] != "server":
        yield f"backend.subnet: it chooses a network card of a server, and has no meaning with {kinds[0]}."
    for name in given:
        yield from _form_problems(f"backend.{name}", name, backend[name])
    if server_type not in (None, *BACKENDS[kinds[0]]):
        allowed = " or ".join(BACKENDS[kinds[0]])
        yield f"server_type: {server_type} does not fit backend.{kinds[0]}, which is of type {allowed}."


def _form_problems(option: str, kind: str, value: Any) -> list[str]:
    if kind == "subnet" and "/" in str(value):
        return [] if range_of(value) else [f"{option}: {value!r} is neither a name nor a range such as 10.0.1.0/24."]
    return problems_of(option, FORMS[kind], OTC, value)


def range_of(value: Any) -> IPv4Network | None:
    """The network that a text is, None for any other text."""
    try:
        return IPv4Network(str(value)) if "/" in str(value) else None
    except ValueError:
        return None


def with_placeholders(options: Object) -> Object:
    """The options with IDs to come instead of names, to check all options before the names are looked up.

    Returns *options* itself without names, or after they were looked up. Raises InputError as check_names() does.
    """
    if "resolved" in options or not names_in(options):
        return options
    check_names(options)
    named = [kind for kind in ID_OPTIONS if options.get(kind) is not None]
    changed: Object = {ID_OPTIONS[kind]: options[kind] if is_id(options[kind]) else TO_COME for kind in named}
    if named_tables(options):
        changed["routetables"] = [one if is_id(one) else SOME_TABLE for one in options["routetables"]]
    if options.get("backend") is not None:
        server_type = options.get("server_type") or BACKENDS[kind_of_backend(options["backend"])][0]
        changed.update(port_id=TO_COME, server_type=server_type)
        changed.setdefault("vpc_id", options.get("vpc_id") or TO_COME)
    return {**options, **changed}
