"""Write docs/codemap.md: every file of the project in a line or two, as it says itself.

Usage: python tools/codemap.py [--check]
A Python file says what it is in its docstring, a module in its short description, a script or a YAML file in the
comment at its top or in the name of its first task, a page in its heading. --check writes nothing, and fails if the
page would change. The folders are in tools/codemap.yml, and what is to be said of files that do not say it themselves.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "codemap.md"
FOLDERS = ROOT / "tools" / "codemap.yml"
HEAD = """# Codemap: what is where

Every file of the program and of its tests, in a line or two. This page is written by `make codemap` from what the files
say about themselves, so that it is the file that is to be improved where a line does not help.
"""
# Files that need no explanation, or cannot have one.
SILENT = re.compile(r"(^|/)(__init__\.py|aliases|requirements\.txt|meta/main\.yml)$")
# Comments that say something else.
OTHER = re.compile(r"coding:|Copyright|GNU General|SPDX|shellcheck|^!|^Usage: |^ansible-playbook ")
ENOUGH = 160  # characters: no further sentence after so many


class Unexplained(Exception):
    """A file that does not say what it is."""


def beginning(text: str) -> str:
    """The sentences of the first paragraph, as many as fit into a line or two."""
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n")]
    first = next((paragraph for paragraph in paragraphs if not paragraph.startswith("Usage: ")), "")
    first, *others = re.split(r"(?<=[.?]) (?=[A-Z])", first)
    for sentence in others:
        if len(first) + len(sentence) < ENOUGH:
            first = f"{first} {sentence}"
    return first


def of_python(text: str) -> str:
    """The docstring's first paragraph; of a module, what its documentation has in its place."""
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "DOCUMENTATION":
            return str(yaml.safe_load(ast.literal_eval(node.value))["short_description"])
    return beginning(ast.get_docstring(tree) or "")


def of_comment(text: str) -> str:
    """The comment at the top, without the licence; failing that, the title or the name of the first task."""
    lines = text.removeprefix("---\n").lstrip("\n").splitlines()
    comment = []
    for line in lines:
        if not line.startswith("#"):
            break
        comment.append(line[1:].strip())
    said = [line for line in comment if not OTHER.search(line)]
    named = re.search(r"^(?:- name|  title| +short_description): \"?(.+?)\"?$", text, re.MULTILINE)
    return beginning("\n".join(said)) or (named[1] if named else "")


def of_page(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ")


READERS = {".py": of_python, ".md": of_page}


def says(name: str) -> str:
    """What a file says about itself."""
    found = READERS.get(Path(name).suffix, of_comment)((ROOT / name).read_text(encoding="utf-8"))
    if not found:
        raise Unexplained(f"{name} does not say what it is: give it a docstring, or a comment at its top.")
    return found.replace("``", "`")


def project_files() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return sorted(name for name in set(listing.split("\0")) if name and (ROOT / name).is_file())


def within(name: str, folders: list[str]) -> bool:
    return any(name.startswith(f"{folder}/") for folder in folders)


def lines_of(names: list[str], folder: str, about: dict[str, str]) -> list[str]:
    """One line for each thing that is said; files that say the same share it."""
    by_text: dict[str, list[str]] = {}
    for name in names:
        inside = name.removeprefix(f"{folder}/")
        by_text.setdefault(about.get(inside) or says(name), []).append(f"`{inside}`")
    return [f"- {', '.join(files)}: {text}" for text, files in by_text.items()]


def lines_apart(names: list[str], folder: str, apart: str) -> list[str]:
    """One line for each folder in a folder: the files there. A file beside them says what it is."""
    by_folder: dict[str, list[str]] = {}
    for name in names:
        part, _slash, file = name.removeprefix(f"{apart}/").partition("/")
        by_folder.setdefault(f"{apart}/{part}", []).append(f"`{file}`" if file else "")
    return [
        f"- `{part.removeprefix(f'{folder}/')}`: {', '.join(filter(None, files)) or says(part)}"
        for part, files in by_folder.items()
    ]


def section(entry: dict[str, Any], names: list[str]) -> list[str]:
    """The section of a folder: what is right in it, then its folders."""
    apart = entry.get("apart", [])
    mine = [name for name in names if within(name, [entry["folder"]]) and not SILENT.search(name)]
    if not mine:
        return []
    lines = [f"## {entry['folder']}", "", entry["text"], ""]
    lines += lines_of([name for name in mine if not within(name, apart)], entry["folder"], entry.get("about", {}))
    for folder in apart:
        lines += lines_apart([name for name in mine if within(name, [folder])], entry["folder"], folder)
    return [*lines, ""]


def page() -> str:
    entries = yaml.safe_load(FOLDERS.read_text(encoding="utf-8"))
    lines = [*HEAD.splitlines(), ""]
    names = project_files()
    for entry in entries:
        others = [other["folder"] for other in entries if other["folder"].startswith(f"{entry['folder']}/")]
        lines += section(entry, [name for name in names if not within(name, others)])
    return "\n".join(lines)


def main(arguments: list[str]) -> str | None:
    try:
        text = page()
    except Unexplained as failure:
        return str(failure)
    if arguments == ["--check"]:
        fresh = PAGE.exists() and PAGE.read_text(encoding="utf-8") == text
        return None if fresh else "docs/codemap.md is not up to date: run make codemap."
    PAGE.write_text(text, encoding="utf-8")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
