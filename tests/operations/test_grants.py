"""Rights on PostgreSQL: what each part's role may do, and that nothing else is let through."""

import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from store.domain.clock import SystemClock
from store.domain.keys import State
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import KeyQuery
from store.domain.people import Plan
from store.domain.times import DAY
from store.errors import NotGranted
from store.operations.audit_archive import archive
from store.operations.grants import _ENTRY, RIGHTS, RolePurpose, grants
from store.operations.open import open_store
from store.persistence.schema import metadata
from store.service.leaks import LeakReports, Reported
from store.verifier.usage.batch import Batch
from store.verifier.usage.roll_up import roll_up_some
from store.verifier.usage.rows import write
from tests.house import House
from tests.invariants.everything import MUTATIONS
from tests.postgres import Cluster
from tests.verifier.serving import Served, eventually, serving

pytestmark = pytest.mark.postgres_only


@contextmanager
def limited(house: House, server: Cluster, part: RolePurpose) -> Iterator[House]:
    """Give a house whose store is opened as a role that has the rights of one part."""
    database = house.store.database.url.database or ""
    # A name that has to be quoted.
    role = f'{part}"{secrets.token_hex(4)}'
    with server.role(role, database):
        server.run(grants(part, role), database=database)
        url = server.url(database, role)
        with closing(open_store(url, pepper_path=house.pepper_path, clock=house.clock)) as store:
            yield replace(house, url=url, store=store)


@pytest.fixture
def verifier(house: House, postgres: Cluster) -> Iterator[House]:
    """The house as a verifier's role sees it."""
    with limited(house, postgres, RolePurpose.VERIFIER) as found:
        yield found


def run(house: House, statement: str) -> None:
    """Execute a statement as any program with the role's address could, and commit it."""
    address = house.url.replace("+psycopg", "", 1)
    with psycopg.connect(address) as connection:
        connection.execute(statement.encode())


@pytest.mark.parametrize("part", RolePurpose)
def test_no_table_is_forgotten(part: RolePurpose) -> None:
    assert set(RIGHTS[part]) == {*metadata.tables, "alembic_version"}


def test_a_verifier_has_all_it_needs_to_serve(
    house: House, verifier: House, tmp_path: Path
) -> None:
    house.clock.instant = verifier.clock.instant = SystemClock().now()
    with (
        serving(verifier, tmp_path / "stderr", lease_s=3.0) as server,
        server.client() as client,
    ):
        served = Served(house, server, client)
        eventually(lambda: client.get("/readyz").json()["lease"] == "live")
        key = served.issue("events:read events:write quotes:read")
        secret = key.secret.reveal()
        assert served.ask("/verify", secret).status_code == 200
        event = {
            "name": "Gala",
            "starts_at": "2027-01-01T10:00:00Z",
            "ends_at": "2027-01-01T12:00:00Z",
        }
        made = served.ask("/events", secret, "POST", json=event)
        assert made.status_code == 201
        path = f"/events/{made.json()['id']}"
        assert served.ask(path, secret, "PATCH", json={"guests": 3}).json()["guests"] == 3
        assert served.ask("/quotes", secret).status_code == 200
        assert served.ask("/availability", secret).status_code == 403
        assert client.get("/readyz").status_code == 200

        def counted() -> bool:
            usage = house.store.usage.of_key(house.alice, key.key.id, 0)
            return sum(usage.traffic.by_verdict.values()) == 5 and len(usage.refusals) == 1

        eventually(counted)
    assert server.said().count("\n") == 1, "nothing but the ready line"
    batch = Batch()
    batch.verdicts[
        house.alice.workspace_id, key.key.id, SystemClock().now() - 200 * DAY, "valid"
    ] = 1
    write(verifier.store.database, batch)
    roll_up_some(verifier.store.database, SystemClock().now())


def test_a_verifier_has_all_it_needs_for_what_only_verifiers_do(
    house: House, verifier: House
) -> None:
    for mutation in MUTATIONS:
        if mutation.of_verifiers:
            mutation.call(verifier, mutation.prepare(house))
    assert house.store.audit_trail.verify(house.alice).trouble is None


def test_a_verifier_revokes_a_leaked_key_and_writes_that_down(
    house: House, verifier: House
) -> None:
    issued = house.create()
    key = issued.key
    house.store.operator.set_leak_policy(LeakPolicy.REVOKE)
    report = Reported(issued.secret, "203.0.113.9", "https://example.com/leak", "content")
    LeakReports(verifier.store.transactions).take(report)
    assert house.store.keys.show(house.alice, key.id).state(house.clock.now()) is State.REVOKED
    assert house.store.audit_trail.verify(house.alice).trouble is None
    # Its right ends where the rule begins.
    for change in ("revoked_at = NULL", "revoked_at = revoked_at + 1", "revoked_by = 1"):
        with pytest.raises(psycopg.IntegrityError, match="a revocation is final"):
            run(verifier, f"UPDATE keys SET {change}")


MAY_SET = ("revoked_at", "revoked_by", "revoke_reason", "leaked_at", "revision", "foreign_hash")
REFUSED = (
    *("INSERT INTO keys SELECT * FROM keys", "DELETE FROM keys", "TRUNCATE keys CASCADE"),
    *(
        f"UPDATE keys SET {column.name} = {column.name}"
        for column in metadata.tables["keys"].c
        if column.name not in MAY_SET
    ),
    *("UPDATE audit SET actor = actor", "DELETE FROM audit", "TRUNCATE audit"),
    *("UPDATE revision SET id = id", "DELETE FROM revision"),
    *(
        "UPDATE accounts SET password_hash = ''",
        "UPDATE people SET account_id = 1",
        "UPDATE memberships SET role = 'admin'",
    ),
    *("UPDATE connections SET approved_by = 1", "DELETE FROM connections"),
    *("UPDATE workspaces SET plan = 'pro'", "UPDATE settings SET restored_at = NULL"),
    *("DELETE FROM events", "INSERT INTO resources VALUES ('x', 'x', false)"),
    "INSERT INTO peppers VALUES ('x', 1)",
    f"INSERT INTO foreign_digests VALUES ('{'0' * 64}', 1, 'x', 'none')",
    "UPDATE foreign_digests SET guard = 'x'",
    "ALTER TABLE keys DISABLE TRIGGER keys_stay_revoked",
    "DROP TRIGGER keys_stay_revoked ON keys",
    "CREATE OR REPLACE FUNCTION keys_stay_revoked() RETURNS trigger LANGUAGE plpgsql"
    " AS $$BEGIN RETURN NEW; END$$",
    "SET session_replication_role = replica",
    "CREATE TABLE other ()",
)


def test_a_verifier_may_do_nothing_else(verifier: House) -> None:
    for statement in REFUSED:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(verifier, statement)


def test_what_a_role_may_not_do_is_one_sentence(verifier: House) -> None:
    with pytest.raises(NotGranted, match=r"keydeck store grants prints") as caught:
        verifier.store.operator.set_plan("acme-events", Plan.FREE)
    assert "permission denied for table" in str(caught.value)


def test_a_console_has_all_it_needs_and_cannot_change_the_past(
    house: House, postgres: Cluster
) -> None:
    with limited(house, postgres, RolePurpose.CONSOLE) as found:
        key = house.create().key
        assert found.store.keys.details(found.alice, key.id).key == key
        assert found.store.keys.page(found.alice, KeyQuery()).keys == (key,)
        assert found.store.audit_trail.newest(found.alice)
        assert found.store.people.parts(found.alice)
        for mutation in MUTATIONS:
            if not mutation.of_verifiers:
                mutation.call(found, mutation.prepare(house))
        for statement in (
            *("DELETE FROM keys", "UPDATE audit SET actor = 'x'", "DELETE FROM audit"),
            *("UPDATE verdict_counts SET count = 0", "SELECT * FROM events", "DELETE FROM people"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                run(found, statement)
    assert house.store.audit_trail.verify(house.alice).trouble is None


def stated(part: RolePurpose) -> set[tuple[str, str, str]]:
    """Return what a part may do: table, right, and column, `*` where it is about whole rows."""
    found = set()
    for table, rights in RIGHTS[part].items():
        for right, columns in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", rights or ""):
            every = (
                [one.name for one in metadata.tables[table].columns]
                if table in (metadata.tables)
                else ["version_num"]
            )
            named = columns.split(", ") if columns else every
            found |= {(table, right, one) for one in (["*"] if right in WHOLE else named)}
    return found


WHOLE = ("DELETE", "TRUNCATE", "TRIGGER")
HAD = """
SELECT c.relname, r.name, a.attname
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('REFERENCES')) AS r (name)
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
   AND has_column_privilege(c.oid, a.attname, r.name)
UNION ALL
SELECT c.relname, r.name, '*'
  FROM pg_class c CROSS JOIN (VALUES ('DELETE'), ('TRUNCATE'), ('TRIGGER')) AS r (name)
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p')
   AND has_table_privilege(c.oid, r.name)
"""


@pytest.mark.parametrize("part", RolePurpose)
def test_the_table_of_rights_is_what_the_database_gives(
    house: House, postgres: Cluster, part: RolePurpose
) -> None:
    with limited(house, postgres, part) as found:
        address = found.url.replace("+psycopg", "", 1)
        with psycopg.connect(address) as connection:
            assert set(connection.execute(HAD.encode()).fetchall()) == stated(part)
            [creates] = connection.execute(
                b"SELECT has_schema_privilege('public', 'CREATE')"
            ).fetchall()
            assert creates == (False,)


ENDINGS = (
    "UPDATE revision SET value = 9223372036854775807",
    "UPDATE revision SET value = value + 2",
    "INSERT INTO changes SELECT value + 1, '' FROM revision",
    "DELETE FROM changes",
    *(
        f"INSERT INTO audit ({_ENTRY}) SELECT {_ENTRY.replace('seq', seq)} FROM audit WHERE seq = 1"
        for seq in ("9223372036854775807 AS seq", "0 AS seq", "seq + 999 AS seq")
    ),
)
"""What would have kept everybody from revoking, or a verifier from hearing of it."""
LED = (
    "CREATE TEMP TABLE revision (id int, value bigint);"
    " INSERT INTO revision VALUES (1, 0);"
    " UPDATE public.revision SET value = value + 9",
    "CREATE TEMP TABLE audit (LIKE public.audit); CREATE TEMP TABLE revision (value bigint);"
    f" INSERT INTO pg_temp.audit SELECT * FROM public.audit;"
    f" UPDATE pg_temp.audit SET seq = 98;"
    f" INSERT INTO public.audit ({_ENTRY}) SELECT {_ENTRY.replace('seq', '99 AS seq')}"
    " FROM public.audit WHERE seq = 1",
)
"""The same by tables of one's own, which come first where no path is set."""


def test_a_verifiers_role_cannot_end_revocation(house: House, verifier: House) -> None:
    key = house.create().key
    house.store.keys.extend(house.alice, key.id, house.clock.now() + 9 * DAY)
    for statement in (*ENDINGS, *LED):
        with pytest.raises(psycopg.IntegrityError):
            run(verifier, statement)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        run(verifier, "INSERT INTO audit SELECT * FROM audit")
    # Ids that are used up take nothing from anybody: there are more than can be used up.
    [[kind]] = rows(
        verifier,
        "SELECT data_type FROM information_schema.sequences WHERE sequence_name = 'audit_id_seq'",
    )
    assert kind == "bigint"
    house.store.keys.revoke(house.alice, key.id)
    assert house.store.audit_trail.verify(house.alice).trouble is None


def rows(house: House, query: str) -> list[tuple[object, ...]]:
    """Return what a query gives any program with the role's address."""
    with psycopg.connect(house.url.replace("+psycopg", "", 1)) as connection:
        return connection.execute(query.encode()).fetchall()


@pytest.mark.parametrize("part", RolePurpose)
def test_the_owner_alone_archives_and_nothing_is_begun_for_others(
    house: House, postgres: Cluster, part: RolePurpose, tmp_path: Path
) -> None:
    before = house.store.audit_trail.latest(house.alice)
    workspace = house.store.operator.workspace("acme-events")
    with limited(house, postgres, part) as theirs:
        with pytest.raises(NotGranted):
            archive(theirs.store, workspace, tmp_path / "audit.jsonl", house.clock.now())
        # Whoever may add an entry may say that something was archived, and take nothing away.
        wanted = theirs.store.audit_archiving.plan(workspace, house.clock.now())
        theirs.store.audit_archiving.say(wanted, "audit.jsonl", "0" * 64)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run(theirs, "DELETE FROM audit")
    assert list(tmp_path.glob("*.jsonl")) == []
    assert house.store.audit_trail.latest(house.alice) == before + 1
