# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One form for every value, whether a user wrote it or the cloud answered it, so that comparing is ``==``.

Pure functions. Lists whose order means nothing are sorted; spellings that mean the same become one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .._core.errors import NotFound, VpcepError
from .fields import NEVER, PERMISSION_PREFIX, POLICY_KEYS, POLICY_KEYS_HUAWEI, UNKNOWN, Field, all_choices


class UnusableAnswer(VpcepError):
    """The cloud's answer has a value in a field that matters here and that nobody can make sense of."""


def normalize(kind: str, value: Any) -> Any:
    """*value* in the one form of its *kind* (see :class:`fields.Field`).

    Raises TypeError or ValueError when it cannot be a value of that kind.
    """
    form = _FORMS[kind]
    try:
        return form(value)
    except (AttributeError, KeyError, OverflowError) as error:  # a text for a dict, a member missing, infinity
        raise ValueError(f"not of kind {kind}") from error


def observed(name: str, field: Field, answer: dict[str, Any]) -> Any:
    """What *answer* (an object of the API) says about a field: its normalized value, or ``UNKNOWN``.

    Absent, null and empty mean the same (the clouds use all three). Raises :class:`UnusableAnswer`: what is not even
    of the right type says nothing, and to take it for a difference would change or replace a good object.
    """
    value = answer.get(field.reads_back_as or name)
    if value is None or value == "" or value == [] or value == {}:
        return field.absent_means
    try:
        if not _SHAPES[field.kind](value) or not _is_documented(field, value):
            raise TypeError(f"not of kind {field.kind}")
        if field.kind == "name":
            value = short_name(value, answer.get("id"))
        return normalize(field.kind, value)
    except (TypeError, ValueError) as error:
        raise UnusableAnswer(
            f"The cloud's answer about {answer.get('id')} has {name}={value!r}, which cannot be understood; "
            "nothing was changed."
        ) from error


def _is_documented(field: Field, value: Any) -> bool:
    """Whether a value that only a replacement could change is one that the API can have."""
    if any(operation is not NEVER for operation in field.changed_by.values()) or not isinstance(value, str):
        return True
    if field.choices:
        return value in all_choices(field)
    return field.pattern is None or bool(re.fullmatch(field.pattern, value, re.DOTALL))


def has(item: dict[str, Any], name: str) -> bool:
    """Whether an object of the API shows a member as a text."""
    return isinstance(item.get(name), str) and bool(item[name])


def require_members(found: list[dict[str, Any]], *needs: str) -> list[dict[str, Any]]:
    """*found*, if each of them has all *needs*, as texts. Raises :class:`UnusableAnswer`.

    found: only those entries of a list that a decision depends on. An entry that lacks a member must not stop others.
    """
    for item in found:
        lacking = [name for name in needs if not has(item, name)]
        if lacking:
            raise UnusableAnswer(
                f"An entry of the cloud's list ({item.get('id')}) has no usable {', '.join(lacking)}; "
                "nothing was concluded from it."
            )
    return found


def detailed(get: Callable[[str], dict[str, Any]], item: dict[str, Any], *needs: str) -> dict[str, Any]:
    """An entry of a list, or its details if it lacks some of *needs* (all, if there are none); empty if it is gone.

    Raises UnusableAnswer if the details lack it as well.
    """
    if needs and all(has(item, name) for name in needs):
        return item
    try:
        return require_members([get(item["id"]) if has(item, "id") else item], *needs)[0]
    except NotFound:
        return {}


def short_name(full_name: Any, service_id: Any) -> str:
    """The name that a user gave, out of the cloud's ``region.name.id``; '' for an unnamed service (``region.id``).

    Names that do not end in the service's ID are the cloud's own (``com.t-systems.otc.eu-de.dns``) and have no short
    form. API: Creating a VPC Endpoint Service.
    """
    region, _dot, rest = str(full_name or "").partition(".")
    suffix = f".{service_id}"
    return rest[: -len(suffix)] if region and service_id and rest.endswith(suffix) else ""


def name_of(service: dict[str, Any]) -> str:
    """The short name of a service as the API shows it."""
    return short_name(service.get("service_name"), service.get("id"))


def permission_record(value: Any) -> str:
    """A whitelist record as the API wants it: a bare account ID gets its prefix, a full record stays."""
    text = str(value).strip()
    return text if "::" in text or text == "*" else PERMISSION_PREFIX + text


def permission_key(value: Any) -> str:
    """What tells two records apart: ``*`` and ``iam:domain::*`` both open the service to everybody."""
    record = permission_record(value)
    return PERMISSION_PREFIX + "*" if record == "*" else record


def tag_value(value: Any) -> str:
    """A tag's value as text: YAML's true and 8080 are meant as the words that were written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    if isinstance(value, (dict, list)):
        raise TypeError("a tag's value is a text")
    return str(value)


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as the API wants them, sorted by key."""
    return [{"key": key, "value": tags[key]} for key in sorted(tags)]


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError("not a text")
    return str(value)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in ("true", "false"):
        raise ValueError("not a boolean")
    return word == "true"


def _ports(value: Any) -> list[dict[str, Any]]:
    mappings = [
        {
            "client_port": int(mapping["client_port"]),
            "server_port": int(mapping["server_port"]),
            "protocol": str(mapping.get("protocol") or "TCP").upper(),
        }
        for mapping in value
    ]
    return sorted(mappings, key=lambda port: (port["client_port"], port["protocol"], port["server_port"]))


def _tags(value: Any) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(key): tag_value(text) for key, text in value.items()}
    return {str(tag["key"]): tag_value(tag.get("value")) for tag in value}


def _set(value: Any) -> list[str]:
    if not isinstance(value, (list, tuple, set)):
        raise TypeError("not a list")
    return sorted({_text(item) for item in value})


def _permissions(value: Any) -> list[str]:
    return sorted({permission_key(item) for item in value})


def _ipv4(value: Any) -> str:
    from ipaddress import IPv4Address

    return str(IPv4Address(_text(value)))


def _ipv6(value: Any) -> str:
    from ipaddress import IPv6Address

    text = _text(value)
    if "%" in text:  # a zone means something on one machine only
        raise ValueError("an address with a zone")
    return str(IPv6Address(text))


def _ranges(value: Any) -> list[str]:
    """Addresses and CIDR blocks; ``10.0.0.1/32`` is the address ``10.0.0.1``."""
    from ipaddress import IPv4Network

    blocks = {IPv4Network(_text(item).strip(), strict=False) for item in _set(value)}
    return [str(block.network_address) if block.prefixlen == 32 else str(block) for block in sorted(blocks)]


def _words(value: Any) -> list[str]:
    return _set([value] if isinstance(value, str) else value)


def _statement(value: Any) -> dict[str, Any]:
    """A policy statement by its meaning: key case, order of actions and resources, text or list do not count."""
    known = {key.lower(): key for key in POLICY_KEYS + POLICY_KEYS_HUAWEI}
    statement = {known.get(str(key).lower(), str(key)): item for key, item in value.items() if item is not None}
    for key in ("Action", "Resource"):
        if key in statement:
            statement[key] = _words(statement[key])
    if "Effect" in statement:
        statement["Effect"] = str(statement["Effect"]).capitalize()
    if not statement.get("Condition"):
        statement.pop("Condition", None)
    if not statement.get("Sid"):
        statement.pop("Sid", None)
    return statement


def _policy(value: Any) -> list[dict[str, Any]]:
    distinct = {json.dumps(statement, sort_keys=True): statement for statement in map(_statement, value)}
    return [distinct[text] for text in sorted(distinct)]


def _document(value: Any) -> dict[str, Any]:
    document = json.loads(value) if isinstance(value, str) else value
    if not isinstance(document, dict):
        raise TypeError("not a policy document")
    if isinstance(document.get("Statement"), list):
        return {**document, "Statement": _policy(document["Statement"])}
    return document


_FORMS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "name": _text,
    "choice": _text,
    "flag": _flag,
    "ports": _ports,
    "tags": _tags,
    "ids": _set,
    "words": _words,
    "permissions": _permissions,
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "ranges": _ranges,
    "policy": _policy,
    "document": _document,
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_mapping(value: Any) -> bool:
    """One port mapping of an answer; numbers come as texts, too."""
    if not isinstance(value, dict) or not isinstance(value.get("protocol"), (str, type(None))):
        return False
    return all(re.fullmatch("[0-9]{1,5}", str(value.get(name))) for name in ("client_port", "server_port"))


def _is_tag(value: Any) -> bool:
    return isinstance(value, dict) and _is_text(value.get("key")) and isinstance(value.get("value"), (str, type(None)))


def _is_statement(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    parts = {str(key).lower(): part for key, part in value.items() if part is not None}
    if not all(_is_text(part) or _are_texts(part) for part in (parts.get("action"), parts.get("resource"))):
        return False
    texts = _is_text(parts.get("effect")) and _is_text(parts.get("sid", ""))
    return texts and isinstance(parts.get("condition", {}), dict)


# What an answer may hold for each kind. Users' input is looser, as Ansible converts it.
_SHAPES: dict[str, Callable[[Any], bool]] = {
    "text": _is_text,
    "name": _is_text,
    "choice": _is_text,
    "flag": lambda value: isinstance(value, (bool, str)),
    "ports": lambda value: isinstance(value, list) and all(map(_is_mapping, value)),
    "tags": lambda value: (
        all(map(_is_text, [*value, *value.values()]))
        if isinstance(value, dict)
        else isinstance(value, list) and all(map(_is_tag, value))
    ),
    "ids": _are_texts,
    "words": lambda value: _is_text(value) or _are_texts(value),
    "permissions": _are_texts,
    "ipv4": _is_text,
    "ipv6": _is_text,
    "ranges": _are_texts,
    "policy": lambda value: isinstance(value, list) and all(map(_is_statement, value)),
    "document": lambda value: isinstance(value, (dict, str)),
}


def first_known(*values: Any) -> Any | None:
    """The first of *values* that says something."""
    return next((value for value in values if value is not None and value is not UNKNOWN), None)
