"""What the verifier counted arrives in the store, by minute and verdict."""

import pytest
from sqlalchemy import func, select

from console.text.why_words import advice
from store.domain.clock import SystemClock
from store.domain.people import Plan
from store.domain.times import DAY, MINUTE
from store.domain.usage import CALLERS_KEPT, Caller, KeyUsage
from store.domain.verdicts import Verdict
from store.persistence.schema import key_usage, verdict_counts
from tests.house import House
from tests.verifier.serving import Served, eventually, half_sent, received, wrong_secret

pytestmark = pytest.mark.both_engines


def _counts(house: House, key_id: str) -> dict[str, int]:
    """Return a key's counts by verdict, over all minutes."""
    with house.store.database.reading() as connection:
        rows = connection.execute(
            select(verdict_counts.c.verdict, func.sum(verdict_counts.c.count))
            .where(verdict_counts.c.key_id == key_id)
            .group_by(verdict_counts.c.verdict)
        )
        return {verdict: int(count) for verdict, count in rows}


def _used(house: House, key_id: str) -> tuple[int, int, str | None] | None:
    """Return when a key was first and last used and by which address."""
    with house.store.database.reading() as connection:
        row = connection.execute(select(key_usage).where(key_usage.c.key_id == key_id)).first()
    return None if row is None else (row.first_used_at, row.last_used_at, row.last_address)


def test_a_use_shows_soon(served: Served) -> None:
    issued = served.issue()
    assert _used(served.house, issued.key.id) is None
    before = SystemClock().now()
    served.ask("/verify", issued.secret.reveal())
    eventually(lambda: _used(served.house, issued.key.id) is not None)
    first, last, address = _used(served.house, issued.key.id) or (0, 0, None)
    assert before <= first == last <= SystemClock().now()
    assert address == "127.0.0.1"
    shown = served.house.store.keys.show(served.house.alice, issued.key.id)
    assert shown.last_used_at == last


def test_requests_are_counted_by_minute_and_verdict(served: Served) -> None:
    house = served.house
    issued = served.issue("events:read")
    key = issued.secret.reveal()
    began = SystemClock().now() // MINUTE
    for _ in range(3):
        served.ask("/verify", key)
    for _ in range(2):
        served.ask("/events", key)
    served.ask("/quotes", key)
    house.store.operator.set_plan("acme-events", Plan.FREE)
    served.ask("/verify", key)
    house.store.operator.set_plan("acme-events", Plan.PRO)
    house.store.keys.revoke(house.alice, issued.key.id)
    for _ in range(4):
        served.ask("/events", key)
    expected = {"valid": 5, "scope": 1, "plan": 1, "revoked": 4}
    eventually(lambda: sum(_counts(house, issued.key.id).values()) == 11)
    assert _counts(house, issued.key.id) == expected
    with house.store.database.reading() as connection:
        minutes = connection.execute(
            select(verdict_counts.c.starts_at // MINUTE, verdict_counts.c.workspace_id).where(
                verdict_counts.c.key_id == issued.key.id
            )
        ).all()
    assert {minute for minute, _ in minutes} <= set(range(began, SystemClock().now() // MINUTE + 1))
    assert {workspace for _, workspace in minutes} == {house.alice.workspace_id}


def test_a_batch_adds_to_what_stands_and_moves_the_last_use_alone(served: Served) -> None:
    issued = served.issue()
    key = issued.secret.reveal()
    served.ask("/verify", key)
    eventually(lambda: _used(served.house, issued.key.id) is not None)
    first, last, _ = _used(served.house, issued.key.id) or (0, 0, None)
    for _ in range(7):
        served.ask("/verify", key)
    eventually(lambda: _counts(served.house, issued.key.id) == {"valid": 8})
    again, later, _ = _used(served.house, issued.key.id) or (0, 0, None)
    assert again == first
    assert later > last


def test_a_refusal_is_no_use(served: Served) -> None:
    house = served.house
    house.clock.advance(-100 * DAY)
    issued = served.issue()
    house.clock.advance(100 * DAY)
    key = issued.secret.reveal()
    served.ask("/verify", key)
    served.ask("/verify", wrong_secret(key))
    served.ask("/verify", wrong_secret(key))
    eventually(lambda: _counts(house, issued.key.id) == {"expired": 1})
    assert _used(house, issued.key.id) is None


def test_a_write_that_is_refused_in_its_transaction_counts_as_refused(served: Served) -> None:
    house = served.house
    issued = served.issue("quotes:write")
    body = b'{"customer":"Jane","currency":"EUR","amount":"1"}'
    with half_sent(served.server, issued.secret.reveal(), len(body)) as wire:
        house.store.keys.revoke(house.alice, issued.key.id)
        wire.sendall(body)
        assert received(wire).status_code == 401
    eventually(lambda: _counts(house, issued.key.id).get("revoked") == 1)


def _usage(house: House, key_id: str) -> KeyUsage:
    return house.store.usage.of_key(house.alice, key_id, SystemClock().now() - DAY)


def test_each_scope_has_its_count_and_its_first_and_last_use(served: Served) -> None:
    house = served.house
    issued = served.issue("events:read quotes:read quotes:write")
    key = issued.secret.reveal()
    before = SystemClock().now()
    for path in ("/events", "/quotes", "/quotes", "/verify?scope=events:read+quotes:read"):
        assert served.ask(path, key).status_code == 200
    served.ask("/verify", key)
    served.ask("/availability", key)
    eventually(lambda: sum(_counts(house, issued.key.id).values()) == 6)
    scopes = {one.scope: one for one in _usage(house, issued.key.id).scopes}
    # Granted and never used: quotes:write. Used and never granted: nothing.
    assert {scope: one.requests for scope, one in scopes.items()} == {
        "events:read": 2,
        "quotes:read": 3,
    }
    for one in scopes.values():
        assert before <= one.first_used_at <= one.last_used_at <= SystemClock().now()


def test_a_refusal_is_remembered_with_who_asked_for_what(served: Served) -> None:
    house = served.house
    issued = served.issue("events:read")
    key = issued.secret.reveal()
    # ESC and BEL the parser refuses; 0x9b does what ESC [ does, and comes through.
    agents = {"User-Agent": b"curl/8.1 \x9b2J \xc3\xa9"}
    answer = served.ask("/quotes/qu_1?x=1", key, "PATCH", headers=agents)
    assert answer.status_code == 403
    eventually(lambda: len(_usage(house, issued.key.id).refusals) == 1)
    [refusal] = _usage(house, issued.key.id).refusals
    assert refusal.verdict is Verdict.SCOPE
    assert (refusal.method, refusal.path) == ("PATCH", "/api/v1/quotes/qu_1")
    assert (refusal.address, refusal.request_id) == ("127.0.0.1", answer.json()["request_id"])
    assert refusal.user_agent == "curl/8.1 ?2J ??"


def test_a_refusal_keeps_no_key_that_stands_in_the_path_or_the_user_agent(served: Served) -> None:
    house = served.house
    issued = served.issue("availability:read")
    key = issued.secret.reveal()
    served.ask(f"/events/{key}", key, headers={"User-Agent": f"x {key}" * 9})
    eventually(lambda: len(_usage(house, issued.key.id).refusals) == 1)
    [refusal] = _usage(house, issued.key.id).refusals
    assert refusal.path == "/api/v1/events/[key]"
    assert issued.key.id not in refusal.user_agent
    assert len(refusal.user_agent) <= 200


def test_a_refusal_for_a_scope_tells_which_was_lacking(served: Served) -> None:
    house = served.house
    issued = served.issue("availability:read")
    key = issued.secret.reveal()
    for path in ("/events", "/quotes/qt_1", "/verify?scope=events:write&scope=quotes:read"):
        assert served.ask(path, key).status_code == 403
    eventually(lambda: len(_usage(house, issued.key.id).refusals) == 3)
    refusals = _usage(house, issued.key.id).refusals
    assert {one.needed for one in refusals} == {
        ("events:read",),
        ("quotes:read",),
        ("events:write", "quotes:read"),
    }
    [newest] = [one for one in refusals if "+" in one.path]
    decision = house.store.why.explain(house.alice, newest.request_id)
    assert advice(decision, newest.at, "jw")[0].startswith(
        "It needed events:write and quotes:read;"
    )


def test_a_key_keeps_its_latest_fifty_refusals(served: Served) -> None:
    house = served.house
    issued = served.issue("availability:read")
    key = issued.secret.reveal()

    def refused(times: int) -> list[str]:
        return [served.ask("/events", key).json()["request_id"] for _ in range(times)]

    def kept() -> list[str]:
        return [one.request_id for one in _usage(house, issued.key.id).refusals]

    ids = refused(30)
    eventually(lambda: len(kept()) == 30)
    ids += refused(30)
    eventually(lambda: _counts(house, issued.key.id) == {"scope": 60})
    assert kept() == ids[::-1][:50]


def test_a_stranger_is_counted_and_remembered_with_no_key(served: Served) -> None:
    house = served.house
    issued = served.issue()
    key = issued.secret.reveal()
    served.ask("/verify", wrong_secret(key))
    served.ask("/verify", key[:-1])
    served.ask("/verify", key)
    eventually(lambda: _counts(house, issued.key.id) == {"valid": 1})
    assert _usage(house, issued.key.id).refusals == ()


def _callers(house: House, key_id: str) -> tuple[Caller, ...]:
    """Return who called with a key."""
    with house.store.transactions.reading() as unit:
        return unit.usage.callers(house.alice.workspace_id, [key_id]).get(key_id, ())


def test_a_key_knows_its_callers_by_address_and_user_agent_and_forgets_the_oldest(
    served: Served,
) -> None:
    house, issued = served.house, served.issue()
    key = issued.secret.reveal()
    before = SystemClock().now()
    # A C1 control character steers a terminal as an escape does.
    for agent in (b"Zapier", b"Zapier", f"curl/8 \x9b2J {key}".encode("latin-1")):
        served.ask("/verify", key, headers={b"User-Agent": agent})
    served.ask("/events", key, headers={"User-Agent": "refused"})
    eventually(lambda: len(_callers(house, issued.key.id)) == 2)
    found = {one.user_agent: one for one in _callers(house, issued.key.id)}
    assert found.keys() == {"Zapier", "curl/8 ?2J [key]"}
    zapier = found["Zapier"]
    assert (zapier.address, zapier.requests) == ("127.0.0.1", 2)
    assert before <= zapier.first_at <= zapier.last_at <= SystemClock().now()
    # Whatever a batch held, what is kept of a key stays small.
    for number in range(CALLERS_KEPT + 3):
        served.ask("/verify", key, headers={"User-Agent": f"agent {number}"})
    last = f"agent {CALLERS_KEPT + 2}"
    eventually(lambda: last in [one.user_agent for one in _callers(house, issued.key.id)])
    kept = [one.user_agent for one in _callers(house, issued.key.id)]
    assert len(kept) == CALLERS_KEPT
    assert "Zapier" not in kept
