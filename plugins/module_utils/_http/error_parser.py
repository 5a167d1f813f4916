"""Reads the clouds' error answers. API: Error Codes, Status Codes (VPCEP); Error Codes (IAM)."""

from __future__ import annotations

import json
import re
import typing as t
from collections.abc import Iterable, Mapping

from .._core.errors import digits_of
from .._core.texts import one_line, scrub

MESSAGE_LIMIT = 500
"""Characters kept of a message."""

_MESSAGES = ("error_msg", "error_message", "errorMsg", "errorMessage", "message", "title", "error", "detail")
_CODE = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_HTML = r"(?i)<(?:!doctype|html|head|body|title|h1|center|p)\b"

A_PAGE = "(an HTML page, not an answer of the API)"

ABSENT_AS_400 = ("0005", "2003", "2006", "2007", "2008")
"""Codes that mean "does not exist" with status 400, too. The documents show 400 with 2003, 404 with the others."""

_OTHER_OBJECTS = ("2030", "4004", "4008", "4012", "4021", "4030")
"""Codes of a 404 about a referenced object, never about the addressed one."""


def parse_error(
    text: str, headers: Mapping[str, str], secrets: Iterable[str] = ()
) -> tuple[str | None, str, str | None]:
    """Code (as sent, or None), message and request ID (or None) of an error answer of any form; never raises.

    Knows the forms of VPCEP, gateway, IAM and Neutron, other JSON objects with a message, HTML and plain text.
    *secrets* are masked before texts are cut, while the secrets are complete.
    """
    document = _error_object(text)
    code = _first(document, "error_code", "errorCode", "code")
    message = _first(document, *_MESSAGES)
    if message and message.startswith('{"NeutronError"'):  # VPC v1 passes Neutron's answers on as a text
        message = _first(_error_object(message), "message") or message
    if not document:
        message = _plain(scrub(text, secrets))
    request_id = _request_id(headers) or _first(document, "request_id", "requestId")
    return (
        scrub(code, secrets) if code and re.fullmatch(_CODE, code) else None,
        one_line(scrub(message or "", secrets))[:MESSAGE_LIMIT],
        request_id and one_line(scrub(request_id, secrets))[:128],
    )


def is_absent(status: int, code: str | None, text: str, headers: Mapping[str, str]) -> bool:
    """Whether an error answer says that the addressed object does not exist."""
    digits = digits_of(code)
    if status == 400:
        return digits in ABSENT_AS_400
    if status != 404:
        return False
    if digits:
        return digits not in _OTHER_OBJECTS
    if code is not None:
        # The gateway's 404 means an unknown path; IAM's an unknown token or project.
        return not code.upper().startswith(("APIGW.", "APIG."))
    # Without a code it is the API's own answer only if it has the API's request ID: a wrong address answers 404, too,
    # which must not count as "deleted".
    return _request_id(headers) is not None and (not text or bool(_error_object(text)))


def _error_object(text: str) -> dict[str, t.Any]:
    """The JSON object with code and message, also from inside {"error": {...}} and similar; {} if there is none."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    for _depth in range(3):
        if not isinstance(document, dict):
            return {}
        neutron = document.get("NeutronError")
        if isinstance(neutron, dict):
            return {"code": neutron.get("type"), "message": neutron.get("message")}
        inner = [value for value in document.values() if isinstance(value, dict)]
        named = any(isinstance(document.get(key), str) for key in ("error_code", "errorCode", "code", "error_msg"))
        if named or len(inner) != 1:
            return document
        # Keeps a request_id beside the wrapper.
        outer = {key: value for key, value in document.items() if not isinstance(value, dict)}
        document = {**outer, **inner[0]}
    return dict(document)


def _first(document: Mapping[str, t.Any], *names: str) -> str | None:
    for name in names:
        value = document.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**9:
            return str(value)
    return None


def _request_id(headers: Mapping[str, str]) -> str | None:
    return headers.get("X-Request-Id") or headers.get("X-Openstack-Request-Id")


def _plain(text: str) -> str:
    """The useful part of an answer that is not JSON: the title of a page, or the beginning of the text."""
    text = text[:20000]
    if re.search(_HTML, text):
        title = re.search(r"(?i)<title[^>]*>([^<]{1,200})", text)
        if title:
            return f"{title[1].strip()} {A_PAGE}"
        text = re.sub(r"(?is)<(?:script|style)\b.*?</(?:script|style)>", " ", text)
        text = re.sub(r"<[^>]{0,500}>", " ", text)
    return text[:200]
