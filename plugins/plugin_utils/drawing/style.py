"""Words, signs and colours of statuses, and the style sheet of pictures for light and dark mode."""

from __future__ import annotations

import typing as t


class Look(t.NamedTuple):
    """How a status is drawn: word, sign, dashes and colour, so that it is readable without colours."""

    word: str
    sign: str  # one character
    dashes: str  # SVG's stroke-dasharray of lines
    light: str  # colour on a light background
    dark: str  # colour on a dark background


# In the order in which statuses are sorted.
LOOKS = {
    "accepted": Look("accepted", "✓", "none", "#08704f", "#4cc79b"),
    "available": Look("available", "✓", "none", "#08704f", "#4cc79b"),
    "creating": Look("being created", "+", "2 4", "#0b5cad", "#74b3f5"),
    "pendingAcceptance": Look("pending acceptance", "…", "7 5", "#8a5300", "#eeb34a"),
    "rejected": Look("rejected", "✕", "10 3 2 3", "#b3261e", "#ff8a80"),
    "failed": Look("failed", "!", "4 3", "#84268f", "#e3a0ea"),
    "deleting": Look("being deleted", "-", "1.5 3", "#56616e", "#a3aebb"),
}
UNKNOWN_STATUS = Look("unknown", "?", "6 2 1 2", "#56616e", "#a3aebb")
LOOK_OF_CLASS = {**LOOKS, "other": UNKNOWN_STATUS}
NORMAL = "accepted"  # the status of endpoints that need no attention
# Name of a colour -> on light and on dark background.
COLOURS = {
    "paper": ("#ffffff", "#11161d"),
    "account": ("#f3f5f8", "#19202a"),
    "vpc": ("#e6eaf0", "#232c39"),
    "edge": ("#aeb8c4", "#4a586b"),
    "text": ("#1a2330", "#e7ecf3"),
    "muted": ("#4e5967", "#a9b4c2"),
    "mark": ("#ffe9a8", "#5a4a12"),
}

_RULES = """
.map { background: var(--paper); color: var(--text);
  font: 13px/1.4 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
.map text { fill: var(--text); font-variant-numeric: tabular-nums }
.map .title { font-size: 14px; font-weight: 600 }
.map .name { font-weight: 600 }
.map .more { fill: var(--muted); font-size: 12px }
.map .id { font-family: ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; font-size: 11.5px }
.map .word { fill: var(--c); font-size: 12px }
.map .id, .map .word { text-anchor: end }
.map .caption { fill: var(--muted); font-size: 12px; font-weight: 600 }
.map .account { fill: var(--account); stroke: var(--edge) }
.map .vpc { fill: var(--vpc) }
.map .box { fill: var(--paper); stroke: var(--edge) }
.map .sheet { fill: var(--paper) }
.map .exception .box { stroke: var(--c); stroke-width: 1.5 }
.map .line { fill: none; stroke: var(--c); stroke-width: 1.6; stroke-dasharray: var(--dashes) }
.map .several { stroke-width: 4 }
.map .arrow { fill: var(--muted) }
.map .sign { text-anchor: middle; font-size: 12px }
.map .disc { fill: var(--c) }
.map .sign { fill: var(--paper); font-weight: 700 }
.map a:focus-visible .box, .map a:target .box { stroke: var(--text); stroke-width: 2.5 }
.map a:hover .box { stroke: var(--text) }
.map a:target .box { fill: var(--mark) }
.map.lit [data-service]:not(.on) { opacity: .16 }
.map.lit .on .line { stroke-width: 3 }
"""


def look_of(status: str) -> Look:
    """The look of a status; a status that this collection does not know keeps its own word."""
    return LOOKS.get(status) or (UNKNOWN_STATUS._replace(word=status) if status else UNKNOWN_STATUS)


def class_of(status: str) -> str:
    """The name of a status in style sheets, where text from the cloud must not appear."""
    return status if status in LOOKS else "other"


def rank_of(status: str) -> tuple[int, str]:
    """A sort key: known statuses first."""
    return (list(LOOK_OF_CLASS).index(class_of(status)), status)


def style_sheet() -> str:
    """The CSS of a picture that stands alone; a part of the CSS of a page."""
    return (
        f":root {{ color-scheme: light dark }}\n{_theme(0)}\n"
        f"@media (prefers-color-scheme: dark) {{\n{_theme(1)}\n}}{_RULES.rstrip()}"
    )


def _theme(number: int) -> str:
    colours = "; ".join(f"--{name}: {pair[number]}" for name, pair in COLOURS.items())
    statuses = (
        f".is-{name} {{ --c: {(look.light, look.dark)[number]}; --dashes: {look.dashes} }}"
        for name, look in LOOK_OF_CLASS.items()
    )
    return "\n".join([f":root {{ {colours} }}", *statuses])
