"""The sample's events and quotes, for the API to answer with."""

import random

from store.domain.key_string import ALPHABET
from store.domain.times import DAY, HOUR

_VENUES = ("Harbour Hall", "Old Mill", "Glass House", "North Pier")
_CUSTOMERS = ("Lindqvist AB", "Ferreira & Filhos", "Okafor Ltd", "Maison Dubois", "Tanaka KK")
_OCCASIONS = ("Summer gala", "Product launch", "Wedding", "Board dinner", "Open day", "Workshop")


def events(workspace_id: int, now: int, chance: random.Random) -> list[dict[str, object]]:
    """Return rows of events around an instant."""
    midnight = now // DAY * DAY
    return [
        {
            "id": _id("ev", chance),
            "workspace_id": workspace_id,
            "name": f"{chance.choice(_OCCASIONS)} {chance.choice(_CUSTOMERS)}",
            "starts_at": midnight + day * DAY + 16 * HOUR,
            "ends_at": midnight + day * DAY + 22 * HOUR,
            "venue": chance.choice(_VENUES),
            "guests": chance.randrange(20, 400),
            "status": chance.choice(("confirmed", "confirmed", "option", "cancelled")),
        }
        for day in sorted(chance.sample(range(-20, 60), 24))
    ]


def quotes(workspace_id: int, chance: random.Random) -> list[dict[str, object]]:
    """Return rows of quotes."""
    return [
        {
            "id": _id("qu", chance),
            "workspace_id": workspace_id,
            "event_id": None,
            "customer": chance.choice(_CUSTOMERS),
            "currency": "EUR",
            "amount": f"{chance.randrange(500, 20000)}.00",
            "status": chance.choice(("draft", "sent", "accepted", "declined")),
        }
        for _ in range(12)
    ]


def _id(kind: str, chance: random.Random) -> str:
    return f"{kind}_" + "".join(chance.choice(ALPHABET) for _ in range(12))
