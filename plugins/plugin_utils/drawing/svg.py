# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A layout as SVG. Everything from the cloud is escaped, and nothing is loaded from anywhere."""

from __future__ import annotations

from . import words
from .layout import Card, Edge, Frame, Layout, Node, Rect, Trunk
from .model import Landscape
from .status import CALM, LOOKS, STRANGE, class_of, look_of, rank_of
from .style import style_sheet
from .text import anchor, columns, escaped, link, plain, shortened

LEGEND = 40
SIGN = 16
INSET = 12
TEXT_LINE = 17
HALO = 11
# Width of a character, in each kind of text, by a wide font.
NAME, SMALL, TITLE = 9.0, 7.6, 9.6
SEVERAL = ((200, "many"), (20, "more-of"), (2, "some"))  # so many endpoints, and how wide their line is


def picture(seen: Landscape, layout: Layout, title: str, in_page: bool = False) -> str:
    """The SVG element. in_page: its boxes lead to the page's tables, and the page has the style sheet and the title."""
    statuses = sorted({node.box.status for node in layout.nodes}, key=rank_of)
    width, height = _n(layout.width), _n(layout.height + LEGEND)
    parts = [
        f'<rect class="sheet" width="{width}" height="{height}"/>',
        _symbols({*statuses, *(card.service.status for card in layout.cards)}),
        *(_text(x, y, "caption", text) for x, y, text in layout.captions),
        *(_frame(frame) for frame in layout.frames),
        *(_edge(edge) for edge in sorted(layout.edges, key=lambda edge: rank_of(edge.box.status))),
        *(_trunk(trunk, {edge.box.service_id for edge in layout.edges}) for trunk in layout.trunks),
        *(_node(node, in_page) for node in layout.nodes),
        *(_card(card, in_page) for card in layout.cards),
        _legend(layout, statuses),
    ]
    size = f'class="map" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    if in_page:
        begin = f'<svg role="group" aria-labelledby="title summary" {size}>'
    else:
        begin = (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title summary" {size}>\n'
            f'<title id="title">{escaped(plain(title))}</title>\n'
            f'<desc id="summary">{escaped(words.summary(seen))}</desc>\n<style>\n{style_sheet()}\n</style>'
        )
    return "\n".join([begin, *parts, "</svg>\n"])


def _n(number: float) -> str:
    """A number as short as it can be."""
    return f"{number:.1f}".removesuffix(".0")


def _rect(rect: Rect, kind: str, radius: int, offset: int = 0) -> str:
    return (
        f'<rect class="{kind}" x="{_n(rect.x + offset)}" y="{_n(rect.y + offset)}" width="{_n(rect.width)}" '
        f'height="{_n(rect.height)}" rx="{radius}"/>'
    )


def _text(x: float, y: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escaped(text)}</text>' if text else ""


def _title(text: str) -> str:
    return f"<title>{escaped(text)}</title>" if text else ""


def _sign(status: str, x: float, y: float) -> str:
    """The sign of a status, around a point."""
    half = SIGN / 2
    where = f'x="{_n(x - half)}" y="{_n(y - half)}" width="{SIGN}" height="{SIGN}"'
    return f'<use class="sign is-{class_of(status)}" href="#sign-{class_of(status)}" {where}/>'


def _symbols(statuses: set[str]) -> str:
    drawings = {class_of(status): LOOKS.get(status, STRANGE).drawing for status in statuses}
    symbols = "".join(
        f'<symbol id="sign-{name}" viewBox="0 0 16 16">{drawing}</symbol>' for name, drawing in sorted(drawings.items())
    )
    return f"<defs>{symbols}</defs>"


def _frame(frame: Frame) -> str:
    rect = frame.rect
    room = rect.width - 2 * INSET
    said = frame.words
    if frame.is_account:
        label = _text(rect.x + INSET, rect.y + 20, "title", shortened(said.title, int(room / TITLE)))
        label += _text(rect.x + INSET, rect.y + 36, "more", shortened(said.detail, int(room / SMALL)))
    else:
        title = shortened(said.title, int(room / NAME) - columns(said.detail) - 2)
        label = _text(rect.x + INSET, rect.y + 20, "name", title)
        label += _text(rect.right - INSET, rect.y + 20, "id end", said.detail)
    kind, radius = ("account", 10) if frame.is_account else ("vpc", 8)
    return f"<g>{_title(said.full)}{_rect(rect, kind, radius)}{label}</g>"


def _belongs(service_id: str, endpoint_id: str = "") -> str:
    """What the page's script needs to know which things belong together."""
    endpoint = f' data-endpoint="{escaped(endpoint_id)}"' if endpoint_id else ""
    return f'data-service="{escaped(service_id)}"{endpoint}'


def _edge(edge: Edge) -> str:
    (x, y), (end_x, end_y) = edge.start, edge.end
    middle = (edge.leaves + end_x) / 2
    path = f"M{_n(x)} {_n(y)}H{_n(edge.leaves)}C{_n(middle)} {_n(y)} {_n(middle)} {_n(end_y)} {_n(end_x)} {_n(end_y)}"
    width = next((f" {name}" for least, name in SEVERAL if len(edge.box.endpoints) >= least), "")
    sign = ""
    if edge.box.status not in CALM:
        at = (middle, (y + end_y) / 2)
        sign = f'<circle class="halo" cx="{_n(at[0])}" cy="{_n(at[1])}" r="{HALO}"/>{_sign(edge.box.status, *at)}'
    belongs = _belongs(edge.box.service_id, edge.box.endpoints[0].id)
    return f'<g class="is-{class_of(edge.box.status)}" {belongs}><path class="line-of{width}" d="{path}"/>{sign}</g>'


def _trunk(trunk: Trunk, reached: set[str]) -> str:
    """The way into a service. It begins at the ports when nothing leads to it."""
    is_reached = trunk.service.id in reached
    if not is_reached and not trunk.ports:
        return ""
    start = trunk.start if is_reached else trunk.ports[0][0].x
    y, end = _n(trunk.y), trunk.end
    parts = [
        _title(trunk.all_ports),
        f'<path class="trunk" d="M{_n(start)} {y}H{_n(end - 6)}"/>',
        f'<circle class="arrow" cx="{_n(start)}" cy="{y}" r="4"/>' if is_reached else "",
        f'<path class="arrow" d="M{_n(end)} {y}l-9 -5v10z"/>',
    ]
    for rect, text in trunk.ports:
        parts.append(_rect(rect, "port", 10))
        parts.append(_text(rect.x + rect.width / 2, rect.middle + 4.5, "port-text", text))
    return f"<g {_belongs(trunk.service.id)}>{''.join(parts)}</g>"


def _node(node: Node, in_page: bool) -> str:
    rect, box = node.rect, node.box
    first, several = box.endpoints[0], len(box.endpoints) > 1
    said, look = words.of_box(box), look_of(box.status)
    left, right = rect.x + INSET, rect.right - INSET
    word = shortened(look.word, 24)
    room = rect.width - 3 * INSET - SIGN - columns(word) * SMALL
    name_y = rect.y + 20 if said.detail else rect.middle + 4.5
    content = [
        _title(said.full),
        _rect(rect, "box", 6, 4) if several else "",
        _rect(rect, "box", 6),
        _text(left, name_y, "name", shortened(said.title, int(room / NAME))),
        _text(left, name_y + TEXT_LINE, "more", shortened(said.detail, int((rect.width - 2 * INSET) / SMALL))),
        _sign(box.status, right - SIGN / 2, name_y - 4.5),
        _text(right - SIGN - 5, name_y, "word", word),
    ]
    target = link("service", first.service_id) if several else link("endpoint", first.id)
    classes = f"is-{class_of(box.status)}" + ("" if box.is_calm else " exception")
    return _group(classes, _belongs(box.service_id, first.id), content, in_page, target, anchor("box", first.id))


def _card(card: Card, in_page: bool) -> str:
    rect, service = card.rect, card.service
    left, right = rect.x + INSET + 2, rect.right - INSET
    look = look_of(service.status)
    word = "" if service.status in ("", "available") else shortened(look.word, 20)
    room = rect.width - 3 * INSET - SIGN - columns(word) * SMALL
    content = [
        _title(card.words.full),
        _rect(rect, "box", 8),
        _text(left, rect.y + 21, "title", shortened(card.words.title, int(room / TITLE))),
        _sign(service.status, right - SIGN / 2, rect.y + 16) if service.status else "",
        _text(right - SIGN - 5, rect.y + 21, "word", word),
    ]
    for number, line in enumerate([card.words.detail, *card.lines]):
        y = rect.y + 21 + TEXT_LINE * (number + 1)
        content.append(_text(left, y, "more", shortened(line, int((rect.width - 2 * INSET) / SMALL))))
    classes = f"is-{class_of(service.status)}" + (" exception" if word else "")
    target = link("service", service.id)
    return _group(classes, _belongs(service.id), content, in_page, target, anchor("card", service.id))


def _group(classes: str, belongs: str, content: list[str], in_page: bool, target: str, name: str) -> str:
    """A box, which in a page leads to its row of a table, and is led to from there."""
    inside = "".join(content)
    if in_page:
        inside = f'<a id="{name}" href="{target}">{inside}</a>'
    return f'<g class="{classes}" {belongs}>{inside}</g>'


def _legend(layout: Layout, statuses: list[str]) -> str:
    """What lines and signs mean, as far as they occur."""
    x, y = layout.captions[0][0], layout.height + LEGEND / 2 - 6
    parts = []
    for name in dict.fromkeys(class_of(status) for status in statuses):
        word = LOOKS[name].word if name in LOOKS else "in another status"
        line = f'<path class="line-of" d="M{_n(x)} {_n(y)}h34"/>'
        parts.append(f'<g class="is-{name}">{line}{_sign(name, x + 48, y)}{_text(x + 62, y + 4.5, "more", word)}</g>')
        x += 62 + columns(word) * SMALL + 20
    if any(len(node.box.endpoints) > 1 for node in layout.nodes):
        several = Rect(x, y - 8, 24, 13)
        parts.append(f"<g>{_rect(several, 'box', 3, 3)}{_rect(several, 'box', 3)}</g>")
        parts.append(_text(x + 36, y + 4.5, "more", "several"))
    return f'<g class="legend">{"".join(parts)}</g>'
