"""Checks on the values of a body that a type cannot say. Each names its field in a 422."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from store.domain.names import MAX_LENGTH, visible, without_joiners
from store.domain.times import LATEST, instant_of
from store.verifier.problems import invalid_body
from store.verifier.wanted import in_words

Text = Annotated[
    str,
    Meta(
        extra_json_schema={
            "minLength": 1,
            "maxLength": MAX_LENGTH,
            "pattern": r"[^\s\u200c\u200d]",
            "description": "Not blank; no invisible characters but ZWNJ and ZWJ, no control "
            "characters.",
        },
        extra=in_words(f"a text that is not blank, of {MAX_LENGTH} characters at most"),
    ),
]
"""A text that `text` accepts, as far as a schema can say it; the refusal is ours."""


def text(field: str, value: str) -> str:
    """Return a text as it was sent.

    Raises Problem (422) when it is blank, longer than 200 characters, or holds a control
    character, a bidi override or a zero-width character other than ZWNJ and ZWJ: other people's
    screens will show it.
    """
    shown = without_joiners(value)
    if not shown.strip():
        raise invalid_body(f"{field}: Expected a text that is not blank.")
    if len(value) > MAX_LENGTH:
        raise invalid_body(f"{field}: Expected {MAX_LENGTH} characters at most.")
    if not visible(shown):
        raise invalid_body(f"{field}: Expected no invisible and no control characters.")
    return value


def instant(field: str, value: datetime) -> int:
    """Return an aware datetime as UTC milliseconds.

    Raises Problem (422) when it lies before 1970 or after 9999 in UTC.
    """
    found = instant_of(value)
    if not 0 <= found <= LATEST:
        raise invalid_body(f"{field}: Expected an instant in the years 1970 to 9999 in UTC.")
    return found
