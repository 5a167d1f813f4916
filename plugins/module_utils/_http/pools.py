# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are kept open, and the way to each host: through which proxy, and with which certificates.

Requests are sent by an adapter of requests, which knows what people expect of the environment (HTTPS_PROXY,
REQUESTS_CA_BUNDLE). A session of requests is not used to send: it follows redirects with the token in hand, keeps
cookies, and takes credentials from ~/.netrc in the place of ours.
"""

from __future__ import annotations

import os
import threading
import typing as t
from functools import cache
from urllib.parse import urlsplit

from .._core.errors import load_library
from .proxies import check_proxy
from .watchdog import Exchange, Watchdog

if t.TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS = 16
"""Connections kept open to one host: twice what the busiest caller uses."""

HOSTS = 32
"""Hosts whose connections are kept open: more than any task talks to. urllib3 1 closes those beyond, in use or not."""

_this_thread = threading.local()
"""Its exchange is the one that the thread sends, or opens a connection for."""


class Route(t.NamedTuple):
    """How requests get to a host: adapter, of requests; base: scheme and host; settings: for the adapter."""

    adapter: t.Any
    base: str
    settings: dict[str, t.Any]

    def send(self, exchange: Exchange, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> t.Any:
        """urllib3's answer, its body unread. Raises what urllib3, requests and the standard library raise."""
        requests = load_library("requests")
        parts = urlsplit(url)
        target = f"{self.base}{parts.path or '/'}" + (f"?{parts.query}" if parts.query else "")
        request = requests.Request(method, target, headers=headers, data=body or None).prepare()
        _this_thread.exchange = exchange
        return self.adapter.send(request, stream=True, timeout=exchange.seconds, **self.settings).raw


class ConnectionPools:
    """The open connections of transports that follow each other in one process. A forked child opens its own."""

    def __init__(self) -> None:
        self._begin()

    @property
    def watchdog(self) -> Watchdog:
        """What ends the exchanges of this process."""
        self._leave_parent()
        return self._watchdog

    def route(self, url: str, verify: bool | str) -> Route:
        """The way to the host of a URL as the environment is now; verify: whether, or by which file, certificates are
        checked. Raises TransportFailure for a proxy's address that cannot be used."""
        requests = load_library("requests")
        base = f"{urlsplit(url).scheme}://{host_of(url)}"  # a user there would become credentials
        settings = requests.Session().merge_environment_settings(f"{base}/", {}, True, verify, None)
        proxy = requests.utils.select_proxy(base, settings["proxies"])
        if proxy:
            check_proxy(proxy, os.environ)
        if verify is False:
            # The user has been warned once in words; urllib3 would do so at each request.
            urllib3 = load_library("urllib3")
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        used = {name: settings[name] for name in ("proxies", "verify", "cert")}
        return Route(self.adapter(verify), base, used)

    def adapter(self, verify: bool | str) -> t.Any:
        """requests' keeper of pools for one way to check certificates."""
        self._leave_parent()
        if verify not in self._by_verify:
            self._by_verify[verify] = _adapter_class()(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)
        return self._by_verify[verify]

    def close(self) -> None:
        """Close all connections."""
        while self._by_verify:
            self._by_verify.popitem()[1].close()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._by_verify: dict[bool | str, t.Any] = {}
        self._watchdog = Watchdog()

    def _leave_parent(self) -> None:
        if self._process != os.getpid():
            self._begin()


def host_of(url: str) -> str:
    """Host and port of a URL, without a user; empty if it is no URL, such as one with half of an IPv6 address."""
    try:
        parts = urlsplit(url)
        return parts.netloc.rpartition("@")[2] if parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


class _Watched:
    """A connection of urllib3 that hands its sockets to the exchange of its thread, from the moment they are open.

    That includes the time in which a proxy is asked for a tunnel and a TLS handshake goes on.
    """

    _socket: t.Any = None

    @property
    def sock(self) -> t.Any:
        return self._socket

    @sock.setter
    def sock(self, sock: t.Any) -> None:
        self._socket = sock
        if sock is not None:
            _this_thread.exchange.hold(sock)

    def connect(self) -> None:
        _this_thread.exchange.opened = True
        _this_thread.exchange.wait_for(super().connect, _this_thread)  # type: ignore[misc]

    def request(self, *args: t.Any, **options: t.Any) -> None:
        exchange = _this_thread.exchange
        exchange.opened = exchange.requested = True
        if self._socket is not None:
            exchange.hold(self._socket)
        super().request(*args, **options)  # type: ignore[misc]


@cache
def _watched(pool: type) -> type:
    """A class of pools like this one, with connections that are watched."""
    plain = pool.ConnectionCls  # type: ignore[attr-defined]
    if issubclass(plain, _Watched):
        return pool
    return type(pool.__name__, (pool,), {"ConnectionCls": type(plain.__name__, (_Watched, plain), {})})


def _watch(manager: t.Any) -> t.Any:
    """Let a manager of pools make pools whose connections are watched."""
    pools = manager.pool_classes_by_scheme.items()
    manager.pool_classes_by_scheme = {scheme: _watched(pool) for scheme, pool in pools}
    return manager


@cache
def _adapter_class() -> type:
    """Made when it is needed: this file has to load without requests."""

    class Adapter(load_library("requests").adapters.HTTPAdapter):  # type: ignore[misc, unused-ignore]
        def init_poolmanager(self, *args: t.Any, **options: t.Any) -> None:
            super().init_poolmanager(*args, **options)
            _watch(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **options: t.Any) -> t.Any:
            return _watch(super().proxy_manager_for(proxy, **options))

    return Adapter
