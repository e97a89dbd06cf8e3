"""The language of filters: what is understood, what is explained, what is offered."""

import pytest

from store.domain.filtering import (
    About,
    Known,
    Term,
    begun,
    choices,
    completed,
    meant,
    terms,
    understood,
)
from store.domain.keys import Note, State
from store.domain.times import DAY, HOUR
from store.errors import Invalid

LAST_OF_JANUARY = 1_801_353_600_000
"""When 31 January 2027 begins in UTC."""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour:red", "No “colour:”"),
        ("state:gone", "takes active, expired, revoked"),
        ("state:", "takes active"),
        ("note:r", "takes stopped, leaked, not-started, rotating"),
        ("scope:events:Delete", "events:read"),
        ("scope:", "events:read"),
        ("by:", "part of a name"),
        ("expires:14d", "< or >"),
        ("expires:<14", "< or >"),
        ("unused:never", "< or >"),
        ("expires:<2027-02-30", "no day 2027-02-30"),
        ("a\udcff", "no text"),
        ("by:\udcff", "no text"),
    ],
)
def test_a_term_that_makes_no_sense_is_explained(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        terms(f"web {text}")


def test_a_lone_dash_and_a_quoted_colon_are_words() -> None:
    assert terms("-") == (Term(About.WORD, "-"),)
    assert terms("-x") == (Term(About.WORD, "x", negated=True),)
    assert terms('"a:b c"') == (Term(About.WORD, "a:b c"),)
    assert terms('-by:"alice b"') == (Term(About.BY, "alice b", negated=True),)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("sta", "state:"),
        ("web -sta", "web -state:"),
        ("state:rev", "state:revoked"),
        ("note:ro", "note:rotating"),
        ("scope:ev", "scope:events:read"),
        ("by:al", "by:alice"),
        ("-holder:b", "-holder:bob"),
        ("state:", "state:active"),
        ("State:REV", "state:revoked"),
        ("by:AL", "by:alice"),
        ("holder:m", "holder:Mia"),
        ("state:revoked", None),
        ("scope:Events:Read", "scope:events:read"),
        ("", None),
        ("web ", None),
        ("nothing:x", None),
        ("state:expi", "state:expired"),
        ("state:expirin", "state:expiring"),
        ("revo", "state:revoked"),
        ("still", "note:still-used"),
        ("to-r", "note:rotation-due"),
        ("web event", "web scope:events"),
        ("a", None),
    ],
)
def test_the_last_term_is_completed(text: str, whole: str | None) -> None:
    known = Known(["events:write", "events:read"], ["bob", "alice", "Mia"])
    assert completed(text, known) == whole


def test_every_choice_that_is_offered_is_understood() -> None:
    for field in ("state", "note", "expires", "unused"):
        for letter in "abcdefghijklmnopqrstuvwxyz<>":
            whole = completed(f"{field}:{letter}")
            assert whole is None or terms(whole)
    assert State(terms("state:e")[0].value) is State.EXPIRED


def test_the_words_of_the_table_s_columns_are_understood_or_said_to_be_meant() -> None:
    for state in State:
        assert terms(f"note:{state}") == terms(f"state:{state}") == (Term(About.STATE, state),)
    for note in Note:
        word = note.replace(" ", "-")
        assert terms(f"state:{word}") == terms(f"note:{word}") == (Term(About.NOTE, note),)
        assert meant(note) == f"note:{word}"
    for written in ("events:rw", "scope:events:rw", "events:r,w"):
        assert terms(written) == (
            Term(About.SCOPE, "events:read"),
            Term(About.SCOPE, "events:write"),
        )
    assert terms("-events:w") == (Term(About.SCOPE, "events:write", negated=True),)
    assert meant("Revoked -to rotate") == "state:revoked -note:rotation-due"
    assert meant("events", scopes=["events:read"]) == "scope:events"
    for other in ("zapier", "revoked zapier", "state:revoked", "", "a"):
        assert meant(other) is None


def test_what_is_begun_is_no_mistake_and_what_cannot_become_a_term_is_one() -> None:
    known = Known(["events:read"], ["alice"])
    begins = ("state:", "note:", "scope:", "by:", "-by:", "expires:", "expires:<1", "unused:")
    days = ("expires:<2027-0", "unused:>2027-01-31T08:0")
    for text in (
        *begins,
        *days,
        "expires:<3",
        "unused:>9",
        "scope:ev",
        "scope:event",
        "scope:events:r",
    ):
        assert begun(f"web {text}", known) == "web "
    whole = ("web", "state:active", "state:act", "by:al", "scope:events", "scope:events:read")
    for text in (
        *whole,
        "state",
        "scope",
        "state:gone",
        "state:1",
        "colour:",
        "expires:x",
        "scope:x",
    ):
        assert begun(text, known) is None
    # Nobody is known yet: somebody may be.
    assert begun("by:") == ""


def test_an_action_of_ones_own_is_begun_until_it_is_whole() -> None:
    known = Known(["invoices:delete", "invoices:delete-all", "invoices:read"])
    for text in ("scope:invoices:", "scope:invoices:d", "-scope:invoices:delete-a"):
        assert begun(f"web {text}", known) == "web "
    for text in ("scope:invoices", "scope:invoices:delete", "scope:invoices:zap"):
        assert begun(f"web {text}", known) is None
    assert choices("scope:invoices:de", known) == [
        *("scope:invoices:delete", "scope:invoices:delete-all"),
    ]
    assert terms("-scope:invoices:delete") == (Term(About.SCOPE, "invoices:delete", negated=True),)


def test_terms_that_make_no_sense_are_left_out_and_the_first_is_explained() -> None:
    kept, wrong = understood('web exipres:<14d "state:x" state:none -by:al')
    assert kept == 'web "state:x" -by:al'
    assert str(wrong) == "No “exipres:”. Write expires:, or quotes."
    assert understood("web by:al") == ("web by:al", None)


def test_every_value_a_term_can_take_is_offered() -> None:
    assert choices("state:") == ["state:active", "state:expired", "state:revoked"]
    assert choices("-by:a", Known(people=["bob", "alice"])) == ["by:alice"]
    assert choices("n") == ["note:"]
    known = Known(owners=["mia", "Mia GmbH"], labels=["tier=gold", "team=north pole"])
    assert choices("for:m", known) == ['for:"Mia GmbH"', "for:mia"]
    assert choices("-label:ti", known) == ["label:tier", "label:tier=gold"]
    for whole in choices("label:", known):
        assert terms(whole)
    assert choices("web ") == []


def test_capital_letters_and_near_misses_are_understood() -> None:
    assert terms("State:Revoked") == terms("state:revoked")
    with pytest.raises(Invalid, match="Write state:"):
        terms("status:active")
    with pytest.raises(Invalid, match="expires:<14d"):
        terms("expires:14d")


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("state:active", Term(About.STATE, State.ACTIVE)),
        ("state:rev", Term(About.STATE, State.REVOKED)),
        ("note:rotating", Term(About.NOTE, Note.ROTATING)),
        ("note:never-used", Term(About.NOTE, Note.NEVER_USED)),
        ("-note:exp", Term(About.NOTE, Note.EXPIRING, negated=True)),
        ("scope:events", Term(About.SCOPE, "events")),
        ("scope:events:write", Term(About.SCOPE, "events:write")),
        ("by:alice", Term(About.BY, "alice")),
        ("expires:never", Term(About.EXPIRES, "never")),
        ("-expires:nev", Term(About.EXPIRES, "never", negated=True)),
        ("expires:<14d", Term(About.EXPIRES, milliseconds=14 * DAY, more=False)),
        ("unused:>12h", Term(About.UNUSED, milliseconds=12 * HOUR, more=True)),
        ("-unused:>2d", Term(About.UNUSED, milliseconds=2 * DAY, more=True, negated=True)),
        ('expires:<"in 90 d"', Term(About.EXPIRES, milliseconds=90 * DAY)),
        ("expires:<2027-01-31", Term(About.EXPIRES, at=LAST_OF_JANUARY)),
        ("expires:>2027-01-31", Term(About.EXPIRES, at=LAST_OF_JANUARY + DAY - 1, more=True)),
        ("unused:>2027-01-31", Term(About.UNUSED, at=LAST_OF_JANUARY, more=True)),
        ("unused:<2027-01-31T08:00:00Z", Term(About.UNUSED, at=LAST_OF_JANUARY + 8 * HOUR)),
        (
            '-unused:<"31 Jan 2027 08:00"',
            Term(About.UNUSED, at=LAST_OF_JANUARY + 8 * HOUR, negated=True),
        ),
    ],
)
def test_a_term_is_understood_as_it_was_meant(text: str, term: Term) -> None:
    assert terms(text) == (term,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "colour:red",
            "No “colour:”. Use state, note, scope, by, holder, expires, unused, for, label, or "
            "quotes.",
        ),
        ("unused:14d", "unused: takes < or > and a time: unused:<14d, unused:>14d."),
        ("expires:90d", "expires: takes < or > and a time: expires:<90d, expires:never."),
        ("unused:soon", "unused: takes < or > and a time: unused:<30d, unused:>30d."),
        ("expires:<soon", "expires: takes < or > and a time: expires:<30d, expires:never."),
        ("unused:never", "unused: takes < or > and a time: unused:<30d, unused:>30d."),
    ],
)
def test_the_explanation_is_a_term_that_can_be_typed(text: str, sentence: str) -> None:
    with pytest.raises(Invalid) as wrong:
        terms(text)
    assert str(wrong.value) == sentence


def test_of_a_field_that_there_is_not_nothing_is_offered() -> None:
    assert choices("colour:") == choices("colour:r") == []
