"""Requests signed with an access key (AK/SK), algorithm SDK-HMAC-SHA256. API: Calling APIs, Authentication, AK/SK."""

from __future__ import annotations

import hashlib
import time
from urllib.parse import parse_qsl, quote, unquote, urlsplit

ALGORITHM = "SDK-HMAC-SHA256"

_DEFAULT_PORTS = {"http": 80, "https": 443}


def sign(
    method: str,
    url: str,
    body: bytes,
    access_key: str,
    secret_key: str,
    security_token: str | None,
    project_id: str | None,
    now: float,
) -> dict[str, str]:
    """The headers that authorize one request. security_token: of a temporary key.

    body: exactly what will be sent; a body means Content-Type application/json, which is signed, too. now: seconds
    since 1970 (the gateway refuses a signature more than 15 minutes off).
    """
    import hmac  # only needed with access keys

    parts = urlsplit(url)
    # As HTTP clients send it: without user, and without the scheme's own port.
    host = parts.netloc.rpartition("@")[2].removesuffix(f":{_DEFAULT_PORTS.get(parts.scheme)}")
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    optional = {
        "Content-Type": "application/json" if body else None,
        "X-Project-Id": project_id,
        "X-Security-Token": security_token,
    }
    headers = {"Host": host, "X-Sdk-Date": date, **{name: text for name, text in optional.items() if text}}
    lower = {name.lower(): headers[name].strip() for name in sorted(headers, key=str.lower)}
    names = ";".join(lower)
    signed = "".join(f"{name}:{value}\n" for name, value in lower.items())
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join((method.upper(), _path(parts.path), _query(parts.query), signed, names, digest))
    to_sign = "\n".join((ALGORITHM, date, hashlib.sha256(canonical.encode()).hexdigest()))
    signature = hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    headers["Authorization"] = f"{ALGORITHM} Access={access_key}, SignedHeaders={names}, Signature={signature}"
    return headers


def _path(path: str) -> str:
    """Each segment encoded, and a slash at the end, whether the request has one or not."""
    encoded = "/".join(quote(unquote(segment), safe="~") for segment in path.split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)
