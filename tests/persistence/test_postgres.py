"""A store on a server: what is said when it is not there, and what is done elsewhere instead."""

import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from store.domain.key_string import Secret
from store.domain.listing import KeyQuery
from store.errors import (
    DriverMissing,
    Invalid,
    NotAFile,
    ServerUnreachable,
    StoreBusy,
    StoreElsewhere,
    StoreMissing,
    StoreOutdated,
)
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import create_store, open_store, store_exists, upgrade_store
from store.operations.restore import restore
from store.persistence.database import Database, parse_url
from store.sample import furnish
from tests.house import PASSWORD, House
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres_only


def meddle(house: House, *statements: str) -> None:
    """Change a store as its owner could with psql."""
    with psycopg.connect(house.url.replace("+psycopg", "", 1), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def found(house: House) -> str:
    """Return what checking finds, as one text."""
    return "\n".join(one.sentence for one in check(house.url, pepper_path=house.pepper_path))


def test_a_sound_store_has_no_finding(house: House) -> None:
    house.store.keys.revoke(house.alice, house.create().key.id)
    assert found(house) == ""


def test_a_connection_in_use_is_closed_once_it_is_not_where_the_store_was_closed(
    house: House,
) -> None:
    database = Database(house.url)
    with database.reading() as connection:
        used: psycopg.Connection[object] = connection.connection.driver_connection  # type: ignore[assignment]
        database.close()
        assert not used.closed
    assert used.closed


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE keys DISABLE TRIGGER keys_stay_revoked", "keys_stay_revoked says something"),
        ("DROP TRIGGER audit_is_never_emptied ON audit", "audit_is_never_emptied is missing"),
        ("DROP TRIGGER access_tokens_tell ON access_tokens", "access_tokens_tell is missing"),
        (
            "CREATE OR REPLACE FUNCTION keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RETURN NEW; END$$",
            "keys_stay_revoked says something",
        ),
        (
            "DROP TRIGGER keys_stay_revoked ON keys; CREATE TRIGGER keys_stay_revoked BEFORE"
            " UPDATE OF name ON keys FOR EACH ROW EXECUTE FUNCTION keys_stay_revoked()",
            "keys_stay_revoked says something",
        ),
        (
            "ALTER TABLE audit DISABLE TRIGGER audit_is_never_updated;"
            " UPDATE audit SET actor = 'x' WHERE workspace_id = 1 AND seq = 2",
            "The audit of acme-events: Entry 2 was changed",
        ),
        (
            "ALTER TABLE revision DISABLE TRIGGER revision_only_rises;"
            " UPDATE revision SET value = 1",
            "ahead of the store's revision 1",
        ),
    ],
)
def test_whatever_was_changed_behind_its_back_is_named(
    house: House, change: str, said: str
) -> None:
    house.create()
    meddle(house, change)
    assert said in found(house)


def test_what_is_done_with_a_file_names_what_to_use_instead(house: House, tmp_path: Path) -> None:
    with pytest.raises(NotAFile, match="pg_dump"):
        back_up(house.url, tmp_path / "copy.db")
    with pytest.raises(NotAFile, match="pg_restore"):
        restore(house.url, tmp_path / "copy.db", pepper_path=house.pepper_path)
    assert list(tmp_path.glob("*.db")) == []


def test_an_empty_database_is_no_store_until_one_is_made_in_it(
    postgres: Cluster, engine: str, tmp_path: Path
) -> None:
    with postgres.database() as name:
        url = postgres.url(name)
        assert not store_exists(url)
        for call in (open_store, upgrade_store):
            with pytest.raises(StoreMissing, match="keydeck init"):
                call(url)
        made = create_store(url, prefix="acme", pepper_path=tmp_path / "pepper")
        made.close()
        again = create_store(url, pepper_path=tmp_path / "pepper")
        assert again.prefix == "acme"
        again.close()
        with postgres.connected(name) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '0001'")
        with pytest.raises(StoreOutdated):
            open_store(url, pepper_path=tmp_path / "pepper")


def test_a_server_or_a_database_that_is_not_there_is_one_sentence_without_a_password(
    postgres: Cluster, engine: str, tmp_path: Path
) -> None:
    nowhere = f"postgresql+psycopg://kim:hunter2@/keydeck?host={tmp_path}&password=hunter2"
    for url, said in ((nowhere, "No such file"), (postgres.url("none"), "does not exist")):
        with pytest.raises(ServerUnreachable, match=said) as caught:
            open_store(url)
        assert "hunter2" not in str(caught.value)
        assert "\n" not in str(caught.value)
    database = Database(nowhere)
    assert "hunter2" not in database.place
    assert database.holds_password
    database.close()


def test_a_server_that_was_restarted_is_used_again(house: House, postgres: Cluster) -> None:
    if postgres.process is None:
        pytest.skip("the server that was named is not ours to restart")
    house.create("Before")
    postgres.process.stop()
    with pytest.raises(ServerUnreachable):
        house.store.revision()
    postgres.process.start()
    assert house.store.keys.counts(house.alice).total == 1
    house.create("After")


def test_everybodys_commit_is_a_change_and_looking_is_none(house: House) -> None:
    other = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    before = house.store.changes()
    other.keys.counts(house.alice)
    assert house.store.changes() == before
    other.operator.set_colour("acme-events", "red")
    assert house.store.changes() != before
    other.close()


def test_when_every_connection_is_taken_the_next_waits_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.persistence.database.limits.BUSY_TIMEOUT_MS", 50)
    database = Database(house.url)
    with ExitStack() as taken:
        for _ in range(5):
            taken.enter_context(database.reading())
        with pytest.raises(StoreBusy), database.reading():
            pass
    with database.reading():
        pass
    database.close()


def test_a_store_in_a_schema_that_is_not_looked_in_is_told_from_none(house: House) -> None:
    meddle(house, "CREATE SCHEMA other")
    url = f"{house.url}&options=-csearch_path%3Dother"
    for look in (open_store, check):
        with pytest.raises(StoreElsewhere, match=r"in the schema public, .* search_path .* other"):
            look(url, pepper_path=house.pepper_path)
    meddle(house, "ALTER SCHEMA public RENAME TO mine", 'ALTER SCHEMA other RENAME TO "O ther"')
    with pytest.raises(StoreElsewhere, match="SET search_path = mine"):
        open_store(house.url, pepper_path=house.pepper_path)
    meddle(house, "DROP TABLE mine.peppers CASCADE")
    with pytest.raises(StoreMissing) as none:
        open_store(house.url, pepper_path=house.pepper_path)
    assert not isinstance(none.value, StoreElsewhere)


def test_without_its_driver_the_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(DriverMissing, match=r"pip install 'keydeck\[postgres\]'"):
        Database("postgresql+psycopg://db.example/keydeck")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+asyncpg://db.example/keydeck", "does not use asyncpg"),
        ("postgresql+psycopg://db.example", "needs a database"),
        ("oracle://kim:hunter2@db.example/keydeck", "do not live on oracle"),
        ("nosuch://kim:hunter2@db.example/keydeck", "no store address"),
        ("kim:hunter2@db.example", "no store address"),
    ],
)
def test_an_address_of_nothing_we_know_is_refused_and_not_repeated(url: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        parse_url(url)
    assert "hunter2" not in str(caught.value)
    assert parse_url("postgresql://db.example/keydeck").drivername == "postgresql+psycopg"


def test_a_text_with_nul_is_looked_for_and_not_found(house: House) -> None:
    house.create("Website")
    assert house.store.keys.name_taken(house.alice, "Web\0site") is None


def test_the_demonstration_is_furnished_and_told_in_full(
    postgres: Cluster, engine: str, tmp_path: Path
) -> None:
    with postgres.database() as name:
        store = create_store(postgres.url(name), pepper_path=tmp_path / "pepper")
        try:
            sample = furnish(store, Secret(PASSWORD))
            alice = store.sign_in.sign_in(sample.email, sample.password, sample.workspace)
            page = store.keys.page(alice, KeyQuery())
            assert len(page.keys) > 10
            told = [store.keys.details(alice, key.id) for key in page.keys]
            assert sum(day.allowed for one in told for day in one.month) > 1000
            assert {type(day.allowed) for one in told for day in one.month} == {int}
            assert store.audit_trail.verify(alice).trouble is None
        finally:
            store.close()
