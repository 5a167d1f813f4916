# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The few calls of IAM that a client needs: get, check and revoke a token, find a project.

API: Obtaining a User Token Through Password Authentication, Verifying a Token and Returning a Valid Token, Deleting a
User Token, Querying Project Information (IAM).
"""

from __future__ import annotations

import typing as t

from .errors import ApiError, CredentialsError, NotFound
from .iam_token import Token, id_like

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .credentials import Credentials
    from .retry import Deadline
    from .transport import Attempt, Response, Transport

SERVICE = "vpcep"
"""The type of our entry in the catalog."""


def create_token(
    transport: Transport, credentials: Credentials, *, catalog: bool = True, deadline: Deadline | None = None
) -> Token:
    """A new token for the project, by password.

    catalog: ask for the catalog, too (several kilobytes). API: Obtaining a User Token Through Password
    Authentication. Raises ApiError (a wrong password is never tried again: repeated failures lock the user),
    ConnectionFailed.
    """
    user: dict[str, t.Any] = {"password": credentials.password}
    if credentials.user_id:
        user["id"] = credentials.user_id
    else:
        user["name"] = credentials.username
        user["domain"] = _domain(credentials)
    project: dict[str, t.Any] = {"id": credentials.project_id}
    if not credentials.project_id:
        project = {"name": credentials.project_name}
        if _domain(credentials):
            project["domain"] = _domain(credentials)
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": {"project": project}}}
    try:
        # A token too many does no harm, so that this POST may be repeated as freely as a GET.
        response = transport.request(
            "POST",
            f"{credentials.auth_url}/auth/tokens",
            operation="log in to IAM",
            kind="read",
            json=body,
            params=None if catalog else {"nocatalog": "1"},
            deadline=deadline,
            addressed=False,
        )
    except ApiError as error:
        if error.status == 401 and not (error.code or "").upper().startswith("IAM."):
            error.hint = (
                "Check username, password and user_domain_name. They are not tried again, since repeated "
                "failures lock the user."
            )
        raise
    value = response.headers.get("X-Subject-Token") or ""
    token = _token(value, response, "log in to IAM", catalog)
    if not value or not token.project_id:
        what = "token" if not value else "project"
        raise ApiError(
            f"the answer holds no {what}",
            operation="log in to IAM",
            status=response.status,
            request_id=response.request_id,
            hint="Check auth_url: this does not look like IAM.",
        )
    return token


def validate_token(transport: Transport, auth_url: str, value: str, *, deadline: Deadline | None = None) -> Token:
    """What IAM knows of a ready token: its project, account, end and catalog.

    API: Verifying a Token and Returning a Valid Token. Raises ApiError (refused), CredentialsError (not of a project).
    """
    headers = {"X-Auth-Token": value, "X-Subject-Token": value}
    try:
        response = transport.request(
            "GET",
            f"{auth_url}/auth/tokens",
            operation="check the given token",
            kind="read",
            headers=headers,
            deadline=deadline,
        )
    except ApiError as error:
        if error.status in (401, 404):
            error.hint = "The token given is not valid any more, or is of another cloud: give a new one."
        raise
    token = _token(value, response, "check the given token", True)
    if not token.project_id:
        raise CredentialsError(
            "The token given is of an account, not of a project: VPC endpoints belong to projects. "
            "Get one with project scope."
        )
    return token


def revoke_token(transport: Transport, auth_url: str, value: str, *, deadline: Deadline | None = None) -> bool:
    """End a token's life; False if it was over already. API: Deleting a User Token. Raises ApiError."""
    headers = {"X-Auth-Token": value, "X-Subject-Token": value}
    try:
        transport.request(
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
        # A token that is not valid cannot authorise even its own end.
        if error.status == 401:
            return False
        raise
    return True


def find_project(
    transport: Transport,
    auth_url: str,
    name: str,
    authorize: Callable[[Attempt], Mapping[str, str]],
    *,
    deadline: Deadline | None = None,
) -> Token:
    """The project of this name, as a token without value. API: Querying Project Information.

    Raises ApiError, CredentialsError (none, or several, of that name).
    """
    response = transport.request(
        "GET",
        f"{auth_url}/projects",
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
    project = Token(project_id=found[0]["id"], project_name=name, domain_id=_text(found[0], "domain_id"))
    if not id_like(project.project_id):
        raise CredentialsError("IAM answers with a malformed project ID: check auth_url.")
    return project


def find_domain(
    transport: Transport,
    auth_url: str,
    authorize: Callable[[Attempt], Mapping[str, str]],
    *,
    deadline: Deadline | None = None,
) -> str | None:
    """The ID of the caller's own account, None if IAM does not say.

    API: Querying the Account Information (GET /v3/auth/domains). Raises ApiError.
    """
    response = transport.request(
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


def _domain(credentials: Credentials) -> dict[str, str] | None:
    if credentials.user_domain_id:
        return {"id": credentials.user_domain_id}
    return {"name": credentials.user_domain_name} if credentials.user_domain_name else None


def _token(value: str, response: Response, operation: str, catalog: bool) -> Token:
    answer = response.json()
    body = answer.get("token") if isinstance(answer, dict) else None
    if not isinstance(body, dict):
        raise ApiError(
            "the answer holds no token",
            operation=operation,
            status=response.status,
            request_id=response.request_id,
            hint="Check auth_url: this does not look like IAM.",
        )
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
        endpoints=_endpoints(body) if catalog else None,
    )
    if Token.from_data(token.to_data()) is None:
        raise ApiError(
            "the answer holds a malformed token or project",
            operation=operation,
            status=response.status,
            request_id=response.request_id,
            hint="Check auth_url: this does not look like IAM.",
        )
    return token


def _endpoints(body: Mapping[str, t.Any]) -> tuple[tuple[str, str], ...]:
    """(region, address) of each public address of our service in the catalog."""
    found: list[tuple[str, str]] = []
    catalog = body.get("catalog")
    for service in catalog if isinstance(catalog, list) else []:
        endpoints = service.get("endpoints") if isinstance(service, dict) and service.get("type") == SERVICE else None
        for endpoint in endpoints if isinstance(endpoints, list) else []:
            if isinstance(endpoint, dict) and endpoint.get("interface", "public") == "public":
                region = _text(endpoint, "region") or _text(endpoint, "region_id") or "*"
                url = _text(endpoint, "url")
                if url and url.startswith(("https://", "http://")) and "@" not in url:
                    found.append((region, url))
    return tuple(found)


def _part(mapping: Mapping[str, t.Any], name: str) -> Mapping[str, t.Any]:
    value = mapping.get(name)
    return value if isinstance(value, dict) else {}


def _text(mapping: Mapping[str, t.Any], name: str) -> str | None:
    value = mapping.get(name)
    return value if isinstance(value, str) and value else None
