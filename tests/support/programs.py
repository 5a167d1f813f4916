"""Runs the modules' programs against the simulator, without Ansible. sleep() advances the cloud's clock at once."""

from __future__ import annotations

import io
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from urllib3 import HTTPResponse

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import connect
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.pools import ConnectionPools
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.runtime import Runtime
from tests.simulator.handle import Handle, Simulator

DEFAULTS = {
    "state": "present",
    "wait": True,
    "wait_timeout": 600,
    "purge_tags": True,
    "purge_permissions": True,
    "recreate": False,
    "timeout": 5.0,
    "retries": 2,
    "token_cache": True,
}

PLAIN_FAULTS = ("answer", "not_json", "revoke")
"""The faults that end in a whole answer."""


@dataclass
class Request:
    """What Server.handle() reads of a request of aiohttp."""

    method: str
    raw_path: str
    headers: Any
    body: bytes

    async def read(self) -> bytes:
        return self.body


class DirectRoute:
    """A route of pools.py to a simulator in this process: a call instead of HTTP, if no fault breaks it."""

    def __init__(self, cloud: Cloud, server: str, route: Any) -> None:
        self.cloud, self.server, self.route = cloud, server, route

    def send(self, exchange: Any, method: str, url: str, body: bytes, headers: Any) -> Any:
        if not self.cloud.answers_directly(self.server):
            return self.route().send(exchange, method, url, body, headers)
        parts = urlsplit(url)
        request = Request(method, parts.path + (f"?{parts.query}" if parts.query else ""), headers, body)
        with self.cloud.lock:
            answer = finished(self.cloud.server.handle(self.server, request))
        return HTTPResponse(io.BytesIO(answer.body or b""), answer.headers, answer.status, preload_content=False)


class Pools(ConnectionPools):
    """Connections that stay open from one test to the next. direct: the simulators that are called, by address."""

    def __init__(self) -> None:
        super().__init__()
        self.direct: dict[str, tuple[Cloud, str]] = {}

    def route(self, url: str, verify: bool | str) -> Any:
        parts, make = urlsplit(url), super().route
        if parts.netloc in self.direct:
            return DirectRoute(*self.direct[parts.netloc], lambda: make(url, verify))
        return make(url, verify)


POOLS = Pools()


class Cloud(Simulator):
    """Makes control calls without HTTP, because tests make thousands of them.

    The clock advances only when a test advances it, so no result depends on the speed of the machine.
    direct: tasks send their requests without HTTP as well.
    """

    def __init__(self, *arguments: Any, direct: bool = False, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.direct, self.lock = direct, threading.Lock()
        self.began = time.time()
        clock = self.simulation.clock
        clock.now = lambda: self.began + clock.offset  # type: ignore[method-assign]

    def start(self) -> Simulator:
        super().start()
        if self.direct:
            addresses = {"api": self.api_url, "iam": self.iam_url}
            POOLS.direct.update({urlsplit(url).netloc: (self, name) for name, url in addresses.items()})
        return self

    def answers_directly(self, server: str) -> bool:
        """Whether nothing makes a request wait, or breaks its connection."""
        faults, latency = self.simulation.faults.ordered, self.simulation.settings.latency_ms
        is_plain = all(one.done or (one.kind in PLAIN_FAULTS and not one.seconds) for one in faults)
        return server in self.server.runners and is_plain and not latency

    def control(self, method: str, path: str, body: Any = None) -> Any:
        place, _mark, query = path.partition("?")
        raw = b"" if body is None else json.dumps(body).encode()
        response = self.carry_out(self.server.control.handle(method, "/_control" + place, query, raw))
        answer = json.loads(response.body)
        assert response.status == 200, f"control {method} {path}: {answer}"
        return answer

    def carry_out(self, call: Any) -> Any:
        """A control call in this thread, which waits for nothing."""
        return finished(call)

    def iam(self, up: bool) -> None:
        """Over HTTP: opening and closing a port takes time, and the server's own thread."""
        super().control("POST", "/iam", {"up": up})

    def reset(self, keep_tokens: bool = False, seed: int | None = None) -> None:
        """seed: fixes the IDs, and at what fraction of a second the clock starts; else both are by chance."""
        if "iam" not in self.server.runners:
            self.iam(True)
        self.began = time.time()
        super().reset(keep_tokens)
        if seed is not None:
            self.began = int(self.began) + random.Random(seed).random()
            self.simulation.cloud.chance.seed(seed)

    def start_second(self, ascending: bool) -> None:
        """The next objects are created in one second, the first two with IDs in this order."""
        clock, chance = self.simulation.clock, self.simulation.cloud.chance
        clock.offset += 1 - clock.now() % 1
        while True:
            before = chance.getstate()
            is_ascending = chance.getrandbits(128) < chance.getrandbits(128)
            if is_ascending == ascending:
                chance.setstate(before)
                return


def finished(call: Any) -> Any:
    """The result of a coroutine that waits for nothing."""
    try:
        while call.send(None) is None:
            pass  # a sleep of no time
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


class Task:
    """Runs programs as modules do, and stores their requests and messages."""

    def __init__(self, simulator: Handle, folder: Any) -> None:
        self.simulator = simulator
        self.folder = str(folder)
        self.now = 0.0
        self.pace = 0.0  # how many real seconds a second takes
        self.runtime: Any = None
        self.warnings: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.looks: dict[str, int] = {}  # the operations of network services, and how often each was sent
        self.performed: dict[Any, set[str]] = {}  # the operations of each program, of all APIs but IAM

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.simulator.advance(seconds)
        if self.pace:
            time.sleep(seconds * self.pace)

    def prepare(self, check: bool = False, account: str = "provider", **options: Any) -> dict[str, Any]:
        """The parameters of a module, and a runtime for them."""
        auth = {**self.simulator.account(account), "token_cache_dir": self.folder}
        parameters = {**DEFAULTS, **auth, **options}
        self.runtime = Runtime(self.session_for(parameters), check, clock=lambda: self.now, sleep=self.sleep)
        self.runtime.connect = lambda login: self.session_for({**DEFAULTS, "token_cache_dir": self.folder, **login})
        return parameters

    def session_for(self, parameters: Any) -> Any:
        return connect(parameters, environ={}, sleep=self.sleep, pools=POOLS)

    def __call__(self, program: Any, check: bool = False, account: str = "provider", **options: Any) -> Any:
        parameters = self.prepare(check, account, **options)
        runtime = self.runtime
        self.simulator.clear_log()
        try:
            return program(parameters, runtime)
        finally:
            self.warnings = runtime.warnings
            log = [entry for entry in self.simulator.log() if entry["service"] != "iam"]
            self.sent = [(entry["method"], entry["operation"]) for entry in log if entry["service"] == "vpcep"]
            self.looks = dict(Counter(entry["operation"] for entry in log if entry["service"] == "network"))
            self.performed.setdefault(program, set()).update(entry["operation"] for entry in log if entry["operation"])

    @property
    def writes(self) -> list[str]:
        """The operations of the last task that were not GETs."""
        return [operation for method, operation in self.sent if method != "GET"]
