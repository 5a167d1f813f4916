"""Computes positions and sizes: endpoints on the left, services on the right, lines between them."""

from __future__ import annotations

import typing as t

from . import words
from .grouping import LIMIT, Account, Box, grouped
from .model import Landscape, Service
from .words import Words

MARGIN = 16
TOP = 46  # of the accounts; the captions are above
GAP = 10  # between boxes
ACCOUNT_GAP = 22
ACCOUNT_HEAD = 46
VPC_HEAD = 30
PAD = 10  # from a frame to its content
BOX_HEIGHT = 46
SIDE_WIDTH = 370
CARD_HEAD = 50
CARD_LINE = 17
LEFT = MARGIN
LEFT_END = LEFT + SIDE_WIDTH
RIGHT = LEFT_END + 260


class Rect(t.NamedTuple):
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class Frame(t.NamedTuple):
    """An account or a VPC."""

    rect: Rect
    words: Words
    is_account: bool


class Node(t.NamedTuple):
    """One endpoint or several."""

    rect: Rect
    box: Box


class Card(t.NamedTuple):
    """A service."""

    rect: Rect
    service: Service
    words: Words
    lines: list[str]


class Layout(t.NamedTuple):
    width: float
    height: float
    frames: list[Frame]
    nodes: list[Node]
    cards: list[Card]


def arranged(seen: Landscape, limit: int = LIMIT) -> Layout:
    """The whole picture, with at most *limit* boxes of endpoints if folding can achieve that."""
    frames, nodes = _left(seen, grouped(seen, limit))
    cards = []
    y: float = TOP
    for place, services in seen.services_by_place().items():
        described = [(service, *words.of_service(service, seen)) for service in services]
        by_vpc: dict[str, list[float]] = {}
        for service, _words, lines in described:
            by_vpc.setdefault(service.vpc_id, []).append(CARD_HEAD + CARD_LINE * len(lines))
        inside = [(words.of_vpc([vpc_id], seen), heights) for vpc_id, heights in by_vpc.items()]
        height = _account(RIGHT, 0, words.of_place(place), inside)[0][0].rect.height
        # Services are placed opposite their endpoints.
        ids = {service.id for service in services}
        middles = [node.rect.middle for node in nodes if node.box.service_id in ids] or [y]
        top = max(y, sum(middles) / len(middles) - height / 2)
        found, rects = _account(RIGHT, top, words.of_place(place), inside)
        frames += found
        cards += [Card(rect, *parts) for rect, parts in zip(rects, described, strict=True)]
        y = found[0].rect.bottom + ACCOUNT_GAP
    height = max((frame.rect.bottom for frame in frames), default=TOP)
    return Layout(RIGHT + SIDE_WIDTH + MARGIN, height + MARGIN, frames, nodes, cards)


def _left(seen: Landscape, accounts: list[Account]) -> tuple[list[Frame], list[Node]]:
    frames: list[Frame] = []
    nodes: list[Node] = []
    y: float = TOP
    for account in accounts:
        inside = [(words.of_vpc(vpc.ids, seen), [float(BOX_HEIGHT)] * len(vpc.boxes)) for vpc in account.vpcs]
        found, rects = _account(LEFT, y, words.of_account(account), inside)
        frames += found
        nodes += map(Node, rects, account.boxes)
        y = found[0].rect.bottom + ACCOUNT_GAP
    return frames, nodes


def _account(
    x: float, y: float, title: Words, inside: list[tuple[Words | None, list[float]]]
) -> tuple[list[Frame], list[Rect]]:
    """The frames of an account and its VPCs, and the places of its boxes.

    inside: for each VPC (None: no frame) the heights of its boxes.
    """
    frames, rects = [], []
    bottom = y + ACCOUNT_HEAD
    for vpc, heights in inside:
        top = bottom
        bottom += VPC_HEAD if vpc else 0
        for height in heights:
            rects.append(Rect(x + 2 * PAD, bottom, SIDE_WIDTH - 4 * PAD, height))
            bottom += height + GAP
        if vpc:
            frames.append(Frame(Rect(x + PAD, top, SIDE_WIDTH - 2 * PAD, bottom - top), vpc, False))
            bottom += GAP
    return [Frame(Rect(x, y, SIDE_WIDTH, bottom - y), title, True), *frames], rects
