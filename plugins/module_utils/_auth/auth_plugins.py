"""The three ways to authenticate: by password, by a given token, and by an access key.

All have the interface of Auth: what authorizes a request, what to do after a 401, and what IAM said about project and
catalog. Threads may share an object: one thread logs in, and the others wait for its token.
"""

from __future__ import annotations

import contextlib
import typing as t
from collections.abc import Callable, Iterator, Mapping

from .._core.errors import ApiError, ConnectionFailed, CredentialsError
from .._http import error_codes
from .._http.client import Attempt
from .._http.retry import Deadline, http_date
from . import regions
from .auth import Auth, Authorization
from .iam import Authorize
from .signing import sign
from .token import DAY, Token
from .token_cache import cache_key

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
        if known is not None and known.retry == "no":
            return None
        with self._lock:
            if self.token is not None and self.token.value != refused.token:
                return _with_token(self.token.value)  # another thread has renewed it
            if not self._can_renew(error):
                return None
            self.token = None
            asked = self._obtain(refused.token, deadline)
            return _with_token(self.identity(deadline).value, final=asked)

    def revoke(self) -> bool:
        if not self._credentials.auth_url:
            return False
        with self._lock:
            # Another process may have cached a newer token on disk than the one in memory.
            cached = [self._read_cache(disk=True), self._read_cache(disk=False)]
            values = {entry[0].value for entry in cached if entry} | self._values_in_use()
            self._forget(values)
            revoked = [self._iam.revoke_token(value) for value in sorted(values)]
            return any(revoked)

    def _can_renew(self, _error: ApiError) -> bool:
        """Whether there is a way to get another token; else the error gets a hint."""
        return True

    def _values_in_use(self) -> set[str]:
        return {self.token.value} if self.token and self.token.value else set()

    @property
    def _user(self) -> tuple[str | None, ...]:
        """The options that identify the user in IAM."""
        given = self._credentials
        return given.auth_url, given.username, given.user_id, given.user_domain_name, given.user_domain_id

    def _key_of_user(self, method: str) -> str:
        given = self._credentials
        agency = (given.agency_name, given.agency_domain_name, given.agency_domain_id) if given.agency_name else ()
        return cache_key(method, *self._user, given.project_name, given.project_id, *agency)

    def _cache_entry(self) -> tuple[str, str]:
        return self._key_of_user("password"), self._credentials.password or ""

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        with self._claim_passcode():
            if not self._credentials.agency_name:
                return self._iam.create_token(deadline)
            own = self._iam.create_account_token(deadline)
        return self._iam.assume_role(own, deadline)

    @contextlib.contextmanager
    def _claim_passcode(self) -> Iterator[None]:
        """Runs the login inside this context. Raises CredentialsError if any process has sent the passcode before.

        IAM refuses a passcode that is sent again, and a few refusals lock the user. The cache remembers it by a slow,
        salted hash, for as long as the token that it gave.
        """
        passcode = self._credentials.passcode
        if not passcode:
            yield
            return
        key = cache_key("passcode", *self._user)
        with self._cache.lock(key, PASSCODE_LOCK_WAIT):
            if self._cache.read(key, passcode) is not None:
                raise CredentialsError(
                    "The passcode was used before, and is valid for one login only: give the one that the MFA "
                    "device shows now."
                )
            # Stored before the login: a process that is killed during it cannot store anything.
            self._cache.write(key, passcode, {}, DAY)
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

    def _can_renew(self, error: ApiError) -> bool:
        if self.gets_tokens:
            return True
        self._refused = bool(self._credentials.password)
        if not self._refused:
            error.hint = (
                "The token given was refused: it has expired, was revoked, or belongs to another project or cloud. "
                "Give a new one, or username and password to have it renewed."
            )
        return self._refused

    def _values_in_use(self) -> set[str]:
        values = super()._values_in_use()
        # A token that was given in order to assume an agency stays valid.
        return values if self.gets_tokens else values | {self._credentials.token or ""} - {""}

    def _cache_entry(self) -> tuple[str, str]:
        given = self._credentials
        if self._refused:
            return super()._cache_entry()
        if given.agency_name:
            return self._key_of_user("token"), given.token or ""
        # The same for all given tokens of this IAM: a hash of a token must not be in a file name.
        return cache_key("token", given.auth_url, None, given.project_name, given.project_id), given.token or ""

    def _without_iam(self) -> Token | None:
        given = self._credentials
        if self.gets_tokens or given.auth_url:
            return None
        return Token(value=given.token or "", project_id=given.project_id, endpoints=())

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        given = self._credentials
        if not self._refused:
            try:
                call = self._iam.assume_role if given.agency_name else self._iam.validate_token
                return call(given.token or "", deadline)
            except ApiError as error:
                if error.status not in (401, 404) or not given.password:
                    raise
            self._refused = True
        return super()._ask_iam(deadline)


class AccessKeyAuth(Auth):
    """Requests signed with an access key (AK/SK). IAM is asked for the project's ID only."""

    _domain_id: str | None = None
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

    def domain_id(self) -> str | None:
        with self._lock:
            if self._domain_id is None and self._credentials.auth_url:
                self._domain_id = super().domain_id() or self._find_domain()
            return self._domain_id

    def _find_domain(self) -> str | None:
        try:
            return self._signed(self._iam.find_domain)
        except ApiError as error:
            if error.status == 403:  # the user may not look it up
                return None
            raise

    def _sign_for(self, project_id: str | None) -> Authorization:
        given = self._credentials
        keys = (given.access_key or "", given.secret_key or "", given.security_token)
        skew = self._skew

        def headers(attempt: Attempt) -> Mapping[str, str]:
            # A new date for each attempt: a signature that waited for a retry would be too old.
            return sign(attempt.method, attempt.url, attempt.body, *keys, project_id, self._clock() + skew)

        return Authorization(headers, skew=skew)

    def _correct_clock(self, error: ApiError, skew: float) -> bool:
        """Corrects the clock for signatures if it differs much from the server's; returns whether to sign again.

        skew: seconds by which the clock was corrected for the refused signature.
        """
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
            f"This machine's clock is about {abs(round(off / 60)) or 1} minutes {'behind' if off > 0 else 'ahead'}; "
            "requests are signed by the cloud's clock. Correct it, preferably with a time server (NTP)."
        )
        return True

    def _signed(self, call: Callable[[Authorize], T]) -> T:
        """The result of a signed call, repeated once if a wrong local clock caused the refusal."""
        first = self._sign_for(None)
        try:
            return call(first.headers)
        except ApiError as error:
            if error.status != 401 or not self._correct_clock(error, first.skew):
                raise
        return call(self._sign_for(None).headers)

    def _cache_entry(self) -> tuple[str, str]:
        given = self._credentials
        key = cache_key("key", given.auth_url, given.access_key, given.project_name, given.project_id)
        return key, given.secret_key or ""

    def _without_iam(self) -> Token | None:
        given = self._credentials
        return Token(project_id=given.project_id, endpoints=()) if given.project_id or not given.auth_url else None

    def _ask_iam(self, deadline: Deadline | None) -> Token:
        return self._signed(lambda authorize: self._iam.find_project(authorize, deadline))


AUTH_CLASSES: dict[str, type[Auth]] = {"password": PasswordAuth, "token": TokenAuth, "key": AccessKeyAuth}
"""By Credentials.method."""


def _with_token(value: str, final: bool = False) -> Authorization:
    return Authorization(lambda attempt: {"X-Auth-Token": value}, token=value, final=final)
