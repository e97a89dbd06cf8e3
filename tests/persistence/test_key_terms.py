"""Filters: what is understood, what is explained, and that SQL finds what the rule says."""

import pytest

from store.domain.filtering import About, Term, begun, choices, completed, terms, understood
from store.domain.keys import Key, State
from store.domain.listing import KeyQuery, Sort, View
from store.domain.people import Role
from store.domain.times import DAY
from store.errors import Invalid
from store.service.keys import NewKey
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines


def found(house: House, text: str) -> set[str]:
    """Return the names of the keys a filter finds, the page and the count agreeing."""
    query = KeyQuery(terms(text), sort=Sort.NAME)
    page = house.store.keys.page(house.alice, query, limit=100)
    assert house.store.keys.count(house.alice, query) == len(page.keys)
    return {key.name for key in page.keys}


@pytest.fixture
def furnished(house: House) -> House:
    """A house with keys that differ in everything a filter can ask for."""
    keys, alice = house.store.keys, house.alice
    house.store.people.add(alice, "bob@acme.example", "Bob Builder", Role.MEMBER)
    now = house.clock.now()

    def make(name: str, scopes: str, expires: int | None, holders: tuple[str, ...] = ()) -> Key:
        ends = None if expires is None else now + expires
        wanted = NewKey(name, granted_scopes(scopes), ends, holders=holders)
        return keys.create(alice, wanted).key

    make("Website", "availability:read", 80 * DAY)
    zapier = make("Zapier", "events:read events:write", 10 * DAY, ("bob@acme.example",))
    make("Old site", "events:read", 2 * DAY)
    make("Warehouse", "quotes:write", None)
    keys.confirm(alice, zapier.id)
    keys.revoke(alice, make("Intern laptop", "events:read", 50 * DAY).id)
    house.clock.advance(3 * DAY)
    return house


ALL = {"Website", "Zapier", "Old site", "Warehouse", "Intern laptop"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("web", {"Website"}),
        ("WEB", {"Website"}),
        ("old site", {"Old site"}),
        ('"old site"', {"Old site"}),
        ('"site old"', set()),
        ("site -old", {"Website"}),
        ("builder", {"Zapier"}),
        ("state:active", {"Website", "Zapier", "Warehouse"}),
        ("state:rev", {"Intern laptop"}),
        ("-state:active", {"Old site", "Intern laptop"}),
        ("scope:events", {"Zapier", "Old site", "Intern laptop"}),
        ("scope:events:write", {"Zapier"}),
        ("scope:event", set()),
        ("-scope:events", {"Website", "Warehouse"}),
        ("by:alice", ALL),
        ("-by:alice", set()),
        ("by:bob", set()),
        ("holder:bob", {"Zapier"}),
        ("holder:builder", {"Zapier"}),
        ("-holder:bob", ALL - {"Zapier"}),
        ("expires:<14d", {"Zapier"}),
        ("expires:>14d", {"Website", "Intern laptop"}),
        ("expires:never", {"Warehouse"}),
        ("-expires:never", ALL - {"Warehouse"}),
        ("unused:>2d", {"Website", "Zapier", "Warehouse"}),
        ("unused:>4d", set()),
        ("unused:<4d", {"Website", "Zapier", "Warehouse"}),
        ("note:unconfirmed", {"Website", "Warehouse"}),
        ("note:never-used scope:quotes", {"Warehouse"}),
        ("note:exp", {"Zapier"}),
        ("-note:expiring state:active", {"Website", "Warehouse"}),
    ],
)
def test_a_filter_finds_what_it_says(furnished: House, text: str, names: set[str]) -> None:
    assert found(furnished, text) == names


def test_people_are_found_by_any_letters_of_a_name_or_by_one_whole_e_mail(house: House) -> None:
    for email, name in (("bob@acme.example", "Émile Zola"), ("zbob@acme.example", "Zoë")):
        house.store.people.add(house.alice, email, name, Role.MEMBER)
        wanted = NewKey(name, granted_scopes("events:read"), None, holders=(email,))
        house.store.keys.create(house.alice, wanted)
    assert found(house, "holder:émile") == found(house, "holder:ÉMILE") == {"Émile Zola"}
    assert found(house, "holder:bob") == found(house, "bob@acme") == {"Émile Zola", "Zoë"}
    assert found(house, "holder:Bob@acme.example") == {"Émile Zola"}
    assert found(house, "holder:bob@acme") == found(house, "by:lice@acme.example") == set()
    assert found(house, "by:alice@acme.example") == {"Émile Zola", "Zoë"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("colour:red", "No “colour:”"),
        ("state:gone", "takes active, expired, revoked"),
        ("state:", "takes active"),
        ("note:r", "takes leaked, rotating"),
        ("scope:events:delete", "events:write"),
        ("scope:", "events:write"),
        ("by:", "part of a name"),
        ("expires:14d", "< or >"),
        ("expires:<14", "< or >"),
        ("unused:never", "< or >"),
        ("a\udcff", "no text"),
        ("by:\udcff", "no text"),
    ],
)
def test_a_term_that_makes_no_sense_is_explained(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        terms(f"web {text}")


def test_a_lone_dash_and_a_quoted_colon_are_words() -> None:
    assert terms("-") == (Term(About.WORD, "-"),)
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
    ],
)
def test_the_last_term_is_completed(text: str, whole: str | None) -> None:
    known = {"scopes": ["events:write", "events:read"], "people": ["bob", "alice", "Mia"]}
    assert completed(text, **known) == whole


def test_every_choice_that_is_offered_is_understood() -> None:
    for field in ("state", "note", "expires", "unused"):
        for letter in "abcdefghijklmnopqrstuvwxyz<>":
            whole = completed(f"{field}:{letter}")
            assert whole is None or terms(whole)
    assert State(terms("state:e")[0].value) is State.EXPIRED


def test_a_view_is_kept_for_each_person_and_workspace_and_never_with_a_secret(
    house: House,
) -> None:
    views = house.store.key_views
    assert views.of(house.alice) == View()
    wanted = View("state:active web", Sort.EXPIRES, descending=True)
    views.keep(house.alice, wanted)
    assert views.of(house.alice) == wanted
    assert views.of(house.bob) == View()
    cut_short = View("jw_4fQ2x…")
    views.keep(house.alice, cut_short)
    assert views.of(house.alice) == cut_short
    secret = house.create().secret.reveal()
    for text in (secret, secret[16:40], f"x {secret[-30:]}", "by:alice …"):
        views.keep(house.alice, View(text, Sort.NAME))
        assert views.of(house.alice) == View("", Sort.NAME)


def test_what_is_begun_is_no_mistake_and_what_cannot_become_a_term_is_one() -> None:
    known = {"scopes": ["events:read"], "people": ["alice"]}
    begins = ("state:", "note:", "scope:", "by:", "-by:", "expires:", "expires:<1", "unused:")
    for text in (*begins, "scope:ev", "scope:events:r"):
        assert begun(f"web {text}", **known) == "web "
    for text in ("web", "state:active", "state:act", "state:gone", "colour:", "expires:x", "by:al"):
        assert begun(text, **known) is None


def test_terms_that_make_no_sense_are_left_out_and_the_first_is_explained() -> None:
    kept, wrong = understood('web exipres:<14d "state:x" state:none -by:al')
    assert kept == 'web "state:x" -by:al'
    assert str(wrong) == "No “exipres:”. Write expires:, or quotes."
    assert understood("web by:al") == ("web by:al", None)


def test_every_value_a_term_can_take_is_offered() -> None:
    assert choices("state:") == ["state:active", "state:expired", "state:revoked"]
    assert choices("-by:a", people=["bob", "alice"]) == ["by:alice"]
    assert choices("n") == ["note:"]
    assert choices("web ") == []


def test_capital_letters_and_near_misses_are_understood() -> None:
    assert terms("State:Revoked") == terms("state:revoked")
    with pytest.raises(Invalid, match="Write state:"):
        terms("status:active")
    with pytest.raises(Invalid, match="expires:<14d"):
        terms("expires:14d")
