# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses bad input before the first request, with messages that name option, value and limit.

The limits themselves are in fields.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .._core.errors import InputError
from .fields import (
    ACTION_CLOUDS,
    CLOUD_NAMES,
    HUAWEI,
    ID_PATTERN,
    ID_RULE,
    PERMISSION_PATTERN,
    POLICY_EFFECTS,
    POLICY_KEYS,
    POLICY_KEYS_HUAWEI,
    PORT_RANGE,
    PROTOCOLS,
    TAG_KEY_LENGTH,
    TAG_KEY_PATTERN,
    TAG_RESERVED_PREFIX,
    TAG_VALUE_LENGTH,
    TAG_VALUE_PATTERN,
    UUID_PATTERN,
    UUID_RULE,
    Field,
    fields_of,
)
from .normalize import normalize, permission_key, permission_record, tag_value

LONGEST_WAIT = 10**9  # seconds; what is much longer does not fit into a float

IPV4_RANGE = "an IPv4 address or CIDR block such as 192.168.3.0/24; IPv6 is not possible"
LIKENESSES = (
    (r"[0-9]{1,3}(\.[0-9]{1,3}){3}", "an IP address"),
    (r"[0-9A-Fa-f]{32}", "the ID of a project or account"),
    (r"[A-Za-z][\w .-]*", "a name"),
)

Options = dict[str, Any]
OPTION_NAMES = {"service_name": "name"}  # field -> option, where the design renames it


def desired_values(table: Mapping[str, Field], cloud: str, options: Options) -> dict[str, Any]:
    """The normalized values of the fields given in *options* (None means: not given).

    Raises :class:`InputError` that lists everything that is wrong with them.
    """
    available = fields_of(table, cloud)
    problems: list[str] = []
    values: dict[str, Any] = {}
    for name in table:
        option = OPTION_NAMES.get(name, name)
        given = options.get(option)
        if given is None:
            continue
        if name not in available:
            problems.append(lacking(option, cloud))
            continue
        found = problems_of(option, table[name], cloud, given)
        problems += found
        if not found:
            values[name] = normalize(table[name].kind, given)
    refuse(problems)
    return values


def desired_permissions(cloud: str, permissions: list[Any] | None) -> list[str] | None:
    """The whitelist records given, normalized; None when they are not managed. Raises :class:`InputError`."""
    if permissions is None:
        return None
    others = ", organizations:orgPath::PATH or *" if cloud == HUAWEI else " or *"
    refuse(
        [
            f"permissions: {record!r} is not an account ID (1 to 64 letters and digits), iam:domain::ID{others}."
            for record in permissions
            if not re.fullmatch(PERMISSION_PATTERN[cloud], permission_record(record))
        ]
    )
    return sorted({permission_key(record) for record in permissions})


def check_ids(options: Options, names: Iterable[str]) -> None:
    """Refuses identifiers that would not fit into a URL path, such as a name with a slash."""
    given = {name: [options[name]] for name in names if options.get(name) is not None}
    check_id_lists(given, given)


def check_id_lists(options: Options, names: Iterable[str]) -> None:
    """The same for options that are lists of identifiers."""
    refuse(
        [
            f"{name}: {item!r} is not an identifier: {ID_RULE}."
            for name in names
            for item in options.get(name) or []
            if not re.fullmatch(ID_PATTERN, str(item))
        ]
    )


def check_uuids(options: Options, names: Iterable[str]) -> None:
    """Refuses IDs of the network service that the API would not take as a filter (EndPoint.0020)."""
    refuse(
        [
            f"{name}: {_shortened(options[name])} is not {UUID_RULE}."
            for name in names
            if options.get(name) is not None and not re.fullmatch(UUID_PATTERN, str(options[name]))
        ]
    )


def check_one(option: str, field: Field, cloud: str, value: Any) -> None:
    """Refuses the value of one option that is not part of a create request; None means: not given."""
    if value is None:
        return
    refuse(problems_of(option, field, cloud, value) if cloud in field.changed_by else [lacking(option, cloud)])


def check_actions(options: Options, names: Iterable[str], cloud: str) -> None:
    """Refuses the options *names*, which are calls that only some clouds have."""
    if cloud not in ACTION_CLOUDS:
        refuse([lacking(name, cloud) for name in names if options.get(name)])


def lacking(option: str, cloud: str) -> str:
    """What to say about an option that *cloud* does not have."""
    return f"{option}: {CLOUD_NAMES[cloud]} does not have this option."


def check_positive(options: Options, names: Iterable[str]) -> None:
    """Refuses waits of no time at all, negative ones, and those without an end (seconds)."""
    refuse(
        [
            f"{name}: {_shortened(options[name])} is not a positive number of seconds up to {LONGEST_WAIT}."
            for name in names
            if options.get(name) is not None and not 0 < options[name] <= LONGEST_WAIT
        ]
    )


def check_counts(options: Options, names: Iterable[str]) -> None:
    """Refuses negative numbers, and true and false, which Ansible takes for numbers."""
    given = {name: options[name] for name in names if options.get(name) is not None}
    negative = [f"{name}: {value} is negative." for name, value in given.items() if value < 0]
    no_number = [f"{name}: {value} is not a number." for name, value in given.items() if isinstance(value, bool)]
    refuse(negative + no_number)


def refuse(problems: list[str]) -> None:
    """Raises :class:`InputError` with all *problems*, if there are any."""
    if problems:
        raise InputError(" ".join(problems))


def problems_of(option: str, field: Field, cloud: str, value: Any) -> list[str]:
    """Everything that is wrong with the *value* of one option, as sentences."""
    if field.choices:
        return _choice_problems(option, field, cloud, value)
    length_problems = _length_problems(option, field, cloud, value)
    if length_problems:
        return length_problems
    if field.pattern and not re.fullmatch(field.pattern, str(value), re.DOTALL):
        return [f"{option}: {_shortened(str(value))} is not {field.rule}.{_likeness(option, str(value))}"]
    check = _CHECKS.get(field.kind)
    return (check(option, cloud, value) if check else []) or _json_problems(option, normalize(field.kind, value))


def _json_problems(option: str, value: Any) -> list[str]:
    """What Python can hold and JSON cannot: half of a character (a lone surrogate), and numbers that are none."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        return [f"{option}: {_shortened(value)} cannot be sent: {error}."]
    return []


def _choice_problems(option: str, field: Field, cloud: str, value: Any) -> list[str]:
    allowed = (field.choices or {}).get(cloud, ())
    return [
        "{}: {!r} is not one of {} on {}.".format(option, word, ", ".join(allowed), CLOUD_NAMES[cloud])
        for word in (value if isinstance(value, list) else [value])
        if word not in allowed
    ]


def _length_problems(option: str, field: Field, cloud: str, value: Any) -> list[str]:
    size = len(value) if isinstance(value, (list, dict)) else len(str(value))
    unit = "entries" if isinstance(value, (list, dict)) else "characters"
    limit = (field.max_length or {}).get(cloud)
    shown = "" if unit == "entries" else f" ({_shortened(str(value))})"
    if size < field.min_length:
        return [f"{option}{shown} has {size} {unit}; at least {field.min_length} are needed."]
    if limit is not None and size > limit:
        return [f"{option}{shown} has {size} {unit}; the limit is {limit}."]
    return []


def _likeness(option: str, text: str) -> str:
    """What somebody seems to have taken for an ID, and where to go with it."""
    if not option.endswith("_id"):
        return ""
    if option == "endpoint_service_id":
        return " To find a service by its name use endpoint_service_name."
    noun = {"vpc_id": "VPC", "port_id": "network port"}.get(option, option.removesuffix("_id").replace("_", " "))
    found = next((what for pattern, what in LIKENESSES if re.fullmatch(pattern, text)), "")
    return f" It looks like {found}; give the ID of the {noun}." if found else ""


def _shortened(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    return repr(shown) if isinstance(value, str) else shown


def _port_problems(option: str, cloud: str, value: Any) -> list[str]:
    problems: list[str] = []
    seen = set()
    low, high = PORT_RANGE
    for index, mapping in enumerate(value):
        place = f"{option}[{index}]"
        for key in ("client_port", "server_port"):
            port = mapping.get(key)
            if not isinstance(port, int) or isinstance(port, bool) or not low <= port <= high:
                problems.append(f"{place}.{key}: {port!r} is not a port number from {low} to {high}.")
        protocol = str(mapping.get("protocol") or PROTOCOLS[0]).upper()
        if protocol not in PROTOCOLS:
            problems.append("{}.protocol: {!r} is not {}.".format(place, protocol, " or ".join(PROTOCOLS)))
        taken = (mapping.get("client_port"), protocol)
        if taken in seen:
            problems.append("{}: client port {}/{} is mapped twice in one service.".format(place, *taken))
        seen.add(taken)
    return problems


def _tag_problems(option: str, cloud: str, value: Any) -> list[str]:
    problems = []
    for key, given in value.items():
        place = f"{option}[{_shortened(str(key))}]"
        try:
            text = tag_value(given)
        except TypeError:
            problems.append(f"{place}: the value must be a text, not a list or dictionary.")
            continue
        problems += _word_problems(place + " (key)", str(key), TAG_KEY_PATTERN, 1, TAG_KEY_LENGTH, "_ . : = + - @")
        problems += _word_problems(place, text, TAG_VALUE_PATTERN, 0, TAG_VALUE_LENGTH, "_ . : / = + - @")
        if str(key).startswith(TAG_RESERVED_PREFIX):
            problems.append(f"{place}: keys that begin with {TAG_RESERVED_PREFIX} are reserved by the cloud.")
    return problems


def _word_problems(place: str, text: str, pattern: str, shortest: int, longest: int, signs: str) -> list[str]:
    if not shortest <= len(text) <= longest:
        return [f"{place} has {len(text)} characters; {shortest} to {longest} are allowed."]
    if text != text.strip():
        return [f"{place}: {text!r} begins or ends with a blank."]
    if not re.fullmatch(pattern, text):
        return [f"{place}: {_shortened(text)} has a character other than letters, digits, blanks and {signs}."]
    return []


def _id_problems(option: str, cloud: str, value: Any) -> list[str]:
    return [f"{option}: {item!r} is not {UUID_RULE}." for item in value if not re.fullmatch(UUID_PATTERN, str(item))]


def _parse_problems(kind: str, meaning: str) -> Callable[[str, str, Any], list[str]]:
    def check(option: str, cloud: str, value: Any) -> list[str]:
        problems = []
        for item in value if isinstance(value, list) else [value]:
            try:
                normalize(kind, [item] if isinstance(value, list) else item)
            except (TypeError, ValueError):
                problems.append(f"{option}: {_shortened(str(item))} is not {meaning}.")
        return problems

    return check


def _range_problems(option: str, cloud: str, value: Any) -> list[str]:
    """Only the API's own spelling: ``10.0.0.0/8``, no net masks."""
    problems = _parse_problems("ranges", IPV4_RANGE)(option, cloud, value)
    return problems or [
        f"{option}: {item!r} is not {IPV4_RANGE}."
        for item in value
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?", str(item))
    ]


def _policy_problems(option: str, cloud: str, value: Any) -> list[str]:
    problems = []
    for index, statement in enumerate(value):
        place = f"{option}[{index}]"
        given = {str(key).lower(): item for key, item in statement.items() if item is not None}
        problems += [
            "{}: {} is missing; a statement has {}.".format(place, key, ", ".join(POLICY_KEYS))
            for key in POLICY_KEYS
            if not given.get(key.lower())
        ]
        if given.get("effect") and str(given["effect"]).capitalize() not in POLICY_EFFECTS:
            problems.append(
                "{}.Effect: {!r} is not one of {}.".format(place, given["effect"], ", ".join(POLICY_EFFECTS))
            )
        if cloud != HUAWEI:
            problems += [lacking(f"{place}.{key}", cloud) for key in POLICY_KEYS_HUAWEI if given.get(key.lower())]
    return problems


_CHECKS: dict[str, Callable[[str, str, Any], list[str]]] = {
    "ports": _port_problems,
    "tags": _tag_problems,
    "ids": _id_problems,
    "ipv4": _parse_problems("ipv4", "an IPv4 address"),
    "ipv6": _parse_problems("ipv6", "an IPv6 address"),
    "ranges": _range_problems,
    "policy": _policy_problems,
    "document": _parse_problems("document", "a policy document (a dict or its JSON)"),
}
