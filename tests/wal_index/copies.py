"""Many keys in one transaction: each is a copy of one that the use case made."""

from typing import NamedTuple

from sqlalchemy import insert, select

from store.domain.clock import SystemClock
from store.domain.key_string import mint
from store.domain.people import Actor
from store.domain.scopes import OURS, scopes
from store.domain.times import DAY
from store.operations.store import Store
from store.persistence.schema import keys
from store.service.keys import NewKey


class Key(NamedTuple):
    """One that nobody else changes."""

    id: str
    secret: str


def copies(store: Store, actor: Actor, number: int) -> list[Key]:
    """Make keys that may read availability and events for a day."""
    granted = scopes(["availability:read", "events:read"], OURS)
    wanted = NewKey(f"Pattern {mint('jw').id}", granted, SystemClock().now() + DAY)
    pattern = store.keys.create(actor, wanted).key.id
    made = []
    with store.database.writing() as connection:
        found = connection.execute(select(keys).where(keys.c.id == pattern)).mappings().one()
        row = dict(found)
        for _ in range(number):
            minted = mint("jw")
            name = f"Key {minted.id}"
            own = {
                "id": minted.id,
                "digest": store.peppers.digest(minted.key, row["pepper"]),
                "name": name,
                "name_folded": name.casefold(),
            }
            connection.execute(insert(keys).values({**row, **own}))
            made.append(Key(minted.id, minted.key.reveal()))
    return made
