# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are kept open, and the way to each host: through which proxy, and with which certificates.

requests knows what people expect of the environment (HTTPS_PROXY, REQUESTS_CA_BUNDLE) and how that becomes a pool of
connections of urllib3. Requests then go to the pool itself: what requests has beyond it follows redirects with the
token in hand, keeps cookies, takes credentials from ~/.netrc in the place of ours, and costs more than all the rest.
"""

from __future__ import annotations

import os
import typing as t
from urllib.parse import urlsplit

from .errors import load_library

if t.TYPE_CHECKING:
    from collections.abc import Mapping

CONNECTIONS = 16
"""Connections kept open to one host: twice what the busiest caller uses."""

HOSTS = 32
"""Hosts whose connections are kept open: more than any task talks to. urllib3 1 closes those beyond, in use or not."""


class Way(t.NamedTuple):
    """How requests get to a host: pool, of urllib3; before: what stands before the path, which is the address of the
    host where a proxy for plain HTTP wants it, and else nothing."""

    pool: t.Any
    before: str

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> t.Any:
        """urllib3's answer, its body unread; timeout: seconds for connecting, and for each silence.

        Raises what urllib3, requests and the standard library raise: see failures.py.
        """
        check = load_library("requests").utils.check_header_validity
        for header in headers.items():
            check(header)
        parts = urlsplit(url)
        path = parts.path or "/"
        return self.pool.request(
            method,
            self.before + (f"{path}?{parts.query}" if parts.query else path),
            body=body or None,
            headers=headers,
            redirect=False,
            retries=False,
            assert_same_host=False,
            preload_content=False,
            timeout=load_library("urllib3").Timeout(connect=timeout, read=timeout),
        )


class Pools:
    """The open connections of transports that follow each other in one process."""

    def __init__(self) -> None:
        self._process = os.getpid()
        self._by_verify: dict[bool | str, t.Any] = {}

    def way(self, url: str, verify: bool | str) -> Way:
        """The way to the host of a URL as the environment is now; verify: whether, or by which file, certificates are
        checked."""
        requests = load_library("requests")
        request = requests.PreparedRequest()
        parts = urlsplit(url)
        request.prepare_url(f"{parts.scheme}://{parts.netloc}/", None)
        settings = requests.Session().merge_environment_settings(request.url, {}, True, verify, None)
        adapter = self.adapter(verify)
        pool = _pool(adapter, request, settings)
        adapter.cert_verify(pool, request.url, settings["verify"], None)
        if verify is False:
            # The user has been warned once in words; urllib3 would do so at each request.
            urllib3 = load_library("urllib3")
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        return Way(pool, adapter.request_url(request, settings["proxies"])[:-1])

    def adapter(self, verify: bool | str) -> t.Any:
        """requests' keeper of pools for one way to check certificates. What a parent process opened is the parent's."""
        if self._process != os.getpid():
            self._process, self._by_verify = os.getpid(), {}
        if verify not in self._by_verify:
            adapters = load_library("requests").adapters
            self._by_verify[verify] = adapters.HTTPAdapter(pool_connections=HOSTS, pool_maxsize=CONNECTIONS)
        return self._by_verify[verify]

    def close(self) -> None:
        """Close all connections."""
        while self._by_verify:
            self._by_verify.popitem()[1].close()


def _pool(adapter: t.Any, request: t.Any, settings: Mapping[str, t.Any]) -> t.Any:
    if hasattr(adapter, "get_connection_with_tls_context"):
        return adapter.get_connection_with_tls_context(request, settings["verify"], proxies=settings["proxies"])
    return adapter.get_connection(request.url, settings["proxies"])  # requests before 2.32.2
