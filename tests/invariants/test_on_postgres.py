"""The promises that an engine keeps, asked of PostgreSQL as any program with its address could."""

from typing import Any

import psycopg
import pytest

from store.persistence.database import Database
from store.persistence.schema import metadata
from tests.house import House
from tests.invariants.everything import MUTATIONS
from tests.invariants.mutation import Mutation
from tests.postgres import Cluster
from tests.verifier.serving import Served, eventually

pytestmark = pytest.mark.postgres_only


def raw(house: House) -> "psycopg.Connection[Any]":
    """Return a connection as the store's owner, who may do what no rule forbids."""
    address = house.url.replace("+psycopg", "", 1)
    return psycopg.connect(address, autocommit=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE keys SET revoked_at = NULL",
        "UPDATE keys SET revoked_at = revoked_at + 1",
        "UPDATE keys SET revoked_by = NULL",
        "UPDATE keys SET id = 'AAAAAAAAAAAA'",
        "DELETE FROM keys",
        "TRUNCATE keys CASCADE",
        "INSERT INTO keys SELECT * FROM keys",
        "INSERT INTO keys SELECT * FROM keys ON CONFLICT (id) DO UPDATE SET revoked_at = NULL",
        "WITH gone AS (DELETE FROM keys RETURNING *) INSERT INTO keys SELECT * FROM gone",
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT INTO audit SELECT * FROM audit ON CONFLICT (id) DO UPDATE SET actor = 'x'",
        "UPDATE revision SET value = value - 1",
        "TRUNCATE revision",
    ],
)
def test_invariants_02_and_05_nothing_is_undone_or_rewritten(house: House, statement: str) -> None:
    house.store.keys.revoke(house.alice, house.create().key.id)
    with raw(house) as connection, pytest.raises(psycopg.errors.IntegrityError):
        connection.execute(statement.encode())


def test_invariant_01_no_row_and_no_line_of_the_servers_log_holds_a_key(
    own: Served, postgres: Cluster
) -> None:
    house, issued = own.house, own.issue("events:read events:write")
    key = issued.secret.reveal()
    assert own.ask("/verify", key).status_code == 200
    assert own.ask(f"/events/{key}", key).status_code == 404
    # A statement that fails stands in the log.
    with raw(house) as connection, pytest.raises(psycopg.Error):
        connection.execute("SELECT 1 / 0")
    rotated = house.store.rotations.rotate(house.alice, issued.key.id).unwaited()
    house.store.keys.revoke(house.alice, issued.key.id)
    held = [repr(state(house)), own.server.said()]
    if postgres.process is not None:
        held.append(postgres.process.said())
        assert "SELECT 1 / 0" in held[-1]
    for secret in (key.split("_")[2], rotated.secret.reveal().split("_")[2]):
        assert [one for one in held if secret in one] == []


def state(house: House) -> dict[str, list[Any]]:
    """Return every row of every table that a mutation writes."""
    with raw(house) as connection:
        return {
            table.name: connection.execute(
                f"SELECT * FROM {table.name} ORDER BY 1, 2".encode()
            ).fetchall()
            for table in metadata.sorted_tables
            # Failed attempts are counted before anybody knows who it was.
            if table.name != "sign_in_attempts"
        }


def test_invariant_05_state_audit_and_revision_commit_together_or_not_at_all(house: House) -> None:
    with raw(house) as connection:
        connection.execute(
            "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RAISE EXCEPTION 'fault'; END$$"
        )
        for mutation in MUTATIONS:
            committed_whole(house, mutation, connection)


def committed_whole(
    house: House, mutation: Mutation, connection: "psycopg.Connection[Any]"
) -> None:
    """Fail unless a mutation without its audit entry leaves nothing behind."""
    handed = mutation.prepare(house)
    before = state(house)
    connection.execute(
        "CREATE TRIGGER fault BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION fault()"
    )
    with pytest.raises(Exception, match="fault"):
        mutation.call(house, handed)
    assert state(house) == before, mutation.name
    connection.execute("DROP TRIGGER fault ON audit")
    revision = house.store.revision()
    mutation.call(house, handed)
    assert len(state(house)["audit"]) > len(before["audit"]), mutation.name
    # The database raises it too, for each row that a verdict depends on.
    assert (house.store.revision() > revision) is mutation.raises_revision, mutation.name


def test_invariant_09_counting_waits_for_no_writer_and_writes_no_key(own: Served) -> None:
    key = own.key()
    with raw(own.house) as connection:
        row = connection.execute("SELECT * FROM keys").fetchall()
        with own.house.store.database.writing():
            assert {own.ask("/verify", key).status_code for _ in range(20)} == {200}

            def counted() -> bool:
                query = "SELECT coalesce(sum(count), 0) FROM verdict_counts"
                found = connection.execute(query).fetchone()
                return found is not None and found[0] == 20

            # Unlike on SQLite, not even while somebody holds the store.
            eventually(counted)
        assert connection.execute("SELECT * FROM keys").fetchall() == row


def test_invariant_11_every_connection_is_one_that_survives_a_power_cut(house: House) -> None:
    with raw(house) as connection:
        name = house.store.database.url.database
        connection.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off'.encode())
    database = Database(house.url)

    def shown(setting: str) -> Any:
        with database.reading() as there:
            return there.exec_driver_sql(f"SHOW {setting}").scalar_one()

    try:
        assert shown("synchronous_commit") == "on"
        assert shown("lock_timeout") == "5s"
        # Who reads an export page by page holds nobody up; who has a lock, does.
        idle = "SHOW idle_in_transaction_session_timeout"
        assert shown("idle_in_transaction_session_timeout") == "0"
        for locking in (database.writing, database.counting, database.tidying):
            with locking() as there:
                assert there.exec_driver_sql(idle).scalar_one() == "10s"
        assert shown("idle_in_transaction_session_timeout") == "0"
        assert shown("transaction_isolation") == "repeatable read"
        assert shown("transaction_read_only") == "on"
        columns = (
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        )
        with database.reading() as there:
            assert there.exec_driver_sql(columns).scalar_one() == 0
    finally:
        database.close()
