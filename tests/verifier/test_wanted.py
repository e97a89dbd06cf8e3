"""What is said of a body that is refused: words, for every field there is and every wrong kind."""

import json
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from store.verifier.body import decoded
from store.verifier.leaks import Leak
from store.verifier.mcp import tools
from store.verifier.oauth.client_endpoints import Registration
from store.verifier.problems import Problem
from store.verifier.resources.events import EventChange, NewEvent
from store.verifier.resources.quotes import NewQuote, QuoteChange

BODIES = (
    *(NewEvent, EventChange, NewQuote, QuoteChange, list[Leak], Registration),
    *(tools.PageArguments, tools.OneArguments, tools.DaysArguments),
)
WRONG: list[Any] = [
    *(None, True, -1, 7, 1.5, 10**30, "", "x", "tomorrow", "2027-04-03T09:00:00", "EURO", "1,50"),
    *([], [1], [[]], {}, {"x": 1}),
]
# Python's and msgspec's words, regular expressions, and all that stands between backticks there.
_NOTATION = re.compile(r"\b(str|int|float|bool|datetime|array|regex|RFC3339|enum|Literal|None)\b")


def _refusal(body: Any, of: Any) -> str | None:
    try:
        decoded(json.dumps(body).encode(), msgspec.json.Decoder(of))
    except Problem as problem:
        return problem.detail if problem.code == "invalid_body" else None
    return None


def _speaks(detail: str) -> bool:
    return (
        detail.endswith(".")
        and not _NOTATION.search(detail)
        and not any(char in detail for char in "^$\\|")
        and "Expected" in detail
    )


def _inside(of: Any, value: Any) -> Any:
    return [value] if of == list[Leak] else value


def _struct(of: Any) -> type[msgspec.Struct]:
    return Leak if of == list[Leak] else of


def _fields(of: Any) -> Iterator[str]:
    yield from _struct(of).__struct_encode_fields__


@pytest.mark.parametrize("of", BODIES, ids=str)
def test_every_field_says_of_every_wrong_kind_what_it_wants_in_words(of: Any) -> None:
    told: dict[str, set[str]] = {}
    for field in _fields(of):
        for value in WRONG:
            # Only what is wrong with the value: what is absent is said of another field.
            detail = _refusal(_inside(of, {field: value}), of)
            if detail is None or "is missing" in detail:
                continue
            assert _speaks(detail), (field, value, detail)
            place, colon, _ = detail.partition(": ")
            assert colon, detail
            assert place.removeprefix("[0].").partition("[")[0] == field, detail
            told.setdefault(place, set()).add(detail)
    # One sentence for each place, whatever was wrong there.
    assert told
    assert all(len(sentences) == 1 for sentences in told.values()), told


@pytest.mark.parametrize("of", BODIES, ids=str)
def test_a_body_of_another_kind_hears_what_it_should_be(of: Any) -> None:
    bodies: list[Any] = [[], {}, None, 7, "x", [[]], [7]]
    for body in bodies:
        detail = _refusal(body, of)
        if detail is not None:
            assert _speaks(detail), detail


def test_what_is_missing_is_named_with_what_it_should_be() -> None:
    assert _refusal({"customer": "Jane", "currency": "EUR"}, NewQuote) == (
        "`amount` is missing. Expected a decimal number in quotes, such as 1250.00, without a sign "
        "or leading zeros."
    )
    assert _refusal([{"token": "x"}, {}], list[Leak]) == "[1]: `token` is missing. Expected a text."


@pytest.mark.parametrize("name", ["x", "", "a` - at `$.name", "\x1b]52;c;YQ==\x07", "я" * 400])
def test_a_field_nobody_knows_is_named_harmlessly_beside_those_that_are_known(name: str) -> None:
    detail = _refusal({name: 1}, EventChange)
    assert detail is not None
    assert detail.isprintable()
    assert len(detail) < 400
    assert "Known are: name, starts_at, ends_at, venue, guests, status." in detail


def test_the_sentences_say_what_would_be_taken() -> None:
    said = {
        "status": "status: Expected one of cancelled, confirmed, option.",
        "guests": "guests: Expected a whole number from 0 to 1000000 or null.",
        "starts_at": "starts_at: Expected an instant with its offset from UTC, such as "
        "2027-06-12T18:00:00Z.",
        "name": "name: Expected a text that is not blank, of 200 characters at most.",
    }
    for field, sentence in said.items():
        assert _refusal({field: [7]}, EventChange) == sentence
    assert _refusal({"currency": "eur"}, QuoteChange) == (
        "currency: Expected three capital letters, such as EUR."
    )


def test_whatever_has_a_pattern_has_words() -> None:
    """A field that is added tomorrow with a pattern, and nothing else, fails here."""
    for of in BODIES:
        for field in _fields(of):
            assert _refusal(_inside(of, {field: {"no": "such"}}), of) is not None
