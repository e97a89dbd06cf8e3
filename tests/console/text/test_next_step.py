"""The one thing to do next: what is most pressing, on both sides of its boundary."""

from dataclasses import replace

import pytest

from console.text.next_step import ADVICE, NextStep, next_step, successor_keeps, unneeded
from console.text.situation import Situation
from console.text.why_words import advice
from store.domain.keys import Key
from store.domain.people import Plan, Workspace
from store.domain.right_sizing import Proposal, proposal
from store.domain.routes.route import route
from store.domain.scopes import OURS, from_canonical
from store.domain.times import DAY, HOUR, MINUTE, SECOND
from store.domain.usage import KeyUsage, Refusal, ScopeUse, Traffic
from store.domain.verdicts import Verdict
from store.service.keys import Details
from store.service.why import Explanation, Whose
from tests.house import NOON

KEY = Key(
    id="4fQ2xAbCdEfG",
    workspace_id=1,
    name="Website",
    scopes=from_canonical("events:read"),
    created_at=NOON - 60 * DAY,
    created_by="alice@acme.example",
    expires_at=NOON + 90 * DAY,
    lifetime_ms=90 * DAY,
    rotate_every_days=None,
    confirmed_at=NOON - DAY,
    revoked_at=None,
    revoked_by=None,
    revoke_reason=None,
    last_used_at=NOON - MINUTE,
    predecessor=None,
    successor=None,
    rotating=False,
    revision=1,
)


def step(key: Key, *refusals: tuple[Verdict, int]) -> NextStep | None:
    """Return what is next for a key of which `events:read` was used, with refusals so long ago."""
    return next_step(details(key, *refusals), NOON, "jw")


def details(key: Key, *refusals: tuple[Verdict, int]) -> Details:
    """Return what is known of such a key."""
    usage = KeyUsage(
        traffic=Traffic(NOON - HOUR, {}, {}, {}, "10.0.3.7"),
        first_used_at=NOON - 60 * DAY,
        last_used_at=key.last_used_at,
        scopes=(ScopeUse("events:read", 1, NOON - 60 * DAY, NOON),),
        refusals=tuple(
            Refusal(NOON - past, verdict, "10.0.3.7", "", "GET", "/", "id")
            for verdict, past in refusals
        ),
    )
    return Details(key, (), usage, (), ())


def whose_advice(key: Key) -> str:
    """Return what `why` says of a request with a revoked key."""
    workspace = Workspace(1, "acme", "Acme", Plan.PRO)
    whose = Whose(workspace, key, 1, ())
    decision = Explanation("revoked", NOON, (), None, None, whose)
    return " ".join(advice(decision, NOON, "jw"))


def key(**more: object) -> Key:
    """Return the key with something else about it."""
    return replace(KEY, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("seen", "verb", "sentence"),
    [
        (
            key(leaked_at=NOON - MINUTE),
            "r",
            "Found leaked 1 min ago. First find out who calls with it: that may be whoever found "
            "it. If it is yours, rotate it, put the new one in place, and revoke this one.",
        ),
        (key(leaked_at=NOON, last_used_at=None), "X", "Found leaked now. Revoke it."),
        (
            key(confirmed_at=None),
            "r",
            "Nobody said that it is stored. If it was lost, rotate it.",
        ),
        # To rotate a successor would end the key that is in use.
        (
            key(confirmed_at=None, predecessor="9hTmAbCdEfGh", rotating=True),
            "X",
            "Nobody said that it is stored. If it was lost, revoke it and rotate jw_9hTmA… again.",
        ),
        (
            key(confirmed_at=None, predecessor="9hTmAbCdEfGh", rotating=False),
            "r",
            "Nobody said that it is stored. If it was lost, rotate it.",
        ),
        (
            key(confirmed_at=None, successor="9hTmAbCdEfGh", rotating=True),
            "r",
            "Used 1 min ago by 10.0.3.7. Once jw_9hTmA… is in use there, finish the rotation.",
        ),
        (key(confirmed_at=None, expires_at=NOON + DAY), "r", "Nobody said that it is stored."),
        (key(expires_at=NOON + 3 * DAY), "r", "Rotate it: it stops in 3 d."),
        (key(expires_at=NOON + 3 * DAY, last_used_at=NOON - 40 * DAY), "X", "Unused for 40 d."),
        (
            key(successor="9hTmAbCdEfGh", rotating=True),
            "r",
            "Used 1 min ago by 10.0.3.7. Once jw_9hTmA… is in use there, finish the rotation.",
        ),
        (
            key(successor="9hTmAbCdEfGh", rotating=True, last_used_at=NOON - DAY),
            "r",
            "This one is quiet. See whether jw_9hTmA… has taken over, and finish.",
        ),
        (
            key(predecessor="9hTmAbCdEfGh", rotating=True, last_used_at=None),
            "",
            "Put it where jw_9hTmA… is used.",
        ),
        (key(rotate_every_days=30), "r", "Rotate it: that was due 30 d ago."),
        (key(rotate_every_days=66), "r", "Rotate it: that is due in 6 d."),
        (key(over_limit_at=NOON - HOUR), "l", "Refused 1 h ago by a limit. Raise it, or tell"),
        (key(last_used_at=NOON - 30 * DAY), "X", "Unused for 30 d."),
        (key(last_used_at=None), "X", "Never used in 60 d."),
    ],
)
def test_the_most_pressing_thing_comes_with_the_key_that_does_it(
    seen: Key, verb: str, sentence: str
) -> None:
    found = step(seen)
    assert found is not None
    assert found.key == verb
    assert found.sentence.startswith(sentence)


def test_what_a_key_could_do_without_is_told_with_what_was_seen() -> None:
    both = key(scopes=from_canonical("events:read events:write"))
    usage = KeyUsage(Traffic(NOON, {}, {}, {}, None), NOON, NOON, (), ())
    uses = (ScopeUse("events:read", 12_430, NOON - 84 * DAY, NOON),)

    def told(unused: str) -> NextStep | None:
        seen = proposal(both, from_canonical(unused), NOON - 84 * DAY, uses)
        return next_step(Details(both, (), usage, (), (), seen), NOON, "jw")

    seen = "never used in 84 days, 12,430 requests with events:read."
    assert told("events:write") == NextStep("t", f"events:write: {seen}")
    gone = told("events:read events:write")
    assert gone is not None
    assert gone.key == "X"


def test_nobody_is_told_to_hand_a_new_key_to_whoever_may_have_found_the_old() -> None:
    out = key(leaked_at=NOON - DAY, revoked_at=NOON - HOUR, successor="9hTmAbCdEfGh")
    found = step(out, (Verdict.REVOKED, MINUTE))
    assert found is not None
    assert found.sentence == (
        "Still presented 1 min ago by 10.0.3.7. First find out who calls with it: that may be "
        "whoever found it. If it is yours, put jw_9hTmA… there."
    )
    told = whose_advice(out)
    assert told.index("first find out") < told.index("put jw_9hTmA… there")
    assert "find out" not in whose_advice(replace(out, leaked_at=None))


@pytest.mark.parametrize(
    "seen",
    [
        KEY,
        key(expires_at=None),
        key(last_used_at=None, created_at=NOON - 13 * DAY),
        key(predecessor="9hTmAbCdEfGh", rotating=True),
        key(expires_at=NOON),
        key(revoked_at=NOON - DAY),
    ],
)
def test_where_nothing_presses_nothing_is_said(seen: Key) -> None:
    assert step(seen) is None


def test_a_dead_key_that_is_still_presented_is_traced_to_its_caller() -> None:
    found = step(key(revoked_at=NOON - 9 * DAY), (Verdict.REVOKED, 4 * MINUTE))
    said = "Still presented 4 min ago by 10.0.3.7."
    assert found == NextStep("n", f"{said} Find out who that is; what is yours needs a new key.")
    replaced = key(revoked_at=NOON - 9 * DAY, successor="b" * 12)
    found = step(replaced, (Verdict.REVOKED, 4 * MINUTE))
    assert found == NextStep("", f"{said} Put jw_bbbbb… there.")
    assert step(key(revoked_at=NOON - 9 * DAY), (Verdict.REVOKED, DAY)) is None


def test_a_refusal_for_a_scope_asks_for_a_decision() -> None:
    found = step(KEY, (Verdict.SCOPE, 2 * HOUR))
    assert found == NextStep(
        "s", "Refused 2 h ago for a scope it lacks: GET /. Grant it, or tell its holder."
    )
    known = refusing(KEY, path="/api/v1/x?scope=events:write+quotes:read")
    assert next_step(known, NOON, "jw") == NextStep(
        "s",
        "Refused now for events:write, quotes:read, which it lacks: GET /api/v1/x. Grant it, or "
        "tell its holder.",
    )
    assert step(KEY, (Verdict.SCOPE, DAY)) is None


def test_a_caller_without_an_address_is_not_named() -> None:
    dead = refusing(key(revoked_at=NOON), verdict=Verdict.REVOKED, address=None)
    found = next_step(dead, NOON, "jw")
    assert found is not None
    assert found.sentence.startswith("Still presented now by an unknown address.")
    seen = details(key(**OLDER))
    unknown = replace(seen.usage, traffic=replace(seen.usage.traffic, last_address=None))
    found = next_step(replace(seen, usage=unknown), NOON, "jw")
    assert found is not None
    assert found.sentence.startswith("Used 1 min ago. Once jw_9hTmA…")


def test_trimmed_alone_an_old_key_leaves_its_scopes_to_its_successor() -> None:
    old = key(rotating=True, successor="b" * 12)
    said = " Its successor, jw_bbbbb…, still has what was taken away."
    assert successor_keeps(old, "jw") == said
    assert successor_keeps(KEY, "jw") == ""
    # It was replaced once, and is not being replaced; it replaces another.
    assert successor_keeps(replace(old, rotating=False), "jw") == ""
    assert successor_keeps(replace(old, successor=None), "jw") == ""


UNNEEDED = Proposal(KEY, KEY.scopes, NOON - 60 * DAY, never=True, used=())
OLDER = {"successor": "9hTmAbCdEfGh", "rotating": True}
NEWER = {"predecessor": "9hTmAbCdEfGh", "rotating": True}
REVOKED = {"revoked_at": NOON - HOUR}
# Each is a key that the rows below it would say something else of.
ROWS = {
    "presented, and replaced": details(
        key(successor="9hTmAbCdEfGh", **REVOKED), (Verdict.REVOKED, MINUTE)
    ),
    "presented": details(key(leaked_at=NOON, **REVOKED), (Verdict.EXPIRED, MINUTE)),
    "ended": details(key(leaked_at=NOON, **REVOKED)),
    "stopped": details(key(stopped_at=NOON, leaked_at=NOON)),
    "leaked, in use": details(key(leaked_at=NOON)),
    "leaked": details(key(leaked_at=NOON, **OLDER)),
    "unconfirmed successor": details(key(confirmed_at=None, **NEWER)),
    "unconfirmed": details(key(confirmed_at=None, expires_at=NOON + DAY)),
    "expiring": details(key(expires_at=NOON + DAY, rotate_every_days=30)),
    "rotating, in use": details(key(**OLDER)),
    "rotating, quiet": details(key(last_used_at=NOON - DAY, rotate_every_days=30, **OLDER)),
    "rotating, not taken over": details(key(last_used_at=None, **NEWER)),
    "rotating": details(key(rotate_every_days=30, **NEWER)),
    "rotation due": details(key(rotate_every_days=30), (Verdict.SCOPE, HOUR)),
    "lacking a scope": details(key(last_used_at=None), (Verdict.SCOPE, HOUR)),
    "asking for what no route names": details(key(last_used_at=None), (Verdict.ROUTE, HOUR)),
    "never used": details(key(last_used_at=None)),
    "new": replace(details(key(last_used_at=None, created_at=NOON)), unneeded=UNNEEDED),
    "idle": replace(details(key(last_used_at=NOON - 30 * DAY)), unneeded=UNNEEDED),
    "over a limit": details(key(over_limit_at=NOON)),
    "with scopes it does not use": replace(details(KEY), unneeded=UNNEEDED),
}


@pytest.mark.parametrize("at", range(len(ADVICE)), ids=[row.about for row in ADVICE])
def test_each_row_says_what_the_rows_below_it_would_not(at: int) -> None:
    row = ADVICE[at]
    situation = Situation(ROWS[row.about], NOON, "jw")
    above = [other.about for other in ADVICE[:at] if other.applies(situation)]
    assert not above
    assert row.applies(situation)
    said = row.step(situation)
    assert next_step(ROWS[row.about], NOON, "jw") == said
    below = next((other for other in ADVICE[at + 1 :] if other.applies(situation)), None)
    assert said != (below.step(situation) if below is not None else None)


def refusing(
    key: Key,
    verdict: Verdict = Verdict.SCOPE,
    *,
    address: str | None = "10.0.3.7",
    path: str = "/mcp",
) -> Details:
    """Return what is known of a key that was refused just now."""
    seen = details(key)
    last = Refusal(NOON, verdict, address, "", "GET", path, "id")
    return replace(seen, usage=replace(seen.usage, refusals=(last,)))


FORTNIGHT = 14 * DAY


@pytest.mark.parametrize(
    ("seen", "sentence"),
    [
        # Whoever used it a fortnight ago may need it no more.
        (key(expires_at=NOON + DAY, last_used_at=NOON - FORTNIGHT + 1), "Rotate it: it stops"),
        (key(expires_at=NOON + DAY, last_used_at=NOON - FORTNIGHT), None),
        (key(expires_at=NOON + DAY, last_used_at=None), "Never used in 60 d."),
        (
            key(expires_at=NOON + DAY, last_used_at=None, created_at=NOON - FORTNIGHT + 1),
            "Rotate it: it stops",
        ),
        (key(last_used_at=None, created_at=NOON - FORTNIGHT), "Never used in 14 d."),
        (key(last_used_at=None, created_at=NOON - FORTNIGHT + 1), None),
        # A day of silence is quiet.
        (key(successor="b" * 12, rotating=True, last_used_at=NOON - DAY + 1), "Used "),
        (key(successor="b" * 12, rotating=True, last_used_at=None), "This one is quiet."),
        (key(leaked_at=NOON, last_used_at=NOON - DAY + 1), "Found leaked now. First find out"),
        (key(leaked_at=NOON, last_used_at=NOON - DAY), "Found leaked now. Revoke it."),
        (key(leaked_at=NOON, successor="b" * 12), "Found leaked now. Revoke it."),
        # Its rotation is over.
        (key(confirmed_at=None, successor="b" * 12), "Nobody said that it is stored."),
        (key(last_used_at=None, predecessor="b" * 12, created_at=NOON), None),
        # A successor that is being replaced itself: it is older than what comes next.
        (
            key(confirmed_at=None, predecessor="a" * 12, successor="b" * 12, rotating=True),
            "Used 1 min ago by 10.0.3.7. Once jw_bbbbb…",
        ),
        # To rotate what is being rotated, or has just been, helps nobody.
        (key(expires_at=NOON + DAY, predecessor="b" * 12, rotating=True), None),
        (key(expires_at=NOON + DAY, successor="b" * 12, rotating=True), "Used 1 min ago"),
        (key(rotate_every_days=60), "Rotate it: that was due now."),
        (
            key(rotate_every_days=60, created_at=NOON - 60 * DAY - SECOND + 1),
            "Rotate it: that was due now.",
        ),
        (
            key(rotate_every_days=60, created_at=NOON - 60 * DAY - SECOND),
            "Rotate it: that was due 1 s ago.",
        ),
        (key(rotate_every_days=60, created_at=NOON - 60 * DAY + MINUTE), "Rotate it: that is due"),
    ],
)
def test_what_is_said_changes_at_its_boundary(seen: Key, sentence: str | None) -> None:
    found = step(seen)
    if sentence is None:
        assert found is None
    else:
        assert found is not None
        assert found.sentence.startswith(sentence)


def test_only_a_refusal_for_being_dead_is_of_a_key_that_is_still_presented() -> None:
    assert step(key(revoked_at=NOON), (Verdict.SCOPE, MINUTE)) is None
    assert step(KEY, (Verdict.PLAN, MINUTE)) is None
    # Its clock was set back meanwhile: it works.
    assert step(KEY, (Verdict.EXPIRED, MINUTE)) is None


def test_the_last_refusal_is_the_one_that_is_told() -> None:
    found = step(key(revoked_at=NOON), (Verdict.REVOKED, MINUTE), (Verdict.EXPIRED, HOUR))
    assert found is not None
    assert found.sentence.startswith("Still presented 1 min ago")
    found = step(KEY, (Verdict.SCOPE, MINUTE), (Verdict.SCOPE, HOUR))
    assert found is not None
    assert found.sentence.startswith("Refused 1 min ago")


def test_the_routes_that_nobody_called_are_named_and_so_is_what_was_asked_for() -> None:
    named = {"GET /quotes": "quotes:read", "POST /events": "events:write", "GET /health": "public"}
    named |= {"PUT /events/{id}": "events:write quotes:read", "DELETE /events/{id}": "events:write"}
    table = [route(text, [needs], OURS) for text, needs in named.items()]

    def told(unused: str) -> str:
        return unneeded(proposal(KEY, from_canonical(unused), NOON - 84 * DAY, (), table), NOON)

    assert told("events:write") == (
        "events:write: never used in 84 days, nor was POST /events or PUT /events/{id} or 1 more "
        "called"
    )
    assert "nor was GET /quotes or PUT /events/{id} called" in told("quotes:read")
    assert told("availability:read") == "availability:read: never used in 84 days"
    found = step(KEY, (Verdict.ROUTE, MINUTE))
    assert found == NextStep(
        "", "Refused 1 min ago: no route names GET /. If it may pass, add one: 6, then n."
    )


@pytest.mark.parametrize(
    ("never", "used", "told"),
    [
        (True, (), "events:read: never used in 60 days"),
        (False, (("a:read", 1),), "events:read: not used in 60 days, 1 request with a:read"),
        (
            True,
            (("a:read", 9_000), ("b:read", 2), ("c:read", 1), ("d:read", 1)),
            "events:read: never used in 60 days, 9,000 requests with a:read, 2 with b:read, "
            "1 with c:read",
        ),
    ],
)
def test_of_the_scopes_in_use_the_first_three_are_told_with_their_requests(
    never: bool, used: tuple[tuple[str, int], ...], told: str
) -> None:
    seen = Proposal(KEY, KEY.scopes, NOON - 60 * DAY, never=never, used=used)
    assert unneeded(seen, NOON) == told
