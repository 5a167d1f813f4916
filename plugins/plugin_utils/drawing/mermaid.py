"""Draws a landscape as a Mermaid flowchart, which GitHub and GitLab display."""

from __future__ import annotations

from . import words
from .grouping import LIMIT, Account, Box, grouped
from .model import Landscape, Service
from .style import LOOK_OF_CLASS, class_of, look_of
from .text import joined, plain, shortened

# Default limits of Mermaid.
MOST_CHARACTERS = 50_000
MOST_LINES = 500
LONGEST = 60  # columns of a label
SMALLER = (30, 20, 10, 1)  # numbers of boxes to try when the text is too long
# Characters without escape in a label. Colons and hashes could start Mermaid syntax.
SAFE = frozenset(" -_.,/+()→✓…✕·")
SHAPES = {"accepted": ("[", "]"), "pendingAcceptance": ("([", "])"), "rejected": ("{{", "}}"), "failed": ("[/", "\\]")}
LINES = {"accepted": "-->", "rejected": "--x", "failed": "--x"}
OTHER_SHAPE, OTHER_LINE = ("(", ")"), "-.->"


def flowchart(seen: Landscape, limit: int = LIMIT, title: str = "") -> str:
    """The text, with fewer boxes than *limit* if it is too long for Mermaid. Raises ValueError if it still is."""
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
    services = {service.id: f"s{number}" for number, service in enumerate(seen.services, start=1)}
    lines = ["flowchart LR"]
    if title:
        lines.append(f"  accTitle: {_label(title)}")
    edges: list[str] = []
    for number, account in enumerate(accounts, start=1):
        lines.append(_opened(f"a{number}", words.of_account(account), 1))
        for vpc_number, vpc in enumerate(account.vpcs, start=1):
            frame = words.of_vpc(vpc.ids, seen)
            if frame:
                lines.append(_opened(f"a{number}v{vpc_number}", frame, 2))
            for box in vpc.boxes:
                name = f"e{len(edges) + 1}"
                lines.append("  " * (3 if frame else 2) + _box(name, box))
                edges.append(f"  {name} {LINES.get(box.status, OTHER_LINE)} {services[box.service_id]}")
            if frame:
                lines.append("    end")
        lines.append("  end")
    for number, (place, owned) in enumerate(seen.services_by_place().items(), start=1):
        lines.append(_opened(f"p{number}", words.of_place(place), 1))
        lines += [f"    {services[service.id]}{_service(service, seen)}" for service in owned]
        lines.append("  end")
    return "\n".join([*lines, *edges, *_colours([box for account in accounts for box in account.boxes])]) + "\n"


def _opened(name: str, said: words.Words, depth: int) -> str:
    return f'{"  " * depth}subgraph {name}["{_label(joined(said.title, said.detail))}"]'


def _box(name: str, box: Box) -> str:
    begin, end = SHAPES.get(box.status, OTHER_SHAPE)
    said = words.of_box(box)
    return f'{name}{begin}"{_labels(said.title, said.detail, _status(box.status))}"{end}:::{class_of(box.status)}'


def _service(service: Service, seen: Landscape) -> str:
    said, lines = words.of_service(service, seen)
    vpc = words.labelled("VPC", seen.names.get(service.vpc_id) or service.vpc_id)
    status = _status(service.status) if service.status else ""
    return f'[["{_labels(said.title, said.detail, *lines, vpc, status)}"]]'


def _status(status: str) -> str:
    look = look_of(status)
    return f"{look.sign} {look.word}"


def _colours(boxes: list[Box]) -> list[str]:
    """Colours that can be read on light and on dark pages: each box has its own background."""
    lines: dict[str, list[str]] = {}
    for number, box in enumerate(boxes):
        lines.setdefault(class_of(box.status), []).append(str(number))
    strokes = {name: f"stroke:{LOOK_OF_CLASS[name].light},stroke-width:2px" for name in sorted(lines)}
    return [
        *(f"  classDef {name} fill:#ffffff,color:#1a2330,{stroke}" for name, stroke in strokes.items()),
        *(f"  linkStyle {','.join(lines[name])} {stroke}" for name, stroke in strokes.items()),
    ]


def _labels(*texts: str) -> str:
    return "<br/>".join(_label(text) for text in texts if text)


def _label(text: str) -> str:
    """A text between quotation marks: Mermaid's codes replace all characters that it could interpret."""
    return "".join(
        char if char.isalnum() or char in SAFE else f"#{ord(char)};" for char in shortened(plain(text), LONGEST)
    )
