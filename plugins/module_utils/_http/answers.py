# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of servers: which of them are usable, and what the others say."""

from __future__ import annotations

import json as json_text
import typing as t
from urllib.parse import urlsplit

from .._core.errors import ApiError, OutcomeUnknown, TransportFailure
from .._core.texts import clean_answer, one_line, scrub
from .pools import host_of
from .retry import FINAL, UNKNOWN, classify

if t.TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .retry import Kind, RetryDecision

# Statuses of refusals whose body is not needed.
_TELLING = frozenset((401, 408, 429))

# Statuses of redirects of a request that was not carried out; after 303 it was.
_REDIRECTS = frozenset((301, 302, 307, 308))

_NOT_FOLLOWED = (
    "Redirects are not followed, since the token would go with them: set api_url and auth_url to the addresses where "
    "the cloud answers itself, with https where http stands now, and check region."
)
_IN_DOUBT = "It may have been created: run the task again, which looks for it first."


class Response:
    """A usable answer: status (int), headers (looked up in any case), body (bytes).

    request_id: the ID the service's support asks for, as text for people; secrets: what the server may repeat.
    """

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        request_id: str | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.request_id = request_id
        self._secrets = secrets
        self._document: t.Any = None
        self._parsed = False

    @property
    def content_type(self) -> str:
        """The media type of the body, without parameters; empty if the answer names none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self) -> t.Any:
        """The body after texts.clean_answer; None when there is none. Raises ValueError for what is not JSON."""
        if not self._parsed:
            try:
                document = json_text.loads(self.body) if self.body.strip() else None
                self._document = clean_answer(document, self._secrets)
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            self._parsed = True
        return self._document


def request_id_of(headers: Mapping[str, str], secrets: Iterable[str]) -> str | None:
    """The request ID of an answer as text for people, without *secrets*; None if it has none."""
    return one_line(scrub(headers.get("X-Request-Id") or "", secrets))[:128] or None


def check_success(response: Response, method: str, kind: Kind) -> None:
    """Raises TransportFailure unless a successful answer is a JSON object or list, or empty where no body is needed."""
    if response.status in (204, 205) or method in ("DELETE", "HEAD"):
        return
    try:
        document = response.json()
    except ValueError:
        raise _not_json(response) from None
    if isinstance(document, (dict, list)) or (document is None and kind == "repeat"):
        return
    raise TransportFailure(
        f"the answer (HTTP {response.status}) holds no object",
        sent=True,
        status=response.status,
        request_id=response.request_id,
    )


def check_refusal(response: Response) -> None:
    """Raises TransportFailure for invalid JSON where the reason of a refusal is needed, and for a status below 200."""
    if response.status < 200:
        raise TransportFailure(
            f"the answer (HTTP {response.status}) is not a final one", sent=True, request_id=response.request_id
        )
    if response.status in _TELLING or not 400 <= response.status < 500 or "json" not in response.content_type:
        return
    try:
        response.json()
    except ValueError:
        raise _not_json(response) from None


def refusal(response: Response, operation: str, addressed: bool, tries: int, secrets: Iterable[str]) -> ApiError:
    """The exception for an answer with another status than 2xx; the arguments are those of error_bodies.api_error."""
    if response.status < 400:
        location = response.headers.get("Location") or ""
        host = host_of(location)
        target = f"{urlsplit(location).scheme or 'https'}://{host}" if host else "another address"
        return ApiError(
            one_line(scrub(f"the server redirects to {target}", secrets))[:200],
            operation=operation,
            status=response.status,
            request_id=response.request_id,
            tries=tries,
            hint=_NOT_FOLLOWED,
        )
    from .error_parser import api_error  # only needed after an error

    return api_error(
        operation,
        response.status,
        response.body,
        response.headers,
        addressed=addressed,
        secrets=secrets,
        tries=tries,
    )


def _not_json(response: Response) -> TransportFailure:
    return TransportFailure(
        f"the answer (HTTP {response.status}, {response.content_type or 'no type given'}) is not JSON",
        sent=True,
        cause="page" if "html" in response.content_type else "",
        status=response.status,
        request_id=response.request_id,
    )


def _redirects(response: Response) -> bool:
    """Whether an answer says that the request was not carried out, and where it should go instead."""
    location = response.headers.get("Location") or ""
    try:
        urlsplit(location)
    except ValueError:
        return False
    return bool(location) and response.status in _REDIRECTS


def classify_answer(kind: Kind, response: Response, error: ApiError) -> RetryDecision:
    """The decision on an answer that is no success."""
    if response.status >= 400:
        return classify(kind, response.status, error.code)
    return UNKNOWN if kind == "create" and not _redirects(response) else FINAL


def outcome_unknown(error: ApiError) -> OutcomeUnknown:
    """The same error of a creation that may have been carried out."""
    unknown = OutcomeUnknown(
        error.message,
        operation=error.operation,
        status=error.status,
        code=error.code,
        request_id=error.request_id,
        tries=error.tries,
        hint=f"{_IN_DOUBT} {_NOT_FOLLOWED}" if error.hint == _NOT_FOLLOWED else _IN_DOUBT,
    )
    unknown.host = error.host
    unknown.server_date = error.server_date
    return unknown
