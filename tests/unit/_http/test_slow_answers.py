"""No request goes on without an end: its timeout bounds the whole attempt, and an interruption ends it at once."""

import os
import socket
import threading
import time
from contextlib import closing

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    ConnectionFailed,
    OutcomeUnknown,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.exchange import Exchange
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.pools import ConnectionPools
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.retry import Deadline
from tests.support.slow_server import ANSWERS, HANDSHAKES, TUNNELS, Slow, deaf, serving

TIMEOUT = 0.25
LONGER = (1.0, 4.0)  # of more tries, when a busy machine did not send within the timeout
ENOUGH = 1.5  # for requests that have to succeed
SLACK = 10  # seconds that a busy machine may need
SLOW = "answers that come too slowly"
KINDS = {"read": "GET", "create": "POST"}

pytestmark = pytest.mark.slow  # most of them wait for a timeout


def ask(port, kind, transport=None, scheme="http", timeout=TIMEOUT, json=None, **options):
    """The error of a request, and how long it took."""
    transport = transport or HttpClient(timeout, retries=0, verify=False)
    body = json if json is not None else {"a": 1} if kind == "create" else None
    url = f"{scheme}://127.0.0.1:{port}/v1/p/things"
    began = time.monotonic()
    with pytest.raises(ApiError) as caught:
        transport.request(KINDS[kind], url, operation="do it", kind=kind, json=body, **options)
    return caught.value, time.monotonic() - began


def create(port, **options):
    """The error of a creation that was sent, and how much longer than its timeout it took."""
    for timeout in (TIMEOUT, *LONGER):
        error, seconds = ask(port, "create", timeout=timeout, **options)
        if isinstance(error, OutcomeUnknown):
            break
    return error, seconds - timeout


def interrupted(port, scheme="http"):
    """How long a request lasts after its task was interrupted."""
    transport = HttpClient(30, retries=5, verify=False)
    ends = []
    work = threading.Thread(target=lambda: ends.append((ask(port, "read", transport, scheme)[0], time.monotonic())))
    work.start()
    time.sleep(0.15)
    began = time.monotonic()
    transport.interrupt()
    work.join(2 * SLACK)
    assert ends, "it goes on"
    error, end = ends[0]
    assert "interrupted" in str(error)
    return end - began


@pytest.fixture
def through_proxy(monkeypatch):
    """Sends everything through a proxy at a port of this machine."""

    def through(port):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)

    return through


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", ANSWERS.values(), ids=ANSWERS)
def test_an_answer_that_drips_ends_at_the_timeout(slow):
    with serving(slow) as port:
        error, seconds = ask(port, "read")
    assert seconds < TIMEOUT + SLACK
    assert isinstance(error, ConnectionFailed)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", ANSWERS.values(), ids=ANSWERS)
def test_the_outcome_of_a_creation_is_unknown_when_its_answer_drips(slow):
    with serving(slow) as port:
        error, late = create(port)
    assert late < SLACK
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("name", ["the status line", "header after header", "a chunk's size", "trailers"])
def test_an_answer_that_drips_over_tls_ends_at_the_timeout(tls_files, name):
    with serving(ANSWERS[name], tls_files) as port:
        error, late = create(port, scheme="https")
    assert late < SLACK
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", TUNNELS.values(), ids=TUNNELS)
def test_a_proxy_that_drips_ends_at_the_timeout_and_nothing_was_created(through_proxy, slow):
    with serving(slow) as port:
        through_proxy(port)
        error, seconds = ask(port, "create", scheme="https")
    assert seconds < TIMEOUT + SLACK
    assert isinstance(error, ConnectionFailed)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", HANDSHAKES.values(), ids=HANDSHAKES)
def test_a_tls_handshake_that_drips_ends_at_the_timeout_and_nothing_was_created(slow):
    with serving(slow) as port:
        error, seconds = ask(port, "create", scheme="https")
    assert seconds < TIMEOUT + SLACK
    assert isinstance(error, ConnectionFailed)


@pytest.mark.fault_injection(SLOW)
def test_a_server_that_reads_nothing_ends_at_the_timeout():
    with deaf() as port:
        error, late = create(port, json={"a": "x" * 20_000_000})
    assert late < SLACK
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", ANSWERS.values(), ids=ANSWERS)
def test_an_interruption_ends_a_request_that_drips(slow):
    with serving(slow) as port:
        assert interrupted(port) < SLACK


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("slow", HANDSHAKES.values(), ids=HANDSHAKES)
def test_an_interruption_ends_a_handshake_that_drips(slow):
    with serving(slow) as port:
        assert interrupted(port, "https") < SLACK


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("name", [name for name in TUNNELS if "refusal" not in name])
def test_an_interruption_ends_a_proxy_that_drips(through_proxy, name):
    with serving(TUNNELS[name]) as port:
        through_proxy(port)
        assert interrupted(port, "https") < SLACK


@pytest.fixture
def slow_name(monkeypatch):
    """Looking up a host's name takes longer than any test."""
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_host, **_more: over.wait(3 * SLACK) and [])
    yield
    over.set()


@pytest.fixture
def full_port(monkeypatch):
    """A port that answers no connection any more, under a host's name with twenty addresses."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listener:
        port = listener.getsockname()[1]
        addresses = socket.getaddrinfo("127.0.0.1", port, 0, socket.SOCK_STREAM)
        callers = [socket.socket() for _caller in range(3)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(("127.0.0.1", port))
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_host, **_more: 20 * addresses)
        yield port
        for caller in callers:
            caller.close()


@pytest.mark.fault_injection(SLOW)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("slow_name")
def test_a_slow_search_for_a_name_ends_at_the_timeout_and_nothing_was_created(scheme):
    error, seconds = ask(9, "create", scheme=scheme)
    assert seconds < TIMEOUT + SLACK
    assert isinstance(error, ConnectionFailed) and "could not be reached in time" in str(error)


@pytest.mark.fault_injection(SLOW)
@pytest.mark.usefixtures("slow_name")
def test_an_interruption_ends_a_slow_search_for_a_name():
    assert interrupted(9) < SLACK


@pytest.mark.fault_injection(SLOW)
def test_several_addresses_that_do_not_answer_share_the_timeout(full_port):
    error, seconds = ask(full_port, "create", timeout=0.8)
    assert seconds < 0.8 + SLACK
    assert isinstance(error, ConnectionFailed)


def test_nothing_is_sent_after_an_interruption(server):
    transport = HttpClient(1, retries=5)
    transport.interrupt()
    error, _seconds = ask(server.server.server_port, "create", transport)
    assert isinstance(error, ConnectionFailed) and "interrupted" in str(error)
    assert server.seen == []


def test_the_deadline_of_the_task_shortens_the_timeout_to_a_second():
    with serving(ANSWERS["header after header"]) as port:
        error, seconds = ask(port, "read", timeout=30, deadline=Deadline(0.05))
    assert seconds < 1 + SLACK
    assert "after 1 seconds" in str(error)


def test_a_connection_that_was_used_before_is_cut_off_as_well(server):
    """The second request goes over the first one's connection."""
    port = server.server.server_port
    transport = HttpClient(ENOUGH, retries=0)
    transport.request("GET", f"{server.url}/v1", operation="do it", kind="read")
    server.send = lambda handler, answer: [
        handler.wfile.write(b"H") and time.sleep(0.02) for _piece in range(1000) if not server.stopping.is_set()
    ]
    error, seconds = ask(port, "read", transport)
    assert seconds < ENOUGH + SLACK and "not complete" in str(error)
    assert server.connections == 1


def test_what_is_shut_down_is_not_used_again(server):
    with serving(Slow()) as port:
        transport = HttpClient(ENOUGH, retries=0)
        ask(port, "read", transport)
    for _request in range(3):
        assert transport.request("GET", f"{server.url}/v1", operation="do it", kind="read").status == 200
    assert server.connections == 1


def test_a_timer_that_expires_after_the_last_byte_shuts_nothing_down(server):
    """The connection may be in the pool by then, or in use."""
    url = f"{server.url}/v1"
    route = ConnectionPools().route(url, True)
    first, second = Exchange(60), Exchange(60)
    route.send(first, "GET", url, b"", {}).read()
    answer = route.send(second, "GET", url, b"", {})
    first.cut_off()
    answer.read()
    assert second.end()
    second.cut_off()
    assert not first.is_cut_off and not second.is_cut_off
    route.send(Exchange(60), "GET", url, b"", {}).read()
    assert server.connections == 1


def test_a_connection_that_is_shut_down_when_it_is_taken(server):
    """Nothing of the request was sent, so it can be repeated."""

    class Late(Exchange):
        def end(self):
            self.cut_off()
            return super().end()

    url = f"{server.url}/v1"
    route = ConnectionPools().route(url, True)
    route.send(Late(60), "GET", url, b"", {}).read()
    second, third = Exchange(60), Exchange(60)
    with pytest.raises(OSError):
        route.send(second, "GET", url, b"", {})
    assert second.unsent
    assert route.send(third, "GET", url, b"", {}).status == 200


def test_a_connection_that_was_closed_at_a_deadline_is_opened_anew(server):
    url = f"{server.url}/v1"
    route = ConnectionPools().route(url, True)
    first = Exchange(60)
    answer = route.send(first, "GET", url, b"", {})
    first.cut_off()
    answer.close()
    answer.release_conn()
    route.send(Exchange(60), "GET", url, b"", {}).read()
    assert server.connections == 2


def test_an_exchange_leaves_no_open_file(server):
    transport = HttpClient(5)

    def files():
        transport.request("GET", f"{server.url}/v1", operation="do it", kind="read")
        return len(os.listdir("/proc/self/fd"))

    before = files()
    for _request in range(20):
        now = files()
    assert now < before + 10


def test_the_thread_that_watches_an_exchange_ends_with_it(server):
    transport = HttpClient(30)
    before = threading.enumerate()
    transport.request("GET", f"{server.url}/v1", operation="do it", kind="read")
    end = time.monotonic() + SLACK
    while any(isinstance(thread, threading.Timer) for thread in threading.enumerate() if thread not in before):
        assert time.monotonic() < end
        time.sleep(0.02)


def test_an_interruption_stays_the_reason_after_the_time_is_over():
    exchange = Exchange(60)
    exchange.cut_off(interrupted=True)
    exchange.cut_off()
    assert exchange.failure().cause == "interrupted"
