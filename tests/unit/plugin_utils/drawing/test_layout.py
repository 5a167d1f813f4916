"""Geometry: nothing covers anything else, and every line ends where it should."""

import itertools
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.layout import (
    LEFT_END,
    RIGHT,
    Layout,
    Rect,
    arranged,
)
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.model import landscape
from tests.support import landscapes

MANY_PORTS = landscapes.service("many", "backend", *((port, port + 60000) for port in range(1000, 1020)))
CASES: dict[str, list[dict[str, Any]]] = {
    "empty": [{}],
    "small": landscapes.small(),
    "a service without endpoints": [{"services": [MANY_PORTS]}],
    "many ports": [{"services": [MANY_PORTS], "endpoints": [landscapes.endpoint(MANY_PORTS, "storefront")]}],
    "two accounts": list(landscapes.shop_and_platform()),
    "provider": [landscapes.shop_and_platform()[0]],
    "consumer": [landscapes.shop_and_platform()[1]],
    "fleet": landscapes.fleet(500),
    "fleets": landscapes.fleet(500, accounts=6, exceptions=30),
    "outside": landscapes.seen_from_outside(500, accounts=200),
    "many services": [
        {"services": [landscapes.service(f"s{number}", f"vpc {number % 4}", (1, 2)) for number in range(30)]}
    ],
}
each_case = pytest.mark.parametrize("accounts", CASES.values(), ids=CASES.keys())


def layout_of(accounts: list[dict[str, Any]]) -> Layout:
    return arranged(landscape(accounts, landscapes.NAMES))


def overlap(one: Rect, two: Rect) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


def holds(outer: Rect, inner: Rect) -> bool:
    return outer.x <= inner.x and inner.right <= outer.right and outer.y <= inner.y and inner.bottom <= outer.bottom


@pytest.mark.slow
@each_case
def test_nothing_covers_anything_else(accounts: list[dict[str, Any]]) -> None:
    layout = layout_of(accounts)
    boxes = [node.rect for node in layout.nodes] + [card.rect for card in layout.cards]
    of_accounts = [frame.rect for frame in layout.frames if frame.is_account]
    of_vpcs = [frame.rect for frame in layout.frames if not frame.is_account]
    for together in (boxes, of_accounts, of_vpcs):
        for one, two in itertools.combinations(together, 2):
            assert not overlap(one, two), (one, two)


@each_case
def test_everything_is_inside(accounts: list[dict[str, Any]]) -> None:
    layout = layout_of(accounts)
    sheet = Rect(0, 0, layout.width, layout.height)
    of_accounts = [frame.rect for frame in layout.frames if frame.is_account]
    inside = [node.rect for node in layout.nodes] + [card.rect for card in layout.cards]
    inside += [frame.rect for frame in layout.frames if not frame.is_account]
    assert all(holds(sheet, rect) for rect in of_accounts)
    for rect in inside:
        assert sum(holds(account, rect) for account in of_accounts) == 1
    for vpc in [frame.rect for frame in layout.frames if not frame.is_account]:
        for rect in [node.rect for node in layout.nodes] + [card.rect for card in layout.cards]:
            assert holds(vpc, rect) or not overlap(vpc, rect)


@each_case
def test_there_is_room_for_lines_between_both_sides(accounts: list[dict[str, Any]]) -> None:
    layout = layout_of(accounts)
    assert all(node.rect.right < LEFT_END for node in layout.nodes)
    assert all(card.rect.x > RIGHT for card in layout.cards)


@pytest.mark.slow
@each_case
def test_every_box_and_service_is_drawn_once(accounts: list[dict[str, Any]]) -> None:
    layout, seen = layout_of(accounts), landscape(accounts)
    assert [card.service.id for card in layout.cards] == [service.id for service in seen.services]
    assert sum(len(node.box.endpoints) for node in layout.nodes) == len(seen.endpoints)


def test_ports_that_have_no_room_are_counted() -> None:
    (card,) = layout_of(CASES["many ports"]).cards
    assert card.lines[0] == "1000 → 61000, 1001 → 61001, 18 more"
    assert "1019 → 61019" in card.words.full


def test_a_service_stands_opposite_its_endpoints() -> None:
    """Where one side is much longer than the other, it would take long lines to find out what leads where."""
    layout = layout_of(landscapes.fleet(30, vpcs=30, exceptions=0))
    middle = sum(node.rect.middle for node in layout.nodes) / len(layout.nodes)
    cards = sum(card.rect.middle for card in layout.cards) / len(layout.cards)
    assert abs(middle - cards) < 30
