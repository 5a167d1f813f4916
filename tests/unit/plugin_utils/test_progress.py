"""Lines about long waits: when, how often, and for whom."""

import os

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils import progress


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_line_every_ten_seconds_from_the_fifth_on() -> None:
    clock, lines = Clock(), list[str]()
    tell = progress.reporter(lines.append, clock, progress.shared_number())
    for second in range(31):
        clock.now = 1000.0 + second
        tell("endpoint 4711", "creating", float(second))
    assert lines == [f"Waiting for endpoint 4711: creating, {seconds} s so far" for seconds in (5, 15, 25)]


def test_a_second_wait_of_the_same_task_does_not_hurry() -> None:
    clock, lines = Clock(), list[str]()
    tell = progress.reporter(lines.append, clock, progress.shared_number())
    tell("endpoint 1", "deleting", 6.0)
    clock.now += 6
    tell("endpoint 2", "creating", 6.0)
    assert len(lines) == 1
    clock.now += 4
    tell("endpoint 2", "creating", 10.0)
    assert len(lines) == 2


def test_workers_do_not_talk_at_the_same_moment() -> None:
    """Five hosts that wait say no more than one does: a worker is a copy of the process, and sees what others said."""
    clock, lines, quiet = Clock(), list[str](), progress.shared_number()
    worker = os.fork()
    if not worker:
        progress.reporter(lambda _line: None, clock, quiet)("endpoint 1", "creating", 6.0)
        os._exit(0)
    os.waitpid(worker, 0)
    tell = progress.reporter(lines.append, clock, quiet)
    tell("endpoint 2", "creating", 6.0)
    assert not lines
    clock.now += 10
    tell("endpoint 2", "creating", 16.0)
    assert len(lines) == 1


@pytest.mark.parametrize(
    ("setting", "watched", "wanted"),
    [("", True, True), ("", False, False), ("0", True, False), ("no", True, False), ("1", False, True)],
)
def test_for_whom(monkeypatch: pytest.MonkeyPatch, setting: str, watched: bool, wanted: bool) -> None:
    monkeypatch.setenv("VPCEP_PROGRESS", setting)
    assert progress.is_wanted(watched) is wanted
