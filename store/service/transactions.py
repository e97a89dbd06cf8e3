"""What every use case stands on: transactions, standing, and the audit entry none may forget."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from store.credentials.peppers import Peppers
from store.domain.audit.entry import Committed
from store.domain.clock import Clock
from store.domain.leases.clock import own_clock
from store.domain.people import LOOKING, Actor, CameBy, Plan, Role, Workspace
from store.errors import AdminsOnly, NotAMember, NotForMembers, PlanRequired, SshKeyOver, StoreMoved
from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.commits import Commit
from store.service.mutation import Mutation, TakingMutation

M = TypeVar("M", bound=Mutation)

OnCommit = Callable[[Sequence[Committed]], None]
"""Called after each mutation's commit, with what the audit says of it."""


_REHEARSING: ContextVar[bool] = ContextVar("rehearsing", default=False)


class _TakenBackError(Exception):
    """A mutation was only rehearsed."""


class Needs(Enum):
    """What an actor must be to do something. Checked again in every transaction."""

    MEMBER = "member"
    VIEWER = "viewer or admin"
    PRO_VIEWER = "viewer or admin of a pro workspace"
    ADMIN = "admin"
    PRO_ADMIN = "admin of a pro workspace"


def untold(_: Sequence[Committed]) -> None:
    """Tell nobody what was committed."""


@dataclass(frozen=True, slots=True)
class Transactions:
    """An open store, as the use cases see it."""

    database: Database
    peppers: Peppers
    prefix: str
    clock: Clock
    high_water: HighWaterMark = field(default_factory=HighWaterMark)
    own_clock: Callable[[], float] = own_clock
    """In seconds; leases are counted on it."""
    on_commit: OnCommit = untold

    @contextmanager
    def reading(self) -> Iterator[Unit]:
        """Give a unit that sees one consistent picture and changes nothing."""
        with self.database.reading() as connection:
            yield Unit(connection, self.clock.now(), self.peppers)

    @contextmanager
    def writing(self, *, raise_revision: bool) -> Iterator[Mutation]:
        """Give a mutation under the revision lock; `raise_revision` when verdicts may change.

        Nothing is committed unless the mutation wrote an audit entry. It takes no right away:
        what does needs `taking_away`.
        """
        with self._mutating(Mutation, raise_revision=raise_revision) as mutation:
            yield mutation

    @contextmanager
    def taking_away(self, *, raise_revision: bool = True) -> Iterator[TakingMutation]:
        """Give a mutation that may take rights away; after it, `done` is what is returned."""
        with self._mutating(TakingMutation, raise_revision=raise_revision) as mutation:
            yield mutation

    @contextmanager
    def rehearsing(self) -> Iterator[None]:
        """Let mutations be made and taken back: what refuses them is raised, and nothing is kept.

        What a use case returns is what it would have changed.
        """
        token = _REHEARSING.set(True)
        try:
            yield
        finally:
            _REHEARSING.reset(token)

    @contextmanager
    def _mutating(self, kind: type[M], *, raise_revision: bool) -> Iterator[M]:
        footing = None
        taking = issubclass(kind, TakingMutation)
        try:
            # What is only rehearsed has nothing of the reserve, nor goes before anybody.
            with self.database.writing(taking=taking and not _REHEARSING.get()) as connection:
                unit = Unit(connection, self.clock.now(), self.peppers)
                revision = unit.settings.lock_revision(raise_it=raise_revision)
                self._check_here(unit)
                mutation = kind(unit, revision, at_once=self.database.on_sqlite)
                yield mutation
                if not mutation.accounted_for:
                    raise AssertionError("a mutation without an audit entry is a defect")
                if mutation.taken and not self.database.on_sqlite:
                    footing = unit.verifiers.footing()
                if _REHEARSING.get():
                    raise _TakenBackError
        except _TakenBackError:
            mutation.commits = ()
            return
        self.on_commit(mutation.entries)
        last = unit.audit.appended
        if raise_revision and last is not None:
            self.high_water.reached(revision, *last)
        mutation.commits = ()
        if mutation.taken:
            # In this order: what passes on the one clock is then never too little for the other.
            returned = self.own_clock()
            mutation.commits = (Commit(self.clock.now(), returned, footing, tuple(mutation.taken)),)

    @contextmanager
    def keeping(self) -> Iterator[Unit]:
        """Give a unit that may write what no rule depends on, such as how somebody looks."""
        with self.database.writing() as connection:
            unit = Unit(connection, self.clock.now(), self.peppers)
            self._check_here(unit)
            yield unit

    def _check_here(self, unit: Unit) -> None:
        # Whoever had it open when it was moved would change what nobody looks at any more.
        moved_to = unit.settings.moved_to()
        if moved_to is not None:
            raise StoreMoved(self.database.place, moved_to)


_LOOKING = frozenset({Needs.VIEWER, Needs.PRO_VIEWER})
_PRO = frozenset({Needs.PRO_VIEWER, Needs.PRO_ADMIN})


def looked_at(unit: Unit, actor: Actor) -> list[Membership]:
    """Return where an actor may look, as an admin or as a viewer, read anew. Raises SshKeyOver."""
    return [membership for membership in theirs(unit, actor) if membership.role in LOOKING]


def theirs(unit: Unit, actor: Actor) -> list[Membership]:
    """Return every workspace that an actor is in, oldest first, read anew. Raises SshKeyOver."""
    check_ssh_key(unit, actor)
    return unit.people.memberships_of(unit.people.account_id(actor.person_id))


def check_standing(unit: Unit, actor: Actor, needs: Needs, action: str) -> Workspace:
    """Return the actor's workspace, read anew.

    Raises NotAMember, AdminsOnly (`action` completes “Only workspace admins can …”), or of what
    viewers may do NotForMembers, or PlanRequired.
    """
    workspace = unit.workspaces.by_id(actor.workspace_id)
    role = unit.people.role(actor.workspace_id, actor.person_id)
    if role is None:
        raise NotAMember(workspace.name)
    check_ssh_key(unit, actor)
    if needs in _LOOKING and role not in LOOKING:
        raise NotForMembers(action)
    if needs in (Needs.ADMIN, Needs.PRO_ADMIN) and role is not Role.ADMIN:
        raise AdminsOnly(action)
    if needs in _PRO and workspace.plan is not Plan.PRO:
        raise PlanRequired(workspace.name, workspace.plan.value)
    return workspace


def check_ssh_key(unit: Unit, actor: Actor) -> None:
    """Raise SshKeyOver where somebody came in by an SSH key of the store that is no more."""
    check_came_by(unit, actor.ssh_key)


def check_came_by(unit: Unit, came_by: CameBy | None) -> None:
    """Raise SshKeyOver unless an SSH key stands in the store as it let somebody in, if one did."""
    if came_by is None:
        return
    stands = unit.ssh_keys.get(came_by.fingerprint)
    if stands is None or stands.came_by != came_by:
        raise SshKeyOver("this store")
