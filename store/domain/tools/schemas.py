"""JSON Schemas (2020-12) of a document's schemas, whatever those are written in.

OpenAPI 3.0 has dialects of its own (`nullable`, exclusive bounds that are true or false), and
documents have mistakes. Whatever is no JSON Schema is left out, so that no client refuses a tool.
"""

import json
import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from store.domain.routes.references import Json, resolved, steps, target
from store.domain.tools.naming import plain
from store.errors import Invalid

MOST_BYTES = 8 * 1024
"""Of one schema: a model reads all of them before it does anything."""
_DEPTHS = (8, 6, 5, 4, 3, 2, 1)
_MOST_INLINE = 240
_MOST_LOOKED_AT = 5_000
_DEEPEST = 6
_LONGEST_TEXT = 300
_LONGEST_LIST = 200
_TYPES = frozenset(("string", "number", "integer", "boolean", "object", "array", "null"))
_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_OF_ONE = ("allOf", "anyOf", "oneOf")
_MOST_PARTS = 100
_SAID = ("description", "default")
_APART = ("$ref", "nullable", "x-nullable")
_MORE = "There is more to it than is told here."
_IGNORED_BESIDE = ("3.0", "2.")
"""Versions in which all that stands beside a `$ref` is ignored; what is said of it is meant."""


class Schemas:
    """Makes the schemas of what is sent of those of one document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._hides = '"writeOnly"' in json.dumps(document, default=str)

    def of_arguments(self, properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
        """Return the schema of an object with these properties, no larger than is borne.

        Where it is too large what lies deep is told in less detail.
        """
        for depth in _DEPTHS:
            made = _Making(self._document, depth).object(properties, required)
            if len(json.dumps(made)) <= MOST_BYTES:
                return made
        return {
            "type": "object",
            "properties": {name: {"description": _MORE} for name in properties},
            **({"required": required} if required else {}),
            "additionalProperties": False,
        }

    def hidden(self, schema: Any) -> tuple[tuple[str, ...], ...]:
        """Return where an answer has fields that are for writing only, as far as is looked."""
        if not self._hides:
            return ()
        found: set[tuple[str, ...]] = set()
        waiting: deque[tuple[Any, tuple[str, ...]]] = deque([(schema, ())])
        for _ in range(_MOST_LOOKED_AT):
            if not waiting:
                break
            one, at = waiting.popleft()
            try:
                one = resolved(self._document, one)
            except Invalid:
                continue
            if one.get("writeOnly") is True and at:
                found.add(at)
                continue
            if len(at) < _DEEPEST:
                for name, inner in _dict(one.get("properties")).items():
                    waiting.append((inner, (*at, str(name))))
                if isinstance(one.get("items"), dict):
                    waiting.append((one["items"], (*at, "*")))
            for several in _OF_ONE:
                waiting.extend((inner, at) for inner in _list(one.get(several)))
        return tuple(sorted(found))


class _Making:
    """One try: everything below a depth is told in a word."""

    def __init__(self, document: Json, depth: int) -> None:
        self._document, self._depth = document, depth
        version = str(document.get("openapi") or document.get("swagger"))
        self._ignores_beside = version.startswith(_IGNORED_BESIDE)
        self._names: dict[str, str] = {}
        self._waiting: deque[tuple[str, str, int]] = deque()
        self._inline: dict[str, bool] = {}
        self._more: dict[tuple[str, frozenset[str]], bool] = {}
        self._inlined = 0

    def object(self, properties: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
        root: dict[str, Any] = {
            "type": "object",
            "properties": {name: self._made(one, 1) for name, one in properties.items()},
        }
        if required:
            root["required"] = required
        root["additionalProperties"] = False
        definitions: dict[str, Any] = {}
        # One after the other, so that what is met near the root is told in full.
        while self._waiting:
            reference, name, level = self._waiting.popleft()
            definitions[name] = self._made(target(self._document, reference), level)
        return {**root, "$defs": definitions} if definitions else root

    def _made(
        self, schema: Any, level: int, unasked: frozenset[str] = frozenset()
    ) -> dict[str, Any]:
        """Return a schema; `unasked` are fields that other parts of it say are for reading only."""
        if not isinstance(schema, dict):
            return {"not": {}} if schema is False else {}
        if "$ref" in schema:
            return self._referred(schema, level, unasked)
        if level > self._depth:
            return self._in_a_word(schema)
        made: dict[str, Any] = {}
        types = _types(schema)
        if types:
            made["type"] = types[0] if len(types) == 1 else types
        text = plain(schema.get("description") or schema.get("title"), _LONGEST_TEXT)
        if text:
            made["description"] = text
        made |= _bounds(schema)
        self._add_choices(schema, made)
        self._add_parts(schema, made, level, unasked | self._for_reading(schema))
        return _with_null(schema, made)

    def _add_choices(self, schema: Json, made: dict[str, Any]) -> None:
        values = schema.get("enum")
        if isinstance(values, list) and 0 < len(values) <= _LONGEST_LIST:
            told: dict[str, Any] = {}
            for one in values:
                told.setdefault(_told_apart(one), one)
            made["enum"] = [*told.values()]
        for word in ("const", "default"):
            if word in schema:
                made[word] = schema[word]
        form, written = schema.get("format"), schema.get("pattern")
        if isinstance(form, str):
            made["format"] = form
        if isinstance(written, str) and _compiles(written):
            made["pattern"] = written

    def _add_parts(
        self, schema: Json, made: dict[str, Any], level: int, unasked: frozenset[str]
    ) -> None:
        for word in _OF_ONE:
            several = [self._made(one, level + 1, unasked) for one in _list(schema.get(word))]
            if several:
                made[word] = several
        several = [self._made(one, level + 1) for one in _list(schema.get("prefixItems"))]
        if several:
            made["prefixItems"] = several
        items = schema.get("items")
        if isinstance(items, list):
            # As drafts before 2020-12 wrote prefixItems.
            made["prefixItems"] = [self._made(one, level + 1) for one in items] or [{}]
        elif isinstance(items, (dict, bool)):
            made["items"] = self._made(items, level + 1)
        if isinstance(schema.get("not"), dict):
            made["not"] = self._made(schema["not"], level + 1)
        given = _dict(schema.get("properties"))
        kept = {str(name): one for name, one in given.items() if name not in unasked}
        if kept:
            made["properties"] = {name: self._made(one, level + 1) for name, one in kept.items()}
        required = [
            name
            for name in dict.fromkeys(_list(schema.get("required")))
            if isinstance(name, str) and name not in unasked
        ]
        if required:
            made["required"] = required
        more = schema.get("additionalProperties")
        if isinstance(more, bool):
            made["additionalProperties"] = more
        elif isinstance(more, dict):
            made["additionalProperties"] = self._made(more, level + 1)

    def _for_reading(self, schema: Json) -> frozenset[str]:
        """Return which fields are for reading only, in it or in all that it consists of."""
        found: set[str] = set()
        waiting: deque[Any] = deque([schema])
        for _ in range(_MOST_PARTS):
            if not waiting:
                break
            for one in self._said(waiting.popleft()):
                fields = _dict(one.get("properties")).items()
                found.update(str(name) for name, field in fields if self._read_only(field))
                waiting.extend(_list(one.get("allOf")))
        return frozenset(found)

    def _asks_more(self, reference: str, meant: Json, unasked: frozenset[str]) -> bool:
        """Return whether by itself it asks for what others say is for reading only."""
        if not unasked:
            return False
        if (reference, unasked) not in self._more:
            others = unasked - self._for_reading(meant)
            self._more[reference, unasked] = bool(others) and self._asks(meant, others)
        return self._more[reference, unasked]

    def _asks(self, schema: Any, unasked: frozenset[str]) -> bool:
        """Return whether it, or a part of it, asks for one of these fields."""
        waiting: deque[Any] = deque([schema])
        for _ in range(_MOST_PARTS):
            if not waiting:
                break
            for one in self._said(waiting.popleft()):
                required = _list(one.get("required"))
                if unasked & {str(name) for name in (*_dict(one.get("properties")), *required)}:
                    return True
                for word in _OF_ONE:
                    waiting.extend(_list(one.get(word)))
        return False

    def _said(self, schema: Any) -> list[Json]:
        """Return what a schema says, beside a reference and where that leads; nothing for none."""
        try:
            first, *more = steps(self._document, schema)
        except Invalid:
            return []
        if more and self._ignores_beside:
            return more[-1:]
        return [first, *more]

    def _read_only(self, schema: Any) -> bool:
        try:
            return any(one.get("readOnly") is True for one in steps(self._document, schema))
        except Invalid:
            return False

    def _referred(self, schema: Json, level: int, unasked: frozenset[str]) -> dict[str, Any]:
        reference = schema["$ref"]
        if len(schema) > 1:
            unasked |= self._for_reading(schema)
        try:
            meant = resolved(self._document, schema)
        except Invalid:
            return {"description": _MORE}
        if level > self._depth:
            return self._in_a_word(meant)
        if self._inlined < _MOST_PARTS and self._asks_more(reference, meant, unasked):
            self._inlined += 1
            made = self._made(meant, level + 1, unasked)
        elif self._large(reference, target(self._document, reference)):
            made = {"$ref": f"#/$defs/{self._defined(reference, level)}"}
        else:
            made = self._made(meant, level)
        beside = {name: one for name, one in schema.items() if name not in _APART}
        if self._ignores_beside:
            beside = {name: one for name, one in beside.items() if name in _SAID}
        more = self._made(beside, level, unasked)
        made = {**made, **more} if set(more) <= set(_SAID) else {"allOf": [made, more]}
        if _may_be_null(schema) and "$ref" not in made:
            return _with_null(schema, made)
        return {"anyOf": [made, {"type": "null"}]} if _may_be_null(schema) else made

    def _defined(self, reference: str, level: int) -> str:
        name = self._names.get(reference)
        if name is None:
            name = self._named(reference)
            self._names[reference] = name
            self._waiting.append((reference, name, level))
        return name

    def _large(self, reference: str, meant: Json) -> bool:
        """Return whether what is referred to stands better for itself, once."""
        if reference not in self._inline:
            text = json.dumps(meant, default=str)
            self._inline[reference] = len(text) > _MOST_INLINE or '"$ref"' in text
        return self._inline[reference]

    def _named(self, reference: str) -> str:
        last = re.sub(r"[^A-Za-z0-9_.-]", "_", reference.rpartition("/")[2]) or "part"
        name, number = last, 1
        while name in self._names.values():
            number += 1
            name = f"{last}_{number}"
        return name

    def _in_a_word(self, schema: Json) -> dict[str, Any]:
        """Return what is said of a schema below the depth to which all is told."""
        types = _types(schema)
        made: dict[str, Any] = {}
        if types:
            made["type"] = types[0] if len(types) == 1 else types
        text = plain(schema.get("description") or schema.get("title"), _LONGEST_TEXT // 4)
        if not types or {"object", "array"} & set(types):
            text = f"{text} {_MORE}".strip()
        if text:
            made["description"] = text
        return _with_null(schema, made)


def _types(schema: Json) -> list[str]:
    given = schema.get("type")
    words = given if isinstance(given, list) else [given]
    return [one for one in dict.fromkeys(map(str, words)) if one in _TYPES]


def _bounds(schema: Json) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for word in _NUMBERS:
        value = schema.get(word)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            made[word] = value
    for word, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(exclusive) is True and word in made:
            made[exclusive] = made.pop(word)
    if made.get("multipleOf", 1) <= 0:
        del made["multipleOf"]
    for word in _COUNTS:
        value = schema.get(word)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            made[word] = value
    if isinstance(schema.get("uniqueItems"), bool):
        made["uniqueItems"] = schema["uniqueItems"]
    return made


def _may_be_null(schema: Json) -> bool:
    """Return whether it takes null, too, as OpenAPI 3.0 says it, and as Swagger 2.0 is extended."""
    return schema.get("nullable") is True or schema.get("x-nullable") is True


def _with_null(schema: Json, made: dict[str, Any]) -> dict[str, Any]:
    """Return a schema that takes null, too, where that is said of it."""
    if not _may_be_null(schema) or not made:
        return made
    if "type" in made:
        types = made["type"] if isinstance(made["type"], list) else [made["type"]]
        made["type"] = list(dict.fromkeys((*types, "null")))
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]}


def _told_apart(value: Any) -> str:
    """Return a text that two values share where JSON Schema has them for one: 1 and 1.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, sort_keys=True, default=str)


def _compiles(written: str) -> bool:
    # JavaScript's patterns are not quite Python's: what is none here is left out.
    try:
        re.compile(written)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}
