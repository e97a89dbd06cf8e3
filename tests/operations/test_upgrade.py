"""Upgrading a store that an older keydeck made: what it held is still there."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import MetaData, Select, Table, delete, insert, inspect, select, text, update

from store.domain.key_string import Secret
from store.domain.keys import State
from store.domain.listing import KeyQuery
from store.domain.times import DAY, MINUTE
from store.domain.verdicts import Verdict
from store.errors import EnrolmentInvalid, StoreOutdated, StoreUnusable
from store.operations.check import check
from store.operations.open import create_store, open_store, upgrade_store
from store.persistence.database import Database, sqlite_library
from store.persistence.migrations import run
from store.persistence.migrations.run import SCHEMA_VERSION
from store.persistence.schema import accounts, metadata
from store.service.keys import NewKey
from tests.house import NOON, PASSWORD, House, granted_scopes
from tests.persistence.describing import describe, migrate, versions
from tests.postgres import Cluster

pytestmark = pytest.mark.both_engines


FIRST_TABLES = (
    *("settings", "revision", "peppers", "workspaces", "accounts", "people", "memberships"),
    *("resources", "keys", "key_holders", "audit"),
)
OF_ASSISTANTS = ("oauth_clients", "connections", "access_tokens", "refresh_tokens")
"""There since `0008`."""


@pytest.fixture
def old(engine: str, house: House, request: pytest.FixtureRequest) -> Iterator[str]:
    """A store as the first keydeck made it, on the house's engine; its rows come at the last."""
    if engine == "sqlite":
        yield f"sqlite:///{house.store.database.path.parent / 'old.db'}"
        return
    server: Cluster = request.getfixturevalue("postgres")
    with server.database() as name:
        yield server.url(name)


def older_schema(house: House, url: str, version: str = "0001") -> None:
    """Make a store as an older keydeck did, by default the first, with the house's rows."""
    with (
        closing(Database(url, create=True)) as database,
        house.store.database.reading() as now,
        database.making() as then,
    ):
        migrate(then, version)
        there = inspect(then).get_table_names()
        for name in (*FIRST_TABLES, *OF_ASSISTANTS):
            if name not in there:
                continue
            table = Table(name, MetaData(), autoload_with=then)
            rows = [dict(row) for row in now.execute(_of_now(table)).mappings()]
            if name == "revision":
                # By one at a time: that is a rule of the database. It may count migrations, too.
                reached = then.execute(select(table.c.value)).scalar_one()
                for value in range(reached + 1, rows[0]["value"] + 1):
                    then.execute(update(table).values(value=value))
                continue
            if name == "resources":
                then.execute(delete(table))
            if rows:
                then.execute(insert(table), rows)
            if then.dialect.name == "postgresql" and name in ("workspaces", "people", "audit"):
                # Ids that were given count as given.
                then.execute(
                    text(f"SELECT setval('{name}_id_seq', (SELECT max(id) + 1 FROM {name}))")
                )


def _of_now(table: Table) -> Select[Any]:
    now = metadata.tables[table.name]
    # Before there were accounts, a person had a password.
    found = [(now if column.name in now.c else accounts).c[column.name] for column in table.c]
    query = select(*found).select_from(now)
    return query.outerjoin(accounts) if table.name == "people" else query


@pytest.mark.sqlite_only
@pytest.mark.parametrize("version", versions())
def test_a_store_of_any_schema_that_ever_was_becomes_what_a_new_store_is(
    house: House, old: str, version: str
) -> None:
    _becomes_new(house, old, version)


@pytest.mark.postgres_only
@pytest.mark.parametrize("version", versions()[-2::-4])
def test_so_does_one_on_a_server_whose_migrations_are_the_same(
    house: House, old: str, version: str
) -> None:
    _becomes_new(house, old, version)


def _becomes_new(house: House, old: str, version: str) -> None:
    issued, gone = house.create(), house.create("Gone")
    house.store.keys.revoke(house.alice, gone.key.id)
    connected, tokens = house.opened()
    older_schema(house, old, version)

    assert upgrade_store(old) == SCHEMA_VERSION
    upgraded = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    for key_id in (issued.key.id, gone.key.id):
        of_now = house.store.keys.show(house.alice, key_id)
        assert upgraded.keys.show(house.alice, key_id) == of_now
    with upgraded.database.reading() as then, house.store.database.reading() as now:
        assert describe(then, rows=False) == describe(now, rows=False)
    if version >= "0008":
        # Whoever was connected goes on without being asked anew.
        upgraded.tokens.renew(tokens.refresh, connected.client_id, None)
        assert upgraded.connections.show(house.alice, connected.id).state(NOON) is State.ACTIVE
    upgraded.close()
    assert check(old, pepper_path=house.pepper_path) == []


def test_stopped_between_two_migrations_the_store_is_whole_and_the_next_upgrade_goes_on(
    house: House, old: str
) -> None:
    issued = house.create()
    older_schema(house, old)
    told: list[tuple[int, int, str]] = []

    def stop_after_one(done: int, total: int, name: str) -> None:
        told.append((done, total, name))
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade_store(old, stop_after_one)
    database = Database(old)
    with database.reading() as connection:
        assert run.version(connection) == "0002"
    database.close()
    with pytest.raises(StoreOutdated, match="0002"):
        open_store(old, pepper_path=house.pepper_path)
    total = len(run.steps("0001"))
    assert [(done, of) for done, of, _ in told] == [(0, total), (1, total)]
    assert told[0][2].startswith("Counts by scope")

    assert upgrade_store(old) == SCHEMA_VERSION
    upgraded = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    assert upgraded.keys.show(house.alice, issued.key.id).id == issued.key.id
    upgraded.close()
    assert check(old, pepper_path=house.pepper_path) == []


# Files are what stays open here; a server ends what its clients leave.
@pytest.mark.sqlite_only
def test_a_store_that_is_refused_is_not_kept_open(house: House, tmp_path: Path) -> None:
    def stop(done: int, total: int, name: str) -> None:
        raise KeyboardInterrupt

    url = f"sqlite:///{tmp_path / 'old.db'}"
    older_schema(house, url)
    # What was raised keeps alive whatever was open when it was.
    with pytest.raises(StoreOutdated) as outdated:
        open_store(url, pepper_path=house.pepper_path)
    with pytest.raises(KeyboardInterrupt) as stopped:
        upgrade_store(url, stop)
    foreign = tmp_path / "foreign.db"
    connection: Any = sqlite_library().connect(foreign)
    connection.execute("CREATE TABLE people (name)")
    connection.close()
    with pytest.raises(StoreUnusable) as unmade:
        create_store(f"sqlite:///{foreign}", pepper_path=tmp_path / "new-pepper")
    still_open = {file.path for file in psutil.Process().open_files()}
    assert not still_open & {str(tmp_path / "old.db"), str(foreign)}
    del outdated, stopped, unmade


def test_a_store_of_the_first_schema_keeps_its_keys_its_audit_and_its_counts(
    house: House, old: str
) -> None:
    issued = house.create()
    house.store.keys.revoke(house.alice, issued.key.id)
    older_schema(house, old)
    database = Database(old)
    with database.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO key_minutes (workspace_id, key_id, minute, verdict, count)"
                " VALUES (1, :id, :minute, 'valid', 7), (1, :id, :minute, 'revoked', 2)"
            ),
            {"id": issued.key.id, "minute": NOON // MINUTE},
        )
    database.close()
    with pytest.raises(StoreOutdated, match="keydeck store upgrade"):
        open_store(old, pepper_path=house.pepper_path)

    assert upgrade_store(old) == SCHEMA_VERSION
    upgraded = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    assert upgraded.keys.show(house.alice, issued.key.id) == house.store.keys.show(
        house.alice, issued.key.id
    )
    details = upgraded.keys.details(house.alice, issued.key.id)
    assert details.holders == house.store.keys.details(house.alice, issued.key.id).holders != ()
    usage = upgraded.usage.of_key(house.alice, issued.key.id, NOON)
    assert usage.traffic.by_verdict == {Verdict.VALID: 7, Verdict.REVOKED: 2}
    assert usage.traffic.by_minute == {NOON // MINUTE: 7}
    upgraded.close()
    assert check(old, pepper_path=house.pepper_path) == []


def test_an_older_rotation_gets_the_expiry_its_old_key_had_without_it(
    house: House, old: str
) -> None:
    granted = granted_scopes("events:read")
    ends: dict[str, int | None] = {"Never": None, "Yearly": NOON + 365 * DAY}
    sides = {}
    for name, expires_at in ends.items():
        key_id = house.store.keys.create(house.alice, NewKey(name, granted, expires_at)).key.id
        sides[name] = (
            key_id,
            house.store.rotations.rotate(house.alice, key_id).unwaited().successor.id,
        )
    older_schema(house, old)
    database = Database(old)
    with database.writing() as connection:
        for before, after in sides.values():
            connection.execute(
                text(
                    "INSERT INTO rotations (workspace_id, predecessor_id, successor_id,"
                    " started_at, started_by, overlap_ends_at) VALUES (1, :old, :new, :at, 1, :at)"
                ),
                {"old": before, "new": after, "at": NOON},
            )
    database.close()
    upgrade_store(old)
    upgraded = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    found = {
        progress.predecessor.name: progress.rotation.expires_before
        for progress in upgraded.rotation_progress.all(house.alice)
    }
    upgraded.close()
    assert found == ends


def test_the_keys_of_a_chain_that_is_there_know_its_first(house: House, old: str) -> None:
    # The second successor of the first was abandoned; the third key was rotated again.
    first, gave_up, second, third, other = (house.create(f"Key {one}").key.id for one in range(5))
    older_schema(house, old, "0029")
    database = Database(old)
    with database.writing() as connection:
        for before, after in ((second, third), (first, gave_up), (first, second)):
            connection.execute(
                text(
                    "INSERT INTO rotations (workspace_id, predecessor_id, successor_id,"
                    " started_at, started_by) VALUES (1, :old, :new, 0, 1)"
                ),
                {"old": before, "new": after},
            )
    database.close()
    upgrade_store(old)
    upgraded = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    found = upgraded.keys.page(house.alice, KeyQuery()).keys
    upgraded.close()
    assert {key.id: key.lineage for key in found} == {
        other: other,
        **dict.fromkeys((first, gave_up, second, third), first),
    }


def test_whoever_was_in_two_workspaces_is_known_to_each_apart_and_keeps_one_password(
    house: House, old: str
) -> None:
    older_schema(house, old, "0010")
    acme, bolt = house.alice.workspace_id, house.bob.workspace_id
    code = Secret("AAAAA-BBBBB-CCCCC-DDDDD")
    given = hashlib.sha256(b"keydeck enrolment\0AAAAABBBBBCCCCCDDDDD").digest()
    ends = house.clock.now() + DAY
    database = Database(old)
    with database.writing() as connection:
        add = text(
            "INSERT INTO people (id, email, email_folded, name, name_folded, password_hash,"
            " enrolment_digest, enrolment_expires_at, created_at) SELECT :id, :email, :email,"
            " :name, :name, CASE WHEN :enrolled THEN password_hash END, :digest, :ends, 0"
            " FROM people WHERE id = 1"
        )
        join = text("INSERT INTO memberships VALUES (:workspace, :person, 'admin', 0)")
        for person, email, enrolled, workspaces in (
            (11, "both@x.example", True, (acme, bolt)),
            (12, "invited@x.example", False, (bolt,)),
            (13, "invited-twice@x.example", False, (acme, bolt)),
            (14, "left@x.example", False, ()),
        ):
            row = {"id": person, "email": email, "name": email[:4], "enrolled": enrolled}
            connection.execute(add, row | {"digest": given, "ends": ends})
            for workspace in workspaces:
                connection.execute(join, {"workspace": workspace, "person": person})
        for actor, workspace, seq in ((11, bolt, 900), (11, acme, 901)):
            connection.execute(
                text(
                    "INSERT INTO audit (workspace_id, seq, at, actor_id, actor, action, subject,"
                    " subject_name, details, revision, previous_mac, mac, pepper)"
                    " SELECT :workspace, :seq, :seq, :actor, '', 'person.signed_in', '', '', '{}',"
                    " 0, mac, mac, pepper FROM audit ORDER BY id LIMIT 1"
                ),
                {"workspace": workspace, "seq": seq, "actor": actor},
            )
    database.close()
    assert upgrade_store(old) == SCHEMA_VERSION
    store = open_store(old, pepper_path=house.pepper_path, clock=house.clock)
    theirs = store.sign_in.sign_in("both@x.example", Secret(PASSWORD), "bolt-catering")
    assert [one.id for one in store.sign_in.theirs(theirs)] == [acme, bolt]
    assert theirs.person_id != 11
    assert store.sign_in.switch(theirs, "acme-events").person_id == 11
    everybody = {one.email: one for one in store.people.all(house.bob)}
    assert everybody["invited@x.example"].code_until == ends
    assert not everybody["invited@x.example"].enrolled
    # Of a code that opened two workspaces nobody knows whose it was.
    with pytest.raises(EnrolmentInvalid):
        store.sign_in.enrol("invited-twice@x.example", code, Secret(PASSWORD))
    # The operator's stays the operator's: beside a password an admin gave none.
    store.sign_in.enrol("both@x.example", code, Secret("another password"), "acme-events")
    store.sign_in.enrol("invited@x.example", code, Secret(PASSWORD), "bolt-catering")
    store.people.add(house.alice, "left@x.example", "Left")
    store.close()
