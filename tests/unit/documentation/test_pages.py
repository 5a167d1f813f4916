"""Links between pages, completeness of the index, and tables that are generated from the program's data."""

import ast
import importlib.util
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import pairwise
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest
import yaml

from tests.support.cases import for_each
from tools import audit_rules, troubleshooting

ROOT = Path(__file__).resolve().parents[3]


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"documentation_{Path(name).stem}", ROOT / name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


site = load("tools/docs.d/pages.py")
each_page = for_each(site.pages())


def text_of(page: PurePosixPath | str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def anchors(page: PurePosixPath) -> set[str]:
    """The anchors that GitHub gives to headings."""
    headings = re.findall(r"^#+ +(.*)$", re.sub(r"^ *```.*?^ *```", "", text_of(page), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def listed_in(page: PurePosixPath) -> set[str]:
    return {str(site.place(page, target)) for target, _anchor in site.links(text_of(page))}


@each_page
def test_links_lead_somewhere(page: PurePosixPath) -> None:
    leading = [(site.place(page, target), anchor) for target, anchor in site.links(text_of(page))]
    missing = {str(place) for place, _anchor in leading if not (ROOT / place).exists()}
    assert missing == set()
    for place, anchor in leading:
        assert not anchor or anchor in anchors(place), f"{page} leads to #{anchor} of {place}"


@each_page
def test_links_of_packaged_pages_work_without_a_checkout(page: PurePosixPath) -> None:
    ignored = yaml.safe_load(text_of("galaxy.yml"))["build_ignore"]

    def is_packaged(file: PurePosixPath) -> bool:
        return not any(fnmatch(str(part), pattern) for part in (file, *file.parents) for pattern in ignored)

    relative = {match["target"] for match in site.LINK.finditer(site.without_listings(text_of(page)))}
    leading = {site.place(page, target) for target in relative if not re.match(r"[a-z]+:", target)}
    if is_packaged(page):
        assert {str(file) for file in leading if not is_packaged(file)} == set()


@for_each(sorted((ROOT / "plugins").glob("*/*.py")))
def test_plugins_lead_to_guides_that_exist(module: Path) -> None:
    repository = re.escape("https://github.com/crossvpc/crossvpc.vpcep/blob/main/")
    leading = set(re.findall(rf"link: {repository}(\S+)", module.read_text(encoding="utf-8")))
    assert {page for page in leading if not (ROOT / page).exists()} == set()


def test_the_index_lists_all_guides() -> None:
    guides = {str(page) for page in site.pages()} - {str(site.FRONT), str(site.INDEX)}
    assert guides - listed_in(site.INDEX) == set()


def test_the_links_of_the_front_page_also_work_on_galaxy() -> None:
    text = site.without_listings(text_of(site.FRONT))
    assert [match[0] for match in site.LINK.finditer(text) if not match["target"].startswith("https://")] == []


def test_the_front_page_names_every_module() -> None:
    modules = {f"plugins/modules/{path.name}" for path in (ROOT / "plugins" / "modules").glob("vpcep_*.py")}
    assert modules - listed_in(site.FRONT) == set()


def test_every_folder_of_the_program_is_in_the_table_of_layers() -> None:
    folders = {path.name for path in (ROOT / "plugins" / "module_utils").iterdir() if any(path.glob("*.py"))}
    assert {name for name in folders if f"| `{name}` |" not in text_of("docs/architecture.md")} == set()


def test_the_table_of_layers_lists_each_file_of_resources() -> None:
    """And no other one."""
    (row,) = [line for line in text_of("docs/architecture.md").splitlines() if line.startswith("| `_resources` |")]
    named = re.findall(r"`([\w*]+\.py)`", row)
    files = sorted(path.name for path in (ROOT / "plugins" / "module_utils" / "_resources").glob("*.py"))
    assert [name for name in named if not any(fnmatch(one, name) for one in files)] == []
    assert [name for name in files if not any(fnmatch(name, one) for one in named)] == []


def test_the_error_codes_are_those_of_the_hints() -> None:
    current = text_of("docs/troubleshooting.md")
    assert current == troubleshooting.page(current), "run: tools/run.sh .venv python tools/troubleshooting.py"


def test_the_rules_of_the_audit_are_those_of_the_program() -> None:
    current = text_of("docs/audit.md")
    assert current == audit_rules.page(current), "run: tools/run.sh .venv python tools/audit_rules.py"


def literals(tree: ast.AST) -> Iterator[str]:
    """The string constants of a program, including the fixed parts of f-strings."""
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.fixture(scope="module")
def texts() -> str:
    """All texts of the program and of the simulated cloud that a message can contain, in one line each."""
    programs = [*(ROOT / "plugins").rglob("*.py"), *(ROOT / "tests" / "simulator").rglob("*.py")]
    found = [literal for path in programs for literal in literals(ast.parse(path.read_text(encoding="utf-8")))]
    found += [path.read_text(encoding="utf-8") for path in ROOT.glob("tests/simulator/openapi/*.yaml")]
    found += [path.read_text(encoding="utf-8") for path in ROOT.glob("roles/*/tasks/**/*.yml")]
    return "\n".join(" ".join(text.split()) for text in found)


def quoted_messages() -> list[str]:
    """The messages in the tables of the troubleshooting guide."""
    section = text_of("docs/troubleshooting.md").partition("## By message")[2].partition("\n## ")[0]
    rows = re.findall(r"(?m)^\| ([^|]+) \|", section)
    return [message for cell in rows for message in re.findall(r"`([^`]+)`", cell)]


OF_LIBRARIES = ("Name or service not known", "Connection refused", "407 Proxy Authentication Required")
OF_LIBRARIES += ("CERTIFICATE_VERIFY_FAILED", "Failed to import the required Python library (requests)")


@pytest.mark.slow
@for_each(quoted_messages())
def test_the_guide_quotes_messages_of_the_program(message: str, texts: str) -> None:
    for part in re.split(r" ?\.\.\. ?|[.,] ", message):
        assert part.strip(":, ") in texts or part.startswith(OF_LIBRARIES), part


@for_each(["README.md", "roles/connect_vpcs/README.md", *(f"docs/{n.name}" for n in ROOT.glob("docs/*.md"))])
def test_the_name_of_a_file_is_shown(page: str) -> None:
    """A comment is not shown: the paragraph before it names the file as well."""
    for before, after in pairwise(re.split(r"\n\n+", text_of(page))):
        if comment := re.match(r" *<!-- file: (\S+) -->", after):
            assert f"`{comment[1]}`" in before


# What the site does with a page


def test_links_of_the_site() -> None:
    def there(text: str) -> str:
        return site.for_site(PurePosixPath("docs/some.md"), text, "https://host/repository")

    assert there("[a](other.md#part)") == "[a](other.md#part)"
    assert there("[a](performance.md#measurements)") == "[a](/docs/performance.md#measurements)"
    assert there("[a](../README.md)") == "[a](/index.md)"
    assert there("[a](../plugins/modules/vpcep_token.py)") == "[a](/reference/vpcep_token_module.rst)"
    assert there("[a](../GONE.md)") == "[a](../GONE.md)"
    assert there("[a](../plugins/modules/gone.py)") == "[a](../plugins/modules/gone.py)"
    assert there("[a](../LICENSE)") == "[a](https://host/repository/blob/main/LICENSE)"
    assert there("[a](../CODE_OF_CONDUCT.md)") == "[a](https://host/repository/blob/main/CODE_OF_CONDUCT.md)"
    assert there("![a](images/overview.svg)") == "![a](images/overview.svg)"
    assert there("[a](#part) [b](https://host/x.md)") == "[a](#part) [b](https://host/x.md)"
    front = "[a](https://github.com/crossvpc/crossvpc.vpcep/blob/main/docs/audit.md#part)"
    assert site.for_site(site.FRONT, front, "https://host/repository") == "[a](/docs/audit.md#part)"
    assert there(front) == "[a](/docs/audit.md#part)"
    complete = "[a](https://github.com/crossvpc/crossvpc.vpcep/blob/main/tools/run.sh)"
    assert there(complete) == "[a](https://host/repository/blob/main/tools/run.sh)"


def test_links_without_the_repository() -> None:
    def complete(text: str) -> str:
        return site.with_complete_links(PurePosixPath("docs/some.md"), text)

    host, raw = "https://github.com/crossvpc/crossvpc.vpcep/blob/main", "https://raw.githubusercontent.com"
    assert complete("[a](other.md#part) [b](#c)") == f"[a]({host}/docs/other.md#part) [b]({host}/docs/some.md#c)"
    assert complete("[a](https://host/x.svg)") == "[a](https://host/x.svg)"
    assert complete("![a](images/x.svg)") == f"![a]({raw}/crossvpc/crossvpc.vpcep/main/docs/images/x.svg)"


def test_comments_about_listings() -> None:
    file = "<!-- file: x.yml -->\n```yaml\na: 1\n```\n"
    assert site.captions(file) == "```{code-block} yaml\n:caption: x.yml\n\na: 1\n```\n"
    assert site.captions("<!-- not run: so -->\n```yaml\na: 1\n```\n") == "```yaml\na: 1\n```\n"
