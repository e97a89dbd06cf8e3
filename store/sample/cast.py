"""Who plays in the sample: people, keys, and what each key is used for."""

from dataclasses import dataclass
from typing import NamedTuple

from store.domain.times import DAY, HOUR
from store.domain.verdicts import Verdict

WORKSPACE = "Acme Events"
EMAIL = "alice@acme.example"
BOB, MIA = "bob@acme.example", "mia@acme.example"


class Use(NamedTuple):
    """What a key is called for, again and again."""

    scope: str
    """The scope a call needs."""
    per_minute: float
    """Calls a minute at the busiest time of a weekday."""
    path: str = "/events"
    method: str = "GET"
    verdict: Verdict = Verdict.VALID
    weekend: float = 0.3
    """How much of it is left on Saturdays and Sundays."""
    until: int = 0
    """How many milliseconds ago it ended; 0 for a caller that is live."""
    since: int | None = None
    """How many milliseconds ago it began; None for when the key was made."""
    shift: float = 0.0
    """What the last hour adds to it or takes from it, from -1 to 1."""


@dataclass(frozen=True, slots=True)
class SampleKey:
    """One key of the sample: when it was made, and how it is used."""

    name: str
    granted: str
    age: int
    uses: tuple[Use, ...] = ()
    life: int | None = 90 * DAY
    address: str = "10.0.3.7"
    agent: str = "python-requests/2.32.3"
    by_bob: bool = False
    rotate_every_days: int | None = None
    confirmed: bool = True
    holders: tuple[str, ...] = ()
    revoked_ago: int | None = None
    reason: str | None = None


_READ_EVENTS, _WRITE_EVENTS = "events:read", "events:write"
_READ_QUOTES, _WRITE_QUOTES = "quotes:read", "quotes:write"
_READ_DAYS = "availability:read"

PARTS = (
    SampleKey("Intern laptop", "events:read events:write", 200 * DAY, holders=(MIA,),
         uses=(Use(_READ_EVENTS, 1, until=151 * DAY), Use(_WRITE_EVENTS, 0.2, until=153 * DAY)),
         address="10.0.9.31", revoked_ago=150 * DAY, reason="the internship ended"),
    SampleKey("Old site", "events:read", 160 * DAY, address="203.0.113.9", agent="curl/7.88.1",
         uses=(Use(_READ_EVENTS, 9, until=64 * DAY),
               Use(_READ_EVENTS, 0.05, verdict=Verdict.REVOKED, since=63 * DAY)),
         revoked_ago=63 * DAY, reason="replaced by the new website"),
    SampleKey("Reporting", "events:read quotes:read", 140 * DAY, life=None, rotate_every_days=180,
         uses=(Use(_READ_EVENTS, 2, until=33 * DAY), Use(_READ_QUOTES, 1, until=33 * DAY)),
         address="10.0.5.2", agent="Metabase/0.50"),
    SampleKey("Warehouse sync", "events:read quotes:read", 95 * DAY, life=None,
         rotate_every_days=90, uses=(Use(_READ_EVENTS, 5),),
         address="10.0.3.7", agent="warehouse-sync/4.1",
         holders=(BOB, MIA)),
    SampleKey("Request form", "events:write", 92 * DAY, address="10.0.4.12", agent="WordPress/6.6",
         uses=(Use(_WRITE_EVENTS, 1, method="POST", until=36 * HOUR),
               Use(_WRITE_EVENTS, 1, method="POST", verdict=Verdict.EXPIRED, since=36 * HOUR))),
    SampleKey("Accounting", "quotes:read", 87 * DAY, uses=(Use(_READ_QUOTES, 0.5, "/quotes"),),
         address="10.0.3.40", agent="Datev-Connect/2.3", holders=(MIA,)),
    SampleKey("Zapier", "events:read events:write quotes:read", 84 * DAY, holders=(MIA,),
         uses=(Use(_READ_EVENTS, 6, shift=-0.9), Use(_READ_QUOTES, 1, "/quotes", until=2 * DAY)),
         address="54.86.9.50", agent="Zapier", by_bob=True),
    SampleKey("BI export", "events:read quotes:read", 80 * DAY,
         uses=(Use(_READ_EVENTS, 1, "/events?limit=200"), Use(_READ_QUOTES, 1, until=41 * DAY)),
         address="10.0.5.18", agent="dlt/1.4"),
    SampleKey("Mobile app", "availability:read events:read events:write", 40 * DAY,
         uses=(Use(_READ_EVENTS, 34, weekend=1.3), Use(_READ_DAYS, 6, "/availability")),
         address="10.0.1.4", agent="AcmeApp/3.8 (iOS 18.1)", by_bob=True),
    SampleKey("Calendar sync", "events:read", 31 * DAY, life=365 * DAY,
         uses=(Use(_READ_EVENTS, 6),), address="10.0.3.9", agent="Google-Calendar-Importer"),
    SampleKey("Newsletter", "availability:read events:read", 20 * DAY, holders=(MIA,), by_bob=True),
    SampleKey("Partner portal", "quotes:read quotes:write", 15 * DAY, address="198.51.100.23",
         uses=(Use(_READ_QUOTES, 3, "/quotes"),
               Use(_READ_DAYS, 0.3, "/availability", verdict=Verdict.SCOPE, since=9 * DAY)),
         agent="axios/1.7.7", holders=(BOB,)),
    SampleKey("Website", "availability:read", 6 * DAY, address="10.0.2.80", agent="next.js/15.0",
         uses=(Use(_READ_DAYS, 30, "/availability", weekend=1.4),)),
    SampleKey("Door scanner", "availability:read", 3 * DAY, address="10.0.8.3", agent="scanner/1.0",
         uses=(Use(_READ_DAYS, 12, "/availability", weekend=1.2),)),
    SampleKey("Kiosk lobby", "availability:read", 2 * HOUR, confirmed=False),
)  # fmt: skip

ROTATED = "Zapier"
ROTATED_AGO = DAY
SUCCESSOR_USES = (
    Use(_READ_EVENTS, 7, shift=0.9),
    Use(_WRITE_EVENTS, 0.3, method="POST", shift=0.9),
)
