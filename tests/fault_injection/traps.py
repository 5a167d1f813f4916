"""What happens on this side of the wire, or at the other side's back, to connections that are about to be used."""

import socket
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

Trap = Callable[[Any], None]
"""Called with each connection before it is used."""


def refused(nth: int, count: int | None) -> Trap:
    """The port of request *nth* is closed, and of the *count* - 1 after it (None: of all)."""
    return at_each(
        lambda number, url: elsewhere(url) if nth <= number and not (count and number >= nth + count) else url
    )


def meanwhile(nth: int, happens: Callable[[], Any]) -> Trap:
    """Something happens just before request *nth*."""

    def look(number: int, url: str) -> str:
        if number == nth:
            happens()
        return url

    return at_each(look)


def at_each(look: Callable[[int, str], str]) -> Trap:
    """Sends each request to where *look* says, by its number (from 1, over all connections) and URL."""
    sent = 0
    counting = threading.Lock()

    def spring(connection: Any) -> None:
        client = connection.client
        send = client._once

        def once(method: str, url: str, *rest: Any) -> Any:
            nonlocal sent
            with counting:
                sent += 1
                number = sent
            return send(method, look(number, url), *rest)

        client._once = once

    return spring


def elsewhere(url: str) -> str:
    """The same at a port without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return urlunsplit(urlsplit(url)._replace(netloc=f"127.0.0.1:{port}"))
