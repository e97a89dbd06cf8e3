"""A real store, on SQLite or PostgreSQL, and the people in it, for any test that wants one."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from store.domain.clock import FixedClock, SystemClock
from store.domain.connections import Connection
from store.domain.credential import Credential
from store.domain.key_string import Secret
from store.domain.keys import Key
from store.domain.people import Actor, Plan, Role
from store.domain.scopes import OURS, Scopes, scopes
from store.domain.times import DAY, MINUTE
from store.domain.usage import ToolOutcome
from store.domain.verdicts import Verdict
from store.operations.open import create_store, open_store
from store.operations.store import Store
from store.persistence.database import sqlite_library
from store.persistence.schema import OF_CONNECTIONS
from store.service.authorization_requests import Brought, Wanted
from store.service.keys import Issued, NewKey
from store.service.tokens import Pair, Presented
from store.verifier.usage.batch import Batch
from store.verifier.usage.rows import write

NOON = 1_795_521_600_000
"""2026-11-24 12:00 UTC, when every test begins."""

CALLBACK = "http://127.0.0.1:33418/callback"
RESOURCE = "https://here.example/mcp"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, appendix B."""

PASSWORD = "correct horse battery"


@dataclass
class House:
    """A store with the workspaces Acme Events (alice) and Bolt Catering (bob), both on pro."""

    url: str
    pepper_path: Path
    store: Store
    clock: FixedClock
    alice: Actor
    bob: Actor

    def create(
        self, name: str = "Website", granted: str = "availability:read", actor: Actor | None = None
    ) -> Issued:
        """Make a key of 90 days, by default Alice's."""
        return self.store.keys.create(
            actor or self.alice,
            NewKey(name, granted_scopes(granted), self.clock.now() + 90 * DAY),
        )

    def ask(
        self,
        name: str = "Claude",
        asked: str = "availability:read events:read",
        resource: str = RESOURCE,
    ) -> Brought:
        """Let an assistant ask for approval, as its browser would bring it."""
        client = self.store.clients.register(name, [CALLBACK], "127.0.0.1")
        wanted = Wanted(
            client.id,
            CALLBACK,
            "state",
            CHALLENGE,
            granted_scopes(asked),
            resource,
        )
        return self.store.authorization_requests.ask(wanted, "127.0.0.1")

    def connect(
        self,
        name: str = "Claude",
        granted: str = "availability:read events:read",
        actor: Actor | None = None,
    ) -> Connection:
        """Approve an assistant for 30 days, by default as Alice."""
        ask = self.ask(name, granted).ask
        return self.store.authorization_requests.approve(
            actor or self.alice, ask.id, granted_scopes(granted), "30d"
        ).unwaited()

    def calls(self, connection: Connection, *tools: str) -> None:
        """Let an assistant have called some tools, the first of them last."""
        whose = Credential(
            connection.id, connection.workspace_id, "", "", "", b"", "", "", None, None
        )
        batch, now = Batch(), self.clock.now()
        batch.count(whose, Verdict.VALID, now, None, (), b"")
        for number, tool in enumerate(tools):
            batch.call(whose, tool, ToolOutcome.DONE, now - number * MINUTE)
        write(self.store.database, batch, OF_CONNECTIONS)

    def opened(self, granted: str = "availability:read events:read") -> tuple[Connection, Pair]:
        """Approve an assistant and return its first tokens."""
        made, presented = self.code(granted)
        return made, self.store.tokens.exchange(presented)

    def code(
        self, granted: str = "availability:read events:read", resource: str = RESOURCE
    ) -> tuple[Connection, Presented]:
        """Approve an assistant and return what it presents to have its first tokens."""
        brought = self.ask("Claude", granted, resource)
        made = self.store.authorization_requests.approve(
            self.alice, brought.ask.id, granted_scopes(granted), "30d"
        ).unwaited()
        place = self.store.authorization_requests.pick_up(
            brought.ask.id, brought.browser, "https://here.example"
        )
        code = parse_qs(urlsplit(place).query)["code"][0]
        return made, Presented(
            Secret(code),
            brought.ask.client_id,
            CALLBACK,
            Secret(VERIFIER),
            brought.ask.resource,
        )

    def add_member(self, email: str = "mia@acme.example", role: Role = Role.MEMBER) -> Actor:
        """Add an enrolled person to Alice's workspace."""
        added = self.store.people.add(self.alice, email, email.partition("@")[0], role)
        return self.store.sign_in.enrol(email, added.code, Secret(PASSWORD), "acme-events")

    def accept(self, into: Actor, person: Actor, role: Role = Role.MEMBER) -> Actor:
        """Let an admin invite somebody who is in elsewhere, and them accept; return them there."""
        added = self.store.people.add(into, person.email, person.name, role)
        return self.store.invitations.accept(person, added.code)


def use(house: House, key: Key, *needed: str, times: int = 1) -> None:
    """Let a verifier have counted requests with a key now, each of which needed some scopes."""
    batch, now = Batch(), house.clock.now()
    row = Credential(key.id, key.workspace_id, "", "pro", key.name, b"", "", "", None, None)
    for _ in range(times):
        batch.count(row, Verdict.VALID, now, "10.0.3.7", needed)
    write(house.store.database, batch)


def granted_scopes(text: str) -> Scopes:
    """Return the scopes written in a text, of keydeck's own resources."""
    return scopes([text], OURS)


def moved_in(
    pattern: House, folder: Path, clock: FixedClock | None = None, url: str | None = None
) -> House:
    """Give a copy of a house that nobody has open: on SQLite, or in a database copied already.

    Its clock is at the present instant by default. Making one anew takes a second, most of it for
    its people's passwords.
    """
    clock = clock or FixedClock(SystemClock().now())
    pepper_path = folder / "pepper"
    shutil.copy(pattern.pepper_path, pepper_path)
    if url is None:
        path = folder / "store.db"
        shutil.copy(pattern.store.database.path, path)
        url = f"sqlite:///{path}"
    store = open_store(url, pepper_path=pepper_path, clock=clock)
    return replace(pattern, url=url, pepper_path=pepper_path, store=store, clock=clock)


def build(folder: Path, url: str | None = None) -> House:
    """Make the house in a folder, by default with its store."""
    clock = FixedClock(NOON)
    url = url or f"sqlite:///{folder / 'store.db'}"
    pepper_path = folder / "pepper"
    store = create_store(url, pepper_path=pepper_path, clock=clock)
    actors = []
    for workspace, email in (
        ("Acme Events", "alice@acme.example"),
        ("Bolt Catering", "bob@bolt.example"),
    ):
        made = store.operator.add_workspace(workspace, email, Secret(PASSWORD), plan=Plan.PRO)
        actors.append(store.sign_in.sign_in(email, Secret(PASSWORD), made.slug))
    return House(url, pepper_path, store, clock, *actors)


def meddle(house: House, *statements: str) -> None:
    """Change the audit as somebody with the file and any SQLite shell could."""
    connection: Any = sqlite_library().connect(house.store.database.path, isolation_level=None)
    for rule in ("updated", "deleted"):
        connection.execute(f"DROP TRIGGER audit_is_never_{rule}")
    for statement in statements:
        connection.execute(statement)
    connection.close()
