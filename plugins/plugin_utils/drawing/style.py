# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The style sheet of pictures: light and dark by what the reader prefers, one colour for each status."""

from __future__ import annotations

from .status import LOOKS, STRANGE, STRANGE_CLASS, Look, class_of

# Name of a colour -> on light and on dark background.
COLOURS = {
    "paper": ("#ffffff", "#11161d"),
    "account": ("#f3f5f8", "#19202a"),
    "vpc": ("#e6eaf0", "#232c39"),
    "box": ("#ffffff", "#11161d"),
    "edge": ("#aeb8c4", "#4a586b"),
    "text": ("#1a2330", "#e7ecf3"),
    "muted": ("#4e5967", "#a9b4c2"),
    "trunk": ("#4e5967", "#a9b4c2"),
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
.map .word { fill: var(--c); font-size: 12px; text-anchor: end }
.map .caption { fill: var(--muted); font-size: 12px; font-weight: 600; letter-spacing: .03em }
.map .account { fill: var(--account); stroke: var(--edge) }
.map .vpc { fill: var(--vpc); stroke: none }
.map .box { fill: var(--box); stroke: var(--edge) }
.map .sheet { fill: var(--paper) }
.map .end { text-anchor: end }
.map .exception .box { stroke: var(--c); stroke-width: 1.5 }
.map .line-of { fill: none; stroke: var(--c); stroke-width: 1.6 }
.map .some { stroke-width: 3 }
.map .more-of { stroke-width: 4.5 }
.map .many { stroke-width: 6 }
.map .trunk { fill: none; stroke: var(--trunk); stroke-width: 2 }
.map .arrow { fill: var(--trunk) }
.map .port { fill: var(--paper); stroke: var(--trunk) }
.map .port-text { text-anchor: middle; font-size: 12px }
.map .halo { fill: var(--paper) }
.sign-solid { fill: var(--c) }
.sign-ring { fill: var(--paper); stroke: var(--c); stroke-width: 1.8 }
.sign-inside, .sign-line { fill: none; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round }
.sign-inside { stroke: var(--paper) }
.sign-line { stroke: var(--c) }
.map a:focus-visible .box, .map a:target .box { stroke: var(--text); stroke-width: 2.5 }
.map a:hover .box { stroke: var(--text) }
.map a:target .box { fill: var(--mark) }
.map.lit [data-service]:not(.on) { opacity: .16 }
.map.lit .on .line-of { stroke-width: 3 }
"""


def style_sheet() -> str:
    """For a picture that stands alone, and as a part of the page's."""
    themes = []
    for number in (0, 1):
        names = [f"--{name}: {pair[number]}" for name, pair in COLOURS.items()]
        looks = [f"--{name}: {(look.light, look.dark)[number]}" for name, look in _all_looks().items()]
        themes.append("; ".join([*names, *looks]))
    statuses = [f".is-{name} {{ --c: var(--{name}) }}" for name in _all_looks()]
    dashes = [
        f".is-{name} .line-of {{ stroke-dasharray: {look.dashes} }}"
        for name, look in _all_looks().items()
        if look.dashes != "none"
    ]
    return "\n".join(
        [
            f":root {{ color-scheme: light dark; {themes[0]} }}",
            f"@media (prefers-color-scheme: dark) {{ :root {{ {themes[1]} }} }}",
            *statuses,
            *dashes,
            _RULES.strip(),
        ]
    )


def _all_looks() -> dict[str, Look]:
    return {**{class_of(status): look for status, look in LOOKS.items()}, STRANGE_CLASS: STRANGE}
