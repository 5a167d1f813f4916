# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses of services as users and catalogs write them: checked, and brought into one form."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .._core.errors import CredentialsError

_REGION_FILLERS = ("{region_name}", "%(region_name)s")
HEADER_VALUE = re.compile(r"[\x21-\x7e]+\Z")
_API_PATH = re.compile(r"/v\d+(?:/([^/]+))?\Z")
_LOOPBACK = ("localhost", "::1")
_LOOPBACK_IPV4 = re.compile(r"127(\.[0-9]{1,3}){3}\Z")


def split_api_url(url: str | None) -> tuple[str | None, str | None]:
    """(address without version and slashes, project ID or None) of 'https://host', 'https://host/v1/<project>', …

    The catalog's address ends in the version and project; what users write may end in either or neither.
    """
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
    except ValueError:  # no address at all, which is an error elsewhere
        return False
    return parts.scheme == "http" and host not in _LOOPBACK and not _LOOPBACK_IPV4.match(host)


def refuse_http(what: str, url: str | None, allowed: bool) -> None:
    """Raises CredentialsError for an address to which a password or token would go unencrypted.

    what: where the address comes from, for the message.
    """
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
    # An address with a user in it would send that user's password along, and print it.
    if not good or "@" in value or "?" in value or "#" in value or not HEADER_VALUE.match(value):
        raise CredentialsError(f"{name} must be an address like https://host, without user, query or blanks.")
    return value


def with_region(url: str | None, region: str | None) -> str | None:
    """An address as profiles of clouds.yaml have it, with the region's name in its place."""
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
