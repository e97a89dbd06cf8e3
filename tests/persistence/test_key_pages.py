"""Lists of keys: filtered, sorted and paged in SQL, held against the domain's own rules."""

import random
from itertools import product

import pytest
from sqlalchemy import CTE, func, insert, select, update
from sqlalchemy.sql.visitors import iterate

from store.domain.filtering import terms
from store.domain.key_networks import key_networks
from store.domain.keys import Key, Note, State
from store.domain.limits import limits, to_stored
from store.domain.listing import Cursor, Found, KeyQuery, Sort
from store.domain.names import fold
from store.domain.scopes import canonical
from store.domain.stops import StopKind, Target
from store.domain.times import DAY, LATEST
from store.persistence.repositories import key_pages
from store.persistence.repositories.key_sources import source
from store.persistence.schema import key_refusals, key_usage
from store.persistence.schema import keys as key_rows
from store.service.keys import NewKey
from tests.growth.work import tallied
from tests.house import House, granted_scopes

pytestmark = pytest.mark.both_engines

RANK = {State.ACTIVE: 0, State.EXPIRED: 1, State.REVOKED: 2}


def furnish(house: House) -> list[Key]:
    """Make keys in every state with every note, and return them all."""
    dice = random.Random(7)
    store, alice = house.store, house.alice
    made = []
    for number in range(40):
        word = dice.choice(["Web", "web shop", "Büro", "Zapier", "100%_sure"])
        made.append(house.create(f"{word} {number}", dice.choice(["events:read", "quotes:write"])))
        house.clock.advance(dice.randrange(1, 6 * DAY))
    for issued in dice.sample(made, 12):
        store.keys.confirm(alice, issued.key.id)
    for issued in dice.sample(made, 6):
        store.keys.revoke(alice, issued.key.id)
    living = [one for one in made if store.keys.show(alice, one.key.id).revoked_at is None]
    for issued in dice.sample(living, 8):
        if store.keys.show(alice, issued.key.id).state(house.clock.now()) is State.ACTIVE:
            store.rotations.rotate(alice, issued.key.id, overlap_ms=20 * DAY)
    with store.database.writing() as connection:
        for issued in dice.sample(made, 20):
            at = house.clock.now() - dice.randrange(60 * DAY)
            connection.execute(
                insert(key_usage).values(
                    workspace_id=alice.workspace_id,
                    key_id=issued.key.id,
                    first_used_at=at,
                    last_used_at=at,
                )
            )
        for issued in made:
            connection.execute(
                insert(key_refusals).values(
                    workspace_id=alice.workspace_id,
                    key_id=issued.key.id,
                    at=house.clock.now() - dice.randrange(2 * DAY),
                    verdict=dice.choice(["expired", "revoked", "limited"]),
                    user_agent="",
                    method="GET",
                    path="/",
                    request_id="",
                )
            )
        leaked = [issued.key.id for issued in dice.sample(made, 8)]
        connection.execute(update(key_rows).where(key_rows.c.id.in_(leaked)).values(leaked_at=1))
        foreign = [issued.key.id for issued in dice.sample(made, 8)]
        connection.execute(
            update(key_rows).where(key_rows.c.id.in_(foreign)).values(foreign_hash="sha256")
        )
        for owner in ("mia", "Mia", "zoë"):
            theirs = [issued.key.id for issued in dice.sample(made, 6)]
            connection.execute(
                update(key_rows).where(key_rows.c.id.in_(theirs)).values(owner=owner)
            )
        watched = [issued.key.id for issued in dice.sample(made, 8)]
        networks = str(key_networks(["203.0.113.0/24"], enforced=False))
        connection.execute(
            update(key_rows).where(key_rows.c.id.in_(watched)).values(networks=networks)
        )
        held = to_stored(limits(["100/1m"]))
        connection.execute(update(key_rows).where(key_rows.c.id.in_(watched)).values(limits=held))
        counted = [issued.key.id for issued in dice.sample(made, 6)]
        watched_only = to_stored(limits(["100/1m?"]))
        connection.execute(
            update(key_rows).where(key_rows.c.id.in_(counted)).values(limits=watched_only)
        )
        later = [issued.key.id for issued in dice.sample(made, 8)]
        for key_id, at in zip(later, (house.clock.now(), house.clock.now() + 1) * 4, strict=True):
            connection.execute(
                update(key_rows).where(key_rows.c.id == key_id).values(not_before=at)
            )
    alive = [key.id for key in everything(house, KeyQuery(terms("state:active")))]
    stopped = [Target(StopKind.KEY, key_id) for key_id in dice.sample(sorted(alive), 4)]
    house.store.stops.stop(house.alice, stopped).unwaited()
    for owner, windows in (("mia", "100/1m 5/1h?"), ("zoë", "5/1h?")):
        house.store.limits.set_owner(house.alice, owner, limits([windows])).unwaited()
    house.create("Bob's", actor=house.bob)
    return everything(house, KeyQuery())


def everything(house: House, query: KeyQuery) -> list[Key]:
    """Return a whole list, in pages of seven."""
    found: list[Key] = []
    after: Cursor | None = None
    while True:
        page = house.store.keys.page(house.alice, query, limit=7, after=after)
        found.extend(page.keys)
        assert len(page.keys) <= 7
        if page.next is None:
            return found
        after = page.next


def place(key: Key, sort: Sort, now: int) -> tuple[int | str, ...]:
    """Return what a key is sorted by, told from the domain."""
    ties = (fold(key.name), key.id)
    match sort:
        case Sort.STATE:
            return (RANK[key.state(now)], *ties)
        case Sort.NAME:
            return ties
        case Sort.KEY:
            return (key.id,)
        case Sort.SCOPES:
            return (canonical(key.scopes), *ties)
        case Sort.CREATED:
            return (key.created_at, *ties)
        case Sort.EXPIRES:
            return (LATEST + 1 if key.expires_at is None else key.expires_at, *ties)
        case Sort.LAST_USED:
            return (-(key.last_used_at or 0), *ties)
        case Sort.OWNER:
            return (key.owner is None, key.owner or "", *ties)


def test_every_order_is_the_domains_and_pages_neither_lose_nor_repeat(house: House) -> None:
    keys, now = furnish(house), house.clock.now()
    assert len(keys) >= 40
    for sort, descending in product(Sort, (False, True)):
        query = KeyQuery(sort=sort, descending=descending)
        found = everything(house, query)
        assert len({key.id for key in found}) == len(found) == len(keys), query
        places = [place(key, sort, now) for key in found]
        assert places == sorted(places, reverse=descending), query
        for offset, of in product((0, 13, len(keys) - 1, len(keys)), (None, len(keys))):
            page = house.store.keys.page(house.alice, query, limit=5, offset=offset, of=of)
            assert list(page.keys) == found[offset : offset + 5], (query, offset, of)
            assert (page.next is None) == (offset + 5 >= len(keys)), (query, offset, of)


def test_states_notes_and_words_find_what_the_domain_would(house: House) -> None:
    keys, now = furnish(house), house.clock.now()
    for state in State:
        wanted = {key.id for key in keys if key.state(now) is state}
        assert {key.id for key in everything(house, KeyQuery(terms(f"state:{state}")))} == wanted
        assert wanted, f"no key is {state}"
    for note in set(Note) - {Note.ROTATION_DUE}:
        wanted = {key.id for key in keys if note in key.notes(now)}
        assert {
            key.id
            for key in everything(house, KeyQuery(terms(f"note:{note.value.replace(' ', '-')}")))
        } == wanted
        assert wanted, f"no key is {note}"
    house.store.limits.set_workspace(house.alice, limits(["100/1s"])).unwaited()
    alive = {key.id for key in keys if key.state(now) is State.ACTIVE}
    assert {key.id for key in everything(house, KeyQuery(terms("note:limited")))} == alive
    house.store.limits.set_workspace(house.alice, ()).unwaited()
    for text in ("web", "WEB shop", "büro", "BÜRO", "%", "_", "100%_", "nothing like it", "1 web"):
        query = KeyQuery(terms(text))
        words = [fold(word) for word in text.split()]
        wanted = {
            key.id
            for key in keys
            if all(word in fold(key.name) or word in key.id.lower() for word in words)
        }
        assert {key.id for key in everything(house, query)} == wanted
        assert house.store.keys.count(house.alice, query) == len(wanted)


def test_the_counts_are_the_domains(house: House) -> None:
    furnish(house)
    house.store.keys.create(house.alice, NewKey("Ever", granted_scopes("events:read"), None))
    keys, now = everything(house, KeyQuery()), house.clock.now()
    counts = house.store.keys.counts(house.alice)
    for state in State:
        number = sum(key.state(now) is state for key in keys)
        assert getattr(counts, state.value) == number
        query = KeyQuery(terms(f"state:{state}"))
        assert house.store.keys.found(house.alice, query) == Found(number)
    for note in (Note.EXPIRING, Note.ROTATING):
        assert getattr(counts, note.value) == sum(note in key.notes(now) for key in keys)
    assert counts.total == len(keys)
    assert counts.still_used == sum(Note.STILL_USED in key.notes(now) for key in keys) > 0
    assert not counts.more


def test_of_very_many_keys_some_are_counted_but_all_for_whoever_acts_on_their_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house)
    keys, alice, every = house.store.keys, house.alice, KeyQuery()
    exact = keys.counts(alice)
    monkeypatch.setattr(key_pages, "COUNTED", 1)
    counts = keys.counts(alice)
    for state in State:
        assert getattr(exact, state.value) > 1 == getattr(counts, state.value)
        assert keys.found(alice, KeyQuery(terms(f"state:{state}"))) == Found(1, more=True)
    assert counts.more >= {state.value for state in State}
    assert keys.found(alice, every) == Found(counts.total, more=True)
    assert counts.total < exact.total
    assert keys.count(alice, every) == exact.total
    assert house.store.operator.active_keys("acme-events") == exact.active
    everybody = house.store.stops.in_use(alice, [Target(StopKind.WORKSPACE)])
    assert (everybody.active, everybody.more) == (exact.active, False)


def test_a_key_knows_its_place_in_a_list(house: House) -> None:
    furnish(house)
    for query in (KeyQuery(), KeyQuery(terms("web"), sort=Sort.CREATED, descending=True)):
        found = everything(house, query)
        for index, key in enumerate(found):
            assert house.store.keys.position(house.alice, query, key.id) == index
    assert house.store.keys.position(house.alice, KeyQuery(terms("no such")), found[0].id) is None


@pytest.mark.parametrize(("every_days", "ahead"), [(2, DAY), (40, 14 * DAY)])
def test_a_rotation_due_is_found_before_its_date(house: House, every_days: int, ahead: int) -> None:
    wanted = NewKey("Due", granted_scopes("events:read"), None, rotate_every_days=every_days)
    issued = house.store.keys.create(house.alice, wanted)
    query = KeyQuery(terms("note:rotation-due"))
    house.clock.advance(every_days * DAY - ahead - 1)
    assert everything(house, query) == []
    house.clock.advance(1)
    assert [key.id for key in everything(house, query)] == [issued.key.id]


def test_pages_go_on_where_they_were_though_keys_come_and_go(house: House) -> None:
    names = [f"Key {number:02}" for number in range(10)]
    for name in names:
        house.create(name)
    query = KeyQuery(sort=Sort.NAME)
    first = house.store.keys.page(house.alice, query, limit=4)
    house.create("Key 00 bis")
    rest = house.store.keys.page(house.alice, query, limit=100, after=first.next)
    assert [key.name for key in (*first.keys, *rest.keys)] == names


def test_more_keys_than_sqlite_takes_variables_can_be_picked(house: House) -> None:
    two, one = house.create("Two"), house.create("One")
    others = [f"{number:012}" for number in range(70_000)]
    ids = [two.key.id, *others, one.key.id]
    picked = house.store.keys.picked(house.alice, KeyQuery(sort=Sort.NAME), ids)
    assert [key.name for key in picked] == ["One", "Two"]


@pytest.mark.parametrize("few", [0, 5000])
@pytest.mark.parametrize(
    "written",
    ["by:alice", "scope:availability", "holder:alice", "unused:<1d", "note:leaked", "-by:bob"],
)
def test_what_few_or_many_keys_fit_is_listed_alike_and_counted_as_far_as_was_looked(
    house: House, monkeypatch: pytest.MonkeyPatch, written: str, few: int
) -> None:
    monkeypatch.setattr(key_pages, "FEW", few)
    monkeypatch.setattr(key_pages, "LOOKED_AT", 1)
    made = [house.create(f"Made {one}").key for one in range(5)]
    with house.store.database.writing() as connection:
        leaked = update(key_rows).where(key_rows.c.id == made[3].id)
        connection.execute(leaked.values(leaked_at=house.clock.now()))
    wanted = [made[3].id] if written == "note:leaked" else [key.id for key in made]
    query, pages = KeyQuery(terms(written)), house.store.keys
    first = pages.page(house.alice, query, limit=2)
    rest = pages.page(house.alice, query, limit=5, after=first.next) if first.next else None
    listed = [key.id for key in (*first.keys, *(rest.keys if rest else ()))]
    assert listed == wanted
    assert pages.count(house.alice, query) == len(wanted)
    found = pages.found(house.alice, query)
    if few and not written.startswith("-"):
        assert found == Found(len(wanted))
    else:
        assert found == Found(0 if written == "note:leaked" else 2, more=True)


def test_the_few_that_an_index_finds_are_looked_for_once(house: House) -> None:
    house.create("K")
    with house.store.database.writing() as connection:
        row = dict(connection.execute(select(key_rows)).mappings().one())
        granted = ("events:read", "availability:read")
        more = [row | {"id": f"{one:012}", "scopes": granted[one % 2]} for one in range(600)]
        connection.execute(insert(key_rows), more)
        connection.exec_driver_sql("ANALYZE")
    for written, number, most in (
        ("scope:availability:read", 301, 50 * 301),
        ("by:nobody@acme.example", 0, 601),
    ):
        with tallied() as tally:
            found = house.store.keys.found(house.alice, KeyQuery(terms(written)))
        assert found == Found(number)
        assert tally.total < most


def test_where_labels_are_as_many_as_keys_no_more_sets_are_looked_at_than_are_few(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(9):
        given = NewKey(f"K{number}", granted_scopes("events:read"), None, labels={"n": str(number)})
        house.store.keys.create(house.alice, given)
    keys, alice = house.store.keys, house.alice
    last, stopped = KeyQuery(terms("label:n=8")), KeyQuery(terms("note:stopped"))
    assert sets_looked_at(house, last) == 9
    monkeypatch.setattr(key_pages, "FEW", 3)
    monkeypatch.setattr(key_pages, "LOOKED_AT", 2)
    assert sets_looked_at(house, last) == 4
    assert sets_looked_at(house, stopped) == 0, "no label is stopped"
    assert keys.look(alice, last).unfinished
    assert not keys.look(alice, stopped).unfinished
    assert [key.name for key in keys.page(alice, last).keys] == ["K8"]
    house.store.stops.stop(alice, [Target(StopKind.LABEL, "n=8")]).unwaited()
    assert sets_looked_at(house, stopped) == 4
    assert [key.name for key in keys.page(alice, stopped).keys] == ["K8"]


def sets_looked_at(house: House, query: KeyQuery) -> int:
    """Return how many different sets of labels are looked at for keys by an index."""
    found = source(query.terms[0], house.alice.workspace_id, house.clock.now(), key_pages.FEW)
    assert found is not None
    # A recursion holds itself as it was begun.
    recursions = (one for one in iterate(found) if isinstance(one, CTE) and one.recursive)
    walk = next(one for one in recursions if "labels" in one.c)
    with house.store.database.reading() as connection:
        walked = select(func.count(walk.c.labels)).select_from(walk)
        return int(connection.execute(walked).scalar_one())


def test_a_page_that_is_looked_for_a_few_keys_at_a_time_is_the_page_that_is_looked_for_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(house)
    monkeypatch.setattr(key_pages, "FEW", 0)
    keys, most = house.store.keys, 0
    for written in ("web", "nothing", "-note:leaked scope:events", "state:revoked -web"):
        for sort, descending in ((Sort.STATE, False), (Sort.STATE, True), (Sort.NAME, True)):
            query = KeyQuery(terms(written), sort, descending)
            monkeypatch.setattr(key_pages, "LOOKED_AT", 1000)
            whole = keys.look(house.alice, query, limit=9)
            assert not whole.unfinished
            monkeypatch.setattr(key_pages, "LOOKED_AT", 7)
            page, looks = keys.look(house.alice, query, limit=9), 1
            while page.unfinished:
                assert page.search is not None
                assert page.search.looks == 7 * 2**looks
                page, looks = keys.look(house.alice, query, limit=9, search=page.search), looks + 1
            assert (page.keys, page.next) == (whole.keys, whole.next)
            most = max(most, looks)
    assert most == 3, "of some 45 keys 7 are looked at, then 14, then 28"
