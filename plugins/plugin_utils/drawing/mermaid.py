# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A landscape as Mermaid's flowchart, for a README or a merge request. GitHub and GitLab draw it.

Boxes fold until the text keeps the limits that Mermaid has there.
"""

from __future__ import annotations

from . import words
from .grouping import LIMIT, Account, Box, grouped
from .model import Landscape, Place, Service
from .status import LOOKS, STRANGE, class_of, look_of
from .text import plain, shortened

# Mermaid's own limits, unless a site raises them.
MOST_CHARACTERS = 50_000
MOST_LINES = 500
LONGEST = 60  # columns of a label
SMALLER = (30, 20, 10, 1)
# What needs no code in a label. Colons and hashes would, with words of Mermaid's own before them, begin something else.
SAFE = frozenset(" -_.,/+()→✓…✕·")
SHAPES = {"accepted": ("[", "]"), "pendingAcceptance": ("([", "])"), "rejected": ("{{", "}}"), "failed": ("[/", "\\]")}
LINES = {"accepted": "-->", "rejected": "--x", "failed": "--x"}
OTHER_SHAPE, OTHER_LINE = ("(", ")"), "-.->"


def flowchart(seen: Landscape, limit: int = LIMIT, title: str = "") -> str:
    """The text. Raises ValueError when there is too much to draw, however it is folded."""
    text = ""
    for boxes in (limit, *(smaller for smaller in SMALLER if smaller < limit)):
        accounts = grouped(seen, boxes)
        text = _written(seen, accounts, title)
        if len(text) <= MOST_CHARACTERS and sum(len(account.boxes) for account in accounts) <= MOST_LINES:
            return text
    raise ValueError(
        f"{words.summary(seen)}: as Mermaid text this has {len(text):,} characters, "
        f"and Mermaid takes {MOST_CHARACTERS:,}. Draw fewer services"
    )


def _written(seen: Landscape, accounts: list[Account], title: str) -> str:
    numbers = {service.id: number for number, service in enumerate(seen.services, start=1)}
    lines = ["flowchart LR"]
    if title:
        lines.append(f"  accTitle: {_label(title)}")
    edges: list[str] = []
    box_number = 0
    for number, account in enumerate(accounts, start=1):
        lines.append(_opened(f"a{number}", words.joined(*_lines(words.of_account(account))), 1))
        for vpc_number, vpc in enumerate(account.vpcs, start=1):
            framed = any(vpc.ids)
            if framed:
                lines.append(_opened(f"a{number}v{vpc_number}", " ".join(_lines(words.of_vpc(vpc.ids, seen))), 2))
            for box in vpc.boxes:
                box_number += 1
                lines.append("  " * (3 if framed else 2) + _box(f"e{box_number}", box))
                edges.append(f"  {_edge(f'e{box_number}', box, seen, numbers)}")
            if framed:
                lines.append("    end")
        lines.append("  end")
    for number, (place, services) in enumerate(_by_place(seen).items(), start=1):
        lines.append(_opened(f"p{number}", words.joined(*_lines(words.of_place(place))), 1))
        lines += [f"    s{numbers[service.id]}{_service(service, seen)}" for service in services]
        lines.append("  end")
    return "\n".join([*lines, *edges, *_colours([box for account in accounts for box in account.boxes])]) + "\n"


def _lines(said: words.Words) -> tuple[str, str]:
    return said.title, said.detail


def _opened(name: str, label: str, depth: int) -> str:
    return f'{"  " * depth}subgraph {name}["{_label(label)}"]'


def _box(name: str, box: Box) -> str:
    begin, end = SHAPES.get(box.status, OTHER_SHAPE)
    said, look = words.of_box(box), look_of(box.status)
    label = "<br/>".join(_label(text) for text in (said.title, said.detail, f"{look.sign} {look.word}") if text)
    return f'{name}{begin}"{label}"{end}:::{class_of(box.status)}'


def _edge(name: str, box: Box, seen: Landscape, numbers: dict[str, int]) -> str:
    service = seen.services[numbers[box.service_id] - 1]
    line = LINES.get(box.status, OTHER_LINE)
    ports = ", ".join(port.text for port in service.ports)
    label = f'|"{_label(ports)}"|' if ports else ""
    return f"{name} {line}{label} s{numbers[service.id]}"


def _service(service: Service, seen: Landscape) -> str:
    said, lines = words.of_service(service, len(seen.endpoints_of(service)))
    vpc = f"VPC {seen.vpc_name(service.vpc_id) or service.vpc_id}" if service.vpc_id else ""
    look = look_of(service.status)
    status = f"{look.sign} {look.word}" if service.status else ""
    label = "<br/>".join(_label(text) for text in (said.title, said.detail, *lines, vpc, status) if text)
    return f'[["{label}"]]'


def _by_place(seen: Landscape) -> dict[Place, list[Service]]:
    found: dict[Place, list[Service]] = {}
    for service in seen.services:
        found.setdefault(service.place, []).append(service)
    return found


def _colours(boxes: list[Box]) -> list[str]:
    """Colours that can be read on light and on dark pages: each box brings its own background."""
    lines: dict[str, list[str]] = {}
    for number, box in enumerate(boxes):
        lines.setdefault(class_of(box.status), []).append(str(number))
    colours = {name: LOOKS.get(name, STRANGE).light for name in sorted(lines)}
    return [
        *(f"  classDef {name} fill:#ffffff,color:#1a2330,stroke:{colours[name]},stroke-width:2px" for name in colours),
        *(f"  linkStyle {','.join(lines[name])} stroke:{colours[name]},stroke-width:2px" for name in colours),
    ]


def _label(text: str) -> str:
    """A text between quotation marks, with Mermaid's codes for every character that could mean something there."""
    return "".join(
        char if char.isalnum() or char in SAFE else f"#{ord(char)};" for char in shortened(plain(text), LONGEST)
    )
