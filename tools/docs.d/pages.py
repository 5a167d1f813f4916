"""Collect the pages of the documentation for Sphinx.

Usage: python tools/docs.d/pages.py DESTINATION
Links are written for GitHub. Those that lead to what the site has elsewhere, or does not have, are changed; all others
stay, and Sphinx notices the broken ones.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import yaml

ROOT = Path(__file__).resolve().parents[2]
FRONT = PurePosixPath("README.md")  # index.md in the site
INDEX = PurePosixPath("docs/README.md")  # lists the guides, in the order of the site's menu
REPOSITORY = "https://github.com/crossvpc/crossvpc.vpcep/blob/main"
PICTURES = "https://raw.githubusercontent.com/crossvpc/crossvpc.vpcep/main"  # REPOSITORY has pages about pictures
HOME = re.compile(r"https://(?:github|raw\.githubusercontent)\.com/crossvpc/crossvpc\.vpcep/(?:blob/)?main/")
LINK = re.compile(r"(?<=\]\()(?P<target>[^)\s#]*)(?P<anchor>#[^)\s]*)?(?=\))")
LISTING = re.compile(r"^(?P<indent> *)(?:<!-- (?P<word>file|not run): *(?P<text>.*?) -->\n *)?```", re.MULTILINE)
PLUGIN = re.compile(r"plugins/(?P<kind>modules|[a-z]+)/(?P<name>\w+)\.py")
REFERENCE_OF = {"modules": "module", "inventory": "inventory", "filter": "filter", "lookup": "lookup"}


def pages() -> list[PurePosixPath]:
    """All pages of the site that are not made from plugins."""
    found = [
        ROOT / FRONT,
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("roles/*/README.md"),
        ROOT / "tests/simulator/README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "SECURITY.md",
    ]
    return sorted(PurePosixPath(path.relative_to(ROOT)) for path in found)


def links(text: str) -> Iterator[tuple[str, str]]:
    """Targets of links and pictures within the project, with their anchors; listings hold none."""
    for match in LINK.finditer(HOME.sub("/", without_listings(text))):
        if not re.match(r"[a-z]+:", match["target"]):
            yield match["target"], (match["anchor"] or "").removeprefix("#")


def without_listings(text: str) -> str:
    """A page without its listings and code words, in which anything may look like a link."""
    text = re.sub(r"^ *```.*?^ *```", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def place(page: PurePosixPath, target: str) -> PurePosixPath:
    """The file that a link on a page leads to, from the root. A link that begins with a slash starts there."""
    return PurePosixPath(os.path.normpath(page.parent / target).lstrip("/")) if target else page


def with_complete_links(page: PurePosixPath, text: str) -> str:
    """A page as a place without the repository needs it."""

    def complete(match: re.Match[str]) -> str:
        target, anchor = match["target"], match["anchor"] or ""
        file = place(page, target)
        if re.match(r"[a-z]+:", target):
            return match[0]
        return f"{PICTURES if file.suffix in ('.svg', '.png') else REPOSITORY}/{file}{anchor}"

    return LINK.sub(complete, text)


def for_site(page: PurePosixPath, text: str, repository: str) -> str:
    """A page as the site needs it."""
    known = set(pages())

    def elsewhere(match: re.Match[str]) -> str:
        target, anchor = match["target"], match["anchor"] or ""
        file = place(page, target)
        plugin = PLUGIN.fullmatch(str(file))
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        if file == FRONT:
            return f"/index.md{anchor}"
        if file in known:
            return f"/{file}{anchor}"
        if plugin and plugin["kind"] in REFERENCE_OF and (ROOT / file).exists():
            return f"/reference/{plugin['name']}_{REFERENCE_OF[plugin['kind']]}.rst"
        if file.parts[0] != "docs" and (ROOT / file).is_file():
            return f"{repository}/blob/main/{file}{anchor}"
        return match[0]

    # Links of the front page are complete, since Galaxy shows it, and so are those to what the package lacks.
    text = HOME.sub("" if page == FRONT else "/", text)
    return captions(LINK.sub(elsewhere, text))


def captions(text: str) -> str:
    """The comments that say which file a listing is become its caption; other comments about listings go."""
    text = re.sub(
        r"^( *)<!-- file: *(.*?) -->\n *```(\w+)\n",
        r"\1```{code-block} \3\n\1:caption: \2\n\n",
        text,
        flags=re.MULTILINE,
    )
    return re.sub(r"^ *<!-- not run: .*? -->\n(?= *```)", "", text, flags=re.MULTILINE)


def menu() -> str:
    """The site's menu: what the index of the guides lists, by its headings, and the reference."""
    parts: list[tuple[str, list[str]]] = []
    for line in (ROOT / INDEX).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            parts.append((line.removeprefix("## "), []))
        elif entry := re.match(r"- \[(.*?)\]\((.*?)\)", line):
            page = place(INDEX, HOME.sub("/", entry[2]))
            parts[-1][1].append(f"{entry[1].replace('`', '')} </{page.with_suffix('')}>")
    parts.append(("Reference", ["All plugins </reference/index>", "Guides </docs/README>"]))
    return "\n".join(
        "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *entries, "```"])
        for caption, entries in parts
    )


def main(destination: Path) -> None:
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    for page in pages():
        text = for_site(page, (ROOT / page).read_text(encoding="utf-8"), repository)
        file = destination / ("index.md" if page == FRONT else page)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text + (menu() + "\n" if page == FRONT else ""), encoding="utf-8")
    shutil.copytree(ROOT / "docs" / "images", destination / "docs" / "images")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
