"""Normalizes values of options and answers, so that they can be compared with ``==``. Pure functions.

kinds.py has the normalized form of each kind of value.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from .._core.errors import NotFound, VpcepError
from .._core.texts import one_line
from .._core.types import Object, objects_in
from .fields import ENDPOINT, NEVER, UNKNOWN, UUID_PATTERN, Field, all_choices
from .kinds import KINDS, NOT_OF_KIND

STAMP_SECONDS = 1.0
"""The precision of ``created_at``."""


class UnusableAnswer(VpcepError):
    """The cloud's answer lacks a required member, or a member has the wrong type."""


def normalize(kind: str, value: Any) -> Any:
    """The normalized form of *value*. kind: a key of :data:`KINDS`. Raises ValueError for values of other kinds."""
    try:
        return KINDS[kind].normalize(value)
    except NOT_OF_KIND as error:
        raise ValueError(f"not of kind {kind}: {error}") from error


def observed(name: str, field: Field, answer: Object) -> Any:
    """The normalized value of a field in *answer* (an object of the API), or ``UNKNOWN``.

    An absent member, null and an empty value are equal (the clouds use all three).
    Raises :class:`UnusableAnswer` for a value of the wrong type.
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
            f"The cloud's answer about {answer.get('id')} has {name}={value!r}, which is not valid; "
            "nothing was changed."
        ) from error


def _is_documented(field: Field, value: Any) -> bool:
    """Whether the documentation allows the value. Checked only for fields that cannot be changed in place."""
    if any(operation is not NEVER for operation in field.changed_by.values()) or not isinstance(value, str):
        return True
    if field.choices:
        return value in all_choices(field)
    return field.pattern is None or bool(re.fullmatch(field.pattern, value, re.DOTALL))


def has(item: Object, name: str) -> bool:
    """Whether a member of an object is a text that is not empty."""
    return isinstance(item.get(name), str) and bool(item[name])


def require_members(found: list[Object], *needs: str) -> list[Object]:
    """*found*, if each of its objects has the members *needs* as texts. Raises :class:`UnusableAnswer`.

    found: the entries on which the task depends. Other entries may lack members.
    """
    for item in found:
        lacking = [name for name in needs if not has(item, name)]
        if lacking:
            raise UnusableAnswer(
                f"An entry of the cloud's list ({item.get('id')}) has no usable {', '.join(lacking)}; it was not used."
            )
    return found


def detailed(get: Callable[[str], Object], item: Object, *needs: str) -> Object:
    """*item*, an entry of a list, if it has the members *needs*, otherwise its details; {} if it does not exist.

    Without *needs*, always the details. Raises UnusableAnswer if the details also lack a member.
    """
    if needs and all(has(item, name) for name in needs):
        return item
    try:
        return require_members([get(item["id"]) if has(item, "id") else item], *needs)[0]
    except NotFound:
        return {}


def short_name(full_name: Any, service_id: Any) -> str:
    """The short name in the full name ``region.name.id``; '' for a service without name (``region.id``).

    Names of public services (``com.t-systems.otc.eu-de.dns``) do not end with the ID and have no short form.
    A name without a dot, as in the samples of the API, is the short name.
    API: Creating a VPC Endpoint Service.
    """
    region, dot, rest = str(full_name or "").partition(".")
    suffix = f".{service_id}"
    if not dot:
        return "" if region == service_id else region
    return rest[: -len(suffix)] if region and service_id and rest.endswith(suffix) else ""


def id_in(full_name: Any) -> str:
    """The ID at the end of a full name; '' for a public service's name and a short name."""
    last = str(full_name or "").rpartition(".")[2]
    return last if re.fullmatch(UUID_PATTERN, last) else ""


def created_at(found: Object) -> float | None:
    """Seconds since 1970 at which an object was created; None if the cloud does not say."""
    try:
        moment = datetime.fromisoformat(str(found.get("created_at")).rstrip("Z"))
    except ValueError:
        return None
    return moment.replace(tzinfo=timezone.utc).timestamp()


def name_of(service: Object) -> str:
    return short_name(service.get("service_name"), service.get("id"))


def first_known(*values: Any) -> Any | None:
    """The first of *values* that is neither None nor ``UNKNOWN``."""
    return next((value for value in values if value is not None and value is not UNKNOWN), None)


def fits(wanted: list[str] | None, value: Any) -> bool:
    """Whether a filter, a list of values, lets a value pass. Without values it is no filter."""
    return not wanted or value in wanted


def same(one: Any, other: Any) -> bool:
    """Whether two IDs are equal, without regard to case."""
    return bool(one) and bool(other) and str(one).lower() == str(other).lower()


def is_gateway(item: Object) -> bool:
    """Whether this is a gateway endpoint. It has neither subnet nor address, so they do not identify it."""
    return bool(item.get("service_type") == "gateway")


def address_of(item: Object) -> Any:
    """The address of an endpoint; None if it shows no address or an invalid one."""
    try:
        address = observed("port_ip", ENDPOINT["port_ip"], item)
    except UnusableAnswer:
        return None
    return None if address is UNKNOWN else address


def names_service(item: Object, service_id: str) -> bool | None:
    """Whether an endpoint belongs to a service; None if it does not show its service."""
    if has(item, "endpoint_service_id"):
        return bool(item["endpoint_service_id"] == service_id)
    last = str(item.get("endpoint_service_name") or "").rpartition(".")[2]  # the ID, except for public services
    return last == service_id if last == service_id or re.fullmatch(UUID_PATTERN, last) else None


# Objects in results: those of the API, with ``tags`` as a dict. Services also have ``name`` and ``permissions``.


def service_result(answer: Object, permissions: list[str] | None = None) -> Object:
    more = {} if permissions is None else {"permissions": list(permissions)}
    return {**endpoint_result(answer), "name": name_of(answer), **more}


def endpoint_result(answer: Object) -> Object:
    try:
        tags = normalize("tags", answer.get("tags") or {})
    except ValueError:
        tags = answer.get("tags")  # unchanged; a task that manages tags fails
    return {**answer, "tags": tags}


def error_text(answer: Object) -> str:
    """The error of a failed object as the cloud shows it. The clouds have different members for it."""
    errors = answer.get("error")
    names = (("error_code", "code"), ("error_message", "error_msg", "message"))
    texts = []
    for error in objects_in({"errors": errors if isinstance(errors, list) else [errors]}, "errors"):
        parts = (next((error[name] for name in part if error.get(name)), None) for part in names)
        texts.append(": ".join(str(part) for part in parts if part))
    return one_line("; ".join(filter(None, texts))).rstrip(".") or "the cloud gives no reason"


def failed_object(what: str, answer: Object) -> VpcepError:
    return VpcepError(
        f"{what.capitalize()} {answer.get('id')} is in status failed: {error_text(answer)}. Set recreate to true to "
        "replace it, or delete it with state: absent."
    )
