"""What a body should have been, in words: made of the types that read it.

The decoder's own sentences quote regular expressions and Python's names of types, which say nothing
to whoever writes a client in another language.
"""

import re
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import inspect

from store.verifier.sanitize import kept

_PLACE = re.compile(r"(.*) - at `(\$[^`]*)`", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_MISSING, _UNKNOWN = "Object missing required field `", "Object contains unknown field `"

_INSTANT = "an instant with its offset from UTC, such as 2027-06-12T18:00:00Z"


def in_words(words: str) -> dict[str, Any]:
    """Return what `Meta(extra=…)` takes so that a type is described by these words.

    They complete "Expected …". A type with a pattern cannot do without.
    """
    return {"wanted": words}


def explained(error: msgspec.ValidationError, of: Any) -> str:
    """Return in one sentence what a body of a type should have had where it was refused."""
    message, where, wanted = str(error), "", _information(of)
    found = _PLACE.fullmatch(message)
    if found is not None:
        below, there = _at(found[2], wanted)
        # A field's name may hold anything, also what looks like a place.
        if not found[1].startswith(_UNKNOWN) or _fields(there):
            message, where, wanted = found[1], below, there
    before = f"{where}: " if where else ""
    if message.startswith(_MISSING):
        name = message.removeprefix(_MISSING).removesuffix("`")
        return f"{before}`{name}` is missing. Expected {_words(_fields(wanted)[name])}."
    if message.startswith(_UNKNOWN):
        name = kept(message.removeprefix(_UNKNOWN).removesuffix("`"))
        return f"{before}There is no field `{name}`. Known are: {', '.join(_fields(wanted))}."
    return f"{before}Expected {_words(wanted)}."


@lru_cache(64)
def _information(of: Any) -> inspect.Type:
    return inspect.type_info(of)


def _at(place: str, within: inspect.Type) -> tuple[str, inspect.Type]:
    """Return a place as it is written, without the root, and the type that stands there."""
    for step in _STEP.finditer(place):
        within = _below(within, step[1])
    return place.removeprefix("$").removeprefix("."), within


def _below(within: inspect.Type, name: str | None) -> inspect.Type:
    for alternative in _alternatives(within):
        if name is not None and isinstance(alternative, inspect.StructType):
            return _fields(alternative).get(name, within)
        if name is None and isinstance(alternative, inspect.ListType | inspect.VarTupleType):
            return alternative.item_type
    return within


def _fields(of: inspect.Type) -> dict[str, inspect.Type]:
    return {
        field.encode_name: field.type
        for alternative in _alternatives(of)
        if isinstance(alternative, inspect.StructType)
        for field in alternative.fields
    }


def _alternatives(of: inspect.Type) -> tuple[inspect.Type, ...]:
    if isinstance(of, inspect.Metadata):
        return _alternatives(of.type)
    if isinstance(of, inspect.UnionType):
        return tuple(deep for alternative in of.types for deep in _alternatives(alternative))
    return (of,)


def _words(of: inspect.Type) -> str:
    if isinstance(of, inspect.Metadata):
        own: str | None = (of.extra or {}).get("wanted")
        return own or _words(of.type)
    match of:
        case inspect.UnionType():
            return " or ".join(_words(alternative) for alternative in of.types)
        case inspect.LiteralType():
            values = [str(value) for value in of.values]
            return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
        case inspect.IntType():
            return f"a whole number{_range(of)}"
        case inspect.StrType(pattern=None):
            return "a text"
        case inspect.BoolType():
            return "true or false"
        case inspect.NoneType():
            return "null"
        case inspect.DateTimeType():
            return _INSTANT
        case inspect.ListType() | inspect.VarTupleType():
            return f"a list, each of it {_words(of.item_type)}"
        case inspect.StructType():
            return f"an object with {', '.join(_fields(of))}"
    raise AssertionError(f"nobody has said in words what is wanted of {of}")


def _range(of: inspect.IntType) -> str:
    if of.ge is not None and of.le is not None:
        return f" from {of.ge} to {of.le}"
    return "" if of.ge is None else f", {of.ge} or more"
