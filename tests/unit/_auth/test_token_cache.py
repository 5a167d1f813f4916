"""The cache's files under attack: never fatal, never trusted, never a secret shown."""

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import stat
import threading
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth import token_cache
from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.token_cache import TokenCache, cache_key

pytestmark = pytest.mark.fault_injection("attacks on the token cache")
KEY = cache_key("password", "https://iam.example/v3", "me")
SECRET = "correct-horse-battery"
DATA = {"value": "MIIToken-of-mine", "project_id": "p1"}
DAY = 86400.0
COST = token_cache._COST


class Cache:
    """A cache in a folder, as a process that has just started sees it, and what it warned of."""

    def __init__(self, folder, now=1_000_000.0):
        self.now = now
        self.folder = folder
        self.warnings = []
        self.cache = TokenCache(str(folder), clock=lambda: self.now, warn=self.warnings.append)
        self.file = folder / f"{KEY}.json"

    def write(self, lifetime=DAY):
        self.cache.write(KEY, SECRET, DATA, lifetime)
        token_cache.forget_memory()

    def read(self, secret=SECRET):
        token_cache.forget_memory()
        entry = self.cache.read(KEY, secret)
        return entry and entry.data


@pytest.fixture
def kept(tmp_path):
    """A cache that holds an entry."""
    cache = Cache(tmp_path / "a" / "tokens")
    cache.write()
    assert cache.read() == DATA
    assert cache.warnings == []
    return cache


def refuses(cache):
    """The entry is not trusted, nothing fails, a warning says why, and shows nothing."""
    assert cache.read() is None
    assert len(cache.warnings) == 1
    assert "MIIToken" not in cache.warnings[0]
    assert SECRET not in cache.warnings[0]
    return True


def mode(path):
    return stat.S_IMODE(os.lstat(path).st_mode)


def test_folder_and_files_are_the_users_alone(kept):
    old = os.umask(0)
    try:
        kept.write()
    finally:
        os.umask(old)
    assert mode(kept.folder) == mode(kept.folder.parent) == 0o700
    assert mode(kept.file) == 0o600
    with kept.cache.lock(KEY, 1):
        assert {mode(path) for path in kept.folder.iterdir()} == {0o600}


def test_a_strict_umask_does_no_harm(tmp_path):
    cache = Cache(tmp_path / "tokens")
    (tmp_path / "tokens").mkdir(0o700)
    old = os.umask(0o777)
    try:
        cache.write()
    finally:
        os.umask(old)
    assert cache.read() == DATA


def test_neither_secret_nor_its_plain_hash_is_kept(kept):
    import hashlib

    content = kept.file.read_text()
    assert SECRET not in content
    assert hashlib.sha256(SECRET.encode()).hexdigest() not in content
    assert all("me" not in path.name and "iam" not in path.name for path in kept.folder.iterdir())


def test_another_password_gets_nothing(kept):
    assert kept.read("another") is None
    assert kept.read("") is None
    assert kept.warnings == []
    assert kept.cache.read(KEY, SECRET).data == DATA
    # From memory neither.
    assert kept.cache.read(KEY, "another") is None


# Damaged files


def test_an_entry_that_lives_too_long_is_kept_for_a_while(kept):
    """A cloud may say that its tokens live for decades."""
    kept.write(lifetime=1e10)
    assert kept.read() == DATA
    assert not kept.warnings


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b"\x00" * 100,
        b"\xff\xfe",
        b'{"format": 1}',
        b'{"format": 1, "x": 2}',
        b"[" * 100000,
        b'{"format": 2}',
        b"9" * 5000,
        0.1,
        0.5,
        0.99,
    ],
    ids=lambda content: str(content)[:12],
)
def test_a_corrupt_or_truncated_file(kept, content):
    """content: a number is the share of the file that is left."""
    whole = kept.file.read_bytes()
    kept.file.write_bytes(content if isinstance(content, bytes) else whole[: int(len(whole) * content)])
    assert refuses(kept)


def test_a_huge_file(kept):
    with open(kept.file, "r+b") as file:
        file.truncate(10 * 1024**3)
    assert refuses(kept)
    assert "too large" in kept.warnings[0]


@pytest.mark.parametrize(
    "change",
    [
        {"lifetime": 1e300},
        {"lifetime": -1},
        {"lifetime": "x"},
        {"lifetime": None},
        {"lifetime": True},
        {"stored": "x"},
        {"stored": None},
        {"stored": -1},
        {"data": []},
        {"data": None},
        {"salt": ""},
        {"salt": "ü" * 32},
        {"salt": 7},
        {"verifier": ""},
        {"verifier": None},
        {"verifier": "scrypt:" + "ü" * 64},
        {"verifier": "sha256:" + "0" * 64},
        {"verifier": "0" * 64},
        {"more": 1},
        {"lifetime": float("nan"), "stored": float("inf")},
    ],
    ids=str,
)
def test_a_file_with_wrong_values(kept, change):
    kept.file.write_text(json.dumps({**json.loads(kept.file.read_text()), **change}))
    assert refuses(kept)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_random_bytes_are_neither_fatal_nor_trusted(tmp_path, content):
    cache = Cache(tmp_path / "tokens")
    cache.write()
    cache.file.write_bytes(content)
    assert cache.read() is None


_values = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | st.just({}) | st.just(SECRET)


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.fixed_dictionaries(
        {
            "format": st.just(2),
            "data": _values,
            "stored": _values,
            "lifetime": _values,
            "salt": _values | st.text("0123456789abcdef", min_size=32, max_size=32),
            "verifier": _values | st.text("0123456789abcdef", min_size=64, max_size=64).map("scrypt:".__add__),
        }
    )
)
def test_random_entries_are_neither_fatal_nor_trusted(document):
    entry = token_cache._parse(json.dumps(document).encode())
    cache = TokenCache(None, clock=lambda: 5.0)
    assert cache._usable(entry, SECRET) is None


# Files and folders that are not ours


@pytest.mark.parametrize("bits", [0o644, 0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_file_others_may_read_or_write(kept, bits):
    kept.file.chmod(bits)
    assert refuses(kept)
    kept.write()
    assert mode(kept.file) == 0o600


def test_a_file_of_another_user(kept, monkeypatch):
    if os.geteuid() != 0:
        pytest.skip("only root can give files away")
    os.chown(kept.file, 65534, 65534)
    assert refuses(kept)
    assert "another user" in kept.warnings[0]
    kept.write()
    assert kept.read() == DATA
    assert kept.file.stat().st_uid == os.geteuid()


def test_a_folder_of_another_user(kept):
    if os.geteuid() != 0:
        pytest.skip("only root can give folders away")
    os.chown(kept.folder, 65534, 65534)
    before = sorted(os.listdir(kept.folder))
    assert refuses(kept)
    kept.write()
    with kept.cache.lock(KEY, 1) as got:
        assert not got
    assert sorted(os.listdir(kept.folder)) == before


def test_an_owner_that_is_not_us(kept, monkeypatch):
    """The same without being root: we are another user."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert refuses(kept)


def test_a_symlink_in_place_of_the_file(kept, tmp_path):
    target = tmp_path / "elsewhere.json"
    kept.file.rename(target)
    kept.file.symlink_to(target)
    assert refuses(kept)
    content = target.read_bytes()
    kept.write()
    # The link was replaced, what it pointed at is as it was.
    assert not kept.file.is_symlink()
    assert target.read_bytes() == content
    assert kept.read() == DATA


def test_a_symlink_in_place_of_the_folder(kept, tmp_path):
    target = tmp_path / "elsewhere"
    kept.folder.rename(target)
    kept.folder.symlink_to(target)
    before = sorted(os.listdir(target))
    assert refuses(kept)
    assert "symbolic link" in kept.warnings[0]
    kept.write()
    assert sorted(os.listdir(target)) == before


@pytest.mark.parametrize("kind", ["symlink", "folder"])
def test_something_else_in_place_of_the_lock(kept, tmp_path, kind):
    lock = kept.folder / f"{KEY}.lock"
    lock.mkdir() if kind == "folder" else lock.symlink_to(tmp_path / "victim")
    with kept.cache.lock(KEY, 1) as got:
        assert not got
    assert not (tmp_path / "victim").exists()


def test_a_folder_others_may_write_to(kept):
    before = sorted(os.listdir(kept.folder))
    for bits in (0o720, 0o702, 0o777, 0o1777):
        kept.folder.chmod(bits)
        kept.warnings.clear()
        assert refuses(kept)
    kept.write()
    assert sorted(os.listdir(kept.folder)) == before


def test_a_folder_in_place_of_the_file(kept):
    kept.file.unlink()
    kept.file.mkdir()
    assert refuses(kept)
    kept.write()
    assert kept.warnings
    assert list(kept.folder.glob(".*.tmp")) == []


def test_a_pipe_in_place_of_the_file(kept):
    kept.file.unlink()
    os.mkfifo(kept.file, 0o600)
    assert refuses(kept)


@pytest.mark.parametrize("kind", ["file", "symlink"])
def test_something_else_in_place_of_the_folder(tmp_path, kind):
    """A file, and a link that leads nowhere."""
    place = tmp_path / "tokens"
    place.write_text("x") if kind == "file" else place.symlink_to(tmp_path / "nothing")
    cache = Cache(place)
    cache.write()
    assert cache.read() is None
    assert place.is_symlink() or place.read_text() == "x"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("folder", ["/proc/crossvpc/tokens", "/dev/null/tokens", "/" + "x" * 300, "a\x00b"])
def test_a_place_where_nothing_can_be_made(folder):
    warnings = []
    cache = TokenCache(folder, warn=warnings.append)
    cache.write(KEY, SECRET, DATA, DAY)
    with cache.lock(KEY, 1) as got:
        assert not got
    assert cache.read_disk(KEY, SECRET) is None
    assert warnings
    # Memory serves within the process.
    assert cache.read(KEY, SECRET).data == DATA


def test_a_read_only_home(tmp_path, monkeypatch):
    """root may write anywhere, so that the system's refusal is put in by hand."""

    def refuse(*args, **kw):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "mkdir", refuse)
    cache = Cache(tmp_path / "tokens")
    cache.write()
    assert cache.read() is None
    assert "Read-only file system" in cache.warnings[0]


@pytest.mark.parametrize("call", ["write", "close", "rename", "fchmod"])
def test_a_full_disk(kept, monkeypatch, call):
    before = kept.file.read_bytes()
    real = getattr(os, call)
    done = []

    def refuse(*args, **kw):
        if call == "close" and (done or not list(kept.folder.glob(".*.tmp"))):
            return real(*args, **kw)
        if call == "close":
            real(*args)
        done.append(call)
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuse)
        kept.cache.write(KEY, SECRET, {"value": "newer"}, DAY)
    assert done
    assert "No space left" in kept.warnings[0]
    assert kept.file.read_bytes() == before
    assert list(kept.folder.glob(".*.tmp")) == []
    assert kept.read() == DATA


def test_an_entry_that_grew_too_large_is_not_written(kept):
    kept.cache.write(KEY, SECRET, {"value": "x" * token_cache.SIZE_LIMIT}, DAY)
    assert kept.warnings
    assert kept.read() == DATA


def test_without_a_folder_memory_serves():
    cache = TokenCache(None)
    cache.write(KEY, SECRET, DATA, DAY)
    assert cache.read(KEY, SECRET).data == DATA
    token_cache.forget_memory()
    assert cache.read(KEY, SECRET) is None
    with cache.lock(KEY, 1) as got:
        assert not got


@pytest.mark.slow
def test_a_reader_never_sees_half_a_file(kept):
    ends = time.monotonic() + 0.3
    failures = []

    def write():
        while time.monotonic() < ends:
            kept.cache._store(KEY, token_cache.Stored(DATA, kept.now, DAY, "a" * 32, "scrypt:" + "b" * 64))

    thread = threading.Thread(target=write)
    thread.start()
    while time.monotonic() < ends:
        if kept.cache._load(KEY) is None:
            failures.append(1)
    thread.join()
    assert failures == []
    assert kept.warnings == []


# Time


@pytest.mark.parametrize(
    "later, alive",
    [
        (0, True),
        (DAY / 2, True),
        (DAY - 601, True),
        (DAY - 599, False),
        (DAY + 1, False),
        (30 * DAY, False),
        (-299, True),
        (-301, False),
        (-7 * 3600, False),
    ],
)
def test_an_entry_lives_until_shortly_before_its_end(kept, later, alive):
    kept.now += later
    assert (kept.read() == DATA) is alive
    assert kept.warnings == []


def test_a_short_life_is_not_eaten_by_the_margin(tmp_path):
    cache = Cache(tmp_path / "tokens")
    cache.write(lifetime=60)
    cache.now += 53
    assert cache.read() == DATA
    cache.now += 2
    assert cache.read() is None


# Locks, leftovers, dropping


def test_a_lock_excludes_and_is_waited_for_a_limited_time(kept):
    with kept.cache.lock(KEY, 1) as first:
        assert first
        started = time.monotonic()
        with kept.cache.lock(KEY, 0.1) as second:
            assert not second
        assert 0.1 <= time.monotonic() - started < 10
        with kept.cache.lock(cache_key("another"), 0.1) as other:
            assert other
    with kept.cache.lock(KEY, 0) as again:
        assert again


def test_where_there_are_no_locks_nobody_waits(kept, monkeypatch):
    def flock(*_args):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    with kept.cache.lock(KEY, 60) as got:
        assert not got


def test_a_lock_goes_with_its_process(kept):
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException), kept.cache.lock(KEY, 1):
            os.kill(os.getpid(), 9)
        os._exit(1)
    os.waitpid(child, 0)
    with kept.cache.lock(KEY, 1) as got:
        assert got


def test_leftovers_are_removed_and_other_files_are_not(kept):
    stale, fresh = kept.folder / f".{KEY}.{'0' * 16}.tmp", kept.folder / f".{KEY}.{'1' * 16}.tmp"
    foreign, old = kept.folder / "notes.txt", kept.folder / f"{cache_key('old')}.json"
    for path in (stale, fresh, foreign, old):
        path.write_text("x")
    for path in (stale, foreign, old):
        os.utime(path, (1, 1))
    kept.write()
    assert not stale.exists()
    assert not old.exists()
    assert fresh.exists()
    assert foreign.exists()


def test_only_the_token_meant_is_dropped(kept):
    kept.cache.drop(KEY, lambda data: data["value"] == "another")
    assert kept.cache.read(KEY, SECRET).data == kept.read() == DATA
    kept.cache.drop(KEY, lambda data: data["value"] == DATA["value"])
    assert kept.cache.read(KEY, SECRET) is kept.read() is None
    assert not kept.file.exists()
    kept.cache.drop(KEY, lambda data: True)


def test_a_token_that_cannot_be_removed_is_told_of(kept, monkeypatch):
    def refuse(*args, **kw):
        raise OSError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(os, "unlink", refuse)
        kept.cache.drop(KEY, lambda data: True)
    assert "could not be removed" in kept.warnings[0] and "MIIToken" not in kept.warnings[0]


def test_a_cut_file_is_read_to_its_end(kept, monkeypatch):
    """The system may hand out less than was asked for."""
    real = os.read
    monkeypatch.setattr(os, "read", lambda handle, size: real(handle, min(size, 7)))
    assert kept.read() == DATA


def test_a_file_that_grows_while_it_is_read(kept, monkeypatch):
    """However much there is to read, no more than the limit is taken."""
    taken = []
    monkeypatch.setattr(os, "read", lambda handle, size: taken.append(size) or b" " * size)
    assert kept.read() is None
    assert sum(taken) <= token_cache.SIZE_LIMIT + 65536


@pytest.mark.slow
def test_many_secrets_are_remembered_in_little_memory(kept):
    size = len(token_cache._proofs)
    for number in range(600):
        kept.cache.write(KEY, f"secret-{number}", {}, 60.0)
    assert len(token_cache._proofs) == size <= 8192


@pytest.fixture
def slow_hashes(monkeypatch):
    """The calls of the slow hash in this process."""
    calls = []
    slow = token_cache.hashlib.scrypt
    monkeypatch.setattr(token_cache.hashlib, "scrypt", lambda *args, **more: calls.append(more) or slow(*args, **more))
    return calls


def test_the_slow_hash_is_computed_once_per_process(kept, slow_hashes):
    token_cache.forget_memory()
    for _number in range(5):
        kept.cache.read(KEY, SECRET)
        kept.cache.read_disk(KEY, SECRET)
    assert len(slow_hashes) == 1


def in_a_copy_of_this_process(call):
    """As Ansible's workers, each of which is a copy of the controller's process, for one task."""
    child = os.fork()
    if not child:
        os._exit(0 if call() else 1)
    return os.waitpid(child, 0)[1] == 0


def test_the_slow_hash_is_computed_once_for_all_workers(kept, slow_hashes):
    token_cache.forget_memory()
    assert in_a_copy_of_this_process(lambda: kept.cache.read(KEY, SECRET) and len(slow_hashes) == 1)
    for _number in range(3):
        assert in_a_copy_of_this_process(lambda: kept.cache.read(KEY, SECRET) and not slow_hashes)
    assert in_a_copy_of_this_process(lambda: kept.cache.read(KEY, "another secret") is None)
    assert kept.cache.read(KEY, SECRET) and not slow_hashes


def test_what_workers_share_is_neither_the_secret_nor_a_plain_hash_of_it(kept):
    kept.cache.read(KEY, SECRET)
    shared = bytes(token_cache._proofs)
    entry = json.loads(kept.file.read_text())
    assert SECRET.encode() not in shared
    for text in (SECRET, entry["salt"] + SECRET, f"{entry['salt']} {entry['verifier']} {SECRET}"):
        assert hashlib.sha256(text.encode()).digest() not in shared


@pytest.mark.slow
def test_a_guess_costs_memory_and_time(kept, monkeypatch):
    """What a copy of the file can be used for: each guess takes a scrypt of 16 MiB."""
    monkeypatch.setattr(token_cache, "_COST", COST)
    kept.write()
    entry = json.loads(kept.file.read_text())
    found = hashlib.scrypt(SECRET.encode(), salt=entry["salt"].encode(), n=2**14, r=8, p=1, maxmem=2**26, dklen=32)
    assert entry["verifier"] == f"scrypt:{found.hex()}"


@pytest.mark.parametrize("reason", [AttributeError, ValueError])
def test_a_python_without_scrypt(kept, monkeypatch, reason):
    def scrypt(*_args, **_more):
        raise reason

    assert token_cache._ROUNDS >= 600_000
    monkeypatch.setattr(token_cache, "_ROUNDS", 1)
    monkeypatch.setattr(token_cache.hashlib, "scrypt", scrypt)
    token_cache.forget_memory()
    assert kept.read() is None  # what another Python has stored
    kept.write()
    token_cache.forget_memory()
    assert kept.read() == DATA
    assert json.loads(kept.file.read_text())["verifier"].startswith("pbkdf2:")


def test_memory_that_cannot_be_shared(kept, monkeypatch):
    def no_memory(*_args):
        raise OSError

    monkeypatch.setattr(token_cache.mmap, "mmap", no_memory)
    monkeypatch.setattr(token_cache, "_proofs", token_cache._shared_memory())
    assert kept.read() == DATA and kept.read() == DATA


def test_keys_depend_on_every_part():
    keys = {
        cache_key(),
        cache_key("a"),
        cache_key("a", None),
        cache_key(None, "a"),
        cache_key("a", ""),
        cache_key("ab"),
        cache_key("a", "b"),
    }
    assert len(keys) == 7
