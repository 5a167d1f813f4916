"""Mermaid text, against what its grammar takes of what is used here, and against the limits of GitHub."""

import re
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import mermaid
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.mermaid import flowchart
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.model import landscape
from tests.support import landscapes
from tests.unit.plugin_utils.drawing.test_filters import NAUGHTY, everywhere

CODED = r'"(?:[^"#;:<>&`|{}\[\]\\\n]|#\d+;|<br/>)+"'
SHAPE = rf"(?:\[{CODED}\]|\(\[{CODED}\]\)|\{{\{{{CODED}\}}\}}|\[/{CODED}\\\]|\({CODED}\)|\[\[{CODED}\]\])"
LINES = {
    "begin": re.compile(r"flowchart LR"),
    "title": re.compile(r"  accTitle: [^:<>\n]+"),
    "frame": re.compile(rf" +subgraph [ap]\d+(v\d+)?\[{CODED}\]"),
    "end": re.compile(r" +end"),
    "node": re.compile(rf" +(?P<name>[es]\d+){SHAPE}(:::[A-Za-z]+)?"),
    "line": re.compile(r"  (?P<source>e\d+) (-->|-\.->|--x) (?P<target>s\d+)"),
    "class": re.compile(r"  classDef [A-Za-z]+ fill:#ffffff,color:#1a2330,stroke:#[0-9a-f]{6},stroke-width:2px"),
    "colour": re.compile(r"  linkStyle (?P<numbers>\d+(,\d+)*) stroke:#[0-9a-f]{6},stroke-width:2px"),
}


def parsed(text: str) -> dict[str, list[re.Match[str]]]:
    """The lines by kind. Every line is of one kind, and lines between boxes lead to boxes that are there."""
    assert text.endswith("\n")
    found: dict[str, list[re.Match[str]]] = {kind: [] for kind in LINES}
    for line in text.splitlines():
        kinds = [(kind, match) for kind, pattern in LINES.items() if (match := pattern.fullmatch(line))]
        assert len(kinds) == 1, line
        found[kinds[0][0]].append(kinds[0][1])
    assert len(found["frame"]) == len(found["end"])
    names = [match["name"] for match in found["node"]]
    assert len(names) == len(set(names))
    coloured = [int(number) for match in found["colour"] for number in match["numbers"].split(",")]
    assert sorted(coloured) == list(range(len(found["line"])))
    assert {match[end] for match in found["line"] for end in ("source", "target")} <= set(names)
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "accounts",
    [
        [{}],
        landscapes.small(),
        list(landscapes.shop_and_platform()),
        landscapes.fleet(500),
        landscapes.seen_from_outside(500, accounts=300, exceptions=300),
        everywhere(NAUGHTY)[0],
    ],
)
def test_every_line_is_of_the_grammar(accounts: list[dict[str, Any]]) -> None:
    seen = landscape(accounts)
    found = parsed(flowchart(seen, title=NAUGHTY))
    assert len([match for match in found["node"] if match["name"][0] == "s"]) == len(seen.services)
    assert len(found["line"]) == len([match for match in found["node"] if match["name"][0] == "e"])
    assert len(found["line"]) <= mermaid.MOST_LINES


def test_what_leads_where() -> None:
    text = flowchart(landscape(list(landscapes.shop_and_platform()), landscapes.NAMES))
    nodes = dict(re.findall(r'^ +(\w+)[\[({/]+"(.*?)"', text, re.MULTILINE))
    (source, arrow, target) = next(
        found for found in re.findall(r"^  (e\d+) (\S+) (s\d+)$", text, re.MULTILINE) if "rejected" in nodes[found[0]]
    )
    assert arrow == "--x"
    assert nodes[target].startswith("logs<br/>") and "<br/>6514 → 6514<br/>" in nodes[target]
    assert nodes[source].endswith("✕ rejected")


def test_endpoints_fold_until_there_is_room() -> None:
    accounts = landscapes.fleet(400, vpcs=400, exceptions=0)
    text = flowchart(landscape(accounts), limit=400)
    assert len(text) <= mermaid.MOST_CHARACTERS
    assert "200 endpoints" in text


@pytest.mark.slow
def test_too_many_services_are_refused() -> None:
    services = [landscapes.service(f"s{number}", "backend", (1, 2)) for number in range(600)]
    with pytest.raises(ValueError, match="600 services, 0 endpoints: as Mermaid text this has"):
        flowchart(landscape([{"services": services}]))


def test_codes() -> None:
    web = landscapes.service('a"b', "backend", description="x <y> #1; `z`")
    text = flowchart(landscape([{"services": [web]}]))
    assert "a#34;b" in text
    assert "x #60;y#62; #35;1#59; #96;z#96;" in text
