"""Whom a key belongs to outside, and its labels: how they are written and kept. Pure.

Labels are kept as they are told in a header: `env=prod team=north%20pole`, sorted by name, values
percent-encoded (RFC 3986 2.1), so that a blank parts two of them and nothing else does.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

from store.domain.names import checked_name
from store.errors import Invalid

NOBODY = "none"
"""What stands in an owner's place where there is to be none."""
LONGEST_OWNER = 128
"""Characters of an owner."""
LONGEST_OWNER_TOLD = 512
"""Bytes of an owner as a header tells it: with the labels a proxy takes no more in one answer."""
LONGEST_VALUE = 64
"""Characters of a label's value."""
MOST = 16
"""Labels that one key may have."""
LONGEST_TOLD = 2000
"""Bytes of them all as they are kept and told: nginx takes an answer's head of 4,096, an index of
PostgreSQL entries of 2,704."""
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,31}", re.ASCII)
# Quotes hold a term of a filter together, and have no other way to stand in one.
_QUOTE = '"'
_PLAIN = "-._~:/@+,"

Labels = Mapping[str, str]


def checked_owner(owner: str) -> str:
    """Return whom a key belongs to, NFC and without blanks around it; compared letter by letter.

    Raises Invalid as `store.domain.names.checked_name` does, so for what holds a key, and for more
    than 128 characters, more than 512 bytes percent-encoded, a quote, or the word that takes an
    owner away.
    """
    checked = _checked(owner, "owner", LONGEST_OWNER)
    if checked == NOBODY:
        raise Invalid("owner", f"“{NOBODY}” is the word for no owner. Say whom the key is for.")
    told = len(quote(checked, safe=""))
    if told > LONGEST_OWNER_TOLD:
        raise Invalid(
            "owner",
            f"The owner has {told:,} bytes as a header tells it; {LONGEST_OWNER_TOLD} is the most. "
            "Shorten it: a letter beyond a-z takes 6 to 12.",
        )
    return checked


def label(text: str) -> tuple[str, str]:
    """Return a label's name and value: `tier=gold`. The value is empty where it is to go.

    Raises Invalid.
    """
    name, equals, value = text.partition("=")
    name = name.strip().lower()
    if not equals or not _NAME.fullmatch(name):
        raise Invalid(
            "label",
            "Write a label as name=value, such as tier=gold. A name has up to 32 of a-z, 0-9, _, . "
            "and -, and begins with a letter.",
        )
    return name, _checked(value, "label", LONGEST_VALUE) if value.strip() else ""


def labels(texts: Iterable[str]) -> dict[str, str]:
    """Return labels as they are given, each with a value. Raises Invalid."""
    found = changes(texts)
    for name, value in found.items():
        if not value:
            raise Invalid("label", f"The label {name} has no value. Write {name}=something.")
    return within_bounds(found)


def checked_remark(text: str) -> str | None:
    """Return what people are to know of a key, None for nothing. Raises as `checked_name` does."""
    return checked_name(text, "remark") if text.strip() else None


def changes(texts: Iterable[str]) -> dict[str, str]:
    """Return labels that are to change, by name; an empty value takes one away. Raises Invalid."""
    found: dict[str, str] = {}
    for name, value in map(label, texts):
        if found.setdefault(name, value) != value:
            raise Invalid("label", f"The label {name} is given twice.")
    return found


def within_bounds(given: dict[str, str]) -> dict[str, str]:
    """Return labels that one key may have. Raises Invalid where they are too many or too long."""
    if len(given) > MOST:
        raise Invalid("label", f"A key may have {MOST} labels, and these are {len(given)}.")
    told = len(to_stored(given) or "")
    if told > LONGEST_TOLD:
        raise Invalid(
            "label",
            f"The key's labels have {told:,} bytes as a header tells them; {LONGEST_TOLD:,} is the "
            "most. Shorten a value, or take one away: a letter beyond a-z takes 6 to 12.",
        )
    return given


def to_stored(given: Labels) -> str | None:
    """Return labels as they are kept; None for none."""
    return " ".join(pair(name, given[name]) for name in sorted(given)) or None


def pair(name: str, value: str) -> str:
    """Return one label as it stands among those that are kept."""
    return f"{name}={quote(value, safe=_PLAIN)}"


def pair_in_words(stored: str) -> str:
    """Return a label as people write it, from how it is kept."""
    return in_words(from_stored(stored))


@lru_cache(4096)
def from_stored(text: str | None) -> Labels:
    """Return labels as they are kept. Nobody changes what this returns."""
    found = {}
    for one in (text or "").split():
        name, _, value = one.partition("=")
        found[name] = unquote(value)
    return found


def in_words(given: Labels) -> str:
    """Return labels as people read them: `env=prod, team=north pole`."""
    return ", ".join(f"{name}={given[name]}" for name in sorted(given))


def _checked(text: str, field: str, longest: int) -> str:
    text = checked_name(text, field)
    if len(text) > longest:
        raise Invalid(field, f"The {field} has {len(text)} characters; {longest} is the most.")
    if _QUOTE in text:
        raise Invalid(field, f"The {field} holds a quote. Type it without.")
    return text
