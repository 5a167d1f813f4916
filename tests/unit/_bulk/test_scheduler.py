"""Many flows at once, on a clock that advances only in sleep(): which requests are sent, and when."""

import threading
from collections import Counter
from collections.abc import Callable
from itertools import accumulate, islice
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._bulk.scheduler import Scheduler, Task
from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    NotFound,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.waiting import (
    Flow,
    Gone,
    Settled,
    Wait,
    intervals,
)
from tests.support.clocks import SleepClock

LOOKS = [0.0, *accumulate(islice(intervals(), 60))]
"""The seconds at which objects are read, if answers take no time."""


class Alone(Settled):
    """A wait for an object that no list shows."""

    is_listed = False


class Cloud(SleepClock):
    """A task's surroundings, and objects whose status depends on the time: of each ID, (from second, status) pairs."""

    def __init__(self, timeout: float = 600.0, **histories: list[tuple[float, str | None]]) -> None:
        super().__init__(start=1.0, timeout=timeout)
        self.histories = histories
        self.late: set[str] = set()  # what lists do not show
        self.failure: VpcepError | None = None
        self.interrupt = lambda: None
        self.session = SimpleNamespace(changes=Counter())
        self.lists: list[float] = []
        self.gets: list[tuple[float, str]] = []

    def answer(self) -> float:
        """The time of a request, which then takes its time."""
        began = self.passed
        self.now += self.answering
        if self.failure:
            raise self.failure
        return began

    def shown(self, name: str, passed: float) -> dict[str, Any] | None:
        status = [status for since, status in self.histories[name] if since <= passed][-1]
        return {"id": name, "status": status} if status else None

    def list_all(self) -> dict[str, Any]:
        self.lists.append(self.passed)
        began = self.answer()
        found = {name.lower(): self.shown(name, began) for name in self.histories if name not in self.late}
        return {name: one for name, one in found.items() if one}

    def reader(self, name: str) -> Callable[[], dict[str, Any]]:
        def read() -> dict[str, Any]:
            self.gets.append((self.passed, name))
            found = self.shown(name, self.answer())
            if found is None:
                raise NotFound("gone", operation="get endpoint", status=404)
            return found

        return read

    def accepted(self, name: str) -> Wait:
        return Settled("endpoint", name, self.reader(name), ("accepted",))

    def alone(self, name: str) -> Wait:
        return Alone("record", name, self.reader(name), ("accepted",))

    def gone(self, name: str) -> Wait:
        return Gone("endpoint", name, self.reader(name))

    def run(self, *tasks: Task, pages: int = 1) -> Scheduler:
        scheduler = Scheduler(self, list(tasks), self.list_all, pages, 1)
        scheduler.run()
        return scheduler


def flow(*waits: Wait) -> Flow[dict[str, Any]]:
    """Some waits, one after the other. Returns the outcome of the last one."""
    found: dict[str, Any] = {}
    for wait in waits:
        found = yield wait
    return {"found": found}


def task(*waits: Wait) -> Task:
    return Task(flow(*waits))


def after(seconds: float, status: str | None = "accepted", before: str = "creating") -> list[tuple[float, str | None]]:
    return [(0.0, before), (seconds, status)]


def error_of(one: Task) -> str:
    assert one.error is not None and one.report is None
    return str(one.error)


def test_the_changes_of_each_task_are_counted() -> None:
    cloud = Cloud(a=after(1), b=after(1))

    def changing(name: str, before: int, later: int) -> Flow[dict[str, Any]]:
        cloud.session.changes[threading.get_ident()] += before
        yield cloud.accepted(name)
        cloud.session.changes[threading.get_ident()] += later
        return {}

    tasks = [Task(changing("a", 1, 2)), Task(changing("b", 0, 0)), Task(changing("a", 0, 1))]
    cloud.run(*tasks)
    assert [one.changes for one in tasks] == [3, 0, 1]


# When the objects are read


def test_one_list_for_all_at_growing_intervals() -> None:
    cloud = Cloud(a=after(100), b=after(100))
    tasks = [task(cloud.accepted("a")), task(cloud.accepted("b"))]
    cloud.run(*tasks)
    assert [one.report for one in tasks] == [{"found": {"id": name, "status": "accepted"}} for name in "ab"]
    assert cloud.lists == pytest.approx(LOOKS[: len(cloud.lists)]) and cloud.gets == []
    assert cloud.lists[-2] < 100 <= cloud.lists[-1]


def test_after_some_are_ready_the_others_wait_for_their_next_turn() -> None:
    cloud = Cloud(a=after(1), b=after(4), c=after(4))
    cloud.run(*(task(cloud.accepted(name)) for name in "abc"))
    # The interval does not grow after the look at 1.1 s, at which one was ready.
    assert cloud.lists == pytest.approx([0.0, 0.5, 1.1, 1.82, 2.54, 3.404, 4.4408])


def test_a_new_wait_is_read_at_once_and_starts_with_short_intervals() -> None:
    cloud = Cloud(a=after(2), b=after(2), c=after(3), d=after(3))
    first, second = task(cloud.accepted("a"), cloud.accepted("c")), task(cloud.accepted("b"), cloud.accepted("d"))
    cloud.run(first, second)
    assert cloud.lists == pytest.approx([0.0, 0.5, 1.1, 1.82, 2.684, 2.684, 3.184])
    assert first.report == {"found": {"id": "c", "status": "accepted"}} and first.object_id == "c"


def test_a_list_that_takes_long_is_read_less_often() -> None:
    cloud = Cloud(a=after(20), b=after(20))
    cloud.answering = 3.0
    cloud.run(task(cloud.accepted("a")), task(cloud.accepted("b")))
    assert cloud.lists == [0.0, 9.0, 18.0, 27.0]


@pytest.mark.parametrize(("pauses", "lists"), [((0.7, 0.9), [0.0, 0.9, 1.8]), ((0.7, None), [0.0, 0.7, 1.4])])
def test_waits_that_know_when_they_end_are_read_then(pauses: tuple[float | None, ...], lists: list[float]) -> None:
    cloud = Cloud(a=after(1.3), b=after(1.3))

    def paused(wait: Wait, seconds: float | None) -> Wait:
        wait.pause = lambda usual: usual if seconds is None else seconds  # type: ignore[method-assign]
        return wait

    tasks = [task(paused(cloud.accepted(name), seconds)) for name, seconds in zip("ab", pauses, strict=True)]
    cloud.run(*tasks)
    assert cloud.lists == pytest.approx(lists)


@pytest.mark.parametrize(("pages", "are_listed"), [(1, True), (2, True), (3, False), (4, False)])
def test_a_few_are_read_one_by_one(pages: int, are_listed: bool) -> None:
    cloud = Cloud(a=after(0), b=after(0), c=after(0))
    cloud.run(*(task(cloud.accepted(name)) for name in "abc"), pages=pages)
    assert cloud.lists == ([0.0] if are_listed else [])
    assert cloud.gets == ([] if are_listed else [(0.0, name) for name in "abc"])


def test_what_no_list_shows_is_read_by_itself() -> None:
    cloud = Cloud(a=after(0), b=after(0), r=after(0))
    last = task(cloud.accepted("a"), cloud.alone("r"))
    cloud.run(task(cloud.accepted("b")), last)
    assert cloud.lists == [0.0] and cloud.gets == [(0.0, "r")]
    assert last.object_id == "a" and last.report == {"found": {"id": "r", "status": "accepted"}}


def test_a_list_may_be_late() -> None:
    cloud = Cloud(A=after(0), b=after(0), c=after(0, None))
    cloud.late = {"b"}
    tasks = [task(cloud.accepted("A")), task(cloud.accepted("b")), task(cloud.gone("c"))]
    cloud.run(*tasks)
    assert cloud.lists == [0.0] and cloud.gets == [(0.0, "b")]
    assert [one.report for one in tasks] == [
        {"found": {"id": "A", "status": "accepted"}},
        {"found": {"id": "b", "status": "accepted"}},
        {"found": {}},
    ]


def test_what_is_listed_is_not_gone() -> None:
    cloud = Cloud(a=after(1, None, "deleting"), b=after(1, None, "deleting"))
    tasks = [task(cloud.gone("a")), task(cloud.gone("b"))]
    cloud.run(*tasks)
    assert cloud.lists == pytest.approx([0.0, 0.5, 1.1]) and cloud.gets == []
    assert [one.report for one in tasks] == [{"found": {}}] * 2


# What a task ends with


def test_a_task_that_failed_before_it_began_takes_no_part() -> None:
    cloud = Cloud(a=after(0))
    refused, other = Task(VpcepError("refused")), task(cloud.accepted("a"))
    assert refused.ended and not other.ended
    scheduler = cloud.run(refused, other)
    assert scheduler.tasks == [other] and error_of(refused) == "refused" and other.report
    assert cloud.told[-1][:2] == ("1 endpoints", "1 of 1 are done")


def test_a_flow_may_handle_the_error_of_a_wait_or_not() -> None:
    cloud = Cloud(a=after(1, "failed"), b=after(1, "failed"), c=after(1))

    def handles() -> Flow[dict[str, Any]]:
        try:
            yield cloud.accepted("a")
        except VpcepError as error:
            return {"handled": str(error)}
        return {}

    tasks = [Task(handles()), task(cloud.accepted("b")), task(cloud.accepted("c"))]
    cloud.run(*tasks)
    assert tasks[0].report is not None and "Endpoint a is in status failed" in tasks[0].report["handled"]
    assert "Endpoint b is in status failed" in error_of(tasks[1])
    assert tasks[2].report and all(one.ended for one in tasks)


def test_a_read_that_fails_ends_the_wait() -> None:
    cloud = Cloud(a=after(0))
    cloud.failure = ApiError("broken", operation="get endpoint", status=500)
    one = task(cloud.accepted("a"))
    cloud.run(one)
    assert "broken" in error_of(one) and cloud.gets == [(0.0, "a")]


def test_a_list_that_fails_ends_all_waits() -> None:
    cloud = Cloud(timeout=1.0, a=after(0), b=after(0), c=after(0))
    cloud.failure = ApiError("broken", operation="list endpoints", status=500)
    tasks = [task(cloud.accepted(name)) for name in "abc"]
    cloud.run(*tasks)
    assert ["broken" in error_of(one) for one in tasks] == [True] * 3


# The time is up


@pytest.mark.parametrize("answering", [0.3, 7.0])
def test_a_list_that_fails_at_the_deadline_is_a_wait_that_timed_out(answering: float) -> None:
    cloud = Cloud(timeout=0.3, a=after(0), b=after(0))
    cloud.answering, cloud.failure = answering, ApiError("broken", operation="list endpoints", status=500)
    tasks = [task(cloud.accepted(name)) for name in "ab"]
    cloud.run(*tasks)
    assert [type(one.error) for one in tasks] == [WaitTimeout] * 2


def test_all_that_wait_give_up() -> None:
    cloud = Cloud(timeout=7.0, a=after(2), b=after(2), c=after(99), d=after(99, before="upgrading"))
    tasks = [task(cloud.accepted("a"), cloud.accepted("c")), task(cloud.accepted("b"), cloud.accepted("d"))]
    cloud.run(*tasks)
    # The second wait began at 2.684 s, and the pause after the look at 6.404 s would last longer than there is time.
    assert cloud.lists == pytest.approx([0.0, 0.5, 1.1, 1.82, 2.684, 2.684, 3.184, 3.784, 4.504, 5.368, 6.4048])
    for one, text in zip(
        tasks, ("endpoint c is still in status creating", "endpoint d is still in status upgrading"), strict=True
    ):
        assert text in error_of(one) and isinstance(one.error, WaitTimeout)
        assert one.error.seconds == pytest.approx(6.4048 - 2.684)


def test_a_pause_that_would_end_with_the_time_is_not_begun() -> None:
    cloud = Cloud(timeout=0.5, a=after(0.5))
    one = task(cloud.accepted("a"))
    cloud.run(one)
    assert isinstance(one.error, WaitTimeout) and one.error.seconds == 0.0
    assert cloud.gets == [(0.0, "a")]


def test_what_gave_up_is_not_read_again() -> None:
    cloud = Cloud(timeout=1.0, a=after(0.5), b=after(1.0), c=after(1.0))
    tasks = [task(cloud.accepted(name)) for name in "abc"]
    cloud.run(*tasks)
    assert cloud.lists == [0.0, 0.5] and cloud.gets == []
    assert tasks[0].report and [type(one.error) for one in tasks[1:]] == [WaitTimeout] * 2


def test_a_wait_that_ends_with_the_time_is_used() -> None:
    cloud = Cloud(timeout=3.0, a=after(0))
    cloud.answering = 3.0
    one = task(cloud.accepted("a"))
    cloud.run(one)
    assert one.report == {"found": {"id": "a", "status": "accepted"}} and cloud.deadline.left() == 0


def test_nothing_begins_without_time() -> None:
    cloud = Cloud(timeout=0.0, a=after(0))
    one = task(cloud.accepted("a"))
    cloud.run(one)
    assert "The time ended before this endpoint was started" in error_of(one)
    assert isinstance(one.error, WaitTimeout)
    assert (one.error.what, one.error.status, one.error.seconds) == ("this endpoint", "not begun", 0.0)
    assert cloud.lists == [] and cloud.gets == []


def test_with_little_time_tasks_begin() -> None:
    cloud = Cloud(timeout=0.5, a=after(0), b=after(0))
    tasks = [task(cloud.accepted("a")), task(cloud.accepted("b"))]
    cloud.run(*tasks)
    assert all(one.report for one in tasks)


# Progress


def test_how_many_are_done_is_told() -> None:
    cloud = Cloud(a=after(0), b=after(1))
    cloud.run(task(cloud.accepted("a")), task(cloud.accepted("b")))
    assert [(text, seconds) for _what, text, seconds in cloud.told] == [
        ("0 of 2 are done", 0.0),
        ("0 of 2 are done", 0.0),
        ("1 of 2 are done", 0.0),
        ("1 of 2 are done", 0.0),
        ("1 of 2 are done", 0.5),
        ("2 of 2 are done", 1.0),
    ]
    assert {what for what, _text, _seconds in cloud.told} == {"2 endpoints"}


def test_without_a_listener_nothing_is_told() -> None:
    cloud = Cloud(a=after(1))
    cloud.notify = None
    one = task(cloud.accepted("a"))
    cloud.run(one)
    assert one.report and cloud.told == []
