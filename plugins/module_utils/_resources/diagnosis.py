# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks up the cause of an error after a task has failed, for example what a wrong ID belongs to.

A diagnosis sends a few GETs, for some error codes only. Its explanation replaces the general hint of the code.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from .._auth import regions
from .._core.errors import ApiError, ConnectionFailed, VpcepError
from .._core.types import Object
from .._http.error_codes import lookup
from .._http.network_errors import HINTS
from . import diagnosis_objects as objects
from .diagnosis_objects import Finder, Looks

LOGIN = "log in to IAM"  # the operation
OTHER_REASONS = ((LOGIN, 401), ("find the project", 403))  # with an explanation of their own


class Diagnosis(Looks):
    """Explains the errors of one task."""

    def explain(self, error: VpcepError, options: Object) -> None:
        """Replaces the hint of an error by an explanation, if there is one. options: of the task or of one object."""
        if not isinstance(error, ApiError):
            return
        # A project of another region may be the cause if something does not exist, or access is denied.
        known, reason = lookup(error.code, error.status), (error.operation, error.status)
        is_about_place = known and known.kind in ("auth", "lookup") and reason not in OTHER_REASONS
        region = self.explanation(lambda *_: wrong_region(self), options, error) if is_about_place else None
        error.hint = region or self.explanation(finder_of(error), options, error) or error.hint


def finder_of(error: ApiError) -> Finder | None:
    """The function that can explain an error."""
    if isinstance(error, ConnectionFailed):
        return unknown_host if error.cause == "name" else None
    if error.hint == HINTS["page"]:
        return None
    if error.operation == LOGIN:
        return LOGIN_FINDERS.get(error.status or 0)
    if error.digits:
        return FINDERS.get(error.digits)
    if (error.code or "").upper() == "APIGW.0101":
        return address
    return identity if error.status in (401, 403) else None


# Logins and access: projects, regions, keys and addresses that do not match


def identity(seen: Looks, _given: Object, error: ApiError) -> str | None:
    """A token of another project, or a wrong access key."""
    given = seen.credentials
    project_id, name = seen.session.own_project
    if given.token and project_id and given.project_id not in (None, project_id):
        return (
            f"The token is of project {name or ''} ({project_id}), and project_id is {given.project_id}: leave "
            "project_id out, or give a token of that project."
        )
    if not given.access_key or error.status != 401:
        return None
    if given.security_token:
        return (
            "The temporary access key was refused: it has expired, or access_key, secret_key and security_token are "
            "not of the same one. Get a new one, and give all three."
        )
    return (
        "The access key was refused: check that secret_key is the one that came with access_key, and that the key has "
        "not been deleted or disabled. A temporary key needs security_token, too."
    )


def wrong_region(seen: Looks) -> str | None:
    given = seen.credentials
    name = seen.session.own_project[1] or given.project_name
    home = regions.region_of_project(name)
    if not home or not given.region or home == given.region:
        return None
    return (
        f"Project {name} is one of region {home}, and region is {given.region}: set region and project_name (or "
        "OS_REGION_NAME and OS_PROJECT_NAME) to the same one."
    )


def address(seen: Looks, _given: Object, _error: ApiError) -> str | None:
    url = seen.credentials.api_url
    parts = urlsplit(url or "")
    if not parts.path:
        return None
    return f"api_url is {url}: leave {parts.path} away, and set it to {parts.scheme}://{parts.netloc}."


def refused_login(seen: Looks, _given: Object, error: ApiError) -> str | None:
    given = seen.credentials
    code = (error.code or "").upper()
    if code.startswith("IAM.") and code not in ("IAM.0001", "IAM.0062"):
        return None  # such as a locked user: the hint of the code is better
    account = given.user_domain_name or given.user_domain_id
    user = f"{given.username or given.user_id}" + (f" of account {account}" if account else "")
    second = "a user with login protection (MFA) needs a passcode, too"
    if given.passcode:
        second = "and give the passcode that the MFA device shows now"
    return (
        f"IAM at {given.auth_url} does not know user {user} with this password: check username, password, and "
        f"user_domain_name, which is the name of the account; {second}. "
        f"They are not tried again, since repeated failures lock the user. {wrong_region(seen) or ''}"
    ).rstrip()


def unknown_project(seen: Looks, _given: Object, _error: ApiError) -> str | None:
    given = seen.credentials
    if given.agency_name:
        return None  # the project is in the other account, the login in the user's own
    parts = urlsplit(given.auth_url or "")
    if parts.path != "/v3":
        return f"auth_url is {given.auth_url}: set it to {parts.scheme}://{parts.netloc}/v3."
    named_by = "project_id" if given.project_id else "project_name"
    if given.region and given.project_name == given.region:
        named_by = "region (or project_name)"
    account = given.user_domain_name or given.user_domain_id
    where = f"account {account}" if account else "the account"
    return (
        f"IAM at {given.auth_url} has no project {given.project_id or given.project_name} in {where} of user "
        f"{given.username or given.user_id}: set {named_by} to one that the console shows under My "
        f"Credentials. Each region has projects of its own; the main one has the region's name."
    )


def unknown_host(seen: Looks, _given: Object, _error: ApiError) -> str | None:
    region = seen.credentials.region
    return regions.unknown(region) if region and region not in regions.REGIONS else None


LOGIN_FINDERS: dict[int, Finder] = {401: refused_login, 404: unknown_project}
FINDERS: dict[str, Finder] = {
    **dict.fromkeys(("0003", "0004", "0014"), identity),
    **dict.fromkeys(("0020", "2001", "4015"), objects.vpc),
    **dict.fromkeys(("0023", "2037", "4004", "4008"), objects.subnet),
    **dict.fromkeys(("1019", "4030"), objects.route_tables),
    **dict.fromkeys(("3003", "3008", "3042", "3063", "4012"), objects.port),
    "1018": objects.quota,
    "2003": objects.service,
    "2010": objects.no_subnet,
    "2012": objects.not_admitted,
    "2042": objects.taken_address,
    "3009": objects.reserved,
    "3044": objects.taken_port,
}
"""By the digits of the code."""
