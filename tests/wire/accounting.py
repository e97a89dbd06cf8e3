"""What a store says happened, once its verifier has ended and has written all it counted."""

from sqlalchemy import select

from store.domain.verdicts import Verdict
from store.persistence.schema import events, metadata
from tests.house import House

Events = dict[str, tuple[str, int | None]]
"""Name and guests of each event, by id."""


def standing(house: House) -> Events:
    """Return the events that there are."""
    with house.store.database.reading() as connection:
        rows = connection.execute(select(events.c.id, events.c.name, events.c.guests)).all()
    return {event_id: (name, guests) for event_id, name, guests in rows}


def used(house: House, key: str) -> dict[Verdict, int]:
    """Return how often a key of Alice's was presented, by what was decided."""
    return house.store.usage.of_key(house.alice, key, 0).traffic.by_verdict


def everything(house: House) -> str:
    """Return all there is in the store."""
    with house.store.database.reading() as connection:
        return "\n".join(
            str(row)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
        )
