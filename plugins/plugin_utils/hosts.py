"""Variables, groups and names of endpoints as hosts of an inventory."""

from __future__ import annotations

import ipaddress
import re
import typing as t
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from ..module_utils._core.types import Object, object_in
from ..module_utils._schema.normalize import short_name

PREFIX = "vpcep_"  # of variables, because Ansible uses names such as tags and status
EVERY = "vpcep"  # the group of all endpoints
KINDS = ("service", "vpc", "status", "type", "tag")  # of default groups
ADDRESSES = ("ip", "dns_name")  # choices for ansible_host
RESERVED = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})  # names of Ansible
_LABEL = "(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\.?\Z)(?:{_LABEL}\.)*(?![0-9]+\.?\Z){_LABEL}\.?")  # RFC 1123


def service_label(endpoint: Object) -> str:
    """The short name of the service, the full name of a public service, or the ID of a service without name."""
    full, service_id = str(endpoint.get("endpoint_service_name") or ""), str(endpoint.get("endpoint_service_id") or "")
    is_unnamed = not full or full.endswith(f".{service_id}")
    return short_name(full, service_id) or (service_id if is_unnamed else full)


def variables(endpoint: Object, ports: list[Object] | None = None, connect_with: str = "ip") -> Object:
    """The variables of a host: the members of the endpoint with a prefix, its service, ports and address.

    ports: of its service, None if not known; connect_with: one of :data:`ADDRESSES`.
    """
    found = {PREFIX + member: value for member, value in endpoint.items() if member.isidentifier()}
    found[PREFIX + "service_name"] = service_label(endpoint)
    if ports is not None:
        found[PREFIX + "ports"] = ports
    address = address_of(endpoint, connect_with)
    if is_address(address):
        found["ansible_host"] = address
    return found


def address_of(endpoint: Object, connect_with: str) -> t.Any:
    """The address from the cloud, not validated. Without DNS name, the IP address."""
    names = endpoint.get("dns_names")
    if connect_with == "dns_name" and isinstance(names, list) and names:
        return names[0]
    return endpoint.get("ip")


def is_address(value: t.Any) -> bool:
    """Whether a value is an IP address or a host name. ssh would interpret ``-oProxyCommand=...`` as an option."""
    if not isinstance(value, str) or "%" in value:  # a zone (fe80::1%eth0) can be any text
        return False
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return bool(_HOST_NAME.fullmatch(value))
    return True


def is_port(value: t.Any) -> bool:
    """Whether a value is a port number, as a number or (ansible-core before 2.19) as a text."""
    text = "" if isinstance(value, bool) else str(value)
    return bool(re.fullmatch("[0-9]{1,5}", text)) and 0 < int(text) < 65536


_HOST = (is_address, "neither an IP address nor a host name")
_PORT = (is_port, "no port")
CONNECTING = {"ansible_host": _HOST, "ansible_ssh_host": _HOST, "ansible_port": _PORT, "ansible_ssh_port": _PORT}
"""Variables that become arguments of programs such as ssh -> the check of their values, and why one fails."""
_WORD = re.compile(r"[\w.:/@+][\w.:/@+-]*")


def harmless(value: t.Any) -> t.Any:
    """A copy of a value. Texts that could be options, several arguments or shell commands are empty."""
    if isinstance(value, str):
        return value if _WORD.fullmatch(value) else ""
    if isinstance(value, dict):
        return {name: harmless(item) for name, item in value.items() if harmless(name) == name}
    return [harmless(item) for item in value] if isinstance(value, list) else value


def unusable(variables: Object) -> list[str]:
    """Names of variables in :data:`CONNECTING` with invalid values."""
    return [name for name, (check, _why) in CONNECTING.items() if name in variables and not check(variables[name])]


def reason(variable: str) -> str:
    """Why a variable is not set, for a warning."""
    return CONNECTING[variable][1] if variable in CONNECTING else "more than a word"


def groups(endpoint: Object, kinds: Iterable[str] = KINDS) -> list[str]:
    """The names of the groups of an endpoint. They can contain characters that Ansible does not allow."""
    named: dict[str, list[t.Any]] = {
        "service": [service_label(endpoint)],
        "vpc": [endpoint.get("vpc_id"), endpoint.get("vpc_name")],
        "status": [endpoint.get("status")],
        "type": [endpoint.get("service_type")],
        "tag": [f"{key}_{value}" if value else key for key, value in object_in(endpoint, "tags").items()],
    }
    return [EVERY, *(f"{kind}_{value}" for kind in kinds for value in named[kind] if value)]


def clean_name(text: t.Any) -> str:
    """A host name from a text, without special characters of host patterns, paths and templates."""
    return "" if text is None else re.sub(r"[^\w.-]", "_", str(text).strip()).lstrip(".-")


def known_endpoints(present: Iterable[t.Any]) -> dict[str, str]:
    """The names of hosts that an earlier source has added -> the ID of the endpoint. A host has name and vars."""
    return {host.name: host.vars[PREFIX + "id"] for host in present if host.vars.get(PREFIX + "id")}


def unique_names(
    wanted: Iterable[tuple[t.Any, str]], taken: Collection[str] = (), known: Mapping[str, str] | None = None
) -> list[str]:
    """A name for each pair of a wanted name and an endpoint ID.

    The ID is added to names that are equal, *taken*, reserved, or *known* as another endpoint. The result does not
    depend on the order of the list.
    """
    pairs, forbidden, known = list(wanted), {*RESERVED, *taken}, known or {}
    names = [clean_name(name) or one for name, one in pairs]
    while clashing := {
        *(name for name, times in Counter(names).items() if times > 1 or name in forbidden),
        *(name for name, (_wanted, one) in zip(names, pairs, strict=True) if known.get(name, one) != one),
    }:
        names = [
            f"{name}_{one}" if name in clashing else name for name, (_wanted, one) in zip(names, pairs, strict=True)
        ]
    return names
