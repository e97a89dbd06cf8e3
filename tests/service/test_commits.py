"""What takes rights away is returned as done, and whoever forgets to wait is told.

The ignored errors are the promise: mypy takes an ignore that ignores nothing for an error.
"""

from dataclasses import replace

import pytest

from store.domain.audit.actions import Action
from store.errors import AlreadyRevoked
from store.operations.store import Store
from store.service.revoking import revoke_in
from tests.house import House, granted_scopes


def test_the_value_is_not_had_without_the_commits(house: House) -> None:
    done = house.store.keys.revoke(house.alice, house.create().key.id)
    with pytest.raises(AttributeError):
        assert done.name  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        key, commits = done  # type: ignore[misc]
    key, commits = done.unpack()
    assert [(one.action, one.subject) for one in commits[0].taken] == [("key.revoked", key.id)]
    assert done.unwaited() is key


def test_nothing_is_taken_away_but_in_a_mutation_whose_commit_is_returned(house: House) -> None:
    audited = house.store.audit_trail.latest(house.alice)
    workspace_id, name = house.alice.workspace_id, ("acme-events", "Acme Events")
    with (
        pytest.raises(AssertionError, match="taking_away"),
        house.store.transactions.writing(raise_revision=True) as mutation,
    ):
        mutation.audit(
            workspace_id,
            None,
            Action.WORKSPACE_PLAN_CHANGED,
            *name,
            takes_away=True,  # type: ignore[arg-type]
        )
    with house.store.transactions.writing(raise_revision=True) as plain:
        plain.audit(workspace_id, None, Action.WORKSPACE_PLAN_CHANGED, *name)
    assert not hasattr(plain, "done")
    assert house.store.audit_trail.latest(house.alice) == audited + 1


def test_it_is_done_no_sooner_than_it_is_committed(house: House) -> None:
    key = house.create().key

    def too_soon() -> None:
        with house.store.transactions.taking_away() as mutation:
            revoke_in(mutation, house.alice, key, None)
            mutation.done(key)

    with pytest.raises(AssertionError, match="once it is committed"):
        too_soon()
    assert house.store.keys.show(house.alice, key.id).revoked_at is None


def test_what_only_gives_has_nothing_to_wait_for(house: House) -> None:
    key = house.create().key
    wider = granted_scopes("availability:read events:read")
    rescoped, commits = house.store.keys.rescope(house.alice, key.id, wider).unpack()
    assert (rescoped.scopes, commits) == (wider, ())


def test_of_several_one_that_fails_takes_no_commit_of_the_others_along(house: House) -> None:
    first, second = house.create("First").key, house.create("Second").key
    house.store.keys.revoke(house.alice, second.id)
    done = house.store.keys.revoke(house.alice, first.id)
    with pytest.raises(AlreadyRevoked):
        house.store.keys.revoke(house.alice, second.id)
    receipt = house.store.in_force.wait(done.commits)
    assert receipt is not None
    assert receipt.in_force_at is not None


def test_whoever_opened_the_store_hears_of_each_commit_and_of_nothing_else(house: House) -> None:
    heard: list[tuple[str, str]] = []
    store = Store(
        replace(
            house.store.transactions,
            on_commit=lambda told: heard.extend((one.action, one.subject) for one in told),
        )
    )
    key = house.create().key
    store.keys.revoke(house.alice, key.id)
    with pytest.raises(AlreadyRevoked):
        store.keys.revoke(house.alice, key.id)
    assert heard == [("key.revoked", key.id)]
