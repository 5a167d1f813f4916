# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects in results: those of the API, with ``tags`` as a dict. Services also have ``name`` and ``permissions``."""

from __future__ import annotations

from .._core.errors import VpcepError
from .._core.texts import one_line
from .._core.types import Object
from .._schema.fields import UNKNOWN
from .._schema.normalize import name_of, normalize


def service_result(answer: Object, permissions: list[str] | None = None) -> Object:
    """A service for a result."""
    result = _with_tags(answer)
    result["name"] = name_of(answer)
    if permissions is not None:
        result["permissions"] = list(permissions)
    return result


def endpoint_result(answer: Object) -> Object:
    """An endpoint for a result."""
    return _with_tags(answer)


def predicted(answer: Object, after: Object, renamed: dict[str, str]) -> Object:
    """*answer* with the planned values *after*. renamed: fields that have another name in answers -> this name."""
    changed = {renamed.get(name, name): value for name, value in after.items() if value is not UNKNOWN}
    return {**answer, **changed}


def error_text(answer: Object) -> str:
    """The error of a failed object as the cloud shows it. The clouds have different members for it."""
    errors = answer.get("error")
    texts = [
        ": ".join(
            str(part)
            for part in (
                error.get("error_code") or error.get("code"),
                error.get("error_message") or error.get("error_msg") or error.get("message"),
            )
            if part
        )
        for error in (errors if isinstance(errors, list) else [errors])
        if isinstance(error, dict)
    ]
    return one_line("; ".join(text for text in texts if text)).rstrip(".") or "the cloud gives no reason"


def failed_object(what: str, answer: Object) -> VpcepError:
    """The error for an object in status ``failed``."""
    return VpcepError(
        "{} {} is in status failed: {}. Set recreate to true to replace it, or delete it with state: absent.".format(
            what.capitalize(), answer.get("id"), error_text(answer)
        )
    )


def _with_tags(answer: Object) -> Object:
    result = dict(answer)
    try:
        result["tags"] = normalize("tags", answer.get("tags") or {})
    except (TypeError, ValueError, AttributeError, KeyError):
        result["tags"] = answer.get("tags")  # unchanged; a task that manages tags fails
    return result
