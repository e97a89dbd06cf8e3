"""A store of which each term of a filter finds some keys, or most of them, or none."""

from sqlalchemy import insert, text

from store.domain.times import DAY, HOUR
from store.persistence.schema import key_refusals, rotations
from tests.benchmarks.filling import NUMBERED, drawn, fill, id_of
from tests.house import House

_GRANTED = [
    *("availability:read", "events:read", "events:read events:write", "quotes:read"),
    *("availability:read events:read", "events:read quotes:read quotes:write"),
]
_MEMBERS = 20


def fill_with_variety(house: House, number: int) -> None:
    """Bring an empty store to a number of keys, of which every property is on some.

    One key in two thousand was reported leaked, one in a hundred is to be rotated, and so on; the
    same ones at every run.
    """
    first, *_ = (house.add_member(f"member{one}@acme.example").person_id for one in range(_MEMBERS))
    now = house.clock.now()
    granted = " ".join(f"WHEN {place} THEN '{one}'" for place, one in enumerate(_GRANTED))
    created = f"{now} - 1 - {drawn(1, 400 * DAY)}"
    ended = f"n * 10 >= {8 * number} AND n * 10 < {9 * number}"
    varied = {
        "scopes": f"CASE {drawn(2, len(_GRANTED))} {granted} END",
        "created_at": created,
        "created_by": f"{first} + {drawn(3, _MEMBERS)}",
        "expires_at": f"CASE WHEN {ended} THEN {now - DAY}"
        f" WHEN {drawn(4, 100)} > 0 THEN {now} + 1 + {drawn(5, 400 * DAY)} END",
        "leaked_at": f"CASE WHEN {drawn(6, 2000)} = 0 THEN {now - DAY} END",
        "rotate_every_days": f"CASE WHEN {drawn(7, 100)} = 0 THEN 90 END",
        "confirmed_at": f"CASE WHEN {drawn(8, 1000)} > 0 THEN {created} END",
    }
    fill(house, number, varied=varied, last_used_at=f"{now} - 1 - {drawn(9, 120 * DAY)}")
    held = (
        "INSERT INTO key_holders (workspace_id, key_id, person_id, how, generation, since)"
        f" SELECT workspace_id, id, {first}, 'custodian', 1, {now} FROM {NUMBERED}"
        f" WHERE {drawn(10, 100)} = 0"
    )
    pairs, dead = min(200, number // 8), min(300, number // 10)
    rotation = {"workspace_id": 1, "started_at": now, "started_by": house.alice.person_id}
    refusal = {"workspace_id": 1, "at": now - HOUR, "verdict": "expired", "user_agent": ""}
    refusal |= {"method": "GET", "path": "/", "request_id": "x"}
    # Evenly among those that are active, and among the others.
    apart, aside = number * 8 // 10 // (2 * pairs + 1), number * 2 // 10 // (dead + 1)
    with house.store.database.writing() as connection:
        connection.execute(text(held))
        connection.execute(
            insert(rotations),
            [
                {
                    **rotation,
                    "predecessor_id": id_of((2 * one + 1) * apart),
                    "successor_id": id_of((2 * one + 2) * apart),
                }
                for one in range(pairs)
            ],
        )
        connection.execute(
            insert(key_refusals),
            [{**refusal, "key_id": id_of(number - 1 - one * aside)} for one in range(dead)],
        )
