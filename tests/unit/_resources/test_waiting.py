"""Waits, with a clock that only advances in sleep()."""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.module_utils._core.errors import (
    ApiError,
    NotFound,
    VpcepError,
    WaitTimeout,
)
from ansible_collections.crossvpc.vpcep.plugins.module_utils._resources.waiting import (
    LONGEST_INTERVAL,
    Available,
    Flow,
    Gone,
    Settled,
    Shown,
    Wait,
    drive,
    intervals,
    poll,
    rounds,
    timed_out,
)
from tests.support.clocks import SleepClock

SETTLED = ("accepted", "pendingAcceptance")


def flow_of(wait: Wait) -> Flow[dict[str, Any]]:
    """Nothing but a wait."""
    return (yield wait)


class Clock(SleepClock):
    """A task's surroundings with a clock of their own, and an object whose status depends on the time."""

    def __init__(
        self, status_at: Callable[[float], str | None], timeout: float = 600.0, answering: float = 0.0
    ) -> None:
        super().__init__(1000.0, timeout, answering)
        self.status_at = status_at
        self.polls: list[float] = []

    def read(self) -> dict[str, Any]:
        self.polls.append(self.passed)
        self.now += self.answering
        status = self.status_at(self.polls[-1])
        if status is None:
            raise NotFound("gone", operation="get endpoint", status=404)
        answer = {"id": "x", "status": status, "error": [{"error_code": "E.1", "error_message": "Broken."}]}
        # Words of an answer are equal to those of the program, but not the same objects.
        return dict(json.loads(json.dumps(answer)))

    def settle(self) -> dict[str, Any]:
        return drive(self, flow_of(Settled("endpoint", "x", self.read, SETTLED)))

    def vanish(self, had_failed: bool = False) -> None:
        drive(self, flow_of(Gone("endpoint", "x", self.read, had_failed)))


def after(seconds: float, status: str | None, before: str = "creating") -> Callable[[float], str | None]:
    return lambda passed: status if passed >= seconds else before


def test_what_is_there_is_seen_at_once() -> None:
    clock = Clock(after(0, "accepted"))
    assert clock.settle()["status"] == "accepted"
    assert clock.polls == [0.0] and clock.told == []


def test_what_is_ready_after_a_second_is_seen_within_half_a_second() -> None:
    clock = Clock(after(1, "accepted"))
    assert clock.settle()["status"] == "accepted"
    assert clock.passed <= 1.5


@pytest.mark.parametrize("seconds", [0.1, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300])
def test_nothing_is_seen_later_than_half_a_second_and_a_fifth_of_its_time(seconds: float) -> None:
    clock = Clock(after(seconds, "accepted"))
    clock.settle()
    assert clock.passed - seconds <= min(0.5 + 0.2 * seconds, LONGEST_INTERVAL)


def test_two_minutes_cost_forty_requests_at_most() -> None:
    clock = Clock(after(120, "accepted"))
    clock.settle()
    assert len(clock.polls) <= 40


def test_intervals_grow_to_a_limit() -> None:
    pauses = list(islice(intervals(), 50))
    assert pauses == sorted(pauses) and pauses[0] == 0.5 and pauses[-1] == LONGEST_INTERVAL == 5.0


@pytest.mark.parametrize(
    "seconds, timeout, looks, end",
    [(0, 600, 1, 0), (0.5, 600, 2, 0.5), (1, 600, 3, 1.1), (10, 600, 10, 10.4), (10, 3, 5, 2.68), (600, 0.5, 1, 0)],
)
def test_rounds_end_after_their_seconds_and_before_the_deadline(
    seconds: float, timeout: float, looks: int, end: float
) -> None:
    clock = SleepClock(1000.0, timeout)
    assert len(list(rounds(clock, seconds))) == looks  # type: ignore[arg-type]
    assert clock.passed == pytest.approx(end, abs=0.01)


@pytest.mark.parametrize("timeout", [1, 3, 10, 60, 600, 3600])
def test_the_deadline_is_kept(timeout: float) -> None:
    clock = Clock(after(10_000, "accepted"), timeout)
    with pytest.raises(WaitTimeout) as caught:
        clock.settle()
    assert timeout - LONGEST_INTERVAL - 0.5 <= clock.passed <= timeout
    assert clock.passed >= timeout / 3
    assert caught.value.what == "endpoint x" and caught.value.status == "creating"
    assert caught.value.seconds == clock.passed
    assert "endpoint x is still in status creating" in str(caught.value) and "wait_timeout" in str(caught.value)
    assert caught.value.result()["timeout"]["status"] == "creating"


def test_a_pause_that_would_end_with_the_time_is_not_begun() -> None:
    clock = Clock(after(10_000, "accepted"), 0.5)
    with pytest.raises(WaitTimeout):
        clock.settle()
    assert clock.polls == [0.0]


@pytest.mark.parametrize("status", ["creating", "pendingAcceptance", "upgrading"])
def test_who_gives_up_is_told_whom_to_ask(status: str) -> None:
    clock = Clock(after(10_000, "accepted", before=status), 3)
    with pytest.raises(WaitTimeout) as caught:
        drive(clock, flow_of(Settled("endpoint", "x", clock.read, ("accepted",))))
    for error in (caught.value, timed_out("endpoint x", status, 3.0)):
        assert ("owner has to accept" in str(error)) == (status == "pendingAcceptance")
    assert ("The cloud continues" in str(caught.value)) == (status != "pendingAcceptance")


@pytest.mark.parametrize("status", SETTLED)
def test_every_status_that_is_waited_for_ends_the_wait(status: str) -> None:
    assert Clock(after(3, status)).settle()["status"] == status


def test_slow_answers_count() -> None:
    clock = Clock(after(10_000, "accepted"), 60, answering=7)
    with pytest.raises(WaitTimeout):
        clock.settle()
    assert clock.passed <= 60 + 7


def test_without_time_left_it_is_looked_once() -> None:
    clock = Clock(after(10_000, "accepted"), 0)
    with pytest.raises(WaitTimeout):
        clock.settle()
    assert clock.polls == [0.0]
    clock = Clock(after(0, "accepted"), 0)
    assert clock.settle()["status"] == "accepted"


@pytest.mark.parametrize("status", ["deleted", "upgrading", "", "None", "Accepted"])
def test_statuses_that_nobody_documented_are_waited_through(status: str) -> None:
    clock = Clock(after(5, "accepted", before=status))
    assert clock.settle()["status"] == "accepted"


def test_an_answer_without_status_is_waited_through() -> None:
    clock = Clock(after(0, "accepted"))
    answers = iter([{}, {"status": None}, {"status": "accepted"}])
    assert drive(clock, flow_of(Settled("endpoint", "x", lambda: next(answers), SETTLED))) == {"status": "accepted"}


def test_what_disappears_is_an_error() -> None:
    with pytest.raises(VpcepError, match="Endpoint x was deleted by another run"):
        Clock(after(3, None)).settle()


def test_what_fails_ends_the_wait_with_the_clouds_words() -> None:
    clock = Clock(after(3, "failed"))
    with pytest.raises(VpcepError, match=r"Endpoint x is in status failed: E\.1: Broken\."):
        clock.settle()
    assert clock.passed < 5


def test_other_errors_come_through() -> None:
    def read() -> Any:
        raise ApiError("no", operation="get endpoint", status=500)

    with pytest.raises(ApiError):
        drive(Clock(after(0, "accepted")), flow_of(Settled("endpoint", "x", read, SETTLED)))


def test_gone() -> None:
    clock = Clock(after(4, None, before="deleting"))
    clock.vanish()
    assert 4 <= clock.passed <= 5


def test_gone_already() -> None:
    clock = Clock(after(0, None))
    clock.vanish()
    assert clock.polls == [0.0]


def test_a_deletion_may_show_the_old_status_for_a_moment() -> None:
    clock = Clock(lambda passed: "accepted" if passed < 1 else "deleting" if passed < 4 else None)
    clock.vanish()
    assert clock.passed >= 4


@pytest.mark.parametrize("status", ["accepted", "pendingAcceptance", "rejected"])
def test_what_is_deleted_may_keep_its_status_to_the_end(status: str) -> None:
    clock = Clock(after(4, None, before=status))
    clock.vanish()
    assert clock.passed >= 4


def test_a_deletion_that_fails() -> None:
    with pytest.raises(VpcepError, match="Endpoint x is in status failed"):
        Clock(after(2, "failed", before="deleting")).vanish()
    clock = Clock(after(2, "failed", before="deleting"))
    with pytest.raises(VpcepError, match="Endpoint x is in status failed"):
        drive(clock, flow_of(Gone("endpoint", "x", clock.read)))


def test_what_had_failed_may_still_show_it() -> None:
    clock = Clock(lambda passed: "failed" if passed < 2 else "deleting" if passed < 4 else None)
    clock.vanish(had_failed=True)
    assert clock.passed >= 4


def test_a_deletion_that_takes_too_long() -> None:
    with pytest.raises(WaitTimeout, match="still in status deleting"):
        Clock(after(0, "deleting"), 30).vanish()


def test_who_waits_is_told() -> None:
    clock = Clock(after(1, "accepted"))
    clock.settle()
    assert [words[:2] for words in clock.told] == [("endpoint x", "creating")] * 2
    assert [words[2] for words in clock.told] == [0.0, 0.5]
    clock.notify = None
    assert clock.settle()["status"] == "accepted"


def test_poll_ends_with_what_was_asked_for() -> None:
    clock = Clock(after(2, "other"))
    assert poll(clock, "it", clock.read, lambda answer: answer["status"] == "other")["id"] == "x"
    assert poll(Clock(after(0, None)), "it", Clock(after(0, None)).read, lambda answer: True) is None


def test_another_look_waits_for_nothing() -> None:
    clock = Clock(after(10, "accepted"))
    assert drive(clock, flow_of(Shown("endpoint", "x", clock.read)))["status"] == "creating"
    assert clock.polls == [0.0]
    with pytest.raises(VpcepError, match="was deleted by another run"):
        drive(clock, flow_of(Shown("endpoint", "x", Clock(after(0, None)).read)))


@pytest.mark.parametrize(("status", "found"), [("accepted", "accepted"), ("failed", "failed"), (None, None)])
def test_an_object_that_may_be_deleted(status: str | None, found: str | None) -> None:
    clock = Clock(after(1, status))
    wait = Available("endpoint", "x", clock.read, SETTLED)
    assert (wait.noun, wait.object_id, wait.is_listed) == ("endpoint", "x", True)
    assert drive(clock, flow_of(wait)).get("status") == found
    assert clock.passed >= 1


def test_a_flow_may_go_on_after_an_error() -> None:
    clock = Clock(after(0, "failed"))

    def flow() -> Flow[str]:
        try:
            yield Settled("endpoint", "x", clock.read, SETTLED)
        except VpcepError:
            yield Gone("endpoint", "x", Clock(after(0, None)).read)
        return "replaced"

    assert drive(clock, flow()) == "replaced"
