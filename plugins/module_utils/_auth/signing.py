# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests signed with an access key (AK/SK), algorithm SDK-HMAC-SHA256.

API: Calling APIs, Authentication, AK/SK.
"""

from __future__ import annotations

import hashlib
import time
import typing as t
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .._http.client import build_url

if t.TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "SDK-HMAC-SHA256"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def sign(
    method: str,
    url: str,
    params: Mapping[str, t.Any] | None,
    body: bytes | str | None,
    access_key: str,
    secret_key: str,
    security_token: str | None = None,
    project_id: str | None = None,
    now: float | None = None,
) -> dict[str, str]:
    """The headers that authorise one request, Authorization among them.

    url may carry a query of its own; params are added to it. body: exactly what will be sent; a body means
    Content-Type application/json, which is signed, too. security_token: of a temporary key; project_id: the
    project of the request; now: seconds since 1970 (the gateway refuses a signature more than 15 minutes off).
    """
    import hmac

    parts = urlsplit(build_url(url, params) if params else url)
    data = body.encode() if isinstance(body, str) else body or b""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(time.time() if now is None else now))
    headers = {"Host": _host(url), "X-Sdk-Date": date}
    if data:
        headers["Content-Type"] = "application/json"
    if project_id:
        headers["X-Project-Id"] = project_id
    if security_token:
        headers["X-Security-Token"] = security_token
    names = sorted(name.lower() for name in headers)
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    canonical = "\n".join(
        (
            method.upper(),
            _path(parts.path),
            _query(parts.query),
            "".join(f"{name}:{lower[name]}\n" for name in names),
            ";".join(names),
            hashlib.sha256(data).hexdigest(),
        )
    )
    to_sign = "\n".join((ALGORITHM, date, hashlib.sha256(canonical.encode()).hexdigest()))
    signature = hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = (
        f"{ALGORITHM} Access={access_key}, SignedHeaders={';'.join(names)}, Signature={signature}"
    )
    return headers


def _host(url: str) -> str:
    """The Host header as HTTP clients send it: without user, and without the scheme's own port."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    default = _DEFAULT_PORTS.get(parts.scheme)
    return host[: -len(f":{default}")] if default and host.endswith(f":{default}") else host


def _path(path: str) -> str:
    """Each segment encoded, and a slash at the end, whether the request has one or not."""
    encoded = "/".join(quote(unquote(segment), safe="~") for segment in path.split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
