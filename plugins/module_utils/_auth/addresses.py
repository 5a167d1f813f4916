"""Service addresses of users and catalogs: checked and normalized."""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from .._core.errors import CredentialsError
from .._core.option_types import shown

_REGION_FILLERS = ("{region_name}", "%(region_name)s")
HEADER_VALUE = re.compile(r"[\x21-\x7e]+\Z")
_API_PATH = re.compile(r"/v\d+(?:/([^/]+))?\Z")
_VERSION = r"((?<!/)/v\d[^/]*(/.*)?|/+)\Z"
"""The end of an address in the catalog. It is often another version than the one that is asked for."""
NETWORK_SERVICES = ("vpc", "ecs", "elb", "dns")
_LOOPBACK = r"localhost|::1|127(\.[0-9]{1,3}){3}"


def split_api_url(url: str | None) -> tuple[str | None, str | None]:
    """(address without version and slashes, project ID or None) of 'https://host', 'https://host/v1/<project>', …"""
    if not url:
        return None, None
    url = url.rstrip("/")
    match = _API_PATH.search(url)
    return (url[: match.start()], match.group(1)) if match else (url, None)


def in_clear(url: str | None) -> bool:
    """Whether requests to an address leave this machine unencrypted."""
    try:
        parts = urlsplit(url or "")
        host = parts.hostname or ""
    except ValueError:  # malformed, which is an error elsewhere
        return False
    return parts.scheme == "http" and not re.fullmatch(_LOOPBACK, host)


def refuse_http(what: str, url: str | None, allowed: bool) -> None:
    """Raises CredentialsError if a password or token would be sent unencrypted. what: its name in messages."""
    if not allowed and in_clear(url):
        raise CredentialsError(
            f"{what} is {url}: password and token would be sent unencrypted. Give an address with https, or set "
            "allow_http (or VPCEP_ALLOW_HTTP) to true if all machines on the way are trusted."
        )


def checked_url(value: str | None, name: str) -> str | None:
    if not value:
        return None
    value = value.strip().rstrip("/")
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        good = False
    # A user in an address would be sent and printed with its password.
    if not good or "@" in value or "?" in value or "#" in value or not HEADER_VALUE.match(value):
        raise CredentialsError(f"{name} must be an address like https://host, without user, query or blanks.")
    return value


def without_version(url: str) -> str:
    """The address of a service without the version at its end."""
    return re.sub(_VERSION, "", url)


def network_urls(given: t.Mapping[str, t.Any]) -> dict[str, str]:
    """Addresses of network services, checked and without version. Raises CredentialsError."""
    unknown = sorted(set(map(str, given)) - set(NETWORK_SERVICES))
    if unknown:
        names = ", ".join(map(shown, unknown))
        raise CredentialsError(f"network_url: {names}: the services are {', '.join(NETWORK_SERVICES)}.")
    urls = {}
    for name, value in given.items():
        if not isinstance(value, (str, type(None))):
            raise CredentialsError(f"network_url: the address of {name} must be a text.")
        if url := checked_url(value, f"network_url, {name},"):
            urls[name] = without_version(url)
    return urls


def with_region(url: str | None, region: str | None) -> str | None:
    """An address of a profile of clouds.yaml with the region's name filled in."""
    for filler in _REGION_FILLERS:
        if url and filler in url:
            if not region:
                raise CredentialsError("auth_url depends on the region: give region (or OS_REGION_NAME).")
            url = url.replace(filler, region)
    return url


def iam_url(url: str | None) -> str | None:
    if url is None:
        return None
    url = url.removesuffix("/auth/tokens").rstrip("/")
    return url if url.endswith("/v3") else url + "/v3"
