# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the tables of error codes into docs/troubleshooting.md, from the data of the modules' hints.

Usage: tools/run.sh .venv python tools/troubleshooting.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import error_codes

PAGE = Path(__file__).resolve().parents[1] / "docs" / "troubleshooting.md"
BEGIN, END = "<!-- codes: begin -->", "<!-- codes: end -->"

KINDS = {  # in the order of the page
    "auth": ("Login and permissions", "The login, its rights, or the whitelist of a service."),
    "lookup": ("Not found", "The ID belongs to another project, region or kind of object, or the object is deleted."),
    "request": (
        "Invalid options",
        "A value is wrong, or options do not fit together. Modules find most of them first.",
    ),
    "state": ("Wrong status", "The object is in a status that does not allow the operation."),
    "conflict": ("Conflict", "Another object uses the same value."),
    "quota": ("Limits and quotas", "A limit of the cloud is reached."),
    "throttle": ("Throttling", "The module has slowed down and retried before it fails."),
    "server": ("Errors inside the cloud", "The module has retried before it fails, if a retry was safe."),
}
AGAIN = {"yes": "yes", "no": "no", "depends": "maybe"}


def tables() -> str:
    """The generated part of the page."""
    parts = []
    for kind in [*KINDS, *sorted({known.kind for known in error_codes.CODES.values()} - KINDS.keys())]:
        title, about = KINDS.get(kind, (kind.capitalize(), ""))
        codes = {code: known for code, known in error_codes.CODES.items() if known.kind == kind}
        if codes:
            parts.append(f"### {title}\n\n{about}\n\n{table('code', codes)}")
    parts.append(
        "### Unknown codes\n\nWithout a known code, the HTTP status decides.\n\n"
        + table("status", {f"HTTP {status}": known for status, known in error_codes.STATUSES.items()})
    )
    return "\n".join(parts)


def table(first: str, entries: Mapping[str, Any]) -> str:
    """A Markdown table; codes with the same cells share a row."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for code, known in sorted(entries.items(), key=lambda entry: entry[0].lower()):
        status = [] if first == "status" else [str(known.status)]
        rows.setdefault((*status, *meaning(known), known.hint, AGAIN.get(known.retry, known.retry)), []).append(code)
    heads = [first, *([] if first == "status" else ["HTTP"])]
    heads += ["meaning"] * any(meaning(known) for known in entries.values()) + ["what to do", "retry helps"]
    lines = [row(heads), row(["---"] * len(heads))]
    lines += [row([", ".join(codes), *cells]) for cells, codes in rows.items()]
    return "\n".join(lines) + "\n"


def meaning(known: Any) -> list[str]:
    """The meaning of the code, if the data has it."""
    return [known.meaning] if hasattr(known, "meaning") else []


def row(cells: list[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def escaped(text: str) -> str:
    """The text without characters that Markdown interprets."""
    return re.sub(r"([|*<>])", r"\\\1", text.replace("\n", " "))


def page(current: str) -> str:
    """The page with new tables."""
    before, _begin, rest = current.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}{END}{after}"


def main() -> int:
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
