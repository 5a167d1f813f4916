"""How many endpoints become few boxes, and which."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.grouping import LIMIT, Account, grouped
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.model import Landscape, landscape
from tests.support import landscapes

STATUSES = [*landscapes.STATUSES, "newWord"]


def boxes(accounts: list[Account]) -> list[Any]:
    return [box for account in accounts for box in account.boxes]


def assert_all_there(seen: Landscape, accounts: list[Account]) -> None:
    """Each endpoint is in one box, and each box is of one service and status."""
    inside = Counter(endpoint.id for box in boxes(accounts) for endpoint in box.endpoints)
    assert inside == Counter(endpoint.id for endpoint in seen.endpoints)
    for box in boxes(accounts):
        assert {(endpoint.service_id, endpoint.status) for endpoint in box.endpoints} == {(box.service_id, box.status)}


def test_few_are_drawn_one_by_one() -> None:
    seen = landscape(list(landscapes.shop_and_platform()))
    accounts = grouped(seen)
    assert_all_there(seen, accounts)
    assert all(len(box.endpoints) == 1 for box in boxes(accounts))


@pytest.mark.slow
@pytest.mark.parametrize(
    "accounts",
    [
        landscapes.fleet(500),
        landscapes.fleet(500, vpcs=500),
        landscapes.fleet(500, vpcs=3),
        landscapes.fleet(500, accounts=9, vpcs=9, exceptions=20),
        landscapes.fleet(500, accounts=5),
        landscapes.seen_from_outside(500, accounts=1),
        landscapes.seen_from_outside(500, accounts=200),
        landscapes.seen_from_outside(500, accounts=200, exceptions=400),
        landscapes.seen_from_outside(500, accounts=500, exceptions=500),
        landscapes.fleet(500, vpcs=500, exceptions=500),
    ],
)
def test_many_have_room(accounts: list[dict[str, Any]]) -> None:
    seen = landscape(accounts)
    found = grouped(seen)
    assert_all_there(seen, found)
    assert len(boxes(found)) <= LIMIT


def test_exceptions_stay_single_as_long_as_there_is_room() -> None:
    seen = landscape(landscapes.fleet(500))
    found = boxes(grouped(seen))
    assert sum(len(box.endpoints) for box in found if box.status == "accepted") == 488
    assert all(len(box.endpoints) == 1 for box in found if box.status != "accepted")


def test_no_more_is_folded_than_must_be() -> None:
    seen = landscape(landscapes.fleet(42, vpcs=2, exceptions=0))
    assert len(boxes(grouped(seen, 42))) == 42
    assert 2 <= len(boxes(grouped(seen, 41))) <= 41


def test_where_a_folded_box_is_from() -> None:
    seen = landscape(landscapes.fleet(500, vpcs=500, exceptions=0))
    (account,) = grouped(seen)
    (vpc,) = account.vpcs
    assert len(vpc.ids) == 500
    assert [len(box.endpoints) for box in vpc.boxes] == [250, 250]


def test_own_accounts_are_never_folded() -> None:
    accounts = landscapes.fleet(300, accounts=30, vpcs=5, exceptions=0)
    found = grouped(landscape(accounts))
    assert [len(account.places) for account in found] == [1] * 30


def test_accounts_of_others_are() -> None:
    found = grouped(landscape(landscapes.seen_from_outside(500, accounts=200, exceptions=3)))
    assert [len(account.places) for account in found] == [1, 1, 1, 197]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 8), st.sampled_from(STATUSES)), max_size=80),
    st.integers(1, 60),
)
def test_anything_is_there_once(found: list[tuple[int, int, str]], limit: int) -> None:
    web, orders = landscapes.service("web", "backend"), landscapes.service("orders", "backend")
    endpoints = [
        landscapes.endpoint((web, orders)[vpc % 2], f"vpc {vpc}", status, number, project_id=f"project {account}")
        for number, (account, vpc, status) in enumerate(found)
    ]
    accounts = [
        {"name": str(account), "endpoints": [item for item in endpoints if item["project_id"] == f"project {account}"]}
        for account in range(7)
    ]
    seen = landscape([{"services": [web, orders]}, *accounts])
    assert_all_there(seen, grouped(seen, limit))
