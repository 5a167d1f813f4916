"""The kinds of values of fields. :data:`KINDS` has one entry for each kind, with all that depends on it.

Two values are equal if their normalized forms are equal. All functions are pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import Any, NamedTuple

from .._core.option_types import DICT, FLAG, FREE_TEXT, LIST, TEXT, UUID_PATTERN, WHOLE, WORD
from .._core.types import Object
from .fields import CLOUD_NAMES, HUAWEI, OTC, PERMISSION_PREFIX, PORT_RANGE, PROTOCOLS, TAG_RESERVED_PREFIX, UUID_RULE

TAG_KEY_LENGTH, TAG_VALUE_LENGTH = 128, 255
TAG_KEY_PATTERN, TAG_VALUE_PATTERN = r"[\w .:=+\-@]+", r"[\w .:/=+\-@]*"
PERMISSION_PATTERN = {
    OTC: r"\*|iam:domain::[A-Za-z0-9*]{1,64}",
    HUAWEI: r"\*|iam:domain::[A-Za-z0-9*]{1,64}|organizations:orgPath::[A-Za-z0-9/*?-]{1,1024}",
}
POLICY_EFFECTS = ("Allow", "Deny")
POLICY_KEYS, POLICY_KEYS_HUAWEI = ("Effect", "Action", "Resource"), ("Condition", "Sid")
Problems = Callable[[str, str, Any], list[str]]
NOT_OF_KIND = (AttributeError, KeyError, OverflowError, TypeError, ValueError)  # errors for values of other kinds


class Kind(NamedTuple):
    """One kind of value."""

    normalize: Callable[[Any], Any]  # the normalized form of a value; raises one of NOT_OF_KIND
    in_answer: Callable[[Any], bool]  # whether a value is valid in an answer; Ansible converts those of options
    option: Object  # the argument spec of an option of this kind
    problems: Problems = lambda option, cloud, value: []  # as sentences


def shortened(value: Any) -> str:
    """A value for a message, shortened to 60 characters."""
    text = str(value)
    shown = text if len(text) <= 60 else text[:57] + "..."
    return repr(shown) if isinstance(value, str) else shown


def unsupported(option: str, cloud: str) -> str:
    return f"{option}: {CLOUD_NAMES[cloud]} does not have this option."


def _unparsable(normalize: Callable[[Any], Any], meaning: str) -> Problems:
    """A check that reports values, or entries of a list, for which *normalize* raises an error."""

    def problems(option: str, cloud: str, value: Any) -> list[str]:
        found = []
        for item in value if isinstance(value, list) else [value]:
            try:
                normalize([item] if isinstance(value, list) else item)
            except NOT_OF_KIND:
                found.append(f"{option}: {shortened(str(item))} is not {meaning}.")
        return found

    return problems


# Texts, flags and lists of texts


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("not a text")
    return str(value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in ("true", "false"):
        raise ValueError("not a boolean")
    return word == "true"


def _set(value: Any) -> list[str]:
    if not isinstance(value, (list, tuple, set)):
        raise TypeError("not a list")
    return sorted({_text(item) for item in value})


def _words(value: Any) -> list[str]:
    return _set([value] if isinstance(value, str) else value)


def _are(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether a value is a list whose entries pass *check*."""
    return lambda value: isinstance(value, list) and all(map(check, value))


_are_texts = _are(_is_text)


def _id_problems(option: str, cloud: str, value: Any) -> list[str]:
    return [f"{option}: {item!r} is not {UUID_RULE}." for item in value if not re.fullmatch(UUID_PATTERN, str(item))]


# Permissions


def permission_record(value: Any) -> str:
    """A whitelist record for a request: adds the prefix to a bare account ID."""
    text = str(value).strip()
    return text if "::" in text or text == "*" else PERMISSION_PREFIX + text


def permission_key(value: Any) -> str:
    """The form in which records are compared: ``*`` and ``iam:domain::*`` both admit every account."""
    record = permission_record(value)
    return PERMISSION_PREFIX + "*" if record == "*" else record


def admits(whitelist: Iterable[str], domain_id: str) -> bool:
    """Whether a whitelist names an account. Organisation paths are ignored."""
    return any(fnmatchcase(PERMISSION_PREFIX + domain_id, record) for record in whitelist)


def _permission_problems(option: str, cloud: str, value: Any) -> list[str]:
    others = ", organizations:orgPath::PATH or *" if cloud == HUAWEI else " or *"
    return [
        f"{option}: {record!r} is not an account ID (1 to 64 letters and digits), iam:domain::ID{others}."
        for record in value
        if not re.fullmatch(PERMISSION_PATTERN[cloud], permission_record(record))
    ]


# Port mappings

_PORT = {
    "client_port": {"type": WHOLE, "required": True},
    "server_port": {"type": WHOLE, "required": True},
    "protocol": {"type": TEXT, "default": PROTOCOLS[0], "choices": list(PROTOCOLS)},
}


def _ports(value: Any) -> list[Object]:
    mappings = [
        {
            "client_port": int(mapping["client_port"]),
            "server_port": int(mapping["server_port"]),
            "protocol": str(mapping.get("protocol") or "TCP").upper(),
        }
        for mapping in value
    ]
    return sorted(mappings, key=lambda port: (port["client_port"], port["protocol"], port["server_port"]))


def _is_mapping(value: Any) -> bool:
    """Whether it is a port mapping of an answer. The clouds also send numbers as texts."""
    if not isinstance(value, dict) or not isinstance(value.get("protocol"), (str, type(None))):
        return False
    return all(re.fullmatch("[0-9]{1,5}", str(value.get(name))) for name in ("client_port", "server_port"))


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


# Tags


def tag_value(value: Any) -> str:
    """The value of a tag as text, also of a boolean or number in YAML. Raises TypeError for lists and dicts."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        raise TypeError("a tag's value is a text")
    return "" if value is None else str(value)


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": tags[key]} for key in sorted(tags)]


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): tag_value(text) for key, text in value.items()}
    return {str(tag["key"]): tag_value(tag.get("value")) for tag in value}


def _are_tags(value: Any) -> bool:
    return _are_texts([*value, *value.values()]) if isinstance(value, dict) else _are(_is_tag)(value)


def _is_tag(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("key")) and isinstance(value.get("value"), (str, type(None)))


def _tag_problems(option: str, cloud: str, value: Any) -> list[str]:
    problems = []
    for key, given in value.items():
        place = f"{option}[{shortened(str(key))}]"
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
        return [f"{place}: {shortened(text)} has a character other than letters, digits, blanks and {signs}."]
    return []


# Addresses

IPV4_RANGE = "an IPv4 address or CIDR block such as 192.168.3.0/24; IPv6 is not possible"


def _ipv4(value: Any) -> str:
    return str(IPv4Address(_text(value)))


def _ipv6(value: Any) -> str:
    text = _text(value)
    if "%" in text:  # a zone is valid on one machine only
        raise ValueError("an address with a zone")
    return str(IPv6Address(text))


def _ranges(value: Any) -> list[str]:
    """Addresses and CIDR blocks. ``10.0.0.1/32`` becomes ``10.0.0.1``."""
    blocks = {IPv4Network(_text(item).strip(), strict=False) for item in _set(value)}
    return [str(block.network_address) if block.prefixlen == 32 else str(block) for block in sorted(blocks)]


def _range_problems(option: str, cloud: str, value: Any) -> list[str]:
    """The API allows ``10.0.0.0/8``, but no netmasks."""
    return _unparsable(_ranges, IPV4_RANGE)(option, cloud, value) or [
        f"{option}: {item!r} is not {IPV4_RANGE}."
        for item in value
        if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?", str(item))
    ]


# Policies

_STATEMENT = {
    "Effect": {"type": TEXT, "required": True, "choices": list(POLICY_EFFECTS), "aliases": ["effect"]},
    "Action": {"type": LIST, "elements": WORD, "required": True, "aliases": ["action"]},
    "Resource": {"type": LIST, "elements": WORD, "required": True, "aliases": ["resource"]},
    "Condition": {"type": DICT, "aliases": ["condition"]},
    "Sid": {"type": TEXT, "aliases": ["sid"]},
}


def _statement(value: Any) -> Object:
    """A policy statement in which the case of keys, the order of entries, and text or list make no difference."""
    known = {key.lower(): key for key in POLICY_KEYS + POLICY_KEYS_HUAWEI}
    value = json.loads(json.dumps(value))
    given = {known.get(key.lower(), key): item for key, item in value.items() if item is not None}
    statement = {key: given[key] for key in dict.fromkeys((*known.values(), *given)) if key in given}
    statement.update({key: _words(statement[key]) for key in ("Action", "Resource") if key in statement})
    if "Effect" in statement:
        statement["Effect"] = str(statement["Effect"]).capitalize()
    return {key: item for key, item in statement.items() if item or key not in POLICY_KEYS_HUAWEI}


def _policy(value: Any) -> list[Object]:
    distinct = {json.dumps(statement, sort_keys=True): statement for statement in map(_statement, value)}
    return [distinct[text] for text in sorted(distinct)]


def _is_statement(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    parts = {str(key).lower(): part for key, part in value.items() if part is not None}
    if not all(_is_text(part) or _are_texts(part) for part in (parts.get("action"), parts.get("resource"))):
        return False
    texts = _is_text(parts.get("effect")) and _is_text(parts.get("sid", ""))
    return texts and isinstance(parts.get("condition", {}), dict)


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
        effect = given.get("effect")
        if effect and str(effect).capitalize() not in POLICY_EFFECTS:
            problems.append("{}.Effect: {!r} is not one of {}.".format(place, effect, ", ".join(POLICY_EFFECTS)))
        if cloud != HUAWEI:
            problems += [unsupported(f"{place}.{key}", cloud) for key in POLICY_KEYS_HUAWEI if given.get(key.lower())]
    return problems


def _document(value: Any) -> Object:
    document = json.loads(value) if isinstance(value, str) else value
    if not isinstance(document, dict):
        raise TypeError("not a policy document")
    if isinstance(document.get("Statement"), list):
        document = {**document, "Statement": _policy(document["Statement"])}
    return {name: document[name] for name in sorted(document)}


_TEXT = {"type": TEXT}
_TEXTS = {"type": LIST, "elements": WORD}

KINDS: dict[str, Kind] = {
    "text": Kind(_text, _is_text, _TEXT),
    "uuid": Kind(lambda value: _text(value).lower(), _is_text, _TEXT),
    "free_text": Kind(_text, _is_text, {"type": FREE_TEXT}),
    "name": Kind(_text, _is_text, _TEXT),
    "choice": Kind(_text, _is_text, _TEXT),
    "flag": Kind(_flag, lambda value: isinstance(value, (bool, str)), {"type": FLAG}),
    "ids": Kind(_set, _are_texts, _TEXTS, _id_problems),
    "words": Kind(_words, lambda value: _is_text(value) or _are_texts(value), _TEXTS),
    "permissions": Kind(
        lambda value: sorted(set(map(permission_key, value))), _are_texts, _TEXTS, _permission_problems
    ),
    "ports": Kind(_ports, _are(_is_mapping), {"type": LIST, "elements": "dict", "options": _PORT}, _port_problems),
    "tags": Kind(_tags, _are_tags, {"type": DICT}, _tag_problems),
    "ipv4": Kind(_ipv4, _is_text, _TEXT, _unparsable(_ipv4, "an IPv4 address")),
    "ipv6": Kind(_ipv6, _is_text, _TEXT, _unparsable(_ipv6, "an IPv6 address")),
    "ranges": Kind(_ranges, _are_texts, _TEXTS, _range_problems),
    "policy": Kind(
        _policy, _are(_is_statement), {"type": LIST, "elements": "dict", "options": _STATEMENT}, _policy_problems
    ),
    "document": Kind(
        _document,
        lambda value: isinstance(value, (dict, str)),
        {"type": DICT},
        _unparsable(_document, "a policy document (a dict or its JSON)"),
    ),
}
