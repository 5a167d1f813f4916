# Copyright (c) 2026, The crossvpc authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program is a folder for each layer; an import goes to the same folder, or to one that stands above it here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = ("_core", "_http", "_auth", "_schema", "_api", "_resources", "_bulk", "_runner")
PROGRAM = Path(__file__).parents[3] / "plugins" / "module_utils"


def layers_of(tree: ast.AST, own: str) -> Iterator[str]:
    """The layers from which a file of layer *own* imports, also inside of functions and for types only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            yield own
        elif isinstance(node, ast.ImportFrom) and node.level == 2:
            yield from [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ansible_collections"):
            yield "an absolute name"


def test_each_file_is_in_a_layer() -> None:
    folders = {path.relative_to(PROGRAM).parts[0] for path in PROGRAM.rglob("*.py")}
    assert folders == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_up(layer: str) -> None:
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    for path in sorted((PROGRAM / layer).glob("*.py")):
        found = set(layers_of(ast.parse(path.read_text(encoding="utf-8")), layer))
        assert found <= allowed, f"{layer}/{path.name} imports from {sorted(found - allowed)}"
