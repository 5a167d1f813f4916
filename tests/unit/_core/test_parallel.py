"""Calls for many objects: all are made, so many at once, and no failure stops the others."""

import signal
import threading
import time

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core import parallel as pool
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import InputError, VpcepError
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.parallel import WORKERS


def no_requests() -> None:
    """There are no requests to end."""


@pytest.mark.parametrize("number", [0, 1, 2, 50])
def test_each_is_called_once_and_failures_are_returned(number: int) -> None:
    called: list[int] = []

    def call(item: int) -> None:
        called.append(item)
        if item % 2:
            raise InputError(f"not {item}")

    failed = pool.run_parallel(iter(range(number)), call, no_requests)
    assert sorted(called) == list(range(number))
    assert {item: str(error) for item, error in failed.items()} == {i: f"not {i}" for i in range(number) if i % 2}


@pytest.mark.parametrize("workers", [2, WORKERS])
def test_so_many_at_once_and_no_more(workers: int) -> None:
    together = threading.Barrier(workers, timeout=10)  # breaks unless so many wait at the same time
    lock, busy = threading.Lock(), [0, 0]  # now, and the most so far

    def call(item: int) -> None:
        with lock:
            busy[0] += 1
            busy[1] = max(busy)
        together.wait()
        with lock:
            busy[0] -= 1

    assert pool.run_parallel(range(3 * workers), call, no_requests, workers) == {}
    assert busy == [0, workers]


def test_one_alone_needs_no_thread() -> None:
    seen: list[int] = []
    pool.run_parallel(["a"], lambda item: seen.append(threading.get_ident()), no_requests)
    assert seen == [threading.get_ident()]


@pytest.mark.parametrize("items", ["a", "abc"])
def test_a_mistake_of_ours_is_no_failure_of_one_object(items: str) -> None:
    def call(item: str) -> None:
        raise KeyError(item)

    with pytest.raises(KeyError):
        pool.run_parallel(items, call, no_requests)


def test_the_errors_keep_their_kind() -> None:
    class Special(VpcepError):
        pass

    def call(item: str) -> None:
        raise Special(item)

    assert {type(error) for error in pool.run_parallel("abc", call, no_requests).values()} == {Special}


def test_a_mistake_that_looks_like_the_end_of_a_list_is_raised_too() -> None:
    def call(item: int) -> None:
        raise IndexError(item)

    with pytest.raises(IndexError):
        pool.run_parallel([1, 2, 3], call, no_requests)


def test_an_interruption_begins_nothing_more() -> None:
    """As a task's timeout, which is raised wherever the main thread is; here in the first call."""
    begun: list[int] = []
    first, others = threading.Event(), threading.Event()

    def call(item: int) -> None:
        begun.append(item)
        if item == 0:
            others.wait(10)
            raise KeyboardInterrupt
        first.wait(0.05)
        others.set()

    told: list[bool] = []
    with pytest.raises(KeyboardInterrupt):
        pool.run_parallel(range(1000), call, lambda: told.append(True), 2)
    assert len(begun) < 100 and told == [True]


def test_an_interruption_does_not_wait_for_a_call_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a search for a host's name, which nothing can cut short."""
    monkeypatch.setattr(pool, "SHUTDOWN_GRACE", 0.1)

    def interrupt(*_signal: object) -> None:
        raise KeyboardInterrupt

    hanging = threading.Event()
    before = signal.signal(signal.SIGALRM, interrupt)
    began = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            pool.run_parallel(range(4), lambda item: hanging.wait(20), no_requests, 4)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - began < pool.SHUTDOWN_GRACE + 10
    hanging.set()
