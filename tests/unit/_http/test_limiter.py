"""Slowing down together: who is let through, and when."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.client import HttpClient
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.limiter import RateLimiter
from tests.support.fake_server import Answer, FakeServer


@pytest.fixture
def limiter() -> RateLimiter:
    return RateLimiter(8)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def waits(limiter: RateLimiter) -> bool:
    """Whether one more has to wait; it is let through before this returns only if it has not."""
    through = threading.Event()

    def go() -> None:
        with limiter.acquire():
            through.set()

    threading.Thread(target=go, daemon=True).start()
    return not through.wait(0.1)


def test_as_many_as_anybody_wants(limiter: RateLimiter, stack: ExitStack) -> None:
    for _number in range(7):
        stack.enter_context(limiter.acquire())
    assert not waits(limiter)


def test_nobody_passes_while_one_was_told_to_slow_down(limiter: RateLimiter) -> None:
    with limiter.back_off():
        assert waits(limiter)
    assert not waits(limiter)


def test_afterwards_half_as_many_go_at_once(limiter: RateLimiter, stack: ExitStack) -> None:
    for _number in range(5):
        stack.enter_context(limiter.acquire())
    with limiter.back_off(), limiter.back_off():
        pass
    assert limiter.limit == 3, "six were under way, and two refusals of the same moment count once"
    with limiter.back_off():
        pass
    assert limiter.limit == 1
    with limiter.back_off():
        pass
    assert limiter.limit == 1, "one always gets through"


def test_good_answers_let_more_through_again(limiter: RateLimiter) -> None:
    with limiter.back_off():
        pass
    limits = []
    for _answer in range(40):
        limiter.recover()
        limits.append(limiter.limit)
    assert limits[0] == 2 and limits[-1] == 8 and limits == sorted(limits)
    assert limits.index(8) > 20


@pytest.mark.slow
def test_one_refusal_holds_all_requests_of_a_transport(server: FakeServer) -> None:
    """Eight threads; the first request is refused for a while, and what others send waits for it."""
    refused = Answer(429, {"error_code": "APIGW.0308", "error_msg": "Throttled."}, {"Retry-After": "1"})
    server.script = [refused]
    transport = HttpClient()

    def send() -> None:
        transport.request("GET", server.url, operation="do it", kind="read")

    first = threading.Thread(target=send)
    first.start()
    while not server.seen:
        time.sleep(0.01)
    time.sleep(0.2)
    others = [threading.Thread(target=send) for _number in range(7)]
    for thread in others:
        thread.start()
    time.sleep(0.4)
    assert len(server.seen) == 1
    for thread in [first, *others]:
        thread.join()
    assert len(server.seen) == 9
