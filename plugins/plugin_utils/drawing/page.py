"""Draws a page: one HTML file without external resources, with the picture and with tables of all objects."""

from __future__ import annotations

import base64
import hashlib
import typing as t

from ...module_utils._core.types import Object, object_in
from . import words
from .grouping import LIMIT
from .layout import arranged
from .model import Endpoint, Landscape, Place, Service
from .style import class_of, look_of, style_sheet
from .svg import picture
from .text import anchor, escaped, joined, link, plain

_PAGE_RULES = """
body { margin: 0; background: var(--paper); color: var(--text);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif }
header, main, footer { padding: 0 24px }
header { padding-top: 20px }
h1 { margin: 0; font-size: 22px; line-height: 1.3 }
h2 { margin: 32px 0 4px; font-size: 17px }
p { margin: 4px 0 }
.quiet, footer { color: var(--muted); font-size: 13px }
footer { padding-block: 24px }
figure { margin: 16px -24px 0; padding: 0 8px; overflow-x: auto }
figure svg { display: block; margin: 0 auto; max-width: 100%; min-width: 900px; height: auto }
details { margin: 8px 0; border: 1px solid var(--edge); border-radius: 8px; background: var(--account) }
summary { padding: 8px 14px; cursor: pointer }
.scroll { overflow-x: auto; padding: 0 14px 12px }
table { border-collapse: collapse; font-size: 13px; min-width: 100% }
th, td { padding: 5px 16px 5px 0; border-top: 1px solid var(--edge); text-align: left; vertical-align: top }
thead th { border-top: 0; color: var(--muted); font-weight: 600; white-space: nowrap }
td.id, td.id a { font-family: ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; font-size: 12px;
  white-space: nowrap }
td.state { color: var(--c); white-space: nowrap }
a { color: inherit }
tr:target { background: var(--mark) }
details:target > summary { background: var(--mark); border-radius: 7px }
"""

# Highlights the lines of the box under the pointer or with the focus. The page can be read without it.
_SCRIPT = """
"use strict";
const map = document.querySelector(".map");
const parts = map.querySelectorAll("[data-service]");
function belongs(part, found) {
  return part.dataset.service === found.dataset.service
    && (!part.dataset.endpoint || !found.dataset.endpoint || part.dataset.endpoint === found.dataset.endpoint);
}
function show(event) {
  const found = event.target.closest ? event.target.closest("[data-service]") : null;
  map.classList.toggle("lit", found !== null);
  for (const part of parts) part.classList.toggle("on", found !== null && belongs(part, found));
}
map.addEventListener("pointerover", show);
map.addEventListener("pointerleave", () => map.classList.remove("lit"));
map.addEventListener("focusin", show);
map.addEventListener("focusout", () => map.classList.remove("lit"));
"""

Cell = tuple[str, str]  # class and content; the content is escaped


def page(
    seen: Landscape, title: str, note: str = "", limit: int = LIMIT, findings: t.Sequence[Object] | None = None
) -> str:
    """The HTML file. note: a line below the title, such as the date; findings: of an audit, None without one."""
    style = f"\n{style_sheet()}\n{_PAGE_RULES.strip()}\n"
    own = f"style-src '{_digest(style)}'; script-src '{_digest(_SCRIPT)}'"
    policy = f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"
    name = escaped(plain(title))
    remark = f'<p class="quiet">{escaped(plain(note))}</p>' if note else ""
    layout = arranged(seen, limit)
    boxes = {endpoint.id: node.box.endpoints[0].id for node in layout.nodes for endpoint in node.box.endpoints}
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{name}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1 id="title">{name}</h1>
<p id="summary">{escaped(words.summary(seen))}</p>
{remark}
</header>
<main>
<figure>
{picture(seen, layout, title, in_page=True)}</figure>
{"" if findings is None else _findings(findings, seen)}
<h2>Endpoints by service</h2>
<p class="quiet">Boxes of the picture are links to these tables. IDs are links to the picture.</p>
{"".join(_service(service, seen, boxes) for service in seen.services)}
<h2>Accounts</h2>
{_accounts(seen)}
</main>
<footer>Drawn by the Ansible collection crossvpc.vpcep. This file loads nothing.</footer>
<script>{_SCRIPT}</script>
</body>
</html>
"""


def _findings(findings: t.Sequence[Object], seen: Landscape) -> str:
    """The panel of an audit. One login may see an endpoint as its own, another one as a connection."""
    unlike = {(plain(one.get("id")), plain(object_in(one, "object").get("id"))): one for one in findings}
    if not unlike:
        return "<h2>Findings</h2>\n<p>The audit found nothing.</p>"
    anchors = {service.id: link("service", service.id) for service in seen.services}
    anchors.update((endpoint.id, link("endpoint", endpoint.id)) for endpoint in seen.endpoints)
    heads = ("Severity", "Finding", "Object", "Seen", "What to do")
    return "<h2>Findings</h2>\n" + _table(heads, (_finding(one, anchors) for one in unlike.values()))


def _finding(one: Object, anchors: dict[str, str]) -> str:
    kind, name, identifier = (plain(object_in(one, "object").get(member)) for member in ("kind", "name", "id"))
    about = escaped(joined(kind.replace("_", " "), name, identifier, by=" "))
    where = anchors.get(identifier)
    texts = [escaped(plain(one.get(name))) for name in ("severity", "title", "seen", "todo")]
    texts.insert(2, f'<a href="{where}">{about}</a>' if where else about)
    return _row([("", text) for text in texts])


def _digest(text: str) -> str:
    """The hash of a text for the Content-Security-Policy of the page."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _table(heads: t.Iterable[str], rows: t.Iterable[str]) -> str:
    head = "".join(f'<th scope="col">{text}</th>' for text in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _row(cells: t.Iterable[Cell], attributes: str = "") -> str:
    inside = "".join(f'<td class="{kind}">{content}</td>' if kind else f"<td>{content}</td>" for kind, content in cells)
    return f"<tr{attributes}>{inside}</tr>\n"


def _service(service: Service, seen: Landscape, boxes: dict[str, str]) -> str:
    """A service and all its endpoints. boxes: endpoint ID -> ID of the first endpoint in its box."""
    endpoints = seen.endpoints_of(service)
    facts = [
        service.full_name,
        words.of_place(service.place).title,
        words.labelled("VPC", joined(seen.names.get(service.vpc_id, ""), service.vpc_id, by=" ")),
        words.labelled("backend", service.backend),
        ", ".join(service.ports),
        words.labelled("whitelist:", ", ".join(service.whitelist or ())),
        service.description,
        ", ".join(service.tags),
    ]
    about = joined(f'<a href="{link("card", service.id)}">{escaped(service.id)}</a>', *map(escaped, facts))
    heads = ("Endpoint", "Status", "Address", "Account", "VPC", "Subnet or route tables", "Description, tags")
    table = _table(heads, (_endpoint(endpoint, seen, boxes) for endpoint in endpoints)) if endpoints else ""
    return (
        f'<details id="{anchor("service", service.id)}"><summary><b>{escaped(service.name or service.id)}</b> '
        f'<span class="quiet">{escaped(words.by_status(endpoints))}</span></summary>\n'
        f'<div class="scroll quiet">{about}</div>{table}</details>\n'
    )


def _endpoint(endpoint: Endpoint, seen: Landscape, boxes: dict[str, str]) -> str:
    look = look_of(endpoint.status)
    cells = [
        ("id", f'<a href="{link("box", boxes[endpoint.id])}">{escaped(endpoint.id)}</a>'),
        (f"state is-{class_of(endpoint.status)}", escaped(f"{look.sign} {look.word}")),
        ("", _lines(endpoint.ip, *endpoint.dns_names)),
        ("", escaped(words.of_place(endpoint.place).title)),
        ("id", escaped(joined(seen.names.get(endpoint.vpc_id, ""), endpoint.vpc_id, by=" "))),
        ("id", _lines(endpoint.subnet) or _lines(*endpoint.routetables)),
        ("", escaped(joined(endpoint.description, *endpoint.tags, by=", "))),
    ]
    return _row(cells, f' id="{anchor("endpoint", endpoint.id)}"')


def _lines(*texts: str) -> str:
    return "<br>".join(escaped(text) for text in texts if text)


def _accounts(seen: Landscape) -> str:
    def row(place: Place) -> str:
        services = sum(service.place == place for service in seen.services)
        endpoints = sum(endpoint.place == place for endpoint in seen.endpoints)
        project = joined(place.project_name, place.project_id, by=" ")
        ids = [("id", escaped(text)) for text in (place.domain_id, project, place.region)]
        return _row([("", escaped(words.of_place(place).title)), *ids, ("", str(services)), ("", str(endpoints))])

    heads = ("Account", "ID", "Project", "Region", "Services", "Endpoints")
    return _table(heads, map(row, seen.places))
