"""Which requests are retried, and after which delay."""

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.error_codes import CODES
from ansible_collections.crossvpc.vpcep.plugins.module_utils._http.retry import (
    NO_DEADLINE_WAIT,
    Deadline,
    Patience,
    RetryDecision,
    affordable,
    backoff,
    classify,
    classify_failure,
    parse_retry_after,
)

# Kind and retry of an error code -> the RetryDecision (again, most, unknown, throttled) for a read and for a create.
FINAL = (False, None, False, False)
IN_DOUBT = (False, None, True, False)
AGAIN = (True, None, False, False)
THROTTLED = (True, None, False, True)
DECISIONS = {
    ("throttle", "yes"): (THROTTLED, THROTTLED),
    ("server", "yes"): (AGAIN, IN_DOUBT),
    ("server", "depends"): ((True, 3, False, False), IN_DOUBT),
    ("state", "yes"): (AGAIN, AGAIN),
}


def test_each_code_is_classified_by_its_kind_and_retry():
    for code, known in CODES.items():
        again, create = DECISIONS.get((known.kind, known.retry), (FINAL, FINAL))
        if code == "IAM.0020":
            again = (True, 1, False, False)
        assert classify("read", 400, code) == classify("repeat", 400, code) == again, code
        assert classify("create", 400, code) == create, code


@pytest.mark.parametrize(
    "status, code, read, create",
    [
        (400, "endpoint.0022", THROTTLED, THROTTLED),
        (429, None, THROTTLED, THROTTLED),
        (429, "APIG.0308", THROTTLED, THROTTLED),
        *((status, None, AGAIN, IN_DOUBT) for status in (408, 500, 502, 503, 504, 599)),
        (500, "Unheard.0001", AGAIN, IN_DOUBT),
        (504, "EndPoint.0011", FINAL, FINAL),
        (504, "EndPoint.0012", FINAL, FINAL),
        *((status, None, FINAL, FINAL) for status in (None, 400, 401, 403, 404, 405, 409, 410, 418, 501)),
        (400, "Unheard.0001", FINAL, FINAL),
        (400, "Endpoint.1018", FINAL, FINAL),
    ],
)
def test_the_status_counts_where_the_code_is_unknown_or_missing(status, code, read, create):
    assert classify("read", status, code) == classify("repeat", status, code) == read
    assert classify("create", status, code) == create


def test_a_broken_connection():
    assert classify_failure("read", sent=True).again
    assert classify_failure("repeat", sent=True).again
    assert classify_failure("create", sent=False).again
    assert classify_failure("create", sent=True).unknown
    assert not classify_failure("read", sent=False, hopeless=True).again


def delay(repeat, **more):
    return backoff(repeat, random=lambda: 0.25, **more)


@pytest.mark.slow
@given(st.integers(1, 10000), st.booleans(), st.floats(0, 1))
def test_waits_grow_and_stay_within_bounds(repeat, throttled, chance):
    seconds = backoff(repeat, throttled=throttled, random=lambda: chance)
    start = 2.0 if throttled else 1.0
    full = min(30.0, start * 2.0 ** min(repeat - 1, 32))
    assert full / 2 <= seconds <= full


def test_waits_double_up_to_half_a_minute():
    assert [delay(repeat) for repeat in range(1, 8)] == [0.625, 1.25, 2.5, 5, 10, 18.75, 18.75]
    assert [delay(repeat, throttled=True) for repeat in range(1, 5)] == [1.25, 2.5, 5, 10]


def test_retry_after_gets_a_jitter_of_a_second():
    assert delay(3, retry_after=7) == 7.25


@pytest.mark.parametrize("useless", [0, -0.5, -60])
def test_a_retry_after_that_is_not_positive_is_ignored(useless):
    assert delay(2, retry_after=useless) == 1.25
    assert delay(2, throttled=True, retry_after=useless) == 2.5


def test_a_short_retry_after_counts_after_throttling_only():
    assert delay(4, retry_after=1) == delay(4) == 5
    assert delay(4, throttled=True, retry_after=1) == 1.25


@pytest.mark.slow
@given(st.floats(0.001, 1e6), st.floats(0, 1))
def test_retry_after_is_never_undercut(wanted, chance):
    assert wanted <= backoff(1, retry_after=wanted, random=lambda: chance) <= wanted + 1


def test_retry_after_in_seconds_and_as_a_date():
    assert parse_retry_after("7") == 7
    assert parse_retry_after(formatdate(1_000_030, usegmt=True), now=1_000_000) == 30
    assert parse_retry_after("1234567890") == 123456789  # cut, and still more than anybody waits
    assert parse_retry_after(formatdate(1000, usegmt=True), now=10) == 990
    assert parse_retry_after(formatdate(1000, usegmt=True), now=1000) is None
    for useless in (None, "", "0", "-3", "soon", "Thu, 99 Foo 2026", formatdate(999_000, usegmt=True)):
        assert parse_retry_after(useless, now=1_000_000) is None


@pytest.fixture
def far_away(monkeypatch):
    """This machine's time zone is not that of Greenwich."""
    monkeypatch.setenv("TZ", "XYZ-7")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("zone", ["GMT", "-0000", "+0000"])
def test_a_date_is_of_greenwich_wherever_this_machine_is(far_away, zone):
    assert parse_retry_after(f"Mon, 12 Jan 1970 13:47:10 {zone}", now=1_000_000) == 30
    assert parse_retry_after("Mon, 12 Jan 1970 15:47:10 +0200", now=1_000_000) == 30


def test_a_date_is_measured_by_the_servers_clock():
    date, until = formatdate(1_000_000, usegmt=True), formatdate(1_000_012, usegmt=True)
    assert parse_retry_after(until, date, now=1_000_000 + 7 * 3600) == 12


@pytest.mark.slow
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_header_is_read_without_harm(value, date):
    seconds = parse_retry_after(value, date)
    assert seconds is None or seconds > 0


def test_a_deadline_counts_down():
    now = [100.0]
    deadline = Deadline(5, lambda: now[0])
    assert deadline.left() == 5
    assert affordable(4.9, deadline)
    assert not affordable(5, deadline)  # nothing would be left for the request itself
    assert not affordable(5.1, deadline)
    now[0] = 106
    assert deadline.left() == 0
    assert not affordable(0.1, deadline)


def test_without_a_deadline_a_wait_is_bounded_all_the_same():
    assert affordable(30, None)
    assert affordable(120, None)
    assert not affordable(120.5, None)
    assert not affordable(86400, None)
    assert affordable(30, Deadline(float("inf")))
    assert not affordable(86400, Deadline(float("inf")))


def test_a_cancelled_task_has_no_time_left():
    deadline = Deadline(5, lambda: 100.0)
    deadline.cancel()
    assert deadline.left() == 0
    assert not affordable(0, deadline)


# Patience

SLOW_DOWN = RetryDecision(again=True, throttled=True)


def repeats(patience, decision, delay=1.0):
    """How often the request is sent again."""
    return next(number for number in range(1000) if not patience.lasts(decision, delay))


@pytest.mark.parametrize("most, retries, expected", [(None, 5, 5), (2, 5, 2), (5, 2, 2), (3, 3, 3), (1, 4, 1)])
def test_repeats_are_counted(most, retries, expected):
    assert repeats(Patience(retries, None), RetryDecision(again=True, most=most)) == expected
    assert repeats(Patience(retries, Deadline(60, lambda: 100.0)), RetryDecision(again=True, most=most)) == expected


def test_a_final_answer_is_not_repeated():
    assert not Patience(5, None).lasts(RetryDecision(again=False), 1.0)


@pytest.mark.parametrize("decision", [SLOW_DOWN, RetryDecision(again=True)])
def test_without_retries_or_time_nothing_is_repeated(decision):
    assert not Patience(0, None).lasts(decision, 1.0)
    assert Patience(5, Deadline(60, lambda: 100.0)).lasts(decision, 59.5)
    assert not Patience(5, Deadline(60, lambda: 100.0)).lasts(decision, 60)


@pytest.mark.parametrize("deadline", [None, Deadline(float("inf"))])
def test_throttled_repeats_without_a_deadline_are_bounded_by_their_pauses(deadline):
    assert repeats(Patience(1, deadline), SLOW_DOWN, NO_DEADLINE_WAIT / 8) == 8
    assert repeats(Patience(1, deadline), SLOW_DOWN, NO_DEADLINE_WAIT / 8 + 0.01) == 7
    assert repeats(Patience(1, deadline), SLOW_DOWN, NO_DEADLINE_WAIT / 8 - 0.01) == 8


def test_throttled_repeats_end_with_the_time_of_the_task():
    assert repeats(Patience(1, Deadline(30, lambda: 100.0)), SLOW_DOWN, 10) == 3
    assert repeats(Patience(1, Deadline(300, lambda: 100.0)), SLOW_DOWN, 10) == 30


def test_throttled_repeats_do_not_use_up_the_counted_ones():
    patience = Patience(2, None)
    assert all(patience.lasts(SLOW_DOWN, 1.0) for _number in range(10))
    assert repeats(patience, RetryDecision(again=True)) == 2


def test_of_a_request_that_observes_the_first_answer_counts():
    throttled = {code for code, known in CODES.items() if known.kind == "throttle"}
    assert {code for code in CODES if classify("once", 400, code).again} == throttled
    assert not classify("once", 500, None).again and not classify("once", 503, None).unknown
    assert not classify_failure("once", sent=True).again and not classify_failure("once", sent=True).unknown
    assert classify_failure("once", sent=False).again
