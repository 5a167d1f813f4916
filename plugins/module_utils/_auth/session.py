"""The session of one project of one account: authentication, service address and HTTP client.

Threads may share a session. Nothing is sent before the first request or property that needs it.
"""

from __future__ import annotations

import re
import threading
import typing as t
from collections import Counter
from collections.abc import Callable, Mapping
from urllib.parse import quote

from .._core.errors import ApiError, CredentialsError, InputError
from .._core.texts import one_line
from .._core.version import user_agent
from .._http import error_codes
from .._http.client import HttpClient
from .._http.pools import ConnectionPools
from .._http.retry import Deadline, Kind
from . import endpoints, regions
from .addresses import in_clear, refuse_http
from .auth_plugins import AUTH_CLASSES
from .clouds_yaml import Decrypt
from .credentials import Credentials, resolve
from .token import Token

Service = t.Literal["vpcep", "vpc", "ecs", "elb", "dns"]
"""A service of the cloud that takes a project's token: VPCEP, and those of networks (vpc also answers for Neutron)."""
ApiPath: t.TypeAlias = "str | tuple[str, ...]"
"""The path of a request: a text of constant words, or a tuple of such a text with {} for each ID, and the IDs."""
WORD = r"[a-z_-]+|v\d(\.\d)?"


_NEW_TOKEN_REFUSED = (
    "IAM has just issued this token: check api_url, region and project. If they are right, the user lacks a role, such "
    "as VPCEndpoint Administrator."
)


class Session:
    """Requests to one project.

    credentials: from resolve(); clock: seconds since 1970; sleep: waits seconds (both for tests); pools: HTTP
    connections to share with other tasks of this process. client: sends the requests; http: see HttpClient.http; auth:
    how they are authorized; warnings: for the user.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], None] | None = None,
        pools: ConnectionPools | None = None,
    ) -> None:
        self.credentials = credentials
        self.warnings: list[str] = []
        self.changes: Counter[int] = Counter()  # that the cloud has carried out, by the thread that sent them
        self.client = HttpClient(
            credentials.timeout, credentials.retries, credentials.verify, user_agent(), sleep=sleep, pools=pools
        )
        self.http = self.client.http
        self.client.add_secrets(*credentials.secrets())
        self.auth = AUTH_CLASSES[credentials.method](credentials, self.client, clock=clock, warn=self._warn)
        for text in _risks(credentials):
            self._warn(text)

    @property
    def project_id(self) -> str:
        """The project's ID; may ask IAM."""
        return self.auth.project_id()

    @property
    def domain_id(self) -> str | None:
        """The account's ID, None if it cannot be found; may ask IAM."""
        return self.auth.domain_id()

    @property
    def own_project(self) -> tuple[str | None, str | None]:
        """ID and name of the project of the login, as far as IAM was asked already."""
        token = self.auth.token
        return (token.project_id, token.project_name) if token else (None, None)

    @property
    def region(self) -> str | None:
        """The region's name, None if it is unknown; may ask IAM."""
        return self.credentials.region or endpoints.find_region(self.credentials, self._from_iam(None))

    @property
    def cloud(self) -> regions.Cloud:
        """Which cloud's rules apply: 'otc' or 'huawei'; may ask IAM."""
        given = self.credentials
        known = regions.known_cloud(given.api_url) or regions.known_cloud(given.auth_url)
        region = given.region or regions.region_of_project(given.project_name)
        if known or region:
            return known or regions.cloud_of(None, region)
        return regions.cloud_of(self.api_url, self.region)

    @property
    def api_url(self) -> str:
        """The service's address without version and slash at the end; may ask IAM."""
        return self._base_url("vpcep", None)

    def request(
        self,
        method: str,
        path: ApiPath,
        *,
        operation: str,
        kind: Kind,
        deadline: Deadline | None = None,
        version: str | None = "v1",
        api: Service = "vpcep",
        **more: t.Any,
    ) -> t.Any:
        """Send a request and return the parsed answer, None if it has no body.

        path: relative to /<version>/<project_id>/, or to the address if version is None; more: params, json and
        addressed, see HttpClient.request. Also raises CredentialsError. A 401 drops the token, gets a new one, and
        repeats the request once.
        """
        path = encoded(path) if path or version else ""
        more.update(operation=operation, kind=kind, deadline=deadline)
        authorization = self.auth.authorization(deadline)
        # The token at hand, at most one that another process has renewed meanwhile, and a new one.
        left = 3
        while True:
            left -= 1
            base = self._base_url(api, deadline)
            refuse_http("The address in the token's catalog", base, self.credentials.allow_http)
            url = f"{base}/{version}/{self.auth.project_id(deadline)}/{path}" if version else f"{base}/{path}"
            try:
                response = self.client.request(method, url, authorize=authorization.headers, **more)
                self.changes[threading.get_ident()] += kind != "read"
                return None if response.status == 204 or method == "DELETE" else response.json()
            except ApiError as error:
                error_codes.fit_hint(error, api)
                if error.status == 401 and authorization.final:
                    error.hint = _NEW_TOKEN_REFUSED
                if error.status != 401 or not left or authorization.final:
                    raise
                renewed = self.auth.invalidate(authorization, error, deadline)
                if renewed is None:
                    raise
                authorization = renewed

    def token_info(self) -> dict[str, t.Any]:
        """What is known of the token, without the token itself. Gets one if there is none.

        expires_at, issued_at (as IAM writes them, None for an access key), project_id, project_name, domain_id, region,
        api_url.
        """
        return self._describe(self.auth.identity(), ask=True)

    def peek_token(self) -> dict[str, t.Any] | None:
        """As token_info(), for the cached token; None if there is none. Sends nothing."""
        token = self.auth.cached_token()
        return self._describe(token, ask=False) if token else None

    def _from_iam(self, deadline: Deadline | None) -> Token | None:
        """What IAM says about project and catalog; None if that is not needed."""
        return self.auth.identity(deadline) if self.auth.needs_iam else None

    def _base_url(self, api: Service, deadline: Deadline | None) -> str:
        if api != "vpcep":
            return endpoints.network_url(self.credentials, self._from_iam(deadline), api)
        return self.credentials.api_url or endpoints.service_url(self.credentials, self._from_iam(deadline))

    def _describe(self, token: Token, ask: bool) -> dict[str, t.Any]:
        given = self.credentials
        try:
            url = given.api_url or endpoints.catalog_url(given, token) or (self.api_url if ask else None)
        except CredentialsError:
            url = None
        return {
            "expires_at": token.expires_at,
            "issued_at": token.issued_at,
            "project_id": given.project_id or token.project_id,
            "project_name": token.project_name or given.project_name,
            "domain_id": token.domain_id,
            "region": self.region if ask else given.region or regions.region_of_project(token.project_name),
            "api_url": url,
        }

    def _warn(self, text: str) -> None:
        text = one_line(text)
        if text not in self.warnings:
            self.warnings.append(text)


def _risks(given: Credentials) -> list[str]:
    """Warnings about settings that expose secrets or cost logins."""
    exposed = "anyone between this machine and the cloud can read the password and the token, and change every answer."
    risks = []
    if given.verify is False:
        risks.append(f"validate_certs is false: {exposed}")
    if any(map(in_clear, (given.auth_url, given.api_url, *given.network_url.values()))):
        risks.append(f"allow_http is true: {exposed}")
    if given.token_cache and not given.token_cache_dir:
        risks.append(
            "Token cache: it has no folder (neither HOME nor XDG_CACHE_HOME is set), so every task logs in. Set "
            "token_cache_dir, or token_cache to false."
        )
    if given.passcode and not (given.token_cache and given.token_cache_dir):
        risks.append("A passcode is valid for one login, and without a token cache every task needs another one.")
    return risks


def connect(
    options: Mapping[str, t.Any], environ: Mapping[str, str] | None = None, decrypt: Decrypt | None = None, **kw: t.Any
) -> Session:
    """A session for a task's options; kw: as for Session. Raises as resolve() does; sends nothing."""
    return Session(resolve(options, environ, decrypt), **kw)


def encoded(path: ApiPath) -> str:
    """The path with its IDs encoded: a slash in an ID that the cloud sent must not lead to another operation.

    Raises InputError if an ID is empty or would leave the path, and ValueError if an ID is among the words.
    """
    words, *ids = (path,) if isinstance(path, str) else path
    parts = words.strip("/").split("/")
    if not all(one == "{}" or re.fullmatch(WORD, one) for one in parts):
        raise ValueError(f"{words!r} has other parts than words and {{}}.")
    if any(one in ("", ".", "..") for one in ids):
        raise InputError(f"{words!r} is no path: one of its IDs is empty, '.' or '..'.")
    return "/".join(parts).format(*(quote(str(one), safe="~") for one in ids))
