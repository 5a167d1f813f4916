"""JSON objects, which all layers pass on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")
Object = dict[str, Any]
"""A JSON object: an answer of the API, a request body, a task's options or its result."""


def object_in(answer: Any, member: str) -> Object:
    """The object in a member of an answer; {} if there is no such object."""
    found = answer.get(member) if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}


def grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """The values of (key, value) pairs, by key."""
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def objects_in(answer: Any, member: str) -> list[Object]:
    """The objects in a list of an answer; [] if there is no such list."""
    found = answer.get(member) if isinstance(answer, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
