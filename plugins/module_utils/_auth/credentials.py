"""The credentials of a task, from its options, the environment and clouds.yaml.

All that can be checked without a request is checked here.
"""

from __future__ import annotations

import math
import os
import re
import typing as t
from collections.abc import Mapping
from types import MappingProxyType

from .._core.errors import CredentialsError, InputError
from .._core.option_types import shown
from . import regions
from .addresses import HEADER_VALUE, checked_url, iam_url, network_urls, refuse_http, split_api_url, with_region
from .clouds_yaml import Decrypt
from .sources import AGENCY, ALTERNATIVES, KEY, NO_TEXTS, Method, Sources

SECRETS = ("password", "passcode", "token", "secret_key", "security_token")
IDENTITY = (
    *("auth_url", "api_url", "region", "username", "user_id", "user_domain_name", "user_domain_id"),
    *("project_name", "project_id", "agency_name", "agency_domain_name", "agency_domain_id"),
)
"""The members that identify account, project and cloud, without access_key."""


class Credentials(t.NamedTuple):
    """Checked and complete credentials. Their repr shows no secrets."""

    method: Method
    """How requests are authorized. With "token", there may be a password for when the token is refused."""
    auth_url: str | None = None
    """IAM's address, ending in /v3; None if it is not needed."""
    username: str | None = None
    user_id: str | None = None
    password: str | None = None
    passcode: str | None = None
    """The second factor (TOTP), valid for one login."""
    user_domain_name: str | None = None
    user_domain_id: str | None = None
    project_name: str | None = None
    project_id: str | None = None
    """With an agency, both are of the delegating account."""
    agency_name: str | None = None
    agency_domain_name: str | None = None
    agency_domain_id: str | None = None
    region: str | None = None
    token: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    security_token: str | None = None
    api_url: str | None = None
    """The VPCEP address without version, if it is given."""
    network_url: t.Mapping[str, str] = MappingProxyType({})
    """The addresses of network services without version, as far as they are given."""
    allow_http: bool = False
    """Whether requests, and secrets in them, may be sent unencrypted to other machines."""
    verify: bool | str = True
    """Whether certificates are checked; a str is the path of the CA file or folder."""
    timeout: float = 30.0
    """Seconds for one attempt of an HTTP request."""
    retries: int = 5
    """Maximum retries of one request."""
    token_cache: bool = True
    token_cache_dir: str | None = None
    """The cache's folder; None if the user has no home."""

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in self._asdict().items() if name not in SECRETS)
        return f"Credentials({', '.join(shown)})"

    def secrets(self) -> tuple[str, ...]:
        """The secrets, to be removed from all output."""
        return tuple(value for value in (getattr(self, name) for name in SECRETS) if value)


def resolve(
    options: Mapping[str, t.Any], environ: Mapping[str, str] | None = None, decrypt: Decrypt | None = None
) -> Credentials:
    """Find and check the credentials of a task; sends nothing.

    options: of a module, before any environment fallback; an empty str is not given. The sources and their order are
    in sources.py and docs/logging-in.md. decrypt: decrypts values of clouds.yaml.
    Raises CredentialsError (missing, contradictory), InputError (malformed), MissingLibrary (PyYAML, if needed).
    """
    environ = os.environ if environ is None else environ
    sources = Sources(options, environ, decrypt)
    values = sources.values()
    api_url, api_project = split_api_url(checked_url(values.get("api_url"), "api_url"))
    has_token, has_key = "token" in values, not values.keys().isdisjoint(KEY)
    project_name = values.get("project_name")
    project_id = values.get("project_id") or (None if project_name else api_project)
    region = values.get("region") or regions.region_of(api_url) or regions.region_of_project(project_name)
    if not region and sources.entry and len(sources.entry.regions) > 1:
        raise CredentialsError(
            f"The {sources.entry.label} has several regions ({', '.join(sources.entry.regions)}): give region."
        )
    auth_url = iam_url(checked_url(with_region(values.get("auth_url"), region), "auth_url"))
    if not region and (has_key or not (project_id or project_name or has_token)):
        # A guess: IAM of one region also knows projects of others, and there is no token that shows the region.
        region = regions.region_of(auth_url)
    _check_texts(values, region, project_id)
    allow_http = values.get("allow_http") is True
    network_url = network_urls(values.get("network_url") or {})
    addresses = [("auth_url", auth_url), ("api_url", api_url), *(("network_url", url) for url in network_url.values())]
    for name, url in addresses:
        refuse_http(name, url, allow_http)
    if auth_url is None and region:
        auth_url = regions.iam_url(region, api_url or "")
    logs_in = not has_token or values.get("password") or values.get("agency_name")
    if not project_id and not project_name and logs_in:
        # The main project of a region is named like it.
        project_name = region
    if has_token and not _can_log_in(values, auth_url, project_id or project_name):
        values = {**values, "password": None, "passcode": None}
    found = {
        **values,
        "auth_url": auth_url,
        "project_name": project_name,
        "project_id": project_id,
        "region": region,
        "api_url": api_url,
        "network_url": network_url,
        "allow_http": allow_http,
        "verify": _verify(values),
        "timeout": _number(options.get("timeout"), "timeout", 30.0),
        "retries": int(_number(options.get("retries"), "retries", 5, whole=True)),
        "token_cache": options.get("token_cache") is not False,
        "token_cache_dir": values.get("token_cache_dir") or _default_folder(environ),
    }
    known = {name: value for name, value in found.items() if name in Credentials._fields}
    credentials = Credentials(sources.method, **known)
    _check_complete(credentials, sources)
    return credentials


def _can_log_in(values: Mapping[str, t.Any], auth_url: str | None, project: str | None) -> bool:
    account = values.get("user_domain_name") or values.get("user_domain_id")
    user = values.get("user_id") or (values.get("username") and account)
    return bool(values.get("password") and user and auth_url and project)


def _check_complete(found: Credentials, sources: Sources) -> None:
    by_key = bool(found.access_key or found.secret_key)
    by_password = not by_key and not found.token
    agency_domain = found.agency_domain_name or found.agency_domain_id
    no_project = not found.project_id and not found.project_name
    uses_iam = by_password or found.agency_name or not found.project_id
    wanting = {
        "password": by_password and not found.password,
        "username or user_id": by_password and not found.username and not found.user_id,
        "user_domain_name (the name of the account)": by_password
        and found.username
        and not (found.user_id or found.user_domain_name or found.user_domain_id),
        "project_name or project_id (or region, for its main project)": by_password and no_project,
        "access_key": by_key and not found.access_key,
        "secret_key": by_key and not found.secret_key,
        "project_id (or project_name or region, by which it can be found)": by_key and no_project,
        "project_name or project_id": found.token and no_project and found.agency_name,
        "agency_name": agency_domain and not found.agency_name,
        "agency_domain_name (the name of the account that has the agency)": found.agency_name and not agency_domain,
        "auth_url or region": uses_iam and not found.auth_url,
        "region, api_url or auth_url": not uses_iam and not found.auth_url and not found.api_url,
    }
    missing = [text for text, is_wanting in wanting.items() if is_wanting]
    if found.region and not regions.iam_url(found.region) and any("auth_url" in text for text in missing):
        raise CredentialsError(regions.unknown(found.region))
    if missing:
        names = sources.login.reported + (AGENCY if found.agency_name or agency_domain else ())
        raise CredentialsError(f"The credentials are incomplete: {', '.join(missing)} missing. {sources.report(names)}")


def _check_texts(values: Mapping[str, t.Any], region: str | None, project_id: str | None) -> None:
    for name in ("token", "access_key", "security_token"):
        if values.get(name) and not HEADER_VALUE.match(values[name]):
            raise CredentialsError(
                f"{name} contains blanks, line breaks or other invalid characters. Perhaps it was read from a file "
                "that ends with a line break."
            )
    for name in values.keys() - {"ca_path", "token_cache_dir", *NO_TEXTS}:
        if any("\ud800" <= character <= "\udfff" for character in values[name]):
            raise CredentialsError(f"{name} contains an incomplete character, which cannot be sent.")
    if project_id and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", project_id):
        raise CredentialsError("project_id must be an ID of letters and digits.")
    if region and not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?", region):
        raise CredentialsError("region must be a name like eu-de.")
    if values.get("passcode") and not re.fullmatch("[0-9]{6,10}", values["passcode"]):
        raise CredentialsError("passcode must be the digits that the MFA device shows, usually 6: put it in quotes.")
    for name in (*AGENCY, *ALTERNATIVES, "secret_key"):
        if any(ord(character) < 32 for character in values.get(name) or ""):
            raise CredentialsError(f"{name} contains a line break or another control character.")


def _verify(values: Mapping[str, t.Any]) -> bool | str:
    if values.get("validate_certs") is False or not values.get("ca_path"):
        return values.get("validate_certs") is not False
    path = os.path.expanduser(str(values["ca_path"]))
    if not os.path.exists(path):
        raise InputError(f"ca_path (or OS_CACERT, or cacert in clouds.yaml): {shown(path)} does not exist.")
    return path


def _number(value: t.Any, name: str, default: float, whole: bool = False) -> float:
    """A number up to a million: a whole one from 0, or any one above 0."""
    if value is None:
        return default
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not 0 <= number <= 1e6 or (number != int(number) if whole else not number):
        raise InputError(f"{name} must be a {'whole number from 0' if whole else 'number of seconds above 0'}.")
    return number


def _default_folder(environ: Mapping[str, str]) -> str | None:
    """The folder in the user's cache folder; None for a user without a home."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = environ.get("HOME", "")
        base = os.path.join(home, ".cache") if os.path.isabs(home) else ""
    return os.path.join(base, "crossvpc-vpcep", "tokens") if base else None
