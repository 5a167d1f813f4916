"""The exceptions of this program. None of them holds a secret."""

from __future__ import annotations

import importlib
import re
import traceback
import typing as t
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from .texts import one_line

T = t.TypeVar("T")
_VPCEP_CODE = r"(?i)endpoint\.(\d{4})\Z"
_UUID = r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"


class VpcepError(Exception):
    """Base of all errors that are reported to the user. Each of *lines* may quote the cloud.

    facts: fields that a failed module adds to its result; never secrets.
    """

    done = ""
    """What the task did before it failed, as a sentence for the end of the text."""
    partial: t.Mapping[str, t.Any] = {}
    """Members of the task's result that are returned although it failed."""
    login: t.Any = None
    """The runtime of the login that failed, if it is not the task's own."""

    def __init__(self, *lines: str, facts: t.Mapping[str, t.Any] | None = None) -> None:
        super().__init__("\n".join(one_line(line) for line in lines))
        self.facts = facts or {}

    def __str__(self) -> str:
        return self._with_done(super().__str__())

    def _with_done(self, text: str) -> str:
        return f"{text} {self.done}" if self.done else text

    def after(self, done: str) -> VpcepError:
        """A copy with another :attr:`done`. Endpoints of a bulk task may share the error itself."""
        later = copy(self)
        later.done = done
        return later

    def result(self) -> dict[str, t.Any]:
        """Fields that a failed module adds to its result; never secrets."""
        return {**self.facts}

    @property
    def reason(self) -> str:
        """The text without the parts that differ from request to request."""
        return str(self)

    @property
    def kind(self) -> str:
        """A key that is equal for errors with the same cause: the text without IDs of objects."""
        return re.sub(_UUID, "", str(self))


class InputError(VpcepError):
    """Bad input, refused before the first request."""


class CredentialsError(InputError):
    """Missing or contradictory credentials; the text lists what was searched and where, without values."""


class MissingLibrary(VpcepError):
    """A Python library is missing on this machine. traceback: of the import, for Ansible's own message."""

    def __init__(self, library: str, traceback: str = "") -> None:
        super().__init__(f"The Python library {library} is needed and could not be imported.")
        self.library = library
        self.traceback = traceback


class ApiError(VpcepError):
    """The cloud refused a request, or its answer was not usable.

    operation: the request in words ('create endpoint'); status: of HTTP, None without an answer; code, message: as
    sent; request_id: what the cloud's support asks for; hint: what to do next; tries: how often the request was sent.
    """

    host: str | None = None
    """The host that did not answer: the task does not always name it."""
    server_date: str | None = None
    """The answer's Date header, to tell a wrong local clock from a wrong key."""

    def __init__(
        self,
        message: str = "",
        *,
        operation: str = "request",
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        hint: str = "",
        tries: int = 1,
    ) -> None:
        super().__init__(message)
        self.message = one_line(message)
        self.operation = one_line(operation)
        self.status = status
        self.code = None if code is None else one_line(code)
        self.request_id = None if request_id is None else one_line(request_id)
        self.hint = hint
        self.tries = tries

    @property
    def digits(self) -> str | None:
        """The digits of a VPCEP code; None for the codes of IAM and of the gateway."""
        return digits_of(self.code)

    def is_code(self, *digits: str) -> bool:
        """Whether this is one of these VPCEP codes."""
        return self.digits is not None and self.digits in digits

    @property
    def is_refusal(self) -> bool:
        """Whether the cloud refused the request or does not know it, so that the object may exist."""
        return self.status is not None and 400 <= self.status < 500

    def result(self) -> dict[str, t.Any]:
        names = ("operation", "status", "code", "message", "request_id", "hint")
        return {"error": {name: getattr(self, name) for name in names}}

    @property
    def kind(self) -> str:
        return f"{type(self).__name__} {self.operation} {self.status} {self.code}"

    @property
    def reason(self) -> str:
        silence = f"no usable answer from {self.host}" if self.host else "no usable answer"
        answer = [f"HTTP {self.status}" if self.status is not None else silence]
        if self.code and self.code != str(self.status):  # IAM repeats the status
            answer.append(self.code)
        text = f"Could not {self.operation}: {', '.join(answer)}"
        if self.message:
            text += f": {self.message}"
        if text[-1] not in ".!?":
            text += "."
        if self.hint:
            text += f" {self.hint}"
        return text

    def __str__(self) -> str:
        notes = [f"request ID {self.request_id}"] if self.request_id else []
        notes += [f"tried {self.tries} times"] if self.tries > 1 else []
        return self._with_done(f"{self.reason} ({', '.join(notes)})" if notes else self.reason)


class NotFound(ApiError):
    """The addressed object does not exist."""


class OutcomeUnknown(ApiError):
    """A creation got no usable answer: the object may exist or not. Read back before another try."""


class ConnectionFailed(ApiError):
    """No usable answer after all retries. cause: a key of network_errors.HINTS."""

    cause = ""


class WaitTimeout(VpcepError):
    """A wait ended before the object (what) reached its target. status: the last one seen; seconds: of the wait."""

    def __init__(self, message: str, *, what: str = "", status: str | None = None, seconds: float = 0) -> None:
        super().__init__(message)
        self.what = one_line(what)
        self.status = None if status is None else one_line(status)
        self.seconds = seconds

    def result(self) -> dict[str, t.Any]:
        return {"timeout": {"what": self.what, "status": self.status, "seconds": self.seconds}}


class TransportFailure(Exception):
    """A request without a usable answer. The HTTP client repeats it, or raises ConnectionFailed or OutcomeUnknown.

    sent: it may have reached the server; hopeless: a repeat would fail, too; cause: a key of network_errors.HINTS.
    """

    def __init__(
        self, reason: str, *, sent: bool, hopeless: bool = False, cause: str = "", request_id: str | None = None
    ) -> None:
        super().__init__(reason)
        self.sent, self.hopeless, self.cause, self.request_id = sent, hopeless, cause, request_id


def unless_refused(read: t.Callable[[], T]) -> T | None:
    """The result of *read*, None if the cloud refuses the request. Raises ApiError for other failures."""
    try:
        return read()
    except ApiError as error:
        if not error.is_refusal:
            raise
        return None


@contextmanager
def telling(done: str) -> Iterator[None]:
    """Adds to an error what the task did before."""
    try:
        yield
    except VpcepError as error:
        if not done or error.done:
            raise
        raise error.after(done) from error


def load_library(name: str) -> t.Any:
    """The module of this name. Raises MissingLibrary, which becomes Ansible's own message."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingLibrary(name.partition(".")[0], traceback.format_exc()) from error


def digits_of(code: str | None) -> str | None:
    """'2003' for EndPoint.2003 or Endpoint.2003; None for other codes."""
    match = re.match(_VPCEP_CODE, code or "")
    return match.group(1) if match else None
