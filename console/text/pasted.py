"""What somebody typed or pasted to find a key, without what may be secret in it. Pure."""

import re
from collections.abc import Iterator

from store.domain.key_string import ID_LENGTH
from store.domain.request_ids import LENGTH, PREFIX

_LETTER = "[0-9A-Za-z]"
_ID = f"{_LETTER}{{{ID_LENGTH}}}"
_LONG = f"{_LETTER}{{30,}}"
"""More than a name has in a row: it may be a part of a secret."""
_REQUEST = re.compile(rf"(?<!{_LETTER}){PREFIX}{_LETTER}{{{LENGTH - len(PREFIX)}}}(?!{_LETTER}|_)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def request_id(text: str) -> str | None:
    """Return the first request id in a text."""
    match = _REQUEST.search(text)
    return None if match is None else match[0]


def key_id(text: str, prefix: str) -> str | None:
    """Return the id of the first key in a text: a whole one, a broken-off one, or its id alone.

    Of a whole key the prefix may be missing.
    """
    return next(iter(key_ids(text, prefix)), None)


def key_ids(text: str, prefix: str) -> list[str]:
    """Return the ids of all the keys in a text, each once, as `key_id` finds the first."""
    return list(dict.fromkeys(found for found, _ in _keys(text, prefix)))


def masked(text: str, prefix: str) -> str:
    """Return a text without a secret: where a key is in it, no more than that key's id.

    Letters that may be a part of a secret become `…`.
    """
    whole = next((found for found, rest in _keys(text, prefix) if rest), None)
    return re.sub(_LONG, "…", text) if whole is None else f"{prefix}_{whole}"


def without_prefix(text: str, prefix: str) -> str:
    """Return a text with ids as the store has them: people copy `jw_4fQ2x…` from a screen."""
    return re.sub(
        rf"(^|\s)(-?){re.escape(prefix)}_([0-9A-Za-z]{{5,}})(?:…|\.\.\.?)?(?=\s|$)",
        r"\1\2\3",
        text,
    )


def words(text: str, prefix: str) -> list[str]:
    """Return the words by which a key is found; where an id is among them, that alone."""
    found = key_id(text, prefix)
    if found:
        return [found]
    # No name holds a control character, and SQLite ends a pattern at NUL.
    return without_prefix(masked(_CONTROL.sub(" ", text), prefix), prefix).split()


def _keys(text: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Return the ids in a text, each with what follows it that belongs to a key."""
    pattern = rf"{re.escape(prefix)}_({_ID})([0-9A-Za-z_]*)|(?<!{_LETTER})({_ID})(_{_LONG})"
    for match in re.finditer(pattern, text):
        yield match[1] or match[3], match[2] or match[4] or ""
