"""The walls of the house: which room may know which, and how it is kept."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TREES = ("console", "store", "tests")
MOST_LINES = 400


def modules(tree: str) -> list[Path]:
    """Return a tree's Python files."""
    return sorted((ROOT / tree).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Return the modules a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    ("tree", "forbidden"),
    [
        ("store", ("console", "textual", "rich", "click", "pyperclip")),
        (
            "console",
            ("sqlalchemy", "alembic", "store.persistence.schema", "store.persistence.repositories"),
        ),
    ],
)
def test_a_tree_does_not_know_what_is_behind_its_wall(
    tree: str, forbidden: tuple[str, ...]
) -> None:
    assert modules(tree)
    for path in modules(tree):
        for name in imported(path):
            behind = [one for one in forbidden if name == one or name.startswith(f"{one}.")]
            assert not behind, f"{path.relative_to(ROOT)} imports {name}"


def test_no_file_is_longer_than_anybody_reads() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for tree in TREES
        for path in modules(tree)
        if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}


def undocumented(path: Path) -> Iterator[str]:
    """Return the public functions and classes of a file that do not say what they are."""

    def walk(node: ast.AST, inside: str) -> Iterator[str]:
        for child in ast.iter_child_nodes(node):
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not child.name.startswith("_") and ast.get_docstring(child) is None:
                yield f"{path.relative_to(ROOT)}: {inside}{child.name}"
            if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
                yield from walk(child, f"{child.name}.")

    yield from walk(ast.parse(path.read_text()), "")


@pytest.mark.parametrize("tree", ["console", "store"])
def test_everything_public_says_what_it_does(tree: str) -> None:
    missing = [one for path in modules(tree) for one in undocumented(path)]
    assert missing == []


def test_the_top_level_is_as_it_was_agreed() -> None:
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    made_by_tools = {one for one in there if one.endswith((".egg-info", "__pycache__"))}
    assert there - made_by_tools - {"build", "dist"} == {*TREES, "pyproject.toml", "README.md"}


def test_no_tuple_is_unpacked_on_the_spot() -> None:
    # It says what its entries say one by one, and hides which argument each is from the types.
    migrations = ROOT / "store" / "persistence" / "migrations" / "versions"
    unpacked = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for tree in ("console", "store")
        for path in modules(tree)
        if migrations not in path.parents
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Starred) and isinstance(node.value, ast.Tuple)
    ]
    assert unpacked == []
