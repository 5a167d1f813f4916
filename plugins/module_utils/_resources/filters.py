# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that the API does not have, for the modules that find things."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .._core.errors import ApiError, InputError
from .._schema.fields import SERVICE
from .._schema.kinds import tag_value
from .._schema.normalize import observed

TagFilter = dict[str, "str | None"]  # key -> value, None for any
WORTH_A_SEARCH = 2  # pages that are still to be read


def is_given(value: Any) -> bool:
    """Whether a filter was given; an empty list or dict asks for nothing."""
    return value is not None and value != [] and value != {}


def listed(wanted: list[str] | None, value: Any) -> bool:
    """Whether *value* is one of those *wanted*, when any are."""
    return not wanted or value in wanted


def tag_filter(wanted: dict[str, Any] | None) -> TagFilter:
    """The tags to look for; a tag without value (null) asks for the key only. Raises InputError."""
    try:
        return {str(key): None if value is None else tag_value(value) for key, value in (wanted or {}).items()}
    except TypeError as error:
        raise InputError(f"tags: {error}: {wanted!r} cannot be looked for.") from error


def has_values(names: Iterable[str], options: dict[str, Any], answer: dict[str, Any]) -> bool:
    """Whether the members *names* of an object have the values that the options of these names set, if any."""
    return all(options.get(name) in (None, answer.get(name)) for name in names)


def has_tags(wanted: TagFilter, answer: dict[str, Any]) -> bool:
    """Whether an object has all tags *wanted*."""
    if not wanted:
        return True
    tags = observed("tags", SERVICE["tags"], answer)
    return all(key in tags and text in (None, tags[key]) for key, text in wanted.items())


def tagged_ones(api: Any, kind: str, wanted: TagFilter) -> Callable[[int], list[str] | None] | None:
    """A shortcut for lists (see _api/vpcep.py): the API's own search by tags, asked when that saves requests.

    It finds too much (a value that begins with ``*`` matches endings), so that :func:`has_tags` has to look again.
    """
    if not wanted:
        return None

    def shortcut(pages_left: int) -> list[str] | None:
        if pages_left < WORTH_A_SEARCH:
            return None
        tags = [{"key": key, "values": [] if text is None else [text]} for key, text in wanted.items()]
        try:
            found = api.find_by_tags(kind, {"action": "filter", "limit": str(pages_left), "offset": "0", "tags": tags})
        except ApiError as error:
            if error.status == 403:  # reading is allowed, searching is not
                return None
            raise
        return [str(item.get("resource_id")) for item in found] if len(found) < pages_left - 1 else None

    return shortcut
