"""What Textual keeps to itself is used in one file: its next version is read against that."""

import ast
from collections.abc import Iterator
from pathlib import Path

CONSOLE = Path(__file__).parents[2] / "console"
ADAPTER = CONSOLE / "textual_privates.py"
PUBLIC = {"_asdict", "_replace", "_fields", "_exit"}
"""Of tuples with names, and of the system: documented."""


def is_private(name: str) -> bool:
    """Return whether a name is for whoever wrote it."""
    return name.startswith("_") and not name.startswith("__")


def own(tree: ast.Module) -> Iterator[str]:
    """Return what a module names its own private things."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def foreign(tree: ast.Module, ours: set[str]) -> Iterator[str]:
    """Return the private names and modules of others that a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and is_private(node.attr) and node.attr not in ours:
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("textual."):
            yield from (part for part in (node.module or "").split(".") if is_private(part))
            yield from (alias.name for alias in node.names if is_private(alias.name))


def test_nothing_of_textual_s_own_is_used_outside_the_adapter() -> None:
    trees = {path: ast.parse(path.read_text()) for path in CONSOLE.rglob("*.py")}
    ours = {name for tree in trees.values() for name in own(tree) if is_private(name)} | PUBLIC
    found = {path: sorted({*foreign(tree, ours)}) for path, tree in trees.items()}
    used = {str(path.relative_to(CONSOLE)): names for path, names in found.items() if names}
    assert used.keys() == {ADAPTER.name}, used
