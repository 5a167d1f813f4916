"""Settings of Sphinx for the site of the documentation: see tools/docs.sh."""

import re
from pathlib import Path
from typing import Any

import yaml
from pygments.lexers.special import TextLexer

ROOT = Path(__file__).resolve().parents[2]
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))

project = "crossvpc.vpcep"
author = ", ".join(GALAXY["authors"])
copyright = f"2026, {author}"
version = release = GALAXY["version"]
html_title = f"{project} {release}"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
nitpicky = True
# Nothing is fetched: what Ansible's own documentation has is mentioned and not linked.
nitpick_ignore_regex = [("std:ref", r"ansible_collections\.ansible\..*"), (r"(std:)?envvar", r"ANSIBLE_.*")]
suppress_warnings = ["ref.ref"]
default_role = "any"

# An empty index, as the plugins' own texts name their variables.
exclude_patterns = ["reference/environment_variables.rst"]

# Anchors of headings as GitHub makes them.
myst_heading_anchors = 4
myst_links_external_new_tab = False

html_theme = "furo"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_use_index = False
pygments_style = "ansible"
pygments_dark_style = "github-dark"
highlight_language = "yaml+jinja"
# The colours of the reference's tables are those of the theme: see site.css.
antsibull_ext_color_scheme = "none"
html_theme_options = {
    "source_repository": f"{GALAXY['repository']}/",
    "source_branch": "main",
    "top_of_page_buttons": [],
    "footer_icons": [],
}

# Plugins name guides by their address, as ansible-doc shows it; in the site they are a page away.
GUIDE = re.compile(rf"<{re.escape(GALAXY['repository'])}/blob/main/((?:docs|roles/\w+)/[\w-]+)\.md>`__?")


def fit_in(_app: Any, page: str, source: list[str]) -> None:
    """The reference, as antsibull-docs writes it, as a part of this site."""
    if not page.startswith("reference/"):
        return
    text = re.sub(rf"`(?=[^`]*{GUIDE.pattern})", ":doc:`", source[0])
    text = GUIDE.sub(r"</\1>`", text)
    # The theme has a table of contents of its own.
    text = re.sub(r"^\.\. contents::\n(?: .*\n)+", "", text, flags=re.MULTILINE)
    if page == "reference/index":
        text = re.sub(r"^Crossvpc\.Vpcep\n=+$", "All plugins\n===========", text, flags=re.MULTILINE)
        text = re.sub(r"^ {4}(\w+)_([a-z]+)$", r"    \1 <\1_\2>", text, flags=re.MULTILINE)
    source[0] = text


def setup(app: Any) -> None:
    app.connect("source-read", fit_in)
    app.add_lexer("mermaid", TextLexer)  # GitHub draws it; here it is a text to copy
