"""Filters: that SQL finds what the rule says."""

from collections.abc import Iterator

import pytest

from store.domain.clock import FixedClock
from store.domain.filtering import terms
from store.domain.keys import Key
from store.domain.listing import KeyQuery, Sort, View
from store.domain.people import Role
from store.domain.times import DAY
from store.service.keys import NewKey
from tests.conftest import MoveIn
from tests.house import NOON, House, granted_scopes

pytestmark = pytest.mark.both_engines


def found(house: House, text: str) -> set[str]:
    """Return the names of the keys a filter finds, the page and the count agreeing."""
    query = KeyQuery(terms(text), sort=Sort.NAME)
    page = house.store.keys.page(house.alice, query, limit=100)
    assert house.store.keys.count(house.alice, query) == len(page.keys)
    return {key.name for key in page.keys}


@pytest.fixture(scope="module")
def furnished(move_in: MoveIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with keys that differ in everything a filter can ask for; nothing changes it."""
    with move_in(tmp_path_factory.mktemp("furnished"), FixedClock(NOON)) as house:
        furnish(house)
        yield house


def furnish(house: House) -> None:
    """Make keys that differ in everything a filter can ask for."""
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
        ("expires:<2026-12-05", {"Zapier"}),
        ("expires:>2026-12-04T11:59:59Z", {"Website", "Zapier", "Intern laptop"}),
        ("expires:>2026-12-04", {"Website", "Intern laptop"}),
        ("expires:never", {"Warehouse"}),
        ("-expires:never", ALL - {"Warehouse"}),
        ("unused:>2d", {"Website", "Zapier", "Warehouse"}),
        ("unused:>4d", set()),
        ("unused:>2026-11-25", {"Website", "Zapier", "Warehouse"}),
        ("unused:>2026-11-24", set()),
        ("unused:<2026-11-24", {"Website", "Zapier", "Warehouse"}),
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
