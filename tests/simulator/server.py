"""The two listeners of a simulated cloud: VPCEP with the network and control calls, and IAM."""

import asyncio
import contextlib
import json
import logging
import socket
import struct
import time
import traceback
from email.utils import formatdate
from typing import Any

from aiohttp import web

from .control_network import NetworkControl
from .errors import ApiError, IamError
from .faults import Fault
from .simulation import Answer, Exchange, Simulation

HOST = "127.0.0.1"
# aiohttp logs what it cannot parse, also tokens. Errors of the simulator itself become defects.
SILENCE = logging.getLogger(__name__)
SILENCE.addHandler(logging.NullHandler())
SILENCE.propagate = False
# A token may have 32 KiB, and one request may carry two.
LARGEST_HEADER = 65536
LARGEST_BODY = 12 * 2**20
RESET = struct.pack("ii", 1, 0)


class Server:
    """Serves a simulation on loopback; port 0 takes a free one. All of it runs in one event loop."""

    def __init__(self, simulation: Simulation, port: int = 0, iam_port: int = 0) -> None:
        self.simulation = simulation
        self.ports = {"api": port, "iam": iam_port}
        self.runners: dict[str, web.ServerRunner] = {}
        self.control = NetworkControl(self)

    async def start(self) -> None:
        await self.listen("api")
        await self.listen("iam")
        self.simulation.api_url = f"http://{HOST}:{self.ports['api']}"
        self.simulation.iam_url = f"http://{HOST}:{self.ports['iam']}/v3"

    async def stop(self) -> None:
        for name in list(self.runners):
            await self.hang_up(name)

    async def listen(self, name: str) -> None:
        """Open a listener; does nothing when it is open."""
        if name in self.runners:
            return

        async def handler(request: web.BaseRequest) -> web.StreamResponse:
            return await self.handle(name, request)

        sizes: dict[str, Any] = {"max_line_size": LARGEST_HEADER, "max_field_size": LARGEST_HEADER}
        runner = web.ServerRunner(web.Server(handler, access_log=None, logger=SILENCE, **sizes), shutdown_timeout=0.2)
        await runner.setup()
        site = web.TCPSite(runner, HOST, self.ports[name], reuse_address=True)
        await site.start()
        self.ports[name] = runner.addresses[0][1]
        self.runners[name] = runner

    async def hang_up(self, name: str) -> None:
        """Close a listener and its connections: callers get connection refused."""
        runner = self.runners.pop(name, None)
        if runner is not None:
            await runner.cleanup()

    async def handle(self, name: str, request: web.BaseRequest) -> web.StreamResponse:
        request._client_max_size = LARGEST_BODY
        raw = await request.read()
        path, _unused, query = request.raw_path.partition("?")
        if name == "api" and path.startswith("/_control"):
            return await self.control.handle(request.method, path, query, raw)
        headers = {key.lower(): value for key, value in request.headers.items()}
        exchange = Exchange(name, request.method, path, query, headers, raw)
        try:
            return await self.serve(exchange, request)
        except Exception:
            self.simulation.defect(exchange, traceback.format_exc(limit=-8))
            answer = self.simulation.broken(exchange)
            return respond(exchange, answer.status, dump(answer), {})

    async def serve(self, exchange: Exchange, request: web.BaseRequest) -> web.StreamResponse:
        started = time.perf_counter()
        simulation = self.simulation
        simulation.receive(exchange)
        entry = self.enter(exchange)
        operation = exchange.operation.id if exchange.operation else None
        account = exchange.account.name if exchange.account else None
        services = (exchange.service, exchange.api)
        fault = simulation.faults.pick(services, exchange.method, exchange.path, operation, account)
        if simulation.settings.latency_ms:
            await asyncio.sleep(simulation.settings.latency_ms / 1000)
        if fault is None:
            answer = simulation.answer(exchange)
            if answer.status < 300:
                answer.headers["Date"] = formatdate(simulation.clock.now(), usegmt=True)
            response: web.StreamResponse | None = respond(exchange, answer.status, dump(answer), answer.headers)
        else:
            entry["fault"] = fault.kind
            response = await self.spoil(exchange, fault, request)
        entry["status"] = response.status if response is not None else None
        entry["ms"] = round((time.perf_counter() - started) * 1000, 2)
        entry["note"] = exchange.note
        entry.update(whose(exchange))
        return response if response is not None else web.Response(status=500)

    def enter(self, exchange: Exchange) -> dict[str, Any]:
        journal = self.simulation.journal
        try:
            body = journal.clean(exchange.json()) if exchange.raw else None
        except (ValueError, RecursionError):
            body = f"{len(exchange.raw)} bytes that are no JSON, or odd JSON"
        return journal.open(
            service=exchange.service,
            api=exchange.api,
            method=exchange.method,
            path=journal.clean_path(exchange.path),
            query=journal.clean(logged(exchange)) if exchange.query else {},
            operation=exchange.operation.id if exchange.operation else None,
            **whose(exchange),
            request_id=exchange.request_id,
            fault=None,
            body=body,
        )

    # Faults

    async def spoil(self, exchange: Exchange, fault: Fault, request: web.BaseRequest) -> web.StreamResponse | None:
        """The answer of a fault, or None if the connection was closed."""
        simulation = self.simulation
        if fault.kind == "revoke" and exchange.token is not None:
            simulation.identity.revoke(exchange.token)
            exchange.token = None
        if not fault.carried_out:
            await asyncio.sleep(fault.seconds)
        answer = simulation.answer(exchange) if fault.carries_out else None
        if fault.carried_out:
            await asyncio.sleep(fault.seconds)
        if fault.kind in ("reset", "close"):
            drop(request, reset=fault.kind == "reset")
            return None
        if fault.kind == "answer":
            return ordered_answer(exchange, fault)
        assert answer is not None
        if fault.kind == "truncate":
            return await truncated(exchange, answer, request)
        body = b"this is not JSON {" if fault.kind == "not_json" else dump(answer)
        return respond(exchange, answer.status, body, {**answer.headers, **fault.headers})


def whose(exchange: Exchange) -> dict[str, Any]:
    account, project = exchange.account, exchange.project
    return {"account": account.name if account else None, "project": project.id if project else None}


def dump(answer: Answer) -> bytes:
    return b"" if answer.body is None else json.dumps(answer.body, ensure_ascii=False).encode()


def logged(exchange: Exchange) -> dict[str, Any]:
    """The query for the log: a list only where a parameter was repeated."""
    return {name: values if len(values) > 1 else values[0] for name, values in exchange.query_values().items()}


def respond(
    exchange: Exchange, status: int, body: bytes, headers: dict[str, str], content_type: str = "application/json"
) -> web.Response:
    headers = {"X-Request-Id": exchange.request_id, **headers}
    if body:
        headers = {"Content-Type": content_type, **headers}
    return web.Response(status=status, body=body or None, headers=headers)


def ordered_answer(exchange: Exchange, fault: Fault) -> web.Response:
    """The answer that the fault defines; a status alone has an empty body."""
    status, body = fault.status or 500, {}
    if fault.code is not None:
        try:
            error = IamError(fault.code) if exchange.server == "iam" else ApiError(fault.code)
            status, body = fault.status or error.status, error.body(exchange.request_id)
        except KeyError:
            body = {"error_code": fault.code, "error_msg": ""}
        if fault.message is not None and "error" in body:
            body["error"]["message"] = fault.message
        elif fault.message is not None:
            body["error_msg"] = fault.message
    raw = fault.body.encode() if fault.body is not None else (json.dumps(body).encode() if body else b"")
    return respond(exchange, status, raw, fault.headers, fault.content_type)


def drop(request: web.BaseRequest, reset: bool) -> None:
    transport = request.transport
    if transport is None:
        return
    if reset:
        # Without lingering, closing sends RST instead of FIN.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        transport.abort()
    else:
        transport.close()


async def truncated(exchange: Exchange, answer: Answer, request: web.BaseRequest) -> web.StreamResponse:
    """The first half of the answer under the length of the whole."""
    body = dump(answer)
    headers = {"X-Request-Id": exchange.request_id, "Content-Type": "application/json", **answer.headers}
    response = web.StreamResponse(status=answer.status, headers={**headers, "Content-Length": str(len(body))})
    # The client may have given up by now.
    with contextlib.suppress(ConnectionError):
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
    drop(request, reset=False)
    return response
