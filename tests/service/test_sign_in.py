"""Sign-in: a failed attempt slows the next, for everybody alike, and nobody is locked out."""

from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from store.credentials import passwords
from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Role
from store.errors import NoSuchWorkspace, NotAMember, SignInFailed, TooManyAttempts
from store.operations.open import open_store
from store.persistence.repositories.sign_in_attempts import SignInAttempts
from store.persistence.schema import accounts
from tests.house import PASSWORD, House

pytestmark = pytest.mark.both_engines

ALICE = "alice@acme.example"
WRONG, RIGHT = Secret("wrong password"), Secret(PASSWORD)


def fail(house: House, email: str = ALICE) -> None:
    """Sign in with a wrong password."""
    with pytest.raises(SignInFailed):
        house.store.sign_in.sign_in(email, WRONG)


def wait_after_failing(house: House, email: str = ALICE) -> int:
    """Fail once and return the wait that brings, in milliseconds."""
    fail(house, email)
    with pytest.raises(TooManyAttempts) as caught:
        house.store.sign_in.sign_in(email, RIGHT)
    return caught.value.wait_ms


@pytest.mark.parametrize("email", [ALICE, "nobody@acme.example", "not even an e-mail", ""])
def test_the_pause_doubles_to_30_seconds_and_no_further(house: House, email: str) -> None:
    waits = []
    for _ in range(8):
        waits.append(wait_after_failing(house, email))
        house.clock.advance(waits[-1])
    assert waits == [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]


def test_after_the_pause_the_right_password_is_let_in_and_the_count_begins_anew(
    house: House,
) -> None:
    for _ in range(3):
        house.clock.advance(wait_after_failing(house))
    house.store.sign_in.sign_in(ALICE, RIGHT)
    assert wait_after_failing(house) == 1000


def test_a_millisecond_early_is_early(house: House) -> None:
    house.clock.advance(wait_after_failing(house) - 1)
    with pytest.raises(TooManyAttempts):
        house.store.sign_in.sign_in(ALICE, RIGHT)
    house.clock.advance(1)
    house.store.sign_in.sign_in(ALICE, RIGHT)


def test_restarting_does_not_help(house: House) -> None:
    fail(house)
    house.store.close()
    again = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
    with pytest.raises(TooManyAttempts):
        again.sign_in.sign_in(ALICE, RIGHT)
    again.close()


def test_one_persons_pause_is_nobody_elses(house: House) -> None:
    fail(house)
    assert house.store.sign_in.sign_in("bob@bolt.example", RIGHT)


def test_the_e_mail_is_one_however_it_is_written(house: House) -> None:
    fail(house, " ALICE@acme.example")
    with pytest.raises(TooManyAttempts):
        house.store.sign_in.sign_in(ALICE, RIGHT)


def test_a_clock_that_was_set_back_locks_nobody_out_for_longer(house: House) -> None:
    fail(house)
    house.clock.advance(-3_600_000)
    with pytest.raises(TooManyAttempts) as caught:
        house.store.sign_in.sign_in(ALICE, RIGHT)
    assert caught.value.wait_ms <= 1000


def test_attempts_side_by_side_do_not_share_a_pause(house: House) -> None:
    house.clock.advance(wait_after_failing(house))
    with house.store.database.writing() as connection:
        SignInAttempts(connection).claim(ALICE, house.clock.now())
    with pytest.raises(TooManyAttempts):
        house.store.sign_in.sign_in(ALICE, RIGHT)


def test_a_failure_is_audited_where_the_person_is_and_what_was_typed_is_kept_nowhere(
    house: House,
) -> None:
    fail(house)
    fail(house, "hunter2-typed-into-the-wrong-field")
    newest = house.store.audit_trail.newest(house.alice, limit=2)
    assert [entry.action for entry in newest] == ["person.sign_in_failed"] * 2
    assert newest[1].subject_name == ALICE
    assert newest[0].subject_name == "unknown e-mail"
    house.store.close()
    files = [path for path in Path(house.pepper_path.parent).iterdir() if path.is_file()]
    assert not any(b"hunter2" in path.read_bytes() for path in files)


def test_the_refusal_does_not_say_which_of_the_two_was_wrong(house: House) -> None:
    said = set()
    for email in (ALICE, "nobody@acme.example"):
        with pytest.raises(SignInFailed) as caught:
            house.store.sign_in.sign_in(email, WRONG)
        said.add(str(caught.value))
    assert said == {"E-mail or password is wrong. Try again."}


def test_someone_in_several_workspaces_names_one_and_learns_of_no_other(house: House) -> None:
    house.accept(house.bob, house.alice, Role.ADMIN)
    with pytest.raises(NoSuchWorkspace) as caught:
        house.store.sign_in.sign_in(ALICE, RIGHT)
    assert caught.value.known == ("acme-events", "bolt-catering")
    actor = house.store.sign_in.sign_in(ALICE, RIGHT, "bolt-catering")
    assert actor.workspace_id == house.bob.workspace_id
    with pytest.raises(NoSuchWorkspace) as caught:
        house.store.sign_in.sign_in("bob@bolt.example", RIGHT, "acme-events")
    assert caught.value.known == ("bolt-catering",)


def test_switching_the_workspace_is_audited_there_but_is_no_sign_in(house: House) -> None:
    house.accept(house.bob, house.alice, Role.ADMIN)
    signed_in = house.store.people.all(house.alice)[0].last_sign_in_at
    house.clock.advance(wait_after_failing(house))
    actor = house.store.sign_in.switch(house.alice, "bolt-catering")
    assert actor.workspace_id == house.bob.workspace_id
    assert house.store.audit_trail.newest(actor, limit=1)[0].action == "person.signed_in"
    assert house.store.people.all(house.alice)[0].last_sign_in_at == signed_in
    assert wait_after_failing(house) == 2000


def test_a_person_let_in_by_sshd_needs_a_membership_and_no_password(house: House) -> None:
    actor = house.store.sign_in.by_ssh_key(house.alice.person_id)
    assert actor == house.alice
    assert (
        house.store.audit_trail.newest(house.alice, limit=1)[0].action
        == "person.signed_in_over_ssh"
    )
    with pytest.raises(NotAMember):
        house.store.sign_in.by_ssh_key(4711)


@pytest.mark.usefixtures("strong")
def test_a_weaker_hash_is_made_anew_at_the_next_sign_in(house: House) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.store.database.writing() as connection:
        connection.execute(update(accounts).where(accounts.c.id == 1).values(password_hash=weak))
    house.store.sign_in.sign_in(ALICE, RIGHT)
    with house.store.database.reading() as connection:
        query = select(accounts.c.password_hash).where(accounts.c.id == 1)
        stored = connection.execute(query).scalar_one()
    assert stored != weak
    assert "m=65536,t=3" in stored


def test_a_hash_that_somebody_renews_meanwhile_is_still_of_the_same_password(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, left = passwords.hashed, 2

    def hashed(password: Secret, like: str | None = None) -> str:
        nonlocal left
        left -= 1
        if left:
            # From another terminal, at the same moment.
            house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD))
        return real(password)

    outdated = iter([True, True, False])
    monkeypatch.setattr(passwords, "outdated", lambda stored: next(outdated))
    monkeypatch.setattr(passwords, "hashed", hashed)
    actor = house.store.sign_in.sign_in("alice@acme.example", Secret(PASSWORD))
    assert actor == house.alice
    newest = house.store.audit_trail.newest(house.alice, limit=3)
    assert Action.PERSON_SIGN_IN_FAILED not in {entry.action for entry in newest}
