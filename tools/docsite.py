"""Convert the guides to reStructuredText, so that docs.ansible.com shows them beside the reference.

Usage: python tools/docsite.py CHECKOUT
Writes docs/docsite/rst and docs/docsite/extra-docs.yml of a checkout; `make release` commits them with the release.
"""

import importlib.util
import re
import shutil
import sys
from pathlib import Path, PurePosixPath

import pypandoc
import yaml

ROOT = Path(__file__).resolve().parents[1]
LABEL = "ansible_collections.crossvpc.vpcep.docsite."


def site_pages() -> object:
    spec = importlib.util.spec_from_file_location("pages", ROOT / "tools" / "docs.d" / "pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pages = site_pages()


def converted(page: PurePosixPath) -> str:
    """A guide in reStructuredText. Links within the project lead to the repository."""
    text = pages.with_complete_links(page, (ROOT / page).read_text(encoding="utf-8"))
    text = re.sub(r"^ *<!--.*?-->\n", "", text, flags=re.MULTILINE | re.DOTALL)
    converted = pypandoc.convert_text(
        text, "rst", format="gfm-raw_html-gfm_auto_identifiers", extra_args=["--wrap=preserve"]
    )
    return f".. _{LABEL}{page.stem.replace('-', '_')}:\n\n{converted}"


def main(checkout: Path) -> None:
    folder = checkout / "docs" / "docsite" / "rst"
    shutil.rmtree(folder, ignore_errors=True)  # pages of an earlier release
    folder.mkdir(parents=True)
    sections: list[dict[str, object]] = []
    for line in (ROOT / pages.INDEX).read_text(encoding="utf-8").splitlines():
        entry = re.match(r"- \[.*?\]\((.*?)\)", line)
        if line.startswith("## "):
            sections.append({"title": line.removeprefix("## "), "toctree": []})
        elif entry and (page := pages.place(pages.INDEX, entry[1])).parent == pages.INDEX.parent:
            (folder / f"{page.stem}.rst").write_text(converted(page), encoding="utf-8")
            sections[-1]["toctree"].append(page.stem)
    extra = {"sections": [section for section in sections if section["toctree"]]}
    (folder.parent / "extra-docs.yml").write_text("---\n" + yaml.safe_dump(extra, sort_keys=False), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
