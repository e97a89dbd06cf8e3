"""No use case reads more because the store is larger, on either engine, with or without statistics.

Every use case and every request is carried out on a small store and on one that is twenty times as
large. What a statement reads in the large one must be about what it reads in the small one,
whatever the plan is called: an index that sorts out nothing, or is only walked for its order, is
read from end to end all the same.
"""

import re
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import Connection, text

from store.domain.clock import FixedClock
from store.domain.filtering import terms
from store.domain.listing import KeyQuery
from store.errors import AmbiguousKey
from store.persistence.repositories import holders, key_pages, key_search
from store.service import foreseen_routes
from tests.conftest import MoveIn
from tests.growth.asking import ask_everything, look_everything_up
from tests.growth.stores import ALIKE, GROWN, grow
from tests.growth.work import Tally, Which, tallied
from tests.growth.writing import executions_counted
from tests.house import NOON, House
from tests.invariants.everything import MUTATIONS
from tests.invariants.reading import read_everything

pytestmark = [pytest.mark.both_engines, pytest.mark.anyio]

SMALL, LARGE, SEEMING = 40, 800, 1000
ALLOWED_RATIO, ALLOWED_MORE = 1.5, 100
"""A tree that is higher, a page that is full: some reads more, never as many as there are keys."""

MOST_STATEMENTS = 40
"""That it is asked with whom a route's end would refuse, of however many keys."""

GROWING: dict[tuple[str, str], str] = {
    ("Availability.days_for", ""): "Events of the days that are asked about, and a year before.",
    ("AuditTrail.links", ""): "A chain is verified link by link.",
    ("AuditTrail.newest", "LIKE"): "Words are looked for in every entry, newest first, to a limit.",
    ("Catalogue._connections_using", ""): "Of connections, each of which was approved by hand.",
    ("Connections.each", ""): "The list of connections is whole: each was approved by hand.",
    ("Connections.approved_by", ""): "As that list: no index says by whom, and each was by hand.",
    ("Connections.revoked_because", ""): "As that list: of whoever left, and each was by hand.",
    ("OAuthClients.drop_unused", ""): "A program that is used has a connection, approved by hand.",
    ("Holders.active_by_person", ""): "The list of people is whole.",
    ("KeyPages._count", ""): "All that fit a filter are counted.",
    ("KeyPages._number", "granted"): "PostgreSQL seeks keys of a scope in the table, to a limit.",
    ("KeyPages.active", ""): "All that are active are counted for who refuses them, by an index.",
    ("KeyPages._rotating", ""): "Of the rotations there were, those are counted that go on.",
    ("KeyPages._read", ""): "A list walks past what is in another state, in an index alone.",
    ("Keys.some", ""): "As many as are asked for: the lists of what is due and of rotations.",
    ("AuditTrail.scopes_granted", ""): "Of as many keys as are asked for.",
    ("UsageCounts.scopes_of_keys", ""): "Of as many keys as are asked for.",
    ("Rotations.newest", ""): "The list of rotations is whole, a page at a time.",
    ("Rotations.of_keys", ""): "Of as many keys as are asked for.",
    ("People.each", ""): "The list of people is whole.",
    ("People.other_admins", ""): "Among a workspace's people.",
    ("UsageCounts.used_since", ""): "The operator is told how many keys are in use.",
    ("UsageCounts.with_unused_scopes", ""): "Every key is looked at for scopes it does not use.",
    ("_join", ""): "So many rows at once: more than the small store has.",
    ("prune", ""): "So many rows at once: more than the small store has.",
}
"""What reads more all the same: who executes it, a part of the statement, and why it may."""

BY_INDEX: dict[tuple[str, str], str] = {
    ("KeyPages._number", " AND keys.revoked_at IS NOT NULL"): "ix_keys_revoked",
    ("KeyPages._read", " AND keys.revoked_at IS NOT NULL"): "ix_keys_revoked",
    ("KeyPages._number", "limits IS NOT NULL"): "ix_keys_limits",
    ("KeyPages._number", "foreign_hash IS NOT NULL"): "ix_keys_foreign",
    ("KeyPages._number", "networks IS NOT NULL"): "ix_keys_networks",
    ("KeyPages._rows", "rotations.predecessor_id IN"): "ix_rotations_workspace_id_predecessor_id",
}
"""What reads those alone that are asked for: who executes it, a part of the statement, by which."""

_ALL_ROWS = re.compile(r"Seq Scan on (\w+)")


@pytest.fixture
def anyio_backend() -> str:
    """The verifier runs on asyncio."""
    return "asyncio"


async def tally_of(move_in: MoveIn, folder: Path, number: int, *, analysed: bool) -> Tally:
    """Carry out everything on a store that was grown."""
    folder.mkdir()
    with move_in(folder, FixedClock(NOON)) as house:
        grow(house, number)
        with house.store.database.writing() as connection:
            if analysed:
                connection.execute(text("ANALYZE"))
            if not house.store.database.on_sqlite:
                _let_rows_seem_many(connection)
        house.store.database.engine.dispose()
        # A bound that is more than the small store has would be a growth, and none would be seen.
        few = SMALL // 2
        with (
            patch.object(holders, "LOOKED_AT", few),
            patch.object(key_pages, "LOOKED_AT", few),
            patch.object(key_pages, "FEW", few),
            patch.object(key_pages, "COUNTED", few),
            patch.object(key_search, "MOST", few),
            patch.object(key_search, "MOST_READ", few),
            patch.object(foreseen_routes, "MOST_LOOKED_AT", few),
            patch.object(foreseen_routes, "MOST_GAPS", few // 4),
            tallied() as tally,
        ):
            by_name(house)
            by_kind(house)
            by_route(house)
            read_everything(house)
            for mutation in MUTATIONS:
                mutation.call(house, mutation.prepare(house))
            await ask_everything(house)
            look_everything_up(house, tally)
        tally.explain(house.store.database.engine)
    return tally


def _let_rows_seem_many(connection: Connection) -> None:
    """Let PostgreSQL plan as for a thousand times as many rows: few are soonest read whole."""
    (own,) = connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
    if own.rolsuper:
        mine = "relnamespace = 'public'::regnamespace"
        connection.execute(
            text(f"UPDATE pg_class SET reltuples = reltuples * {SEEMING} WHERE {mine}")
        )
        return
    # Whoever may not say how many there are can say that each is dear: nearly the same plans.
    name = connection.execute(text("SELECT current_database()")).scalar_one()
    for cost, amount in (("cpu_tuple_cost", 1), ("cpu_index_tuple_cost", 0.5)):
        connection.execute(text(f'ALTER DATABASE "{name}" SET {cost} = {amount}'))


def by_name(house: House) -> None:
    """Do with a key, by its name, what an admin does; thousands had that name."""
    store, alice = house.store, house.alice
    made = house.create(ALIKE).key
    assert store.keys.show(alice, ALIKE).id == made.id
    assert store.keys.find_to_revoke(alice, ALIKE).id == made.id
    assert store.keys.details(alice, made.id).key.id == made.id
    store.usage.of_key(alice, ALIKE, 0)
    successor = store.rotations.rotate(alice, ALIKE).unwaited().successor
    for one in (made, successor):
        store.keys.revoke(alice, one.id)
    with pytest.raises(AmbiguousKey):
        store.keys.show(alice, ALIKE)


def by_kind(house: House) -> None:
    """List and count keys of kinds of which few may be among many."""
    keys, alice = house.store.keys, house.alice
    for written in ("state:revoked", "note:limited", "note:foreign", "note:observing"):
        query = KeyQuery(terms(written))
        keys.look(alice, query, limit=1)
        keys.found(alice, query)


def by_route(house: House) -> None:
    """Ask whom it would refuse to remove a route that most keys may use, and none does."""
    routes = house.store.routes
    for number in range(12):
        house.create(f"A {number}", "availability:read")
    for route in ("GET /availability", "GET /availability/{day}"):
        routes.add(route, ["availability:read"]).unwaited()
    with executions_counted() as executed:
        found = routes.foresee("GET /availability")
    assert found.unused > foreseen_routes.MOST_GAPS
    assert len(executed) <= MOST_STATEMENTS, executed
    for route in ("GET /availability", "GET /availability/{day}"):
        routes.remove(route).unwaited()


_SMALL: dict[str, Tally] = {}


@pytest.fixture
async def small(engine: str, move_in: MoveIn, tmp_path: Path) -> Tally:
    """What everything reads on a small store; measured once for each engine."""
    if engine not in _SMALL:
        _SMALL[engine] = await tally_of(move_in, tmp_path / "small", SMALL, analysed=True)
    return _SMALL[engine]


@pytest.mark.sqlite_only  # PostgreSQL gathers statistics by itself.
async def test_what_is_read_does_not_grow_with_a_store_of_which_there_are_none(
    small: Tally, move_in: MoveIn, tmp_path: Path
) -> None:
    _check_alike(small, await tally_of(move_in, tmp_path / "large", LARGE, analysed=False))


async def test_what_is_read_does_not_grow_with_a_store_of_which_there_are_statistics(
    small: Tally, move_in: MoveIn, tmp_path: Path
) -> None:
    large = await tally_of(move_in, tmp_path / "large", LARGE, analysed=True)
    _check_alike(small, large)
    _check_by_plan(large)


def _check_alike(small: Tally, large: Tally) -> None:
    assert len(large.most) > 150
    grown = [
        f"{which[0]}: {before} → {work.amount}\n{work.statement}\n{work.plan}"
        for which, work in sorted(large.most.items())
        if work.amount > ALLOWED_RATIO * (before := small.amount(which)) + ALLOWED_MORE
        and not _may_grow(which)
    ]
    assert not grown, "\n\n".join(grown)
    for name, part in GROWING:
        assert any(which[0] == name and part in which[1] for which in large.most), name


def _check_by_plan(large: Tally) -> None:
    """Hold that nothing begins with all rows, however soon it happens to find enough of them."""
    whole = [
        f"{which[0]}\n{work.statement}\n{work.plan}"
        for which, work in sorted(large.most.items())
        if set(_ALL_ROWS.findall(work.plan)) & GROWN and not _may_grow(which)
    ]
    assert not whole, "\n\n".join(whole)
    for (name, part), index in BY_INDEX.items():
        plans = [
            work.plan for which, work in large.most.items() if which[0] == name and part in which[1]
        ]
        assert plans, (name, part)
        assert all(index in plan for plan in plans), (index, *plans)


def _may_grow(which: Which) -> bool:
    return any(which[0] == name and part in which[1] for name, part in GROWING)
