"""The listings of a Markdown page, for the tests that run or check them."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path


class Listing:
    """One listing of a page: in which section, its language, what a comment before it says, its text."""

    def __init__(self, section: int, language: str, remark: str, text: str) -> None:
        self.section, self.language, self.text = section, language, text
        self.word, _unused, self.argument = remark.partition(":")
        self.argument = self.argument.strip()


def listings(page: Path) -> Iterator[Listing]:
    """All listings of a Markdown page."""
    pattern = re.compile(
        r"(?:^[ ]*<!--\s*(?P<remark>[^\n]*?)\s*-->\s*?\n)?^(?P<indent>[ ]*)```(?P<language>\w*)\n(?P<text>.*?)^[ ]*```",
        re.MULTILINE | re.DOTALL,
    )
    content = page.read_text(encoding="utf-8")
    for found in pattern.finditer(content):
        section = len(re.findall(r"^##? ", content[: found.start()], re.MULTILINE))
        yield Listing(section, found["language"], found["remark"] or "", textwrap.dedent(found["text"]))


def file_shown(page: Path, name: str) -> str:
    """The text of the one listing that a page shows as this file."""
    (text,) = [listing.text for listing in listings(page) if listing.word == "file" and listing.argument == name]
    return text
