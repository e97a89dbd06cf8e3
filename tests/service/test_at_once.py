"""What works once works once, for however many at once; what was checked holds when it is set."""

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, update

from store.credentials import passwords
from store.domain.key_string import Secret
from store.domain.people import Actor, Role
from store.errors import EnrolmentInvalid, KeydeckError, SignInFailed
from store.operations.open import open_store
from store.operations.store import Store
from store.persistence.schema import accounts
from store.service import authentication, sign_in, web_sign_in
from tests.house import PASSWORD, House

pytestmark = pytest.mark.both_engines

T = TypeVar("T")
MIA, ALICE = "mia@acme.example", "alice@acme.example"
ANOTHER = Secret("another password")
SIDE_BY_SIDE = 8


def at_once(house: House, uses: list[Callable[[Store], T]]) -> list[T]:
    """Do all of it at once, each in a process's own store, and return what was not refused."""
    barrier = threading.Barrier(len(uses))
    done: list[T] = []

    def one(use: Callable[[Store], T]) -> None:
        store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)
        barrier.wait()
        try:
            done.append(use(store))
        except KeydeckError:
            pass
        finally:
            store.close()

    threads = [threading.Thread(target=one, args=(use,)) for use in uses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def chosen(number: int) -> Secret:
    """Return the password that one of them chooses."""
    return Secret(f"password number {number}")


def enrolling(code: Secret, number: int) -> Callable[[Store], int]:
    """Choose a password with a code; return whose was taken."""

    def use(store: Store) -> int:
        store.sign_in.enrol(MIA, code, chosen(number))
        return number

    return use


def working(house: House) -> list[int]:
    """Return whose password opens what the code was for."""
    found = []
    for number in range(SIDE_BY_SIDE):
        house.clock.advance(60_000)
        try:
            house.store.sign_in.sign_in(MIA, chosen(number))
        except SignInFailed:
            continue
        found.append(number)
    return found


@pytest.mark.parametrize("whose", ["an admin's", "the operator's"])
def test_a_code_that_many_use_at_once_is_used_by_one(house: House, whose: str) -> None:
    if whose == "an admin's":
        code = house.store.people.add(house.alice, MIA, "Mia").code
    else:
        house.add_member()
        code = house.store.operator.new_code(MIA)
    done = at_once(house, [enrolling(code, number) for number in range(SIDE_BY_SIDE)])
    assert len(done) == 1
    assert working(house) == done


def test_an_invitation_is_accepted_or_enrolled_with_never_both(house: House) -> None:
    mia = house.add_member(role=Role.ADMIN)
    for _ in range(3):
        code = house.store.people.add(house.bob, MIA, "Mia", Role.ADMIN).code

        def accept(store: Store, code: Secret = code) -> Actor:
            return store.invitations.accept(mia, code)

        def enrol(store: Store, code: Secret = code) -> Actor:
            return store.sign_in.enrol(MIA, code, ANOTHER)

        done = at_once(house, [accept, enrol] * 3)
        assert len(done) == 1
        assert house.store.sign_in.standing(done[0]).role is Role.ADMIN
        house.clock.advance(60_000)
        if len(house.store.sign_in.theirs(mia)) == 1:
            house.store.sign_in.sign_in(MIA, ANOTHER)
        house.store.people.leave(house.bob, MIA)


def test_an_invitation_taken_back_at_the_same_time_lets_nobody_in(house: House) -> None:
    for _ in range(4):
        code = house.store.people.add(house.alice, MIA, "Mia").code

        def take_back(store: Store) -> Actor | None:
            store.people.leave(house.alice, MIA)
            return None

        def enrol(store: Store, code: Secret = code) -> Actor | None:
            return store.sign_in.enrol(MIA, code, ANOTHER)

        for actor in at_once(house, [enrol, take_back]):
            if actor is not None:
                with pytest.raises(KeydeckError):
                    house.store.sign_in.standing(actor)
        assert [one.email for one in house.store.people.all(house.alice)] == [ALICE]
        house.clock.advance(60_000)


def test_accounts_are_added_to_each_other_by_nobody(house: House) -> None:
    """Two invitations of one e-mail, enrolled with at once, stay apart."""
    codes = [house.store.people.add(actor, MIA, "Mia").code for actor in (house.alice, house.bob)]
    done = at_once(house, [enrolling(code, number) for number, code in enumerate(codes)])
    assert sorted(done) == [0, 1]
    for number, slug in ((0, "acme-events"), (1, "bolt-catering")):
        actor = house.store.sign_in.sign_in(MIA, chosen(number), slug)
        assert [one.slug for one in house.store.sign_in.theirs(actor)] == [slug]


def meanwhile(house: House, monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    """Let another password be chosen between checking one and what follows from it."""
    before = getattr(module, name)

    def after(*given: object, **more: object) -> object:
        found = before(*given, **more)
        monkeypatch.setattr(module, name, before)
        other = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)

        def choose() -> None:
            other.sign_in.enrol(ALICE, other.operator.new_code(ALICE), ANOTHER)
            other.close()

        thread = threading.Thread(target=choose)
        thread.start()
        thread.join()
        return found

    monkeypatch.setattr(module, name, after)


def outdate(house: House) -> None:
    """Let Alice's hash be one that is made again at the next sign-in."""
    weak = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.store.database.writing() as connection:
        connection.execute(update(accounts).where(accounts.c.id == 1).values(password_hash=weak))


@pytest.mark.parametrize("outdated", [True, False])
def test_a_password_that_was_replaced_while_it_was_checked_opens_nothing_and_does_not_come_back(
    house: House, monkeypatch: pytest.MonkeyPatch, outdated: bool
) -> None:
    if outdated:
        outdate(house)
    meanwhile(house, monkeypatch, sign_in, "proven")
    with pytest.raises(SignInFailed):
        house.store.sign_in.sign_in(ALICE, Secret(PASSWORD))
    house.clock.advance(60_000)
    with pytest.raises(SignInFailed):
        house.store.sign_in.sign_in(ALICE, Secret(PASSWORD))
    house.clock.advance(60_000)
    assert house.store.sign_in.sign_in(ALICE, ANOTHER)


def test_nor_does_it_on_the_page_where_a_connection_is_approved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile(house, monkeypatch, web_sign_in, "proven")
    with pytest.raises(SignInFailed):
        house.store.web_sign_in.sign_in(ALICE, Secret(PASSWORD), "203.0.113.7")


def test_nor_for_another_workspace_of_theirs(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    meanwhile(house, monkeypatch, passwords, "matching")
    with pytest.raises(SignInFailed):
        house.store.operator.add_workspace("Third", ALICE, Secret(PASSWORD))
    assert [one.slug for one in house.store.sign_in.workspaces()] == [
        "acme-events",
        "bolt-catering",
    ]


def test_signing_in_to_ones_own_account_wins_no_attempts_at_anothers(house: House) -> None:
    """The pause of an account is ended by its own password alone, though the e-mail is one."""
    house.store.sign_in.enrol(
        MIA, house.store.people.add(house.alice, MIA, "Mia").code, Secret("the real one's")
    )
    house.store.sign_in.enrol(
        MIA, house.store.people.add(house.bob, MIA, "Mia").code, Secret("the impostor's")
    )
    for guess in range(6):
        with pytest.raises(KeydeckError):
            house.store.sign_in.sign_in(MIA, Secret(f"guess {guess}"), "acme-events")
        house.clock.advance(1_100)
        house.store.sign_in.sign_in(MIA, Secret("the impostor's"), "bolt-catering")
    with house.store.transactions.reading() as unit:
        first = unit.attempts.of(MIA)
        apart = [
            one.subject
            for one in authentication._candidates(unit, MIA, None, "")
            if unit.attempts.of(one.subject).failures
        ]
    # After 1, 2 and 4 seconds; the guesses between were not looked at.
    assert first.failures == 3
    assert apart == [MIA]


def test_a_hash_of_the_same_e_mail_shares_its_salt_so_that_many_cost_what_one_does(
    house: House,
) -> None:
    for actor in (house.alice, house.bob):
        code = house.store.people.add(actor, MIA, "Mia").code
        house.store.sign_in.enrol(MIA, code, Secret(f"chosen for {actor.email}"))
    with house.store.database.reading() as connection:
        hashes = list(connection.execute(select(accounts.c.password_hash)).scalars())[-2:]
    first, second = (one.rpartition("$") for one in hashes)
    assert first[0] == second[0]
    assert first[2] != second[2]
    for place, actor in enumerate((house.alice, house.bob)):
        assert passwords.matching(Secret(f"chosen for {actor.email}"), hashes) == place
    assert passwords.matching(Secret("neither"), hashes) is None


def test_an_old_code_is_no_good_however_often(house: House) -> None:
    code = house.store.people.add(house.alice, MIA, "Mia").code
    house.store.sign_in.enrol(MIA, code, ANOTHER)
    for _ in range(2):
        with pytest.raises(EnrolmentInvalid):
            house.store.sign_in.enrol(MIA, code, ANOTHER)
        with pytest.raises(EnrolmentInvalid):
            house.store.invitations.accept(house.alice, code)
        house.clock.advance(60_000)
