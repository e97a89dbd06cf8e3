"""What a real PostgreSQL does for leases: what it notes down, in which order, what it grants."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest

from store.domain.credential import SOURCES
from store.domain.leases.settling import Lease
from store.domain.stops import StopKind, Target
from store.persistence.migrations.changes import TIMELINE
from store.persistence.repositories.verifiers import Verifiers
from store.verifier.leasing import statements
from tests.house import House, use
from tests.restores.judging import DECLARED
from tests.verifier.serving import eventually

pytestmark = pytest.mark.postgres_only

Raw = psycopg.Connection[Any]
Change = tuple[int, str]


@pytest.fixture
def connect(house: House) -> Iterator[Callable[[], Raw]]:
    """Open connections as any program with the owner's address could."""
    with ExitStack() as at_the_end:
        address = house.url.replace("+psycopg", "", 1)
        yield lambda: at_the_end.enter_context(psycopg.connect(address, autocommit=True))


def told(raw: Raw) -> tuple[int, list[Change]]:
    """Return the revision, and the changes that are noted down."""
    reached = raw.execute("SELECT value FROM revision").fetchone()
    assert reached is not None
    return reached[0], raw.execute("SELECT * FROM changes ORDER BY revision").fetchall()


def test_whatever_a_verdict_depends_on_is_noted_down_with_its_change(
    house: House, connect: Callable[[], Raw]
) -> None:
    key = house.create().key.id
    connection = house.opened()[0].id
    house.opened()
    writer, reader = connect(), connect()
    # By the server's clock, which is not the house's.
    writer.execute("UPDATE access_tokens SET expires_at = (extract(epoch FROM now()) + 60) * 1000")
    after_key = f"WHERE id = '{key}'"
    for statement, subjects in (
        (f"UPDATE keys SET name = 'X' {after_key}", [key]),
        (f"UPDATE keys SET scopes = 'quotes:read' {after_key}", [key]),
        (f"UPDATE keys SET expires_at = expires_at - 1 {after_key}", [key]),
        (f"UPDATE keys SET revoked_at = 1, revoked_by = 1 {after_key}", [key]),
        (f"UPDATE connections SET scopes = 'quotes:read' WHERE id = '{connection}'", [connection]),
        (f"DELETE FROM access_tokens WHERE connection_id = '{connection}'", [connection]),
        ("TRUNCATE access_tokens", [""]),
        ("UPDATE workspaces SET plan = 'free' WHERE id = 1", [""]),
        ("UPDATE workspaces SET slug = slug || '-2'", ["", ""]),
        ("UPDATE settings SET restored_at = 1", [""]),
        ("INSERT INTO routes VALUES ('GET', '/a', 'any'), ('GET', '/b', 'any')", [""]),
        ("UPDATE routes SET needs = 'public'", [""]),
        ("DELETE FROM routes WHERE path = '/a'", [""]),
        ("TRUNCATE routes", [""]),
        ("INSERT INTO tool_documents VALUES ('a', 'http://a', '[]')", [""]),
        ("UPDATE tool_documents SET upstream = 'http://b'", [""]),
        ("DELETE FROM tool_documents", [""]),
        ("TRUNCATE tool_documents", [""]),
        ("UPDATE alembic_version SET version_num = '0000'", [""]),
    ):
        before = told(reader)
        with writer.transaction():
            writer.execute(statement.encode())
            assert told(reader) == before
        revision, changes = told(reader)
        new = changes[len(before[1]) :]
        assert [subject for _, subject in new] == subjects, statement
        # Nothing else was changed, so each has raised it by one.
        assert [number for number, _ in new] == list(range(before[0] + 1, revision + 1))


# A value that each column may have and has not yet.
ANOTHER = {
    "id": "'000000000000'",
    "workspace_id": "workspace_id + 1",
    "slug": "slug || '-2'",
    "plan": "'free'",
    "name": "name || '2'",
    "digest": "decode(repeat('ab', 32), 'hex')",
    "pepper": "'another'",
    "scopes": "'quotes:read'",
    "resource": "resource || '2'",
    "prefix": "'zz'",
}
A_NUMBER = "(extract(epoch FROM now()) + 90)::bigint * 1000"


def test_nothing_that_is_declared_as_deciding_a_verdict_changes_in_silence(
    house: House, connect: Callable[[], Raw]
) -> None:
    key = house.create().key
    house.opened()
    house.store.stops.stop(house.alice, [Target(StopKind.KEY, key.id)]).unwaited()
    raw = connect()
    raw.execute(f"UPDATE access_tokens SET expires_at = {A_NUMBER} - 1".encode())
    raw.execute("INSERT INTO peppers VALUES ('another', 1)")
    refused = set()
    for declared in DECLARED:
        table, column = declared.split(".")
        before = told(raw)
        value = ANOTHER.get(column, A_NUMBER)
        try:
            raw.execute(f"UPDATE {table} SET {column} = {value}".encode())
        except psycopg.errors.IntegrityError:
            refused.add(declared)
        else:
            assert len(told(raw)[1]) > len(before[1]), declared
    fixed = {column for one in SOURCES.values() if not one.changes for column in one[:2] if column}
    assert refused == fixed | {"keys.id", "connections.id", "connections.resource"}


def test_what_no_verdict_depends_on_is_not(house: House, connect: Callable[[], Raw]) -> None:
    key = house.create().key
    house.opened()
    raw = connect()
    raw.execute("UPDATE access_tokens SET expires_at = 1")
    before = told(raw)
    use(house, key, "availability:read")
    for statement in (
        "UPDATE keys SET confirmed_at = 1, leaked_at = 1, rotate_every_days = 9",
        "UPDATE keys SET scopes = scopes",
        "UPDATE connections SET opened_at = 1",
        "DELETE FROM access_tokens",
        "UPDATE workspaces SET name = 'X', colour = 'red'",
        "UPDATE settings SET leak_policy = 'revoke'",
        "UPDATE people SET name = 'X'",
    ):
        raw.execute(statement.encode())
    assert told(raw) == before
    house.create("Another")
    assert told(raw)[1] == before[1]


def test_changes_commit_in_the_order_of_their_revisions(
    house: House, connect: Callable[[], Raw]
) -> None:
    keys = [house.create(name).key.id for name in ("First", "Second")]
    first, second = connect(), connect()
    before, _ = told(second)
    change = "UPDATE keys SET name = 'X' WHERE id = %s"
    second.execute("SET lock_timeout = '50ms'")
    with first.transaction(force_rollback=True):
        first.execute(change, (keys[0],))
        # Whoever comes later has no number before this one is seen, or given back.
        with pytest.raises(psycopg.errors.LockNotAvailable):
            second.execute(change, (keys[1],))
    second.execute(change, (keys[1],))
    first.execute(change, (keys[0],))
    assert told(first)[1][-2:] == [(before + 1, keys[1]), (before + 2, keys[0])]


class Registered:
    """A verifier's row, and what it asks for."""

    def __init__(self, raw: Raw) -> None:
        found = raw.execute(f"SELECT {TIMELINE}, value FROM revision".encode()).fetchone()
        assert found is not None
        self.timeline, self.revision = found
        told = ("requests", "refusals", "recent_ms", "recent_requests", "recent_refusals")
        self.own = {
            **{"id": "v", "host": "h", "process": 1, "version": "1", "address": "a"},
            **{"started_at": 1, "seen_at": 1, "lease_ms": 3000, "renewals": 4, "running_ms": 1},
            **{"timeline": self.timeline, "revision": self.revision, **dict.fromkeys(told, 0)},
        }
        columns = [name for name in self.own if name != "running_ms"]
        values = ", ".join(f"%({name})s" for name in columns)
        raw.execute(
            f"INSERT INTO verifiers ({', '.join(columns)}) VALUES ({values})".encode(), self.own
        )

    def renews(self, raw: Raw, **otherwise: object) -> bool:
        """Ask for time; return whether it was granted."""
        return raw.execute(statements.RENEW.encode(), {**self.own, **otherwise}).rowcount == 1

    def waits(self, raw: Raw, asker: Raw) -> bool:
        """Return whether what somebody asked for waits for somebody else."""
        blocked = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
        return raw.execute(blocked, (asker.info.backend_pid,)).fetchone() == (True,)

    def row(self, raw: Raw) -> tuple[Any, ...] | None:
        """Return what its row says."""
        return raw.execute("SELECT revision, renewals, lapsed FROM verifiers").fetchone()


def test_time_is_granted_to_whoever_is_behind_whose_row_says_how_far_it_has_come(
    house: House, connect: Callable[[], Raw]
) -> None:
    key = house.create().key.id
    holder, asker, writer = connect(), connect(), connect()
    verifier = Registered(writer)
    with ThreadPoolExecutor(1) as thread:
        with holder.transaction():
            holder.execute("UPDATE verifiers SET lapsed = true")
            asked = thread.submit(verifier.renews, asker)
            eventually(lambda: verifier.waits(writer, asker))
            writer.execute("UPDATE keys SET name = 'X' WHERE id = %s", (key,))
        assert asked.result(timeout=10)
    # It has not seen the change, and says so: whoever revoked waits for it.
    assert verifier.row(writer) == (verifier.revision, 5, False)
    assert verifier.renews(asker)
    assert verifier.row(writer) == (verifier.revision, 6, False)
    assert not verifier.renews(asker, revision=verifier.revision + 1, timeline="another")
    assert verifier.renews(asker, revision=verifier.revision + 1)
    assert verifier.row(writer) == (verifier.revision + 1, 7, False)


def test_only_the_lease_that_was_waited_out_is_noted_down_as_lapsed(
    house: House, connect: Callable[[], Raw]
) -> None:
    raw = connect()
    verifier = Registered(raw)
    waited_out = Lease("v", "h", 1, verifier.revision, 3000, verifier.timeline, 4)
    for lease, lapsed in (
        (waited_out._replace(renewals=3), False),
        (waited_out._replace(timeline="another"), False),
        (waited_out, True),
    ):
        with house.store.database.writing() as connection:
            Verifiers(connection, house.clock.now()).set_lapsed(lease)
        assert verifier.row(raw) == (verifier.revision, 4, lapsed)
