# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An existing object as the options that describe it, and what such options leave out. Pure functions.

The defaults that are left out are those of fields.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from .._core.texts import one_line
from .._core.types import Object
from .._schema.fields import BOTH, OPTION_NAMES, PROTOCOLS, UNKNOWN, Field, fields_of
from .._schema.kinds import tag_list
from .._schema.normalize import UnusableAnswer, normalize, observed
from .._schema.validation import problems_of
from .effect import asks_for_nothing, without_their_switch

Table = Mapping[str, Field]


class Definition(NamedTuple):
    """values: the options; remarks: what they cannot say, as sentences."""

    values: Object
    remarks: list[str]

    def pinned(self, object_id: str, reason: str) -> Definition:
        """With the object's ID, which no other object has, not even one that takes its place."""
        remark = f"{object_id}: {reason} To build it anew, remove the ID."
        return Definition({"id": object_id, **self.values}, [*self.remarks, remark])


def define(table: Table, cloud: str, shown: Object, left_out: tuple[str, ...] = ()) -> Definition:
    """The options for all that *shown*, an object of the API, has besides defaults.

    left_out: fields that are not wanted. Raises :class:`UnusableAnswer` if the cloud does not show what a definition
    needs, or shows a value of a wrong type.
    """
    found: Object = {}
    remarks = []
    fields = {name: it for name, it in fields_of(table, cloud).items() if name not in left_out and suits(it, shown)}
    for name, field in fields.items():
        value = observed(name, field, shown)
        if value is UNKNOWN and field.required:
            raise UnusableAnswer(f"the cloud does not show its {name}")
        if value is not UNKNOWN and (field.required or not goes_without_saying(field, value)):
            found[name] = value
    switches = {other for name in found for other in table[name].effective_with or ()}
    seen = {name: observed(name, table[name], shown) for name in switches}
    for name, reason in without_their_switch(table, cloud, found, seen).items():
        del found[name]
        remarks.append(f"{shown.get('id')}: {name} is left out: it {reason}.")
    values: Object = {}
    for name, value in found.items():
        option = OPTION_NAMES.get(name, name)
        values[option], texts = accepted(option, table[name], cloud, value)
        if texts and (table[name].required or name != "tags"):
            del values[option]
            if table[name].required:
                raise UnusableAnswer("; ".join(texts))
        remarks += [f"{shown.get('id')}: left out, since an option cannot say it: {one_line(text)}" for text in texts]
        if texts and name == "tags":
            values["purge_tags"] = False
    return Definition(arranged(values), remarks)


def suits(field: Field, shown: Object) -> bool:
    """Whether an object of this type has the field."""
    service_type = shown.get("service_type")
    return not (field.service_type and service_type and field.service_type != service_type)


def goes_without_saying(field: Field, value: Any) -> bool:
    """Whether the cloud sets a normalized *value* when nothing is asked for."""
    assigned = field.assigned is UNKNOWN or (
        field.assigned is not None and value == normalize(field.kind, field.assigned)
    )
    return assigned or asks_for_nothing(field, value)


def accepted(option: str, field: Field, cloud: str, value: Any) -> tuple[Any, list[str]]:
    """The part of a value that the option takes, and why it does not take the rest."""
    if field.kind != "tags":
        return value, problems_of(option, field, cloud, value)
    texts = {key: problems_of(option, field, cloud, {key: value[key]}) for key in sorted(value)}
    return {key: value[key] for key in texts if not texts[key]}, [text for key in texts for text in texts[key]]


def arranged(values: Object) -> Object:
    """With the name first, and ports without the protocol that they have anyway."""
    if "ports" in values:
        values["ports"] = [
            {key: item for key, item in port.items() if (key, item) != ("protocol", PROTOCOLS[0])}
            for port in values["ports"]
        ]
    return {"name": values["name"], **values} if "name" in values else values


def unsaid(table: Table, shown: Object, given: Object) -> Iterator[tuple[str, Any, Any]]:
    """What a definition leaves out, and is not as the cloud sets it then: the option, that value, and the one shown.

    shown: the object as a result has it; given: the definition. Options without a known default are not compared.
    """
    found: Object = {}
    with suppress(UnusableAnswer, ValueError):  # what cannot be read is not compared
        answer = {**shown, "tags": tag_list(normalize("tags", shown.get("tags") or {}))}
        for cloud in BOTH:  # each has fields and values that the other one does not have
            found.update(define(table, cloud, answer, left_out=("endpoint_service_id",)).values)
    for name, field in table.items():
        option = OPTION_NAMES.get(name, name)
        default = field.assigned if field.default is None else field.default
        if option in found and not {name, option} & {*given} and default is not None and default is not UNKNOWN:
            yield option, default, found[option]
