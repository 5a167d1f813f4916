"""Draws a layout as SVG without external resources. All texts from the cloud are escaped."""

from __future__ import annotations

from . import words
from .layout import LEFT, LEFT_END, RIGHT, Card, Frame, Layout, Node, Rect
from .model import Landscape
from .style import LOOK_OF_CLASS, NORMAL, class_of, look_of, rank_of, style_sheet
from .text import anchor, columns, escaped, link, plain, shortened
from .words import Words

LEGEND = 40
SIGN = 16
INSET = 12
TEXT_LINE = 17
SMALL, WIDE = 7.6, 9.6  # width of a character in texts and in titles, by a wide font
UNREMARKABLE = (NORMAL, "available", "")


def picture(seen: Landscape, layout: Layout, title: str, in_page: bool = False) -> str:
    """The SVG element. in_page: its boxes are links into the page, which has the style sheet and the title."""
    statuses = sorted({node.box.status for node in layout.nodes}, key=rank_of)
    cards = {card.service.id: card for card in layout.cards}
    width, height = _n(layout.width), _n(layout.height + LEGEND)
    parts = [
        f'<rect class="sheet" width="{width}" height="{height}"/>',
        _text(LEFT, 20, "caption", "Endpoints"),
        _text(RIGHT, 20, "caption", "Services"),
        *map(_frame, layout.frames),
        *(_edge(node, cards[node.box.service_id]) for node in layout.nodes),
        *(_node(node, in_page) for node in layout.nodes),
        *(_card(card, in_page) for card in layout.cards),
        _legend(LEFT, layout.height + LEGEND / 2 - 6, statuses),
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
    return "\n".join([begin, *filter(None, parts), "</svg>\n"])


def _n(number: float) -> str:
    """A number with at most one decimal place."""
    return f"{number:.1f}".removesuffix(".0")


def _rect(rect: Rect, kind: str, radius: int, offset: int = 0) -> str:
    return (
        f'<rect class="{kind}" x="{_n(rect.x + offset)}" y="{_n(rect.y + offset)}" width="{_n(rect.width)}" '
        f'height="{_n(rect.height)}" rx="{radius}"/>'
    )


def _text(x: float, y: float, kind: str, text: str) -> str:
    return f'<text class="{kind}" x="{_n(x)}" y="{_n(y)}">{escaped(text)}</text>' if text else ""


def _tooltip(text: str) -> str:
    return f"<title>{escaped(text)}</title>" if text else ""


def _sign(status: str, x: float, y: float) -> str:
    """The sign of a status, around a point."""
    disc = f'<circle class="disc" cx="{_n(x)}" cy="{_n(y)}" r="{SIGN // 2}"/>'
    return disc + _text(x, y + 4.2, "sign", look_of(status).sign)


def _frame(frame: Frame) -> str:
    rect, said = frame.rect, frame.words
    x, y, room = rect.x + INSET, rect.y + 20, rect.width - 2 * INSET
    if frame.is_account:
        shape = _rect(rect, "account", 10)
        label = _text(x, y, "title", shortened(said.title, int(room / WIDE)))
        label += _text(x, y + 16, "more", shortened(said.detail, int(room / SMALL)))
    else:
        shape = _rect(rect, "vpc", 8)
        label = _text(x, y, "name", shortened(said.title, int(room / WIDE) - columns(said.detail) - 2))
        label += _text(rect.right - INSET, y, "id", said.detail)
    return f"<g>{_tooltip(said.full)}{shape}{label}</g>"


def _belongs(service_id: str, endpoint_id: str = "") -> str:
    """The attributes by which the script of the page finds related parts."""
    endpoint = f' data-endpoint="{escaped(endpoint_id)}"' if endpoint_id else ""
    return f'data-service="{escaped(service_id)}"{endpoint}'


def _edge(node: Node, card: Card) -> str:
    """The line from a box to its service."""
    box, y, end = node.box, _n(node.rect.middle), _n(card.rect.middle)
    middle = _n((LEFT_END + RIGHT) / 2)
    path = f"M{_n(node.rect.right)} {y}H{LEFT_END}C{middle} {y} {middle} {end} {RIGHT} {end}H{_n(card.rect.x)}"
    kind = "line several" if box.is_several else "line"
    belongs = _belongs(box.service_id, box.endpoints[0].id)
    arrow = f'<path class="arrow" d="M{_n(card.rect.x)} {end}l-9 -5v10z"/>'
    return f'<g class="is-{class_of(box.status)}" {belongs}><path class="{kind}" d="{path}"/>{arrow}</g>'


def _node(node: Node, in_page: bool) -> str:
    box, first, said = node.box, node.box.endpoints[0].id, words.of_box(node.box)
    status = box.status or "unknown"
    target = link("service", box.service_id) if box.is_several else link("endpoint", first)
    stack = _rect(node.rect, "box", 6, 4) if box.is_several else ""
    content = stack + _box(node.rect, said, [said.detail], status)
    place = f'id="{anchor("box", first)}" href="{target}"' if in_page else ""
    return _group(status, _belongs(box.service_id, first), content, place)


def _card(card: Card, in_page: bool) -> str:
    service = card.service
    content = _box(card.rect, card.words, [card.words.detail, *card.lines], service.status)
    place = f'id="{anchor("card", service.id)}" href="{link("service", service.id)}"' if in_page else ""
    return _group(service.status, _belongs(service.id), content, place)


def _box(rect: Rect, said: Words, lines: list[str], status: str) -> str:
    """A rectangle with title and lines on the left, and with word and sign of the status on the right."""
    word = shortened(look_of(status).word, 22) if status else ""
    left, right = rect.x + INSET, rect.right - INSET
    room = rect.width - 2 * INSET
    title = shortened(said.title, int((room - INSET - SIGN - columns(word) * SMALL) / WIDE))
    parts = [
        _tooltip(said.full),
        _rect(rect, "box", 6),
        _text(left, rect.y + 20, "name", title),
        _text(right - SIGN - 5, rect.y + 20, "word", word),
        _sign(status, right - SIGN / 2, rect.y + 15.5) if status else "",
        *(
            _text(left, rect.y + 20 + TEXT_LINE * number, "more", shortened(line, int(room / SMALL)))
            for number, line in enumerate(lines, start=1)
        ),
    ]
    return "".join(parts)


def _group(status: str, belongs: str, content: str, place: str) -> str:
    """place: the attributes of a link around the content, if any."""
    classes = f"is-{class_of(status)}" + ("" if status in UNREMARKABLE else " exception")
    return f'<g class="{classes}" {belongs}>{f"<a {place}>{content}</a>" if place else content}</g>'


def _legend(x: float, y: float, statuses: list[str]) -> str:
    """The lines and signs of the statuses that occur."""
    parts = []
    for name in dict.fromkeys(map(class_of, statuses)):
        word = LOOK_OF_CLASS[name].word
        line = f'<path class="line" d="M{_n(x)} {_n(y)}h34"/>'
        parts.append(f'<g class="is-{name}">{line}{_sign(name, x + 48, y)}{_text(x + 62, y + 4.5, "more", word)}</g>')
        x += 62 + columns(word) * SMALL + 20
    return f'<g class="legend">{"".join(parts)}</g>'
