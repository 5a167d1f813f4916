"""Checks of the simulator, in virtual time. A test can change answers, and end the run at any request."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._auth.session import encoded
from ansible_collections.crossvpc.vpcep.plugins.module_utils._check.check import Check, check_cloud
from tests.support.fixtures import quick_hash
from tests.support.programs import Cloud, Task
from tests.support.resource_fixtures import task

__all__ = ["quick_hash", "task"]


def only_create(options: Any, runtime: Any) -> Any:
    """The part of a check that creates, alone."""
    check = Check(options, runtime)
    check.create()
    return check.result()


class Killed(BaseException):
    """The process was killed: it sends nothing more."""


class Checker:
    """Runs checks. around: called in place of each request with the real sender, method, path and the rest."""

    def __init__(self, task: Task, simulator: Any) -> None:
        self.task, self.simulator = task, simulator
        first = simulator.spare("provider")[0]
        self.network = {name: first[name] for name in ("vpc_id", "subnet_id", "port_id")}
        self.around: Callable[..., Any] | None = None
        self.requests = 0
        self.session: Any = None  # of the last request
        prepare = task.prepare

        def prepared(*arguments: Any, **options: Any) -> Any:
            parameters = prepare(*arguments, **options)
            runtime = task.runtime
            self.watch(runtime.session)
            connect = runtime.connect
            runtime.connect = lambda login: self.watch(connect(login))
            return parameters

        task.prepare = prepared  # type: ignore[method-assign]

    def watch(self, session: Any) -> Any:
        """Counts a session's requests, and passes them to *around*."""
        real = session.request

        def request(method: str, path: Any, **more: Any) -> Any:
            self.requests += 1
            self.session = session
            if not self.around:
                return real(method, path, **more)

            def send(method: str, _shown: str, **more: Any) -> Any:
                return real(method, path, **more)

            return self.around(send, method, encoded(path) if path else "", **more)

        session.request = request
        return session

    def __call__(self, check: bool = False, program: Any = check_cloud, **options: Any) -> Any:
        self.requests = 0
        return self.task(program, check=check, **{"create": True, "timeout": 60.0, **self.network, **options})

    def observed(self, **options: Any) -> dict[str, str]:
        """The observed reading of each assumption."""
        return {row["id"]: row["observed"] for row in self(**options)["report"]["assumptions"]}

    def killed_at(self, number: int) -> bool:
        """Runs the creating part, killed before it gets the answer to a request. Returns whether it came to that."""

        def die(real: Any, method: str, path: str, **more: Any) -> Any:
            if self.requests == number:
                real(method, path, **more)
            if self.requests >= number:
                raise Killed
            return real(method, path, **more)

        self.around = die
        try:
            self(program=only_create)
        except Killed:
            return True
        finally:
            self.around = None
        return False


@pytest.fixture(scope="session")
def cloud() -> Iterator[Any]:
    """One cloud only."""
    with Cloud(profile="otc", delay=3, direct=True) as simulator:
        yield simulator
        assert simulator.defects() == []


@pytest.fixture
def checker(task: Task, cloud: Any) -> Checker:
    return Checker(task, cloud)
