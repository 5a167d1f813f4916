"""Connection pools, and the route to each host: its proxy and its certificates.

Requests are sent by an adapter of requests, which honours the usual environment variables (HTTPS_PROXY,
REQUESTS_CA_BUNDLE). A session of requests is not used to send: it follows redirects and sends the token there, keeps
cookies, and replaces our credentials by those of ~/.netrc.
"""

from __future__ import annotations

import os
import threading
import typing as t
from collections.abc import Iterator, Mapping
from functools import cache
from urllib.parse import unquote, urlsplit

from .._core.errors import TransportFailure, load_library
from .exchange import Exchange

CONNECTIONS = 16
"""Connections kept open to one host: twice what the busiest caller uses."""

HOSTS = 32
"""Hosts with open connections; no task needs more. urllib3 1 closes connections of further hosts, even in use."""

_PROXY_VARIABLES = ("http_proxy", "https_proxy", "all_proxy")

_this_thread = threading.local()
"""exchange: the one that this thread sends, or opens a connection for."""


class Route(t.NamedTuple):
    """How requests get to a host: adapter, of requests; base: scheme and host; settings: for the adapter."""

    adapter: t.Any
    base: str
    settings: dict[str, t.Any]

    def send(self, exchange: Exchange, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> t.Any:
        """urllib3's answer, its body unread. Raises what urllib3, requests and the standard library raise."""
        parts = urlsplit(url)
        target = f"{self.base}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        request = load_library("requests").Request(method, target, headers=headers, data=body or None).prepare()
        _this_thread.exchange = exchange
        return self.adapter.send(request, stream=True, timeout=exchange.seconds, **self.settings).raw


class ConnectionPools:
    """Open connections, shared by HTTP clients that follow each other. A forked child opens its own."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._by_verify: dict[bool | str, t.Any] = {}

    def route(self, url: str, verify: bool | str) -> Route:
        """The route to the host of a URL, by the present environment. verify: as in HttpClient.

        Raises TransportFailure for a proxy address that cannot be used.
        """
        requests = load_library("requests")
        base = f"{urlsplit(url).scheme}://{host_of(url)}"  # a user there would become credentials
        settings = requests.Session().merge_environment_settings(f"{base}/", {}, True, verify, None)
        proxy = requests.utils.select_proxy(base, settings["proxies"])
        if proxy:
            _check_proxy(proxy)
        if verify is False:
            # One warning of the module is enough; urllib3 would warn at each request.
            urllib3 = load_library("urllib3")
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return Route(self.adapter(verify), base, {name: settings[name] for name in ("proxies", "verify", "cert")})

    def adapter(self, verify: bool | str) -> t.Any:
        """The adapter of requests that keeps the connections for one way to check certificates."""
        if self._process != os.getpid():
            self._process, self._by_verify = os.getpid(), {}
        if verify not in self._by_verify:
            self._by_verify[verify] = _adapter_class()(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)
        return self._by_verify[verify]

    def close(self) -> None:
        while self._by_verify:
            self._by_verify.popitem()[1].close()


def host_of(url: str) -> str:
    """Host and port of a URL, without a user; empty if it is no URL, such as one with half of an IPv6 address."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2] if parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


def proxy_secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """User and password of each proxy variable, as written and percent-decoded; empty texts among them."""
    for name, value in environ.items():
        if name.lower() in _PROXY_VARIABLES:
            login, _at, _host = value.rpartition("@")
            login = login.partition("://")[2] or login
            user, _colon, password = login.partition(":")
            for secret in (login, user, password):
                yield secret
                yield unquote(secret)


def _check_proxy(proxy: str) -> None:
    """Raises TransportFailure for an invalid address: it names the variable and shows nothing of its value.

    An unencoded / ? # or backslash in a password makes another address of it, whose parts a library would quote.
    """
    try:
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy.lstrip('/')}")
        good = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if good and "\\" not in proxy and "@" not in f"{parts.path}{parts.query}{parts.fragment}":
        return
    names = (name for name, value in os.environ.items() if value == proxy and name.lower() in _PROXY_VARIABLES)
    raise TransportFailure(
        f"the address in {next(names, 'HTTPS_PROXY')} cannot be used", sent=False, hopeless=True, cause="proxy_address"
    )


class _WatchedConnection:
    """A connection of urllib3 that hands its sockets to the exchange of its thread as soon as they are open.

    So the deadline also holds while a proxy opens a tunnel, and during the TLS handshake.
    """

    _socket: t.Any = None
    _exchange: Exchange | None = None
    """The last exchange on this connection. urllib3 may reuse a connection before the exchange has ended."""

    @property
    def sock(self) -> t.Any:
        return self._socket

    @sock.setter
    def sock(self, sock: t.Any) -> None:
        self._socket = sock
        self._exchange = None if sock is None else _this_thread.exchange  # a closed connection is opened anew
        if sock is not None:
            _this_thread.exchange.hold(sock)

    def connect(self) -> None:
        _this_thread.exchange.opened = True
        _this_thread.exchange.wait_for(super().connect, _this_thread)  # type: ignore[misc]

    def request(self, *args: t.Any, **options: t.Any) -> None:
        exchange = _this_thread.exchange
        exchange.opened = True
        last, self._exchange = self._exchange, exchange
        if last and last is not exchange and not last.end():
            raise ConnectionResetError("the connection was shut down at the deadline of the previous request")
        exchange.requested = True
        if self._socket is not None:
            exchange.hold(self._socket)
        super().request(*args, **options)  # type: ignore[misc]


@cache
def _watched(pool: type) -> type:
    """A subclass of a pool class whose connections are watched."""
    plain = pool.ConnectionCls  # type: ignore[attr-defined]
    if issubclass(plain, _WatchedConnection):
        return pool
    return type(pool.__name__, (pool,), {"ConnectionCls": type(plain.__name__, (_WatchedConnection, plain), {})})


def _watch(manager: t.Any) -> t.Any:
    """Make a pool manager of urllib3 use watched connections."""
    pools = manager.pool_classes_by_scheme.items()
    manager.pool_classes_by_scheme = {scheme: _watched(pool) for scheme, pool in pools}
    return manager


@cache
def _adapter_class() -> type:
    """Defined when it is needed: this file has to load without requests."""

    class Adapter(load_library("requests").adapters.HTTPAdapter):  # type: ignore[misc, unused-ignore]
        def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
            super().init_poolmanager(*args, **options)
            _watch(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **options: t.Any) -> t.Any:
            return _watch(super().proxy_manager_for(proxy, **options))

    return Adapter
