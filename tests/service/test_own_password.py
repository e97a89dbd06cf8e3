"""Choosing another password for oneself: the one of now is asked for, and the old one is over."""

import pytest
from sqlalchemy import select, update

from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Role
from store.domain.times import HOUR
from store.errors import (
    Invalid,
    LoginOver,
    NoPassword,
    NotAMember,
    PasswordWrong,
    SignInFailed,
    TooManyAttempts,
)
from store.persistence.schema import accounts, people
from tests.house import PASSWORD, House

pytestmark = pytest.mark.both_engines

NOW, OTHER = Secret(PASSWORD), Secret("a longer one than before")
MIA = "mia@acme.example"


def test_another_password_opens_what_the_old_one_did_and_ends_a_login(house: House) -> None:
    store = house.store
    mia = house.add_member(MIA, Role.VIEWER)
    there = house.accept(house.bob, mia)
    store.logins.begin(mia, Secret("presented"), HOUR)
    store.own_password.change(mia, NOW, OTHER)
    with pytest.raises(LoginOver):
        store.logins.resumed(mia.person_id, Secret("presented"))
    with pytest.raises(SignInFailed):
        store.sign_in.sign_in(MIA, NOW, "acme-events")
    house.clock.advance(1000)
    for slug, actor in (("acme-events", mia), ("bolt-catering", there)):
        assert store.sign_in.sign_in(MIA, OTHER, slug).person_id == actor.person_id
    told = [one.action for one in store.audit_trail.newest(house.alice)]
    assert told.count(Action.PERSON_PASSWORD_CHANGED) == 1
    # No workspace is told what somebody did in another.
    elsewhere = [one.action for one in store.audit_trail.newest(house.bob)]
    assert Action.PERSON_PASSWORD_CHANGED not in elsewhere


def test_a_wrong_one_counts_as_a_failed_sign_in_and_changes_nothing(house: House) -> None:
    store = house.store
    with pytest.raises(PasswordWrong):
        store.own_password.change(house.alice, Secret("wrong password"), OTHER)
    [newest] = store.audit_trail.newest(house.alice, limit=1)
    assert (newest.action, newest.details["failures"]) == (Action.PERSON_SIGN_IN_FAILED, 1)
    with pytest.raises(TooManyAttempts):
        store.own_password.change(house.alice, NOW, OTHER)
    house.clock.advance(1000)
    for chosen in (NOW, Secret("short"), Secret("x" * 1025)):
        with pytest.raises(Invalid):
            store.own_password.change(house.alice, NOW, chosen)
    assert store.sign_in.sign_in(house.alice.email, NOW, "acme-events") == house.alice


def test_whoever_has_none_or_has_left_changes_none(house: House) -> None:
    store = house.store
    mia, tom = house.add_member(MIA), house.add_member("tom@acme.example")
    with store.database.writing() as connection:
        theirs = select(people.c.account_id).where(people.c.id == mia.person_id)
        connection.execute(
            update(accounts)
            .where(accounts.c.id == theirs.scalar_subquery())
            .values(password_hash=None)
        )
    with pytest.raises(NoPassword):
        store.own_password.change(mia, NOW, OTHER)
    store.people.leave(house.alice, tom.email)
    with pytest.raises(NotAMember):
        store.own_password.change(tom, NOW, OTHER)
