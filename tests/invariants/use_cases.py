"""Every use case there is, read from the code of the services: what it does, and who calls it."""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache, cached_property
from importlib import import_module
from types import ModuleType
from typing import Any, get_type_hints

from store.operations.store import Store

MUTATING = {"writing", "taking_away"}
"""What of `Transactions` begins a change that is written down."""
KEEPING = {"keeping"}
"""What begins one that no rule depends on."""
READING = {"reading"}


def services() -> dict[str, type]:
    """Return an open store's services, by the name the store has for each."""
    properties = {
        name: value.func
        for name, value in vars(Store).items()
        if isinstance(value, cached_property)
    }
    named = _named_for_types(sys.modules[Store.__module__])
    return {
        name: get_type_hints(func, localns=named)["return"] for name, func in properties.items()
    }


def _named_for_types(module: ModuleType) -> dict[str, Any]:
    """Return what a module imports for the type checker alone: it is loaded when it is used."""
    checked = [
        node
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.name: getattr(import_module(imported.module or ""), alias.name)
        for block in checked
        for imported in block.body
        if isinstance(imported, ast.ImportFrom)
        for alias in imported.names
    }


def use_cases(service: type) -> Iterator[str]:
    """Return the names of what a service does for others."""
    for name, value in vars(service).items():
        if not name.startswith("_") and inspect.isfunction(value):
            yield name


def begins(service: type, use_case: str) -> set[str]:
    """Return which transactions a use case begins, itself or by what it calls of its module."""
    return _begins(_functions(service.__module__), use_case, set())


@cache
def _functions(module: str) -> dict[str, Any]:
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {
        node.name: node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _begins(functions: dict[str, Any], name: str, seen: set[str]) -> set[str]:
    seen.add(name)
    found = set()
    for node in ast.walk(functions[name]):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        called = node.attr if isinstance(node, ast.Attribute) else node.id
        if called in MUTATING | KEEPING | READING:
            found.add(called)
        elif called in functions and called not in seen:
            found |= _begins(functions, called, seen)
    return found


def called(module: ModuleType, name: str) -> set[tuple[str, str]]:
    """Return what a top-level name of a module calls, as a service's name and a use case's."""
    tree = ast.parse(inspect.getsource(module))
    for node in tree.body:
        defined = getattr(node, "name", None)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            defined = node.targets[0].id
        if defined == name:
            return {
                (attribute.value.attr, attribute.attr)
                for attribute in ast.walk(node)
                if isinstance(attribute, ast.Attribute)
                and isinstance(attribute.value, ast.Attribute)
            }
    raise AssertionError(f"{module.__name__} has no {name}")
