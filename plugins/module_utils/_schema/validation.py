"""Checks options before the first request. Messages name the option, the value and the limit.

The limits are in fields.py, the checks of each kind of value in kinds.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .._core.errors import InputError
from .._core.types import Object
from . import fields
from .kinds import KINDS, shortened, unsupported
from .normalize import normalize

LONGEST_WAIT = 10**9  # seconds
ID_MIX_UPS = (
    (r"[0-9]{1,3}(\.[0-9]{1,3}){3}", "an IP address"),
    (r"[0-9A-Fa-f]{32}", "the ID of a project or account"),
    (r"[A-Za-z][\w .-]*", "a name"),
)


def desired_values(table: Mapping[str, fields.Field], cloud: str, options: Object) -> Object:
    """The normalized values of the fields that *options* sets (None: not set). Raises InputError with all problems."""
    available = fields.fields_of(table, cloud)
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name in table:
        option = fields.OPTION_NAMES.get(name, name)
        given = options.get(option)
        if given is None:
            continue
        if name not in available:
            problems.append(unsupported(option, cloud))
            continue
        found = problems_of(option, table[name], cloud, given)
        problems += found
        if not found:
            values[name] = normalize(table[name].kind, given)
    refuse(problems)
    return values


def desired_permissions(cloud: str, permissions: list[Any] | None) -> list[str] | None:
    """The normalized whitelist records; None if they are not managed. Raises InputError."""
    if permissions is None:
        return None
    refuse(KINDS["permissions"].problems("permissions", cloud, permissions))
    return list(normalize("permissions", permissions))


def check_ids(options: Object, names: Iterable[str]) -> None:
    """Raises InputError for IDs, or entries of lists, that cannot be IDs, and would not be safe in a URL path."""
    found = _mismatches(options, names, fields.ID_PATTERN)
    refuse([f"{name}: {item!r} is not an identifier: {fields.ID_RULE}." for name, item in found])


def check_uuids(options: Object, names: Iterable[str]) -> None:
    """Raises InputError for IDs that are not UUIDs as the network service uses (EndPoint.0020)."""
    found = _mismatches(options, names, fields.UUID_PATTERN)
    refuse([f"{name}: {shortened(item)} is not {fields.UUID_RULE}." for name, item in found])


def _mismatches(options: Object, names: Iterable[str], pattern: str) -> Iterator[tuple[str, Any]]:
    for name, value in _given(options, names):
        items = value if isinstance(value, list) else [value]
        yield from ((name, item) for item in items if not re.fullmatch(pattern, str(item)))


def check_one(option: str, field: fields.Field, cloud: str, value: Any) -> None:
    """Raises InputError for an invalid value (None: not set) of an option that is not part of a create request."""
    if value is None:
        return
    refuse(problems_of(option, field, cloud, value) if cloud in field.changed_by else [unsupported(option, cloud)])


def check_actions(options: Object, names: Iterable[str], cloud: str) -> None:
    """Raises InputError if one of the options *names* is set, and *cloud* does not have their operations."""
    if cloud not in fields.ACTION_CLOUDS:
        refuse([unsupported(name, cloud) for name in names if options.get(name)])


def wait_timeout(options: Object) -> float:
    """The option in seconds. Raises InputError if it is not positive or exceeds LONGEST_WAIT."""
    value = options.get("wait_timeout")
    if value is None:
        return 600
    if not 0 < value <= LONGEST_WAIT:
        raise InputError(f"wait_timeout: {shortened(value)} is not a positive number of seconds up to {LONGEST_WAIT}.")
    return float(value)


def check_counts(options: Object, names: Iterable[str]) -> None:
    """Raises InputError for negative numbers, and for true and false, which Ansible converts to numbers."""
    given = list(_given(options, names))
    negative = [f"{name}: {value} is negative." for name, value in given if value < 0]
    no_number = [f"{name}: {value} is not a number." for name, value in given if isinstance(value, bool)]
    refuse(negative + no_number)


def port_problems(option: str, ports: Iterable[Any]) -> list[str]:
    """A sentence for each value that is no port number."""
    low, high = fields.PORT_RANGE
    wrong = [port for port in ports if isinstance(port, bool) or not low <= port <= high]
    return [f"{option}: {port} is not a port number from {low} to {high}." for port in wrong]


def _given(options: Object, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    return ((name, options[name]) for name in names if options.get(name) is not None)


def refuse(problems: list[str]) -> None:
    """Raises InputError with all *problems*, if there are any."""
    if problems:
        raise InputError(" ".join(problems))


def problems_of(option: str, field: fields.Field, cloud: str, value: Any) -> list[str]:
    """The problems of the *value* of one option, as sentences."""
    if field.choices:
        return _choice_problems(option, field, cloud, value)
    length_problems = _length_problems(option, field, cloud, value)
    if length_problems:
        return length_problems
    if field.pattern and not re.fullmatch(field.pattern, str(value), re.DOTALL):
        return [f"{option}: {shortened(str(value))} is not {field.rule}.{_id_hint(option, str(value))}"]
    problems = KINDS[field.kind].problems(option, cloud, value)
    return problems or _json_problems(option, normalize(field.kind, value))


def _json_problems(option: str, value: Any) -> list[str]:
    """The problems of values that JSON cannot represent: lone surrogates, NaN and infinity."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        return [f"{option}: {shortened(value)} cannot be sent: {error}."]
    return []


def _choice_problems(option: str, field: fields.Field, cloud: str, value: Any) -> list[str]:
    allowed = (field.choices or {}).get(cloud, ())
    return [
        "{}: {!r} is not one of {} on {}.".format(option, word, ", ".join(allowed), fields.CLOUD_NAMES[cloud])
        for word in (value if isinstance(value, list) else [value])
        if word not in allowed
    ]


def _length_problems(option: str, field: fields.Field, cloud: str, value: Any) -> list[str]:
    size = len(value) if isinstance(value, (list, dict)) else len(str(value))
    unit = "entries" if isinstance(value, (list, dict)) else "characters"
    limit = (field.max_length or {}).get(cloud)
    shown = "" if unit == "entries" else f" ({shortened(str(value))})"
    if size < field.min_length:
        return [f"{option}{shown} has {size} {unit}; at least {field.min_length} are needed."]
    if limit is not None and size > limit:
        return [f"{option}{shown} has {size} {unit}; the limit is {limit}."]
    return []


def _id_hint(option: str, text: str) -> str:
    """A sentence about the kind of value that the text looks like; empty if it is not known."""
    if not option.endswith("_id"):
        return ""
    if option == "endpoint_service_id":
        return " To find a service by its name use endpoint_service_name."
    noun = {"vpc_id": "VPC", "port_id": "network port"}.get(option, option.removesuffix("_id").replace("_", " "))
    found = next((what for pattern, what in ID_MIX_UPS if re.fullmatch(pattern, text)), "")
    return f" It looks like {found}; give the ID of the {noun}." if found else ""
