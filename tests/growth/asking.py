"""What a verifier does, on a store of a test's, with each statement counted."""

from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx

from store.verifier.api_keys import key_authenticator
from store.verifier.app import App
from store.verifier.context import WorkerContext
from store.verifier.resources.availability import Availability
from store.verifier.resources.collection import Collection
from store.verifier.resources.kinds import KINDS
from store.verifier.resources.pages import Window, window_at
from store.verifier.usage.pruning import Pruning
from store.verifier.usage.roll_up import roll_up_some
from tests.growth.work import Tally
from tests.house import House
from tests.invariants.prepared import names

API = "/api/v1"
_GRANTED = "events:read events:write quotes:read quotes:write availability:read"


async def ask_everything(house: House) -> None:
    """Let a worker answer each kind of request, write its usage, and tidy up."""
    secret = house.create(f"Asker {next(names)}", _GRANTED).secret
    dead = house.create(f"Dead {next(names)}")
    house.store.keys.revoke(house.alice, dead.key.id)
    context = WorkerContext(house.url, pepper_path=house.pepper_path, clock=house.clock)
    app = App(context)
    transport = httpx.ASGITransport(app)
    bearer = {"Authorization": f"Bearer {secret.reveal()}"}
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            event = {"name": "Fair", "starts_at": "2027-01-01T10:00:00Z"}
            event |= {"ends_at": "2027-01-01T12:00:00Z"}
            sent = {"headers": bearer | {"Idempotency-Key": '"once"'}, "json": event}
            made = await client.post(f"{API}/events", **sent)  # type: ignore[arg-type]
            assert made.status_code == 201, made.text
            again = await client.post(f"{API}/events", **sent)  # type: ignore[arg-type]
            assert again.json() == made.json()
            page = (await client.get(f"{API}/events?limit=5", headers=bearer)).json()
            one = f"/events/{made.json()['id']}"
            more = f"/events?limit=5&cursor={page['next']}"
            for path in ("/verify", one, more, "/quotes?limit=5", "/availability"):
                answered = await client.get(f"{API}{path}", headers=bearer)
                assert answered.status_code == 200, answered.text
            changed = await client.patch(
                f"{API}{one}", headers=bearer, json={"status": "cancelled"}
            )
            assert changed.status_code == 200, changed.text
            quote = {"event_id": made.json()["id"], "customer": "x", "currency": "EUR"}
            quoted = await client.post(
                f"{API}/quotes", headers=bearer, json=quote | {"amount": "1.00"}
            )
            assert quoted.status_code == 201, quoted.text
            for path in ("/healthz", "/readyz", "/metrics"):
                assert (await client.get(path)).status_code == 200
            refused = {"Authorization": f"Bearer {dead.secret.reveal()}"}
            assert (await client.get(f"{API}/verify", headers=refused)).status_code == 401
        await context.usage.flush()
        await context.connection_usage.flush()
    finally:
        await app.close()
        context.close()
    database = house.store.database
    roll_up_some(database, house.clock.now())
    Pruning(lambda: database, house.clock).prune_some(database)


def look_everything_up(house: House, tally: Tally) -> None:
    """Let the hot read of a verifier read all it can, on a connection of its own."""
    issued = house.create("Looked up", _GRANTED).key
    context = WorkerContext(house.url, pepper_path=house.pepper_path, clock=house.clock)
    with closing(context):
        lookup = context.lookup
        driver: Any = lookup._connection  # type: ignore[attr-defined]
        if not house.store.database.on_sqlite:
            # What the server has counted is told of one transaction.
            driver.autocommit = False
        credential = lookup.key(issued.id)
        assert credential is not None
        reads: list[tuple[str, Callable[..., object], *tuple[object, ...]]] = [
            ("", lookup.key, "0" * 12),
            ("", lookup.token, "0" * 12),
            ("", lookup.rotated_at, credential),
            ("", lookup.actions, "events"),
            ("", lookup.check_readable),
            ("", lookup.leak_policy),
            ("", lookup.fingerprints),
        ]
        keys = key_authenticator(context)
        reads += [("", Availability(keys).days_for, credential, None, None)]
        for kind in KINDS:
            things = Collection(keys, kind, API)
            page = things.page_for(credential, Window(5, None))
            assert page.next is not None
            (first, *_), name = page.things, kind.name
            reads += [
                (name, things.page_for, credential, Window(5, None)),
                (f"more {name}", things.page_for, credential, window_at(5, page.next, kind.order)),
                (name, things.one_for, credential, first.tagged["id"]),
            ]
        for what, read, *given in reads:
            tally.begin(driver, read.__qualname__, what or read.__name__, given)
            read(*given)
            tally.end(driver)
