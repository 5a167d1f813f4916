# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is asking, and where: put together from a task's options, the environment and clouds.yaml.

Everything that can be checked without a request is checked here, so that bad input costs none.
"""

from __future__ import annotations

import os
import re
import typing as t

from .._core.errors import CredentialsError, InputError
from .._core.option_types import CLOUD, FLAG, CloudEntry, WrongType, refuse_wrong_types, shown
from . import regions
from .addresses import HEADER_VALUE, checked_url, iam_url, refuse_http, split_api_url, with_region

if t.TYPE_CHECKING:
    from collections.abc import Mapping

    from .clouds_yaml import Decrypt, Entry

ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "auth_url": ("OS_AUTH_URL", "HW_AUTH_URL"),
    "username": ("OS_USERNAME", "HW_USER_NAME"),
    "user_id": ("OS_USER_ID", "HW_USER_ID"),
    "password": ("OS_PASSWORD", "HW_USER_PASSWORD"),
    "passcode": ("OS_PASSCODE",),
    "user_domain_name": ("OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME", "HW_DOMAIN_NAME"),
    "user_domain_id": ("OS_USER_DOMAIN_ID", "OS_DOMAIN_ID", "HW_DOMAIN_ID"),
    "project_name": ("OS_PROJECT_NAME", "OS_TENANT_NAME", "HW_PROJECT_NAME"),
    "project_id": ("OS_PROJECT_ID", "OS_TENANT_ID", "HW_PROJECT_ID"),
    "agency_name": ("OS_AGENCY_NAME", "HW_ASSUME_ROLE_AGENCY_NAME"),
    "agency_domain_name": ("OS_AGENCY_DOMAIN_NAME", "HW_ASSUME_ROLE_DOMAIN_NAME"),
    "agency_domain_id": ("OS_AGENCY_DOMAIN_ID", "HW_ASSUME_ROLE_DOMAIN_ID"),
    "region": ("OS_REGION_NAME", "HW_REGION_NAME"),
    "token": ("OS_AUTH_TOKEN", "OS_TOKEN", "HW_AUTH_TOKEN"),
    "access_key": ("OS_ACCESS_KEY", "HW_ACCESS_KEY"),
    "secret_key": ("OS_SECRET_KEY", "HW_SECRET_KEY"),
    "security_token": ("OS_SECURITY_TOKEN", "HW_SECURITY_TOKEN"),
    "api_url": ("VPCEP_API_URL",),
    "allow_http": ("VPCEP_ALLOW_HTTP",),
    "ca_path": ("OS_CACERT",),
    "token_cache_dir": ("VPCEP_TOKEN_CACHE_DIR",),
}
"""The environment variables each option falls back to, the first one that is set."""

SECRETS = ("password", "passcode", "token", "secret_key", "security_token")

_OTHER_WAY = {
    "username": "user_id",
    "user_id": "username",
    "user_domain_name": "user_domain_id",
    "user_domain_id": "user_domain_name",
    "project_name": "project_id",
    "project_id": "project_name",
    "agency_domain_name": "agency_domain_id",
    "agency_domain_id": "agency_domain_name",
}
"""Two ways to name the same thing: one given in a stronger place hides the other in a weaker one."""

_AS_GIVEN = (
    "username",
    "user_id",
    "password",
    "passcode",
    "user_domain_name",
    "user_domain_id",
    "agency_name",
    "agency_domain_name",
    "agency_domain_id",
    "token",
    "access_key",
    "secret_key",
    "security_token",
)
"""What credentials hold exactly as it was found."""

_LOGIN_PARTS = ("username", "user_id", "password", "token", "access_key", "secret_key")
"""The parts of a login. Without any of them, the only entry of clouds.yaml is used."""

_NO_TEXTS = ("allow_http", "validate_certs")
_TYPES = {"cloud": CLOUD, **dict.fromkeys(_NO_TEXTS, FLAG)}
_KEY_PARTS = ("access_key", "secret_key", "security_token")
_AGENCY_PARTS = ("agency_name", "agency_domain_name", "agency_domain_id")
_PASSCODE = r"[0-9]{6,10}\Z"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")
_REGION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?\Z")


class Credentials(t.NamedTuple):
    """Who is asking, checked and complete. Secrets do not show in its repr."""

    method: t.Literal["password", "token", "key"]
    """How requests are authorised; a ready token may have a password beside it for when it is refused."""
    auth_url: str | None = None
    """IAM's address, ending in /v3; None when it is not needed."""
    username: str | None = None
    user_id: str | None = None
    password: str | None = None
    passcode: str | None = None
    """The second factor (TOTP), good for one login."""
    user_domain_name: str | None = None
    user_domain_id: str | None = None
    project_name: str | None = None
    project_id: str | None = None
    """With an agency, these two are of the account that delegates."""
    agency_name: str | None = None
    agency_domain_name: str | None = None
    agency_domain_id: str | None = None
    region: str | None = None
    token: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    security_token: str | None = None
    api_url: str | None = None
    """The VPCEP address without version, if the user gave it."""
    allow_http: bool = False
    """Whether requests, and secrets with them, may go unencrypted to other machines."""
    verify: bool | str = True
    """Whether certificates are checked; a text is the path of the CA file or folder."""
    timeout: float = 30.0
    """Seconds for one HTTP request."""
    retries: int = 5
    """Repeats of one request at most."""
    token_cache: bool = True
    token_cache_dir: str | None = None
    """The cache's folder; None when there is no place for one."""

    def __repr__(self) -> str:
        shown = {name: value for name, value in self._asdict().items() if name not in SECRETS}
        return f"Credentials({', '.join(f'{name}={value!r}' for name, value in shown.items())})"

    def secrets(self) -> tuple[str, ...]:
        """Every secret text in here, to be kept out of all output."""
        return tuple(value for value in (getattr(self, name) for name in SECRETS) if value)


def resolve(
    options: Mapping[str, t.Any], environ: Mapping[str, str] | None = None, decrypt: Decrypt | None = None
) -> Credentials:
    """Put the credentials together.

    options: as a module gets them, without any environment fallback of its own (which would spoil the order):
    options, then the environment, then clouds.yaml; when cloud is an option, clouds.yaml comes before the environment.
    An empty text counts as not given. decrypt: opens what ansible-vault has encrypted in clouds.yaml.
    Raises CredentialsError (missing, contradictory), InputError (malformed), MissingLibrary (PyYAML, if needed).
    """
    environ = os.environ if environ is None else environ
    sources = _Sources(options, environ, decrypt)
    method = sources.method()
    values = sources.values(method)
    api_url, api_project = split_api_url(checked_url(values.get("api_url"), "api_url"))
    project_id = values.get("project_id") or (None if values.get("project_name") else api_project)
    project_name = values.get("project_name")
    region = values.get("region") or regions.region_of(api_url) or regions.region_of_project(project_name)
    if not region and sources.entry and len(sources.entry.regions) > 1:
        raise CredentialsError(
            f"The {sources.entry.label} has several regions ({', '.join(sources.entry.regions)}): give region."
        )
    auth_url = iam_url(checked_url(with_region(values.get("auth_url"), region), "auth_url"))
    tokens_come = method != "token" or bool(values.get("password") or values.get("agency_name"))
    if not region and (method == "key" or not (project_id or project_name or method == "token")):
        # IAM of one region knows projects of others: a guess for when no token will tell.
        region = regions.region_of(auth_url)
    _check_texts(values, region, project_id)
    allow_http = values.get("allow_http") is True
    for name, url in (("auth_url", auth_url), ("api_url", api_url)):
        refuse_http(name, url, allow_http)
    if auth_url is None and region:
        auth_url = regions.iam_url(region, api_url or "")
    if not project_id and not project_name and tokens_come:
        # The main project of a region is named like it.
        project_name = region
    if method == "token" and not _can_log_in(values, auth_url, project_id or project_name):
        values = {**values, "password": None, "passcode": None}
    credentials = Credentials(
        method=method,
        auth_url=auth_url,
        project_name=project_name,
        project_id=project_id,
        region=region,
        api_url=api_url,
        allow_http=allow_http,
        verify=_verify(values),
        timeout=_number(options.get("timeout"), "timeout", 30.0, above=0.0),
        retries=int(_number(options.get("retries"), "retries", 5, whole=True)),
        token_cache=options.get("token_cache") is not False,
        token_cache_dir=values.get("token_cache_dir") or _default_folder(environ),
        **{name: values.get(name) for name in _AS_GIVEN},
    )
    _check_complete(credentials, sources)
    return credentials


class _Sources:
    """The places values come from, the strongest first."""

    def __init__(self, options: Mapping[str, t.Any], environ: Mapping[str, str], decrypt: Decrypt | None) -> None:
        self.environ = environ
        self.decrypt = decrypt
        given = {name: _given(name, value) for name, value in options.items()}
        task = {name: value for name, value in given.items() if value is not None}
        # A key, its secret and its token belong together: those of HW_ if only HW_ has a key.
        only_hw = bool(environ.get("HW_ACCESS_KEY") and not environ.get("OS_ACCESS_KEY"))
        self.variables = {
            name: next(
                (v for v in (reversed(names) if only_hw and name in _KEY_PARTS else names) if environ.get(v)), None
            )
            for name, names in ENVIRONMENT.items()
        }
        for name, other in _OTHER_WAY.items():
            # A name of OS_ and an ID of HW_ are two things, and those of OS_ come first.
            if (self.variables[name] or "").startswith("HW_") and (self.variables[other] or "").startswith("OS_"):
                self.variables[name] = None
        from_environ: dict[str, t.Any] = {name: environ[v] for name, v in self.variables.items() if v}
        if "allow_http" in from_environ:
            from_environ["allow_http"] = _flag_of(self.variables["allow_http"], from_environ["allow_http"])
        asked = task.get("cloud")
        cloud = asked or CLOUD(environ.get("OS_CLOUD", ""))
        refuse_wrong_types({"OS_CLOUD": cloud})
        if not cloud and not any(name in task or name in from_environ for name in _LOGIN_PARTS):
            cloud = _only_cloud(environ, decrypt)
        self.entry = _entry(cloud, environ, decrypt) if cloud else None
        file = self.entry.options() if self.entry else {}
        below = [("clouds.yaml", file), ("the environment", from_environ)]
        self.places: list[tuple[str, dict[str, t.Any]]] = [("the task", task), *(below if asked else reversed(below))]
        if self.entry and self.entry.regions:
            by_project = regions.region_of_project(self._first("project_name"))
            file.update(
                self.entry.options(self._first("region") or (by_project if by_project in self.entry.regions else None))
            )

    def _first(self, name: str) -> t.Any:
        index = self.place(name)
        return None if index is None else self.places[index][1][name]

    def place(self, name: str) -> int | None:
        """The index of the strongest place that gives this option."""
        return next((index for index, (_label, values) in enumerate(self.places) if name in values), None)

    def method(self) -> t.Literal["password", "token", "key"]:
        """The way of the strongest place that gives one; within a place token, then password, then key."""
        has_password = self.place("password") is not None
        for label, values in self.places:
            token = "token" in values
            password = "password" in values or (has_password and ("username" in values or "user_id" in values))
            key = "access_key" in values or "secret_key" in values
            if label == "the task" and key and ("token" in values or "password" in values):
                other = "token" if token else "password"
                raise CredentialsError(f"Both access_key/secret_key and {other} are given in the task: leave one out.")
            if token:
                return "token"
            if password:
                return "password"
            if key:
                return "key"
        report = self.report(("username", "user_id", "password", "token", "access_key", "secret_key"))
        raise CredentialsError(f"No credentials were found: a password, a token, or an access key. {report}")

    def values(self, method: str) -> dict[str, t.Any]:
        """The value of each option, from the strongest place, as far as this way needs it."""
        values: dict[str, t.Any] = {}
        for name in {*ENVIRONMENT, "validate_certs"}:
            index = self.place(name)
            if index is None:
                continue
            other = self.place(_OTHER_WAY.get(name, ""))
            if other is None or index <= other:
                values[name] = self.places[index][1][name]
        if method == "token" and self.place("password") != self.place("token"):
            # Of another place, maybe of another user: no way to go on when the token is refused.
            values.pop("password", None)
        if method != "token":
            values.pop("token", None)
        self._one_login(values, method)
        if not values.get("password") or method == "key":
            values.pop("passcode", None)
        if method == "key":
            values.pop("password", None)
            self._one_key(values)
            self._no_agency(values)
        else:
            for name in _KEY_PARTS:
                values.pop(name, None)
        return values

    def _one_login(self, values: dict[str, t.Any], method: str) -> None:
        """Drop what belongs to another login, of a weaker place: its passcode, its agency and its addresses."""
        names = {"token": ("token",), "key": ("access_key", "secret_key")}.get(
            method, ("username", "user_id", "password")
        )
        login = max((index for index in map(self.place, names) if index is not None), default=len(self.places))
        weaker = {name for name in values if (self.place(name) or 0) > login}
        if "passcode" in weaker:
            values.pop("passcode")
        if method != "key" and weaker & ({"agency_name"} if "agency_name" in values else {*_AGENCY_PARTS}):
            for name in _AGENCY_PARTS:
                values.pop(name, None)
        # Without a region of its own, a login needs the address from elsewhere.
        region = self.place("region")
        if self.places[1][0] == "clouds.yaml" and login == 1 and region is not None and region <= login:
            for name in weaker & {"auth_url", "api_url"}:
                values.pop(name)

    def _one_key(self, values: dict[str, t.Any]) -> None:
        """Drop a security token that belongs to another key: it would spoil a key that needs none."""
        origin = {self._origin("access_key"), self._origin("secret_key")}
        if self._origin("security_token") not in origin:
            values.pop("security_token", None)

    def _no_agency(self, values: dict[str, t.Any]) -> None:
        """Refuse an agency that is meant for this key; drop one of a weaker place, as that goes with other tokens."""
        key, agency = self.place("access_key"), self.place("agency_name")
        if agency is not None and (key is None or agency <= key):
            raise CredentialsError(
                f"agency_name, given in {self.places[agency][0]}, needs a user's token, which IAM does not give for an "
                "access key: give username and password or a token, or a temporary access key made for the agency."
            )
        for name in _AGENCY_PARTS:
            values.pop(name, None)

    def _origin(self, name: str) -> str | None:
        index = self.place(name)
        if index is None:
            return None
        label = self.places[index][0]
        return f"{label} {(self.variables[name] or '')[:3]}" if label == "the environment" else label

    def report(self, names: tuple[str, ...]) -> str:
        """Where each of these options was looked for, and what was found; never a value."""
        from . import credentials_report  # of use only when something is missing

        return credentials_report.report(self, names)


def _entry(cloud: str, environ: Mapping[str, str], decrypt: Decrypt | None) -> Entry:
    from . import clouds_yaml  # only for those who have one

    if isinstance(cloud, CloudEntry):
        return clouds_yaml.given(cloud.content, environ)
    return clouds_yaml.read(cloud, environ, decrypt)


def _only_cloud(environ: Mapping[str, str], decrypt: Decrypt | None) -> str | None:
    """The name of the entry in clouds.yaml if there is one only, as OpenStack's own client does it."""
    from . import clouds_yaml

    names = clouds_yaml.survey(environ, decrypt).names
    return names[0] if len(names) == 1 else None


def _given(name: str, value: t.Any) -> t.Any:
    if value is None or (isinstance(value, str) and not value):
        return None
    value = _TYPES[name](value) if name in _TYPES else value
    refuse_wrong_types({name: value})
    if name in ENVIRONMENT and name not in _NO_TEXTS and not isinstance(value, str):
        raise InputError(f"{name} must be a text.")
    return value


def _flag_of(variable: str | None, text: str) -> bool:
    value = FLAG(text)
    if isinstance(value, WrongType):
        raise InputError(f"{variable} must be true or false.")
    return bool(value)


def _can_log_in(values: Mapping[str, t.Any], auth_url: str | None, project: str | None) -> bool:
    user = values.get("user_id") or (
        values.get("username") and (values.get("user_domain_name") or values.get("user_domain_id"))
    )
    return bool(values.get("password") and user and auth_url and project)


def _check_complete(found: Credentials, sources: _Sources) -> None:
    project = "" if found.project_id or found.project_name else "project_name or project_id"
    names: tuple[str, ...]
    if found.method == "password":
        names = ("username", "user_id", "password", "user_domain_name", "project_name", "region", "auth_url")
        missing = [] if found.password else ["password"]
        if not found.username and not found.user_id:
            missing.append("username or user_id")
        elif not found.user_id and not found.user_domain_name and not found.user_domain_id:
            missing.append("user_domain_name (the name of the account)")
        if project:
            missing.append(f"{project} (or region, whose main project is meant then)")
    elif found.method == "key":
        names = ("access_key", "secret_key", "project_id", "project_name", "region")
        missing = [name for name in ("access_key", "secret_key") if not getattr(found, name)]
        if project:
            missing.append("project_id (or project_name or region, by which it can be found)")
    else:
        names = ("token", "project_id", "region", "api_url", "auth_url")
        missing = [project] if project and found.agency_name else []
    agency_domain = found.agency_domain_name or found.agency_domain_id
    if found.agency_name or agency_domain:
        names += _AGENCY_PARTS
        missing += [] if found.agency_name else ["agency_name"]
        missing += [] if agency_domain else ["agency_domain_name (the name of the account that has the agency)"]
    if found.method == "password" or found.agency_name or not found.project_id:
        missing += [] if found.auth_url else ["auth_url or region"]
    elif not found.auth_url and not found.api_url:
        missing.append("region, api_url or auth_url")
    if found.region and "auth_url" in " ".join(missing) and not regions.is_known(found.region):
        raise CredentialsError(regions.unknown(found.region))
    if missing:
        raise CredentialsError(f"The credentials are incomplete: {', '.join(missing)} missing. {sources.report(names)}")


def _check_texts(values: Mapping[str, t.Any], region: str | None, project_id: str | None) -> None:
    for name in ("token", "access_key", "security_token"):
        if values.get(name) and not HEADER_VALUE.match(values[name]):
            raise CredentialsError(
                f"{name} holds blanks, line breaks or characters that no such value has: "
                f"was it read from a file with a line break at its end?"
            )
    for name in values.keys() - {"ca_path", "token_cache_dir", *_NO_TEXTS}:
        if any("\ud800" <= character <= "\udfff" for character in values[name]):
            raise CredentialsError(f"{name} holds half of a character, which cannot be sent.")
    if project_id and not _ID.match(project_id):
        raise CredentialsError("project_id must be an ID of letters and digits.")
    if region and not _REGION.match(region):
        raise CredentialsError("region must be a name like eu-de.")
    if values.get("passcode") and not re.match(_PASSCODE, values["passcode"]):
        raise CredentialsError("passcode must be the digits that the MFA device shows, 6 as a rule: put it in quotes.")
    for name in (*_AGENCY_PARTS, *_OTHER_WAY, "secret_key"):
        if any(ord(character) < 32 for character in values.get(name) or ""):
            raise CredentialsError(f"{name} holds a line break or another control character.")


def _verify(values: Mapping[str, t.Any]) -> bool | str:
    if values.get("validate_certs") is False:
        return False
    path = values.get("ca_path")
    if not path:
        return True
    path = os.path.expanduser(str(path))
    if not os.path.exists(path):
        raise InputError(f"ca_path (or OS_CACERT, or cacert in clouds.yaml): {shown(path)} does not exist.")
    return path


def _number(value: t.Any, name: str, default: float, *, above: float | None = None, whole: bool = False) -> float:
    if value is None:
        return default
    wrong = InputError(f"{name} must be a {'whole number from 0' if whole else 'number of seconds above 0'}.")
    if isinstance(value, bool):
        raise wrong
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise wrong from None
    # The comparisons are false for nan, too.
    if not (0 <= number <= 1e6) or (above is not None and not number > above) or (whole and number != int(number)):
        raise wrong
    return number


def _default_folder(environ: Mapping[str, str]) -> str | None:
    """The folder below the user's cache folder; None for a user without a home."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        home = environ.get("HOME", "")
        base = os.path.join(home, ".cache") if os.path.isabs(home) else ""
    return os.path.join(base, "crossvpc-vpcep", "tokens") if base else None
