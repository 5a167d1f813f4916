"""Entries of clouds.yaml, the file in which OpenStack clients keep clouds and credentials.

It is looked for where they look: OS_CLIENT_CONFIG_FILE, the working folder, the user's and the machine's configuration
folders. An entry is merged over the profile of its vendor (clouds-public.yaml, else regions.PROFILES), and secure.yaml
over the entry; both files are looked for in the same places. Unknown members are ignored.
"""

from __future__ import annotations

import os
import re
import typing as t
from collections.abc import Callable, Mapping

from .._core.errors import CredentialsError, VpcepError, load_library
from .._core.option_types import shown
from .._core.types import object_in
from . import regions
from .addresses import NETWORK_SERVICES

Decrypt: t.TypeAlias = Callable[[str], str | None]
"""From a text that ansible-vault encrypted to the plain text, or to None if no vault secret fits."""

WORKING_FOLDER = "VPCEP_WORKING_FOLDER"
"""Set by our action plugin for a module process: the folder in which Ansible was started."""

_AUTH = {
    "auth_url": ("auth_url",),
    "username": ("username", "user_name"),
    "user_id": ("user_id",),
    "password": ("password",),
    "passcode": ("passcode",),
    "user_domain_name": ("user_domain_name", "domain_name"),
    "user_domain_id": ("user_domain_id", "domain_id"),
    "project_name": ("project_name", "tenant_name"),
    "project_id": ("project_id", "tenant_id"),
    "agency_name": ("agency_name", "target_agency_name"),
    "agency_domain_name": ("agency_domain_name", "target_domain_name"),
    "agency_domain_id": ("agency_domain_id", "target_domain_id"),
    "token": ("token",),
    "access_key": ("access_key", "ak"),
    "secret_key": ("secret_key", "sk"),
    "security_token": ("security_token",),
}
"""For each option the members of auth that set it, the preferred one first."""

_TARGETS = {"project_name": "target_project_name", "project_id": "target_project_id"}
"""The project with an agency, as otcextensions names it; its project_name is one of the user's own account."""

_BESIDE_AUTH = ("access_key", "secret_key", "security_token")
"""Options that may also stand beside auth, as in other clients of these clouds."""

_SECRET = ("password", "passcode", "token", "access_key", "secret_key", "security_token")

AUTH_TYPES = {
    "password": "password",
    "v3password": "password",
    "v3totp": "password",
    "v3multifactor": "password",
    "agency": "password",
    "token": "token",
    "v3token": "token",
}
"""The supported values of auth_type, and the method of each."""

_FACTORS = ("password", "v3password", "totp", "v3totp")


class Encrypted(t.NamedTuple):
    """A text encrypted by ansible-vault: a value of a file or a whole file."""

    text: str
    decrypt: Decrypt | None

    def open(self, what: str) -> str:
        """The plain text. what: for the message. Raises CredentialsError if no vault secret fits."""
        plain = self.decrypt(self.text) if self.decrypt else None
        if plain is None:
            raise CredentialsError(
                f"{what} is encrypted with ansible-vault, and no vault secret of this run decrypts it. Set one with "
                "--vault-id or ANSIBLE_VAULT_PASSWORD_FILE. A module process (on another host, with become, async, "
                "environment, another Python or VPCEP_DIRECT=0) has no vault secrets: set the login options of the "
                "task."
            )
        return plain


class Entry:
    """One cloud, of the file or given as an option.

    label: its name in messages; content: its members; regions: the names in its list of regions; folder: the base of
    its relative paths.
    """

    def __init__(self, label: str, content: dict[str, t.Any], folder: str = "") -> None:
        self.label = label
        self._folder = folder
        self.content = content
        self._values = dict(self._region(one) for one in _list(content.get("regions")))
        self.regions = tuple(self._values)
        self._check_auth_type()

    def options(self, region: str | None = None) -> dict[str, t.Any]:
        """The options of a module that the entry sets (auth_url, username, region, validate_certs, …).

        region: which of several regions, None if it is not known. Raises CredentialsError.
        """
        if region is None and len(self.regions) == 1:
            region = self.regions[0]
        if region is not None and self.regions and region not in self.regions:
            raise CredentialsError(f"The {self.label} has no region {shown(region)}: it has {', '.join(self.regions)}.")
        entry = _over(self.content, self._values.get(region or "", {}))
        if region is not None and self.regions:
            entry["region_name"] = region
        return self._options(entry)

    def _region(self, one: t.Any) -> tuple[str, dict[str, t.Any]]:
        if isinstance(one, dict):
            values = _mapping(one.get("values") or {}, f"regions.values of the {self.label}")
            return self._text(one.get("name"), "regions.name"), values
        return self._text(one, "regions"), {}

    def _check_auth_type(self) -> None:
        auth_type = self._text(self.content.get("auth_type") or "password", "auth_type")
        if auth_type not in AUTH_TYPES:
            raise CredentialsError(
                f"auth_type {shown(auth_type)} of the {self.label} is not supported. Supported are "
                f"{', '.join(AUTH_TYPES)}; and access_key with secret_key, without an auth_type. For another method, "
                "get a token with another tool and set the option token."
            )
        factors = self.content.get("auth_methods") or []
        factors = factors.split(",") if isinstance(factors, str) else _list(factors)
        unknown = [shown(factor) for factor in factors if factor not in _FACTORS]
        if auth_type == "v3multifactor" and unknown:
            raise CredentialsError(
                f"auth_methods of the {self.label} has {', '.join(unknown)}: v3multifactor supports v3password with "
                "v3totp only."
            )

    def _options(self, entry: dict[str, t.Any]) -> dict[str, t.Any]:
        auth = _mapping(entry.get("auth") or {}, f"auth of the {self.label}")
        given = {**{key: entry[key] for name in _BESIDE_AUTH for key in _AUTH[name] if key in entry}, **auth}
        options: dict[str, t.Any] = {}
        for option, theirs in _AUTH.items():
            key = next((key for key in theirs if given.get(key) not in (None, "")), None)
            if key:
                options[option] = self._text(given[key], f"auth.{key}", exact=option in _SECRET)
        if any(auth.get(key) for key in _TARGETS.values()):
            for option, key in _TARGETS.items():
                options.pop(option, None)
                if auth.get(key):
                    options[option] = self._text(auth[key], f"auth.{key}")
        if AUTH_TYPES.get(self._text(entry.get("auth_type") or "", "auth_type")) == "password":
            options.pop("token", None)
        return {**options, **self._around(entry)}

    def _around(self, entry: dict[str, t.Any]) -> dict[str, t.Any]:
        """The members beside auth."""
        # How other clients of these clouds are told a service's address.
        names = {"region_name": "region", "vpcep_endpoint_override": "api_url"}
        options: dict[str, t.Any] = {
            option: self._text(entry[key], key) for key, option in names.items() if entry.get(key) not in (None, "")
        }
        if isinstance(entry.get("verify"), bool):
            options["validate_certs"] = entry["verify"]
        elif entry.get("insecure") is True:
            options["validate_certs"] = False
        if entry.get("cacert") not in (None, ""):
            options["ca_path"] = os.path.join(self._folder, os.path.expanduser(self._text(entry["cacert"], "cacert")))
        if isinstance(entry.get("allow_http"), bool):
            options["allow_http"] = entry["allow_http"]
        overrides = {name: f"{name}_endpoint_override" for name in NETWORK_SERVICES}
        urls = {name: self._text(entry[key], key) for name, key in overrides.items() if entry.get(key)}
        if urls:
            options["network_url"] = urls
        return options

    def _text(self, value: t.Any, key: str, exact: bool = False) -> str:
        """A text, or a number as text, since YAML reads an unquoted 123456 as a number.

        exact: refuse numbers: YAML reads 0123 as 83, and wrong passwords lock the user.
        """
        if isinstance(value, Encrypted):
            return value.open(f"{key} of the {self.label}")
        if isinstance(value, str):
            return value
        if isinstance(value, int) and not isinstance(value, bool) and not exact:
            return str(value)
        raise CredentialsError(f"{key} of the {self.label} must be a text: put it in quotes.")


def read(name: str, environ: Mapping[str, str], decrypt: Decrypt | None = None) -> Entry:
    """The entry of this name, merged over the vendor's profile, with secure.yaml merged over it.

    Raises CredentialsError (no such entry, or an unreadable file), MissingLibrary (no PyYAML).
    """
    looked = _places(environ, "clouds", "OS_CLIENT_CONFIG_FILE")
    path, clouds = _first(looked, "clouds", decrypt)
    if path is None or name not in clouds:
        found = f"{path} has {', '.join(sorted(clouds)) or 'none'}" if path else "no file with clouds was found"
        raise CredentialsError(
            f'There is no cloud "{shown(name)}" in clouds.yaml: {found}. Searched: {", ".join(looked)}.'
        )
    label = _label(name, path)
    entry = _mapping(clouds[name], f"The {label}")
    where, secure = _first(_places(environ, "secure", "OS_CLIENT_SECURE_FILE"), "clouds", decrypt)
    if secure.get(name):
        entry = _over(entry, _mapping(secure[name], f"The {_label(name, where)}"))
    return _over_profile(entry, label, environ)


def given(content: Mapping[str, t.Any], environ: Mapping[str, str]) -> Entry:
    """An entry given as an option, merged over the vendor's profile. Raises as read() does."""
    return _over_profile(dict(content), "entry given as cloud", environ)


def available(environ: Mapping[str, str], decrypt: Decrypt | None = None) -> tuple[list[str], str]:
    """The names of all entries, and a text about them for messages, also if clouds.yaml cannot be read."""
    looked = _places(environ, "clouds", "OS_CLIENT_CONFIG_FILE")
    try:
        path, clouds = _first(looked, "clouds", decrypt)
    except VpcepError as error:
        return [], str(error).rstrip(".")
    if path is None:
        folders = dict.fromkeys(re.sub(r"/clouds\.(yaml|yml|json)$", "", path) for path in looked)
        return [], f"no clouds.yaml is there: {', '.join(folders)}"
    which = ": give one of them" if len(clouds) > 1 else ""
    return sorted(clouds), f"{path} has {', '.join(sorted(clouds)) or 'no clouds'}{which}"


def _places(environ: Mapping[str, str], stem: str, variable: str) -> list[str]:
    home = environ.get("HOME", "")
    own = os.path.join(home, ".config") if home else ""
    machine = (environ.get("XDG_CONFIG_DIRS", "") or "/etc/xdg").split(os.pathsep)
    folders = [_working_folder(environ)]
    folders += [os.path.join(base, "openstack") for base in (environ.get("XDG_CONFIG_HOME", ""), own) if base]
    folders += [os.path.join(base, "openstack") for base in (*machine, "/etc") if base]
    places = [environ[variable]] if environ.get(variable) else []
    for folder in dict.fromkeys(filter(None, folders)):
        places += [os.path.join(folder, f"{stem}.{suffix}") for suffix in ("yaml", "yml", "json")]
    return places


def _working_folder(environ: Mapping[str, str]) -> str:
    """The folder in which Ansible was started; empty if it was deleted."""
    try:
        return environ.get(WORKING_FOLDER) or os.getcwd()
    except OSError:
        return ""


def _first(places: list[str], member: str, decrypt: Decrypt | None = None) -> tuple[str | None, dict[str, t.Any]]:
    """The first file that exists; others are not merged, as in other OpenStack clients."""
    for path in places:
        content = _load(path, member, decrypt)
        if content is not None:
            return path, content
    return None, {}


def _load(path: str, member: str, decrypt: Decrypt | None) -> dict[str, t.Any] | None:
    """The clouds of a file, None if it does not exist. Errors never quote the file, which may hold passwords."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(1024 * 1024)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}.") from None
    clouds = object_in(_parse(content, path, decrypt), member)
    return {str(name): entry for name, entry in clouds.items()}


def _parse(content: bytes, path: str, decrypt: Decrypt | None) -> t.Any:
    yaml = load_library("yaml")

    class Loader(yaml.SafeLoader):  # type: ignore[misc, name-defined, unused-ignore]
        """Reads values with Ansible's tag for encrypted ones."""

    for tag in ("!vault", "!vault-encrypted"):
        Loader.add_constructor(tag, lambda loader, node: Encrypted(loader.construct_scalar(node), decrypt))
    text: bytes | str = content
    if content.lstrip().startswith(b"$ANSIBLE_VAULT;"):
        text = Encrypted(content.decode("ascii", "replace"), decrypt).open(path)
    try:
        return yaml.load(text, Loader=Loader)  # a safe loader
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise CredentialsError(f"{path} is not valid YAML{where}.") from None


def _over_profile(entry: dict[str, t.Any], label: str, environ: Mapping[str, str]) -> Entry:
    """An entry over the vendor's profile, which is one of clouds-public.yaml, else of regions.PROFILES."""
    wanted = entry.get("profile") or entry.get("cloud")  # the older name of profile
    profile: dict[str, t.Any] = {}
    if wanted:
        where, known = _first(_places(environ, "clouds-public", "OS_CLIENT_VENDOR_FILE"), "public-clouds")
        has_address = isinstance(entry.get("auth"), dict) and entry["auth"].get("auth_url")
        if str(wanted) in known:
            profile = _mapping(known[str(wanted)], f"The {_label(str(wanted), where)}")
        elif str(wanted) in regions.PROFILES:
            profile = regions.PROFILES[str(wanted)]
        elif not has_address:
            raise CredentialsError(
                f"The {label} has the profile {shown(wanted)}, which is not known. Known are "
                f"{', '.join([*regions.PROFILES, *known])}. Write auth_url into the entry, or the profile into "
                "clouds-public.yaml."
            )
    return Entry(label, _over(profile, entry), _working_folder(environ))


def _label(name: str, path: str | None) -> str:
    return f'cloud "{name}" in {path}'


def _mapping(value: t.Any, what: str) -> dict[str, t.Any]:
    if not isinstance(value, dict):
        raise CredentialsError(f"{what} is not a mapping.")
    return value


def _list(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else []


def _over(below: dict[str, t.Any], above: dict[str, t.Any]) -> dict[str, t.Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            value = _over(merged[key], value)
        merged[key] = value
    return merged
