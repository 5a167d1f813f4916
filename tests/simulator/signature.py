"""Checks SDK-HMAC-SHA256 signatures. Written from the description of the algorithm, without code of the collection."""

import calendar
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
SKEW = 900  # seconds that the date of a signature may be off
HEADER = re.compile(rf"{ALGORITHM} Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-fA-F]{{64}})")


def encode(text: str) -> str:
    return quote(text, safe="~")


def canonical_path(path: str) -> str:
    """Each segment encoded once, with a slash at the end."""
    encoded = "/".join(encode(unquote(segment)) for segment in path.split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(query: str) -> str:
    pairs = sorted(parse_qsl(query, keep_blank_values=True))
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in pairs)


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], signed: list[str], body: bytes
) -> str:
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in signed)
    digest = headers.get("x-sdk-content-sha256") or hashlib.sha256(body).hexdigest()
    parts = [method.upper(), canonical_path(path), canonical_query(query), lines, ";".join(signed), digest]
    return "\n".join(parts)


def signature(secret_key: str, date: str, request: str) -> str:
    text = f"{ALGORITHM}\n{date}\n{hashlib.sha256(request.encode()).hexdigest()}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def fault(secret_key: str, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str:
    """Why a signed request is refused; empty when the signature is good."""
    match = HEADER.fullmatch(headers.get("authorization", "").strip())
    if not match:
        return "malformed Authorization header"
    signed = match[2].split(";")
    if signed != sorted(name.lower() for name in signed) or any("_" in name for name in signed):
        return "SignedHeaders must be lower case, sorted, and without underscores"
    if "x-sdk-date" not in signed:
        return "X-Sdk-Date is not signed"
    date = headers.get("x-sdk-date", "")
    try:
        sent = calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return "malformed X-Sdk-Date"
    # Real time, not the simulator's clock: the caller's clock does not follow a test that moves time.
    if abs(time.time() - sent) > SKEW:
        return "X-Sdk-Date is too far from the present"
    request = canonical_request(method, path, query, headers, signed, body)
    if not hmac.compare_digest(signature(secret_key, date, request), match[3].lower()):
        return "signature does not match"
    return ""


def access_key_of(headers: Mapping[str, str]) -> str | None:
    """The access key that a signed request names."""
    match = HEADER.fullmatch(headers.get("authorization", "").strip())
    return match[1] if match else None
