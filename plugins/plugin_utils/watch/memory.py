"""The events that an event source has sent: in memory, and in a file for the next start.

A rulebook may be killed before it has acted on an event. So after a restart, the source sends again the requests that
still wait, and the other events of the last minute. Between two restarts, it sends each event once.
"""

from __future__ import annotations

import json
import os
import time
import typing as t
from collections.abc import Callable

from ...module_utils._core.errors import InputError
from ...module_utils._core.private_folder import PrivateFolder, wait_for_lock
from ...module_utils._core.types import Object
from .changes import REMOVED, REQUESTED, Change

FORMAT = 1
SIZE_LIMIT = 64 * 1024 * 1024
"""Maximum size of a file in bytes; a connection takes a few hundred."""
RECENT_SECONDS = 60.0
"""Maximum age of events that are sent again after a restart."""
LOCK_SECONDS = 5.0
"""How long to wait for the lock of the file: the process before this one may be about to end."""

Known = dict[str, Object]


class Memory:
    """The sent events of each service.

    path: of the file, None for memory only; clock: seconds since 1970; warn: called once if the file cannot be written;
    services: service -> endpoint -> the last sent change, see find_changes().
    """

    def __init__(
        self,
        path: str | None,
        clock: Callable[[], float] = time.time,
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self.clock, self.warn = clock, warn
        self.folder = PrivateFolder(os.path.dirname(os.path.abspath(path)), SIZE_LIMIT) if path else None
        self.name = os.path.basename(path) if path else ""
        self.handle: int | None = None
        self.services: dict[str, Known] = {}
        self.recent: list[tuple[float, Object]] = []
        self.again: dict[str, set[str]] = {}
        self.is_first = True  # there is no file of an earlier run
        self.has_failed = False

    def acquire(self) -> list[Object]:
        """Locks the file, until release(), and reads it. Returns the events to send again.

        Warns about a file that cannot be used. Raises InputError if another source uses it.
        """
        if self.folder is None:
            return []
        place = os.path.join(self.folder.path, self.name)
        try:
            self.handle = self.folder.open_lock(f"{self.name}.lock")
        except (OSError, ValueError) as error:
            self.warn(f"state_file {place} is not used: {reason_of(error)}. After a restart, events are sent again.")
            self.folder, self.is_first = None, False  # there may have been an earlier run
            return []
        if not wait_for_lock(self.handle, LOCK_SECONDS):
            raise InputError(f"state_file {place} is in use by another source: give each one a file of its own.")
        return self.read(self.folder, place)

    def release(self) -> None:
        """Unlocks the file."""
        if self.handle is not None:
            os.close(self.handle)
            self.handle = None

    def read(self, folder: PrivateFolder, place: str) -> list[Object]:
        """Reads the file of the last run. Returns the events to send again."""
        self.is_first = False
        try:
            self.services, self.recent = parsed(folder.read(self.name))
        except FileNotFoundError:
            self.is_first = True
        except (OSError, ValueError) as error:
            reason = reason_of(error)
            self.warn(
                f"state_file {place} is not used: {reason}. The events of all waiting connections are sent again."
            )
        self.again = {
            service: {key for key, entry in known.items() if entry["kind"] == REQUESTED and not entry["baseline"]}
            for service, known in self.services.items()
        }
        self.drop_old()
        return [event for _at, event in self.recent]

    def note(self, service: str, change: Change, baseline: bool = False) -> None:
        """Stores a change that was sent, or one (baseline) from before the source's start that is not sent."""
        kind, key = change.kind, change.connection["id"]
        self.again.get(service, set()).discard(key)
        if kind == REMOVED:
            self.services.get(service, {}).pop(key, None)
        else:
            entry = {"kind": kind, "moment": change.moment, "connection": change.connection, "baseline": baseline}
            self.services.setdefault(service, {})[key] = entry

    def store_sent(self, service: str, change: Change, event: Object) -> None:
        """Stores an event that was sent, also in the file."""
        self.note(service, change)
        self.drop_old()
        if change.kind != REQUESTED:
            self.recent.append((self.clock(), event))
        self.save()

    def drop_old(self) -> None:
        """Drops events that are too old. If the clock was set back, they are not kept for longer."""
        now = self.clock()
        self.recent = [(min(at, now), event) for at, event in self.recent if at >= now - RECENT_SECONDS]

    def save(self) -> None:
        """Writes the file; if that fails, warns once and continues."""
        if self.folder is None:
            return
        document = {"format": FORMAT, "services": self.services, "recent": self.recent}
        try:
            self.folder.write(self.name, json.dumps(document).encode())
            self.has_failed = False
        except (OSError, ValueError) as error:
            text = f"state_file cannot be written: {reason_of(error)}. Events may be sent again after a restart."
            if not self.has_failed:
                self.warn(text)
            self.has_failed = True


def parsed(content: bytes) -> tuple[dict[str, Known], list[tuple[float, Object]]]:
    """Services and recent events from a file. Raises ValueError if it is damaged."""
    try:
        document = json.loads(content)
        if document["format"] != FORMAT:
            raise ValueError
        services = {str(key): checked(known) for key, known in document["services"].items()}
        return services, [(float(at), dict(event)) for at, event in document["recent"]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ValueError("it is damaged") from None


def checked(known: t.Any) -> Known:
    """The entries of one service, if they are valid. Raises one of the exceptions that parsed() expects."""
    found = {}
    for key, entry in known.items():
        kind, moment, connection = entry["kind"], entry["moment"], dict(entry["connection"])
        if not isinstance(kind, str) or not isinstance(moment, str) or connection["id"] != key:
            raise ValueError
        found[key] = {"kind": kind, "moment": moment, "connection": connection, "baseline": bool(entry["baseline"])}
    return found


def reason_of(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)
