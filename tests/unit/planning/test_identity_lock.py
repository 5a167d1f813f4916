# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock of an identity between real processes, some of which are killed."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils import identity_lock as lock_file
from ansible_collections.crossvpc.vpcep.plugins.module_utils.identity_lock import Held, identity_lock
from ansible_collections.crossvpc.vpcep.plugins.module_utils.retry import Deadline

IDENTITY = ("https://vpcep.eu-de.otc.t-systems.com", "project", "endpoint", "s", "v", None)
LONG_AGO = 1_000_000.0

# What another process does: it loads the files by their folder, as it needs nothing else of the collection.
PROLOGUE = """
import sys, time, types
package = types.ModuleType("alone")
package.__path__ = [{folder_of_code!r}]
sys.modules["alone"] = package
from alone import identity_lock as module
class Deadline:
    def left(self):
        return 20.0
def locked():
    return module.identity_lock({folder!r}, {identity!r}, Deadline())
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    return str(tmp_path / "cache" / "locks")


@contextmanager
def process(folder: str, program: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that runs *program* with ``locked`` at hand; it is killed at the end, if it still runs."""
    prologue = PROLOGUE.format(folder_of_code=str(Path(lock_file.__file__).parent), folder=folder, identity=IDENTITY)
    running = subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", prologue + textwrap.dedent(program)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield running
    finally:
        running.kill()
        running.communicate()


HOLD = """
    with locked() as held:
        print("held", held._number is not None, flush=True)
        sys.stdin.readline()
    print("released", flush=True)
    sys.stdin.readline()
"""


def is_locked(held: Held) -> bool:
    """Whether there is a lock behind it: only then a creation can be noted."""
    return held._number is not None


def acquired(folder: str | None, seconds: float = 0.0, identity: Any = IDENTITY) -> bool:
    """Whether the lock can be had within *seconds*."""
    with identity_lock(folder, identity, Deadline(seconds)) as held:
        return is_locked(held)


def test_another_process_is_kept_out_until_the_holder_is_done(folder: str) -> None:
    with process(folder, HOLD) as holder:
        assert holder.stdout.readline() == "held True\n"
        assert not acquired(folder)
        assert acquired(folder, identity=(*IDENTITY[:-1], "10.0.0.1")), "another identity is another lock"
        holder.stdin.write("\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "released\n"
        assert acquired(folder)


def test_waiting_ends_when_the_holder_is_done(folder: str) -> None:
    with process(folder, HOLD) as holder:
        holder.stdout.readline()
        threading.Timer(0.2, lambda: (holder.stdin.write("\n"), holder.stdin.flush())).start()
        started = time.monotonic()
        assert acquired(folder, 20.0)
        assert 0.1 < time.monotonic() - started < 10


def test_a_killed_holder_holds_nothing(folder: str) -> None:
    with process(folder, HOLD) as holder:
        holder.stdout.readline()
        assert not acquired(folder)
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        assert acquired(folder)


def test_processes_that_count_do_not_miss_each_other(folder: str, tmp_path: Path) -> None:
    """Each reads a number, waits a moment and writes the next one: without the lock some would be lost."""
    counter = tmp_path / "counter"
    counter.write_text("0")
    program = f"""
        for turn in range(10):
            with locked():
                with open({str(counter)!r}) as file:
                    number = int(file.read())
                time.sleep(0.002)
                with open({str(counter)!r}, "w") as file:
                    file.write(str(number + 1))
        print("done", flush=True)
    """
    with process(folder, program) as one, process(folder, program) as two, process(folder, program) as three:
        assert [running.stdout.readline() for running in (one, two, three)] == ["done\n"] * 3
    assert counter.read_text() == "30"


def test_threads_keep_each_other_out_as_well(folder: str) -> None:
    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        assert is_locked(held)
        results: list[bool] = []
        thread = threading.Thread(target=lambda: results.append(acquired(folder)))
        thread.start()
        thread.join()
        assert results == [False]


def test_the_lock_ends_with_an_exception(folder: str) -> None:
    with pytest.raises(KeyError), identity_lock(folder, IDENTITY, Deadline(0)):
        raise KeyError
    assert acquired(folder)


def test_no_longer_than_the_deadline(folder: str) -> None:
    with process(folder, HOLD) as holder:
        holder.stdout.readline()
        started = time.monotonic()
        assert not acquired(folder, 0.15)
        assert 0.1 < time.monotonic() - started < 5


def test_no_longer_than_a_holder_may_need(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock_file, "MOST_SECONDS", 0.1)
    with process(folder, HOLD) as holder:
        holder.stdout.readline()
        assert not acquired(folder, float("inf"))


# Who created, and when


def test_a_creation_of_another_process_is_told(folder: str) -> None:
    before = time.time()
    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        assert not held.created_since(LONG_AGO), "nobody ever did"
    with process(folder, 'with locked() as held: held.note_creation()\nprint("noted", flush=True)') as other:
        assert other.stdout.readline() == "noted\n"
    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        assert held.created_since(before)
        assert held.created_since(LONG_AGO)
        assert not held.created_since(time.time() + 1)
    with identity_lock(folder, ("another",), Deadline(0)) as held:
        assert not held.created_since(LONG_AGO)


def test_the_last_creation_counts(folder: str) -> None:
    for _time in range(2):
        moment = time.time()
        with identity_lock(folder, IDENTITY, Deadline(0)) as held:
            assert not held.created_since(moment)
            held.note_creation()
            assert held.created_since(moment)
        time.sleep(0.002)


@pytest.mark.parametrize(
    "torn", [b"17", b"1763889161.2", b"1763889161.2345" + b" " * 10, b"\x00" * 32, b"x", b" " * 40]
)
def test_a_torn_note_means_that_somebody_created(folder: str, torn: bytes) -> None:
    """Whoever wrote half a number was killed there, right after a creation."""
    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        held.note_creation()
    (note,) = Path(folder).iterdir()
    note.write_bytes(torn)
    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        assert held.created_since(time.time() + 1000)
        held.note_creation()
        if len(torn) <= 32:
            assert not held.created_since(time.time() + 1000), "the next note mends it"


# Folders


def test_the_folder_is_made_for_the_user_alone(folder: str) -> None:
    assert acquired(folder)
    assert stat.S_IMODE(os.stat(folder).st_mode) == 0o700
    (path,) = Path(folder).iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "project" not in path.name and len(path.name) == 64 + len(".lock")


def no_folder(tmp_path: Path) -> None:
    return None


def empty(tmp_path: Path) -> str:
    return ""


def writable_for_others(tmp_path: Path) -> str:
    path = tmp_path / "locks"
    path.mkdir()
    path.chmod(0o777)
    return str(path)


def writable_for_the_group(tmp_path: Path) -> str:
    path = tmp_path / "locks"
    path.mkdir()
    path.chmod(0o720)
    return str(path)


def a_link(tmp_path: Path) -> str:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "locks").symlink_to(tmp_path / "real")
    return str(tmp_path / "locks")


def a_file(tmp_path: Path) -> str:
    (tmp_path / "locks").write_text("")
    return str(tmp_path / "locks")


def below_a_file(tmp_path: Path) -> str:
    return a_file(tmp_path) + "/below"


def a_dangling_link(tmp_path: Path) -> str:
    (tmp_path / "locks").symlink_to(tmp_path / "nothing")
    return str(tmp_path / "locks")


def with_a_link_for_a_lock(tmp_path: Path) -> str:
    folder = tmp_path / "locks"
    assert acquired(str(folder))
    (path,) = folder.iterdir()
    path.unlink()
    (tmp_path / "victim").write_text("untouched")
    path.symlink_to(tmp_path / "victim")
    return str(folder)


def with_a_folder_for_a_lock(tmp_path: Path) -> str:
    folder = tmp_path / "locks"
    assert acquired(str(folder))
    (path,) = folder.iterdir()
    path.unlink()
    path.mkdir()
    return str(folder)


@pytest.mark.parametrize("made", [
    no_folder, empty, writable_for_others, writable_for_the_group, a_link, a_file, below_a_file, a_dangling_link,
    with_a_link_for_a_lock, with_a_folder_for_a_lock,
])  # fmt: skip
def test_without_a_safe_folder_there_is_no_lock_and_no_error(made: Any, tmp_path: Path) -> None:
    with identity_lock(made(tmp_path), IDENTITY, Deadline(0)) as held:
        assert not is_locked(held)
        assert not held.created_since(0.0)
        held.note_creation()
        assert not held.created_since(0.0)
    victim = tmp_path / "victim"
    assert not victim.exists() or victim.read_text() == "untouched"


def test_somebody_elses_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locks").mkdir(mode=0o700)
    monkeypatch.setattr(lock_file.os, "getuid", lambda: os.stat(tmp_path).st_uid + 1)
    assert not acquired(str(tmp_path / "locks"))


def test_a_file_system_without_locks(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def refuse(*words: Any) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert not acquired(folder)


def test_a_note_that_cannot_be_written_is_no_error(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: Any) -> None:
        raise OSError(28, "No space left on device")

    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        monkeypatch.setattr(lock_file.os, "pwrite", refuse)
        held.note_creation()
        assert not held.created_since(LONG_AGO)


def test_a_note_that_cannot_be_read_may_be_a_creation(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*words: Any) -> None:
        raise OSError(5, "Input/output error")

    with identity_lock(folder, IDENTITY, Deadline(0)) as held:
        monkeypatch.setattr(lock_file.os, "pread", refuse)
        assert held.created_since(LONG_AGO)


def test_nothing_stays_open(folder: str) -> None:
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    for _time in range(5):
        acquired(folder)
    assert not before or len(os.listdir("/proc/self/fd")) == before
