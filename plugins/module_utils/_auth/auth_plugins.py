# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ways to authenticate: by password, by a given token, and by an access key.

All have the interface of Auth: what authorizes a request, what to do after a 401, and what IAM said about project and
catalog. Threads may share an object: one thread logs in, and the others wait for its token.
"""

from __future__ import annotations

import contextlib
import typing as t

from .._core.errors import ApiError, ConnectionFailed, CredentialsError
from .._http import error_codes
from .._http.retry import http_date
from . import iam, regions
from .auth import Auth, Authorization
from .signing import sign
from .token import DAY, Token
from .token_cache import cache_key

if t.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from .._http.client import Attempt
    from .._http.retry import Deadline

T = t.TypeVar("T")

MAX_SKEW = 60.0
"""Seconds that the local clock may be off before a refused signature is blamed on it."""

PASSCODE_LOCK_WAIT = 5.0
"""Seconds to wait for another process that checks whether a passcode was used."""


class PasswordAuth(Auth):
    """Tokens that IAM issues for a password, with a passcode and an agency if they are given."""

    @property
    def gets_tokens(self) -> bool:
        return True

    @property
    def needs_iam(self) -> bool:
        return True

    def authorization(self, deadline: Deadline | None = None) -> Authorization:
        return _with_token(self.identity(deadline).value)

    def invalidate(self, refused: Authorization, error: ApiError, deadline: Deadline | None) -> Authorization | None:
        known = error_codes.lookup(error.code, 401)
        if (known is not None and known.retry == "no") or not self._can_renew(error):
            return None
        with self._lock:
            if self.token is not None and self.token.value != refused.token:
                return _with_token(self.token.value)  # another thread has renewed it
            return self._renew(refused.token, deadline)

    def revoke(self) -> bool:
        if not self._auth_url:
            return False
        with self._lock:
            # Another process may have cached a newer token on disk than the one in memory.
            cached = [self._read_cache(disk=True), self._read_cache(disk=False)]
            values = {entry[0].value for entry in cached if entry} | self._values_in_use()
            self._forget(values)
            revoked = [iam.revoke_token(self._client, self._auth_url, value) for value in sorted(values)]
            return any(revoked)

    def _can_renew(self, error: ApiError) -> bool:
        """Whether there is a way to get another token; else the error gets a hint."""
        return True

    def _renew(self, refused: str, deadline: Deadline | None) -> Authorization:
        self.token = None
        asked = self._obtain(refused, deadline)
        return _with_token(self.identity(deadline).value, final=asked)

    def _values_in_use(self) -> set[str]:
        return {self.token.value} if self.token and self.token.value else set()

    def _cache_key(self) -> str:
        return self._key_of_user("password")

    @property
    def _user(self) -> tuple[str | None, ...]:
        """What IAM knows the user by."""
        given = self._credentials
        return given.auth_url, given.username, given.user_id, given.user_domain_name, given.user_domain_id

    def _key_of_user(self, method: str) -> str:
        given = self._credentials
        agency = (given.agency_name, given.agency_domain_name, given.agency_domain_id) if given.agency_name else ()
        return cache_key(method, *self._user, given.project_name, given.project_id, *agency)

    def _secret(self) -> str:
        return self._credentials.password or ""

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        given = self._credentials
        with self._claim_passcode():
            if not given.agency_name:
                return iam.create_token(self._client, given, catalog=not given.api_url, deadline=deadline)
            own = iam.create_account_token(self._client, given, deadline=deadline)
        return self._assume_role(own, deadline)

    def _assume_role(self, own: str, deadline: Deadline | None) -> Token:
        given = self._credentials
        return iam.assume_role(self._client, given, own, catalog=not given.api_url, deadline=deadline)

    @contextlib.contextmanager
    def _claim_passcode(self) -> Iterator[None]:
        """Runs the login inside this context. Raises CredentialsError if any process has sent the passcode before.

        IAM refuses a passcode that is sent again, and a few refusals lock the user. The cache remembers it by a slow,
        salted hash, for as long as the token that it gave.
        """
        given = self._credentials
        if not given.passcode:
            yield
            return
        key = cache_key("passcode", *self._user)
        with self._cache.lock(key, PASSCODE_LOCK_WAIT):
            if self._cache.read(key, given.passcode) is not None:
                raise CredentialsError(
                    "The passcode was used before, and is good for one login: give the one that the MFA device shows "
                    "now."
                )
            # Stored before the login: a process that is killed during it cannot store anything.
            self._cache.write(key, given.passcode, {}, DAY)
        try:
            yield
        except ApiError as error:
            if isinstance(error, ConnectionFailed) or error.status == 429:
                self._cache.drop(key, lambda _note: True)  # IAM has not seen it
            raise


class TokenAuth(PasswordAuth):
    """A given token. Once it is refused, the password given with it takes over, if there is one."""

    _refused = False

    @property
    def gets_tokens(self) -> bool:
        return self._refused or self._credentials.agency_name is not None

    @property
    def needs_iam(self) -> bool:
        given = self._credentials
        if given.agency_name:
            return True
        if not given.auth_url or (given.project_id and given.api_url):
            return False
        # The catalog of a private IAM may have another address than the region's usual one.
        return not (given.project_id and given.region and regions.known_cloud(given.auth_url))

    def authorization(self, deadline: Deadline | None = None) -> Authorization:
        return super().authorization(deadline) if self.gets_tokens else _with_token(self._credentials.token or "")

    def _renew(self, refused: str, deadline: Deadline | None) -> Authorization:
        self._refused = self._refused or not self.gets_tokens
        return super()._renew(refused, deadline)

    def _can_renew(self, error: ApiError) -> bool:
        if self.gets_tokens or self._credentials.password:
            return True
        error.hint = (
            "The token given was refused: it has expired, was revoked, or is of another project or "
            "cloud. Give a new one, or username and password to have it renewed."
        )
        return False

    def _values_in_use(self) -> set[str]:
        values = super()._values_in_use()
        # A token that was given in order to assume an agency stays valid.
        return values if self.gets_tokens else values | {self._credentials.token or ""} - {""}

    def _cache_key(self) -> str:
        if self._refused:
            return super()._cache_key()
        if self._credentials.agency_name:
            return self._key_of_user("token")
        given = self._credentials
        # The same for all given tokens of this IAM: a hash of a token must not be in a file name.
        return cache_key("token", given.auth_url, None, given.project_name, given.project_id)

    def _secret(self) -> str:
        return super()._secret() if self._refused else self._credentials.token or ""

    def _without_iam(self) -> Token | None:
        given = self._credentials
        if self.gets_tokens or given.auth_url:
            return None
        return Token(value=given.token or "", project_id=given.project_id, endpoints=())

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        given = self._credentials
        if not self._refused:
            try:
                if given.agency_name:
                    return self._assume_role(given.token or "", deadline)
                return iam.validate_token(self._client, self._auth_url, given.token or "", deadline=deadline)
            except ApiError as error:
                if error.status not in (401, 404) or not given.password:
                    raise
                self._refused = True
        return super()._ask_iam(deadline)

    def _to_cache(self, token: Token) -> dict[str, t.Any]:
        """A given token is not cached, only what IAM said about it."""
        return super()._to_cache(token if self.gets_tokens else token._replace(value=""))

    def _from_cache(self, data: dict[str, t.Any]) -> Token | None:
        return super()._from_cache(data if self.gets_tokens else {**data, "value": self._credentials.token})


class AccessKeyAuth(Auth):
    """Requests signed with an access key (AK/SK). IAM is asked for the project's ID only."""

    _skew = 0.0
    """Seconds that the cloud's clock is ahead of the local one, as far as it matters."""

    @property
    def needs_iam(self) -> bool:
        given = self._credentials
        return bool(given.auth_url) and not (given.project_id and (given.api_url or given.region))

    def authorization(self, deadline: Deadline | None = None) -> Authorization:
        return self._sign_for(self.project_id(deadline))

    def invalidate(self, refused: Authorization, error: ApiError, deadline: Deadline | None) -> Authorization | None:
        return self.authorization(deadline) if self._correct_clock(error, refused.skew) else None

    def _sign_for(self, project_id: str | None) -> Authorization:
        given = self._credentials
        skew = self._skew

        def headers(attempt: Attempt) -> Mapping[str, str]:
            # A new date for each attempt: a signature that waited for a retry would be too old.
            return sign(
                attempt.method,
                attempt.url,
                None,
                attempt.body,
                given.access_key or "",
                given.secret_key or "",
                given.security_token,
                project_id,
                self._clock() + skew,
            )

        return Authorization(headers, skew=skew)

    def _correct_clock(self, error: ApiError, skew: float) -> bool:
        """Sign by the server's clock from now on if the local one is far off; skew: what was signed with."""
        server = http_date(error.server_date)
        if server is None:
            return False
        with self._lock:
            if self._skew != skew:
                return True  # another thread has just corrected it
            off = server - (self._clock() + skew)
            if abs(off) <= MAX_SKEW:
                return False
            self._skew += off
        self._warn(
            f"This machine's clock is about {abs(round(off / 60)) or 1} minutes "
            f"{'behind' if off > 0 else 'ahead'}; requests are signed by the cloud's clock. "
            "Set it right, best by a time server (NTP)."
        )
        return True

    def _signed(self, call: Callable[[Callable[[Attempt], Mapping[str, str]]], T]) -> T:
        """The result of a signed call, repeated once if a wrong local clock caused the refusal."""
        first = self._sign_for(None)
        try:
            return call(first.headers)
        except ApiError as error:
            if error.status != 401 or not self._correct_clock(error, first.skew):
                raise
        return call(self._sign_for(None).headers)

    def _cache_key(self) -> str:
        given = self._credentials
        return cache_key("key", given.auth_url, given.access_key, given.project_name, given.project_id)

    def _secret(self) -> str:
        return self._credentials.secret_key or ""

    def _without_iam(self) -> Token | None:
        given = self._credentials
        return Token(project_id=given.project_id, endpoints=()) if given.project_id or not given.auth_url else None

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        name = self._credentials.project_name or ""
        return self._signed(
            lambda headers: iam.find_project(self._client, self._auth_url, name, headers, deadline=deadline)
        )

    def _lifetime(self, token: Token) -> float | None:
        return DAY  # a project does not change

    def _find_domain(self) -> str | None:
        try:
            return self._signed(lambda headers: iam.find_domain(self._client, self._auth_url, headers))
        except ApiError as error:
            if error.status == 403:  # the user may not look it up
                return None
            raise


AUTH_CLASSES: dict[str, type[Auth]] = {"password": PasswordAuth, "token": TokenAuth, "key": AccessKeyAuth}
"""By Credentials.method."""


def _with_token(value: str, final: bool = False) -> Authorization:
    return Authorization(lambda attempt: {"X-Auth-Token": value}, token=value, final=final)
