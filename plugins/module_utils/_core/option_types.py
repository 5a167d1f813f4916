# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of options, with checks that never show a value of a wrong type.

Ansible quotes such a value in its message, shows it among the arguments of the invocation, writes it to the system's
log, or converts it to a text, which messages then quote. A dictionary with a password in it is a likely mistake: other
collections take a whole entry of clouds.yaml where this one has separate options.
"""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Callable, Iterator, Mapping

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
    check_type_path,
    check_type_str,
)

from .errors import InputError

SHOWN = r"[\w.@/:+~ -]{1,80}"
"""What may be quoted in a message: a name, a path or an address, but no text with a structure."""

_A_LIST, _A_DICTIONARY = "a list", "a dictionary"
_WANTED = {
    "str": "a text",
    "path": "a text",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "raw": "the name of an entry of clouds.yaml, or such an entry",
}


class WrongType(str):
    """Takes the place of a value of a wrong type. Its text is the type that the value had; only a number is shown."""

    wanted = ""

    @classmethod
    def of(cls, value: t.Any, wanted: str) -> WrongType:
        made = cls(_noun_of(value))
        made.wanted = wanted
        return made


class CloudEntry(str):
    """A whole entry of clouds.yaml, given as an option. Its text shows nothing of it.

    content: the members of the entry.
    """

    content: Mapping[str, t.Any]

    @classmethod
    def of(cls, content: Mapping[str, t.Any]) -> CloudEntry:
        made = cls("(an entry)")
        made.content = content
        return made


class OptionType(str):
    """The name of a type of Ansible's that also converts values itself: Ansible calls a type that can be called.

    Documentation and sanity tests compare the name. Calling it raises nothing: what does not fit becomes a WrongType.
    """

    convert: Callable[[t.Any], t.Any] = staticmethod(check_type_str)

    @classmethod
    def of(cls, name: str, convert: Callable[[t.Any], t.Any]) -> OptionType:
        made = cls(name)
        made.convert = convert
        return made

    def __call__(self, value: t.Any) -> t.Any:
        if isinstance(value, WrongType):
            return value
        try:
            if isinstance(value, (Mapping, list, tuple)):
                raise TypeError
            return self.convert(value)
        except (TypeError, ValueError, OverflowError):
            return WrongType.of(value, _WANTED[self])


class _CloudType(OptionType):
    """The type of the option cloud: a name, or an entry as a dictionary or as the text of one."""

    def __call__(self, value: t.Any) -> t.Any:
        if isinstance(value, CloudEntry):
            return value
        content = value if isinstance(value, Mapping) else _mapping_in(value)
        return super().__call__(value) if content is None else CloudEntry.of(content)


class _ListType(OptionType):
    """The type of lists, whose elements have a type of their own."""

    def __call__(self, value: t.Any) -> list[t.Any]:
        try:
            return list(check_type_list(value))
        except (TypeError, ValueError):
            return [WrongType.of(value, _A_LIST)]


class _DictType(OptionType):
    """The type of dictionaries."""

    def __call__(self, value: t.Any) -> dict[str, t.Any]:
        try:
            return dict(check_type_dict(value))
        except (TypeError, ValueError):
            return {"value": WrongType.of(value, _A_DICTIONARY)}


def _simple_text(value: t.Any) -> str:
    """A name, an ID or an address, none of which looks like a dictionary or list: templates make texts of these."""
    text: str = check_type_str(value)
    if text.lstrip().startswith(("{", "[")):
        raise TypeError
    return text


def _trimmed(value: t.Any) -> str:
    """An element of a list: Ansible splits "a, b" at the comma only."""
    return _simple_text(value).strip()


TEXT = OptionType.of("str", _simple_text)
FREE_TEXT = OptionType("str")
"""A description or a secret, which may begin with any character."""
WORD = OptionType.of("str", _trimmed)
"""An element of a list of texts."""
PATH = OptionType.of("path", lambda value: check_type_path(_simple_text(value)))
FLAG = OptionType.of("bool", check_type_bool)
WHOLE = OptionType.of("int", check_type_int)
DICT = _DictType("dict")
LIST = _ListType("list")
NUMBER = OptionType.of("float", check_type_float)
CLOUD = _CloudType.of("raw", _simple_text)


def refuse_wrong_types(options: Mapping[str, t.Any]) -> None:
    """Raises InputError with the name and the type of each value that its OptionType has found to be wrong."""
    _refuse(_wrong_types(options, ""))


def refuse_nested_lists(spec: Mapping[str, t.Any], options: Mapping[str, t.Any]) -> None:
    """Raises InputError for a list in a list of dictionaries that have options of their own, and for one dictionary.

    To be called before Ansible sees the options: it looks there for secrets before it converts anything, and quotes
    what is no dictionary.
    """
    _refuse(_nested_lists(spec, options, ""))


def wrong_types(spec: Mapping[str, t.Any], values: Mapping[str, t.Any]) -> list[str]:
    """A sentence for each value of a wrong type, for values that Ansible does not check by this spec.

    A text is no dictionary here, and no list of dictionaries: nothing converts it later.
    """
    return _sentences(_wrong_types(_typed(spec, values), ""))


def _typed(spec: Mapping[str, t.Any], values: Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The values converted, with a WrongType for each that does not fit."""
    known = ((name, spec[name], value) for name, value in values.items() if name in spec and value is not None)
    return {str(name): _value_of(option, value) for name, option, value in known}


def _value_of(option: Mapping[str, t.Any], value: t.Any) -> t.Any:
    if option["type"] == LIST:
        nested = option.get("elements") == DICT
        if isinstance(value, Mapping) or (nested and not isinstance(value, (list, tuple))):
            return [WrongType.of(value, _A_LIST)]
        item = {**option, "type": option.get("elements", TEXT)}
        return [_value_of(item, one) for one in (value if isinstance(value, (list, tuple)) else LIST(value))]
    if option["type"] != DICT:
        return option["type"](value)
    if not isinstance(value, Mapping):
        return {"value": WrongType.of(value, _A_DICTIONARY)}
    return _typed(option.get("options") or {}, value)


def shown(value: t.Any) -> str:
    """A value for a message: as it is if it looks like a name, a path or an address, else only described."""
    return value if isinstance(value, str) and re.fullmatch(SHOWN, value) else f"({_noun_of(value)}, not shown)"


def _refuse(values: Iterator[tuple[str, WrongType]]) -> None:
    problems = _sentences(values)
    if problems:
        raise InputError(" ".join(problems))


def _sentences(values: Iterator[tuple[str, WrongType]]) -> list[str]:
    return [f"{name} must be {found.wanted}, not {found}." for name, found in values]


def _nested_lists(
    spec: Mapping[str, t.Any], options: Mapping[str, t.Any], place: str
) -> Iterator[tuple[str, WrongType]]:
    for name, option in spec.items():
        items = options.get(name) if option.get("options") else None
        if isinstance(items, Mapping):
            yield place + name, WrongType.of(items, _A_LIST)
        for index, item in enumerate(items if isinstance(items, (list, tuple)) else ()):
            there = f"{place}{name}[{index}]"
            if isinstance(item, Mapping):
                yield from _nested_lists(option["options"], item, f"{there}.")
            elif isinstance(item, (list, tuple)):
                yield there, WrongType.of(item, _A_DICTIONARY)


def _wrong_types(value: t.Any, place: str) -> Iterator[tuple[str, WrongType]]:
    """Each WrongType in a value, with its place, such as endpoints[0].vpc_id."""
    if isinstance(value, WrongType):
        yield place, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _wrong_types(item, _inside(place, f".{name}" if place else str(name), item))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _wrong_types(item, _inside(place, f"[{index}]", item))


def _inside(place: str, part: str, item: t.Any) -> str:
    """The place of a part; that of the whole if the part stands for a list or dictionary that is none."""
    whole = isinstance(item, WrongType) and item.wanted in (_A_LIST, _A_DICTIONARY)
    return place if whole else place + part


def _mapping_in(value: t.Any) -> Mapping[str, t.Any] | None:
    """The dictionary that a text holds, as JSON or as Python writes it; None for any other value."""
    text = value.strip() if isinstance(value, str) else ""
    if not text.startswith("{"):
        return None
    try:
        found = json.loads(text)
    except ValueError:
        from ast import literal_eval  # few tasks need it

        try:
            found = literal_eval(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            return None
    except RecursionError:
        return None
    return found if isinstance(found, dict) else None


def _noun_of(value: t.Any) -> str:
    if isinstance(value, Mapping):
        return _A_DICTIONARY
    if isinstance(value, (list, tuple)):
        return _A_LIST
    if isinstance(value, (bool, int, float)):
        return str(value)
    looks_nested = isinstance(value, str) and value.lstrip().startswith(("{", "["))
    return "the text of a dictionary or list" if looks_nested else "a text"
