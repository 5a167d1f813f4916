# -*- coding: utf-8 -*-
# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One project of one account, ready for requests: credentials, token, address and transport put together.

A connection may be shared by many threads. Nothing is sent before the first request or property that needs it.
"""

from __future__ import annotations

import re
import threading
import time
import typing as t
from urllib.parse import quote

from .._core.errors import ApiError, CredentialsError, InputError
from .._core.texts import one_line
from .._core.version import user_agent
from .._http import error_codes
from .._http.client import HttpClient
from .._http.retry import http_date
from . import regions
from .addresses import in_clear, refuse_http, split_api_url
from .credentials import Credentials, resolve
from .token import DAY, Token
from .token_cache import TokenCache, cache_key, early

if t.TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._http.client import Attempt
    from .._http.pools import ConnectionPools
    from .._http.retry import Deadline
    from .clouds_yaml import Decrypt

T = t.TypeVar("T")

SKEW = 60.0
"""Seconds the local clock may be off before it is held responsible for a refused signature."""

LOCK_WAIT = 60.0
"""Seconds at least to wait for another process that is logging in."""


class Session:
    """Requests to one project.

    credentials: from resolve(); clock: seconds since 1970; sleep: waits seconds (both for tests); pools: HTTP
    connections to share with other tasks of this process.
    warnings: texts for the user; http: the log of requests (method, path, status, ms, request_id).
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
        self._clock = clock or time.time
        self._client = HttpClient(
            credentials.timeout, credentials.retries, credentials.verify, user_agent(), sleep=sleep, pools=pools
        )
        self._client.add_secrets(*credentials.secrets())
        folder = credentials.token_cache_dir if credentials.token_cache else None
        self._cache = TokenCache(folder, clock=self._clock, warn=self._warn)
        # Guards what follows. One thread logs in, the others wait for its token.
        self._lock = threading.RLock()
        self._token: Token | None = None
        self._token_until = 0.0
        self._refusal: ApiError | None = None
        self._project: str | None = None
        self._given_refused = False
        self._domain_id: str | None = None
        self._skew = 0.0
        if credentials.verify is False:
            self._warn(
                "validate_certs is false: anyone between this machine and the cloud can read the password "
                "and the token, and change every answer."
            )
        if in_clear(credentials.auth_url) or in_clear(credentials.api_url):
            self._warn(
                "allow_http is true: anyone between this machine and the cloud can read the password "
                "and the token, and change every answer."
            )
        if credentials.token_cache and folder is None:
            self._warn(
                "Token cache: there is no place for it (neither HOME nor XDG_CACHE_HOME is set): "
                "every task logs in by itself. Set token_cache_dir, or token_cache to false."
            )
        if credentials.passcode and not folder:
            self._warn("A passcode is good for one login, and without a token cache every task needs another one.")

    @property
    def http(self) -> list[dict[str, t.Any]]:
        """The log of requests so far: method, path, status, ms, request_id of each attempt; nothing secret."""
        return self._client.http

    @property
    def project_id(self) -> str:
        """The project's ID; may ask IAM."""
        return self._project_id(None)

    @property
    def domain_id(self) -> str | None:
        """The account's ID, None if it cannot be learnt; may ask IAM."""
        with self._lock:
            if self._domain_id is None:
                self._domain_id = self._find_domain()
            return self._domain_id

    @property
    def own_project(self) -> tuple[str | None, str | None]:
        """ID and name of the project that the login is for, as far as IAM was asked already."""
        token = self._token
        return (token.project_id, token.project_name) if token else (None, None)

    @property
    def region(self) -> str | None:
        """The region's name, None if nothing tells it; may ask IAM."""
        if self.credentials.region or self._needs_no_iam():
            return self.credentials.region
        token = self._identity(None)
        places = {region for region, _url in token.endpoints or () if region != "*"}
        only = places.pop() if len(places) == 1 else None
        return regions.region_of_project(token.project_name) or only or regions.region_of(self.credentials.auth_url)

    @property
    def cloud(self) -> regions.Cloud:
        """Which cloud's rules apply: 'otc' or 'huawei'; may ask IAM."""
        given = self.credentials
        for url in (given.api_url, given.auth_url):
            if regions.known_cloud(url):
                return regions.cloud_of(url)
        region = given.region or regions.region_of_project(given.project_name)
        if region:
            return regions.cloud_of(None, region)
        return regions.cloud_of(self.api_url, self.region)

    @property
    def api_url(self) -> str:
        """The service's address without version and slash at the end; may ask IAM."""
        return self._api_url(None)

    def request(
        self,
        method: str,
        path: str,
        *,
        operation: str,
        kind: t.Literal["read", "repeat", "create"],
        params: Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        deadline: Deadline | None = None,
        addressed: bool = True,
        version: str | None = "v1",
        api: t.Literal["vpcep", "vpc"] = "vpcep",
    ) -> t.Any:
        """Send a request and return the parsed answer, None if it has no body.

        path: relative to /<version>/<project_id>/, or with version None to the address, not encoded; api: whose
        address, this service's or the network service's; the rest as in HttpClient.request, as are the errors.
        Also raises CredentialsError. A 401 drops the token, gets one new one, and repeats the request once.
        """
        path = _path(path) if path or version else ""
        logins = 0
        # At most: the token at hand, one that another process has renewed meanwhile, a new one.
        for last in (False, False, True):
            token, skew = self._bearer(deadline), self._skew
            base = self._api_url(deadline) if api == "vpcep" else self._network_url(deadline)
            refuse_http("The address in the token's catalog", base, self.credentials.allow_http)
            url = f"{base}/{version}/{self._project_id(deadline)}/{path}" if version else f"{base}/{path}"
            try:
                response = self._client.request(
                    method,
                    url,
                    operation=operation,
                    kind=kind,
                    params=params,
                    json=json,
                    deadline=deadline,
                    addressed=addressed,
                    authorize=self._authorize(token),
                )
                return None if response.status == 204 or method == "DELETE" else response.json()
            except ApiError as error:
                error_codes.fit_hint(error, api)
                if error.status != 401 or last or logins or not self._worth_another(error, token, skew):
                    raise
                if token is not None:
                    logins += self._replace(token, deadline)
        raise AssertionError("not reached")

    def token_info(self) -> dict[str, t.Any]:
        """What is known of the token, getting one if there is none; the token itself is not in it.

        expires_at, issued_at (as IAM writes them, None for an access key), project_id, project_name, domain_id,
        region, api_url.
        """
        return self._describe(self._identity(None))

    def peek_token(self) -> dict[str, t.Any] | None:
        """The same of the token that is kept, None if there is none; sends nothing."""
        if not self.gets_tokens:
            return None
        with self._lock:
            kept = self._kept(disk=False)
            token = kept[0] if kept else self._token
        return self._describe(token, ask=False) if token else None

    def revoke_token(self) -> bool:
        """Revoke the kept (or given) token at IAM and forget it; False if there was none, or it was dead already.

        A token that was given in order to assume an agency stays alive: the agency's is revoked.
        Raises ApiError when IAM does not do it; the token is forgotten all the same.
        """
        given = self.credentials
        if given.method == "key" or not given.auth_url:
            return False
        with self._lock:
            # Another process may have put a newer one on disk than the one in memory: both have to go.
            kept = [self._kept(disk=True), self._kept(disk=False)]
            values = {entry[0].value for entry in kept if entry}
            own = None if self.gets_tokens else given.token
            values.update(value for value in (self._token and self._token.value, own) if value)
            self._drop(values)
            from . import iam

            ended = [iam.revoke_token(self._client, given.auth_url, value) for value in sorted(values) if value]
            return any(ended)

    def interrupt(self) -> None:
        """End what is under way and the pauses, and send nothing any more."""
        self._client.interrupt()

    def end_with_parent(self) -> None:
        """Send nothing any more once the process that started this one is gone."""
        self._client.end_with_parent()

    def scrub(self, text: str) -> str:
        """The text without secrets, which servers echo."""
        return self._client.scrub(text)

    def mask_short(self, value: t.Any) -> t.Any:
        """A copy of a task's result without secrets, also short ones."""
        return self._client.mask_short(value)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    # The address

    def _api_url(self, deadline: Deadline | None) -> str:
        given = self.credentials
        if given.api_url:
            return given.api_url
        if not self._needs_no_iam():
            token = self._identity(deadline)
            url = self._from_catalog(token)
            if url:
                return url
            region = given.region or regions.region_of_project(token.project_name) or regions.region_of(given.auth_url)
        else:
            region = given.region
        url = regions.api_url(region, given.auth_url or "") if region else None
        if url is None:
            if region:
                raise CredentialsError(f"No catalog has the VPC endpoint service. {regions.unknown(region)}")
            raise CredentialsError(
                "Where the VPC endpoint service answers is not known: no catalog has it and no region is given: "
                "give region or api_url."
            )
        return url

    def _network_url(self, deadline: Deadline | None) -> str:
        """The host of the network service: the catalog's for our region, else the one beside ours."""
        token = None if self._needs_no_iam() else self._identity(deadline)
        addresses = (token.network if token else None) or ()
        places = {region for region, _url in addresses}
        wanted = self.region or (places.pop() if len(places) == 1 else None)
        exact = [url for region, url in addresses if region == wanted] + [
            url for region, url in addresses if region == "*"
        ]
        return re.sub(_VERSION, "", exact[0]) if exact else network_url(self._api_url(deadline))

    def _from_catalog(self, token: Token) -> str | None:
        """The catalog's address for our region; the only one there is, when no region is given."""
        endpoints = [(region, url) for region, full in token.endpoints or () for url in [split_api_url(full)[0]] if url]
        wanted = self.credentials.region or regions.region_of_project(token.project_name)
        if wanted is None:
            places = sorted({region for region, _url in endpoints})
            if len(places) > 1:
                raise CredentialsError(f"The catalog has the service in {', '.join(places)}: give region.")
            return endpoints[0][1] if endpoints else None
        exact = [url for region, url in endpoints if region == wanted]
        return next(iter(exact + [url for region, url in endpoints if region == "*"]), None)

    # Who is asking

    @property
    def gets_tokens(self) -> bool:
        """Whether the tokens in use are got from IAM, rather than given, or replaced by signatures."""
        return self._by_password or self.credentials.agency_name is not None

    @property
    def _by_password(self) -> bool:
        """Whether IAM is asked by password: always so, or since the ready token was refused."""
        return self.credentials.method == "password" or self._given_refused

    def _needs_no_iam(self) -> bool:
        """Whether a ready token or an access key comes with project and address, so that IAM has nothing to add."""
        given = self.credentials
        if given.method == "password" or given.agency_name:
            return False
        if not given.auth_url or (given.project_id and given.api_url):
            return True
        # A private IAM may know another address than the region's usual one; an access key shows no catalog.
        asks_catalog = given.method == "token" and not regions.known_cloud(given.auth_url)
        return bool(given.project_id and given.region) and not asks_catalog

    def _project_id(self, deadline: Deadline | None) -> str:
        project_id = self.credentials.project_id or self._identity(deadline).project_id
        if not project_id:
            raise CredentialsError("The project is not known: give project_id.")
        return project_id

    def _find_domain(self) -> str | None:
        given = self.credentials
        if not given.auth_url:
            return None
        found = self._identity(None).domain_id
        if found or given.method != "key":
            return found
        auth_url = given.auth_url
        from . import iam

        try:
            return self._signed(lambda: iam.find_domain(self._client, auth_url, self._sign_for(None)))
        except ApiError as error:
            if error.status == 403:  # the user may not look it up
                return None
            raise

    def _bearer(self, deadline: Deadline | None) -> str | None:
        """The token to send; None for an access key."""
        if self.credentials.method == "key":
            return None
        return self._identity(deadline).value if self.gets_tokens else self.credentials.token

    def _authorize(self, token: str | None) -> Callable[[Attempt], Mapping[str, str]]:
        if token is not None:
            return lambda attempt: {"X-Auth-Token": token}
        return self._sign_for(self._project_id(None))

    def _sign_for(self, project_id: str | None) -> Callable[[Attempt], Mapping[str, str]]:
        from .signing import sign

        given = self.credentials

        def signed(attempt: Attempt) -> Mapping[str, str]:
            # A fresh date for each attempt: a signature that waited for its repeat would be too old.
            return sign(
                attempt.method,
                attempt.url,
                None,
                attempt.body,
                given.access_key or "",
                given.secret_key or "",
                given.security_token,
                project_id,
                self._clock() + self._skew,
            )

        return signed

    def _identity(self, deadline: Deadline | None) -> Token:
        """The token with what IAM said about it; for an access key, its project (and no token)."""
        with self._lock:
            if self._token is None or self._clock() > self._token_until:
                self._learn(None, deadline)
            if self._token is None:
                raise AssertionError("not reached")
            return self._token

    def _learn(self, refused: str | None, deadline: Deadline | None) -> bool:
        """Get the token (or project) from the cache, else from IAM; refused: a token that will not do.

        Returns whether IAM was asked. Of many processes that start at once, one asks, the others wait for it.
        """
        if self._refusal is not None:
            # A wrong password is tried once, however many threads and requests there are.
            raise self._refusal
        given = self.credentials
        if not self.gets_tokens and (not given.auth_url or (given.method == "key" and given.project_id)):
            self._take(Token(value=given.token or "", project_id=given.project_id, endpoints=()), None)
            return False
        if self._cached(refused, disk=refused is not None):
            return False
        wait = max(LOCK_WAIT, 2 * given.timeout)
        with self._cache.lock(self._key(), wait if deadline is None else min(wait, deadline.left())):
            if self._cached(refused, disk=True):
                return False
            if refused:
                self._drop({refused})
            stored = self._clock()
            token = self._ask_iam(deadline)
            # A project does not change; what is kept of it for an access key is looked up again once a day.
            lifetime = DAY if given.method == "key" else token.lifetime
            self._take(token, (stored, lifetime) if lifetime else None)
            if lifetime and given.token_cache:
                self._cache.write(self._key(), self._secret(), self._to_data(token), lifetime)
            return True

    def _take(self, token: Token, life: tuple[float, float] | None) -> None:
        """Use this token from now on; life: when it was stored, and its lifetime; None if IAM did not say."""
        if self._project not in (None, token.project_id):
            raise CredentialsError(
                f"The new token is of project {token.project_id}, the former one was of "
                f"{self._project}: give project_id."
            )
        self._project = token.project_id
        self._client.add_secrets(token.value)
        self._token = token
        self._token_until = life[0] + life[1] - early(life[1]) if life else float("inf")

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        from . import iam  # the token is in the cache nearly always

        given = self.credentials
        auth_url = given.auth_url or ""
        try:
            if given.method == "key":
                return self._signed(
                    lambda: iam.find_project(
                        self._client, auth_url, given.project_name or "", self._sign_for(None), deadline=deadline
                    )
                )
            if not self._by_password:
                try:
                    if given.agency_name:
                        return self._assume_role(given.token or "", deadline)
                    return iam.validate_token(self._client, auth_url, given.token or "", deadline=deadline)
                except ApiError as error:
                    if error.status not in (401, 404) or not given.password:
                        raise
                    self._given_refused = True
            return self._log_in(deadline)
        except ApiError as error:
            if error.status in (401, 403):
                self._refusal = error
            raise

    def _log_in(self, deadline: Deadline | None) -> Token:
        """A token by password; with an agency, by way of one of the user's own account."""
        from . import iam
        from .passcode import claim_passcode

        given = self.credentials
        with claim_passcode(self._cache, given):
            if not given.agency_name:
                return iam.create_token(self._client, given, catalog=not given.api_url, deadline=deadline)
            own = iam.create_account_token(self._client, given, deadline=deadline)
        return self._assume_role(own, deadline)

    def _assume_role(self, own: str, deadline: Deadline | None) -> Token:
        from . import iam

        given = self.credentials
        return iam.assume_role(self._client, given, own, catalog=not given.api_url, deadline=deadline)

    def _signed(self, call: Callable[[], T]) -> T:
        """The result of a signed call, repeated once if this machine's clock was what spoilt it."""
        skew = self._skew
        try:
            return call()
        except ApiError as error:
            if error.status != 401 or not self._correct_clock(error, skew):
                raise
        return call()

    def _kept(self, disk: bool) -> tuple[Token, tuple[float, float]] | None:
        """The token in the cache (on disk, or wherever it is found first), when it was stored, and its lifetime."""
        if not self.credentials.token_cache:
            return None
        entry = (self._cache.read_disk if disk else self._cache.read)(self._key(), self._secret())
        token = Token.from_data(self._from_data(entry.data)) if entry else None
        if entry is None or token is None or not token.project_id:
            return None
        if bool(token.value) == (self.credentials.method == "key"):
            return None
        return token, (entry.stored, entry.lifetime)

    def _cached(self, refused: str | None, disk: bool) -> bool:
        """Use the token in the cache, if there is one that will do."""
        kept = self._kept(disk)
        if kept is None:
            return False
        token, life = kept
        if refused is not None and token.value == refused:
            return False
        if token.endpoints is None and not self.credentials.api_url and self.credentials.method != "key":
            # Kept by a task that had no need of the catalog; this one has.
            return False
        self._take(token, life)
        return True

    def _key(self) -> str:
        """The name of the cache's entry: everything the token depends on but the secret."""
        given = self.credentials
        if not self.gets_tokens:
            # The same for all given tokens of this IAM: a hash of a token has no place in a file name.
            return cache_key(given.method, given.auth_url, given.access_key, given.project_name, given.project_id)
        agency = (given.agency_name, given.agency_domain_name, given.agency_domain_id) if given.agency_name else ()
        return cache_key(
            "password" if self._by_password else given.method,
            given.auth_url,
            given.username,
            given.user_id,
            given.user_domain_name,
            given.user_domain_id,
            given.project_name,
            given.project_id,
            *agency,
        )

    def _secret(self) -> str:
        given = self.credentials
        if self._by_password:
            return given.password or ""
        return (given.secret_key if given.method == "key" else given.token) or ""

    def _to_data(self, token: Token) -> dict[str, t.Any]:
        """For the cache. A token that was given is not kept, only what IAM said about it."""
        return {**token.to_data(), **({} if self.gets_tokens else {"value": ""})}

    def _from_data(self, data: dict[str, t.Any]) -> dict[str, t.Any]:
        if self.credentials.method == "token" and not self.gets_tokens:
            return {**data, "value": self.credentials.token}
        return data

    # A refused token

    def _worth_another(self, error: ApiError, token: str | None, skew: float) -> bool:
        """Whether a 401 may be about the token (or this machine's clock) and something can be done about it."""
        if token is None:
            return self._correct_clock(error, skew)

        known = error_codes.lookup(error.code, 401)
        if known is not None and known.retry == "no":
            return False
        if not self.gets_tokens and not self.credentials.password:
            error.hint = (
                "The token given was refused: it has expired, was revoked, or is of another project or "
                "cloud. Give a new one, or username and password to have it renewed."
            )
            return False
        return True

    def _correct_clock(self, error: ApiError, skew: float) -> bool:
        """Sign by the server's clock from now on, if the local one is far off; skew: what was signed with."""
        server = http_date(error.server_date)
        if server is None:
            return False
        with self._lock:
            if self._skew != skew:
                # Another thread has just done so.
                return True
            off = server - (self._clock() + skew)
            if abs(off) <= SKEW:
                return False
            self._skew += off
        self._warn(
            f"This machine's clock is about {abs(round(off / 60)) or 1} minutes "
            f"{'behind' if off > 0 else 'ahead'}; requests are signed by the cloud's clock. "
            "Set it right, best by a time server (NTP)."
        )
        return True

    def _replace(self, refused: str, deadline: Deadline | None) -> int:
        """Drop a refused token and get another one; 1 if IAM was asked for it, 0 if somebody else had it renewed."""
        with self._lock:
            if not self.gets_tokens:
                self._given_refused = True
            elif self._token is not None and self._token.value != refused:
                return 0
            self._token = None
            return int(self._learn(refused, deadline))

    def _drop(self, values: set[str]) -> None:
        """Forget these tokens everywhere, but not one that has taken their place meanwhile."""
        if self._token is not None and self._token.value in values:
            self._token = None
        if self.credentials.token_cache:
            self._cache.drop(self._key(), lambda data: self._from_data(data).get("value") in values)

    # Words

    def _describe(self, token: Token, ask: bool = True) -> dict[str, t.Any]:
        given = self.credentials
        try:
            url = given.api_url or self._from_catalog(token) or (self.api_url if ask else None)
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
        with _warnings_lock:
            if text not in self.warnings:
                self.warnings.append(text)


_warnings_lock = threading.Lock()

_VERSION = r"((?<!/)/v\d[^/]*(/.*)?|/+)\Z"
"""The end of an address in the catalog. It is often another version than the one that is asked for."""


def connect(
    options: Mapping[str, t.Any],
    environ: Mapping[str, str] | None = None,
    decrypt: Decrypt | None = None,
    **kw: t.Any,
) -> Session:
    """A connection for a task's options; kw: as for Connection. Raises as resolve() does; sends nothing."""
    return Session(resolve(options, environ, decrypt), **kw)


def network_url(api_url: str) -> str:
    """The network service's address beside ours: ``vpc.<region>`` for ``vpcep.<region>``, else the same host.

    Sources: regions.yaml of the API notes; the hosts of both services differ in this word only.
    """
    return api_url.replace("://vpcep.", "://vpc.", 1)


def _path(path: str) -> str:
    """Encoded; refused if it would leave its place or if a part of it (an ID) is empty."""
    segments = path.strip("/").split("/")
    if any(segment in ("", ".", "..") for segment in segments):
        raise InputError(f"{path!r} is no path: an ID is empty or not one.")
    return "/".join(quote(segment, safe="~") for segment in segments)
