"""Following `$ref` inside a document; nothing outside it is ever read."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from store.errors import Invalid

_MOST_STEPS = 32

Json = Mapping[str, Any]


def target(document: Json, reference: object) -> Any:
    """Return what a reference points at (RFC 6901). Raises Invalid."""
    if not isinstance(reference, str) or not reference.startswith("#"):
        raise Invalid("file", f"{str(reference)[:80]} stands outside the document.")
    found: Any = document
    root, *parts = unquote(reference[1:]).split("/")
    if root:
        # An anchor: it is named in some schema, and no place of the document.
        raise Invalid("file", f"{reference[:80]} is no place in the document.")
    for part in parts:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and key.isdecimal() and int(key) < len(found):
            found = found[int(key)]
        elif isinstance(found, dict) and key in found:
            found = found[key]
        else:
            raise Invalid("file", f"{reference[:80]} is not in the document.")
    return found


def steps(document: Json, one: Any) -> Iterator[Json]:
    """Give an object, what it refers to, and so on to the end. Raises Invalid."""
    for _ in range(_MOST_STEPS):
        if not isinstance(one, dict):
            raise Invalid("file", "Where something should be described stands nothing.")
        yield one
        if "$ref" not in one:
            return
        one = target(document, one["$ref"])
    raise Invalid("file", "What it refers to refers back to it.")


def resolved(document: Json, one: Any) -> Json:
    """Return an object, or what it refers to in the end. Raises Invalid."""
    *_, last = steps(document, one)
    return last
