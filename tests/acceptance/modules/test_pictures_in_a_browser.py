"""Pages as a browser shows them: what fonts, style sheets and security policies really do.

The pictures that it takes are in .cache/pictures afterwards, to be looked at.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.grouping import grouped
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.model import landscape
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.style import look_of
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.text import plain, shortened
from tests.support import browser, landscapes
from tests.unit.plugin_utils.drawing.test_filters import NAUGHTY, everywhere

pytestmark = pytest.mark.skipif(browser.program() is None, reason="there is no Chromium: apt-get install chromium")

MERMAID = landscapes.ROOT / ".cache" / "mermaid.min.js"  # tools/browser.sh puts it there
PICTURES = landscapes.ROOT / ".cache" / "pictures"
CASES: dict[str, list[dict[str, Any]]] = {
    "small": landscapes.small(),
    "two-accounts": list(landscapes.shop_and_platform()),
    "provider": [landscapes.shop_and_platform()[0]],
    "five-hundred": landscapes.fleet(500, accounts=3, exceptions=14),
    "naughty": everywhere(NAUGHTY)[0],
}
# Texts of the picture that leave their box or frame, the rectangle drawn before them, by the browser's own fonts.
SPILLED = """
[...document.querySelectorAll('.map g text')].filter(text => {
  let rect = text;
  while (rect && rect.tagName !== 'rect') rect = rect.previousElementSibling;
  if (!rect) return false;
  const [box, room] = [text, rect].map(element => element.getBoundingClientRect());
  return box.left < room.left || box.right > room.right || box.top < room.top - 1 || box.bottom > room.bottom + 1;
}).map(text => text.textContent)
"""
# Pairs of texts that run into each other.
COLLIDING = """
(() => {
  const texts = [...document.querySelectorAll('.map text')];
  const boxes = texts.map(text => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], number) => boxes.slice(number + 1).forEach(([two, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 0 && high > 3) found.push([one, two]);
  }));
  return found;
})()
"""


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with browser.Browser(tmp_path_factory.mktemp("chromium")) as started:
        yield started


def drawn(folder: Path, name: str) -> Path:
    file = folder / f"{name}.html"
    file.write_text(filters.html(CASES[name], name, landscapes.NAMES), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", CASES)
def test_a_page_in_light_and_dark(window: browser.Browser, tmp_path: Path, name: str) -> None:
    file = drawn(tmp_path, name)
    papers = set()
    for scheme in ("light", "dark"):
        window.prefers(scheme)
        window.open(file)
        window.screenshot(PICTURES / f"{name}-{scheme}.png")
        papers.add(window.ask("getComputedStyle(document.body).backgroundColor"))
        assert window.ask(SPILLED) == []
        assert window.ask(COLLIDING) == []
    assert len(papers) == 2
    assert window.happened("Runtime.exceptionThrown") == window.happened("Log.entryAdded") == []
    requested = [event["request"]["url"] for event in window.happened("Network.requestWillBeSent")]
    assert [url for url in requested if url != "about:blank"] == [file.as_uri()]
    assert window.ask("window.hit") is None


def test_a_box_lets_its_lines_stand_out(window: browser.Browser, tmp_path: Path) -> None:
    window.open(drawn(tmp_path, "two-accounts"))
    spot = window.ask(
        "(({left, top}) => [left + 20, top + 10])"
        "(document.querySelector('.map [id^=box-] rect').getBoundingClientRect())"
    )
    window.point(*spot)
    assert window.ask("document.querySelectorAll('.map.lit g.on').length") == 3  # box, line, service
    assert window.ask("getComputedStyle(document.querySelector('.map g[data-endpoint]:not(.on)')).opacity") == "0.16"
    window.point(1, 1)
    assert window.ask("document.querySelectorAll('.map.lit').length") == 0


def test_a_place_in_the_page_is_shown_without_a_script(window: browser.Browser, tmp_path: Path) -> None:
    file = drawn(tmp_path, "five-hundred")
    names = CASES["five-hundred"][1]["endpoints"]
    window.send("Emulation.setScriptExecutionDisabled", value=True)
    try:
        window.open_without_script(file, f"#endpoint-{names[-1]['id']}")
    finally:
        window.send("Emulation.setScriptExecutionDisabled", value=False)
    assert window.ask("document.querySelector('tr:target').checkVisibility()") is True
    assert window.ask("document.querySelectorAll('.lit').length") == 0
    place = window.ask("document.querySelector('tr:target a').getAttribute('href')")
    window.open(file, place)
    assert window.ask("getComputedStyle(document.querySelector('.map a:target .box')).strokeWidth") == "2.5px"


def test_a_picture_alone(window: browser.Browser, tmp_path: Path) -> None:
    for scheme in ("light", "dark"):
        window.prefers(scheme)
        window.open(landscapes.IMAGE)
        assert (
            window.ask("getComputedStyle(document.querySelector('.sheet')).fill")
            == {"light": "rgb(255, 255, 255)", "dark": "rgb(17, 22, 29)"}[scheme]
        )
        assert window.ask(SPILLED) == []


@pytest.mark.skipif(not MERMAID.exists(), reason="there is no Mermaid: tools/browser.sh")
@pytest.mark.parametrize("name", CASES)
def test_mermaid_draws_its_text(window: browser.Browser, tmp_path: Path, name: str) -> None:
    """With the settings of GitHub: Mermaid's own limits, and no HTML in labels but line breaks."""
    text = filters.mermaid(CASES[name], name, landscapes.NAMES)
    file = tmp_path / "mermaid.html"
    (tmp_path / "mermaid.min.js").symlink_to(MERMAID)
    file.write_text('<meta charset="utf-8"><body><script src="mermaid.min.js"></script><div id="here"></div>')
    window.open(file)
    window.ask("mermaid.initialize({startOnLoad: false, securityLevel: 'strict', theme: 'default'})")
    window.ask(f"mermaid.render('drawn', {json.dumps(text)}).then(made => here.innerHTML = made.svg)")
    shown = window.ask("here.textContent")
    for status in {box.status for account in grouped(landscape(CASES[name])) for box in account.boxes}:
        assert shortened(plain(look_of(status).word), 40).rstrip("…") in shown
    assert window.ask("window.hit") is None
    assert window.ask("document.querySelectorAll('#here script').length") == 0
    window.screenshot(PICTURES / f"{name}-mermaid.png")
