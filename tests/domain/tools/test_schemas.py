"""What tools take: JSON Schemas, whatever a document is written in and however wrong it is."""

import json
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from store.domain.tools.reading import Choice, read_tools
from store.domain.tools.schemas import MOST_BYTES, Schemas
from store.domain.tools.tool import Tool
from store.errors import Invalid
from tests.domain.tools.drawing import documents


def taken(body: Any, *, version: str = "3.0.3", **components: Any) -> dict[str, Any]:
    """Return the schema of a body, and of what it refers to."""
    document = {
        "openapi": version,
        "info": {"title": "One"},
        "paths": {
            "/x": {
                "post": {"requestBody": {"content": {"application/json": {"schema": body}}}},
            }
        },
        "components": {"schemas": components},
    }
    [tool] = read_tools(document, Choice()).tools
    Draft202012Validator.check_schema(tool.arguments)
    return {**tool.arguments["properties"]["body"], "defs": tool.arguments.get("$defs", {})}


def named(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


@given(documents())
def test_every_schema_is_one_however_the_document_is_written(document: dict[str, Any]) -> None:
    reading = read_tools(document, Choice())
    tools: tuple[Tool, ...] = reading.tools
    assert len(tools) + len(reading.left_out) == 1
    for tool in tools:
        Draft202012Validator.check_schema(tool.arguments)
        text = json.dumps(tool.arguments)
        assert len(text) <= MOST_BYTES
        for hidden in ("\\u202e", "\\u0000"):
            assert hidden not in text
        for word in ("nullable", "readOnly", "writeOnly", "discriminator", '"xml"', "example"):
            assert f'{word}":' not in text
        # What is referred to is there.
        list(Draft202012Validator(tool.arguments).iter_errors({"id": "x", "body": {"a": [{}]}}))


def test_what_may_be_null_may_be_null() -> None:
    assert taken({"type": "string", "nullable": True})["type"] == ["string", "null"]
    enum = taken({"type": "string", "nullable": True, "enum": ["a"]})
    assert (enum["type"], enum["enum"]) == (["string", "null"], ["a", None])
    assert taken({"type": "string", "x-nullable": True})["type"] == ["string", "null"]
    assert {"type": "null"} in taken({"allOf": [named("A")], "nullable": True}, A={})["anyOf"]


@pytest.mark.parametrize("large", [False, True])
def test_what_is_said_beside_a_reference_counts(large: bool) -> None:
    meant = {"type": "string", "enum": ["a", "b" * (300 if large else 1)]}
    said = taken({**named("A"), "description": "Which.", "nullable": True}, A=meant)
    assert "Which." in json.dumps(said)
    assert "null" in json.dumps(said)
    bound = {**named("A"), "maxLength": 1}
    valid = Draft202012Validator(taken(bound, version="3.1.0", A={"type": "string"})).is_valid
    assert (valid("a"), valid("ab"), valid(1)) == (True, False, False)
    # OpenAPI 3.0 has it ignored.
    assert taken(bound, A={"type": "string"}) == {"type": "string", "defs": {}}


def test_each_value_of_an_enum_is_one_as_json_has_it() -> None:
    found = taken({"enum": [1, True, 1.0, "1", 0, False, None, [1], "1"]})
    assert [*map(json.dumps, found["enum"])] == ["1", "true", '"1"', "0", "false", "null", "[1]"]


def test_bounds_that_are_true_or_false_become_numbers() -> None:
    found = taken({"type": "number", "minimum": 0, "exclusiveMinimum": True, "maximum": 9})
    assert (found["exclusiveMinimum"], found["maximum"], "minimum" in found) == (0, 9, False)


def test_what_is_for_reading_only_is_not_asked_for() -> None:
    found = taken(
        {
            "type": "object",
            "properties": {
                "id": {"type": "string", "readOnly": True},
                "made": named("Stamp"),
                "name": {"type": "string"},
            },
            "required": ["id", "made", "name"],
        },
        Stamp={"type": "string", "readOnly": True},
    )
    assert (list(found["properties"]), found["required"]) == (["name"], ["name"])


def test_what_another_part_says_is_for_reading_only_is_not_asked_for() -> None:
    base = {"type": "object", "properties": {"id": {"readOnly": True}}, "required": ["id"]}
    for body in (
        {"allOf": [named("Base")], "required": ["id", "name"]},
        {"allOf": [{"required": ["id"]}, {"allOf": [named("Base")]}]},
    ):
        found = taken({"type": "object", "properties": {"name": {}}, **body}, Base=base)
        assert '"id"' not in json.dumps(found)


ASKING = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"description": "Its name. " * 40}},
    "required": ["id", "name"],
}
READING = {"type": "object", "properties": {"id": {"readOnly": True}}}


@pytest.mark.parametrize(
    ("version", "body"),
    [
        *(("3.0.3", {"allOf": parts}) for parts in ([named("B"), READING], [READING, named("B")])),
        ("3.0.3", {"allOf": [named("B"), named("R")]}),
        ("3.0.3", {"allOf": [{"allOf": [named("B")]}], **READING}),
        ("3.0.3", {"allOf": [{"anyOf": [named("B"), named("B")]}, named("R")]}),
        ("3.1.0", {**named("B"), **READING}),
        ("3.1.0", {**named("R"), **ASKING}),
    ],
)
def test_a_reference_asks_for_nothing_that_another_part_says_is_for_reading_only(
    version: str, body: dict[str, Any]
) -> None:
    found = taken(body, version=version, B=ASKING, R=READING)
    assert '"id"' not in json.dumps(found)
    assert '"required": ["name"]' in json.dumps(found)


def test_a_reference_of_which_nothing_is_for_reading_only_stays_one() -> None:
    other = {"properties": {"made": {"readOnly": True}}}
    found = taken({"allOf": [named("B"), other]}, B=ASKING)
    assert found["allOf"][0] == {"$ref": "#/$defs/B"}
    assert found["defs"]["B"]["required"] == ["id", "name"]


@pytest.mark.parametrize("word", ["allOf", "anyOf"])
def test_parts_that_refer_to_each_other_are_followed_for_a_while(word: str) -> None:
    several = {word: [named("B")] * 20, **ASKING}
    found = taken({"allOf": [named("B"), READING]}, B=several)
    assert len(json.dumps(found)) < MOST_BYTES


def test_what_refers_to_itself_is_told_once() -> None:
    tree = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "children": {"type": "array", "items": {}}},
    }
    tree["properties"]["children"]["items"] = named("Tree")  # type: ignore[index]
    found = taken(named("Tree"), Tree=tree)
    assert found["$ref"] == "#/$defs/Tree"
    assert found["defs"]["Tree"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}


def test_what_refers_to_nothing_or_elsewhere_may_be_anything() -> None:
    loop: dict[str, Any] = {"A": named("B"), "B": named("A")}
    wrongs = [{"$ref": where} for where in ("other.json#/A", "#/nowhere", "#Anchor")]
    for wrong in (*wrongs, named("A")):
        found = taken({"type": "object", "properties": {"x": wrong}}, **loop)
        assert "$ref" not in json.dumps(found)


def test_what_is_too_large_is_told_in_less_detail() -> None:
    deep: dict[str, Any] = {"type": "string", "description": "leaf"}
    for level in range(7):
        fields = {f"f{level}_{number}": deep for number in range(3)}
        deep = {"type": "object", "properties": fields, "description": f"level {level}"}
    found = taken(deep)
    assert len(json.dumps(found)) < MOST_BYTES
    assert "There is more to it than is told here." in json.dumps(found)
    assert found["description"] == "level 6"
    many = taken(
        {"type": "object", "properties": {f"f{n}": {"type": "string"} for n in range(900)}}
    )
    assert many["description"] == "There is more to it than is told here."


def test_fields_that_are_for_writing_only_are_known() -> None:
    user = {
        "type": "object",
        "properties": {
            "password": {"type": "string", "writeOnly": True},
            "friends": {"type": "array", "items": named("User")},
        },
    }
    document = {"components": {"schemas": {"User": user}}}
    found = Schemas(document).hidden({"type": "array", "items": named("User")})
    assert ("*", "password") in found
    assert ("*", "friends", "*", "password") in found


def test_a_document_of_nothing_is_refused() -> None:
    with pytest.raises(Invalid, match="no operation"):
        read_tools({"openapi": "3.1.0", "paths": {}}, Choice())
