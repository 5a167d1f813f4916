"""Finds options that have no effect on an object, by the data in fields.py.

Such a restriction is an error, because the API accepts a whitelist for a gateway endpoint and ignores it.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from .._core.errors import InputError
from .._core.types import Object
from .._schema import plan as planning
from .._schema.fields import NEVER, UNKNOWN, Field
from .._schema.normalize import first_known, normalize
from .._schema.validation import refuse
from .resource import Resource

Table = Mapping[str, Field]


def asks_for_nothing(field: Field, value: Any) -> bool:
    """Whether a normalized *value* equals an absent field or the default, such as an empty list."""
    default = None if field.default is None else normalize(field.kind, field.default)
    return value in (field.absent_means, default)


def limits(field: Field, value: Any) -> bool:
    """Whether a normalized *value* is a restriction."""
    return field.restricts and not asks_for_nothing(field, value)


def wrong_type_reasons(table: Table, wanted: Object, service_type: str | None) -> dict[str, str]:
    """Fields of *wanted* that an endpoint of *service_type* (None: not known) does not have -> the reason."""
    return {
        name: f"has no effect on {_article(service_type)} endpoint, only on {_article(table[name].service_type)} one"
        for name, value in wanted.items()
        if not table[name].is_of(service_type)
        if not asks_for_nothing(table[name], value)
    }


def without_their_switch(
    table: Table, cloud: str, wanted: Object, seen: Object, is_new: bool = False
) -> dict[str, str]:
    """Fields of *wanted* without effect because of the value of another field -> the reason.

    seen: values of the object, for fields that are not in *wanted*; of an object to be created (is_new) the defaults.
    Fields in neither of them are not known.
    """
    reasons = {}
    for name, value in wanted.items():
        for other, needed in (table[name].effective_with or {}).items():
            actual = first_known(wanted.get(other), seen.get(other))
            if actual is None or actual in needed or asks_for_nothing(table[name], value):
                continue
            also = ""
            if other not in wanted and is_new:
                also = " by default"
            elif other not in wanted and table[other].changed_by.get(cloud) is NEVER:
                also = f", which the cloud cannot change in place: set {other} and recreate"
            reasons[name] = f"has an effect only with {other}={shown(needed[0])}, and it is {shown(actual)}{also}"
    return reasons


def check_options(table: Table, cloud: str, wanted: Object) -> None:
    """Raises InputError for restrictions that have no effect on any object.

    Of two restrictions for different types of endpoints one has no effect.
    """
    reasons = without_their_switch(table, cloud, wanted, {})
    refuse([f"{name} {reason}." for name, reason in reasons.items() if table[name].restricts])
    typed = [name for name, value in wanted.items() if table[name].service_type and limits(table[name], value)]
    refuse(
        [
            f"{one} has an effect only on {_article(table[one].service_type)} endpoint, {two} only on "
            f"{_article(table[two].service_type)} one: give one of them."
            for one, two in combinations(typed, 2)
            if table[one].service_type != table[two].service_type
        ]
    )


def check_effect(resource: Resource, current: Object, news: str = "") -> None:
    """Raises InputError for restrictions without effect on *current*, and warns about other options without effect.

    news: the last change of the object, for the message.
    """
    place = f"{resource.noun.capitalize()} {current.get('id')}{news}"
    seen = planning.observe(resource.table, current, switches(resource))
    report_ineffective(resource, place, current.get("service_type"), seen)


def check_new(resource: Resource) -> None:
    """Checks the options as check_effect(), before a creation. Options that are not set have the cloud's default."""
    fields = {name: resource.table[name] for name in switches(resource)}
    seen = {name: normalize(it.kind, it.default) for name, it in fields.items() if it.default is not None}
    place = f"No {resource.noun} was created"
    report_ineffective(resource, place, None, seen, is_new=True)
    resource.look_ahead()
    report_ineffective(resource, place, resource.service_type, seen, is_new=True)


def switches(resource: Resource) -> set[str]:
    """The fields that decide whether options have an effect."""
    return {other for name in resource.desired for other in resource.table[name].effective_with or ()}


def report_ineffective(
    resource: Resource, place: str, service_type: str | None, seen: Object, is_new: bool = False
) -> None:
    """Raises InputError or warns, as in check_effect(). place: the beginning of the message."""
    found = {
        **without_their_switch(resource.table, resource.runtime.cloud, resource.desired, seen, is_new),
        **wrong_type_reasons(resource.table, resource.desired, service_type),
        **resource.other_reasons(),
    }
    reasons = {name: reason for name, reason in found.items() if name in resource.given}
    refused = [f"{resource.option(name)} {why}" for name, why in reasons.items() if resource.table[name].restricts]
    if refused:
        raise InputError(
            f"{place}: {'; '.join(refused)}. The limit would not be in force. Set what is missing, or leave the option "
            "out."
        )
    for name, reason in reasons.items():
        resource.runtime.warn(f"{resource.option(name)} {reason}.")


def check_made(resource: Resource, made: Object) -> None:
    """Checks a new object as in check_effect(), and warns if it shows other restrictions than the desired ones."""
    check_effect(resource, made, " was created, but")
    asked = {name: value for name, value in resource.desired.items() if limits(resource.table[name], value)}
    compare(resource, made, asked, "new ")


def compare(resource: Resource, found: Object, asked: Object, new: str = "") -> None:
    """Warns if an object shows other values than those *asked* for: the cloud ignored them. new: for the message."""
    seen = planning.observe(resource.table, found, asked) if found.get("status") in resource.settled else {}
    for name, value in seen.items():
        if value is UNKNOWN:
            resource.runtime.warn(f"{resource.option(name)}: the cloud does not show whether this limit is in force.")
        elif value != asked[name]:
            resource.runtime.warn(
                f"{resource.option(name)} of the {new}{resource.noun} {found.get('id')} is {shown(value) or 'empty'}, "
                f"although {shown(asked[name]) or 'an empty one'} was asked for."
            )


def shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _article(service_type: str | None) -> str:
    return f"an {service_type}" if str(service_type)[:1] in "aeiou" else f"a {service_type}"
