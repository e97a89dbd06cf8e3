"""Finding a key by what was pasted, and leaving no secret of it."""

import pytest

from console.text.pasted import key_id, key_ids, masked, request_id, words

SECRET = "q7Zk0PvR2sXc9LmT4bNh6WdJ8fGy1QeU3aHi5KoCzYpVtBr2M"
KEY = f"jw_4fQ2xABCDEFG_{SECRET}"
REQUEST = "req_0PzK3b2f0a1B2c3D4e5"
OTHER = "req_0PzK3b2f1a1B2c3D4e5"


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"  {KEY}\n",
        f"Authorization: Bearer {KEY}",
        f'10.0.0.1 - "GET /events?access_token={KEY}&limit=1 HTTP/1.1" 200',
        f'{{"id": "jw_000000000000", "key": "{KEY}"}}',
        KEY.removeprefix("jw_"),
        KEY[:16],
        KEY[:17],
        KEY[:40],
        f"jw_4fQ2xABCDEFG{SECRET[:1]}",
        f"state:active {KEY}",
    ],
)
def test_of_a_text_with_a_key_only_its_id_stays(text: str) -> None:
    assert masked(text, "jw") == "jw_4fQ2xABCDEFG"


def test_typed_letter_by_letter_no_secret_is_ever_there() -> None:
    value = ""
    for letter in KEY:
        value = masked(value + letter, "jw")
        assert SECRET[:2] not in value
    assert value == "jw_4fQ2xABCDEFG"


def test_the_secret_alone_is_not_shown_either() -> None:
    assert masked(f"by:alice {SECRET}", "jw") == "by:alice …"


@pytest.mark.parametrize(
    "text", ["", "zapier", "jw_4fQ2x…", "jw_4fQ2xABCDEFG", "Betriebsrestaurant-Abrechnung 2026"]
)
def test_what_is_no_secret_stays_as_it_is(text: str) -> None:
    assert masked(text, "jw") == text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"leaked: {KEY} in the log", ["4fQ2xABCDEFG"]),
        ("look at jw_4fQ2xABCDEFG, please", ["4fQ2xABCDEFG"]),
        ("jw_4fQ2x…", ["4fQ2x"]),
        ("Zapier  bob", ["Zapier", "bob"]),
        ("  ", []),
    ],
)
def test_a_key_is_found_by_its_id_wherever_that_stands_else_by_words(
    text: str, found: list[str]
) -> None:
    assert words(text, "jw") == found


def test_the_first_key_of_several_lines_is_meant() -> None:
    other = f"jw_AAAAAAAAAAA1_{SECRET}"
    assert key_id(f"one\ntwo {KEY}\n{other}", "jw") == "4fQ2xABCDEFG"
    assert key_id("nothing here", "jw") is None
    several = f"{KEY}\n{other} {KEY.removeprefix('jw_')}"
    assert key_ids(several, "jw") == ["4fQ2xABCDEFG", "AAAAAAAAAAA1"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"X-Request-Id: {REQUEST}", REQUEST),
        (f"{REQUEST}, {OTHER}", REQUEST),
        (f"({OTHER})", OTHER),
        (REQUEST[:-1], None),
        (f"{REQUEST}0", None),
        (f"{REQUEST}_", None),
        (f"x{REQUEST}", None),
        ("", None),
    ],
)
def test_of_a_line_with_request_ids_the_first_whole_one_is_meant(
    text: str, found: str | None
) -> None:
    assert request_id(text) == found
