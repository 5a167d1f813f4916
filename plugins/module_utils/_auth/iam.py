# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls of IAM: get, validate and revoke a token, find a project or account.

API: Obtaining a User Token Through Password Authentication, the same with Virtual MFA, Obtaining an Agency Token,
Verifying a Token and Returning a Valid Token, Deleting a User Token, Querying Project Information (IAM).
"""

from __future__ import annotations

import typing as t

from .._core.errors import ApiError, CredentialsError, NotFound, OutcomeUnknown
from .._http.error_codes import fit_hint
from .._http.network_errors import HINTS
from .._http.pools import host_of
from .token import Token, id_like

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._http.answers import Response
    from .._http.client import Attempt, HttpClient
    from .._http.retry import Deadline
    from .credentials import Credentials

SERVICE = "vpcep"
"""The type of VPCEP in the catalog."""

NETWORK = ("vpc", "network")
"""The types of the network service in the catalog, the preferred one first."""

_WRONG_PASSWORD = (
    "Check username, password and user_domain_name; a user with login protection (MFA) needs a passcode, too. They are "
    "not tried again, since repeated failures lock the user."
)
_WRONG_PASSCODE = (
    "Check username, password and user_domain_name, and give the passcode that the MFA device shows now. They are not "
    "tried again, since repeated failures lock the user."
)


def create_token(
    client: HttpClient, credentials: Credentials, *, catalog: bool = True, deadline: Deadline | None = None
) -> Token:
    """A new token for the project, by password, and passcode if there is one.

    catalog: ask for the catalog, too (several kilobytes). API: Obtaining a User Token Through Password
    Authentication. Raises ApiError (a wrong password is never tried again: repeated failures lock the user),
    OutcomeUnknown (with a passcode, which may have been used up), ConnectionFailed.
    """
    response = _log_in(
        client, credentials, _project(credentials, _user_domain(credentials)), catalog=catalog, deadline=deadline
    )
    return _new_token(response, "log in to IAM", catalog)


def create_account_token(client: HttpClient, credentials: Credentials, *, deadline: Deadline | None = None) -> str:
    """A new token for the user's own account, without a catalog. Raises as create_token."""
    domain = _user_domain(credentials)
    scope = {"domain": domain} if domain else None  # the default is the account, too
    response = _log_in(client, credentials, scope, catalog=False, deadline=deadline)
    value = response.headers.get("X-Subject-Token") or ""
    if not value:
        raise _not_iam("the answer holds no token", "log in to IAM", response)
    client.add_secrets(value)
    return value


def assume_role(
    client: HttpClient,
    credentials: Credentials,
    own: str,
    *,
    catalog: bool = True,
    deadline: Deadline | None = None,
) -> Token:
    """A token for a project of the delegating account. own: a token of the user's own account.

    API: Obtaining an Agency Token. Both clouds' own clients call the agency's name xrole_name. Raises as create_token.
    """
    domain = _ref(credentials.agency_domain_id, credentials.agency_domain_name)
    role = {f"domain_{kind}": text for kind, text in domain.items()}
    auth = {
        "identity": {
            "methods": ["assume_role"],
            "assume_role": {**role, "xrole_name": credentials.agency_name},
        },
        "scope": _project(credentials, domain),
    }
    try:
        response = _send(
            client,
            "POST",
            f"{credentials.auth_url}/auth/tokens",
            operation="assume the agency",
            kind="read",
            headers={"X-Auth-Token": own},
            json={"auth": auth},
            params=_nocatalog(catalog),
            deadline=deadline,
            addressed=False,
        )
    except ApiError as error:
        if _refused(error, 401, 403, 404):
            error.hint = (
                "Check agency_name, agency_domain_name and the project, which is one of that account; that the agency "
                "is for the account of this user; and that the user may switch to agencies (Agent Operator)."
            )
        raise
    return _new_token(response, "assume the agency", catalog)


def _log_in(
    client: HttpClient,
    credentials: Credentials,
    scope: dict[str, t.Any] | None,
    *,
    catalog: bool,
    deadline: Deadline | None,
) -> Response:
    who = _user(credentials)
    identity: dict[str, t.Any] = {
        "methods": ["password"],
        "password": {"user": {**who, "password": credentials.password}},
    }
    if credentials.passcode:
        identity["methods"].append("totp")
        identity["totp"] = {"user": {**who, "passcode": credentials.passcode}}
    try:
        # An unused token does no harm, so this POST is retried like a GET, but a passcode must not be sent again.
        return _send(
            client,
            "POST",
            f"{credentials.auth_url}/auth/tokens",
            operation="log in to IAM",
            kind="create" if credentials.passcode else "read",
            json={"auth": {"identity": identity, **({"scope": scope} if scope else {})}},
            params=_nocatalog(catalog),
            deadline=deadline,
            addressed=False,
        )
    except OutcomeUnknown as error:
        error.hint = "The passcode may be used up, and is not sent again: run again with a new one."
        raise
    except ApiError as error:
        if _refused(error, 401) and not (error.code or "").upper().startswith("IAM."):
            error.hint = _WRONG_PASSCODE if credentials.passcode else _WRONG_PASSWORD
        raise


def _send(client: HttpClient, method: str, url: str, service: str = "iam", **request: t.Any) -> Response:
    """Send a request to IAM. Raises as HttpClient.request, with hints that fit IAM."""
    try:
        return client.request(method, url, **request)
    except ApiError as error:
        fit_hint(error, service)
        raise


def _refused(error: ApiError, *statuses: int) -> bool:
    """Whether IAM, and not a proxy, answered with one of these statuses."""
    return error.status in statuses and error.hint != HINTS["page"]


def _nocatalog(catalog: bool) -> dict[str, str] | None:
    return None if catalog else {"nocatalog": "1"}


def _user(credentials: Credentials) -> dict[str, t.Any]:
    if credentials.user_id:
        return {"id": credentials.user_id}
    return {"name": credentials.username, "domain": _user_domain(credentials)}


def _user_domain(credentials: Credentials) -> dict[str, str]:
    return _ref(credentials.user_domain_id, credentials.user_domain_name)


def _ref(id: str | None, name: str | None) -> dict[str, str]:
    """An account in the form of IAM's requests; empty if it is unknown."""
    if id:
        return {"id": id}
    return {"name": name} if name else {}


def _project(credentials: Credentials, domain: dict[str, str]) -> dict[str, t.Any]:
    """The scope of a project of an account."""
    if credentials.project_id:
        return {"project": {"id": credentials.project_id}}
    return {"project": {"name": credentials.project_name, **({"domain": domain} if domain else {})}}


def _new_token(response: Response, operation: str, catalog: bool) -> Token:
    """The project token in the answer."""
    value = response.headers.get("X-Subject-Token") or ""
    token = _token(value, response, operation, catalog)
    if not value or not token.project_id:
        raise _not_iam(f"the answer holds no {'token' if not value else 'project'}", operation, response)
    return token


def _not_iam(message: str, operation: str, response: Response) -> ApiError:
    return ApiError(
        message,
        operation=operation,
        status=response.status,
        request_id=response.request_id,
        hint="Check auth_url: this does not look like IAM.",
    )


def validate_token(client: HttpClient, auth_url: str, value: str, *, deadline: Deadline | None = None) -> Token:
    """What IAM knows about a given token: project, account, expiry and catalog.

    API: Verifying a Token and Returning a Valid Token. Raises ApiError (refused), CredentialsError (not of a project).
    """
    headers = {"X-Auth-Token": value, "X-Subject-Token": value}
    try:
        response = _send(
            client,
            "GET",
            f"{auth_url}/auth/tokens",
            operation="check the given token",
            kind="read",
            headers=headers,
            deadline=deadline,
        )
    except ApiError as error:
        if _refused(error, 401, 404):
            error.hint = "The token given is not valid any more, or is of another cloud: give a new one."
        raise
    token = _token(value, response, "check the given token", True)
    if not token.project_id:
        raise CredentialsError(
            "The token given is of an account, not of a project: VPC endpoints belong to projects. "
            "Get one with project scope."
        )
    return token


def revoke_token(client: HttpClient, auth_url: str, value: str, *, deadline: Deadline | None = None) -> bool:
    """Revoke a token; False if it was invalid already. API: Deleting a User Token. Raises ApiError."""
    headers = {"X-Auth-Token": value, "X-Subject-Token": value}
    try:
        _send(
            client,
            "DELETE",
            f"{auth_url}/auth/tokens",
            operation="revoke the token",
            kind="repeat",
            headers=headers,
            deadline=deadline,
        )
    except NotFound:
        return False
    except ApiError as error:
        # An invalid token cannot authorize its own revocation.
        if error.status == 401:
            return False
        raise
    return True


def find_project(
    client: HttpClient,
    auth_url: str,
    name: str,
    authorize: Callable[[Attempt], Mapping[str, str]],
    *,
    deadline: Deadline | None = None,
) -> Token:
    """The project of this name, as a Token without value. API: Querying Project Information.

    Raises ApiError, CredentialsError (none, or several, of that name).
    """
    response = _send(
        client,
        "GET",
        f"{auth_url}/projects",
        service="projects",
        operation="find the project",
        kind="read",
        params={"name": name},
        authorize=authorize,
        deadline=deadline,
        addressed=False,
    )
    answer = response.json()
    projects = answer.get("projects") if isinstance(answer, dict) else None
    found = (
        [p for p in projects if isinstance(p, dict) and p.get("name") == name and _text(p, "id")]
        if isinstance(projects, list)
        else []
    )
    if len(found) != 1:
        ids = ", ".join(p["id"] for p in found)
        raise CredentialsError(
            f'{"Several projects are" if found else "No project is"} named "{name}"'
            f"{f' ({ids})' if found else ''}: give project_id."
        )
    # Without a catalog, which only a token has.
    project = Token(
        project_id=found[0]["id"], project_name=name, domain_id=_text(found[0], "domain_id"), endpoints=(), network=()
    )
    if not id_like(project.project_id):
        raise CredentialsError("IAM answers with a malformed project ID: check auth_url.")
    return project


def find_domain(
    client: HttpClient,
    auth_url: str,
    authorize: Callable[[Attempt], Mapping[str, str]],
    *,
    deadline: Deadline | None = None,
) -> str | None:
    """The ID of the caller's own account, None if IAM does not say.

    API: Querying the Account Information (GET /v3/auth/domains). Raises ApiError.
    """
    response = _send(
        client,
        "GET",
        f"{auth_url}/auth/domains",
        operation="find the account",
        kind="read",
        authorize=authorize,
        deadline=deadline,
        addressed=False,
    )
    answer = response.json()
    domains = answer.get("domains") if isinstance(answer, dict) else None
    return _text(domains[0], "id") if isinstance(domains, list) and domains and isinstance(domains[0], dict) else None


def _token(value: str, response: Response, operation: str, catalog: bool) -> Token:
    answer = response.json()
    body = answer.get("token") if isinstance(answer, dict) else None
    if not isinstance(body, dict):
        raise _not_iam("the answer holds no token", operation, response)
    project, user = _part(body, "project"), _part(body, "user")
    user_domain = _text(_part(user, "domain"), "id")
    token = Token(
        value=value,
        expires_at=_text(body, "expires_at"),
        issued_at=_text(body, "issued_at"),
        project_id=_text(project, "id"),
        project_name=_text(project, "name"),
        domain_id=_text(_part(project, "domain"), "id") or _text(_part(body, "domain"), "id") or user_domain,
        user_domain_id=user_domain,
        endpoints=_endpoints(body, SERVICE) if catalog else None,
        network=tuple(pair for kind in NETWORK for pair in _endpoints(body, kind)) if catalog else None,
    )
    if Token.from_data(token.to_data()) is None:
        raise _not_iam("the answer holds a malformed token or project", operation, response)
    return token


def _endpoints(body: Mapping[str, t.Any], kind: str) -> tuple[tuple[str, str], ...]:
    """(region, address) of each public address of a service of this type in the catalog."""
    found: list[tuple[str, str]] = []
    catalog = body.get("catalog")
    for service in catalog if isinstance(catalog, list) else []:
        endpoints = service.get("endpoints") if isinstance(service, dict) and service.get("type") == kind else None
        for endpoint in endpoints if isinstance(endpoints, list) else []:
            if isinstance(endpoint, dict) and endpoint.get("interface", "public") == "public":
                region = _text(endpoint, "region") or _text(endpoint, "region_id") or "*"
                url = _text(endpoint, "url")
                if url and url.startswith(("https://", "http://")) and "@" not in url and host_of(url):
                    found.append((region, url))
    return tuple(found)


def _part(mapping: Mapping[str, t.Any], name: str) -> Mapping[str, t.Any]:
    value = mapping.get(name)
    return value if isinstance(value, dict) else {}


def _text(mapping: Mapping[str, t.Any], name: str) -> str | None:
    value = mapping.get(name)
    return value if isinstance(value, str) and value else None
