"""A store of which each term of a filter finds some keys, or most of them, or none."""

import random

from sqlalchemy import BindParameter, bindparam, insert, select, update

from store.domain.times import DAY, HOUR
from store.persistence.schema import key_holders, key_refusals, key_usage, keys, rotations
from tests.benchmarks.filling import Row, fill
from tests.house import House

_GRANTED = [
    *("availability:read", "events:read", "events:read events:write", "quotes:read"),
    *("availability:read events:read", "events:read quotes:read quotes:write"),
]


def fill_with_variety(house: House, number: int) -> None:
    """Bring an empty store to a number of keys, of which every property is on some.

    One key in two thousand was reported leaked, one in a hundred is to be rotated, and so on; the
    same places in the list at every run.
    """
    chance = random.Random(number)
    members = [house.add_member(f"member{one}@acme.example").person_id for one in range(20)]
    now = house.clock.now()

    def vary(row: Row) -> Row:
        created = now - chance.randrange(1, 400 * DAY)
        expires = row["expires_at"]
        if expires > now:
            expires = None if chance.random() < 0.01 else now + chance.randrange(1, 400 * DAY)
        return {
            **row,
            "scopes": chance.choice(_GRANTED),
            "created_at": created,
            "created_by": chance.choice(members),
            "expires_at": expires,
            "leaked_at": now - DAY if chance.random() < 0.0005 else None,
            "rotate_every_days": 90 if chance.random() < 0.01 else None,
            "confirmed_at": None if chance.random() < 0.001 else created,
        }

    fill(house, number, vary=vary)
    with house.store.database.writing() as connection:
        ids = list(connection.execute(select(keys.c.id).order_by(keys.c.name_folded)).scalars())
        last: BindParameter[int] = bindparam("last")
        connection.execute(
            update(key_usage)
            .where(key_usage.c.key_id == bindparam("this"))
            .values(last_used_at=last),
            [{"this": one, "last": now - chance.randrange(1, 120 * DAY)} for one in ids],
        )
        custodian = {"workspace_id": 1, "how": "custodian", "generation": 1, "since": now}
        held = [one for one in ids if chance.random() < 0.01]
        rows = [{**custodian, "key_id": one, "person_id": members[0]} for one in held]
        connection.execute(insert(key_holders), rows)
        rotating = chance.sample(ids[: number // 2], min(400, number // 4))
        pairs = zip(rotating[::2], rotating[1::2], strict=False)
        row = {"workspace_id": 1, "started_at": now, "started_by": house.alice.person_id}
        pair_rows = [{**row, "predecessor_id": old, "successor_id": new} for old, new in pairs]
        connection.execute(insert(rotations), pair_rows)
        dead = chance.sample(ids[number * 8 // 10 :], min(300, number // 10))
        refusal = {"workspace_id": 1, "at": now - HOUR, "verdict": "expired", "user_agent": ""}
        refusal |= {"method": "GET", "path": "/", "request_id": "x"}
        connection.execute(insert(key_refusals), [{**refusal, "key_id": one} for one in dead])
