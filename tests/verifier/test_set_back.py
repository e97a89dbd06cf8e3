"""A store that is set back past keydeck: who has seen more of it serves nothing until confirmed."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from store.domain.listing import KeyQuery
from store.errors import StoreSetBack, StoreUnconfirmed
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import open_store
from store.operations.restore import PG_RESTORE
from store.persistence.high_water import HighWaterMark
from store.service.keys import NewKey
from store.verifier.lookup.open import open_lookup
from tests.house import House, granted_scopes
from tests.postgres import Cluster, tool
from tests.verifier.serving import Served, eventually, serving

pytestmark = pytest.mark.both_engines

PutBack = Callable[[], None]


@pytest.fixture
def dumped(own_house: House, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[PutBack, str]:
    """What puts a store back to how it is now, with a key in it, past keydeck; where it lies."""
    own_house.create("Website")
    if own_house.store.database.on_sqlite:
        copy = tmp_path / "copy.db"
        back_up(own_house.url, copy)

        def move() -> None:
            path = own_house.store.database.path
            for ending in ("-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            shutil.move(copy, path)

        return move, f"sqlite:///{copy}"
    server: Cluster = request.getfixturevalue("postgres")
    own_house.store.close()
    name = own_house.store.database.url.database
    server.run(f'CREATE DATABASE "{name}_dump" TEMPLATE "{name}"')

    def restore() -> None:
        own_house.store.close()
        server.run(
            f'DROP DATABASE "{name}" WITH (FORCE)',
            f'ALTER DATABASE "{name}_dump" RENAME TO "{name}"',
        )

    return restore, server.url(f"{name}_dump")


@pytest.fixture
def archived(own_house: House, tmp_path: Path, postgres: Cluster) -> Callable[[str], None]:
    """What puts a house with a key in it into a database as its operator would."""
    own_house.create("Website")
    dump = str(tmp_path / "keydeck.dump")
    name = own_house.store.database.url.database or ""
    to_file = ["--format=custom", f"--file={dump}", _address(postgres, name)]
    subprocess.run([tool("pg_dump"), *to_file], check=True)

    def restore(name: str) -> None:
        # Whole or not at all: else a verifier writes usage of a key between two of its steps.
        # Either may be the one that PostgreSQL ends where they wait for each other.
        into = f"--dbname={_address(postgres, name)}"
        whole = [*PG_RESTORE.split()[1:], into, dump]
        eventually(lambda: subprocess.run([tool("pg_restore"), *whole]).returncode == 0)

    return restore


def _address(server: Cluster, database: str) -> str:
    return server.url(database).replace("+psycopg", "", 1)


LEASE_S = 3.0
"""What is known under a lease goes with it; a file knows none."""


def test_a_running_verifier_answers_503_until_its_operator_has_looked(
    own_house: House, dumped: tuple[PutBack, str], tmp_path: Path
) -> None:
    _answers_503(own_house, dumped[0], tmp_path)


@pytest.mark.postgres_only
def test_so_does_one_that_knows_by_a_lease(
    own_house: House, dumped: tuple[PutBack, str], tmp_path: Path
) -> None:
    _answers_503(own_house, _changed_elsewhere(own_house, dumped, tmp_path, 4), tmp_path, LEASE_S)


@pytest.mark.parametrize("changes", [2, 4], ids=["as far as was seen", "further"])
def test_it_does_so_where_the_store_was_changed_before_anybody_looked(
    own_house: House, dumped: tuple[PutBack, str], tmp_path: Path, changes: int
) -> None:
    _answers_503(own_house, _changed_elsewhere(own_house, dumped, tmp_path, changes), tmp_path)


@pytest.mark.postgres_only
def test_a_dump_that_pg_restore_puts_into_the_same_database_is_noticed_too(
    own_house: House, archived: Callable[[str], None], tmp_path: Path
) -> None:
    name = own_house.store.database.url.database or ""

    def put_back() -> None:
        own_house.store.close()
        archived(name)

    _answers_503(own_house, put_back, tmp_path, LEASE_S)


@pytest.mark.postgres_only
def test_it_goes_into_an_empty_database_as_well(
    own_house: House, archived: Callable[[str], None], postgres: Cluster
) -> None:
    with postgres.database() as name:
        archived(name)
        assert check(postgres.url(name), pepper_path=own_house.pepper_path) == []


def _changed_elsewhere(
    house: House, dumped: tuple[PutBack, str], tmp_path: Path, changes: int
) -> PutBack:
    """Return what changes a copy where nobody has seen more of it, and puts it back."""
    put_back, place = dumped

    def change_and_put_back() -> None:
        folder = tmp_path / "elsewhere"
        folder.mkdir()
        pepper_path = Path(shutil.copy(house.pepper_path, folder))
        with closing(open_store(place, pepper_path=pepper_path, clock=house.clock)) as store:
            for one in range(changes):
                wanted = NewKey(f"Else {one}", granted_scopes("events:read"), None)
                store.keys.create(house.bob, wanted)
        put_back()

    return change_and_put_back


def _answers_503(
    house: House, dumped: PutBack, tmp_path: Path, lease_s: float | None = None
) -> None:
    (key,) = house.store.keys.page(house.alice, KeyQuery()).keys
    issued = house.create("Since")
    with (
        serving(house, tmp_path / "stderr", lease_s=lease_s) as server,
        server.client() as client,
    ):
        served = Served(house, server, client)
        house.store.keys.revoke(house.alice, key.id)
        secret = issued.secret.reveal()
        eventually(lambda: served.ask("/verify", secret).status_code == 200)
        dumped()
        eventually(lambda: client.get("/readyz").status_code == 503)
        # What is remembered under a lease goes with that lease.
        eventually(lambda: served.ask("/verify", secret).status_code == 503)
        assert {served.ask("/verify", secret).status_code for _ in range(20)} == {503}
        (found,) = check(house.url, pepper_path=house.pepper_path)
        assert found.sentence == str(StoreSetBack())
        # One that was started since knows it as well.
        mark = HighWaterMark.beside(house.pepper_path, house.store.database.whereabouts)
        with (
            closing(open_lookup(house.store.database, mark)) as lookup,
            pytest.raises((StoreSetBack, StoreUnconfirmed)),
        ):
            lookup.watch()
        house.store.close()
        house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
        waiting = house.store.operator.unconfirmed()
        assert waiting is not None
        names = [one.name for _, keys in waiting for one in keys]
        assert "Website" in names
        assert "Since" not in names
        assert client.get("/readyz").status_code == 503
        house.store.operator.confirm_restored()
        assert check(house.url, pepper_path=house.pepper_path) == []
        eventually(lambda: client.get("/readyz").status_code == 200)
        # What it has now it keeps.
        assert served.ask("/verify", secret).json()["code"] == "unknown"
    house.store.close()
