"""The request log. It contains no secrets: headers are not stored, and secrets are removed from bodies and queries."""

import time
from collections import deque
from collections.abc import Callable
from typing import Any

MASK = "***"
SECRET_MEMBERS = frozenset(
    ("password", "passcode", "token", "secret", "secret_key", "access", "security_token", "signature", "authorization")
)
# No documented path or value is that long; a token is.
LONGEST = 2000


class Journal:
    """Every request served on both ports, in the order of arrival. is_secret: says whether a text is one."""

    def __init__(self, is_secret: Callable[[str], bool]) -> None:
        self.is_secret = is_secret
        self.entries: deque[dict[str, Any]] = deque(maxlen=200_000)
        self.count = 0

    def open(self, **about: Any) -> dict[str, Any]:
        """Log a request on arrival. status and ms are None until the answer, which may never come."""
        self.count += 1
        entry = {"seq": self.count, "time": time.time(), "status": None, "ms": None, **about}
        self.entries.append(entry)
        return entry

    def clean(self, value: Any) -> Any:
        """The value without secrets."""
        if isinstance(value, dict):
            return {name: self.clean_member(name, one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.clean(item) for item in value]
        if isinstance(value, str) and (self.is_secret(value) or len(value) > LONGEST):
            return MASK
        return value

    def clean_member(self, name: str, value: Any) -> Any:
        # IAM's auth body holds an object named password, with the user's name in it: worth keeping.
        plain = name == "password" and isinstance(value, dict)
        return MASK if name.lower() in SECRET_MEMBERS and not plain else self.clean(value)

    def clean_path(self, path: str) -> str:
        return "/".join(str(self.clean(segment)) for segment in path.split("/"))

    def select(self, since: int = 0, **wanted: str) -> list[dict[str, Any]]:
        """Entries with a higher number than since whose members equal those given."""
        return [
            entry
            for entry in list(self.entries)  # other threads append
            if entry["seq"] > since and all(str(entry.get(name)) == value for name, value in wanted.items())
        ]

    def clear(self) -> None:
        """Delete the entries. Numbers continue, so a reader's ``since`` stays valid."""
        self.entries.clear()
