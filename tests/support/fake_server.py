"""A small HTTP server whose answers a test defines, including faults."""

from __future__ import annotations

import dataclasses
import json
import socket
import struct
import threading
import time
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclasses.dataclass
class Seen:
    """A request as it arrived; headers by lower-case name."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> t.Any:
        return json.loads(self.body)


@dataclasses.dataclass
class Answer:
    """One answer. how: 'proper', 'reset' and 'close' (nothing is sent), 'cut' (half of the body), 'stall' (a pause
    of *seconds* before the answer), 'drip' (a pause after each byte)."""

    status: int = 200
    body: t.Any = dataclasses.field(default_factory=dict)
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    how: str = "proper"
    seconds: float = 0.0

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


class FakeServer:
    """Sends the answers of *script* in order, then those of react(request)."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.react: t.Callable[[Seen], Answer] = lambda seen: Answer()
        self.seen: list[Seen] = []
        self.connections = 0
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body are two packets; without this each answer takes 40 ms.
            disable_nagle_algorithm = True

            def setup(self) -> None:
                with outer.lock:
                    outer.connections += 1
                super().setup()

            def do_GET(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                seen = Seen(
                    self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)
                )
                with outer.lock:
                    outer.seen.append(seen)
                    answer = outer.script.pop(0) if outer.script else None
                outer.send(self, answer or outer.react(seen))

            do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

            def log_message(self, format: str, *args: t.Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *args: None  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.005,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        if answer.how in ("reset", "close"):
            if answer.how == "reset":
                handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            handler.close_connection = True
            handler.rfile.close()
            handler.connection.shutdown(socket.SHUT_WR) if answer.how == "close" else handler.connection.close()
            return
        if answer.how == "stall":
            self.stopping.wait(answer.seconds)
        content = answer.content
        handler.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **answer.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        if answer.how == "cut":
            content, handler.close_connection = content[: len(content) // 2], True
        if answer.how == "drip":
            for index in range(len(content)):
                handler.wfile.write(content[index : index + 1])
                handler.wfile.flush()
                time.sleep(answer.seconds)
            return
        handler.wfile.write(content)

    def __enter__(self) -> FakeServer:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.server.server_close()


def closed_port() -> int:
    """A port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
