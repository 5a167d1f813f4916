# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxies of the environment: which addresses cannot be used, and which of their parts are secret."""

from __future__ import annotations

import typing as t
from urllib.parse import unquote, urlsplit

from .._core.errors import TransportFailure

if t.TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = ("http_proxy", "https_proxy", "all_proxy")


def proxy_secrets(environ: Mapping[str, str]) -> Iterator[str]:
    """User and password of each proxy variable, as they are written and percent-decoded."""
    for name, value in environ.items():
        if name.lower() in _NAMES:
            login, _at, _host = value.rpartition("@")
            login = login.partition("://")[2] or login
            user, _colon, password = login.partition(":")
            for secret in (login, user, password):
                yield secret
                yield unquote(secret)


def check_proxy(proxy: str, environ: Mapping[str, str]) -> None:
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
    name = next((name for name, value in environ.items() if value == proxy and name.lower() in _NAMES), "HTTPS_PROXY")
    raise TransportFailure(f"the address in {name} cannot be used", sent=False, hopeless=True, cause="proxy_address")
