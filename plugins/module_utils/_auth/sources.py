"""The sources of credentials: the task, the environment and an entry of clouds.yaml, and their precedence.

One source supplies the login; only its secrets may come from another one. For each other option, the strongest source
that has it counts.
"""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

from .._core.errors import CredentialsError, InputError
from .._core.option_types import CLOUD, DICT, FLAG, CloudEntry, WrongType, refuse_wrong_types
from . import clouds_yaml, regions
from .clouds_yaml import Decrypt, Entry

Method = t.Literal["password", "token", "key"]

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
    "network_url": ("VPCEP_NETWORK_URL",),
    "allow_http": ("VPCEP_ALLOW_HTTP",),
    "ca_path": ("OS_CACERT",),
    "token_cache_dir": ("VPCEP_TOKEN_CACHE_DIR",),
}
"""The environment variables of each option; the first one that is set counts."""

_NAMES_AND_IDS = {
    "username": "user_id",
    "user_domain_name": "user_domain_id",
    "project_name": "project_id",
    "agency_domain_name": "agency_domain_id",
}
ALTERNATIVES = {**_NAMES_AND_IDS, **{other: name for name, other in _NAMES_AND_IDS.items()}}
"""Two options for the same thing: one in a stronger source hides the other in a weaker one."""

KEY = ("access_key", "secret_key", "security_token")
USER = ("username", "user_id")
ACCOUNT = ("user_domain_name", "user_domain_id")
AGENCY = ("agency_name", "agency_domain_name", "agency_domain_id")

NO_TEXTS = ("allow_http", "validate_certs", "network_url")
"""The options of a login that are true or false, or a dictionary."""


class Login(t.NamedTuple):
    """The options of one way to log in.

    parts: a source with any of them has this login; companions: options that belong to this login and are ignored in
    weaker sources; foreign: options of the other ways to log in; reported: options that an error about a missing part
    lists.
    """

    parts: tuple[str, ...]
    companions: tuple[str, ...]
    foreign: tuple[str, ...]
    reported: tuple[str, ...]


LOGINS: dict[Method, Login] = {
    "token": Login(
        parts=("token",),
        companions=("password", "passcode"),
        foreign=KEY,
        reported=("token", "project_id", "region", "api_url", "auth_url"),
    ),
    "password": Login(
        parts=(*USER, "password"),
        companions=("passcode",),
        foreign=("token", *KEY),
        reported=(*USER, "password", "user_domain_name", "project_name", "region", "auth_url"),
    ),
    "key": Login(
        parts=("access_key", "secret_key"),
        companions=("security_token",),
        foreign=("token", "password", "passcode", *AGENCY),
        reported=("access_key", "secret_key", "project_id", "project_name", "region"),
    ),
}

_TYPES = {"cloud": CLOUD, "allow_http": FLAG, "validate_certs": FLAG, "network_url": DICT}


class Source(t.NamedTuple):
    """One place that options come from."""

    label: str
    values: dict[str, t.Any]

    def has_any(self, *names: str) -> bool:
        return any(name in self.values for name in names)


class Sources:
    """The sources of a task's credentials, the strongest first.

    entry: of clouds.yaml, None without one; method, login: how to log in. Raises CredentialsError (no login, or two in
    the task; no such entry), InputError (a malformed value), MissingLibrary (no PyYAML).
    """

    def __init__(self, options: Mapping[str, t.Any], environ: Mapping[str, str], decrypt: Decrypt | None) -> None:
        self._environ = environ
        self._decrypt = decrypt
        given = {name: _checked(name, value) for name, value in options.items()}
        task = Source("the task", {name: value for name, value in given.items() if value is not None})
        self._variables = _variables(environ)
        set_values = {name: _value_of(name, one, environ) for name, one in self._variables.items()}
        environment = Source("the environment", set_values)
        asked = task.values.get("cloud")
        cloud = asked or CLOUD(environ.get("OS_CLOUD", ""))
        refuse_wrong_types({"OS_CLOUD": cloud})
        if not cloud and not any(one.has_any(*login.parts) for one in (task, environment) for login in LOGINS.values()):
            # The only entry of clouds.yaml needs no name, as with OpenStack's own client.
            names, _text = clouds_yaml.available(environ, decrypt)
            cloud = names[0] if len(names) == 1 else None
        if isinstance(cloud, CloudEntry):
            self.entry: Entry | None = clouds_yaml.given(cloud.content, environ)
        else:
            self.entry = clouds_yaml.read(cloud, environ, decrypt) if cloud else None
        self._file = Source("clouds.yaml", self.entry.options() if self.entry else {})
        self._entry_first = bool(asked)
        self._sources = [task, self._file, environment] if asked else [task, environment, self._file]
        if self.entry and self.entry.regions:
            by_project = regions.region_of_project(self._first("project_name"))
            of_project = by_project if by_project in self.entry.regions else None
            self._file.values.update(self.entry.options(self._first("region") or of_project))
        self.method = self._method()
        self.login = LOGINS[self.method]

    def values(self) -> dict[str, t.Any]:
        """The value of each option that counts, named as the options are. Raises CredentialsError."""
        names = {*ENVIRONMENT, "validate_certs"} - {*self.login.foreign}
        agency = self._place("agency_name")
        if agency is not None and "agency_name" in self._ignored(agency):
            names -= {*AGENCY}
        elif agency is not None and agency <= min(self._places(self.login.parts)) and "agency_name" not in names:
            raise CredentialsError(
                f"agency_name, given in {self._label('agency_name')}, needs a user's token, which IAM does not give "
                "for an access key: give username and password or a token, or a temporary access key made for the "
                "agency."
            )
        values: dict[str, t.Any] = {}
        for place, source in reversed([*enumerate(self._sources)]):
            counting = names - self._ignored(place)
            stronger = {name: value for name, value in source.values.items() if name in counting}
            weaker = {name: value for name, value in values.items() if ALTERNATIVES.get(name) not in stronger}
            values = {**weaker, **stronger}
        if "password" not in values:
            values.pop("passcode", None)
        account = next((name for name in ACCOUNT if self._place(name) is not None), None)
        if account and "username" in values.keys() & {*self.login.parts} and values.keys().isdisjoint(ACCOUNT):
            raise CredentialsError(
                f"{account}, given in {self._label(account)}, is the account of another user than username, given in "
                f"{self._label('username')}: give both in the same place."
            )
        return values

    def _ignored(self, place: int) -> set[str]:
        """The options of a source that would extend or change the login of a stronger one."""
        login = max(self._places(self.login.parts))
        # The account of an agency may be in another source than its name.
        agency = {*AGENCY} if self._place("agency_name") is None else {"agency_name"}
        ignored: set[str] = set()
        if place > login:
            ignored |= {*self.login.companions, *agency}
            region = self._place("region")
            if self._entry_first and login == 1 and region is not None and region <= login:
                # The entry is complete. Without a region, it needs the address from elsewhere.
                ignored |= {"auth_url", "api_url", "network_url"}
        if self._names_another_user(place):
            ignored |= {*ACCOUNT, *agency}
        return ignored

    def _names_another_user(self, place: int) -> bool:
        """Whether a source has another user than a stronger source."""
        ours, theirs = self._sources[min(self._places(USER), default=place)], self._sources[place]
        same = any(name in ours.values and ours.values[name] == theirs.values.get(name) for name in USER)
        return theirs.has_any(*USER) and not same

    def report(self, names: tuple[str, ...]) -> str:
        """Where each of these options was looked for, and what was found; never a value."""
        order = ", then ".join(source.label for source in self._sources)
        return f"Searched {order}: {'; '.join(map(self._found, names))}; {self._found_clouds()}."

    def _place(self, name: str) -> int | None:
        """The index of the strongest source that has this option."""
        return next((index for index, source in enumerate(self._sources) if name in source.values), None)

    def _places(self, names: tuple[str, ...]) -> list[int]:
        return [place for place in map(self._place, names) if place is not None]

    def _first(self, name: str) -> t.Any:
        place = self._place(name)
        return None if place is None else self._sources[place].values[name]

    def _label(self, name: str) -> str:
        return self._sources[self._place(name) or 0].label

    def _method(self) -> Method:
        """The method of the strongest source that has one; within a source token, then password, then key."""
        has_password = self._place("password") is not None
        for source in self._sources:
            token = source.has_any("token")
            key = source.has_any("access_key", "secret_key")
            if source.label == "the task" and key and source.has_any("token", "password"):
                other = "token" if token else "password"
                raise CredentialsError(f"Both access_key/secret_key and {other} are given in the task: leave one out.")
            if token:
                return "token"
            if source.has_any("password") or (has_password and source.has_any(*USER)):
                return "password"
            if key:
                return "key"
        report = self.report(("username", "user_id", "password", "token", "access_key", "secret_key"))
        raise CredentialsError(f"No credentials were found: a password, a token, or an access key. {report}")

    def _found(self, name: str) -> str:
        label = self._label(name) if self._place(name) is not None else ""
        variable = f" ({self._variables[name]})" if label == "the environment" else ""
        found = f"given in {label}{variable}" if label else "not given"
        empty = [variable for variable in ENVIRONMENT[name] if self._environ.get(variable) == ""]
        if empty:
            found += f", {', '.join(empty)} set but empty"
        return f"{name} (or {', '.join(ENVIRONMENT[name])}): {found}"

    def _found_clouds(self) -> str:
        """About the entry that was read, or about those that could be."""
        if self.entry:
            return f"{self.entry.label} has {', '.join(sorted(self._file.values)) or 'nothing'}"
        return f"cloud (or OS_CLOUD): not given, and {clouds_yaml.available(self._environ, self._decrypt)[1]}"


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """The variable that counts for each option that has one."""
    found: dict[str, str] = {}
    only_hw = bool(environ.get("HW_ACCESS_KEY") and not environ.get("OS_ACCESS_KEY"))
    for name, names in ENVIRONMENT.items():
        ordered = reversed(names) if only_hw and name in KEY else names
        variable = next((variable for variable in ordered if environ.get(variable)), None)
        if variable:
            found[name] = variable
    for name, other in ALTERNATIVES.items():
        # A name in OS_* and an ID in HW_* may belong to different objects: OS_* counts.
        if found.get(name, "").startswith("HW_") and found.get(other, "").startswith("OS_"):
            del found[name]
    of_key = (found.get("access_key") or found.get("secret_key") or "").partition("_")[0]
    if found.get("security_token", "").partition("_")[0] != of_key:
        # It belongs to another key, and a permanent key does not work with it.
        found.pop("security_token", None)
    return found


def _value_of(name: str, variable: str, environ: Mapping[str, str]) -> t.Any:
    if name not in NO_TEXTS:
        return environ[variable]
    value = _TYPES[name](environ[variable])
    if isinstance(value, WrongType):
        raise InputError(f"{variable} must be true or false.")
    refuse_wrong_types({variable: value})
    return value


def _checked(name: str, value: t.Any) -> t.Any:
    """An option of the task; None if it is empty."""
    if value is None or (isinstance(value, str) and not value):
        return None
    value = _TYPES[name](value) if name in _TYPES else value
    refuse_wrong_types({name: value})
    if name in ENVIRONMENT and name not in NO_TEXTS and not isinstance(value, str):
        raise InputError(f"{name} must be a text.")
    return value
