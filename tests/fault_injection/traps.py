"""What happens on this side of the wire, or at the other side's back, to connections that are about to be used."""

import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.support.fake_server import closed_port

Trap = Callable[[Any], None]
"""Called with each connection before it is used."""


class Killed(BaseException):
    """The end of a process, which no code handles."""


def refused(nth: int, count: int | None) -> Trap:
    """The port of request *nth* is closed, and of the *count* - 1 after it (None: of all)."""

    def act(number: int, send: Any, method: str, url: str, *rest: Any) -> Any:
        is_refused = nth <= number and not (count and number >= nth + count)
        return send(method, elsewhere(url) if is_refused else url, *rest)

    return at_each(act)


def meanwhile(nth: int, happens: Callable[[], Any]) -> Trap:
    """Something happens just before request *nth*."""

    def act(number: int, send: Any, *request: Any) -> Any:
        if number == nth:
            happens()
        return send(*request)

    return at_each(act)


def killed(nth: int, carried_out: bool) -> Trap:
    """Ends the process at request *nth*, before it is sent or before its answer is read."""

    def act(number: int, send: Any, *request: Any) -> Any:
        if number == nth and not carried_out:
            raise Killed
        answer = send(*request)
        if number == nth:
            raise Killed
        return answer

    return at_each(act)


def at_each(act: Callable[..., Any]) -> Trap:
    """Lets *act* send each request: it gets the number (over all connections, from 1), what sends, and the request."""
    sent = 0
    counting = threading.Lock()

    def spring(connection: Any) -> None:
        client = connection.client
        send = client._once

        def once(*request: Any) -> Any:
            nonlocal sent
            with counting:
                sent += 1
                number = sent
            return act(number, send, *request)

        client._once = once

    return spring


def elsewhere(url: str) -> str:
    """The same at a port without a listener."""
    return urlunsplit(urlsplit(url)._replace(netloc=f"127.0.0.1:{closed_port()}"))
