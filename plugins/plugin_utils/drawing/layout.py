# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where everything goes: endpoints on the left, services on the right, lines between them. Numbers only, no SVG.

Each endpoint leads to one service. Its line ends where the lines of that service meet, and from there one line with the
ports leads into the service.
"""

from __future__ import annotations

import typing as t
from itertools import islice

from . import words
from .grouping import Account, Box, Vpc
from .model import Landscape, Place, Service
from .text import columns, shortened
from .words import Words

MARGIN = 16
CAPTION = 30  # above each side
GAP = 10  # between boxes
ACCOUNT_GAP = 22
ACCOUNT_HEAD = 46
VPC_HEAD = 30
PAD = 10  # from a frame to what is in it
BOX = (330, 46)
CARD_WIDTH = 340
CARD_HEAD = 46
CARD_LINE = 17
LINES = (150, 260)  # room for the lines, at least and at most
STEEPNESS = 10  # they have so much less room than height
TRUNK = 36  # room on either side of the ports
PORT_HEIGHT = 21
PORT_GAP = 4
PORT_COLUMN = 8  # width of a character
PORT_COLUMNS = 20
MOST_PORTS = 5
GATEWAY = "gateway"


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
    """Around a VPC or an account."""

    rect: Rect
    words: Words
    is_account: bool


class Node(t.NamedTuple):
    """One endpoint, or several."""

    rect: Rect
    box: Box


class Card(t.NamedTuple):
    """A service."""

    rect: Rect
    service: Service
    words: Words
    lines: list[str]


class Edge(t.NamedTuple):
    """From a box to where the lines of its service meet; it leaves its frames before it turns."""

    box: Box
    start: tuple[float, float]
    leaves: float
    end: tuple[float, float]


class Trunk(t.NamedTuple):
    """From where the lines meet to the service."""

    service: Service
    start: float
    end: float
    y: float
    ports: list[tuple[Rect, str]]
    all_ports: str


class Layout(t.NamedTuple):
    width: float
    height: float
    frames: list[Frame]
    nodes: list[Node]
    cards: list[Card]
    edges: list[Edge]
    trunks: list[Trunk]
    captions: list[tuple[float, float, str]]


class _Side:
    """Frames that stand below each other, filled from the top. What is in them is moved later, if at all."""

    def __init__(self, x: float, width: float) -> None:
        self.x, self.width = x, width

    def account(
        self, y: float, title: Words, inside: list[tuple[Words | None, list[float]]]
    ) -> tuple[list[Frame], list[Rect]]:
        """An account at *y*. inside: for each VPC (None: no frame) the heights of what is in it."""
        frames, rects = [], []
        below = y + ACCOUNT_HEAD if title.detail else y + ACCOUNT_HEAD - 14
        for vpc, heights in inside:
            top = below
            below += VPC_HEAD if vpc else 0
            for height in heights:
                rects.append(Rect(self.x + 2 * PAD, below, self.width - 4 * PAD, height))
                below += height + GAP
            if vpc:
                frames.append(Frame(Rect(self.x + PAD, top, self.width - 2 * PAD, below - top), vpc, False))
                below += GAP
        return [Frame(Rect(self.x, y, self.width, below - y), title, True), *frames], rects


def arranged(seen: Landscape, accounts: list[Account]) -> Layout:
    """The whole picture."""
    left = _Side(MARGIN, BOX[0] + 4 * PAD)
    consumers = _stacked(left, [_consumer(account, seen) for account in accounts])
    trunks_at = left.x + left.width + min(max(LINES[0], consumers.bottom / STEEPNESS), LINES[1])
    ports = {service.id: _port_texts(service) for service in seen.services}
    widest = max((columns(text) for texts in ports.values() for text in texts), default=0) * PORT_COLUMN + 16
    right = _Side(trunks_at + widest + 2 * TRUNK, CARD_WIDTH + 4 * PAD)

    nodes = [Node(rect, box) for rect, box in zip(consumers.rects, _boxes(accounts), strict=True)]
    cards_of = _services_by_place(seen)
    sources = _mean_sources(nodes)
    providers = _stacked(right, [_provider(place, services, seen, ports) for place, services in cards_of.items()])
    shown = [service for services in cards_of.values() for service in services]

    if providers.bottom > consumers.bottom:
        shift = (providers.bottom - consumers.bottom) / 2
        consumers = consumers.moved([shift] * len(consumers.blocks))
        nodes = [Node(rect, box) for rect, box in zip(consumers.rects, _boxes(accounts), strict=True)]
        sources = _mean_sources(nodes)
    providers = providers.moved(_towards(providers, shown, sources, max(consumers.bottom, providers.bottom)))

    cards = [
        Card(rect, service, *words.of_service(service, len(seen.endpoints_of(service))))
        for rect, service in zip(providers.rects, shown, strict=True)
    ]
    trunks = [_trunk(card, trunks_at, widest, ports[card.service.id]) for card in cards]
    meeting = {trunk.service.id: (trunk.start, trunk.y) for trunk in trunks}
    edges = [
        Edge(node.box, (node.rect.right, node.rect.middle), left.x + left.width, meeting[node.box.service_id])
        for node in nodes
    ]
    return Layout(
        right.x + right.width + MARGIN,
        max(consumers.bottom, providers.bottom) + MARGIN,
        consumers.frames + providers.frames,
        nodes,
        cards,
        edges,
        trunks,
        [(left.x, MARGIN + 4, "Endpoints: who connects"), (right.x, MARGIN + 4, "Services: to what")],
    )


class _Stack:
    """What one side holds, account by account: for each its frames and the places of its boxes."""

    def __init__(self, blocks: list[tuple[list[Frame], list[Rect]]]) -> None:
        self.blocks = blocks

    @property
    def frames(self) -> list[Frame]:
        return [frame for frames, _rects in self.blocks for frame in frames]

    @property
    def rects(self) -> list[Rect]:
        return [rect for _frames, rects in self.blocks for rect in rects]

    @property
    def bottom(self) -> float:
        return max((frame.rect.bottom for frame in self.frames), default=MARGIN + CAPTION)

    def moved(self, shifts: list[float]) -> _Stack:
        """Each account moved down by so much."""
        return _Stack(
            [
                (
                    [frame._replace(rect=frame.rect._replace(y=frame.rect.y + shift)) for frame in frames],
                    [rect._replace(y=rect.y + shift) for rect in rects],
                )
                for (frames, rects), shift in zip(self.blocks, shifts, strict=True)
            ]
        )


def _stacked(side: _Side, accounts: list[tuple[Words, list[tuple[Words | None, list[float]]]]]) -> _Stack:
    blocks = []
    y: float = MARGIN + CAPTION
    for title, inside in accounts:
        frames, rects = side.account(y, title, inside)
        blocks.append((frames, rects))
        y = frames[0].rect.bottom + ACCOUNT_GAP
    return _Stack(blocks)


def _boxes(accounts: list[Account]) -> list[Box]:
    return [box for account in accounts for box in account.boxes]


def _consumer(account: Account, seen: Landscape) -> tuple[Words, list[tuple[Words | None, list[float]]]]:
    def of(vpc: Vpc) -> Words | None:
        return words.of_vpc(vpc.ids, seen) if any(vpc.ids) else None

    return words.of_account(account), [(of(vpc), [float(BOX[1])] * len(vpc.boxes)) for vpc in account.vpcs]


def _provider(
    place: Place, services: list[Service], seen: Landscape, ports: dict[str, list[str]]
) -> tuple[Words, list[tuple[Words | None, list[float]]]]:
    by_vpc: dict[str, list[float]] = {}
    for service in services:
        by_vpc.setdefault(service.vpc_id, []).append(_card_height(service, ports[service.id]))
    inside = [(words.of_vpc((vpc_id,), seen) if vpc_id else None, heights) for vpc_id, heights in by_vpc.items()]
    return words.of_place(place), inside


def _services_by_place(seen: Landscape) -> dict[Place, list[Service]]:
    """In the order of the landscape, which keeps the services of a VPC together."""
    found: dict[Place, list[Service]] = {}
    for service in seen.services:
        found.setdefault(service.place, []).append(service)
    return found


def _card_height(service: Service, ports: list[str]) -> float:
    _title, lines = words.of_service(service, 0)
    return max(CARD_HEAD + CARD_LINE * len(lines) + (4 if lines else 0), len(ports) * (PORT_HEIGHT + PORT_GAP) + 4)


def _port_texts(service: Service) -> list[str]:
    """The ports to show at a service; gateways have none, but are reached by routes."""
    if service.type == GATEWAY:
        return ["by route"]
    texts = [shortened(port.text, PORT_COLUMNS) for port in service.ports]
    if len(texts) > MOST_PORTS:
        return [*texts[: MOST_PORTS - 1], f"+{len(texts) - MOST_PORTS + 1} more"]
    return texts


def _mean_sources(nodes: list[Node]) -> dict[str, tuple[float, int]]:
    """Service ID -> sum of the heights at which its lines begin, and how many they are."""
    found: dict[str, tuple[float, int]] = {}
    for node in nodes:
        total, count = found.get(node.box.service_id, (0.0, 0))
        found[node.box.service_id] = (total + node.rect.middle, count + 1)
    return found


def _towards(
    stack: _Stack, services: list[Service], sources: dict[str, tuple[float, int]], bottom: float
) -> list[float]:
    """How far each account moves down to stand opposite those who connect to it, without getting into another's way."""
    tops: list[float] = []
    free: float = MARGIN + CAPTION
    remaining = iter(services)
    for frames, rects in stack.blocks:
        pulls = [
            (sources[service.id], rect)
            for rect, service in zip(rects, islice(remaining, len(rects)), strict=True)
            if service.id in sources
        ]
        lines = sum(count for (_total, count), _rect in pulls)
        pull = sum(total - count * rect.middle for (total, count), rect in pulls) / lines if lines else 0
        tops.append(max(free, frames[0].rect.y + pull))
        free = tops[-1] + frames[0].rect.height + ACCOUNT_GAP
    limit = bottom
    for number in reversed(range(len(tops))):
        frame = stack.blocks[number][0][0]
        tops[number] = min(tops[number], limit - frame.rect.height)
        limit = tops[number] - ACCOUNT_GAP
    return [top - frames[0].rect.y for top, (frames, _rects) in zip(tops, stack.blocks, strict=True)]


def _trunk(card: Card, start: float, width: float, texts: list[str]) -> Trunk:
    step = PORT_HEIGHT + PORT_GAP
    first = card.rect.middle - (len(texts) * step - PORT_GAP) / 2
    ports = [
        (Rect(start + TRUNK, first + number * step, width, PORT_HEIGHT), text) for number, text in enumerate(texts)
    ]
    every = "\n".join(port.text for port in card.service.ports)
    return Trunk(card.service, start, card.rect.x, card.rect.middle, ports, every)
