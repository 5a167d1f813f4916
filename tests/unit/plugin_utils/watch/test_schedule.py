"""The budget of an event source: never exceeded, every service in each sweep, busy ones sooner."""

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch import schedule
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.watch.schedule import LISTING, SHARE, Schedule


class Watch:
    """A source in virtual time. looks: the moments of the looks, by what was looked at."""

    def __init__(self, services: int, per_minute: float = 60, seed: int = 0) -> None:
        self.now = 1000.0
        self.began = self.now
        self.chance = random.Random(seed)
        self.schedule = Schedule(per_minute, lambda: self.now)
        self.names = [f"s{number}" for number in range(services)]
        self.looks: dict[str, list[float]] = {name: [] for name in (LISTING, *self.names)}
        self.sent: list[float] = []

    def run(self, seconds: float, cost: int = 1, latency: float = 0.05, failing: bool = False) -> None:
        end = self.now + seconds
        while True:
            pause, what = self.schedule.next()
            assert pause >= 0
            if self.now + pause >= end:
                self.now = end
                return
            self.now += pause
            self.schedule.begin()
            self.looks[what].append(self.now)
            requests = self.chance.randint(1, cost)
            self.sent += [self.now] * requests
            self.now += latency * requests
            if what == LISTING:
                self.schedule.watch(self.names)
            self.schedule.done(what, requests, failing)

    def gaps(self, what: str) -> list[float]:
        moments = self.looks[what]
        return [later - earlier for earlier, later in itertools.pairwise(moments)]

    def longest_gap(self, what: str) -> float:
        return max(self.gaps(what), default=float("inf"))

    def most_in_a_minute(self) -> int:
        return max(sum(first <= moment < first + 60 for moment in self.sent) for first in self.sent)


@pytest.mark.slow
@pytest.mark.parametrize("busy", [1, 3, 6])
def test_a_busy_one_of_a_hundred_is_seen_within_ten_seconds(busy: int) -> None:
    watch = Watch(100)
    watch.run(120)
    for name in watch.names[:busy]:
        watch.schedule.changed(name)
        watch.looks[name] = [watch.now]
    watch.run(schedule.RECENT_SECONDS)
    assert all(watch.longest_gap(name) <= 10 for name in watch.names[:busy])
    slowest = (SHARE + 1) * 101
    assert all(watch.longest_gap(name) <= slowest for name in watch.names[busy:])
    assert watch.most_in_a_minute() <= 60


@pytest.mark.slow
def test_more_busy_ones_than_can_be_seen_in_time_leave_the_others_their_turns() -> None:
    watch = Watch(100)
    watch.run(120)
    for name in watch.names[:50]:
        watch.schedule.changed(name)
    assert len(watch.schedule.busy()) == 6
    for name in watch.names:
        watch.looks[name] = [watch.now]
    watch.run(schedule.RECENT_SECONDS)
    assert all(watch.longest_gap(name) <= (SHARE + 1) * 101 for name in watch.names)


def test_after_ten_minutes_without_a_change_it_is_an_idle_one() -> None:
    watch = Watch(3)
    watch.run(60)
    watch.schedule.changed("s1")
    assert watch.schedule.busy() == ["s1"]
    watch.run(schedule.RECENT_SECONDS + 1)
    assert watch.schedule.busy() == []


def test_few_services_do_not_use_all_of_the_budget() -> None:
    watch = Watch(1)
    watch.run(600)
    assert all(9.9 <= gap <= 11.5 for gap in watch.gaps("s0"))
    assert watch.most_in_a_minute() <= 14


def test_new_services_are_busy_and_those_that_are_gone_are_not_looked_at() -> None:
    watch = Watch(2)
    watch.run(60)
    watch.names = ["s0", "s2"]
    watch.looks["s2"] = []
    watch.schedule.watch(watch.names, are_new=True)
    assert watch.schedule.busy() == ["s2"]
    looks = len(watch.looks["s1"])
    watch.run(120)
    assert len(watch.looks["s1"]) == looks and len(watch.looks["s2"]) > 100 / 8


def test_failures_make_the_pauses_longer_and_a_success_ends_that() -> None:
    watch = Watch(5)
    watch.run(20)
    before = len(watch.sent)
    watch.run(600, failing=True)
    assert len(watch.sent) - before <= 16
    watch.run(70)
    before = len(watch.sent)
    watch.run(60)
    assert len(watch.sent) - before >= 20


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    services=st.integers(1, 40),
    per_minute=st.sampled_from([6, 30, 60, 240]),
    seed=st.integers(0, 10**6),
    cost=st.integers(1, 3),
)
def test_any_watch_keeps_its_budget_and_starves_none(services: int, per_minute: int, seed: int, cost: int) -> None:
    watch = Watch(services, per_minute, seed)
    watch.run(30, cost)
    for _number in range(8):
        watch.schedule.changed(watch.chance.choice(watch.names))
        watch.run(120, cost)
    # Requests of one look are sent together: of those at the edge of a minute, all but one are counted too many.
    assert watch.most_in_a_minute() <= per_minute + cost - 1
    slot = 60 / per_minute * cost
    bound = max(schedule.IDLE_SECONDS + slot, (SHARE + 1) * (services + 1) * slot)
    if bound < 400:
        assert all(watch.longest_gap(name) <= bound + 1 for name in watch.names)


def test_the_guide_has_the_numbers() -> None:
    page = (Path(__file__).resolve().parents[4] / "docs/event-driven.md").read_text(encoding="utf-8")
    least, most = schedule.BUSY_SECONDS
    turns = SHARE + 1
    for text in (
        f"max({schedule.IDLE_SECONDS:.0f}, (N + 1) · s) | 100 services: 101 |",
        f"up to {turns} · (N + 1) · s | 100 services: up to {turns * 101} |",
        f"max({least:.0f}, {turns}/{SHARE} · s · B), at most {most:.0f} for B up to {most * SHARE / turns:.0f} / s",
        f"busy service: {least:.0f}; {most * SHARE / turns:.0f}: {most:.0f} |",
    ):
        assert text in page, text
