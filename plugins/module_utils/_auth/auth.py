"""The base class of the authentication methods: the interface, and the cache of the answers of IAM."""

from __future__ import annotations

import abc
import threading
import time
import typing as t
from collections.abc import Callable, Mapping

from .._core.errors import ApiError, CredentialsError
from .._http.client import Attempt, HttpClient
from .._http.retry import Deadline
from .credentials import Credentials
from .iam import Iam
from .token import DAY, Token
from .token_cache import TokenCache, last_use

LOCK_WAIT = 60.0
"""Minimum seconds to wait for another process that is logging in."""

FOR_EVER = float("inf")


class Authorization(t.NamedTuple):
    """Authorization of one request. headers: returns those of an attempt; final: a 401 does not replace it again."""

    headers: Callable[[Attempt], Mapping[str, str]]
    token: str = ""
    skew: float = 0.0
    final: bool = False

    def __repr__(self) -> str:
        return "Authorization()"


class Auth(abc.ABC):
    """Base class of the authentication methods. Stores answers of IAM in memory and in the token cache.

    token: the current token with its project and catalog, None before it is needed.
    """

    def __init__(
        self,
        credentials: Credentials,
        client: HttpClient,
        *,
        clock: Callable[[], float] | None = None,
        warn: Callable[[str], None],
    ) -> None:
        self.token: Token | None = None
        self._credentials = credentials
        self._client = client
        self._iam = Iam(client, credentials)
        self._clock = clock or time.time
        self._warn = warn
        folder = credentials.token_cache_dir if credentials.token_cache else None
        self._cache = TokenCache(folder, clock=self._clock, warn=warn)
        self._lock = threading.RLock()
        self._token_until = 0.0
        self._refusal: ApiError | None = None
        self._project: str | None = None

    # The interface

    @property
    def gets_tokens(self) -> bool:
        """Whether IAM issues the tokens in use, so that they can be renewed and are kept in the cache."""
        return False

    @property
    @abc.abstractmethod
    def needs_iam(self) -> bool:
        """Whether project and service address need an answer of IAM."""

    @abc.abstractmethod
    def authorization(self, deadline: Deadline | None = None) -> Authorization:
        """The authorization of a request. May log in."""

    @abc.abstractmethod
    def invalidate(self, refused: Authorization, error: ApiError, deadline: Deadline | None) -> Authorization | None:
        """A new authorization after a 401, None if a repetition cannot help. May log in. Raises VpcepError."""

    def identity(self, deadline: Deadline | None = None) -> Token:
        """The token with its project and catalog; for an access key a Token without value. May ask IAM."""
        with self._lock:
            if self.token is None or self._clock() > self._token_until:
                self._obtain(None, deadline)
            return t.cast(Token, self.token)

    def with_catalog(self) -> Token | None:
        """The token with its catalog, even if no request needs the catalog; None for an access key. May ask IAM."""
        token = self.identity()
        if not token.value or token.endpoints is not None:
            return token if token.value else None
        return self._iam.validate_token(token.value)

    def project_id(self, deadline: Deadline | None = None) -> str:
        """The project's ID; may ask IAM. Raises CredentialsError if IAM does not tell it."""
        project_id = self._credentials.project_id or self.identity(deadline).project_id
        if not project_id:
            raise CredentialsError("The project is not known: give project_id.")
        return project_id

    def domain_id(self) -> str | None:
        """The account's ID, None if it cannot be found; may ask IAM."""
        return self.identity().domain_id if self._credentials.auth_url else None

    def cached_token(self) -> Token | None:
        """The token issued by IAM that is in the cache or in use; sends nothing."""
        if not self.gets_tokens:
            return None
        with self._lock:
            cached = self._read_cache(disk=False)
            return cached[0] if cached else self.token

    def revoke(self) -> bool:
        """Revoke the cached (or given) token at IAM and forget it; False if there was none or it was invalid.

        A token that was given in order to assume an agency stays valid: the agency's is revoked.
        Raises ApiError if IAM does not revoke it; the token is forgotten all the same.
        """
        return False

    # Implemented by each method

    @abc.abstractmethod
    def _cache_entry(self) -> tuple[str, str]:
        """The cache entry: its key, a hash of everything that the token depends on, and the secret that opens it."""

    @abc.abstractmethod
    def _ask_iam(self, deadline: Deadline | None) -> Token:
        """Log in, or get project and catalog from IAM."""

    def _without_iam(self) -> Token | None:
        """A Token from the credentials alone, if IAM is not needed."""
        return None

    # Token and cache

    def _obtain(self, refused: str | None, deadline: Deadline | None) -> bool:
        """Get the token from the cache, else from IAM. refused: a token that got a 401.

        Returns whether IAM was asked. Of several processes that start together, one asks and the others wait.
        """
        if self._refusal is not None:
            # A wrong password is sent once, however many threads and requests need it.
            raise self._refusal
        known = self._without_iam()
        if known:
            self._use(known)
            return False
        if self._use_cached(refused, disk=refused is not None):
            return False
        wait = max(LOCK_WAIT, 2 * self._credentials.timeout)
        with self._cache.lock(self._cache_entry()[0], wait if deadline is None else min(wait, deadline.left())):
            if self._use_cached(refused, disk=True):
                return False
            if refused:
                self._forget({refused})
            stored = self._clock()
            try:
                token = self._ask_iam(deadline)
            except ApiError as error:
                if error.status in (401, 403):
                    self._refusal = error
                raise
            lifetime = token.lifetime if token.value else DAY  # a project does not change
            self._use(token, last_use(stored, lifetime) if lifetime else FOR_EVER)
            if lifetime and self._credentials.token_cache:
                # The cache does not contain the value of a user's own token.
                data = (token if self.gets_tokens else token._replace(value=""))._asdict()
                self._cache.write(*self._cache_entry(), data, lifetime)
            return True

    def _use(self, token: Token, until: float = FOR_EVER) -> None:
        """Use this token until this time of the local clock."""
        if self._project not in (None, token.project_id):
            raise CredentialsError(
                f"The new token is for project {token.project_id}, the former one was for {self._project}: give "
                "project_id."
            )
        self._project = token.project_id
        self._client.add_secrets(token.value)
        self.token = token
        self._token_until = until

    def _use_cached(self, refused: str | None, disk: bool) -> bool:
        cached = self._read_cache(disk)
        if cached is None or cached[0].value == refused:
            return False
        if cached[0].endpoints is None and not self._credentials.api_url:
            # It was cached by a task that did not need the catalog.
            return False
        self._use(*cached)
        return True

    def _read_cache(self, disk: bool) -> tuple[Token, float] | None:
        """The cached token, and the time until which to use it. disk: do not look in memory."""
        if not self._credentials.token_cache:
            return None
        entry = (self._cache.read_disk if disk else self._cache.read)(*self._cache_entry())
        token = self._from_cache(entry.data) if entry else None
        return (token, last_use(entry.stored, entry.lifetime)) if entry and token and token.project_id else None

    def _from_cache(self, data: dict[str, t.Any]) -> Token | None:
        return Token.from_data(data if self.gets_tokens else {**data, "value": self._credentials.token or ""})

    def _forget(self, values: set[str]) -> None:
        """Drop these tokens in memory and on disk, but not a newer token."""

        def is_one(data: dict[str, t.Any]) -> bool:
            token = self._from_cache(data)
            return token is not None and token.value in values

        if self.token is not None and self.token.value in values:
            self.token = None
        if self._credentials.token_cache:
            self._cache.drop(self._cache_entry()[0], is_one)
