"""A deadline for each attempt of a request: when it is over, the sockets of the attempt are shut down.

A socket timeout bounds one pause only: a server that sends a byte now and then never exceeds it.
"""

from __future__ import annotations

import socket
import threading
import time
import typing as t
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from .._core.errors import TransportFailure

PRECISION = 0.1
"""Seconds by which an exchange may be cut off too late."""


class Exchange:
    """One attempt of a request, with its answer.

    seconds: it may take at most; opened: a connection knows it; connected: a connection is open; requested: the request
    was handed to a connection; interrupted: it was cut off because the task was.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.opened = self.connected = self.requested = False
        self.is_cut_off = self.interrupted = False
        self._is_over = False
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._wake_up = threading.Event()

    @property
    def unsent(self) -> bool:
        """Whether nothing of the request can have reached the server. False when that is not known."""
        return self.opened and not (self.connected and self.requested)

    def failure(self) -> TransportFailure:
        sent = not self.unsent
        if self.interrupted:
            return TransportFailure("the task was interrupted", sent=sent, hopeless=True, cause="interrupted")
        if not self.connected:
            return TransportFailure("the server could not be reached in time", sent=sent, cause="unreachable")
        return TransportFailure(
            f"the server stopped answering or is too slow: the answer was not complete after {self.seconds:g} seconds",
            sent=sent,
            cause="silence",
        )

    def hold(self, sock: t.Any) -> None:
        """Remember a socket. A duplicate is kept, as TLS takes the original one away from its owner."""
        self.connected = True
        if sock.fileno() < 0:
            return
        with self._lock:
            self._sockets.append(socket.fromfd(sock.fileno(), socket.AF_INET, socket.SOCK_STREAM))
            if self.is_cut_off:
                self._shut_down()

    def wait_for(self, connect: Callable[[], None], local: threading.local) -> None:
        """Call *connect* in a thread of its own, and abandon it when the exchange is cut off.

        A name lookup cannot be interrupted, nor can attempts to reach one address after the other. local: data of the
        calling thread; the new thread gets this exchange there. Raises what *connect* raises, and TimeoutError.
        """
        outcome: list[BaseException | None] = []

        def work() -> None:
            local.exchange = self
            try:
                connect()
                outcome.append(None)
            except BaseException as error:  # raised again where it is waited for
                outcome.append(error)
            self._wake_up.set()

        self._wake_up.clear()
        if not self.is_cut_off:
            threading.Thread(target=work, name="vpcep-connect", daemon=True).start()
            self._wake_up.wait()
        if not outcome:
            raise TimeoutError("the connection was not open in time")
        if outcome[0] is not None:
            raise outcome[0]

    def end(self) -> bool:
        """End the exchange and forget its sockets, which the next may use. Returns False if it was cut off before."""
        with self._lock:
            self._is_over = True
            while self._sockets:
                self._sockets.pop().close()
            return not self.is_cut_off

    def cut_off(self, interrupted: bool = False) -> None:
        """Cut the exchange off now, from any thread. Does nothing after its end, which its deadline may meet."""
        with self._lock:
            if self._is_over:
                return
            self.interrupted = self.interrupted or interrupted  # its seconds may end after the interruption
            self.is_cut_off = True
            self._shut_down()
        self._wake_up.set()

    def _shut_down(self) -> None:
        for sock in self._sockets:
            with suppress(OSError):  # closed by the other side
                sock.shutdown(socket.SHUT_RDWR)


class Exchanges:
    """The exchanges of a client that are under way. One thread cuts off those whose seconds are over."""

    def __init__(self) -> None:
        self._ends: dict[Exchange, float] = {}  # when its seconds are over (monotonic clock)
        self._lock = threading.Lock()
        self._is_watched = False  # whether the thread runs

    def __iter__(self) -> Iterator[Exchange]:
        return iter(list(self._ends))

    @contextmanager
    def limited(self, exchange: Exchange) -> Iterator[None]:
        """Cut the exchange off after its seconds, unless it ends before. Its connections then stay open."""
        with self._lock:
            self._ends[exchange] = time.monotonic() + exchange.seconds
            if not self._is_watched:
                self._is_watched = True
                threading.Thread(target=self._watch, name="vpcep-deadlines", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                del self._ends[exchange]
            exchange.end()

    def _watch(self) -> None:
        while self._is_watched:
            time.sleep(PRECISION)
            with self._lock:
                now = time.monotonic()
                late = [exchange for exchange, end in self._ends.items() if now >= end]
                self._is_watched = bool(self._ends)
            for exchange in late:
                exchange.cut_off()
