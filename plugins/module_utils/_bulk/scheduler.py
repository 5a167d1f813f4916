"""Runs many flows (see waiting.py) in parallel, and polls for all that wait with one list."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, cast

from .._core.errors import VpcepError, WaitTimeout
from .._core.parallel import run_parallel
from .._core.types import Object
from .._resources import waiting as waits
from .._resources.runtime import Runtime

PAUSE_PER_LOOK = 2.0  # minimum length of a pause, as a multiple of the duration of the last poll


class Task:
    """One flow. It is running, waiting, or at its end with a report or an error."""

    def __init__(self, flow: waits.Flow[Object] | VpcepError) -> None:
        """An error instead of a flow is a task that ended before it began."""
        self.error = flow if isinstance(flow, VpcepError) else None
        self.report: Object | None = None
        self.changes = 0  # that the cloud has carried out for it
        self.wait: waits.Wait | None = None
        self.since = 0.0  # when the wait began
        self.status = ""  # the last observed status
        self.object_id: str | None = None  # the last endpoint that it waited for
        self._flow: Any = flow
        self._outcome: Object | VpcepError | None = None  # of the wait

    @property
    def ended(self) -> bool:
        return self.report is not None or self.error is not None

    @property
    def ready(self) -> bool:
        """Whether the wait is over, so the flow can continue."""
        return self._outcome is not None

    @property
    def goal(self) -> waits.Wait:
        """The wait of a task that waits."""
        return cast(waits.Wait, self.wait)

    def advance(self, now: float) -> None:
        """Runs the flow to its next wait, or to its end."""
        outcome, self.wait, self._outcome = self._outcome, None, None
        try:
            # The first call has no outcome of a wait.
            failed = isinstance(outcome, VpcepError)
            self.wait = wait = self._flow.throw(outcome) if failed else self._flow.send(outcome)
            self.since = now
            self.object_id = wait.object_id if wait.is_listed else self.object_id
        except StopIteration as end:
            self.report = end.value
        except VpcepError as error:
            self.error = error

    def see(self, found: Object | None) -> None:
        """Checks the wait with the object as it was read; None if it does not exist."""
        self.status = waits.status_of(found)
        try:
            if self.goal.over(found):
                self._outcome = self.goal.outcome(found)
        except VpcepError as error:
            self._outcome = error

    def look(self) -> None:
        """Polls for this task alone: reads its object."""
        try:
            self.see(waits.read_or_none(self.goal.read))
        except VpcepError as error:
            self.give_up(error)

    def give_up(self, error: VpcepError) -> None:
        self._outcome = error

    def skip(self) -> None:
        """Ends a task that has not begun, because the task's time is over."""
        text = f"The time ended before this endpoint was started: run the task again, or raise {waits.WAIT_OPTION}."
        self.error = WaitTimeout(text, what="this endpoint", status="not begun", seconds=0.0)

    def time_out(self, now: float) -> None:
        self.give_up(waits.timed_out(f"{self.goal.noun} {self.goal.object_id}", self.status, now - self.since))


class Scheduler:
    """Runs tasks to their ends.

    list_all: reads all objects, by ID in lower case; pages: requests for that; workers: parallel requests.
    """

    def __init__(
        self,
        runtime: Runtime,
        tasks: Sequence[Task],
        list_all: Callable[[], dict[str, Object]],
        pages: int,
        workers: int,
    ) -> None:
        self.runtime = runtime
        self.tasks = [task for task in tasks if not task.ended]
        self.list_all = list_all
        self.pages = pages
        self.workers = workers
        self.begun = runtime.clock()
        self.done = 0
        self.lock = threading.Lock()
        self.pause = waits.FIRST_INTERVAL
        self.last_look = 0.0  # seconds that it took

    def run(self) -> None:
        ready = self.tasks
        while ready:
            run_parallel(ready, self.advance, self.runtime.interrupt, self.workers)
            waiting = [task for task in self.tasks if task.wait is not None]
            anew = any(task.wait is not None for task in ready)
            ready = self.wait(waiting, anew) if waiting else []

    def advance(self, task: Task) -> None:
        thread, changes = threading.get_ident(), self.runtime.session.changes
        before = changes[thread]
        if self.runtime.deadline.left() > 0 or task.ready:
            task.advance(self.runtime.clock())
        else:
            task.skip()
        task.changes += changes[thread] - before
        if task.ended:
            with self.lock:
                self.done += 1
        self.tell()

    def wait(self, waiting: list[Task], anew: bool) -> list[Task]:
        """Polls until some of *waiting* are ready, and returns these. anew: some have not been polled yet."""
        if anew:
            self.pause = waits.FIRST_INTERVAL
        else:
            self.rest(waiting)
        while True:
            self.look([task for task in waiting if not task.ready])
            ready = [task for task in waiting if task.ready]
            if ready:
                return ready
            self.rest(waiting)
            self.pause = min(self.pause * waits.GROWTH, waits.LONGEST_INTERVAL)  # pauses grow while no wait ends

    def rest(self, waiting: list[Task]) -> None:
        """Pauses. If the time left is too short, ends all waits with a timeout."""
        self.tell()
        seconds = max(PAUSE_PER_LOOK * self.last_look, *(task.goal.pause(self.pause) for task in waiting))
        if self.runtime.deadline.left() > seconds:
            self.runtime.sleep(seconds)
            return
        for task in waiting:
            task.time_out(self.runtime.clock())

    def look(self, waiting: list[Task]) -> None:
        """Polls for all waiting tasks: by one listing, or one by one if that needs fewer requests."""
        began = self.runtime.clock()
        listed = [task for task in waiting if task.goal.is_listed]
        alone = [task for task in waiting if not task.goal.is_listed]
        if len(listed) <= self.pages:
            alone += listed
        else:
            try:
                alone += self.look_at_all(listed)
            except VpcepError as error:
                for task in listed:
                    if self.runtime.deadline.left() > 0:
                        task.give_up(error)
                    else:
                        task.time_out(self.runtime.clock())
        run_parallel(alone, lambda task: task.look(), self.runtime.interrupt, self.workers)
        self.last_look = self.runtime.clock() - began

    def look_at_all(self, waiting: list[Task]) -> list[Task]:
        """Polls by one listing. Returns the tasks whose object is missing there, because lists may be late."""
        seen = self.list_all()
        missing = []
        for task in waiting:
            found = seen.get(task.goal.object_id.lower())
            if found is None and not isinstance(task.wait, waits.Gone):
                missing.append(task)
            else:
                task.see(found)
        return missing

    def tell(self) -> None:
        if not self.runtime.notify:
            return
        done, everything, seconds = self.done, len(self.tasks), self.runtime.clock() - self.begun
        self.runtime.notify(f"{everything} endpoints", f"{done} of {everything} are done", seconds)
