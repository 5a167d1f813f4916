"""Answers of servers: reads the body, decides whether the answer is usable, and makes the error of a refusal."""

from __future__ import annotations

import json
import typing as t
import zlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from urllib.parse import urlsplit

from .._core.errors import ApiError, NotFound, OutcomeUnknown, TransportFailure
from .._core.texts import clean_answer, one_line, scrub
from . import error_codes
from .error_parser import A_PAGE, is_absent, parse_error
from .network_errors import HINTS
from .pools import host_of
from .retry import FINAL, UNKNOWN, Kind, RetryDecision, classify

BODY_LIMIT = 16 * 1024 * 1024
"""Bytes of a body at most, as sent and unpacked: 16 KB for each of the 1,000 objects of a page."""

# Statuses of refusals whose body is not needed.
_SELF_EXPLANATORY = frozenset((401, 408, 429))

# Statuses of redirects of a request that was not carried out; after 303 it was.
_REDIRECTS = frozenset((301, 302, 307, 308))

_NOT_FOLLOWED = (
    "Redirects are not followed, since the token would go with them: set api_url and auth_url to the addresses "
    "where the cloud answers itself, with https instead of http, and check region."
)
_IN_DOUBT = "It may have been created: run the task again, which looks for it first."


class Response:
    """An answer. headers: names in any case; request_id: for the cloud's support; secrets: texts that it may repeat."""

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

    @property
    def content_type(self) -> str:
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self) -> t.Any:
        """The parsed body after texts.clean_answer; None for an empty body. Raises ValueError for invalid JSON."""
        return self._document

    @cached_property
    def _document(self) -> t.Any:
        try:
            return clean_answer(json.loads(self.body) if self.body.strip() else None, self._secrets)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error

    def failure(self, text: str, cause: str = "") -> TransportFailure:
        """The error of an answer that cannot be used; cause: see network_errors.HINTS."""
        return TransportFailure(text, sent=True, cause=cause, request_id=self.request_id)

    def not_json(self) -> TransportFailure:
        text = f"the answer (HTTP {self.status}, {self.content_type or 'no type given'}) is not JSON"
        return self.failure(text, "page" if "html" in self.content_type else "")


def read_body(answer: t.Any, method: str) -> bytes:
    """The whole body of an answer of urllib3, unpacked if it is gzip.

    urllib3 itself would unpack as often as the answer says, each time into memory.
    Raises TransportFailure if the body is larger than BODY_LIMIT, cut short, or encoded in another way.
    """
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise TransportFailure("the answer is encoded in a way that was not asked for", sent=True, hopeless=True)
    promised = answer.headers.get("Content-Length", "")
    length = int(promised) if promised.isascii() and promised.isdigit() and method != "HEAD" else 0
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in encoding else None
    body = bytearray()
    received = 0
    while True:
        if max(length, received, len(body)) > BODY_LIMIT:
            raise TransportFailure(f"the answer is larger than {BODY_LIMIT // 1024**2} MB", sent=True, hopeless=True)
        piece = answer.read(64 * 1024, decode_content=False)
        if not piece:
            break
        received += len(piece)
        if unpacker is None:
            body += piece
        elif not unpacker.eof:  # what follows the packed data is dropped
            try:
                body += unpacker.decompress(piece, BODY_LIMIT + 1 - len(body))
            except zlib.error:
                raise TransportFailure("the answer's compressed body is damaged", sent=True) from None
    if received < length:
        raise TransportFailure(f"the answer ended after {received} of {length} bytes", sent=True)
    if unpacker and received and not unpacker.eof:
        raise TransportFailure("the answer's compressed body is cut short", sent=True)
    return bytes(body)


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
        raise response.not_json() from None
    if not isinstance(document, (dict, list)) and not (document is None and kind in ("repeat", "once")):
        raise response.failure(f"the answer (HTTP {response.status}) holds no object")


def refusal(response: Response, operation: str, addressed: bool, tries: int, secrets: Iterable[str]) -> ApiError:
    """The exception for an answer with another status than 2xx, NotFound if the addressed object does not exist.

    Raises TransportFailure for invalid JSON where the reason of a refusal is needed, and for a status below 200.
    """
    if response.status < 200:
        raise response.failure(f"the answer (HTTP {response.status}) is not a final one")
    if response.status < 400:
        message = scrub(f"the server redirects to {_redirect_target(response) or 'another address'}", secrets)
        error = ApiError(one_line(message)[:200], operation=operation, status=response.status, tries=tries)
        error.request_id, error.hint = response.request_id, _NOT_FOLLOWED
        return error
    if response.status < 500 and response.status not in _SELF_EXPLANATORY and "json" in response.content_type:
        try:
            response.json()
        except ValueError:
            raise response.not_json() from None
    text = response.body.decode("utf-8", "replace")
    code, message, request_id = parse_error(text, response.headers, secrets)
    about: dict[str, t.Any] = {"status": response.status, "code": code, "request_id": request_id, "tries": tries}
    absent = addressed and is_absent(response.status, code, text, response.headers)
    error = (NotFound if absent else ApiError)(
        message, operation=operation, hint=error_codes.hint(code, response.status), **about
    )
    error.server_date = response.headers.get("Date")
    if message.endswith(A_PAGE) and response.status < 500 and response.status != 407:
        error.hint = HINTS["page"]  # the refusal is not the cloud's
    return error


def _redirect_target(response: Response) -> str:
    """Where the answer says that the request should go instead; empty if it does not say."""
    location = response.headers.get("Location") or ""
    try:
        parts = urlsplit(location)
    except ValueError:
        return ""
    host = host_of(location)
    return f"{parts.scheme or 'https'}://{host}" if host else location and "another address"


def classify_answer(kind: Kind, response: Response, error: ApiError) -> RetryDecision:
    """The decision on an answer with another status than 2xx."""
    if response.status >= 400:
        return classify(kind, response.status, error.code)
    redirected = response.status in _REDIRECTS and _redirect_target(response)
    return UNKNOWN if kind == "create" and not redirected else FINAL


def outcome_unknown(error: ApiError) -> OutcomeUnknown:
    """The error as OutcomeUnknown, for a creation that may have been carried out."""
    unknown = OutcomeUnknown(error.message)
    vars(unknown).update(vars(error))
    unknown.hint = f"{_IN_DOUBT} {_NOT_FOLLOWED}" if error.hint == _NOT_FOLLOWED else _IN_DOUBT
    return unknown
