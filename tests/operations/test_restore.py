"""Restoring a store from a copy: what was dead stays dead, whoever has it open goes on."""

import shutil
import threading
from pathlib import Path
from typing import Any

import pytest

from store.domain.key_string import Secret
from store.domain.keys import Note, State
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import KeyQuery
from store.domain.people import LEAK_REPORTS, KnownBy, Plan, Role
from store.domain.scopes import check_known, from_canonical
from store.domain.times import DAY, HOUR
from store.errors import (
    EnrolmentInvalid,
    GrantRefused,
    Invalid,
    KeydeckError,
    PepperWrong,
    StoreBusy,
)
from store.operations.backup import back_up
from store.operations.check import check
from store.operations.open import open_store
from store.operations.restore import Restored, restore
from store.operations.store import Store
from store.persistence.database import sqlite_library
from store.service.keys import NewKey
from store.service.leaks import LeakReports, Reported
from tests.house import PASSWORD, House, build, granted_scopes
from tests.running import tell

# From a copied file. A store on a server is refused with what restores it, in `test_postgres`.
pytestmark = pytest.mark.sqlite_only


def state(house: House, key_id: str) -> State:
    """Return a key's state now."""
    return house.store.keys.show(house.alice, key_id).state(house.clock.now())


def restored(house: House, copy: Path) -> Restored:
    """Restore a house's store from a copy, and find nothing against it."""
    done = restore(house.url, copy, pepper_path=house.pepper_path, clock=house.clock)
    assert check(house.url, pepper_path=house.pepper_path) == []
    return done


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Where the copy goes."""
    return tmp_path / "copy.db"


def test_a_key_that_was_revoked_since_the_copy_stays_revoked(house: House, copy: Path) -> None:
    kept, lost = house.create("Kept").key, house.create("Lost").key
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, lost.id, reason="leaked")
    later = house.create("Later").key
    revision = house.store.revision()
    assert restored(house, copy) == Restored(carried_over=1, gone=1, waiting=False, moved_to=None)
    # Through connections that were open all along.
    assert (state(house, kept.id), state(house, lost.id)) == (State.ACTIVE, State.REVOKED)
    assert house.store.keys.show(house.alice, lost.id).revoke_reason == "leaked"
    with pytest.raises(KeydeckError):
        house.store.keys.show(house.alice, later.id)
    assert house.store.revision() > revision
    told = [(entry.action, entry.subject) for entry in house.store.audit_trail.newest(house.alice)]
    assert told[:2] == [("store.restored", "acme-events"), ("key.carried_over", lost.id)]
    connection: Any = sqlite_library().connect(house.store.database.path, isolation_level=None)
    with pytest.raises(sqlite_library().IntegrityError, match="final"):
        connection.execute("UPDATE keys SET revoked_at = NULL WHERE id = ?", (lost.id,))
    connection.close()


def test_what_ended_since_the_copy_has_ended(house: House, copy: Path) -> None:
    shortened, rotated = house.create("Shortened").key, house.create("Rotated").key
    prolonged = house.create("Prolonged").key
    back_up(house.url, copy)
    now = house.clock.now()
    house.store.keys.extend(house.alice, shortened.id, now + HOUR)
    house.store.rotations.rotate(house.alice, rotated.id, overlap_ms=HOUR)
    house.store.keys.extend(house.alice, prolonged.id, now + 300 * DAY)
    house.clock.advance(2 * HOUR)
    assert restored(house, copy).carried_over == 2
    assert state(house, shortened.id) is State.EXPIRED
    assert state(house, rotated.id) is State.EXPIRED
    # Longer life is what the copy does not know of: losing that revives nothing.
    assert house.store.keys.show(house.alice, prolonged.id).expires_at == prolonged.expires_at


def test_a_secret_that_was_minted_anew_is_not_the_old_one_again(house: House, copy: Path) -> None:
    key = house.create("Website").key
    first = house.store.rotations.rotate(house.alice, key.id, token="deploy-1").unwaited()
    back_up(house.url, copy)
    second = house.store.rotations.rotate(house.alice, key.id, token="deploy-1").unwaited()
    assert first.successor.id == second.successor.id
    assert restored(house, copy).carried_over == 1
    digests = stored_digest(house, second.successor.id)
    pepper = house.store.peppers
    assert pepper.matches(second.secret.reveal(), pepper.newest, digests)
    assert not pepper.matches(first.secret.reveal(), pepper.newest, digests)


def stored_digest(house: House, key_id: str) -> bytes:
    """Return a key's digest."""
    with house.store.database.reading() as connection:
        query = "SELECT digest FROM keys WHERE id = ?"
        return bytes(connection.exec_driver_sql(query, (key_id,)).scalar_one())


def test_a_workspace_that_left_the_plan_does_not_come_back_to_it(house: House, copy: Path) -> None:
    house.create()
    back_up(house.url, copy)
    house.store.operator.set_plan("acme-events", Plan.FREE)
    restored(house, copy)
    assert house.store.operator.workspace("acme-events").plan is Plan.FREE


def test_restoring_twice_is_restoring_once(house: House, copy: Path) -> None:
    key = house.create().key
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, key.id)
    for _ in range(2):
        assert restored(house, copy).carried_over == 1
        assert state(house, key.id) is State.REVOKED


def test_a_revocation_that_commits_before_the_restore_is_never_lost(
    house: House, copy: Path
) -> None:
    ids = [house.create(f"Key {number}").key.id for number in range(40)]
    back_up(house.url, copy)
    revoked: list[str] = []
    mine = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    over = threading.Event()

    def revoke() -> None:
        for key_id in ids:
            if over.is_set():
                return
            try:
                mine.keys.revoke(house.alice, key_id)
            except StoreBusy:
                continue
            revoked.append(key_id)

    thread = threading.Thread(target=revoke)
    thread.start()
    for _ in range(5):
        restored(house, copy)
    over.set()
    thread.join()
    mine.close()
    assert revoked
    assert {state(house, key_id) for key_id in revoked} == {State.REVOKED}


@pytest.mark.parametrize("harm", ["missing", "damaged", "another file"])
def test_where_the_replaced_store_cannot_be_read_nothing_is_served_until_confirmed(
    house: House, copy: Path, harm: str
) -> None:
    key = house.create("Website").key
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, key.id)
    house.store.close()
    path = house.store.database.path
    if harm == "missing":
        path.unlink()
    elif harm == "damaged":
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * 8 * 4096)
        for beside in path.parent.glob("store.db-*"):
            beside.unlink()
    else:
        path.write_bytes(b"this is a letter, not a database" * 100)
    done = restored(house, copy)
    assert done.waiting
    assert (done.moved_to is None) is (harm == "missing")
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    waiting = house.store.operator.unconfirmed()
    assert waiting is not None
    assert [one.id for _, keys in waiting for one in keys] == [key.id]
    house.store.operator.confirm_restored()
    assert house.store.operator.unconfirmed() is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_was_set_back_past_keydeck_is_not_served_for_being_restored(
    house: House, copy: Path
) -> None:
    key = house.create("Website").key
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, key.id)
    house.store.close()
    path = house.store.database.path
    for beside in path.parent.glob("store.db-*"):
        beside.unlink()
    shutil.copy(copy, path)
    # Nobody has opened it: the restore is the first who could notice.
    done = restore(house.url, copy, pepper_path=house.pepper_path, clock=house.clock)
    assert done.waiting
    (found,) = check(house.url, pepper_path=house.pepper_path)
    assert "set back" in found.sentence
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    assert house.store.operator.unconfirmed() is not None
    house.store.operator.confirm_restored()
    assert check(house.url, pepper_path=house.pepper_path) == []


def test_only_the_operator_ends_the_wait_and_no_copy_begins_one(
    house: House, copy: Path, tmp_path: Path
) -> None:
    house.create("Website")
    back_up(house.url, copy)
    house.store.close()
    house.store.database.path.unlink()
    assert restored(house, copy).waiting
    # A second restore knows no more of what was revoked than the first.
    assert restored(house, copy).waiting
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    assert house.store.operator.unconfirmed() is not None
    of_one_that_waits = tmp_path / "waiting.db"
    back_up(house.url, of_one_that_waits)
    house.store.operator.confirm_restored()
    assert not restored(house, of_one_that_waits).waiting
    assert house.store.operator.unconfirmed() is None


def test_a_copy_of_another_store_is_refused(house: House, copy: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other")
    other.clock.advance(DAY)
    back_up(other.url, copy)
    other.store.close()
    with pytest.raises(PepperWrong):
        restore(house.url, copy, pepper_path=house.pepper_path)


@pytest.mark.parametrize("content", [None, b"", b"this is a letter, not a database" * 100])
def test_what_is_no_copy_is_refused_and_the_store_left_alone(
    house: House, copy: Path, content: bytes | None
) -> None:
    key = house.create().key
    if content is not None:
        copy.write_bytes(content)
    with pytest.raises((Invalid, KeydeckError)):
        restore(house.url, copy, pepper_path=house.pepper_path)
    assert state(house, key.id) is State.ACTIVE
    assert [path.name for path in copy.parent.iterdir() if path.name.startswith(".")] == []


def test_a_restore_that_fails_half_way_changes_nothing(
    house: House, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = house.create().key
    back_up(house.url, copy)
    house.store.keys.revoke(house.alice, key.id)

    def fail(*arguments: object) -> int:
        raise RuntimeError("the power went")

    monkeypatch.setattr("store.operations.restore._carry_over", fail)
    with pytest.raises(RuntimeError):
        restore(house.url, copy, pepper_path=house.pepper_path)
    assert state(house, key.id) is State.REVOKED
    assert check(house.url, pepper_path=house.pepper_path) == []


def reopened(house: House) -> Store:
    """Return the store as another process sees it."""
    return open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)


def test_the_copy_itself_stays_as_it_was(house: House, copy: Path) -> None:
    house.create()
    back_up(house.url, copy)
    before = copy.read_bytes()
    house.create("Later", "events:read")
    restored(house, copy)
    assert copy.read_bytes() == before
    assert reopened(house).keys.counts(house.alice).active == 1
    assert (
        granted_scopes("availability:read")
        == house.store.keys.page(house.alice, KeyQuery()).keys[0].scopes
    )


def test_who_learned_a_secret_since_the_copy_has_not_unlearned_it(house: House, copy: Path) -> None:
    old = house.create("Website").key
    first = house.store.rotations.rotate(house.alice, old.id, token="a").unwaited().successor
    mia = house.add_member(role=Role.ADMIN)
    back_up(house.url, copy)
    house.store.rotations.rotate(mia, old.id, token="a")
    house.store.holders.taken(mia, first.id, KnownBy.COPIED)
    held = house.store.keys.details(house.alice, first.id).holders
    assert {(one.email, one.how) for one in held} == {
        (mia.email, KnownBy.SHOWN),
        (mia.email, KnownBy.COPIED),
    }
    restored(house, copy)
    assert house.store.keys.details(house.alice, first.id).holders == held


def test_no_key_is_left_with_an_action_that_its_resource_lacks(house: House, copy: Path) -> None:
    operator, keys = house.store.operator, house.store.keys
    operator.add_resource("invoices", actions=["read,delete"])
    wanted = from_canonical("invoices:delete")
    before = keys.create(house.alice, NewKey("Before", wanted, None)).key
    back_up(house.url, copy)
    operator.change_actions("invoices", add=["archive", "write"])
    keys.rescope(house.alice, before.id, from_canonical("invoices:archive"))
    operator.change_actions("invoices", remove=["delete"])
    restored(house, copy)
    (invoices,) = (one for one in operator.resources() if one.name == "invoices")
    assert invoices.actions == ("read", "delete", "archive", "write")
    check_known(keys.show(house.alice, before.id).scopes, operator.resources())


def test_a_code_that_was_used_since_the_copy_does_not_come_back(house: House, copy: Path) -> None:
    invited = house.store.people.add(house.alice, "mia@acme.example", "Mia").code
    operators = house.store.operator.new_code("bob@bolt.example")
    back_up(house.url, copy)
    house.store.sign_in.enrol("mia@acme.example", invited, Secret(PASSWORD))
    house.store.sign_in.enrol("bob@bolt.example", operators, Secret("another password"))
    restored(house, copy)
    for email, code in (("mia@acme.example", invited), ("bob@bolt.example", operators)):
        with pytest.raises(EnrolmentInvalid):
            house.store.sign_in.enrol(email, code, Secret("a third password"))
    # She has accepted since, and that stays so.
    assert [one.enrolled for one in house.store.people.all(house.alice)] == [True, True]


def test_who_verifies_is_not_restored(house: House, copy: Path) -> None:
    tell(house.store.database, "before")
    back_up(house.url, copy)
    tell(house.store.database, "since")
    restored(house, copy)
    assert {one.host for one in house.store.verifiers.all(house.alice)} == {"before", "since"}
    house.store.close()
    house.store.database.path.unlink()
    restored(house, copy)
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    assert house.store.verifiers.all(house.alice) == []


def test_a_leak_that_was_told_of_since_the_copy_is_not_forgotten(house: House, copy: Path) -> None:
    shown, revoked = house.create("Shown"), house.create("Revoked")
    back_up(house.url, copy)
    for issued, policy in ((shown, LeakPolicy.REPORT), (revoked, LeakPolicy.REVOKE)):
        house.store.operator.set_leak_policy(policy)
        LeakReports(house.store.transactions).take(Reported(issued.secret, "10.0.3.7", "", ""))
    restored(house, copy)
    assert Note.LEAKED in house.store.keys.show(house.alice, shown.key.id).notes(house.clock.now())
    assert house.store.keys.show(house.alice, revoked.key.id).revoked_by == LEAK_REPORTS


def test_a_connection_that_was_revoked_since_the_copy_stays_so_and_used_tokens_stay_used(
    house: House, copy: Path
) -> None:
    (lost, _), (kept, pair) = house.opened(), house.opened()
    back_up(house.url, copy)
    house.store.connections.revoke(house.alice, lost.id)
    newer = house.store.tokens.renew(pair.refresh, kept.client_id, None)
    restored(house, copy)
    now = house.clock.now()
    assert house.store.connections.show(house.alice, lost.id).state(now) is State.REVOKED
    house.store.tokens.renew(newer.refresh, kept.client_id, None)
    with pytest.raises(GrantRefused, match="used before"):
        house.store.tokens.renew(pair.refresh, kept.client_id, None)


def test_an_account_is_whose_it_was_also_where_its_number_was_given_out_again(
    house: House, copy: Path, tmp_path: Path
) -> None:
    theirs, hers = Secret("the password of Yan"), Secret("the password of Zoe")
    house.store.people.add(house.alice, "zoe@acme.example", "Zoe")
    back_up(house.url, copy)
    code = house.store.people.add(house.bob, "yan@bolt.example", "Yan", Role.ADMIN).code
    yan = house.store.sign_in.enrol("yan@bolt.example", code, theirs)
    later = tmp_path / "later.db"
    back_up(house.url, later)
    house.store.close()
    house.store.database.path.unlink()
    # It goes on without knowing of Yan, and what comes next has the number his account has later.
    restored(house, copy)
    house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    house.store.operator.confirm_restored()
    code = house.store.people.invite_anew(house.alice, "zoe@acme.example")
    zoe = house.store.sign_in.enrol("zoe@acme.example", code, hers)
    restored(house, later)
    assert [one.slug for one in house.store.sign_in.theirs(zoe)] == ["acme-events"]
    assert [one.slug for one in house.store.sign_in.theirs(yan)] == ["bolt-catering"]
    assert house.store.sign_in.sign_in("zoe@acme.example", hers) == zoe
    assert house.store.sign_in.sign_in("yan@bolt.example", theirs) == yan
