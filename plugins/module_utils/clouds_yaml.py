# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entries of clouds.yaml, the file in which OpenStack clients keep clouds and credentials.

Looked for where they look: OS_CLIENT_CONFIG_FILE, the working folder, the user's and the machine's configuration;
secure.yaml, in the same places, is laid over it.
"""

from __future__ import annotations

import os
import typing as t

from .errors import CredentialsError, load_library

if t.TYPE_CHECKING:
    from collections.abc import Mapping

_AUTH = {
    "auth_url": ("auth_url",),
    "username": ("username", "user_name"),
    "user_id": ("user_id",),
    "password": ("password",),
    "user_domain_name": ("user_domain_name", "domain_name"),
    "user_domain_id": ("user_domain_id", "domain_id"),
    "project_name": ("project_name", "tenant_name"),
    "project_id": ("project_id", "tenant_id"),
    "token": ("token",),
    "access_key": ("access_key", "ak"),
    "secret_key": ("secret_key", "sk"),
    "security_token": ("security_token",),
}
"""Our name of each member of auth, and theirs in the order they are looked for."""

_SECRET = ("password", "token", "access_key", "secret_key", "security_token")


def read(name: str, environ: Mapping[str, str]) -> dict[str, t.Any]:
    """The entry as options named like the modules' own (auth_url, username, region, validate_certs, …).

    environ: the environment (OS_CLIENT_CONFIG_FILE, HOME, XDG_CONFIG_HOME).
    Raises CredentialsError: no such entry, or a file that cannot be read; MissingLibrary: no PyYAML.
    """
    looked: list[str] = []
    names: set[str] = set()
    for path in _places(environ, "clouds", "OS_CLIENT_CONFIG_FILE"):
        looked.append(path)
        clouds = _load(path)
        if clouds is None:
            continue
        # Like elsewhere: the first file that exists counts, the others are not merged.
        names.update(clouds)
        if name in clouds:
            entry = _mapping(clouds[name], path, name)
            return _options(_over(entry, _secure(name, environ)), path, name)
        break
    found = f"it has {', '.join(sorted(names))}" if names else "no file with clouds was found"
    raise CredentialsError(f'There is no cloud "{name}" in clouds.yaml: {found}. Looked at: {", ".join(looked)}.')


def _places(environ: Mapping[str, str], stem: str, variable: str) -> list[str]:
    folders = [os.getcwd() if _cwd_exists() else ""]
    home = environ.get("HOME", "")
    config = environ.get("XDG_CONFIG_HOME", "") or (os.path.join(home, ".config") if home else "")
    if config:
        folders.append(os.path.join(config, "openstack"))
    folders.append("/etc/openstack")
    places = [environ[variable]] if environ.get(variable) else []
    for folder in filter(None, folders):
        places += [os.path.join(folder, f"{stem}.yaml"), os.path.join(folder, f"{stem}.yml")]
    return places


def _cwd_exists() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _load(path: str) -> dict[str, t.Any] | None:
    """The clouds of a file, or None if there is no such file. Never quotes the file, which may hold passwords."""
    try:
        with open(path, "rb") as stream:
            content = stream.read(1024 * 1024)
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None
    except OSError as error:
        raise CredentialsError(f"{path} cannot be read: {error.strerror}.") from None
    yaml = load_library("yaml")
    try:
        document = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise CredentialsError(f"{path} is not valid YAML{where}.") from None
    clouds = document.get("clouds") if isinstance(document, dict) else None
    return {str(name): entry for name, entry in clouds.items()} if isinstance(clouds, dict) else {}


def _secure(name: str, environ: Mapping[str, str]) -> dict[str, t.Any]:
    for path in _places(environ, "secure", "OS_CLIENT_SECURE_FILE"):
        clouds = _load(path)
        if clouds is not None:
            return _mapping(clouds.get(name) or {}, path, name)
    return {}


def _mapping(entry: t.Any, path: str, name: str) -> dict[str, t.Any]:
    if not isinstance(entry, dict):
        raise CredentialsError(f'The cloud "{name}" in {path} is not a mapping.')
    return entry


def _over(below: dict[str, t.Any], above: dict[str, t.Any]) -> dict[str, t.Any]:
    merged = dict(below)
    for key, value in above.items():
        if isinstance(value, dict) and isinstance(merged.get(key), dict):
            value = _over(merged[key], value)
        merged[key] = value
    return merged


def _options(entry: dict[str, t.Any], path: str, name: str) -> dict[str, t.Any]:
    auth = _mapping(entry.get("auth") or {}, path, name)
    options: dict[str, t.Any] = {}
    for option, theirs in _AUTH.items():
        for key in theirs:
            if auth.get(key) not in (None, ""):
                options[option] = _text(auth[key], f"auth.{key}", path, name, exact=option in _SECRET)
                break
    region = entry.get("region_name")
    if region in (None, "") and isinstance(entry.get("regions"), list) and len(entry["regions"]) == 1:
        only = entry["regions"][0]
        region = only.get("name") if isinstance(only, dict) else only
    if region not in (None, ""):
        options["region"] = _text(region, "region_name", path, name)
    if "auth_url" in options and "region" in options:
        for filler in ("{region_name}", "%(region_name)s"):
            options["auth_url"] = options["auth_url"].replace(filler, options["region"])
    if isinstance(entry.get("verify"), bool):
        options["validate_certs"] = entry["verify"]
    elif entry.get("insecure") is True:
        options["validate_certs"] = False
    if entry.get("cacert") not in (None, ""):
        options["ca_path"] = os.path.expanduser(_text(entry["cacert"], "cacert", path, name))
    if entry.get("vpcep_endpoint_override") not in (None, ""):
        # How other clients of these clouds are told a service's address.
        options["api_url"] = _text(entry["vpcep_endpoint_override"], "vpcep_endpoint_override", path, name)
    return options


def _text(value: t.Any, key: str, path: str, name: str, exact: bool = False) -> str:
    """A number is what YAML makes of an unquoted 123456; that is meant as text. Other types are mistakes.

    exact: a number will not do, either: YAML reads 0123 as 83, and a wrong password locks the user.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and not exact:
        return str(value)
    raise CredentialsError(f'{key} of the cloud "{name}" in {path} must be a text: put it in quotes.')
