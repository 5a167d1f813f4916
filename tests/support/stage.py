"""Parallel runs against one cloud in virtual time. A seed decides the order of their requests.

The runs share nothing but the cloud, as on controllers of their own. Any of them can be killed at any of its requests.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.support.programs import Cloud, Task

PATIENCE = 60  # seconds of real time that a run may take to its next request


class Killed(BaseException):
    """The run's process was killed."""


class Kill:
    """At which request (from 1) a run is killed, and whether the cloud carries that request out."""

    def __init__(self, number: int, carried_out: bool) -> None:
        self.number, self.carried_out = number, carried_out


class Run(threading.Thread):
    """One run of a program. In the end it has a result, an error, or neither if it was killed."""

    def __init__(self, stage: Stage, program: Callable[..., Any], options: dict[str, Any], kill: Kill | None) -> None:
        super().__init__(daemon=True)
        self.stage, self.program, self.kill = stage, program, kill
        self.turn = threading.Semaphore(0)
        self.awake = stage.now
        self.over = False
        self.sent: list[tuple[str, str]] = []
        self.result: Any = None
        self.error: Exception | None = None
        self.task = Task(stage.cloud, stage.folder)
        self.parameters = self.task.prepare(**options)
        runtime = self.task.runtime
        runtime.clock, runtime.sleep = (lambda: self.stage.now), self.sleep
        self.send = runtime.session.request
        runtime.session.request = self.request

    def run(self) -> None:
        self.turn.acquire()
        try:
            self.result = self.program(self.parameters, self.task.runtime)
        except Killed:
            pass
        except Exception as error:
            self.error = error
        self.over = True
        self.stage.idle.release()

    def wait(self) -> None:
        self.stage.idle.release()
        self.turn.acquire()

    def sleep(self, seconds: float) -> None:
        self.awake = self.stage.now + seconds
        self.wait()

    def request(self, method: str, path: str, **more: Any) -> Any:
        self.wait()
        self.sent.append((method, path))
        dies = self.kill is not None and self.kill.number == len(self.sent)
        if self.kill and dies and not self.kill.carried_out:
            raise Killed
        answer = self.send(method, path, **more)
        if dies:
            raise Killed
        self.awake = self.stage.now + self.stage.latency * self.stage.order.random()
        self.wait()
        return answer


class Stage:
    """A cloud and its runs. latency: seconds that a request takes at most."""

    def __init__(self, cloud: Cloud, folder: Path, seed: int = 0, latency: float = 0.2) -> None:
        self.cloud, self.folder, self.latency = cloud, folder, latency
        self.order = random.Random(seed)
        self.now = 0.0
        self.idle = threading.Semaphore(0)
        self.runs: list[Run] = []

    def enter(self, program: Callable[..., Any], options: dict[str, Any], kill: Kill | None = None) -> Run:
        run = Run(self, program, options, kill)
        self.runs.append(run)
        run.start()
        return run

    def play(self) -> None:
        """Runs all until they end."""
        while going := [run for run in self.runs if not run.over]:
            ready = [run for run in going if run.awake <= self.now]
            if ready:
                self.order.choice(ready).turn.release()
                assert self.idle.acquire(timeout=PATIENCE), "a run does not go on"
            else:
                moment = min(run.awake for run in going)
                self.cloud.advance(moment - self.now)
                self.now = moment
