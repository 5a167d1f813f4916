"""Names, tags and descriptions that try to be more than text, and the files that have to stand them."""

import copy
import json
import random
import re
import time
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing import filters
from ansible_collections.crossvpc.vpcep.plugins.plugin_utils.drawing.text import columns, plain, short_id, shortened
from tests.support import landscapes

NAUGHTY = (
    "<script>window.hit=1</script>\"'`&amp;]]>--><![CDATA[ #quot; %% {{ 1 + 1 }} \\"
    "\x00\x1b\u202e\ud800\uffff \n ]|;style:#1;"
)
EVENTS = re.compile("on[a-z]+")
DRAWINGS = (filters.html, filters.svg, filters.mermaid)
each_drawing = pytest.mark.parametrize("draw", DRAWINGS, ids=lambda draw: draw.__name__)


def everywhere(text: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Accounts, and names, in which every text is the same bad one, IDs with a number before it."""
    numbers: dict[str, str] = {}

    def replaced(value: Any) -> Any:
        if isinstance(value, dict):
            return {replaced(key) if "-" in key else key: replaced(item) for key, item in value.items()}
        if isinstance(value, list):
            return [replaced(item) for item in value]
        if not isinstance(value, str):
            return value
        return f"{numbers.setdefault(value, str(len(numbers)))} {text}"

    return replaced(list(landscapes.shop_and_platform())), {replaced("x-1"): text}


class Reader(HTMLParser):
    """What a browser would make of a page: its elements and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize(
    "text", [NAUGHTY, "]]>", "</title></svg><script>", '" onload="x', "' onclick='x", "javascript:x"]
)
def test_bad_texts_stay_texts(text: str) -> None:
    accounts, names = everywhere(text)
    about = {"kind": text, "name": text, "id": accounts[0]["services"][0]["id"]}
    finding = {**dict.fromkeys(("id", "severity", "title", "seen", "todo"), text), "object": about}
    page = Reader(filters.html(accounts, text, names, note=text, findings=[finding]))
    assert page.open == []
    assert [tag for tag, _attributes in page.elements].count("script") == 1
    for tag, attributes in page.elements:
        assert not any(EVENTS.fullmatch(name) for name in attributes), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#")
        assert "src" not in attributes and "style" not in attributes
    assert plain(text) in page.text
    picture = ElementTree.fromstring(filters.svg(accounts, text, names))
    assert {element.tag.rpartition("}")[2] for element in picture.iter()} <= {
        "a",
        "circle",
        "defs",
        "desc",
        "g",
        "path",
        "rect",
        "style",
        "svg",
        "symbol",
        "text",
        "title",
        "use",
    }
    assert plain(text) in "".join(picture.itertext())


def test_findings_of_an_audit() -> None:
    accounts = landscapes.small()
    (service,) = accounts[0]["services"]
    about = {"kind": "endpoint_service", "id": service["id"], "name": "web"}
    found = {"id": "approval-off", "severity": "medium", "title": "T", "seen": "S", "todo": "D", "object": about}
    other = {**found, "id": "quota-near", "object": {"kind": "quota", "id": "endpoint", "name": ""}}
    page = filters.html(accounts, findings=[found, other, {**found, "object": {**about, "kind": "again"}}])
    assert page.count("<td>medium</td>") == 2 and "<h2>Findings</h2>" in page
    assert f'<td><a href="#service-{service["id"]}">again web {service["id"]}</a></td>' in page
    assert "<td>quota endpoint</td>" in page
    assert "The audit found nothing." in filters.html(accounts, findings=[])
    assert "Findings" not in filters.html(accounts)
    for wrong in ({}, ["x"], "x"):
        with pytest.raises(AnsibleFilterError, match="map_html: findings is a list of dictionaries"):
            filters.html(accounts, findings=wrong)  # type: ignore[arg-type]


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text(text: str) -> None:
    assert len(plain(text).splitlines()) <= 1
    plain(text).encode("utf-8")
    accounts, names = everywhere(text)
    ElementTree.fromstring(filters.svg(accounts, text, names))
    assert Reader(filters.html(accounts, text, names)).open == []


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(2, 40))
def test_shortened_texts_have_room(text: str, most: int) -> None:
    short = shortened(plain(text), most)
    assert columns(short) <= most
    assert short == plain(text) or short.endswith("…")


def test_short_ids_keep_both_ends() -> None:
    assert short_id("4189d3c2-8882-4871-a3c2-d380272eed88") == "4189d3c2…ed88"
    assert short_id("short") == "short"


@each_drawing
def test_the_same_input_makes_the_same_text(draw: Any) -> None:
    accounts = list(landscapes.shop_and_platform())
    shuffled = copy.deepcopy(accounts)
    for account in shuffled:
        for items in [account["services"], account["endpoints"], *account.get("connections", {}).values()]:
            random.Random(7).shuffle(items)
        account["connections"] = dict(reversed(account.get("connections", {}).items()))
    assert draw(shuffled, names=landscapes.NAMES) == draw(accounts, names=landscapes.NAMES)


@each_drawing
def test_input_is_not_changed(draw: Any) -> None:
    accounts = list(landscapes.shop_and_platform())
    before = copy.deepcopy(accounts)
    draw(accounts)
    assert accounts == before


@pytest.mark.slow
@each_drawing
def test_five_hundred_are_drawn_quickly(draw: Any) -> None:
    accounts = landscapes.fleet(500, accounts=5, exceptions=40)
    begin = time.process_time()
    draw(accounts)
    assert time.process_time() - begin < 2


@each_drawing
def test_every_status_says_its_word(draw: Any) -> None:
    text = draw(list(landscapes.shop_and_platform()))
    for word in ("accepted", "pending acceptance", "being created", "rejected", "failed", "being deleted"):
        assert word in text


@each_drawing
def test_a_status_that_nobody_knows(draw: Any) -> None:
    web = landscapes.service("web", "backend", status="upgrading")
    text = draw([{"services": [web], "endpoints": [landscapes.endpoint(web, "storefront", "frozen")]}])
    assert "frozen" in text and "upgrading" in text and "is-frozen" not in text


@pytest.mark.slow
def test_a_page_lists_every_endpoint_and_all_links_lead_somewhere() -> None:
    accounts = landscapes.fleet(500)
    elements = Reader(filters.html(accounts)).elements
    names = [attributes["id"] for _tag, attributes in elements if attributes.get("id")]
    assert len(names) == len(set(names))
    assert sum(str(name).startswith("endpoint-") for name in names) == 500
    links = {str(attributes["href"]).removeprefix("#") for _tag, attributes in elements if attributes.get("href")}
    assert links <= set(names)


def test_a_page_may_load_nothing() -> None:
    page = filters.html(landscapes.small())
    policy = next(attributes["content"] for tag, attributes in Reader(page).elements if "http-equiv" in attributes)
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)
    assert not re.search(r"https?://|url\(|@import", page.replace("http://www.w3.org/2000/svg", ""))


def test_a_picture_is_described_for_those_who_do_not_see_it() -> None:
    picture = ElementTree.fromstring(filters.svg(list(landscapes.shop_and_platform()), "Production"))
    assert picture.get("role") == "img"
    named = {element.get("id"): element.text for element in picture.iter() if element.get("id")}
    title, summary = (named[name] for name in str(picture.get("aria-labelledby")).split())
    assert title == "Production"
    assert str(summary).startswith("6 services, 15 endpoints: 9 accepted, ")


def test_where_the_mouse_is_everything_is_said_in_full() -> None:
    picture = ElementTree.fromstring(filters.svg(list(landscapes.shop_and_platform())))
    titles = "\n".join(element.text or "" for element in picture.iter() if element.tag.endswith("title"))
    assert landscapes.identifier("vpc", "storefront") in titles
    assert landscapes.PLATFORM in titles
    for item in landscapes.shop_and_platform()[1]["endpoints"]:
        assert item["id"] in titles


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"accounts": {}}, "map_svg: the input is a list of accounts, not dict."),
        ({"accounts": [[]]}, "map_svg: an account is a dictionary, not list."),
        ({"accounts": [], "names": []}, "map_svg: names is a dictionary, not list."),
        ({"accounts": [], "limit": 0}, "map_svg: limit is a number from 1 to 400, not 0."),
        ({"accounts": [], "limit": "many"}, "map_svg: limit is a number from 1 to 400, not 'many'."),
    ],
)
def test_what_cannot_be_drawn(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        filters.svg(**arguments)
    assert said in str(caught.value)


def test_texts_of_the_command_line_are_numbers_too() -> None:
    assert filters.svg(landscapes.small(), limit="1") == filters.svg(landscapes.small())  # type: ignore[arg-type]


def test_the_documentation_shows_what_is_drawn_now() -> None:
    """`tools/run.sh .venv python -m tests.support.landscapes` writes both anew."""
    accounts = list(landscapes.shop_and_platform())
    assert landscapes.IMAGE.read_text(encoding="utf-8") == filters.svg(accounts, landscapes.TITLE, landscapes.NAMES)
    (block,) = landscapes.BLOCK.findall(landscapes.PAGE.read_text(encoding="utf-8"))
    assert block == filters.mermaid(landscapes.small())


def test_data_in_between_are_plain() -> None:
    """Values from templates are converted to JSON without a loss, also wrapped ones."""
    accounts = json.loads(json.dumps(landscapes.shop_and_platform()))
    assert filters.svg(accounts) == filters.svg(list(landscapes.shop_and_platform()))
