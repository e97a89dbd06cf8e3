"""A store that lives: what admins, assistants and its operator do to it, by real use cases."""

import copy
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from store.domain.audit.actions import Action
from store.domain.clock import FixedClock
from store.domain.decision import NOTHING
from store.domain.key_string import Secret
from store.domain.keys import State
from store.domain.leaks.policy import LeakPolicy
from store.domain.listing import KeyQuery
from store.domain.people import KnownBy, Plan, Role
from store.domain.times import DAY, HOUR
from store.domain.verdicts import Verdict
from store.errors import AlreadyAMember, Invalid, KeydeckError, StoreMoved
from store.operations.backup import back_up
from store.operations.move import copy_store
from store.operations.open import open_store
from store.operations.restore import restore
from store.service.keys import NewKey
from store.service.leaks import LeakReports, Reported
from store.service.tokens import Pair
from store.verifier.lookup.open import open_lookup
from store.verifier.verify import verify
from tests.house import NOON, House, granted_scopes, moved_in
from tests.restores.facts import Facts, Knowledge, read

SCOPES = ("events:read", "events:read quotes:read", "quotes:read", "availability:read events:read")


class Revived(AssertionError):
    """Something that had ended works again."""


class World:
    """One store, its backups, and all that was ever so."""

    def __init__(self, pattern: House, folder: Path) -> None:
        self.folder = folder
        self.house = moved_in(pattern, folder, FixedClock(NOON))
        self.backups: list[Path] = []
        self.issued: list[tuple[str, Secret]] = []
        self.pairs: dict[str, Pair] = {}
        self.knowledge = Knowledge()
        self.lost = False
        """Whether the store's file was ever lost or set back."""
        self._number = 0
        self.knowledge.accept(self.facts())

    def twin(self, folder: Path) -> "World":
        """Return another that has lived as this one has, in a folder that is not there yet."""
        self.house.store.close()
        shutil.copytree(self.folder, folder)
        twin = copy.copy(self)
        twin.folder, twin.knowledge = folder, copy.deepcopy(self.knowledge)
        twin.backups = [folder / one.name for one in self.backups]
        twin.issued, twin.pairs = list(self.issued), dict(self.pairs)
        house = self.house
        twin.house = replace(
            house,
            url=f"sqlite:///{folder / self.path.name}",
            pepper_path=folder / house.pepper_path.name,
            clock=FixedClock(house.clock.now()),
        )
        twin.reopen()
        return twin

    @property
    def path(self) -> Path:
        """The store's file."""
        return self.house.store.database.path

    def facts(self) -> Facts:
        """Return what the store holds."""
        return read(self.path)

    def close(self) -> None:
        """Close the store."""
        self.house.store.close()

    def number(self) -> int:
        """Return another number each time."""
        self._number += 1
        return self._number

    # What people do.

    def do(self, what: str, which: int) -> None:
        """Do something to one of what there is; what a rule refuses is not done."""
        if self.facts().waits:
            self.confirm_restored()
        with suppress(KeydeckError, Nothing):
            CHANGES[what](self, which)
        self.knowledge.learn(self.facts())
        self.check()

    def create(self, which: int) -> None:
        """Make a key."""
        ends = self.house.clock.now() + (30 + which) * DAY if which % 3 else None
        wanted = NewKey(f"Key {self.number()}", granted_scopes(SCOPES[which % 4]), ends)
        issued = self.house.store.keys.create(self.house.alice, wanted)
        self.issued.append((issued.key.id, issued.secret))

    def key(self, which: int) -> Any:
        """Return a key of those that work."""
        every = self.house.store.keys.page(self.house.alice, KeyQuery(), limit=200).keys
        now = self.house.clock.now()
        working = [key for key in every if key.state(now) is State.ACTIVE]
        # Not as the store has them, which goes by chance where they were made at one instant.
        order = {key_id: number for number, (key_id, _) in enumerate(self.issued)}
        return _one(sorted(working, key=lambda key: order.get(key.id, -1)), which)

    def revoke(self, which: int) -> None:
        """Revoke a key."""
        self.house.store.keys.revoke(self.house.alice, self.key(which).id)

    def rescope(self, which: int) -> None:
        """Narrow or widen a key."""
        key = self.key(which)
        scopes = granted_scopes(SCOPES[which % 4])
        self.house.store.keys.rescope(self.house.alice, key.id, scopes)

    def expire(self, which: int) -> None:
        """Let a key end sooner or later."""
        ends = self.house.clock.now() + (1 + which * 7 % 90) * DAY
        self.house.store.keys.extend(self.house.alice, self.key(which).id, ends)

    def rotate(self, which: int) -> None:
        """Give a key a successor, or the successor another secret."""
        key = self.key(which)
        done = self.house.store.rotations.rotate(
            self.house.alice, key.id, token=key.id, overlap_ms=HOUR if which % 2 else None
        ).unwaited()
        self.issued.append((done.successor.id, done.secret))

    def confirm(self, which: int) -> None:
        """Say that a key is stored."""
        self.house.store.keys.confirm(self.house.alice, self.key(which).id)

    def learn(self, which: int) -> None:
        """Copy a key."""
        self.house.store.holders.taken(self.house.alice, self.key(which).id, KnownBy.COPIED)

    def leak(self, which: int) -> None:
        """Report a key, whose report revokes it or not."""
        secret = _one(self.issued, which)[1]
        policy = LeakPolicy.REVOKE if which % 2 else LeakPolicy.REPORT
        self.house.store.operator.set_leak_policy(policy)
        LeakReports(self.house.store.transactions).take(Reported(secret, "10.0.3.7", "", ""))

    def plan(self, which: int) -> None:
        """Switch the plan."""
        self.house.store.operator.set_plan("acme-events", Plan.PRO if which % 3 else Plan.FREE)

    def connect(self, which: int) -> None:
        """Connect an assistant."""
        made, pair = self.house.opened(SCOPES[1])
        self.pairs[made.id] = pair

    def connection(self, which: int) -> Any:
        """Return a connection."""
        every = self.house.store.connections.all(self.house.alice)
        order = {made_id: number for number, made_id in enumerate(self.pairs)}
        return _one(sorted(every, key=lambda made: order.get(made.id, -1)), which)

    def narrow(self, which: int) -> None:
        """Narrow a connection."""
        scopes = granted_scopes(SCOPES[0])
        self.house.store.connections.narrow(self.house.alice, self.connection(which).id, scopes)

    def disconnect(self, which: int) -> None:
        """Revoke a connection."""
        self.house.store.connections.revoke(self.house.alice, self.connection(which).id)

    def renew(self, which: int) -> None:
        """Use a refresh token."""
        made = self.connection(which)
        pair = self.pairs.get(made.id)
        if pair is None:
            raise Nothing
        self.pairs[made.id] = self.house.store.tokens.renew(pair.refresh, made.client_id, None)

    def join(self, which: int) -> None:
        """Add somebody, who was here before or not."""
        role = Role.ADMIN if which % 2 else Role.MEMBER
        self.house.store.people.add(self.house.alice, f"p{which}@acme.example", "P", role)

    def member(self, which: int) -> str:
        """Return the e-mail of somebody other than Alice."""
        every = self.house.store.people.all(self.house.alice)
        return str(_one([one for one in every if one.email != self.house.alice.email], which).email)

    def come_and_go(self, which: int) -> None:
        """Add somebody, and let them go."""
        with suppress(AlreadyAMember):
            self.join(which)
        self.knowledge.learn(self.facts())
        self.house.store.people.leave(self.house.alice, f"p{which}@acme.example")

    def leave(self, which: int) -> None:
        """Let somebody go."""
        self.house.store.people.leave(self.house.alice, self.member(which))

    def role(self, which: int) -> None:
        """Make somebody an admin, or no admin any more."""
        role = Role.ADMIN if which % 2 else Role.MEMBER
        self.house.store.people.set_role(self.house.alice, self.member(which), role)

    def password(self, which: int) -> None:
        """Choose another password."""
        with self.house.store.transactions.keeping() as unit:
            account = unit.people.account_id(self.house.alice.person_id)
            # As slow as it is to make one, it need not fit anything.
            unit.accounts.set_password(account or 0, f"hash {self.number()}", unit.now)

    def open_workspace(self, which: int) -> None:
        """Add a workspace."""
        email, number = self.house.alice.email, self.number()
        with self.house.store.transactions.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            made = unit.workspaces.add(f"w{number}", f"W {number}", Plan.PRO, mutation.now)
            person = unit.people.add(made.id, email, "Alice", mutation.now)
            unit.people.join(made.id, person, Role.ADMIN, mutation.now, None)
            mutation.audit(
                made.id, None, Action.WORKSPACE_CREATED, made.slug, made.name, admin=email
            )

    def pass_time(self, which: int) -> None:
        """Let hours pass."""
        self.house.clock.advance(which * HOUR)

    # What the operator does.

    def back_up(self) -> None:
        """Make a backup."""
        target = self.folder / f"backup {self.number()}.db"
        back_up(self.house.url, target)
        self.backups.append(target)

    def restore(self, which: int) -> None:
        """Restore a backup over the store."""
        backup = _one(self.backups, which)
        try:
            done = restore(
                *(self.house.url, backup),
                pepper_path=self.house.pepper_path,
                clock=self.house.clock,
            )
        except Invalid as error:
            # Of one that was set back an id may be somebody else's in a copy from before.
            if self.lost:
                return
            raise Revived(str(error)) from None
        if done.waiting and not self.lost:
            raise Revived("a restore waits although nothing was lost")
        self.check()
        now = self.facts()
        if not now.waits:
            self.knowledge.accept(now)

    def lose(self, which: int) -> None:
        """Lose the store's file, and nothing else; restore a backup in its place."""
        backup = _one(self.backups, which)
        self._unlink()
        self.restore(self.backups.index(backup))
        self.reopen()

    def _unlink(self) -> None:
        self.lost = True
        self.house.store.close()
        for ending in ("", "-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)

    def set_back(self, which: int) -> None:
        """Put a backup in the store's place by hand."""
        backup = _one(self.backups, which)
        self._unlink()
        shutil.copy(backup, self.path)
        self.reopen()
        self.check()

    def reopen(self) -> None:
        """Open the store as another process does."""
        house = self.house
        house.store.close()
        house.store = open_store(house.url, pepper_path=house.pepper_path, clock=house.clock)

    def confirm_restored(self) -> None:
        """Say that what is there may be served as it is."""
        if self.facts().waits:
            self.house.store.operator.confirm_restored()
            self.knowledge.confirm(self.facts())
        self.check()

    def move(self) -> None:
        """Copy the store elsewhere, and go on there."""
        house, before = self.house, self.house.url
        after = f"sqlite:///{self.folder / f'moved {self.number()}.db'}"
        copy_store(before, after)
        house.store.close()
        try:
            open_store(before, pepper_path=house.pepper_path).close()
        except StoreMoved:
            pass
        else:
            raise Revived("the store that was left is used on")
        house.url = after
        house.store = open_store(after, pepper_path=house.pepper_path, clock=house.clock)
        self.knowledge.accept(self.facts())
        self.check()

    def check(self) -> None:
        """Raise Revived where something that had ended works, and is served."""
        now = self.facts()
        if now.waits:
            return
        for what in self.knowledge.began_again(now):
            raise Revived(what)

    def ask(self) -> None:
        """Ask a verifier about every secret that was ever issued. Raises Revived."""
        now, house = self.facts(), self.house
        if now.waits:
            return
        lookup = open_lookup(house.store.database)
        try:
            for key_id, secret in self.issued:
                was = self.knowledge.last.credentials[key_id]
                right = house.store.peppers.matches(
                    secret.reveal(), house.store.peppers.newest, was.secret
                )
                alive = right and was.revoked_at is None and house.clock.now() < was.expires_at
                found = verify(
                    secret.reveal(),
                    prefix=house.store.prefix,
                    find=lookup.key,
                    peppers=house.store.peppers,
                    request=NOTHING,
                    clock=house.clock,
                ).verdict
                if found is Verdict.VALID and not alive:
                    raise Revived(f"{key_id} is let in")
        finally:
            lookup.close()


class Nothing(Exception):
    """There is nothing to do that to."""


def _one(some: Any, which: int) -> Any:
    if not some:
        raise Nothing
    return some[which % len(some)]


CHANGES: dict[str, Callable[[World, int], None]] = {
    one.__name__: one
    for one in (
        *(World.create, World.revoke, World.rescope, World.expire, World.rotate, World.confirm),
        *(World.learn, World.leak, World.plan, World.connect, World.narrow, World.disconnect),
        *(World.renew, World.join, World.come_and_go, World.leave, World.role, World.password),
        *(World.open_workspace, World.pass_time),
    )
}
