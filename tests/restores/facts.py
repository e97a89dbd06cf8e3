"""What a store holds of all that ends, read past its own code, and what must not begin again."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from store.persistence.database import sqlite_library

_POWER = {"member": 0, "admin": 1}
NEVER = 1 << 62


@dataclass(frozen=True)
class Credential:
    """A key or a connection, as far as it may end."""

    revoked_at: int | None
    expires_at: int
    scopes: frozenset[str]
    secret: bytes
    generation: int
    leaked: bool


@dataclass
class Facts:
    """All that may end, by whatever names it."""

    credentials: dict[str, Credential] = field(default_factory=dict)
    holders: set[tuple[Any, ...]] = field(default_factory=set)
    roles: dict[tuple[int, str], str] = field(default_factory=dict)
    passwords: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    plans: dict[int, str] = field(default_factory=dict)
    unused: set[str] = field(default_factory=set)
    """Refresh tokens that may be used yet."""
    names: dict[tuple[str, int], str] = field(default_factory=dict)
    """Whose an id is, of people and workspaces."""
    waits: bool = False
    revision: int = 0


def read(path: Path) -> Facts:
    """Return what a store in a file holds."""
    with closing(sqlite_library().connect(path)) as store:
        facts = Facts()
        for id_, revoked_at, expires_at, scopes, digest, generation, leaked_at in store.execute(
            "SELECT id, revoked_at, expires_at, scopes, digest, generation, leaked_at FROM keys"
            " UNION ALL SELECT id, revoked_at, expires_at, scopes, x'', 1, NULL FROM connections"
        ):
            facts.credentials[id_] = Credential(
                revoked_at=revoked_at,
                expires_at=NEVER if expires_at is None else expires_at,
                scopes=frozenset(scopes.split()),
                secret=digest,
                generation=generation,
                leaked=leaked_at is not None,
            )
        facts.holders = set(
            store.execute("SELECT key_id, person_id, how, generation FROM key_holders")
        )
        facts.roles = {
            (workspace, person): role
            for workspace, person, role in store.execute(
                "SELECT m.workspace_id, p.email, m.role FROM memberships m"
                " JOIN people p ON p.id = m.person_id"
            )
        }
        facts.passwords = {
            row[0]: row[1:]
            for row in store.execute("SELECT id, password_hash, password_set_at FROM accounts")
        }
        facts.plans = dict(store.execute("SELECT id, plan FROM workspaces"))
        facts.unused = {
            row[0] for row in store.execute("SELECT id FROM refresh_tokens WHERE used_at IS NULL")
        }
        facts.names = {
            ("people", id_): it for id_, it in store.execute("SELECT id, email FROM people")
        }
        facts.names |= {
            ("workspaces", id_): it for id_, it in store.execute("SELECT id, slug FROM workspaces")
        }
        (facts.waits,) = store.execute("SELECT restored_at IS NOT NULL FROM settings").fetchone()
        (facts.revision,) = store.execute("SELECT value FROM revision").fetchone()
        return facts


@dataclass
class Knowledge:
    """All that was ever so, as it was last: what is gone from a store is not forgotten here."""

    last: Facts = field(default_factory=Facts)
    left: set[tuple[int, str]] = field(default_factory=set)
    spent: set[str] = field(default_factory=set)
    """Refresh tokens that were used, or taken away."""
    _stood: dict[tuple[int, str], str] = field(default_factory=dict)

    def learn(self, now: Facts) -> None:
        """Take in what is so after somebody has changed something."""
        last = self.last
        # Of what stood in the store just now; what a restore had removed has not ended.
        self.left = (self.left | (self._stood.keys() - now.roles.keys())) - now.roles.keys()
        self.spent |= last.unused - now.unused
        self.accept(now)

    def accept(self, now: Facts) -> None:
        """Take in what is so, whatever was before."""
        last = self.last
        last.credentials |= now.credentials
        last.holders |= now.holders
        last.roles |= now.roles
        last.passwords |= now.passwords
        last.plans |= now.plans
        last.unused |= now.unused
        last.names |= now.names
        last.revision = max(last.revision, now.revision)
        self._stood = dict(now.roles)

    def confirm(self, now: Facts) -> None:
        """Take in that the operator serves what is there, although more was known before.

        Of keys and connections that are not there it is still known what became of them.
        """
        last = self.last
        last.holders = {one for one in last.holders if one[0] not in now.credentials}
        last.roles, last.passwords, last.plans, last.names = {}, {}, {}, {}
        self.left = {
            one for one in self.left if one[0] in now.plans and one[1] in now.names.values()
        } - now.roles.keys()
        self.spent -= now.unused
        self.accept(now)

    def began_again(self, now: Facts) -> Iterator[str]:
        """Tell what has ended, and has not any more."""
        last = self.last
        for id_, is_ in now.credentials.items():
            was = last.credentials.get(id_)
            if was is None:
                continue
            if was.revoked_at is not None and is_.revoked_at != was.revoked_at:
                yield f"{id_} is not revoked any more"
            if is_.expires_at > was.expires_at:
                yield f"{id_} ends later"
            if not is_.scopes <= was.scopes:
                yield f"{id_} may do more"
            if (is_.secret, is_.generation) != (was.secret, was.generation):
                yield f"{id_} opens with another secret"
            if was.leaked and not is_.leaked:
                yield f"{id_} is not leaked any more"
        known = {one for one in last.holders if one[0] in now.credentials}
        for one in known - now.holders:
            yield f"{one} is unlearned"
        for member, role in now.roles.items():
            if member in self.left:
                yield f"{member} is back"
            elif member in last.roles and _POWER[role] > _POWER[last.roles[member]]:
                yield f"{member} may do more"
        for person, word in now.passwords.items():
            if last.passwords.get(person, word) != word:
                yield f"person {person} signs in with something older"
        for workspace, plan in now.plans.items():
            if last.plans.get(workspace, plan) != plan:
                yield f"workspace {workspace} is on {plan} again"
        for token in now.unused & self.spent:
            yield f"the refresh token {token} works again"
        for whose, name in now.names.items():
            if last.names.get(whose, name) != name:
                yield f"{whose} is {name}, and was {last.names[whose]}"
        if now.revision < last.revision:
            yield "the revision has fallen"
