"""Sends the requests of a check one after the other, keeps each answer, and counts."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, cast

from .._api.vpcep import VpcepApi
from .._auth.session import ApiPath, Session
from .._core.errors import ApiError, NotFound
from .._core.types import Object, objects_in
from .._http.retry import Deadline, Kind
from .forms import Form, answer_form, error_form

REQUEST_SECONDS = 60.0
"""The time for one request with its repeats."""


class LimitReached(Exception):
    """A part has sent as many requests as it may, or its time is over."""


class Answer(NamedTuple):
    """The answer to one request of a check."""

    status: int | None  # None without a usable answer
    body: Any = None  # None for an error
    error: ApiError | None = None  # what the client raised

    @property
    def ok(self) -> bool:
        return self.error is None

    @property
    def code(self) -> str | None:
        return self.error.code if self.error else None

    @property
    def form(self) -> Form:
        return error_form(self.error) if self.error else answer_form(self.status, None, self.body)

    @property
    def refused(self) -> bool:
        """Whether the cloud understood and refused it: a status 4xx except 401, 403 and 429."""
        return self.status is not None and 400 <= self.status < 500 and self.status not in (401, 403, 429)

    def is_code(self, *digits: str) -> bool:
        return self.error is not None and self.error.is_code(*digits)

    @property
    def is_gone(self) -> bool:
        return isinstance(self.error, NotFound)

    @property
    def id(self) -> str | None:
        """The ID of the object that came back, if it can be part of a path."""
        return id_in(self.body)

    def get(self, name: str) -> Any:
        return self.body.get(name) if isinstance(self.body, dict) else None

    def objects(self, name: str) -> list[Object]:
        return objects_in(self.body, name)


def id_in(one: Any) -> str | None:
    """The ID of an object of the API, if it can be part of a path; None if not."""
    found = one.get("id") if isinstance(one, dict) else None
    return found if isinstance(found, str) and re.fullmatch(r"[\w-]{1,64}", found, re.ASCII) else None


class Probe:
    """Sends requests over a session, one after the other, so that each entry of the log belongs to one answer."""

    def __init__(self, session: Session, most: int, deadline: Deadline) -> None:
        self.session = session
        self.most = most  # requests at most; attempts count
        self.deadline = deadline  # of all of them
        self.reserve = 0  # requests that are kept for later
        self.seconds: list[float] = []
        self._start = len(session.http)
        self.api = VpcepApi(cast(Session, self))  # lists whose pages count, too

    @property
    def sent(self) -> int:
        return len(self.session.http) - self._start

    @property
    def is_over(self) -> bool:
        return self.sent >= self.most - self.reserve or not self.deadline.left()

    def request(self, method: str, path: ApiPath, **more: Any) -> Any:
        """As Session.request, within the limits. Raises LimitReached before it sends one too many."""
        if self.is_over:
            raise LimitReached
        return self.session.request(method, path, **{**more, "deadline": Allowance(self)})

    def send(self, method: str, path: ApiPath, kind: Kind = "read", **more: Any) -> Answer:
        """Sends a request; an error is an answer, too. Raises LimitReached.

        more: params, json, version and api, as for Session.request.
        """
        log = self.session.http
        before = len(log)
        try:
            body = self.request(method, path, operation="check how the cloud answers", kind=kind, **more)
        except ApiError as error:
            return Answer(error.status, None, error)
        self.seconds += [entry["ms"] / 1000 for entry in log[before:] if entry["status"]]
        return Answer(log[-1]["status"], body)

    def get(self, path: ApiPath, /, **params: Any) -> Answer:
        return self.send("GET", path, params=params or None)

    def post(self, path: ApiPath, body: Object) -> Answer:
        """A POST that makes no object."""
        return self.send("POST", path, "once", json=body)

    def put(self, path: ApiPath, body: Object) -> Answer:
        return self.send("PUT", path, "once", json=body)

    def create(self, path: str, body: Object) -> Answer:
        """A POST that makes an object."""
        return self.send("POST", path, "create", json=body, addressed=False)

    def delete(self, path: ApiPath) -> Answer:
        return self.send("DELETE", path, "once")


class Allowance(Deadline):
    """The time for one request with its repeats. It is over once the probe may send nothing more."""

    def __init__(self, probe: Probe) -> None:
        super().__init__(REQUEST_SECONDS)
        self._probe = probe

    def left(self) -> float:
        return 0.0 if self._probe.is_over else super().left()
