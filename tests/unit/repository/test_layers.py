"""The program is a folder for each layer. Imports go to the same folder or to one above it, and in no circle."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

LAYERS = ("_core", "_http", "_auth", "_schema", "_api", "_resources", "_bulk", "_check", "_runner")
PROGRAM = Path(__file__).parents[3] / "plugins" / "module_utils"


@cache
def imports_of(path: Path) -> list[ast.ImportFrom]:
    """The imports of names, also inside of functions and for types only."""
    return [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.ImportFrom)]


def layers_of(path: Path, own: str) -> Iterator[str]:
    """The layers from which a file of layer *own* imports."""
    for node in imports_of(path):
        if node.level == 1:
            yield own
        elif node.level == 2:
            yield from [node.module.partition(".")[0]] if node.module else [alias.name for alias in node.names]
        elif (node.module or "").startswith("ansible_collections"):
            yield "an absolute name"


def test_each_file_is_in_a_layer() -> None:
    folders = {path.relative_to(PROGRAM).parts[0] for path in PROGRAM.rglob("*.py")}
    assert folders == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_go_up(layer: str) -> None:
    allowed = set(LAYERS[: LAYERS.index(layer) + 1])
    for path in sorted((PROGRAM / layer).glob("*.py")):
        found = set(layers_of(path, layer))
        assert found <= allowed, f"{layer}/{path.name} imports from {sorted(found - allowed)}"


def imported_by(path: Path) -> Iterator[str]:
    """The files that a file imports, as 'folder/name'."""
    for node in imports_of(path):
        if node.level in (1, 2):
            folder = [path.parent.name] if node.level == 1 else []
            names = [*folder, *(node.module or "").split(".")] if node.module else folder
            yield from ["/".join(names)] if len(names) == 2 else ["/".join([*names, one.name]) for one in node.names]


def reached_from(start: str, graph: dict[str, set[str]]) -> set[str]:
    """All files that a file imports, directly or by way of other ones."""
    reached: set[str] = set()
    left = set(graph[start])
    while left:
        file = left.pop()
        reached.add(file)
        left |= graph[file] - reached
    return reached


def circles(graph: dict[str, set[str]]) -> list[str]:
    return sorted(file for file in graph if file in reached_from(file, graph))


def test_a_circle_is_found() -> None:
    assert circles({"a/b": {"a/c"}, "a/c": {"a/d"}, "a/d": {"a/c"}, "a/e": {"a/b"}}) == ["a/c", "a/d"]


def test_no_circle_between_files() -> None:
    graph = {f"{path.parent.name}/{path.stem}": set(imported_by(path)) for path in PROGRAM.rglob("*.py")}
    assert all(file in graph for files in graph.values() for file in files)
    assert not circles(graph)
