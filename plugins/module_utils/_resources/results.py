# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects in results: those of the API, with ``tags`` as a dict. Services also have ``name`` and ``permissions``."""

from __future__ import annotations

from .._core.errors import VpcepError
from .._core.texts import one_line
from .._core.types import Object, objects_in
from .._schema.normalize import name_of, normalize


def service_result(answer: Object, permissions: list[str] | None = None) -> Object:
    more = {} if permissions is None else {"permissions": list(permissions)}
    return {**endpoint_result(answer), "name": name_of(answer), **more}


def endpoint_result(answer: Object) -> Object:
    """An endpoint for a result."""
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
