"""Write the tables of docs/troubleshooting.md: the hint of every error code, and its documented status and text.

Usage: tools/run.sh .venv python tools/troubleshooting.py
"""

import re
import sys
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.crossvpc.vpcep.plugins.module_utils._http import error_codes

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "troubleshooting.md"
API = ROOT / "tests" / "simulator" / "openapi"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the descriptions are long
BEGIN, END = "<!-- codes: begin -->", "<!-- codes: end -->"

KINDS = {
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
BREAK = "\0"  # a line break in a cell
AGAIN = {"yes": "yes", "no": "no", "depends": "maybe"}

CODES = {code: known for code, known in error_codes.CODES.items() if not code.startswith("HTTP ")}
STATUSES = {code: known for code, known in error_codes.CODES.items() if code.startswith("HTTP ")}


def documented() -> dict[str, dict[str, Any]]:
    """The documented codes, in lower case."""
    files = [yaml.load((API / name).read_text(encoding="utf-8"), LOADER) for name in ("errors.yaml", "network.yaml")]
    entries = {**files[0], **files[1]["x-errors"]}
    return {str(code).lower(): entry for code, entry in entries.items()}


DOCUMENTED = documented()


def tables() -> str:
    """The generated part of the page."""
    parts = []
    for kind, (title, about) in KINDS.items():
        codes = {code: known for code, known in CODES.items() if known.kind == kind}
        parts.append(f"### {title}\n\n{about}\n\n{table('code', codes)}")
    parts.append("### Unknown codes\n\nWithout a known code, the HTTP status decides.\n\n" + table("status", STATUSES))
    return "\n".join(parts)


def table(first: str, entries: Mapping[str, error_codes.KnownError]) -> str:
    """One row for all codes with the same remedy."""
    rows: dict[tuple[str, str], dict[str, list[str]]] = {}
    for code, known in sorted(entries.items(), key=lambda entry: entry[0].lower()):
        rows.setdefault((known.hint, AGAIN[known.retry]), {}).setdefault(text(code), []).append(code)
    lines = [row([f"{first} and the cloud's text", "what to do", "retry helps"]), row(["---"] * 3)]
    for cells, codes in rows.items():
        named = [f"{', '.join(same)}: {said}".removesuffix(": ...") for said, same in codes.items()]
        lines.append(row([BREAK.join(named), *cells]))
    return "\n".join(lines) + "\n"


def text(code: str) -> str:
    """The documented text of a code, with ... for its fillers, or the usual name of a status."""
    if code.lower() not in DOCUMENTED:
        # Python 3.13 has the newer name of 413, of RFC 9110.
        return HTTPStatus(int(code.split()[1])).phrase.replace("Request Entity Too Large", "Content Too Large")
    return re.sub(r"%(\(\w+\))?[sd]|{\w+}", "...", DOCUMENTED[code.lower()]["message"])


def row(cells: list[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"


def escaped(text: str) -> str:
    """The text without meaning for Markdown."""
    return re.sub(r"([|*<>])", r"\\\1", text.replace("\n", " ")).replace(BREAK, "<br>")


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
