# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP: one request at a time, sent again when that is safe and of use, with every failure as a typed exception.

Knows nothing of what is sent. A transport may be shared by many threads.
"""

from __future__ import annotations

import json as json_text
import threading
import time
import typing as t
from contextlib import nullcontext
from urllib.parse import quote, urlsplit

from .errors import ApiError, Broken, ConnectionFailed, OutcomeUnknown, load_library, scrub
from .gate import Gate
from .http_pools import CONNECTIONS, Pools, Way
from .retry import Backoff, affordable, judge, judge_broken, parse_retry_after

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from .retry import Deadline, Kind, Verdict

BODY_LIMIT = 64 * 1024 * 1024
"""Bytes read of an answer; nothing these services send comes near it."""

_SECRET_HEADERS = frozenset(("authorization", "x-auth-token", "x-subject-token", "x-security-token"))

# Statuses of refusals that say all there is to know, whatever their bodies hold.
_TELLING = frozenset((401, 408, 429))


class Attempt(t.NamedTuple):
    """One sending of a request, as the authorize callback sees it; number counts from 1."""

    method: str
    url: str
    body: bytes
    number: int


class Response:
    """A usable answer: status (int), headers (looked up in any case), body (bytes)."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self._document: t.Any = None
        self._parsed = False

    @property
    def request_id(self) -> str | None:
        """The ID the service's support asks for."""
        return self.headers.get("X-Request-Id") or None

    @property
    def content_type(self) -> str:
        """What the body is said to be, without parameters; empty if nothing is said."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self) -> t.Any:
        """The parsed body; None when there is none. Raises ValueError for what is not JSON."""
        if not self._parsed:
            try:
                self._document = json_text.loads(self.body) if self.body.strip() else None
            except RecursionError as error:
                raise ValueError("nested too deeply") from error
            self._parsed = True
        return self._document


class Transport:
    """Sends requests over connections that are kept open.

    timeout: seconds for connecting, for each silence and for the whole body of an answer; retries: repeats of one
    request at most; verify: whether and by which CA file (a path) certificates are checked; user_agent: sent with
    each request; clock: monotonic seconds; sleep: waits seconds; pools: connections shared with other transports.
    """

    def __init__(
        self,
        timeout: float = 30.0,
        retries: int = 5,
        verify: bool | str = True,
        user_agent: str = "",
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] | None = None,
        backoff: Backoff | None = None,
        pools: Pools | None = None,
    ) -> None:
        self.timeout = timeout
        self.retries = retries
        self.verify = verify
        self.user_agent = user_agent
        self.http: list[dict[str, t.Any]] = []
        """One entry per request sent: method, path, status, ms, request_id. Nothing secret."""
        self._clock = clock or time.monotonic
        self._interrupted = threading.Event()
        self._sleep = sleep or self._interrupted.wait
        self._backoff = backoff or Backoff()
        self._gate = Gate(CONNECTIONS)
        self._lock = threading.Lock()
        self._pools = pools or Pools()
        self._shared = pools is not None
        self._ways: dict[tuple[str, str], Way] = {}
        self._secrets: frozenset[str] = frozenset()

    def add_secrets(self, *secrets: str | None) -> None:
        """Texts that are replaced by asterisks wherever a server or a library echoes them."""
        with self._lock:
            self._secrets = self._secrets.union(secret for secret in secrets if secret)

    def request(
        self,
        method: str,
        url: str,
        *,
        operation: str,
        kind: Kind,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        deadline: Deadline | None = None,
        addressed: bool = True,
        authorize: Callable[[Attempt], Mapping[str, str]] | None = None,
    ) -> Response:
        """Send a request and return the usable answer (2xx).

        operation: what is asked, for messages ('create endpoint'); kind: see retry.Kind; params: the query, None
        left out, lists repeated; json: the body; addressed: the path names one object; authorize: called before each
        attempt, returns headers (a signature needs a fresh date).
        Raises NotFound, ApiError (refused), OutcomeUnknown (a create that may have been carried out),
        ConnectionFailed (no usable answer), MissingLibrary.
        """
        body = b"" if json is None else json_text.dumps(json, separators=(",", ":")).encode()
        url = build_url(url, params)
        number = 0
        while True:
            number += 1
            sent = {
                "User-Agent": self.user_agent,
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
                **(headers or {}),
            }
            if body:
                sent["Content-Type"] = "application/json"
            if authorize is not None:
                sent.update(authorize(Attempt(method, url, body, number)))
            wanted = None
            try:
                with self._gate.passed():
                    response = self._once(method, url, body, sent, deadline)
                if response.status < 300:
                    self._check(response, method, kind)
                    self._gate.ease()
                    return response
                self._check_refusal(response)
                error = self._refusal(response, operation, addressed, number, sent)
                verdict = (
                    judge(kind, response.status, error.code)
                    if response.status >= 400
                    else judge_broken("read", sent=True, hopeless=True)
                )
                wanted = parse_retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
            except Broken as broken:
                verdict = judge_broken(kind, broken.sent, broken.hopeless)
                error = self._no_answer(broken, operation, number, sent)
                error.host = urlsplit(url).netloc.rpartition("@")[2]
            if verdict.unknown:
                raise self._unknown(error) from None
            delay = self._backoff.delay(number, throttled=verdict.throttled, retry_after=wanted)
            if not self._may_repeat(verdict, number, delay, deadline):
                raise error from None
            with self._gate.closed() if verdict.throttled else nullcontext():
                self._sleep(delay)
            if self._interrupted.is_set():
                raise error from None

    def interrupt(self) -> None:
        """Repeat nothing any more, and end the pauses before repeats. For a task that is to end at once."""
        self._interrupted.set()

    def close(self) -> None:
        """Close the connections, unless they are shared; the next request opens new ones."""
        with self._lock:
            self._ways = {}
            if not self._shared:
                self._pools.close()

    def _may_repeat(self, verdict: Verdict, number: int, delay: float, deadline: Deadline | None) -> bool:
        most = self.retries if verdict.most is None else min(verdict.most, self.retries)
        return verdict.again and number <= most and affordable(delay, deadline) and not self._interrupted.is_set()

    def _once(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], deadline: Deadline | None
    ) -> Response:
        """One attempt, whatever its status; Broken when no answer, or only a part of one, came."""
        failures = self._failures()
        timeout = self.timeout
        if deadline is not None:
            # The last attempt before the deadline may not outlive it by much, but gets a second to succeed in.
            timeout = min(timeout, max(deadline.left(), 1.0))
        started = self._clock()
        status: int | None = None
        request_id: str | None = None
        try:
            answer = self._way(url).send(method, url, body, headers, timeout)
            status, request_id = answer.status, answer.headers.get("X-Request-Id")
            try:
                content = self._read(answer, method, timeout)
            except BaseException:
                # What is left of the answer would be taken for the next one.
                answer.close()
                raise
            answer.release_conn()
            return Response(status, answer.headers, content)
        except Broken as broken:
            broken.status, broken.request_id = status, request_id
            raise
        except failures as error:
            raise self._broken(error, headers_seen=status is not None, status=status, request_id=request_id) from error
        finally:
            self._log(method, url, status, started, request_id)

    @staticmethod
    def _broken(error: BaseException, **seen: t.Any) -> Broken:
        from .failures import broken  # of no use as long as all goes well

        return broken(error, **seen)

    def _read(self, answer: t.Any, method: str, timeout: float) -> bytes:
        """The whole body, at most BODY_LIMIT bytes, within timeout seconds, and not cut short."""
        end = self._clock() + timeout
        chunks: list[bytes] = []
        size = 0
        for chunk in _chunks(answer):
            chunks.append(chunk)
            size += len(chunk)
            if size > BODY_LIMIT:
                raise Broken(f"the answer is larger than {BODY_LIMIT // 1024**2} MB", sent=True, hopeless=True)
            if self._clock() > end:
                raise Broken(f"the answer was not complete after {timeout:g} seconds", sent=True)
        promised = answer.headers.get("Content-Length", "")
        if promised.isdigit() and method != "HEAD" and answer.tell() < int(promised):
            raise Broken(f"the answer ended after {answer.tell()} of {promised} bytes", sent=True)
        return b"".join(chunks)

    def _check(self, response: Response, method: str, kind: Kind) -> None:
        """Broken unless the answer of success is one: a JSON object or list, or nothing where nothing is needed."""
        if response.status in (204, 205) or method in ("DELETE", "HEAD"):
            return
        try:
            document = response.json()
        except ValueError:
            raise _not_json(response) from None
        if isinstance(document, (dict, list)) or (document is None and kind == "repeat"):
            return
        raise Broken(
            f"the answer (HTTP {response.status}) holds no object",
            sent=True,
            status=response.status,
            request_id=response.request_id,
        )

    def _check_refusal(self, response: Response) -> None:
        """Broken when the reason of a refusal is needed, and came as JSON that is none."""
        if response.status in _TELLING or not 400 <= response.status < 500 or "json" not in response.content_type:
            return
        try:
            response.json()
        except ValueError:
            raise _not_json(response) from None

    def _refusal(
        self, response: Response, operation: str, addressed: bool, number: int, sent: Mapping[str, str]
    ) -> ApiError:
        secrets = self._all_secrets(sent)
        if response.status < 400:
            place = urlsplit(response.headers.get("Location") or "")
            target = f"{place.scheme or 'https'}://{place.netloc}" if place.netloc else "another address"
            return ApiError(
                scrub(f"the server redirects to {target}", secrets)[:200],
                operation=operation,
                status=response.status,
                request_id=response.request_id,
                tries=number,
                hint="Redirects are not followed, since the token would go with them: set api_url and auth_url to the "
                "addresses where the cloud answers itself, with https where http stands now, and check region.",
            )
        from .error_bodies import api_error  # of no use as long as all goes well

        return api_error(
            operation,
            response.status,
            response.body,
            response.headers,
            addressed=addressed,
            secrets=secrets,
            tries=number,
        )

    def _no_answer(self, broken: Broken, operation: str, number: int, sent: Mapping[str, str]) -> ConnectionFailed:
        from .failures import HINTS

        failed = ConnectionFailed(
            scrub(str(broken), self._all_secrets(sent)),
            operation=operation,
            request_id=broken.request_id,
            tries=number,
            hint=HINTS[broken.cause],
        )
        failed.cause = broken.cause
        return failed

    @staticmethod
    def _unknown(error: ApiError) -> OutcomeUnknown:
        unknown = OutcomeUnknown(
            error.message,
            operation=error.operation,
            status=error.status,
            code=error.code,
            request_id=error.request_id,
            tries=error.tries,
            hint="It may have been created or not: run again, what is there is found first.",
        )
        unknown.host = error.host
        unknown.server_date = error.server_date
        return unknown

    def scrub(self, text: str) -> str:
        """The text without secrets."""
        return scrub(text, self._secrets)

    def _all_secrets(self, headers: Mapping[str, str]) -> Iterable[str]:
        return self._secrets.union(v for name, v in headers.items() if name.lower() in _SECRET_HEADERS)

    def _log(self, method: str, url: str, status: int | None, started: float, request_id: str | None) -> None:
        parts = urlsplit(url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        entry = {
            "method": method,
            "path": scrub(path, self._secrets),
            "status": status,
            "ms": round((self._clock() - started) * 1000),
            "request_id": request_id,
        }
        # list.append is atomic: no lock is needed.
        self.http.append(entry)

    def _way(self, url: str) -> Way:
        """Looked up once for each host: to read the whole environment takes longer than to send a request."""
        host = urlsplit(url)[:2]
        with self._lock:
            if host not in self._ways:
                self._ways[host] = self._pools.way(url, self.verify)
            return self._ways[host]

    @staticmethod
    def _failures() -> tuple[type[BaseException], ...]:
        """What the libraries raise. Asked for at the first request: without requests there is an error then, not at
        import."""
        from http.client import HTTPException

        return (
            load_library("requests").exceptions.RequestException,
            load_library("urllib3").exceptions.HTTPError,
            OSError,
            HTTPException,
            UnicodeError,
        )


def _not_json(response: Response) -> Broken:
    return Broken(
        f"the answer (HTTP {response.status}, {response.content_type or 'no type given'}) is not JSON",
        sent=True,
        cause="page" if "html" in response.content_type else "",
        status=response.status,
        request_id=response.request_id,
    )


def build_url(url: str, params: Mapping[str, t.Any] | None = None) -> str:
    """url with params as its query, sorted and encoded as a signature wants it; None is left out."""
    pairs = []
    for name, value in sorted((params or {}).items()):
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                text = str(one).lower() if isinstance(one, bool) else str(one)
                pairs.append(f"{quote(name, safe='~')}={quote(text, safe='~')}")
    return f"{url}?{'&'.join(sorted(pairs))}" if pairs else url


def _chunks(raw: t.Any) -> Iterator[bytes]:
    """The body in pieces as they arrive (where urllib3 can do that), so that a trickle is noticed between two."""
    read1 = getattr(raw, "read1", None)
    while True:
        chunk = read1(65536, decode_content=True) if read1 else raw.read(4096, decode_content=True)
        if not chunk:
            return
        yield chunk
