"""The way in: what `tests/README.md` says of the house is so."""

import importlib.util
import re
import tomllib

import pytest

from tests.__main__ import HABITS, HERE, QUICK, UNHURRIED, runs
from tests.test_walls import ROOT

PAGE = (HERE / "README.md").read_text()
MOST_STEPS = 10
QUOTED = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
PATH = re.compile(r"(?:console|store|tests)/[\w/.]+|\.ci/run")
NAME = re.compile(r"(?:console|store|tests)(?:\.\w+)+")
RAN = re.compile(r"python -m ((?:console|store|tests)(?:\.\w+)*)(?: ([a-z]+))?")

MIRRORED = (
    "client",
    "credentials",
    "domain",
    "errors",
    "operations",
    "persistence",
    "service",
    "verifier",
)
"""Rooms of the store whose tests stand in a room of the same name."""
OF_SEVERAL = {
    "client/test_applications",
    *(
        f"operations/test_{one}"
        for one in ("interrupted_copy", "restored_catalogue", "restored_restrictions")
    ),
    *(f"service/test_{one}" for one in ("at_once", "many_keys", "strangers")),
    *(f"verifier/http/test_{one}" for one in ("flooding", "slow_and_many", "upgrade", "wire")),
    "verifier/leasing/test_own_actions",
    "verifier/reference/test_generators",
    "verifier/resources/test_prepared_reads",
    *(
        f"verifier/test_{one}"
        for one in (
            "addresses",
            "challenges",
            "first_objection",
            "first_objection_served",
            "in_force",
            "limits",
            "not_before",
            "order",
            "sample",
        )
    ),
    *(
        f"verifier/test_{one}"
        for one in ("readiness", "restored", "secrecy", "set_back", "short_way")
    ),
    *(
        f"verifier/test_{one}"
        for one in ("networks", "stopping", "stops", "tenants", "unavailable")
    ),
}
"""Tests of a promise that several modules keep together."""


def quoted() -> list[str]:
    """Return what stands in backticks."""
    return QUOTED.findall(PAGE)


def section(title: str) -> str:
    """Return what stands under a heading."""
    after = PAGE.partition(f"\n## {title}\n")[2]
    assert after, title
    return after.partition("\n## ")[0]


def resolved(name: str) -> object:
    """Return what a dotted name means. Raises ImportError or AttributeError."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module), attribute)


def packages(tree: str) -> set[str]:
    """Return the packages of a tree that hold modules of their own, as paths."""
    return {
        path.parent.relative_to(ROOT).as_posix()
        for path in (ROOT / tree).rglob("__init__.py")
        if path.parent != ROOT / tree
    }


def test_every_path_that_is_named_is_there() -> None:
    paths = [one for one in quoted() if PATH.fullmatch(one)]
    assert paths
    assert [one for one in paths if not (ROOT / one).exists()] == []


def test_every_name_is_of_something() -> None:
    names = [one for one in quoted() if NAME.fullmatch(one)]
    assert names
    for name in names:
        resolved(name)


def test_every_bare_name_of_a_step_stands_in_a_file_of_that_step() -> None:
    for line in section("How to add …").splitlines():
        named = QUOTED.findall(line)
        files = [ROOT / one for one in named if PATH.fullmatch(one) and (ROOT / one).is_file()]
        text = "\n".join(path.read_text() for path in files)
        for name in named:
            if re.fullmatch(r"[A-Za-z_]+(\.[a-z_]+)?", name):
                assert re.search(rf"\b{name.rpartition('.')[2]}\b", text), f"{name}: {line}"


def test_every_command_that_is_named_runs_something() -> None:
    ran = RAN.findall(PAGE)
    assert ran
    for module, word in ran:
        assert importlib.util.find_spec(module), module
        if module == "tests":
            assert word in HABITS, word
    assert {word for module, word in ran if module == "tests"} == set(HABITS)


def test_the_rooms_are_the_packages_there_are() -> None:
    told = {
        row.split("|")[1].strip(" `")
        for row in section("The rooms").splitlines()
        if row.startswith("| `")
    }
    there = packages("store") | packages("console")
    assert told == there


@pytest.mark.parametrize("tree", ["store", "console"])
def test_the_layers_are_those_of_the_import_contracts(tree: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    kept = next(one for one in contracts["contracts"] if one.get("containers") == [tree])
    told = PAGE.partition(f"```layers {tree}\n")[2].partition("\n```")[0]
    assert told.splitlines() == kept["layers"]


def test_a_word_has_one_meaning() -> None:
    rows = [line.split("|") for line in section("The words").splitlines() if line.startswith("| ")]
    words = [word.strip() for row in rows for word in row[1].split(",")]
    assert len(words) > 30
    assert len(set(words)) == len(words)
    places = [place for row in rows[1:] for place in QUOTED.findall(row[4])]
    assert len(set(places)) == len(places)


def test_how_to_add_something_is_short() -> None:
    recipes = section("How to add …").split("\n### ")[1:]
    assert len(recipes) == 6
    for recipe in recipes:
        assert 0 < len(re.findall(r"^\d+\. ", recipe, re.MULTILINE)) <= MOST_STEPS, recipe


def modules_of(room: str) -> set[str]:
    """Return the names of the modules and packages below a room of the store."""
    return {path.stem for path in (ROOT / "store" / room).rglob("*") if path.suffix in ("", ".py")}


def test_a_test_has_the_name_of_the_module_it_tries_or_is_known_to_tell_of_several() -> None:
    of_none = set()
    for path in (path for room in MIRRORED for path in (HERE / room).rglob("test_*.py")):
        room = path.parent.relative_to(HERE).as_posix()
        if path.stem.removeprefix("test_") not in modules_of(room) | {path.parent.name}:
            of_none.add(f"{room}/{path.stem}")
    assert of_none == OF_SEVERAL


def test_the_readme_leads_here() -> None:
    assert "tests/README.md" in (ROOT / "README.md").read_text()


def test_the_quick_ones_are_there_and_what_is_run_by_hand_says_what_it_is() -> None:
    assert [one for one in (*QUICK, *UNHURRIED) if not (HERE / one).exists()] == []
    assert all(said for _, said in runs())
    assert {"tests.benchmarks.verify", "tests.races"} <= {module for module, _ in runs()}
