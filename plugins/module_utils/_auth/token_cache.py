"""A cache of tokens on disk and in memory, for all tasks, processes and playbooks of one user.

Files that another user could have written are not used. An error of the cache is a warning: the program works without
a cache. The key of an entry is a hash of what its token depends on. Reading an entry takes the secret (password, key,
token) that the token was obtained with; the file holds only a slow, salted hash of it (scrypt).
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import mmap
import os
import re
import threading
import time
import typing as t
from collections.abc import Callable, Iterator

from .._core.private_folder import PrivateFolder, wait_for_lock

SIZE_LIMIT = 256 * 1024
"""Maximum bytes of a file; a token with its catalog has some kilobytes."""

EARLY = 600.0
"""Maximum number of seconds at the end of a token's lifetime in which it is not used."""

CLOCK_STEP_BACK = 300.0
"""Seconds that the local clock may have been set back since an entry was stored."""

LIFETIME_LIMIT = 30 * 86400.0
"""Maximum lifetime of an entry in seconds; an entry with a longer one is damaged."""

STALE = 2 * 86400.0
"""Seconds after the last change of a file until it is removed."""

_COST = 2**14
"""CPU and memory cost of scrypt: 16 MiB of memory and 50 ms of CPU time (measured)."""

_ROUNDS = 600_000
"""Rounds of PBKDF2, for a Python without scrypt (FIPS): 140 ms of CPU time (measured)."""

_FORMAT = 2
_VERIFIER = r"(?:scrypt|pbkdf2):[0-9a-f]{64}"
_OURS = r"[0-9a-f]{64}\.json|\.[0-9a-f]{64}(?:\.json)?\.[0-9a-f]{16}\.tmp"


class Stored(t.NamedTuple):
    """An entry of the cache.

    stored: seconds since 1970 by the local clock; lifetime: seconds; verifier: the name of the hash function, a colon,
    and the hash of secret and salt.
    """

    data: dict[str, t.Any]
    stored: float
    lifetime: float
    salt: str
    verifier: str


_memory: dict[tuple[str, str], Stored] = {}
_memory_lock = threading.Lock()


def _shared_memory() -> mmap.mmap | bytearray:
    try:
        return mmap.mmap(-1, 256 * 32)
    except OSError:  # each process verifies again
        return bytearray(256 * 32)


_proofs = _shared_memory()
"""Keyed hashes of the secrets that this process and those that it forks have verified. The first byte of a hash is its
slot. If another process overwrites a slot, the only cost is another slow hash."""
_proof_key = os.urandom(32)


def _proof(secret: str, entry: Stored) -> tuple[slice, bytes]:
    """The slot of a secret in _proofs, and its hash."""
    found = hashlib.sha256(_proof_key + _encoded(f"{entry.salt} {entry.verifier} {secret}")).digest()
    return slice(32 * found[0], 32 * found[0] + 32), found


class TokenCache:
    """The cache in one folder.

    folder: its path, None for a cache in memory only; clock: seconds since 1970; warn: called with the reason if the
    folder or a file in it is not used.
    """

    def __init__(
        self, folder: str | None, *, clock: Callable[[], float] | None = None, warn: Callable[[str], None] | None = None
    ) -> None:
        self.folder = folder.rstrip("/") or "/" if folder else ""
        self._private = PrivateFolder(self.folder, SIZE_LIMIT) if self.folder else None
        self._clock = clock or time.time
        self._warn = warn or (lambda text: None)

    def read(self, key: str, secret: str) -> Stored | None:
        """The entry of this key if it is valid and was stored with this secret, else None. Never raises."""
        with _memory_lock:
            entry = _memory.get((self.folder, key))
        return self._usable(entry, secret) or self.read_disk(key, secret)

    def read_disk(self, key: str, secret: str) -> Stored | None:
        """Like read(), but from disk only, where another process may have renewed the entry."""
        entry = self._usable(self._load(key), secret)
        if entry is not None:
            with _memory_lock:
                _memory[(self.folder, key)] = entry
        return entry

    def write(self, key: str, secret: str, data: dict[str, t.Any], lifetime: float) -> None:
        """Store data for its lifetime (seconds) in memory and, if possible, on disk. Never raises."""
        salt = os.urandom(16).hex()
        entry = Stored(data, self._clock(), min(lifetime, LIFETIME_LIMIT), salt, _new_verifier(secret, salt))
        slot, proof = _proof(secret, entry)
        _proofs[slot] = proof
        with _memory_lock:
            _memory[(self.folder, key)] = entry
        with self._warning("a token could not be stored"):
            self._store(key, entry)

    def drop(self, key: str, holds: Callable[[dict[str, t.Any]], bool]) -> None:
        """Delete the entry in memory and on disk if holds(its data) is true."""
        with _memory_lock:
            entry = _memory.get((self.folder, key))
            if entry is not None and holds(entry.data):
                del _memory[(self.folder, key)]
        entry = self._load(key)
        if self._private and entry is not None and holds(entry.data):
            with self._warning("an old token could not be removed"):
                self._private.delete(f"{key}.json")

    @contextlib.contextmanager
    def lock(self, key: str, seconds: float) -> Iterator[bool]:
        """Exclude other processes and threads; yields whether the lock was acquired within seconds.

        The lock ends with the process. Without it (no folder, a file system without locks, a timeout) the caller
        continues.
        """
        handle = None
        with self._warning("tokens are not kept"):
            handle = self._private.open_lock(f"{key}.lock") if self._private else None
        try:
            yield handle is not None and wait_for_lock(handle, seconds)
        finally:
            if handle is not None:
                os.close(handle)

    def _usable(self, entry: Stored | None, secret: str) -> Stored | None:
        if entry is None:
            return None
        if not entry.stored - CLOCK_STEP_BACK <= self._clock() <= last_use(entry.stored, entry.lifetime):
            return None
        slot, proof = _proof(secret, entry)
        if _proofs[slot] != proof:
            if not _verify(secret, entry):
                return None
            _proofs[slot] = proof
        return entry

    def _load(self, key: str) -> Stored | None:
        content = None
        with self._warning("the stored token is not used"), contextlib.suppress(FileNotFoundError):
            content = self._private.read(f"{key}.json") if self._private else None
        if content is None:
            return None
        entry = _parse(content)
        if entry is None:
            self._warn(f"Token cache: the entry in {self.folder} is damaged and not used.")
        return entry

    def _store(self, key: str, entry: Stored) -> None:
        if self._private is None:
            return
        content = json.dumps({"format": _FORMAT, **entry._asdict()}).encode()
        if len(content) > SIZE_LIMIT:
            raise ValueError("the token is too large")
        self._private.write(f"{key}.json", content)
        with self._private.opened() as handle:
            self._sweep(handle)

    def _sweep(self, folder: int) -> None:
        """Remove files of killed processes and expired tokens. Lock files stay: they may be held."""
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                if not re.fullmatch(_OURS, name):
                    continue
                with contextlib.suppress(OSError):
                    if abs(time.time() - os.stat(name, dir_fd=folder, follow_symlinks=False).st_mtime) > STALE:
                        os.unlink(name, dir_fd=folder)

    @contextlib.contextmanager
    def _warning(self, what: str) -> Iterator[None]:
        """Warns if a folder or file cannot be used, and continues."""
        try:
            yield
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            if isinstance(error, OSError) and error.errno in (errno.ELOOP, errno.ENOTDIR):
                reason = "its path is a symbolic link or a file"
            self._warn(f"Token cache: {what} ({self.folder}): {reason}.")


def last_use(stored: float, lifetime: float) -> float:
    """The time until which a token is used: not in the last seconds of its lifetime."""
    return stored + lifetime - min(EARLY, lifetime / 10)


def cache_key(*parts: str | None) -> str:
    """The key of an entry: a hash of everything that its token depends on, without secrets."""
    return hashlib.sha256(json.dumps([_FORMAT, *parts]).encode()).hexdigest()


def forget_memory() -> None:
    """Drop everything kept in memory; for tests."""
    with _memory_lock:
        _memory.clear()
        _proofs[:] = bytes(len(_proofs))


def _parse(content: bytes) -> Stored | None:
    """The entry in a file, None if it is damaged."""
    try:
        document = json.loads(content)
        if not isinstance(document, dict) or document.pop("format", None) != _FORMAT:
            return None
        entry = Stored(**document)
        numbers = (entry.stored, entry.lifetime)
        if any(isinstance(number, bool) or not isinstance(number, (int, float)) for number in numbers):
            return None
        sound = isinstance(entry.data, dict) and 0 < entry.lifetime <= LIFETIME_LIMIT and 0 <= entry.stored < 1e11
        salted = isinstance(entry.salt, str) and entry.salt.isascii() and len(entry.salt) >= 32
        verified = isinstance(entry.verifier, str) and re.fullmatch(_VERIFIER, entry.verifier)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
    return entry if sound and salted and verified else None


def _new_verifier(secret: str, salt: str) -> str:
    """The slow hash of a secret, for a new entry."""
    try:
        return _slow_hash("scrypt", secret, salt)
    except (AttributeError, ValueError):  # without scrypt
        return _slow_hash("pbkdf2", secret, salt)


def _verify(secret: str, entry: Stored) -> bool:
    """Whether a secret is the entry's; false if the hash function is not available."""
    import hmac  # only needed with an entry of another process

    try:
        found = _slow_hash(entry.verifier.partition(":")[0], secret, entry.salt)
    except (AttributeError, ValueError):
        return False
    return hmac.compare_digest(found, entry.verifier)


def _slow_hash(function: str, secret: str, salt: str) -> str:
    text, extra = _encoded(secret), salt.encode()
    if function == "scrypt":
        found = hashlib.scrypt(text, salt=extra, n=_COST, r=8, p=1, maxmem=4096 * _COST, dklen=32)
    else:
        found = hashlib.pbkdf2_hmac("sha256", text, extra, _ROUNDS)
    return f"{function}:{found.hex()}"


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
