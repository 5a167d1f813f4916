"""A private folder for files of one user. A file is replaced as a whole, and not read if another user could have
changed it. Files can be locked against other processes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import time
from collections.abc import Iterator

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class PrivateFolder:
    """path: of the folder, which need not exist; limit: maximum bytes of a file.

    All methods raise OSError, and ValueError if the folder or a file is not as private as it has to be.
    """

    def __init__(self, path: str, limit: int) -> None:
        self.path = path
        self.limit = limit

    def make(self) -> None:
        """Create the folder and those above it, if they are missing."""
        missing = []
        path = self.path
        while path and not os.path.lexists(path):
            missing.append(path)
            path = os.path.dirname(path)
        for path in reversed(missing):
            # Not makedirs: it sets the mode of the last folder only.
            with contextlib.suppress(FileExistsError):
                os.mkdir(path, 0o700)

    @contextlib.contextmanager
    def opened(self) -> Iterator[int]:
        """A descriptor of the folder. Files are opened relative to it, so another folder cannot take its place."""
        handle = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            facts = os.fstat(handle)
            if facts.st_uid != os.geteuid():
                raise ValueError("the folder belongs to another user")
            if facts.st_mode & 0o022:
                raise ValueError("other users may write to the folder")
            yield handle
        finally:
            os.close(handle)

    def open_lock(self, name: str) -> int:
        """The descriptor of a file to lock, for the caller to close."""
        self.make()
        with self.opened() as folder:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            return os.open(name, flags, 0o600, dir_fd=folder)

    def delete(self, name: str) -> None:
        with self.opened() as folder:
            os.unlink(name, dir_fd=folder)

    def write(self, name: str, content: bytes) -> None:
        """Written to a temporary file (.NAME.RANDOM.tmp) and renamed, so that no process reads a partial file."""
        self.make()
        with self.opened() as folder:
            temporary = f".{name}.{os.urandom(8).hex()}.tmp"
            handle = os.open(temporary, _NEW, 0o600, dir_fd=folder)
            try:
                try:
                    os.fchmod(handle, 0o600)
                    view = memoryview(content)
                    while view:
                        view = view[os.write(handle, view) :]
                finally:
                    os.close(handle)
                os.rename(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                with contextlib.suppress(OSError):
                    os.unlink(temporary, dir_fd=folder)
                raise

    def read(self, name: str) -> bytes:
        # O_NONBLOCK: opening a named pipe must not block.
        with self.opened() as folder:
            handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=folder)
        try:
            facts = os.fstat(handle)
            if not stat.S_ISREG(facts.st_mode):
                raise ValueError("it is not a file")
            if facts.st_uid != os.geteuid():
                raise ValueError("the file belongs to another user")
            if facts.st_mode & 0o077:
                raise ValueError("other users may read or write the file")
            if facts.st_size > self.limit:
                raise ValueError("the file is too large")
            content = b""
            while len(content) <= self.limit and (chunk := os.read(handle, 65536)):
                content += chunk
            return content
        finally:
            os.close(handle)


def wait_for_lock(handle: int, seconds: float) -> bool:
    """Locks an open file (a file descriptor). Returns False if that is impossible, or not possible within *seconds*.

    The lock ends when the file is closed, or the process ends in any way.
    """
    end = time.monotonic() + seconds
    pause = 0.01
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if not isinstance(error, BlockingIOError) or time.monotonic() >= end:
                return False
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)
