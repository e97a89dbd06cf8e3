"""What an entry changed, in words: of every action, and whatever somebody wrote into the table."""

from typing import Any

import pytest

from store.domain.audit.actions import Action
from store.domain.audit.changes import changed, in_full, not_known_in_force
from store.domain.audit.entry import AuditEntry

AT, LATER = "2026-06-01T12:00:00.000Z", "2026-12-24T12:00:00.000Z"
RECEIPT = {"committed_at": AT, "in_force_at": "2026-06-01T12:00:00.007Z", "verifiers": [{}, {}]}
NOT_KNOWN = {"committed_at": AT, "in_force_at": None, "trouble": "No answer."}
SAID: dict[Action, list[tuple[dict[str, Any], str]]] = {
    Action.KEY_IMPORTED: [
        ({"scopes": "a:read", "expires_at": None}, "a:read, expires never"),
    ],
    Action.KEY_CREATED: [
        ({"scopes": "events:read", "expires_at": LATER}, "events:read, expires 24 Dec 2026"),
        ({"scopes": "events:read"}, "events:read, expires never"),
        ({}, "expires never"),
    ],
    Action.KEY_SCOPED: [
        ({"added": "a:read a:write", "removed": "b:read"}, "+ a:read + a:write - b:read"),
        ({"removed": "b:read"}, "- b:read"),
    ],
    Action.KEY_TRIMMED: [({"removed": "b:read"}, "- b:read")],
    Action.KEY_DECIDED: [
        ({"leaver": "bob", "decision": "kept", "reason": "no data"}, "bob left, kept: no data"),
        ({"leaver": "bob", "decision": "revoked", "reason": None}, "bob left, revoked"),
    ],
    Action.KEY_EXTENDED: [
        ({"expires_at": LATER, "before": AT}, "to 24 Dec 2026, was 1 Jun 2026"),
        ({"expires_at": None, "before": AT}, "to never, was 1 Jun 2026"),
    ],
    Action.KEY_BEGINNING_MOVED: [
        ({"not_before": LATER, "before": AT}, "to 24 Dec 2026, was 1 Jun 2026"),
        ({"not_before": None, "before": AT}, "to at once, was 1 Jun 2026"),
    ],
    Action.KEY_ROTATED: [
        ({"overlap_ends_at": AT}, "both work until 1 Jun 2026"),
        ({"overlap_ends_at": None}, "both work until one is revoked"),
    ],
    Action.KEY_OVERLAP_EXTENDED: [({"expires_at": AT}, "both work until 1 Jun 2026")],
    Action.KEY_ROTATION_ABANDONED: [({"expires_at": AT}, "expires 1 Jun 2026")],
    Action.KEY_REVOKED: [({"reason": "seen in a log"}, "seen in a log"), ({"reason": None}, "")],
    Action.KEY_CARRIED_OVER: [
        ({"still": ["revoked", "narrowed"]}, "revoked, narrowed"),
        ({"still": ["delayed"]}, "to begin later"),
        ({"still": ["networks", "limits"]}, "with its stricter networks, with its stricter limits"),
        ({"still": ["ended", "secret"]}, "ended, or to end sooner, with its newer secret"),
    ],
    Action.KEY_IN_FORCE: [
        (RECEIPT, "on 2 verifiers after 7 ms"),
        (RECEIPT | {"verifiers": [{}]}, "on 1 verifier after 7 ms"),
        (RECEIPT | {"verifiers": []}, "after 7 ms"),
        (NOT_KNOWN, "not known: No answer."),
    ],
    Action.LEAK_REPORTED: [
        ({"url": "https://a.example/x", "reporter": "carol"}, "https://a.example/x from carol"),
        ({"reporter": "carol"}, "from carol"),
    ],
    Action.CONNECTION_APPROVED: [({"scopes": "a:read"}, "a:read, expires never")],
    Action.CONNECTION_RENEWED_AGAIN: [
        (
            {"network": "10.0.0.1", "first_network": "10.0.0.1", "after_seconds": 2},
            "from 10.0.0.1, 2 s after 10.0.0.1",
        )
    ],
    Action.CONNECTION_RENEWED_ELSEWHERE: [
        (
            {"network": "10.0.0.2", "first_network": None, "after_seconds": 0},
            "from 10.0.0.2, 0 s after unknown",
        )
    ],
    Action.CONNECTION_SCOPED: [({"removed": "b:read"}, "- b:read")],
    Action.CONNECTION_REVOKED: [({"reason": "not ours"}, "not ours")],
    Action.CONNECTION_ENDED: [({"reason": "used twice"}, "used twice")],
    Action.CONNECTION_CARRIED_OVER: [({"still": ["revoked"]}, "revoked")],
    Action.CONNECTION_IN_FORCE: [(RECEIPT, "on 2 verifiers after 7 ms")],
    Action.ROUTE_ADDED: [({"needs": "a:read", "before": None}, "takes a:read")],
    Action.ROUTE_CHANGED: [({"needs": "any", "before": "a:read"}, "takes any, took a:read")],
    Action.ROUTE_REMOVED: [({"before": "public"}, "took public")],
    Action.ROUTE_IMPORTED: [
        ({"added": 7, "changed": 0, "removed": 2}, "7 added, 2 removed"),
    ],
    Action.ROUTE_IN_FORCE: [(RECEIPT, "on 2 verifiers after 7 ms")],
    Action.TOOLS_SET: [
        (
            {"tools": 7, "upstream": "http://127.0.0.1:9000"},
            "7 tools, called at http://127.0.0.1:9000",
        )
    ],
    Action.TOOLS_REMOVED: [({"tools": 7}, "had 7")],
    Action.TOOLS_IN_FORCE: [(RECEIPT, "on 2 verifiers after 7 ms")],
    Action.WORKSPACE_PLAN_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    Action.WORKSPACE_STOP_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    Action.OWNER_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    Action.OWNER_LIMITS_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    Action.WORKSPACE_LIMITS_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    **{
        action: [({"limits": "100/1m", "before": None}, "100/1m, was none")]
        for action in (Action.KEY_LIMITS_SET, Action.OWNER_LIMITS_SET, Action.WORKSPACE_LIMITS_SET)
    },
    Action.LABEL_IN_FORCE: [(NOT_KNOWN, "not known: No answer.")],
    Action.KEY_OWNER_SET: [
        ({"after": "customer_42", "before": None}, "to customer_42, was nobody")
    ],
    Action.KEY_REMARKED: [({"after": "Ask Mia", "before": None}, "“Ask Mia”, was nothing")],
    Action.KEY_LABELLED: [({"after": None, "before": "team=a%20b"}, "none, was team=a b")],
}
ODD = [None, 7, True, "", "no date", [], ["unheard of"], [7], {}, {"how": 7}]
"""What somebody may have put in the place of a detail."""


def entry(action: str, details: Any) -> AuditEntry:
    """Return an entry of an action by Bob."""
    return AuditEntry(
        1, 7, 1_780_315_427_000, 2, "bob@acme.example", action, "id", "Website", details, 9
    )


@pytest.mark.parametrize("action", [*Action])
def test_what_an_action_changed_is_told_and_of_the_others_nothing(action: Action) -> None:
    for details, said in SAID.get(action, [(RECEIPT | NOT_KNOWN, "")]):
        assert changed(entry(action, details)) == said


@pytest.mark.parametrize("action", [*SAID])
def test_details_that_somebody_changed_break_no_history(action: Action) -> None:
    details = SAID[action][0][0]
    for field in details:
        assert isinstance(changed(entry(action, {**details, field: [7]})), str)
        for odd in ODD:
            assert isinstance(changed(entry(action, {**details, field: odd})), str)
        left = {name: value for name, value in details.items() if name != field}
        assert isinstance(changed(entry(action, left)), str)
    for odd in ODD:
        assert isinstance(changed(entry(action, odd)), str)


def test_an_entry_in_full_says_who_when_and_what() -> None:
    scoped = entry("key.scoped", {"added": "quotes:write"})
    assert in_full(scoped) == "scoped by bob@acme.example at 12:03:47 UTC (+ quotes:write)"
    assert in_full(entry("key.confirmed", {})) == "confirmed by bob@acme.example at 12:03:47 UTC"


def test_only_a_receipt_without_its_instant_is_not_known_to_be_in_force() -> None:
    for action in Action:
        receipt = action.value.endswith("in_force")
        assert not_known_in_force(entry(action, NOT_KNOWN)) is receipt
        assert not not_known_in_force(entry(action, RECEIPT))
        assert not not_known_in_force(entry(action, {}))
