# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of users and of the cloud's answers in one normalized form, so that they are compared with ``==``.

Pure functions. The form of each kind of value is in kinds.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .._core.errors import NotFound, VpcepError
from .fields import NEVER, UNKNOWN, Field, all_choices
from .kinds import KINDS, NOT_OF_KIND


class UnusableAnswer(VpcepError):
    """The cloud's answer lacks a member that is needed, or has a value of the wrong type in it."""


def normalize(kind: str, value: Any) -> Any:
    """*value* in the normalized form of its *kind*, a key of :data:`KINDS`.

    Raises ValueError for a value that is not of this kind.
    """
    try:
        return KINDS[kind].normalize(value)
    except NOT_OF_KIND as error:
        raise ValueError(f"not of kind {kind}: {error}") from error


def observed(name: str, field: Field, answer: dict[str, Any]) -> Any:
    """The normalized value of a field in *answer* (an object of the API), or ``UNKNOWN``.

    An absent member, null and an empty value mean the same (the clouds use all three).
    Raises :class:`UnusableAnswer` for a value of the wrong type, which must not count as a difference.
    """
    value = answer.get(field.reads_back_as or name)
    if value is None or value == "" or value == [] or value == {}:
        return field.absent_means
    try:
        if not KINDS[field.kind].in_answer(value) or not _is_documented(field, value):
            raise ValueError(f"not of kind {field.kind}")
        if field.kind == "name":
            value = short_name(value, answer.get("id"))
        return normalize(field.kind, value)
    except ValueError as error:
        raise UnusableAnswer(
            f"The cloud's answer about {answer.get('id')} has {name}={value!r}, which cannot be understood; "
            "nothing was changed."
        ) from error


def _is_documented(field: Field, value: Any) -> bool:
    """Whether the API can have this value. Checked only for fields that cannot be changed in place."""
    if any(operation is not NEVER for operation in field.changed_by.values()) or not isinstance(value, str):
        return True
    if field.choices:
        return value in all_choices(field)
    return field.pattern is None or bool(re.fullmatch(field.pattern, value, re.DOTALL))


def has(item: dict[str, Any], name: str) -> bool:
    """Whether an object of the API shows a member as a text."""
    return isinstance(item.get(name), str) and bool(item[name])


def require_members(found: list[dict[str, Any]], *needs: str) -> list[dict[str, Any]]:
    """*found*, if each of its objects has all members *needs* as texts. Raises :class:`UnusableAnswer`.

    found: only the entries that the task depends on. An entry that lacks a member must not stop other tasks.
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
    """*item*, an entry of a list, if it has all members *needs*; otherwise its details, or {} if it is gone.

    Without *needs*, always the details. Raises UnusableAnswer if the details lack a member as well.
    """
    if needs and all(has(item, name) for name in needs):
        return item
    try:
        return require_members([get(item["id"]) if has(item, "id") else item], *needs)[0]
    except NotFound:
        return {}


def short_name(full_name: Any, service_id: Any) -> str:
    """The short name in the cloud's ``region.name.id``; '' for an unnamed service (``region.id``).

    Names that do not end in the service's ID belong to the cloud's own services (``com.t-systems.otc.eu-de.dns``) and
    have no short form. API: Creating a VPC Endpoint Service.
    """
    region, _dot, rest = str(full_name or "").partition(".")
    suffix = f".{service_id}"
    return rest[: -len(suffix)] if region and service_id and rest.endswith(suffix) else ""


def name_of(service: dict[str, Any]) -> str:
    """The short name of a service, an object of the API."""
    return short_name(service.get("service_name"), service.get("id"))


def first_known(*values: Any) -> Any | None:
    """The first of *values* that is neither None nor ``UNKNOWN``."""
    return next((value for value in values if value is not None and value is not UNKNOWN), None)
