"""The schema: migrations and tables agree, and a store of another version is refused."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from store.errors import (
    Invalid,
    KeydeckError,
    NotAStore,
    PepperMissing,
    PepperWrong,
    StoreDamaged,
    StoreMissing,
    StoreOutdated,
    StoreTooNew,
)
from store.operations.open import create_store, open_store, store_exists, upgrade_store
from store.persistence.migrations.run import SCHEMA_VERSION
from store.persistence.schema import metadata
from tests.house import House, build
from tests.persistence.describing import versions

pytestmark = pytest.mark.both_engines


def renumber(house: House, version: str) -> None:
    """Say that a store's schema has another version."""
    with house.store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": version})


def test_the_migrations_make_the_tables_the_code_describes(house: House) -> None:
    with house.store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_the_newest_migration_is_the_version_the_code_wants() -> None:
    assert versions()[-1] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("version", "refusal", "said"),
    [
        ("0000", StoreOutdated, "run keydeck store upgrade"),
        ("9999", StoreTooNew, "made by a newer keydeck"),
    ],
)
@pytest.mark.sqlite_only
def test_a_store_of_another_version_is_refused_and_left_alone(
    house: House, version: str, refusal: type[KeydeckError], said: str
) -> None:
    renumber(house, version)
    before = house.store.database.path.read_bytes()
    with pytest.raises(refusal, match=said):
        open_store(house.url, pepper_path=house.pepper_path)
    with pytest.raises(refusal):
        create_store(house.url, pepper_path=house.pepper_path)
    assert house.store.database.path.read_bytes() == before


def test_a_newer_store_is_not_upgraded_down(house: House) -> None:
    renumber(house, "9999")
    with pytest.raises(StoreTooNew):
        upgrade_store(house.url)


def test_upgrading_a_store_that_is_up_to_date_changes_nothing(house: House) -> None:
    house.create()
    revision = house.store.revision()
    assert upgrade_store(house.url) == SCHEMA_VERSION
    assert house.store.revision() == revision
    assert house.store.keys.counts(house.alice).active == 1


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    other.write_bytes(b"")
    url = f"sqlite:///{other}"
    assert not store_exists(url)
    for use in (
        lambda: open_store(url, pepper_path=tmp_path / "pepper"),
        lambda: upgrade_store(url),
    ):
        with pytest.raises(NotAStore, match="keydeck store restore FILE"):
            use()
    other.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreDamaged, match="not a database"):
        open_store(url, pepper_path=tmp_path / "pepper")


def test_no_file_is_no_store_and_none_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"
    for call in (open_store, upgrade_store):
        with pytest.raises(StoreMissing, match="keydeck init"):
            call(url)
    assert not store_exists(url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.sqlite_only
def test_a_store_moved_away_while_it_is_open_is_missing_and_not_made_anew(house: House) -> None:
    path = house.store.database.path
    path.rename(path.with_suffix(".away"))
    with pytest.raises(StoreMissing):
        house.store.revision()
    assert not path.exists()


def test_a_store_without_its_pepper_or_with_another_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one, two = build(tmp_path / "one"), build(tmp_path / "two")
    with pytest.raises(PepperMissing):
        open_store(one.url, pepper_path=tmp_path / "nowhere")
    with pytest.raises(PepperWrong):
        open_store(one.url, pepper_path=two.pepper_path)
    one.store.close()
    two.store.close()


@pytest.mark.sqlite_only
def test_store_and_pepper_are_their_owners_alone(house: House) -> None:
    house.create()
    beside = [path for path in house.store.database.path.parent.iterdir() if path.is_file()]
    assert {path.name for path in beside} >= {"store.db", "store.db-wal", "pepper"}
    assert {oct(path.stat().st_mode & 0o777) for path in beside} == {"0o600"}


@pytest.mark.parametrize("url", ["", "store.db", "sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_what_is_no_address_of_a_store_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        open_store(url or " ")


@pytest.mark.parametrize("prefix", ["J", "", "jw_"])
def test_a_bad_prefix_makes_no_store(tmp_path: Path, prefix: str) -> None:
    with pytest.raises(Invalid):
        create_store(f"sqlite:///{tmp_path / 's.db'}", prefix=prefix, pepper_path=tmp_path / "p")
    assert list(tmp_path.iterdir()) == []


def test_another_prefix_is_minted_and_found(tmp_path: Path) -> None:
    path = tmp_path / "pepper"
    made = create_store(f"sqlite:///{tmp_path / 's.db'}", prefix="acme", pepper_path=path)
    made.close()
    again = create_store(f"sqlite:///{tmp_path / 's.db'}", prefix="other", pepper_path=path)
    assert again.prefix == "acme"
    again.close()
