# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that the API does not have, for the modules that find things."""

from __future__ import annotations

from typing import Any

from .canonical import observed, tag_value
from .errors import InputError
from .fields import SERVICE


def is_given(value: Any) -> bool:
    """Whether a filter was given; an empty list or dict asks for nothing."""
    return value is not None and value != [] and value != {}


def listed(wanted: list[str] | None, value: Any) -> bool:
    """Whether *value* is one of those *wanted*, when any are."""
    return not wanted or value in wanted


def has_tags(wanted: dict[str, Any] | None, answer: dict[str, Any]) -> bool:
    """Whether an object has all tags *wanted*; a tag without value (null) asks for the key only."""
    if not wanted:
        return True
    try:
        texts = {str(key): None if value is None else tag_value(value) for key, value in wanted.items()}
    except TypeError as error:
        raise InputError(f"tags: {error}: {wanted!r} cannot be looked for.") from error
    tags = observed("tags", SERVICE["tags"], answer)
    return all(key in tags and text in (None, tags[key]) for key, text in texts.items())
