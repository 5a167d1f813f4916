"""A server whose answers never end: a few bytes at a time, in each part of an answer."""

import gzip
import itertools
import socket
import ssl
import threading
import typing as t
from contextlib import contextmanager, suppress
from pathlib import Path

PAUSE = 0.02
"""Seconds between two bytes: far below every timeout, so no pause is a timeout."""

Pieces = t.Callable[[], t.Iterable[bytes]]


class Slow(t.NamedTuple):
    """at_once: what is sent at once; dripping: pieces that follow, without an end; pause: seconds after each."""

    at_once: bytes = b""
    dripping: Pieces = lambda: ()
    pause: float = PAUSE


def endless(text: bytes) -> Pieces:
    """The text's bytes, over and over."""
    return lambda: (bytes([byte]) for byte in itertools.cycle(text))


def then(text: bytes, more: bytes) -> Pieces:
    """The text's bytes, and then others over and over."""
    return lambda: (bytes([byte]) for byte in itertools.chain(text, itertools.cycle(more)))


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LONG = OK + b"Content-Length: 1000000\r\n"
PACKED = gzip.compress(bytes(range(256)) * 4000)

ANSWERS = {
    "nothing": Slow(),
    "the status line": Slow(dripping=then(b"HTTP/1.1 200 O", b"K")),
    "the version": Slow(dripping=endless(b"H")),
    "half of the status line, then nothing": Slow(b"HTTP/1.1 20"),
    "a header's name": Slow(OK, endless(b"x")),
    "a header's value": Slow(OK + b"X-A: ", endless(b"y")),
    "header after header": Slow(OK, endless(b"X-A: b\r\n")),
    "a folded header": Slow(OK + b"X-A: b\r\n", endless(b" c\r\n")),
    "no end of the headers": Slow(OK + b"Content-Length: 2\r\n"),
    "100 Continue, slowly": Slow(dripping=endless(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "100 Continue, as fast as it goes": Slow(
        dripping=lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 50), pause=0
    ),
    "headers of a 100": Slow(b"HTTP/1.1 100 Continue\r\n", endless(b"X-A: b\r\n")),
    "a body of a length": Slow(LONG + b"\r\n", endless(b'"')),
    "a body to the end of the connection": Slow(OK + b"Connection: close\r\n\r\n", endless(b'"')),
    "a body of HTTP 1.0": Slow(b"HTTP/1.0 200 OK\r\n\r\n", endless(b'"')),
    "a body of a length, connection to be closed": Slow(LONG + b"Connection: close\r\n\r\n", endless(b'"')),
    "half of a body, then nothing": Slow(LONG + b'\r\n{"id": "x"'),
    "a compressed body": Slow(LONG + b"Content-Encoding: gzip\r\n\r\n", then(PACKED, b"x")),
    "a chunk's size": Slow(CHUNKED, endless(b"0")),
    "a chunk's extension": Slow(CHUNKED + b"5;", endless(b"a")),
    "a chunk": Slow(CHUNKED + b"ffff\r\n", endless(b'"')),
    "chunks of one byte": Slow(CHUNKED, endless(b"1\r\nx\r\n")),
    "no last chunk": Slow(CHUNKED + b"2\r\n{}\r\n"),
    "trailers": Slow(CHUNKED + b"2\r\n{}\r\n0\r\n", endless(b"X-A: b\r\n")),
    "chunks, connection to be closed": Slow(
        OK + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n", endless(b"1\r\nx\r\n")
    ),
    "the body of a refusal": Slow(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 99999\r\n\r\n", endless(b"x")),
    "the body of a fault": Slow(b"HTTP/1.1 503 Unavailable\r\nContent-Length: 99999\r\n\r\n", endless(b"x")),
    "the headers of a redirect": Slow(b"HTTP/1.1 302 Found\r\nLocation: http://", endless(b"x")),
    "the headers of no content": Slow(b"HTTP/1.1 204 No Content\r\n", endless(b"X-A: b\r\n")),
}
"""Answers to a request that has arrived."""

TUNNELS = {
    "nothing": Slow(),
    "the status line": Slow(dripping=then(b"HTTP/1.1 200 O", b"K")),
    "header after header": Slow(b"HTTP/1.1 200 OK\r\n", endless(b"X-A: b\r\n")),
    "a header's value": Slow(b"HTTP/1.1 200 OK\r\nX-A: ", endless(b"y")),
    "100 Continue": Slow(dripping=endless(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "a refusal's headers": Slow(b"HTTP/1.1 407 Proxy Authentication Required\r\n", endless(b"X-A: b\r\n")),
}
"""Answers of a proxy that was asked for a tunnel."""

HANDSHAKES = {
    "nothing": Slow(),
    "half of a record": Slow(b"\x16\x03\x03\x40\x00\x02"),
    "a record that drips": Slow(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc", endless(b"x")),
    "records that drip": Slow(dripping=endless(b"\x16\x03\x03\x00\x01\x02")),
}
"""Answers to the beginning of a TLS handshake."""


@contextmanager
def serving(slow: Slow, certificate: Path | None = None, behind: int | None = None) -> t.Iterator[int]:
    """A port at which each request is answered like this; over TLS if there is a certificate (its key beside it).

    behind: a port that answers all requests but POST.
    """
    stopping = threading.Event()
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, f"{certificate}.key")

    def answer(connection: socket.socket) -> None:
        with suppress(OSError, ValueError), connection:
            stream = context.wrap_socket(connection, server_side=True) if context else connection
            with stream:
                if behind:
                    relay(stream, behind)
                else:
                    stream.recv(65536)
                stream.sendall(slow.at_once)
                for piece in slow.dripping():
                    stream.sendall(piece)
                    if stopping.wait(slow.pause):
                        return
                stopping.wait()

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _address = listener.accept()
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)


def relay(stream: socket.socket, port: int) -> None:
    """Passes requests on, and their answers back, until a POST comes, or the end."""

    def answers(server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                stream.sendall(data)

    with socket.create_connection(("127.0.0.1", port)) as server:
        threading.Thread(target=answers, args=(server,), daemon=True).start()
        while not (data := stream.recv(65536)).startswith(b"POST"):
            if not data:
                raise ConnectionAbortedError
            server.sendall(data)
        server.shutdown(socket.SHUT_RDWR)


@contextmanager
def deaf() -> t.Iterator[int]:
    """A port at which nothing of a request is read."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
