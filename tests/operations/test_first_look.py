"""A first look shows what the usual way shows, and nothing where that has anything else to say."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from store.domain.keys import Key
from store.domain.listing import KeyQuery, Sort, View
from store.domain.people import Plan, Role
from store.domain.times import DAY
from store.operations.first_look import FirstLook, first_look
from store.persistence.migrations import run
from store.service.keys import NewKey
from tests.house import House, granted_scopes
from tests.invariants.prepared import public_key

LIMIT = 4


def look(house: House, *, slug: str | None = "acme-events") -> FirstLook | None:
    now, guest = house.clock.now(), house.alice.person_id
    return first_look(house.url, house.pepper_path, guest, slug, now=now, limit=LIMIT)


def keys_of_all_kinds(house: House) -> None:
    """Make keys that are active, expired, revoked, rotating, used; more than are looked at."""
    now = house.clock.now()
    soon = NewKey("Soon over", granted_scopes("events:read"), now + DAY // 2)
    house.store.keys.create(house.alice, soon)
    for name in ("Zapier", "archive", "Website", "Old site"):
        house.create(name)
    replaced = house.create("Replaced").key
    house.store.rotations.rotate(house.alice, replaced.id)
    gone = house.create("Gone").key
    house.store.keys.revoke(house.alice, gone.id, "leaked")
    house.create("Theirs", actor=house.bob)
    house.clock.advance(DAY)


def test_it_shows_the_page_that_the_usual_way_shows_in_every_order(house: House) -> None:
    keys_of_all_kinds(house)
    found: dict[tuple[Sort, bool], tuple[Key, ...]] = {}
    for sort in Sort:
        for descending in (False, True):
            house.store.key_views.keep(house.alice, View("", sort, descending))
            seen = look(house)
            page = house.store.keys.page(house.alice, KeyQuery((), sort, descending), limit=LIMIT)
            assert seen is not None
            assert seen.page == page
            found[sort, descending] = seen.page.keys
    orders = {tuple(key.id for key in keys) for keys in found.values()}
    assert len(orders) > len(Sort)
    assert "Theirs" not in {key.name for keys in found.values() for key in keys}


def test_it_says_who_looks_where_and_as_of_when(house: House) -> None:
    house.create("Website")
    seen, standing = look(house), house.store.sign_in.standing(house.alice)
    assert seen is not None
    assert (seen.actor, seen.workspace) == (house.alice, standing.workspace)
    assert (seen.prefix, seen.revision) == (house.store.prefix, house.store.revision())
    assert look(house, slug=None) == seen


def demoted(house: House) -> None:
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE memberships SET role = ? WHERE person_id = ?",
            (Role.MEMBER.value, house.alice.person_id),
        )


def left(house: House) -> None:
    with house.store.database.writing() as connection:
        connection.exec_driver_sql(
            "DELETE FROM memberships WHERE person_id = ?", (house.alice.person_id,)
        )


def on_free(house: House) -> None:
    house.store.operator.set_plan("acme-events", Plan.FREE)


def with_a_filter(house: House) -> None:
    house.store.key_views.keep(house.alice, View("state:revoked"))


def of_another_schema(house: House) -> None:
    with house.store.database.writing() as connection:
        run.set_version(connection, "0001")


def with_another_pepper(house: House) -> None:
    lines = house.pepper_path.read_text("ascii").splitlines(keepends=True)
    other = "".join(line if line.startswith("#") else "A" * 43 + "=\n" for line in lines)
    house.pepper_path.write_text(other, "ascii")


def set_back(house: House) -> None:
    path = house.pepper_path.with_name(f"{house.pepper_path.name}.high-water")
    mark = json.loads(path.read_text("utf-8").splitlines()[-1])
    path.write_text(json.dumps({**mark, "revision": mark["revision"] + 100}) + "\n", "utf-8")


def never_opened_here(house: House) -> None:
    house.pepper_path.with_name(f"{house.pepper_path.name}.high-water").unlink()


@pytest.mark.parametrize(
    "otherwise",
    [
        demoted,
        left,
        on_free,
        with_a_filter,
        of_another_schema,
        with_another_pepper,
        set_back,
        never_opened_here,
    ],
)
def test_it_shows_nothing_where_the_usual_way_has_more_to_say(
    house: House, otherwise: Callable[[House], None]
) -> None:
    house.create("Website")
    assert look(house) is not None
    otherwise(house)
    assert look(house) is None


def test_it_shows_nothing_of_a_workspace_that_is_not_theirs(house: House) -> None:
    house.create("Theirs", actor=house.bob)
    theirs = house.store.sign_in.standing(house.bob).workspace.slug
    assert look(house, slug=theirs) is None
    assert look(replace(house, alice=replace(house.alice, person_id=999))) is None


def test_it_shows_nothing_to_whoever_came_in_by_an_ssh_key_that_is_gone(house: House) -> None:
    public = public_key(house)
    key = house.store.ssh_keys.add(house.alice.email, public).came_by
    now, guest = house.clock.now(), house.alice.person_id
    asked = (house.url, house.pepper_path, guest, "acme-events", key)
    seen = first_look(*asked, now=now, limit=LIMIT)
    assert seen is not None
    assert seen.actor == replace(house.alice, ssh_key=key)
    house.store.ssh_keys.remove(key.fingerprint)
    assert first_look(*asked, now=now, limit=LIMIT) is None
    house.clock.advance(1)
    house.store.ssh_keys.add(house.alice.email, public, looks_only=True)
    assert first_look(*asked, now=now, limit=LIMIT) is None


def test_it_leaves_every_other_address_to_the_usual_way(house: House) -> None:
    guest, now = house.alice.person_id, house.clock.now()
    for url in (None, "postgresql://db.example/keydeck", f"{house.url}?timeout=1", "sqlite:///no"):
        assert first_look(url, house.pepper_path, guest, None, now=now, limit=LIMIT) is None
