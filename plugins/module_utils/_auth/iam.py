"""The calls of IAM: get, validate and revoke a token, find a project or account."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Mapping

from .._core.errors import ApiError, CredentialsError, NotFound, OutcomeUnknown
from .._core.types import Object, object_in, objects_in
from .._http.answers import Response
from .._http.client import Attempt, HttpClient
from .._http.error_codes import fit_hint
from .._http.network_errors import HINTS
from .._http.pools import host_of
from .._http.retry import Deadline
from .credentials import Credentials
from .token import Token, id_like

Authorize: t.TypeAlias = Callable[[Attempt], Mapping[str, str]]

LOG_IN, CHECK, ASSUME = "log in to IAM", "check the given token", "assume the agency"

_CHECK_USER = "Check username, password and user_domain_name"
_NOT_REPEATED = "They are not tried again, since repeated failures lock the user."
_WRONG_PASSWORD = f"{_CHECK_USER}; a user with login protection (MFA) needs a passcode, too. {_NOT_REPEATED}"
_WRONG_PASSCODE = f"{_CHECK_USER}, and give the passcode that the MFA device shows now. {_NOT_REPEATED}"


class Iam:
    """Calls of the IAM at credentials.auth_url. All raise what HttpClient.request raises, with hints that fit IAM."""

    def __init__(self, client: HttpClient, credentials: Credentials) -> None:
        self._client = client
        self._given = credentials
        self._catalog = not credentials.api_url  # the catalog has several kilobytes
        self._user_domain = _reference(credentials.user_domain_id, credentials.user_domain_name)

    def create_token(self, deadline: Deadline | None = None) -> Token:
        """A new token for the project, by password, and passcode if there is one. A wrong password is not sent again.

        API: Obtaining a User Token Through Password Authentication, the same with Virtual MFA.
        Raises also OutcomeUnknown (with a passcode, which may have been used up).
        """
        return self._new_token(self._log_in(self._project(self._user_domain), self._catalog, deadline), LOG_IN)

    def create_account_token(self, deadline: Deadline | None = None) -> str:
        """A new token for the user's own account, without a catalog. Raises as create_token."""
        # Without a scope, the token is also for the account.
        response = self._log_in({"domain": self._user_domain} if self._user_domain else None, False, deadline)
        value = response.headers.get("X-Subject-Token") or ""
        if not value:
            raise _not_iam("the answer holds no token", LOG_IN, response)
        self._client.add_secrets(value)
        return value

    def assume_role(self, own: str, deadline: Deadline | None = None) -> Token:
        """A token for a project of the delegating account. own: a token of the user's own account.

        API: Obtaining an Agency Token. Both clouds' own clients call the agency's name xrole_name.
        """
        domain = _reference(self._given.agency_domain_id, self._given.agency_domain_name)
        role = {f"domain_{kind}": text for kind, text in domain.items()}
        auth = {
            "identity": {"methods": ["assume_role"], "assume_role": {**role, "xrole_name": self._given.agency_name}},
            "scope": self._project(domain),
        }
        try:
            headers = {"X-Auth-Token": own}
            response = self._post_tokens(auth, ASSUME, self._catalog, deadline=deadline, headers=headers)
        except ApiError as error:
            if _refused(error, 401, 403, 404):
                error.hint = (
                    "Check agency_name, agency_domain_name and the project, which is one of that account; that the "
                    "agency is for the account of this user; and that the user may switch to agencies (Agent Operator)."
                )
            raise
        return self._new_token(response, ASSUME)

    def validate_token(self, value: str, deadline: Deadline | None = None) -> Token:
        """What IAM knows about a given token: project, account, expiry and catalog.

        API: Verifying a Token and Returning a Valid Token. Raises also CredentialsError (not of a project).
        """
        try:
            response = self._send("GET", "auth/tokens", CHECK, headers=_both(value), addressed=True, deadline=deadline)
        except ApiError as error:
            if _refused(error, 401, 404):
                error.hint = "The token given is not valid any more, or belongs to another cloud: give a new one."
            raise
        token = _token(value, response, CHECK, True)
        if not token.project_id:
            raise CredentialsError(
                "The token given is of an account, not of a project: VPC endpoints belong to projects. "
                "Get one with project scope."
            )
        return token

    def revoke_token(self, value: str) -> bool:
        """Revoke a token; False if it was invalid already. API: Deleting a User Token."""
        try:
            self._send("DELETE", "auth/tokens", "revoke the token", kind="repeat", headers=_both(value), addressed=True)
        except ApiError as error:
            # An invalid token cannot authorize its own revocation.
            if isinstance(error, NotFound) or error.status == 401:
                return False
            raise
        return True

    def find_project(self, authorize: Authorize, deadline: Deadline | None = None) -> Token:
        """The project of the credentials' project name, as a Token without value.

        API: Querying Project Information. Raises also CredentialsError (none, or several, of that name).
        """
        name = self._given.project_name or ""
        query = {"params": {"name": name}, "authorize": authorize, "deadline": deadline}
        response = self._send("GET", "projects", "find the project", service="projects", **query)
        projects = objects_in(response.json(), "projects")
        found = [one for one in projects if one.get("name") == name and _text(one, "id")]
        if len(found) != 1:
            ids = ", ".join(one["id"] for one in found)
            raise CredentialsError(
                f'{"Several projects are" if found else "No project is"} named "{name}"'
                f"{f' ({ids})' if found else ''}: give project_id."
            )
        project_id = found[0]["id"]
        if not id_like(project_id):
            raise CredentialsError("IAM answers with a malformed project ID: check auth_url.")
        domain_id = _text(found[0], "domain_id")
        return Token(project_id=project_id, project_name=name, domain_id=domain_id, endpoints=(), network=())

    def find_domain(self, authorize: Authorize) -> str | None:
        """The ID of the caller's own account, None if IAM does not say. API: Querying the Account Information."""
        response = self._send("GET", "auth/domains", "find the account", authorize=authorize)
        domains = objects_in(response.json(), "domains")
        return _text(domains[0], "id") if domains else None

    def _log_in(self, scope: Object | None, catalog: bool, deadline: Deadline | None) -> Response:
        given = self._given
        who = {"id": given.user_id} if given.user_id else {"name": given.username, "domain": self._user_domain}
        identity: Object = {"methods": ["password"], "password": {"user": {**who, "password": given.password}}}
        if given.passcode:
            identity["methods"].append("totp")
            identity["totp"] = {"user": {**who, "passcode": given.passcode}}
        auth = {"identity": identity, **({"scope": scope} if scope else {})}
        try:
            # An unused token does no harm, so this POST is retried like a GET, but a passcode must not be sent again.
            kind = "create" if given.passcode else "read"
            return self._post_tokens(auth, LOG_IN, catalog, deadline=deadline, kind=kind)
        except OutcomeUnknown as error:
            error.hint = "The passcode may be used up, and is not sent again: run again with a new one."
            raise
        except ApiError as error:
            if _refused(error, 401) and not (error.code or "").upper().startswith("IAM."):
                error.hint = _WRONG_PASSCODE if given.passcode else _WRONG_PASSWORD
            raise

    def _post_tokens(self, auth: Object, operation: str, catalog: bool, **request: t.Any) -> Response:
        params = None if catalog else {"nocatalog": "1"}
        return self._send("POST", "auth/tokens", operation, json={"auth": auth}, params=params, **request)

    def _send(self, method: str, path: str, operation: str, service: str = "iam", **request: t.Any) -> Response:
        request = {"kind": "read", "addressed": False, **request}
        try:
            return self._client.request(method, f"{self._given.auth_url}/{path}", operation=operation, **request)
        except ApiError as error:
            fit_hint(error, service)
            raise

    def _project(self, domain: dict[str, str]) -> Object:
        """The scope of the project, which is one of this account."""
        if self._given.project_id:
            return {"project": {"id": self._given.project_id}}
        return {"project": {"name": self._given.project_name, **({"domain": domain} if domain else {})}}

    def _new_token(self, response: Response, operation: str) -> Token:
        """The project token in the answer."""
        value = response.headers.get("X-Subject-Token") or ""
        token = _token(value, response, operation, self._catalog)
        if not value or not token.project_id:
            raise _not_iam(f"the answer holds no {'token' if not value else 'project'}", operation, response)
        return token


def _both(token: str) -> dict[str, str]:
    """The headers of a request about the token that authorizes it."""
    return {"X-Auth-Token": token, "X-Subject-Token": token}


def _refused(error: ApiError, *statuses: int) -> bool:
    """Whether IAM, and not a proxy, answered with one of these statuses."""
    return error.status in statuses and error.hint != HINTS["page"]


def _reference(id: str | None, name: str | None) -> dict[str, str]:
    """An account in the form of IAM's requests; empty if it is unknown."""
    if id:
        return {"id": id}
    return {"name": name} if name else {}


def _not_iam(message: str, operation: str, response: Response) -> ApiError:
    hint = "Check auth_url: this does not look like IAM."
    status, request_id = response.status, response.request_id
    return ApiError(message, operation=operation, status=status, request_id=request_id, hint=hint)


def _token(value: str, response: Response, operation: str, catalog: bool) -> Token:
    body = object_in(response.json(), "token")
    if not body:
        raise _not_iam("the answer holds no token", operation, response)
    project = object_in(body, "project")
    domains = (object_in(project, "domain"), object_in(body, "domain"), object_in(object_in(body, "user"), "domain"))
    token = Token(
        value=value,
        expires_at=_text(body, "expires_at"),
        issued_at=_text(body, "issued_at"),
        project_id=_text(project, "id"),
        project_name=_text(project, "name"),
        domain_id=next(filter(None, (_text(domain, "id") for domain in domains)), None),
        endpoints=_addresses(body, "vpcep") if catalog else None,
        # The catalog's type "vpc" is preferred.
        network=(*_addresses(body, "vpc"), *_addresses(body, "network")) if catalog else None,
    )
    if Token.from_data(token._asdict()) is None:
        raise _not_iam("the answer holds a malformed token or project", operation, response)
    return token


def _addresses(body: Object, kind: str) -> tuple[tuple[str, str], ...]:
    """(region, address) of each public address of a service of this type in the catalog."""
    found: list[tuple[str, str]] = []
    for service in objects_in(body, "catalog"):
        for endpoint in objects_in(service, "endpoints") if service.get("type") == kind else ():
            url = _text(endpoint, "url") if endpoint.get("interface", "public") == "public" else None
            if url and url.startswith(("https://", "http://")) and "@" not in url and host_of(url):
                found.append((_text(endpoint, "region") or _text(endpoint, "region_id") or "*", url))
    return tuple(found)


def _text(mapping: Object, name: str) -> str | None:
    value = mapping.get(name)
    return value if isinstance(value, str) and value else None
