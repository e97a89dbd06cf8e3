"""Arguments are held to their schema, and no schema takes long whatever is held to it."""

import json
import sys
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.tool import Tool
from store.verifier.body import MAX_BODY
from store.verifier.mcp.argument_checks import ArgumentChecks
from store.verifier.problems import Problem

MOST_CALLS = 1_500_000
"""Of functions while one call's arguments are looked at."""
NODE = {"$ref": "#/components/schemas/Node"}


def takes(schema: Any, **components: Any) -> Tool:
    """Return a tool whose body has a schema."""
    content = {"application/json": {"schema": schema}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "One"},
        "paths": {"/x": {"post": {"requestBody": {"content": content}}}},
        "components": {"schemas": components},
    }
    return read_tools(document, Choice()).tools[0]


def kind(word: str) -> dict[str, Any]:
    """Return what a node of some kind is: it holds another of any."""
    return {"type": "object", "properties": {"kind": {"const": word}, "of": NODE}}


def either(word: str) -> Tool:
    return takes(NODE, Node={word: [kind("a"), kind("b"), {"type": "null"}]})


def nested(depth: int) -> dict[str, Any]:
    return {"kind": "b", "of": nested(depth - 1)} if depth else {"kind": "b"}


@pytest.mark.parametrize(
    ("tool", "body"),
    [
        (takes({"type": "array", "uniqueItems": True}), [{"a": n} for n in range(5000)]),
        (takes({"type": "array", "uniqueItems": True}), [*range(9999), "x"]),
        (
            takes({"type": "array", "items": {"uniqueItems": True}}),
            [[{"a": n} for n in range(5000)]],
        ),
        (takes({"type": "array", "items": {"enum": [*range(200)]}}), [199] * 12_000),
        (takes({"type": "array", "items": {"anyOf": [{"const": 0}] * 60 + [{}]}}), [1] * 20_000),
        (either("oneOf"), nested(40)),
        (either("anyOf"), nested(40)),
    ],
)
def test_whatever_the_schema_looking_ends_soon(tool: Tool, body: Any) -> None:
    assert len(json.dumps(body)) <= MAX_BODY
    calls = 0

    def counting(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal calls
        calls += event == "call"
        if calls > MOST_CALLS:
            raise AssertionError("it still looks")

    checks = ArgumentChecks(lambda: 1)
    sys.setprofile(counting)
    try:
        checks.check(tool, {"body": body})
    finally:
        sys.setprofile(None)


def test_what_is_wrong_is_told_however_much_was_looked_at_before() -> None:
    checks = ArgumentChecks(lambda: 1)
    checks.check(either("oneOf"), {"body": nested(12)})
    for tool, body, said in (
        (takes({"type": "array", "items": {"type": "integer"}}), [*[1] * 20_000, "x"], "20000"),
        (takes({"type": "array", "uniqueItems": True, "items": {"type": "string"}}), [{}], "0"),
        (either("anyOf"), {"kind": "c"}, "not valid under any"),
    ):
        with pytest.raises(Problem, match=said) as refused:
            checks.check(tool, {"body": body})
        assert refused.value.status == 422


@pytest.mark.parametrize("bound", [{"multipleOf": 0.1}, {"multipleOf": 2}, {"maximum": 0.5}])
def test_a_number_that_no_computer_divides_is_no_defect(bound: dict[str, Any]) -> None:
    for number in (10**400, -(10**400), *map(float, ("nan", "inf", "-inf"))):
        with suppress(Problem):
            ArgumentChecks(lambda: 1).check(takes(bound), {"body": number})
