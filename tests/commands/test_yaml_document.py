"""A document in YAML: what it means as JSON, and what it may not do."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from console.commands.yaml_document import read_yaml
from store.errors import Invalid
from tests.commands.conftest import Keydeck
from tests.house import House

LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{two}: &{two} [{', '.join([f'*{one}'] * 10)}]\n"
    for one, two in zip("abcdefgh", "bcdefghi", strict=True)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda some: st.lists(some) | st.dictionaries(st.text(), some),
    max_leaves=8,
)


def test_words_mean_what_they_mean_in_json() -> None:
    document = (
        b"200: ok\non: no\ndate: 2020-01-01\nzip: 01234\nfloat: 1.5e3\nnull: ~\nempty:\n"
        b"time: 12:30:00\nyes: True\ninf: .inf\nhex: 0x1f\nhuge: 1e400\nquoted: '5'\n"
        b"tagged: !!str 5\n"
    )
    assert read_yaml(document, "x") == {
        **{"200": "ok", "on": "no", "date": "2020-01-01", "zip": "01234", "float": 1500.0},
        **{"null": None, "empty": None, "time": "12:30:00", "yes": True, "inf": ".inf"},
        **{"hex": "0x1f", "huge": "1e400", "quoted": "5", "tagged": "5"},
    }


def test_an_alias_is_what_it_repeats_and_more_can_be_said_of_it() -> None:
    document = b"base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}\nagain: *b\n"
    assert read_yaml(document, "x") == {
        "base": {"x": 1, "y": 2},
        "more": {"x": 1, "y": 3},
        "again": {"x": 1, "y": 2},
    }


@given(VALUES)
def test_what_is_written_as_yaml_is_read_as_it_was(value: object) -> None:
    assert read_yaml(yaml.safe_dump(value).encode(), "x") == value


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (LAUGHS, "x repeats itself too often"),
        ("a: &a [*a]", "x, line 1: an alias stands in what it repeats"),
        ("a: &a {b: {c: *a}}", "x, line 1: an alias stands in"),
        ("[" * 100_000, "x, line 1: "),
        ("a: " + "{a: " * 900 + "1" + "}" * 900, "x is nested too deeply"),
        ("a: 1\nb: [1", "x, line 3: did not find expected"),
        ("!!python/object/apply:os.system ['id']", "stands for nothing in JSON"),
        ("a: !!binary aGk=", "stands for nothing in JSON"),
        ("? [a, b]\n: 1", "a name is expected here"),
        ("<<: 5", "takes objects"),
        ("a: 1\n---\nb: 2", "another document"),
        ("a: *b", "undefined alias"),
        ("", "x is empty"),
        ("\x1b[31m: x", "neither JSON nor YAML"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(document: str, said: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_yaml(document.encode(), "x")
    assert said in str(refused.value)


def test_routes_and_tools_are_made_of_it(keydeck: Keydeck, house: House, tmp_path: Path) -> None:
    file = tmp_path / "openapi.yaml"
    file.write_text(
        "openapi: 3.1.0\ninfo: {title: Bills, version: 1.0}\npaths:\n  /bills:\n    get:\n"
        "      operationId: list_bills\n      responses:\n        200: {description: ok}\n"
    )
    added = keydeck("routes", "import", str(file), "--json")
    assert [one["path"] for one in added.json["added"]] == ["/bills"], added
    made = keydeck("tools", "add", str(file), "--upstream", "http://127.0.0.1:9", "--json")
    assert (made.status, [one.title for one in house.store.tools.all()]) == (0, ["Bills"]), made
