"""What the verifier counted arrives in the store, by minute and verdict."""

import time

from sqlalchemy import func, select

from store.clock import SystemClock
from store.people import Plan
from store.schema import key_minutes, key_usage
from store.times import DAY, MINUTE
from tests.house import House
from tests.verifier.serving import Served, eventually, half_sent, received, wrong_secret


def _counts(house: House, key_id: str) -> dict[str, int]:
    """Return a key's counts by verdict, over all minutes."""
    with house.store.database.reading() as connection:
        rows = connection.execute(
            select(key_minutes.c.verdict, func.sum(key_minutes.c.count))
            .where(key_minutes.c.key_id == key_id)
            .group_by(key_minutes.c.verdict)
        )
        return {verdict: int(count) for verdict, count in rows}


def _used(house: House, key_id: str) -> tuple[int, int, str | None] | None:
    """Return when a key was first and last used and by which address."""
    with house.store.database.reading() as connection:
        row = connection.execute(select(key_usage).where(key_usage.c.key_id == key_id)).first()
    return None if row is None else (row.first_used_at, row.last_used_at, row.last_address)


def test_a_use_shows_within_two_seconds_or_so(served: Served) -> None:
    issued = served.issue()
    assert _used(served.house, issued.key.id) is None
    before = SystemClock().now()
    served.ask("/verify", issued.secret.reveal())
    asked = time.monotonic()
    eventually(lambda: _used(served.house, issued.key.id) is not None)
    # A batch goes out every second; the rest is room for a busy machine.
    assert time.monotonic() - asked < 5
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
            select(key_minutes.c.minute, key_minutes.c.workspace_id).where(
                key_minutes.c.key_id == issued.key.id
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
