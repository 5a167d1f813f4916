"""A clock for tests of waits, so that no test depends on the speed of the machine."""

from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.retry import Deadline


class SleepClock:
    """The parts of a Runtime that waits use. Time advances in sleep(), and by *answering* seconds with each request.

    start: the first time; timeout: seconds until the deadline.
    """

    def __init__(self, start: float, timeout: float, answering: float = 0.0) -> None:
        self.start = self.now = start
        self.answering = answering
        self.deadline = Deadline(timeout, self.clock)
        self.told: list[tuple[Any, ...]] = []
        self.notify: Any = lambda *words: self.told.append(words)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    @property
    def passed(self) -> float:
        return self.now - self.start
