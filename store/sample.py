"""A furnished workspace for demonstrations: Acme Events, its people, keys in every state, history.

Made with the use cases themselves, at instants in the past, so that the audit tells it as it was.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy import insert

from store import schema
from store.clock import FixedClock
from store.opening import Store
from store.people import Actor, Plan, Role
from store.progress import Progress, unseen
from store.scopes import OURS, scopes
from store.secrets import ALPHABET, Secret
from store.service.ground import Ground
from store.service.keys import Issued, NewKey
from store.times import DAY, HOUR, MINUTE, end_of_day, moment
from store.verdicts import Verdict

WORKSPACE = "Acme Events"
EMAIL = "alice@acme.example"


@dataclass(frozen=True, slots=True)
class Caller:
    """An integration that keeps calling with one of the sample's keys."""

    key: Secret
    method: str
    path: str
    per_minute: float


@dataclass(frozen=True, slots=True)
class Sample:
    """How to sign in to the sample, and who calls its API."""

    workspace: str
    email: str
    password: Secret
    callers: tuple[Caller, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    """One key of the sample: when it was made, and how it is used."""

    name: str
    granted: str
    age: int
    life: int | None = 90 * DAY
    path: str = ""
    per_minute: float = 0.0
    method: str = "GET"
    used_until: int = 0
    """How long ago its last request was; live callers have 0."""
    rotate_every_days: int | None = None
    confirmed: bool = True
    holder: str | None = None
    revoked_ago: int | None = None
    reason: str | None = None


_BOB, _MIA = "bob@acme.example", "mia@acme.example"

_KEYS = (
    _Plan("Intern laptop", "events:read events:write", 200 * DAY, used_until=150 * DAY, holder=_MIA,
          revoked_ago=150 * DAY, reason="the internship ended"),
    _Plan("Old site", "events:read", 160 * DAY, used_until=64 * DAY, revoked_ago=63 * DAY,
          reason="replaced by the new website"),
    _Plan("Reporting", "events:read quotes:read", 140 * DAY, life=None, used_until=33 * DAY,
          rotate_every_days=180),
    _Plan("Warehouse sync", "events:read", 95 * DAY, life=None, path="/events", per_minute=5,
          rotate_every_days=90, holder=_BOB),
    _Plan("Request form", "events:write", 92 * DAY, path="/events", method="POST", per_minute=1),
    _Plan("Accounting", "quotes:read", 87 * DAY, path="/quotes", per_minute=0.5, holder=_MIA),
    _Plan("Zapier", "events:read events:write quotes:read", 84 * DAY, path="/quotes",
          per_minute=2, holder=_BOB),
    _Plan("BI export", "events:read quotes:read", 80 * DAY, path="/events?limit=200", per_minute=1),
    _Plan("Mobile app", "availability:read events:read events:write", 40 * DAY, path="/events",
          per_minute=40),
    _Plan("Calendar sync", "events:read", 31 * DAY, life=365 * DAY, path="/events", per_minute=6),
    _Plan("Newsletter", "availability:read events:read", 20 * DAY),
    _Plan("Partner portal", "quotes:read quotes:write", 15 * DAY, path="/availability",
          per_minute=2),
    _Plan("Website", "availability:read", 6 * DAY, path="/availability", per_minute=30),
    _Plan("Door scanner", "availability:read", 3 * DAY, path="/availability", per_minute=12),
    _Plan("Kiosk lobby", "availability:read", 2 * HOUR, confirmed=False),
)  # fmt: skip


def furnish(store: Store, password: Secret, progress: Progress = unseen) -> Sample:
    """Fill an empty store and return how to use it. Takes about half a second."""
    now = store.clock.now()
    clock = FixedClock(now - 220 * DAY)
    past = Store(Ground(store.database, store.peppers, store.prefix, clock))
    made = past.operator.add_workspace(
        WORKSPACE, EMAIL, password, admin_name="alice", plan=Plan.PRO
    )
    alice = past.sign_in.sign_in(EMAIL, password, made.slug)
    past.people.add(alice, _BOB, "bob", Role.ADMIN)
    past.people.add(alice, _MIA, "mia", Role.MEMBER)
    callers: list[Caller] = []
    usage: list[tuple[str, _Plan]] = []

    def make(plan: _Plan) -> None:
        issued = _create(past, alice, plan, clock.now())
        usage.append((issued.key.id, plan))
        if plan.per_minute:
            callers.append(Caller(issued.secret, plan.method, plan.path, plan.per_minute))

    def rotate() -> None:
        rotated = past.rotations.rotate(alice, "Zapier")
        past.keys.confirm(alice, rotated.successor.id)
        usage.append((rotated.successor.id, _Plan("Zapier", "", DAY, per_minute=4)))
        callers.append(Caller(rotated.secret, "GET", "/events", 8))

    steps: list[tuple[int, Callable[[], object]]] = [(DAY, rotate)]
    for plan in _KEYS:
        steps.append((plan.age, partial(make, plan)))
        if plan.revoked_ago is not None:
            revoke = partial(past.keys.revoke, alice, plan.name, plan.reason)
            steps.append((plan.revoked_ago, revoke))
    for done, (ago, step) in enumerate(sorted(steps, key=lambda step: -step[0])):
        progress(done, len(steps), "")
        clock.instant = now - ago
        step()
    progress(len(steps), len(steps), "")
    with store.database.writing() as connection:
        chance = random.Random(7)  # noqa: S311
        for key_id, plan in usage:
            rows = _history(alice.workspace_id, key_id, plan, now, chance)
            if rows:
                connection.execute(insert(schema.verdict_counts), rows)
                connection.execute(insert(schema.key_usage), [_use(rows, now)])
        connection.execute(insert(schema.events), _events(alice.workspace_id, now, chance))
        connection.execute(insert(schema.quotes), _quotes(alice.workspace_id, chance))
    return Sample(made.slug, EMAIL, password, tuple(callers))


def _create(past: Store, alice: Actor, plan: _Plan, now: int) -> Issued:
    wanted = NewKey(
        plan.name,
        scopes([plan.granted], OURS),
        None if plan.life is None else end_of_day(moment(now + plan.life).date()),
        plan.rotate_every_days,
        [plan.holder] if plan.holder else [],
    )
    issued = past.keys.create(alice, wanted)
    if plan.confirmed:
        past.keys.confirm(alice, issued.key.id)
    return issued


def _history(
    workspace_id: int, key_id: str, plan: _Plan, now: int, chance: random.Random
) -> list[dict[str, object]]:
    """Return the counts of the last hour of a live key, or of the last days of a silent one."""
    if not plan.per_minute and not plan.used_until:
        return []
    first, last = now - HOUR, now - plan.used_until
    if plan.used_until:
        first = last - HOUR
    rows = []
    expired = plan.life is not None and plan.age > plan.life and not plan.used_until
    refused = Verdict.EXPIRED if expired else Verdict.SCOPE
    refusing = expired or plan.name == "Partner portal"
    for minute in range(first // MINUTE, last // MINUTE):
        count = round(chance.gauss(plan.per_minute or 3, (plan.per_minute or 3) / 4))
        if count > 0:
            verdict = refused if refusing else Verdict.VALID
            rows.append(
                {
                    "workspace_id": workspace_id,
                    "key_id": key_id,
                    "starts_at": minute * MINUTE,
                    "span_ms": MINUTE,
                    "verdict": verdict.value,
                    "count": count,
                }
            )
    if refusing and rows:
        # It was used properly once, before it was refused.
        before = now - 3 * DAY
        rows.append(
            {**rows[0], "starts_at": before - before % MINUTE, "verdict": Verdict.VALID.value}
        )
    return rows


def _use(rows: list[dict[str, object]], now: int) -> dict[str, object]:
    used = [int(str(row["starts_at"])) for row in rows if row["verdict"] == Verdict.VALID.value]
    return {
        "workspace_id": rows[0]["workspace_id"],
        "key_id": rows[0]["key_id"],
        "first_used_at": min(used),
        "last_used_at": min(now, max(used)),
        "last_address": "127.0.0.1",
    }


_VENUES = ("Harbour Hall", "Old Mill", "Glass House", "North Pier")
_CUSTOMERS = ("Lindqvist AB", "Ferreira & Filhos", "Okafor Ltd", "Maison Dubois", "Tanaka KK")
_OCCASIONS = ("Summer gala", "Product launch", "Wedding", "Board dinner", "Open day", "Workshop")


def _events(workspace_id: int, now: int, chance: random.Random) -> list[dict[str, object]]:
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


def _quotes(workspace_id: int, chance: random.Random) -> list[dict[str, object]]:
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
