"""The eleven promises. Each test fails when its rule is broken."""

import re
from pathlib import Path
from typing import Any

import psutil
import pytest
from sqlalchemy import event, update

from console.text.safe import safe
from store.domain.key_string import mint
from store.domain.keys import State
from store.domain.listing import KeyQuery
from store.domain.people import Plan, Role
from store.errors import AdminsOnly, Invalid, KeydeckError, NameTaken, NotAllowed, PlanRequired
from store.operations.backup import back_up
from store.operations.open import open_store
from store.persistence.database import sqlite_library
from store.persistence.schema import keys, metadata
from tests.console.driving import console, opened, screen_text, sees
from tests.house import House
from tests.invariants.everything import MUTATIONS
from tests.invariants.mutation import Mutation
from tests.invariants.reading import read_everything
from tests.invariants.store_wide import STORE_WIDE, STORE_WIDE_QUERIES
from tests.verifier.serving import Served, eventually, half_sent, received

pytestmark = pytest.mark.anyio

STORE = Path(__file__).parents[2] / "store"


@pytest.fixture
def anyio_backend() -> str:
    """Textual runs on asyncio."""
    return "asyncio"


def raw(house: House) -> Any:
    """Return a connection of the store's own driver, as any program could open one: no pragmas."""
    return sqlite_library().connect(house.store.database.path, isolation_level=None)


def columns_of(connection: Any, table: str) -> list[str]:
    """Return a table's columns."""
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_invariant_01_the_key_exists_only_in_the_reply(own: Served, tmp_path: Path) -> None:
    issued = own.issue("events:read events:write")
    key = issued.secret.reveal()
    assert own.ask("/verify", key).status_code == 200
    assert own.ask("/events", key, "POST", json={"name": "x"}).status_code == 422
    # Where it does not belong, too: in the path and in the query.
    assert key not in own.ask(f"/events/{key}", key).text
    assert key not in own.ask(f"/events?access_token={key}").text
    rotated = own.house.store.rotations.rotate(own.house.alice, issued.key.id).unwaited()
    own.house.store.keys.revoke(own.house.alice, issued.key.id)
    assert own.ask("/verify", key).status_code == 401
    back_up(own.house.url, tmp_path / "backup.db")
    secrets = [one.split("_")[2] for one in (key, rotated.secret.reveal())]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 4, "the store, its pepper, the backup, the server's log"
    for secret in secrets:
        assert [path for path in files if secret.encode() in path.read_bytes()] == []
        server = psutil.Process(own.server.process.pid)
        assert secret not in " ".join([*server.cmdline(), *server.environ().values()])
    assert key not in f"{issued!r} {issued} {rotated!r} {[issued.secret]}"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE keys SET revoked_at = NULL WHERE id = :id",
        "UPDATE keys SET revoked_at = revoked_at + 1 WHERE id = :id",
        "DELETE FROM keys WHERE id = :id",
        "UPDATE keys SET id = 'AAAAAAAAAAAA' WHERE id = :id",
        "REPLACE",
    ],
)
def test_invariant_02_a_revocation_is_never_undone(house: House, statement: str) -> None:
    issued = house.create()
    house.store.keys.revoke(house.alice, issued.key.id)
    connection = raw(house)
    if statement == "REPLACE":
        names = columns_of(connection, "keys")
        values = ", ".join("NULL" if name.startswith("revoke") else name for name in names)
        statement = (
            f"INSERT OR REPLACE INTO keys ({', '.join(names)}) SELECT {values} FROM keys"
            " WHERE id = :id"
        )
    with pytest.raises(sqlite_library().IntegrityError):
        connection.execute(statement, {"id": issued.key.id})
    connection.close()
    with pytest.raises(KeydeckError):
        house.store.keys.extend(house.alice, issued.key.id, None)
    house.store.close()
    again = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    assert again.keys.show(house.alice, issued.key.id).state(house.clock.now()) is State.REVOKED
    again.close()


@pytest.mark.both_engines
def test_invariant_03_after_the_commit_no_request_is_let_in(own: Served) -> None:
    house = own.house
    for _ in range(25):
        issued = own.issue()
        key = issued.secret.reveal()
        assert own.ask("/verify", key).status_code == 200
        house.store.keys.revoke(house.alice, issued.key.id)
        assert own.ask("/verify", key).json()["code"] == "revoked"
    # A write that was let in before the commit decides again inside its own transaction.
    writer = own.issue("quotes:write")
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    with half_sent(own.server, writer.secret.reveal(), len(body)) as wire:
        house.store.keys.revoke(house.alice, writer.key.id)
        wire.sendall(body)
        assert received(wire).status_code == 401
    reader = own.key("quotes:read")
    assert own.ask("/quotes", reader).json()["data"] == []


def test_invariant_04_every_row_and_every_query_names_its_workspace(own: Served) -> None:
    owned = {table.name for table in metadata.sorted_tables} - STORE_WIDE
    for table in metadata.sorted_tables:
        assert (table.name in STORE_WIDE) is ("workspace_id" not in table.c)
    house = own.house
    unnamed: list[str] = []

    def look(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        touched = re.findall(r"(?:FROM|INTO|UPDATE|JOIN)\s+(\w+)", statement)
        where = statement if statement.startswith("INSERT") else statement.partition("WHERE")[2]
        if owned.intersection(touched) and "workspace_id" not in where:
            unnamed.append(statement)

    event.listen(house.store.database.engine, "before_cursor_execute", look)
    read_everything(house)
    for mutation in MUTATIONS:
        mutation.call(house, mutation.prepare(house))
    event.remove(house.store.database.engine, "before_cursor_execute", look)
    assert [one for one in unnamed if not STORE_WIDE_QUERIES.search(one)] == []
    # And through the doors, with two workspaces.
    theirs = own.issue("events:read events:write", actor=house.alice)
    house.store.operator.set_plan("bolt-catering", Plan.PRO)
    ours = own.issue("events:read events:write", actor=house.bob).secret.reveal()
    made = own.ask(
        "/events",
        theirs.secret.reveal(),
        "POST",
        json={
            "name": "Gala",
            "starts_at": "2027-01-01T10:00:00Z",
            "ends_at": "2027-01-01T12:00:00Z",
        },
    ).json()
    assert own.ask(f"/events/{made['id']}", ours).status_code == 404
    assert own.ask(f"/events/{made['id']}", ours, "PATCH", json={"name": "x"}).status_code == 404
    assert own.ask("/events", ours).json()["data"] == []
    for use in (house.store.keys.show, house.store.keys.details, house.store.keys.revoke):
        with pytest.raises(KeydeckError):
            use(house.bob, theirs.key.id)
    assert [one.workspace_id for one in house.store.keys.page(house.bob, KeyQuery()).keys] == [
        house.bob.workspace_id
    ]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_invariant_05_state_audit_and_revision_commit_together_or_not_at_all(
    house: House, mutation: Mutation
) -> None:
    handed = mutation.prepare(house)
    before = _state(house)
    connection = raw(house)
    connection.execute(
        "CREATE TRIGGER fault BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'fault'); END"
    )
    with pytest.raises(Exception, match="fault"):
        mutation.call(house, handed)
    assert _state(house) == before, "a change without its audit row"
    connection.execute("DROP TRIGGER fault")
    audit, revision = len(before["audit"]), house.store.revision()
    mutation.call(house, handed)
    after = _state(house)
    assert len(after["audit"]) > audit
    assert house.store.revision() == revision + (1 if mutation.raises_revision else 0)
    for statement in (
        "UPDATE audit SET actor = 'x'",
        "DELETE FROM audit",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit LIMIT 1",
    ):
        with pytest.raises(sqlite_library().IntegrityError):
            connection.execute(statement)
    assert {"previous_mac", "mac"} <= set(columns_of(connection, "audit"))
    connection.close()


def _state(house: House) -> dict[str, list[Any]]:
    connection = raw(house)
    state = {
        table.name: connection.execute(f"SELECT * FROM {table.name} ORDER BY 1, 2").fetchall()
        for table in metadata.sorted_tables
        # Failed attempts are counted before anybody knows who it was.
        if table.name != "sign_in_attempts"
    }
    connection.close()
    return state


@pytest.mark.both_engines
def test_invariant_06_expired_and_revoked_are_told_only_to_the_right_secret(own: Served) -> None:
    house = own.house
    revoked, expired = own.issue(), own.issue()
    house.store.keys.revoke(house.alice, revoked.key.id)
    with house.store.database.writing() as connection:
        connection.execute(update(keys).where(keys.c.id == expired.key.id).values(expires_at=1))

    def told(key: str) -> tuple[int, str, str, str]:
        answer = own.ask("/verify", key)
        content = answer.json()
        challenge = answer.headers["WWW-Authenticate"]
        return answer.status_code, content["code"], content["detail"], challenge

    assert told(revoked.secret.reveal())[1] == "revoked"
    assert told(expired.secret.reveal())[1] == "expired"
    unknown = told(mint("jw").key.reveal())
    assert unknown[:2] == (401, "unknown")
    for issued in (revoked, expired, own.issue()):
        assert told(mint("jw", issued.key.id).key.reveal()) == unknown


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_invariant_07_only_admins_of_a_pro_workspace_manage_keys(
    house: House, mutation: Mutation
) -> None:
    handed = mutation.prepare(house)
    house.store.people.add(house.alice, "cleo@acme.example", "cleo", Role.ADMIN)
    if mutation.pro_only:
        house.store.operator.set_plan("acme-events", Plan.FREE)
        with pytest.raises(PlanRequired):
            mutation.call(house, handed)
        with pytest.raises(PlanRequired):
            house.store.keys.page(house.alice, KeyQuery())
        house.store.operator.set_plan("acme-events", Plan.PRO)
    if mutation.admins_only:
        _become(house, Role.VIEWER)
        before = _state(house)
        with pytest.raises(AdminsOnly, match="Only workspace admins can"):
            mutation.call(house, handed)
        house.store.keys.page(house.alice, KeyQuery())
        assert _state(house) == before, "a viewer looks, and changes nothing"
        _become(house, Role.MEMBER)
        with pytest.raises(NotAllowed):
            mutation.call(house, handed)
        with pytest.raises(NotAllowed):
            house.store.keys.page(house.alice, KeyQuery())
    elif not mutation.pro_only:
        house.store.operator.set_plan("acme-events", Plan.FREE)
        mutation.call(house, handed)


def _become(house: House, role: Role) -> None:
    connection = raw(house)
    connection.execute(
        "UPDATE memberships SET role = ? WHERE person_id = ?", (role.value, house.alice.person_id)
    )
    connection.close()


async def test_invariant_07_on_free_the_tab_is_closed_and_keys_get_the_verdict_plan(
    own: Served,
) -> None:
    house = own.house
    issued = own.issue(name="Website")
    house.store.operator.set_plan("acme-events", Plan.FREE)
    answer = own.ask("/verify", issued.secret.reveal())
    assert (answer.status_code, answer.json()["code"]) == (403, "plan")
    async with opened(console(house), shows="Pro plan") as pilot:
        await sees(pilot, "Revoking stays possible")
        assert "Website" not in screen_text(pilot)
    house.store.keys.revoke(house.alice, issued.key.id)
    assert own.ask("/verify", issued.secret.reveal()).json()["code"] == "revoked"


@pytest.mark.both_engines
def test_invariant_08_dead_keys_stay_and_free_their_names(house: House) -> None:
    first = house.create("Café")
    for taken in ("Café", "CAFE\u0301", "café"):
        with pytest.raises(NameTaken):
            house.create(taken)
    rotated = house.store.rotations.rotate(house.alice, first.key.id).unwaited()
    again = house.store.rotations.rotate(house.alice, rotated.successor.id).unwaited()
    now = house.clock.now()
    assert house.store.keys.show(house.alice, first.key.id).state(now) is State.EXPIRED
    with pytest.raises(NameTaken):
        house.create("Café")
    for key_id in (rotated.successor.id, again.successor.id):
        house.store.keys.revoke(house.alice, key_id)
    assert house.create("Café").key.name == "Café"
    listed = {key.id for key in house.store.keys.page(house.alice, KeyQuery()).keys}
    assert {first.key.id, rotated.successor.id, again.successor.id} < listed
    for shaped in (f"jw_{first.key.id}", first.key.id, "jw_4fQ2x", "4fQ2xa7Bc9Zk"):
        with pytest.raises(Invalid):
            house.create(shaped)


def test_invariant_09_counting_never_delays_a_request_nor_writes_a_key(own: Served) -> None:
    key = own.key()
    connection = raw(own.house)
    row = connection.execute("SELECT * FROM keys").fetchall()
    connection.execute("BEGIN IMMEDIATE")
    try:
        # The store is locked against every writer: verifying goes on all the same.
        assert {own.ask("/verify", key).status_code for _ in range(50)} == {200}
    finally:
        connection.execute("ROLLBACK")

    def counted() -> bool:
        [total] = connection.execute(
            "SELECT coalesce(sum(count), 0) FROM verdict_counts"
        ).fetchone()
        return bool(total == 50)

    eventually(counted)
    assert connection.execute("SELECT * FROM keys").fetchall() == row
    connection.close()


HOSTILE = ("\x1b]52;c;ZXZpbA==\x07", "a\u202eb", "a\u200bb", "\x9b2J", "a\nb", "\ud800")


@pytest.mark.parametrize("name", HOSTILE)
def test_invariant_10_no_foreign_string_reaches_the_terminal_raw(house: House, name: str) -> None:
    with pytest.raises(Invalid):
        house.create(name)
    shown = safe(f"before {name} after")
    assert shown.startswith("before ")
    assert all(character.isprintable() for character in shown)


async def test_invariant_10_a_stored_name_that_steers_a_terminal_is_drawn_harmless(
    house: House,
) -> None:
    issued = house.create("Website")
    connection = raw(house)
    evil = "[red]x[/red]\x1b]52;c;ZXZpbA==\x07\u202e"
    connection.execute("UPDATE keys SET name = ? WHERE id = ?", (evil, issued.key.id))
    connection.close()
    async with opened(console(house), (140, 40), shows="[red]x[/red]") as pilot:
        await sees(pilot, "alice created it")
        text = screen_text(pilot)
        assert "\x1b" not in text
        assert "\u202e" not in text
        await pilot.press("enter")
        await pilot.press("X")
        await sees(pilot, "cannot be undone")
        assert "\x1b" not in screen_text(pilot)


def test_invariant_11_every_connection_is_one_that_survives_a_power_cut(house: House) -> None:
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "busy_timeout": 5000,
    }
    with house.store.database.reading() as connection:
        for pragma, value in wanted.items():
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    library = sqlite_library()
    if library.__name__.startswith("pysqlite3"):
        assert library.sqlite_version_info >= (3, 51, 3)
    # Never two SQLite libraries on one file in one process: closing either drops the other's locks.
    assert house.store.database.engine.dialect.dbapi is library
    naming = [path.name for path in STORE.rglob("*.py") if "import sqlite3" in path.read_text()]
    assert naming == ["sqlite_driver.py"]
    # A writer begins IMMEDIATE: a second one waits instead of failing at its commit.
    with house.store.database.writing() as connection:
        connection.exec_driver_sql("SELECT 1")
        other = library.connect(house.store.database.path, timeout=0, isolation_level=None)
        with pytest.raises(library.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
