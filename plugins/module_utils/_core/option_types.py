"""The types of options, with checks that never show a value of a wrong type.

Ansible quotes such a value in its message, shows it in the invocation, logs it, or converts it to a text that messages
quote. It may hold a password: other collections take a whole entry of clouds.yaml where this one has separate options.
"""

from __future__ import annotations

import json
import re
import typing as t
from ast import literal_eval
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

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
"""What a message may quote: a name, a path or an address, but no text with a structure."""
UUID_PATTERN = r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"

_A_TEXT, _A_LIST, _A_DICTIONARY = "a text", "a list", "a dictionary"


class WrongType(str):
    """Replaces a value of a wrong type. Its text is the type; only a number is shown. wanted: what the option takes."""

    wanted = ""

    @classmethod
    def of(cls, value: t.Any, wanted: str) -> WrongType:
        made = cls(_noun_of(value))
        made.wanted = wanted
        return made


class CloudEntry(str):
    """A whole entry of clouds.yaml, given as an option. Its text shows nothing of its content."""

    content: Mapping[str, t.Any]

    @classmethod
    def of(cls, content: Mapping[str, t.Any]) -> CloudEntry:
        made = cls("(an entry)")
        made.content = content
        return made


class OptionType(str):
    """The name of an Ansible option type that also converts values: Ansible calls a type that is callable.

    Documentation and sanity tests compare the name. A call raises nothing: an unsuitable value becomes a WrongType.
    """

    convert: Callable[[t.Any], t.Any]

    @classmethod
    def of(cls, name: str, convert: Callable[[t.Any], t.Any]) -> OptionType:
        made = cls(name)
        made.convert = convert
        return made

    def __call__(self, value: t.Any) -> t.Any:
        return self.convert(value)


def _scalar(name: str, wanted: str, convert: Callable[[t.Any], t.Any]) -> OptionType:
    """A type whose values are neither lists nor dictionaries. convert: raises TypeError or ValueError."""

    def checked(value: t.Any) -> t.Any:
        if isinstance(value, WrongType):
            return value
        try:
            if isinstance(value, (Mapping, list, tuple)):
                raise TypeError
            return convert(value)
        except (TypeError, ValueError, OverflowError):
            return WrongType.of(value, wanted)

    return OptionType.of(name, checked)


def _simple_text(value: t.Any) -> str:
    """A name, an ID or an address. None of them looks like a dictionary or list, which templates turn into texts."""
    text: str = check_type_str(value)
    if text.lstrip().startswith(("{", "[")):
        raise TypeError
    return text


def _text_or_id(value: t.Any) -> str:
    """A text. The clouds show a UUID in lower case, and it is compared with what they show."""
    text = _simple_text(value)
    return text.lower() if re.fullmatch(UUID_PATTERN, text) else text


def _address(value: t.Any) -> str:
    """An address of a service. What is refused as an address later, and may hold a password, is not kept."""
    text = _simple_text(value)
    return "(an address with a user or a query)" if re.search("[@?#]", text) else text


def _list(value: t.Any) -> list[t.Any]:
    try:
        return list(check_type_list(value))
    except (TypeError, ValueError):
        return [WrongType.of(value, _A_LIST)]


def _dict(value: t.Any) -> dict[str, t.Any]:
    try:
        return dict(check_type_dict(value))
    except (TypeError, ValueError):
        return {"value": WrongType.of(value, _A_DICTIONARY)}


def _addresses(value: t.Any) -> dict[str, t.Any]:
    return {name: one if one is None else ADDRESS(one) for name, one in _dict(value).items()}


def _cloud(value: t.Any) -> t.Any:
    """A name, or an entry as a dictionary or as the text of one."""
    if isinstance(value, CloudEntry):
        return value
    content = value if isinstance(value, Mapping) else _mapping_in(value)
    return _ENTRY_NAME(value) if content is None else CloudEntry.of(content)


TEXT = _scalar("str", _A_TEXT, _text_or_id)
FREE_TEXT = _scalar("str", _A_TEXT, check_type_str)
"""A description or a secret, which may begin with any character."""
ADDRESS = _scalar("str", _A_TEXT, _address)
WORD = _scalar("str", _A_TEXT, lambda value: _text_or_id(_simple_text(value).strip()))
"""An element of a list of texts: Ansible splits "a, b" at the comma only."""
PATH = _scalar("path", _A_TEXT, lambda value: check_type_path(_simple_text(value)))
FLAG = _scalar("bool", "true or false", check_type_bool)
WHOLE = _scalar("int", "a whole number", check_type_int)
NUMBER = _scalar("float", "a number", check_type_float)
DICT = OptionType.of("dict", _dict)
LIST = OptionType.of("list", _list)
ADDRESSES = OptionType.of("dict", _addresses)
"""A dictionary whose values are addresses."""
CLOUD = OptionType.of("raw", _cloud)
_ENTRY_NAME = _scalar("raw", "the name of an entry of clouds.yaml, or such an entry", _simple_text)


def as_list(value: t.Any) -> list[t.Any]:
    """A value as a list: on the command line, it may be a text with commas, or a single element instead of a list."""
    parts = [] if value is None else list(value if isinstance(value, (list, tuple)) else LIST(value))
    return [part.strip() if isinstance(part, str) else part for part in parts if part != ""]


def refuse_wrong_types(options: Mapping[str, t.Any]) -> None:
    """Raises InputError with the name and the type of each value that became a WrongType."""
    _refuse(_wrong_types(options, ""))


def refuse_nested_lists(spec: Mapping[str, t.Any], options: Mapping[str, t.Any]) -> None:
    """Raises InputError where suboptions are expected and something else is given.

    Call it before Ansible gets the options: Ansible looks for secrets in them before it converts anything, and quotes
    elements that are not dictionaries.
    """
    nested = {name: option for name, option in spec.items() if option.get("options")}
    _refuse(_wrong_types(_typed(nested, options, texts=True), ""))


def wrong_types(spec: Mapping[str, t.Any], values: Mapping[str, t.Any]) -> list[str]:
    """A sentence for each value of a wrong type, for values that Ansible does not check by this spec.

    A dictionary or a list of dictionaries must not be given as text, because nothing converts it later.
    """
    return _sentences(_wrong_types(_typed(spec, values), ""))


def _typed(spec: Mapping[str, t.Any], values: Mapping[str, t.Any], texts: bool = False) -> dict[str, t.Any]:
    """The converted values, with a WrongType for each wrong one. texts: dictionaries and lists may be given as text."""
    known = ((name, spec[name], value) for name, value in values.items() if name in spec and value is not None)
    return {str(name): _value_of(option, value, texts) for name, option, value in known}


def _value_of(option: Mapping[str, t.Any], value: t.Any, texts: bool) -> t.Any:
    if option["type"] == LIST:
        nested = option.get("elements") == DICT and not texts
        if isinstance(value, Mapping) or (nested and not isinstance(value, (list, tuple))):
            return [WrongType.of(value, _A_LIST)]
        item = {**option, "type": option.get("elements", TEXT)}
        items = value if isinstance(value, (list, tuple)) else LIST(value)
        # Empty texts count as left out (see as_list), as in the answers of a survey.
        return [_value_of(item, one, texts) for one in items if one != "" or item["type"] == DICT]
    if option["type"] != DICT:
        return option["type"](value)
    content = DICT(value) if texts or isinstance(value, Mapping) else {"value": WrongType.of(value, _A_DICTIONARY)}
    is_wrong = any(isinstance(one, WrongType) for one in content.values())
    return content if is_wrong else _typed(option.get("options") or {}, content, texts)


def shown(value: t.Any) -> str:
    """A value for a message: itself if it looks like a name, a path or an address, else its type."""
    return value if isinstance(value, str) and re.fullmatch(SHOWN, value) else f"({_noun_of(value)}, not shown)"


def _refuse(values: Iterator[tuple[str, WrongType]]) -> None:
    problems = _sentences(values)
    if problems:
        raise InputError(" ".join(problems))


def known_options(spec: Mapping[str, t.Any], values: t.Any) -> t.Any:
    """Options without those that do not exist: a misspelt one may be a password, which nothing masks."""
    if isinstance(values, list):
        return [known_options(spec, one) for one in values]
    if not isinstance(values, Mapping):
        return values
    names = {alias: option for name, option in spec.items() for alias in (name, *option.get("aliases", ()))}
    return {
        name: known_options(names[name]["options"], value) if names[name].get("options") else value
        for name, value in values.items()
        if name in names
    }


def _sentences(values: Iterator[tuple[str, WrongType]]) -> list[str]:
    return [f"{name} must be {found.wanted}, not {found}." for name, found in values]


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
    """The place of a part; that of the whole if the part replaces something that should be a list or dictionary."""
    whole = isinstance(item, WrongType) and item.wanted in (_A_LIST, _A_DICTIONARY)
    return place if whole else place + part


def _mapping_in(value: t.Any) -> Mapping[str, t.Any] | None:
    """The dictionary that a text holds, as JSON or as Python writes it; None for any other value."""
    text = value.strip() if isinstance(value, str) else ""
    if not text.startswith("{"):
        return None
    for parse in (json.loads, literal_eval):
        with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
            found = parse(text)
            return found if isinstance(found, dict) else None
    return None


def _noun_of(value: t.Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return _A_DICTIONARY
    if isinstance(value, (list, tuple)):
        return _A_LIST
    if isinstance(value, (bool, int, float)):
        return str(value)
    looks_nested = isinstance(value, str) and value.lstrip().startswith(("{", "["))
    return "the text of a dictionary or list" if looks_nested else "a text"
