"""Documents of APIs, drawn: schemas in every dialect, with mistakes, referring to each other."""

from typing import Any

from hypothesis import strategies as st

NAMES = ("A", "B", "C")
WORDS = ("id", "name", "a b", "filter[x]", "$top", "+1", "ü")

_plain = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(
            ("string", "integer", "number", "boolean", "null", "file", ["string", "null"], 7)
        ),
        "nullable": st.booleans(),
        "enum": st.lists(st.sampled_from(("a", "a", "b", 1, None)), max_size=3),
        "minimum": st.sampled_from((0, 1.5, "0", None)),
        "exclusiveMinimum": st.sampled_from((True, False, 3)),
        "multipleOf": st.sampled_from((0, -1, 2)),
        "maxLength": st.sampled_from((3, -1, "3", True)),
        "pattern": st.sampled_from(("^a+$", "(", "\\p{L}", 7)),
        "format": st.sampled_from(("date", 7)),
        "required": st.sampled_from((True, ["id"], ["id", "id", 7])),
        "readOnly": st.booleans(),
        "writeOnly": st.booleans(),
        "example": st.just({"$ref": "#/nowhere"}),
        "xml": st.just({"name": "x"}),
        "discriminator": st.just({"propertyName": "kind"}),
        "description": st.sampled_from(("Some words.", 7, "a\u202eb\0c", "long " * 200)),
        "default": st.sampled_from((None, 1, "x")),
    },
)
_refs = st.sampled_from(
    [*(f"#/components/schemas/{name}" for name in NAMES), "#/nowhere", "other.json#/A", "#/info", 7]
).map(lambda where: {"$ref": where})


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.fixed_dictionaries(
        {"type": st.just("object")},
        optional={
            "properties": st.dictionaries(st.sampled_from(WORDS), inner, max_size=3),
            "required": st.lists(st.sampled_from(WORDS), max_size=3),
            "additionalProperties": st.one_of(st.booleans(), inner),
            "nullable": st.booleans(),
        },
    )
    arrays = st.fixed_dictionaries(
        {"type": st.just("array")},
        optional={"items": st.one_of(inner, st.lists(inner, max_size=2))},
    )
    several = st.builds(
        lambda word, parts, nullable: {word: parts, "nullable": nullable},
        st.sampled_from(("allOf", "oneOf", "anyOf")),
        st.lists(inner, max_size=2),
        st.booleans(),
    )
    return st.one_of(objects, arrays, several, inner.map(lambda one: {"not": one}))


schemas = st.recursive(st.one_of(_plain, _refs, st.booleans(), st.none()), _larger, max_leaves=8)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a document with one operation that takes whatever can be taken."""
    parameters = [
        {
            "name": name,
            "in": draw(st.sampled_from(("query", "header", "query", "cookie"))),
            "required": draw(st.booleans()),
            "schema": draw(schemas),
            "style": draw(st.sampled_from(("form", "simple", "deepObject", "pipeDelimited"))),
        }
        for name in draw(st.lists(st.sampled_from(WORDS), max_size=3))
    ]
    media = draw(st.sampled_from(("application/json", "application/x-www-form-urlencoded", "x/y")))
    return {
        "openapi": draw(st.sampled_from(("3.0.3", "3.1.0"))),
        "info": {"title": "Drawn"},
        "paths": {
            "/things/{id}": {
                "post": {
                    "parameters": parameters,
                    "requestBody": {"content": {media: {"schema": draw(schemas)}}},
                    "responses": {"200": {"content": {media: {"schema": draw(schemas)}}}},
                }
            }
        },
        "components": {"schemas": {name: draw(schemas) for name in NAMES}},
    }


values = st.recursive(
    st.one_of(
        st.text(st.characters(codec=None), max_size=6),
        st.sampled_from(("..", ".", "a/b", "%2f", "a%2", "ſ", "Ⅳ", " ", "a;b", "\u202e")),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.none(),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)
"""What an assistant may send for an argument."""
