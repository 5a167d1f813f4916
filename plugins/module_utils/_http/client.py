"""The HTTP client: sends a request, and repeats it if that is safe and can help. Every failure is a typed exception.

It knows nothing of the content of requests. Threads may share a client.
"""

from __future__ import annotations

import json as json_text
import os
import threading
import time
import typing as t
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from urllib.parse import quote, urlsplit

from .._core.errors import ConnectionFailed, TransportFailure, load_library
from .._core.texts import mask_short, scrub
from .answers import Response, check_success, classify_answer, outcome_unknown, read_body, refusal, request_id_of
from .exchange import Exchange, Exchanges
from .limiter import RateLimiter
from .network_errors import HINTS, transport_failure
from .pools import CONNECTIONS, ConnectionPools, Route, host_of, proxy_secrets
from .retry import Deadline, Kind, Patience, backoff, classify_failure, parse_retry_after

CONTROLLER = "VPCEP_CONTROLLER"
"""Environment variable: the process ID of the playbook, for a module process on the same machine."""

_SECRET_HEADERS = frozenset(("authorization", "x-auth-token", "x-subject-token", "x-security-token"))


class Attempt(t.NamedTuple):
    """One attempt to send a request, as the authorize callback sees it; number counts from 1."""

    method: str
    url: str
    body: bytes
    number: int


class HttpClient:
    """Sends requests over connections that are kept open.

    timeout: seconds for one attempt, from connecting to the last byte of the answer; retries: repeats of one request
    at most, those after throttling not counted; verify: whether certificates are checked, or by which CA file (a
    path); sleep: waits seconds; pools: connections shared with other clients.
    """

    def __init__(
        self,
        timeout: float = 30.0,
        retries: int = 5,
        verify: bool | str = True,
        user_agent: str = "",
        sleep: Callable[[float], object] | None = None,
        pools: ConnectionPools | None = None,
    ) -> None:
        self.timeout = timeout
        self.retries = retries
        self.verify = verify
        self.user_agent = user_agent
        self.http: list[dict[str, t.Any]] = []
        """One entry per request sent: method, path, status, ms, request_id. Nothing secret."""
        self.server_date: str | None = None
        """The Date header of the last usable answer."""
        self._interrupted = threading.Event()
        self._sleep = sleep or self._interrupted.wait
        self._limiter = RateLimiter(CONNECTIONS)
        self._lock = threading.Lock()
        self._pools = pools or ConnectionPools()
        self._shared = pools is not None
        self._routes: dict[tuple[str, str], Route] = {}
        self._secrets: frozenset[str] = frozenset()
        self._proxy_secrets = frozenset(filter(None, proxy_secrets(os.environ)))
        self._exchanges = Exchanges()
        self._parent: int | None = None
        self._controller = 0

    def add_secrets(self, *secrets: str | None) -> None:
        """Texts to mask wherever a server or a library repeats them."""
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

        operation: what is asked, for messages ('create endpoint'); kind: see retry.Kind; params: the query, without
        those that are None, lists repeated; json: the body; addressed: the path names one object; authorize: called
        before each attempt, returns headers (a signature needs a fresh date).
        Raises NotFound, ApiError (refused), OutcomeUnknown (a create that may have been carried out),
        ConnectionFailed (no usable answer), MissingLibrary.
        """
        body = b"" if json is None else json_text.dumps(json, separators=(",", ":")).encode()
        url = build_url(url, params)
        patience = Patience(self.retries, deadline)
        number = 0
        while True:
            number += 1
            sent: dict[str, str] = {}
            retry_after = None
            try:
                self._check_wanted()
                if not host_of(url):
                    raise _unsent(f"the address {url} cannot be used", "address")
                sent = {"User-Agent": self.user_agent, "Accept": "application/json", "Accept-Encoding": "gzip"}
                if body:
                    sent["Content-Type"] = "application/json"
                sent.update(headers or {})
                if authorize is not None:
                    sent.update(authorize(Attempt(method, url, body, number)))
                with self._limiter.acquire():
                    response = self._once(method, url, body, sent, deadline)
                if 200 <= response.status < 300:
                    check_success(response, method, kind)
                    self._limiter.recover()
                    self.server_date = response.headers.get("Date") or self.server_date
                    return response
                error = refusal(response, operation, addressed, number, self._all_secrets(sent))
                decision = classify_answer(kind, response, error)
                retry_after = parse_retry_after(response.headers.get("Retry-After"), response.headers.get("Date"))
            except TransportFailure as failure:
                decision = classify_failure(kind, failure.sent, failure.hopeless)
                error = ConnectionFailed(
                    scrub(str(failure), self._all_secrets(sent)),
                    operation=operation,
                    request_id=failure.request_id,
                    tries=number,
                    hint=HINTS[failure.cause],
                )
                error.cause = failure.cause
                error.host = host_of(url)
            if decision.unknown:
                raise outcome_unknown(error) from None
            delay = backoff(number, throttled=decision.throttled, retry_after=retry_after)
            if self._interrupted.is_set() or not patience.lasts(decision, delay):
                raise error from None
            with self._limiter.back_off() if decision.throttled else nullcontext():
                self._sleep(delay)
            if self._interrupted.is_set():
                raise error from None

    def interrupt(self) -> None:
        """End the requests and pauses that are under way, and send nothing more: the task has to end at once."""
        self._interrupted.set()
        for exchange in self._exchanges:
            exchange.cut_off(interrupted=True)

    def end_with_parent(self, wanted: bool = True) -> None:
        """Send nothing more once the process that started this one is gone: its result would be lost.

        A module process is the child of a shell, which goes on without the playbook. So CONTROLLER counts, too.
        wanted: false if the rest has to be sent all the same.
        """
        self._parent = os.getppid() if wanted else None
        named = os.environ.get(CONTROLLER, "") if wanted else ""
        self._controller = int(named) if named.isdecimal() else 0

    def close(self) -> None:
        """Close the connections, unless they are shared; the next request opens new ones."""
        with self._lock:
            self._routes = {}
            if not self._shared:
                self._pools.close()

    def scrub(self, text: str) -> str:
        return scrub(text, self._secrets | self._proxy_secrets)

    def _check_wanted(self) -> None:
        """Raises TransportFailure if nothing more may be sent."""
        if self._interrupted.is_set():
            raise _unsent("the task was interrupted", "interrupted")
        if self._parent not in (None, os.getppid()) or (self._controller and not _is_alive(self._controller)):
            raise _unsent("the process that started this task is gone", "interrupted")

    def _once(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], deadline: Deadline | None
    ) -> Response:
        """One attempt, with any status. Raises TransportFailure if no complete answer came, and MissingLibrary."""
        # Imported at the first request, since the libraries take time and may be missing.
        from http.client import HTTPException

        failures = (TransportFailure, OSError, ValueError, HTTPException, load_library("urllib3").exceptions.HTTPError)
        # The last attempt before the deadline may not outlive it by much, but gets a second to succeed in.
        timeout = self.timeout if deadline is None else min(self.timeout, max(deadline.left(), 1.0))
        started = time.monotonic()
        status: int | None = None
        request_id: str | None = None
        exchange = Exchange(timeout)
        try:
            route = self._route(url)
            with self._exchanges.limited(exchange):
                self._check_wanted()
                answer = route.send(exchange, method, url, body, headers)
                status, request_id = answer.status, request_id_of(answer.headers, self._all_secrets(headers))
                try:
                    content = read_body(answer, method)
                    if not exchange.end():
                        raise exchange.failure()
                except BaseException:
                    # The rest of this answer would be taken for the beginning of the next one.
                    answer.close()
                    raise
                answer.release_conn()
            return Response(status, answer.headers, content, request_id, self._known_to_server(headers))
        except failures as error:
            if exchange.is_cut_off:
                failure = exchange.failure()
            elif isinstance(error, TransportFailure):
                failure = error
            else:
                failure = transport_failure(error, exchange.unsent)
            failure.request_id = request_id
            raise failure from error
        finally:
            _scheme, _host, path, query, _fragment = urlsplit(url)
            entry = {
                "method": method,
                "path": self.scrub(f"{path}?{query}" if query else path),
                "status": status,
                "ms": round((time.monotonic() - started) * 1000),
                "request_id": request_id,
            }
            self.http.append(entry)  # atomic: no lock is needed

    def mask_short(self, value: t.Any) -> t.Any:
        """A copy of a task's result without secrets, also short ones; those of proxies are no server's to repeat."""
        return mask_short(value, self._secrets)

    def _known_to_server(self, headers: Mapping[str, str]) -> frozenset[str]:
        """The secrets that a server may repeat, other than a proxy."""
        return self._secrets.union(value for name, value in headers.items() if name.lower() in _SECRET_HEADERS)

    def _all_secrets(self, headers: Mapping[str, str]) -> frozenset[str]:
        return self._known_to_server(headers) | self._proxy_secrets

    def _route(self, url: str) -> Route:
        """Made once for each host: reading the whole environment takes longer than sending a request."""
        host = urlsplit(url)[:2]
        with self._lock:
            if host not in self._routes:
                self._routes[host] = self._pools.route(url, self.verify)
            return self._routes[host]


def _unsent(reason: str, cause: str) -> TransportFailure:
    return TransportFailure(reason, sent=False, hopeless=True, cause=cause)


def _is_alive(process: int) -> bool:
    """Whether a process of this machine exists, of any user."""
    try:
        os.kill(process, 0)
    except OSError as error:  # also if it belongs to another user
        return not isinstance(error, ProcessLookupError)
    return True


def build_url(url: str, params: Mapping[str, t.Any] | None = None) -> str:
    """The URL with params as its query, sorted and encoded as a signature needs it; None is left out."""
    pairs = []
    for name, value in sorted((params or {}).items()):
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                text = str(one).lower() if isinstance(one, bool) else str(one)
                pairs.append(f"{quote(name, safe='~')}={quote(text, safe='~')}")
    return f"{url}?{'&'.join(sorted(pairs))}" if pairs else url
