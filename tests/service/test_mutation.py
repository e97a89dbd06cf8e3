"""One change in the making: the audit has it, wherever that is, or there is nothing to have."""

from pathlib import Path

import pytest

from store.domain.audit.actions import Action
from store.domain.leaks.policy import LeakPolicy
from store.errors import ResourceTaken
from store.operations.open import create_store
from tests.house import House


def test_nobody_says_from_outside_that_it_is_audited(house: House) -> None:
    with (
        pytest.raises(AttributeError),
        house.store.transactions.writing(raise_revision=True) as mutation,
    ):
        mutation.accounted_for = True  # type: ignore[misc]


def test_what_the_operator_does_to_the_store_is_in_the_audit_of_each_workspace(
    house: House,
) -> None:
    house.store.operator.add_resource("invoices", "Invoices")
    house.store.operator.set_leak_policy(LeakPolicy.REVOKE)
    for actor, slug, name in (
        (house.alice, "acme-events", "Acme Events"),
        (house.bob, "bolt-catering", "Bolt Catering"),
    ):
        policy, added = house.store.audit_trail.newest(actor, limit=2)
        assert (added.action, added.subject, added.subject_name, added.actor_id) == (
            "resource.added",
            "invoices",
            "Invoices",
            None,
        )
        assert (policy.action, policy.subject, policy.subject_name) == (
            "store.leak_policy_changed",
            slug,
            name,
        )
        assert policy.details == {"policy": "revoke", "before": "report"}


def test_a_store_without_a_workspace_can_be_changed_although_no_audit_has_it(
    tmp_path: Path,
) -> None:
    store = create_store(f"sqlite:///{tmp_path / 'new.db'}", pepper_path=tmp_path / "pepper")
    store.operator.add_resource("invoices")
    store.operator.set_leak_policy(LeakPolicy.OFF)
    with pytest.raises(ResourceTaken):
        store.operator.add_resource("invoices")
    assert store.operator.leak_policy() is LeakPolicy.OFF
    store.close()


def test_what_is_left_unchanged_was_not_audited_before(house: House) -> None:
    last = house.store.audit_trail.latest(house.alice)
    with house.store.transactions.writing(raise_revision=False) as unchanged:
        unchanged.leave_unchanged()

    def both() -> None:
        with house.store.transactions.writing(raise_revision=False) as mutation:
            mutation.audit(
                house.alice.workspace_id, None, Action.WORKSPACE_COLOUR_CHANGED, "a", "b"
            )
            mutation.leave_unchanged()

    with pytest.raises(AssertionError, match="what is audited is a change"):
        both()
    assert house.store.audit_trail.latest(house.alice) == last
