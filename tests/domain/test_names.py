"""Names: what steers a terminal is refused, and two that look alike are the same."""

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from store.domain.key_string import mint
from store.domain.names import (
    checked_email,
    checked_key_name,
    checked_name,
    checked_prefix,
    checked_resource,
    fold,
    slug,
    without_joiners,
)
from store.errors import Invalid


@pytest.mark.parametrize(
    "name",
    [
        "Website",
        "[red]x[/red]",
        "[/foo]",
        "展示会の予約",
        "مفتاح",
        "🎪 Zirkus",
        "a" * 200,
        "Ünïcode",
    ],
)
def test_what_can_be_seen_is_a_name(name: str) -> None:
    assert checked_name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "\x1b]52;c;aGk=\x07",
        "a\x00b",
        "a\nb",
        "a\u202eb",
        "a\u2066b",
        "a\u200bb",
        "a\u200cb",
        "a\u200db",
        "a\ufeffb",
        "a\u2028b",
        "a\ue000b",
        "a\u3164b",
        "\x9b31m",
    ],
)
def test_what_steers_or_hides_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="invisible or control"):
        checked_name(name)


@given(st.text(max_size=40))
def test_whatever_is_accepted_can_be_printed(text: str) -> None:
    try:
        name = checked_name(text)
    except Invalid:
        return
    assert all(unicodedata.category(char)[0] != "C" for char in name)
    assert name == name.strip()
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "   ", "\u3000"])
def test_no_name_is_no_name(name: str) -> None:
    with pytest.raises(Invalid, match="Give a name"):
        checked_name(name)


def test_201_characters_are_too_many_and_are_counted_out() -> None:
    with pytest.raises(Invalid, match="201 characters; 200 is the most"):
        checked_name("a" * 201)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Website", "WEBSITE"), ("Café", "Cafe\u0301"), ("STRASSE", "straße"), ("Σίσυφος", "ΣΊΣΥΦΟΣ")],
)
def test_names_are_compared_composed_and_case_folded(one: str, other: str) -> None:
    assert fold(one) == fold(other) != fold(f"{other}s")


@given(st.text(max_size=20))
def test_comparing_does_not_depend_on_how_a_name_was_composed(name: str) -> None:
    assert fold(unicodedata.normalize("NFD", name)) == fold(name)
    assert fold(fold(name)) == fold(name)


@pytest.mark.parametrize("name", ["jw_4fQ2x", "JW_4fq2x…", "jw_4fQ2xAbCdEfG", "4fQ2xAbCdEfG"])
def test_a_name_shaped_like_an_id_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        checked_key_name(name, "jw")


@pytest.mark.parametrize("name", ["4fQ2xAbCdEfG", "aB3aB3aB3aB3", "xxxxxxxxxxA1", "xAxxxxxxxxx1"])
def test_twelve_letters_that_mix_all_three_look_like_an_id(name: str) -> None:
    with pytest.raises(Invalid, match="looks like a key's id"):
        checked_key_name(name, "jw")


# Each lacks one thing that an id has.
@pytest.mark.parametrize(
    "name",
    [
        *("NewWebsiteXY", "newwebsite01", "NEWWEBSITE01", "Newwebsite01"),
        *("NewWebsite 1", "NewWebsite-1", "NewWebsiteé1", "NewWebsite1", "NewWebsite012"),
    ],
)
def test_what_lacks_one_of_an_id_s_marks_is_a_good_name(name: str) -> None:
    assert checked_key_name(name, "jw") == name


@pytest.mark.parametrize("name", ["Availability", "jw_web", "Website 2027", "reservations", "jw"])
def test_a_word_of_twelve_letters_is_a_good_name(name: str) -> None:
    assert checked_key_name(name, "jw") == name


@given(st.from_regex(r"[0-9A-Za-z]{5,12}", fullmatch=True))
def test_no_name_can_pass_for_a_shown_id(start: str) -> None:
    assume(start)
    with pytest.raises(Invalid):
        checked_key_name(f"jw_{start}", "jw")


@pytest.mark.parametrize("email", ["alice@acme.example", " alice@acme.example ", "o'hara@b.ie"])
def test_an_e_mail_has_two_sides(email: str) -> None:
    assert checked_email(email) == email.strip()


@pytest.mark.parametrize(
    "email", ["", "alice", "@b", "a@", "a b@c", "a@b@c", "a\x1b@b", "a\u200b@b"]
)
def test_what_is_no_e_mail_is_refused(email: str) -> None:
    with pytest.raises(Invalid, match="not an e-mail"):
        checked_email(email)


@pytest.mark.parametrize("name", ["", "Events", "2d", "a b", "a:b", "é", "a" * 41])
def test_a_resource_is_written_in_the_way_scopes_need(name: str) -> None:
    with pytest.raises(Invalid):
        checked_resource(name)
    assert checked_resource("price-list_2") == "price-list_2"


@pytest.mark.parametrize("prefix", ["", "j", "JW", "jw1", "ninechars", "jü"])
def test_a_prefix_is_two_to_eight_small_letters(prefix: str) -> None:
    with pytest.raises(Invalid):
        checked_prefix(prefix)


@pytest.mark.parametrize("prefix", ["jw", "eightltr"])
def test_a_prefix_that_is_taken_is_taken_as_it_is(prefix: str) -> None:
    assert checked_prefix(prefix) == prefix


def test_what_joins_letters_and_cannot_be_seen_is_left_out_and_nothing_else() -> None:
    assert without_joiners("می\u200cخواهم 👩\u200d🍳\u200b!") == "میخواهم 👩🍳\u200b!"


@pytest.mark.parametrize(
    ("name", "made"),
    [("Acme Events", "acme-events"), ("  Café & Söhne ", "cafe-sohne"), ("A" * 99, "a" * 60)],
)
def test_a_slug_is_made_of_what_a_name_has(name: str, made: str) -> None:
    assert slug(name) == made


def test_a_name_without_a_latin_letter_has_no_slug() -> None:
    with pytest.raises(Invalid, match="no letter"):
        slug("展示会")


def test_a_name_that_holds_a_key_is_refused_and_the_sentence_does_not_repeat_it() -> None:
    key = mint("jw").key.reveal()
    for text in (f"leaked: {key}", key, f"token={key[:40]} (cut off)", mint("acme").key.reveal()):
        with pytest.raises(Invalid) as caught:
            checked_name(text, "reason")
        assert "The reason holds a key" in str(caught.value)
        assert key[10:40] not in str(caught.value)
    assert checked_name("jw_4fQ2x is Zapier's") == "jw_4fQ2x is Zapier's"
