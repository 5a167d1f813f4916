# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derives options from an existing object, without defaults (see fields.py). Pure functions."""

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
    values: Object  # the options
    remarks: list[str]  # sentences about settings that options cannot express

    def pinned(self, object_id: str, reason: str, remedy: str) -> Definition:
        """The same with the object's ID, which a replacement would not have."""
        remark = f"{object_id}: {reason} To create it again, remove the ID, and {remedy}."
        return Definition({"id": object_id, **self.values}, [*self.remarks, remark])


def define(table: Table, cloud: str, shown: Object, left_out: tuple[str, ...] = ()) -> Definition:
    """The options for the settings of *shown*, an object of the API, that are not defaults.

    left_out: fields to ignore. Raises :class:`UnusableAnswer` if a required field is missing or a value has the wrong
    type.
    """
    found: Object = {}
    remarks = []
    fields = fields_of(table, cloud, shown.get("service_type"))
    for name, field in fields.items():
        if name in left_out:
            continue
        value = observed(name, field, shown)
        if value is UNKNOWN and field.required:
            raise UnusableAnswer(f"the cloud does not show its {name}")
        if value is not UNKNOWN and (field.required or not is_default(field, value)):
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
        remarks += [f"{shown.get('id')}: left out, since no option describes it: {one_line(text)}" for text in texts]
        if texts and name == "tags":
            values["purge_tags"] = False
    for port in values.get("ports", ()):
        if port["protocol"] == PROTOCOLS[0]:
            del port["protocol"]
    first = {"name": values["name"]} if "name" in values else {}
    return Definition({**first, **values}, remarks)


def is_default(field: Field, value: Any) -> bool:
    """Whether the cloud sets a normalized *value* if the option is not set."""
    if field.assigned is UNKNOWN or asks_for_nothing(field, value):
        return True
    return field.assigned is not None and bool(value == normalize(field.kind, field.assigned))


def accepted(option: str, field: Field, cloud: str, value: Any) -> tuple[Any, list[str]]:
    """The part of a value that is valid for the option, and the problems of the rest."""
    if field.kind != "tags":
        return value, problems_of(option, field, cloud, value)
    texts = {key: problems_of(option, field, cloud, {key: value[key]}) for key in sorted(value)}
    return {key: value[key] for key in texts if not texts[key]}, [text for key in texts for text in texts[key]]


def unsaid(table: Table, shown: Object, given: Object) -> Iterator[tuple[str, Any, Any]]:
    """Options that a definition does not set and that differ from their defaults: option, default, present value.

    shown: the object as in results; given: the definition. Options without a known default are not compared.
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
