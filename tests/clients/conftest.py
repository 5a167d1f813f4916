"""Simulators for the client tests: one per profile and session, reset for each test."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.huawei import signing, with_token
from tests.clients.otc import connect
from tests.simulator import Simulator


def fresh(simulator: Simulator) -> Iterator[Simulator]:
    simulator.reset()
    yield simulator
    assert simulator.defects() == []


@pytest.fixture(scope="session")
def running_otc() -> Iterator[Simulator]:
    with Simulator("otc") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def running_huawei() -> Iterator[Simulator]:
    with Simulator("huawei") as simulator:
        yield simulator


@pytest.fixture
def otc(running_otc: Simulator) -> Iterator[Simulator]:
    yield from fresh(running_otc)


@pytest.fixture
def huawei(running_huawei: Simulator) -> Iterator[Simulator]:
    yield from fresh(running_huawei)


@pytest.fixture(params=[signing, with_token], ids=["aksk", "token"])
def client(request: pytest.FixtureRequest, huawei: Simulator) -> Any:
    return request.param(huawei)


@pytest.fixture
def vpcep(otc: Simulator) -> Any:
    return connect(otc)
