"""Which receipt tells when an action is in force."""

import pytest

from store.domain.audit.actions import Action


@pytest.mark.parametrize(
    ("action", "receipt"),
    [
        (Action.KEY_REVOKED, Action.KEY_IN_FORCE),
        (Action.KEY_SCOPED, Action.KEY_IN_FORCE),
        (Action.CONNECTION_ENDED, Action.CONNECTION_IN_FORCE),
        (Action.WORKSPACE_PLAN_CHANGED, Action.WORKSPACE_PLAN_IN_FORCE),
        (Action.ROUTE_REMOVED, Action.ROUTE_IN_FORCE),
        (Action.TOOLS_REMOVED, Action.TOOLS_IN_FORCE),
    ],
)
def test_what_takes_something_away_has_the_receipt_of_what_it_was_done_to(
    action: Action, receipt: Action
) -> None:
    assert action.receipt is receipt
    assert receipt.receipt is receipt


@pytest.mark.parametrize("action", [Action.PERSON_LEFT, Action.RESOURCE_ADDED])
def test_what_can_take_nothing_away_has_none(action: Action) -> None:
    with pytest.raises(KeyError):
        assert action.receipt
