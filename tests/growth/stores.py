"""Stores of a shape that tempts an engine onto the wrong index.

One workspace has nearly everything, so that its number sorts out nothing; most keys bear one name,
so that a name does not either; and nothing is as old as it is long.
"""

import os
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from store.domain.audit.entry import PURPOSE, AuditEntry, mac, written
from store.domain.key_string import random_base62
from store.domain.people import Role
from store.domain.times import DAY, MINUTE
from store.persistence import schema
from tests.house import House

ALIKE = "Nightly"
"""The name that most keys had."""
_COLLEAGUES = 20
"""To each thousand of keys."""
GROWN = {
    *("keys", "key_holders", "rotations", "audit", "sign_in_attempts", "events", "quotes"),
    *(table.name for table in schema.OF_KEYS if isinstance(table, Table)),
    *("connections", "oauth_clients", "access_tokens", "refresh_tokens", "idempotency_keys"),
}
"""The tables with about as many rows as there are keys."""

Row = dict[str, Any]


def grow(house: House, number: int) -> None:
    """Give Alice's workspace so many keys, most of them dead and of one name, and the rest."""
    pattern = house.create("Pattern").key
    connected, _ = house.opened()
    house.store.connections.revoke(house.alice, connected.id)
    now = house.clock.now()
    with house.store.database.writing() as connection:
        row = _only(connection, schema.keys, schema.keys.c.id == pattern.id)
        keys = list(_keys(row, number, now))
        _put(connection, schema.keys, keys)
        ids = [key["id"] for key in keys]
        _grow_around_keys(connection, row, ids, now)
        _grow_people(connection, number, now)
        _grow_connections(connection, connected.id, number)
        _grow_business(connection, number, now)
        _put(connection, schema.audit, entries(connection, house, ids))


def entries(connection: Connection, house: House, ids: Iterable[str]) -> Iterator[Row]:
    """Yield rows by which the audit of Alice's workspace goes on: an entry for each key."""
    audit = schema.audit
    newest = select(audit).where(audit.c.workspace_id == 1).order_by(audit.c.seq.desc()).limit(1)
    last = connection.execute(newest).mappings().one()
    key = house.store.peppers.derive(PURPOSE, last["pepper"])
    previous = last["mac"]
    for seq, key_id in enumerate(ids, last["seq"] + 1):
        entry = AuditEntry(
            *(1, seq, last["at"], 1, house.alice.email),
            *("key.confirmed", key_id, f"Key {key_id}", {}, 1),
        )
        columns = {name: getattr(entry, name) for name in entry.__slots__}
        columns |= {"details": written(entry.details), "pepper": last["pepper"]}
        made = mac(entry, previous, key)
        yield columns | {"previous_mac": previous, "mac": made}
        previous = made


def let_somebody_know_all(house: House) -> str:
    """Return the e-mail of an admin who may know every key."""
    knower = house.add_member("knower@acme.example", Role.ADMIN)
    custody = {"workspace_id": 1, "person_id": knower.person_id, "how": "custodian"}
    custody |= {"generation": 1, "since": house.clock.now()}
    with house.store.database.writing() as connection:
        ids = connection.execute(select(schema.keys.c.id)).scalars().all()
        _put(connection, schema.key_holders, ({**custody, "key_id": one} for one in ids))
    return knower.email


def let_them_approve(house: House, email: str, number: int) -> None:
    """Let somebody have approved so many assistants, all of which still look on."""
    connection, _ = house.opened()
    table, people = schema.connections, schema.people
    with house.store.database.writing() as transaction:
        row = _only(transaction, table, table.c.id == connection.id)
        row["approved_by"] = _only(transaction, people, people.c.email == email)["id"]
        _put(transaction, table, ({**row, "id": random_base62(12)} for _ in range(number)))


def _keys(row: Row, number: int, now: int) -> Iterator[Row]:
    for one in range(number):
        # Two in three bear the one name: revoked the first, run out the second.
        alike, revoked = one % 3 < 2, one % 3 == 0
        name = ALIKE if alike else f"{ALIKE} {one}"
        key_id = random_base62(12)
        yield {
            **row,
            "id": key_id,
            "lineage": key_id,
            "digest": os.urandom(32),
            "name": name,
            "name_folded": name.lower(),
            "labels": f"customer={one}",
            "created_at": now - 200 * DAY + one * MINUTE,
            "confirmed_at": now,
            "expires_at": now - DAY if alike else now + 900 * DAY,
            "revoked_at": now - 2 * DAY if revoked else None,
            "revoked_by": row["created_by"] if revoked else None,
        }


def _grow_around_keys(connection: Connection, key: Row, ids: list[str], now: int) -> None:
    mine = {"workspace_id": key["workspace_id"]}
    person_id = key["created_by"]
    holder = {**mine, "person_id": person_id, "how": "created", "generation": 1, "since": now}
    _put(connection, schema.key_holders, ({**holder, "key_id": one} for one in ids))
    tables = schema.OF_KEYS
    for table, more in (
        (tables.used, {"first_used_at": now - DAY, "last_used_at": now - MINUTE}),
        (tables.scope_used, {"scope": "events:read", "first_used_at": 1, "last_used_at": now}),
        (
            tables.callers,
            {"address": "10.0.3.7", "user_agent": "", "first_at": 1, "last_at": now, "count": 1},
        ),
        (
            tables.observed,
            {
                **{"verdict": "network", "address": "10.0.3.7", "user_agent": ""},
                **{"method": "GET", "path": "/", "first_at": 1, "last_at": now, "count": 1},
            },
        ),
        (
            tables.refusals,
            {
                **{"at": now - MINUTE, "verdict": "expired", "address": "10.0.3.7"},
                **{"user_agent": "", "method": "GET", "path": "/", "request_id": "x"},
            },
        ),
    ):
        _put(connection, table, ({**mine, **more, "key_id": one} for one in ids))
    for table, word in ((tables.verdicts, "verdict"), (tables.scopes, "scope")):
        counted = {"verdict": "valid"} if word == "verdict" else {"scope": "events:read"}
        span = {"span_ms": MINUTE, "count": 1, **counted}
        for ago in (0, 60 * MINUTE):
            at = {"starts_at": now - now % MINUTE - ago}
            _put(connection, table, ({**mine, **span, **at, "key_id": one} for one in ids))
    pairs = zip(ids[2::6], ids[5::6], strict=False)
    rotation = {**mine, "started_at": now, "started_by": person_id, "overlap_ends_at": now + DAY}
    _put(
        connection,
        schema.rotations,
        ({**rotation, "predecessor_id": old, "successor_id": new} for old, new in pairs),
    )
    answer = {
        **mine,
        **{"operation": "POST /api/v1/events", "fingerprint": "x", "status": 201},
        **{"location": "/", "etag": "", "body": "{}", "created_at": now},
    }
    _put(
        connection,
        schema.idempotency_keys,
        ({**answer, "owner": one, "digest": one} for one in ids),
    )


def _grow_people(connection: Connection, number: int, now: int) -> None:
    people, memberships = schema.people, schema.memberships
    row = _only(connection, people, people.c.workspace_id == 1)
    for one in range(number * _COLLEAGUES // 1000):
        email = f"colleague{one}@acme.example"
        del row["id"]
        row |= {"email": email, "email_folded": email, "account_id": None}
        made = connection.execute(insert(people).values(row).returning(people.c.id)).scalar_one()
        row["id"] = made
        joined = {"workspace_id": 1, "person_id": made, "role": "member", "joined_at": now}
        connection.execute(insert(memberships).values(joined))
    digests = (os.urandom(32) for _ in range(number))
    _put(
        connection,
        schema.sign_in_attempts,
        ({"email_digest": digest, "failures": 1, "last_at": now} for digest in digests),
    )


def _grow_connections(connection: Connection, connection_id: str, number: int) -> None:
    """Copy what is there of one connection, each copy under ids of its own.

    Requests for approval are not: there are so many of them at the most.
    """
    ids = [random_base62(12) for _ in range(number)]
    there = _only(connection, schema.connections, schema.connections.c.id == connection_id)
    client_id = there["client_id"]
    clients = [f"{client_id}{one}" for one in range(number)]
    before = {"created_at": there["created_at"] - DAY, "network": "10.0.3.0/24"}
    client = _only(connection, schema.oauth_clients, schema.oauth_clients.c.id == client_id)
    _put(connection, schema.oauth_clients, ({**client, **before, "id": one} for one in clients))
    older = {"created_at": before["created_at"], "name": "Copilot", "name_folded": "copilot"}
    _put(
        connection,
        schema.connections,
        (
            {**there, **older, "id": one, "client_id": client}
            for one, client in zip(ids, clients, strict=True)
        ),
    )
    for table in (schema.access_tokens, schema.refresh_tokens):
        row = _only(connection, table, table.c.connection_id == connection_id)
        _put(
            connection,
            table,
            ({**row, "id": f"{row['id']}{one}", "connection_id": one} for one in ids),
        )
    called = {"workspace_id": there["workspace_id"], "tool": "list_events", "outcome": "done"}
    called |= {"starts_at": 0, "count": 1, "last_at": 1}
    _put(connection, schema.tool_counts, ({**called, "connection_id": one} for one in ids))


def _grow_business(connection: Connection, number: int, now: int) -> None:
    event: Row = {
        "workspace_id": 1,
        "name": "Fair",
        "status": "confirmed",
        "guests": 3,
        "venue": "",
    }
    quote: Row = {
        "workspace_id": 1,
        "customer": "x",
        "currency": "EUR",
        "amount": "1",
        "status": "sent",
    }
    # Years of history, one a day.
    days = [(one, now - DAY * (one + 2)) for one in range(number)]
    _put(
        connection,
        schema.events,
        ({**event, "id": f"evt_{one}", "starts_at": at, "ends_at": at + DAY} for one, at in days),
    )
    _put(
        connection,
        schema.quotes,
        ({**quote, "id": f"quo_{one}", "event_id": f"evt_{one}"} for one, _ in days),
    )


def _only(connection: Connection, table: Table, which: Any) -> Row:
    return dict(connection.execute(select(table).where(which)).mappings().first() or {})


def _put(connection: Connection, table: Table, rows: Any) -> None:
    rows = list(rows)
    if rows:
        connection.execute(insert(table), rows)
