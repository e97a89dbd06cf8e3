"""What every use case stands on: transactions, standing, and the audit entry none may forget."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, TypeVar

from store.credentials.peppers import Peppers
from store.domain.audit.actions import Action
from store.domain.audit.entry import Committed
from store.domain.clock import Clock
from store.domain.leases.clock import own_clock
from store.domain.people import OPERATOR, Actor, Plan, Role, Workspace
from store.errors import AdminsOnly, NotAMember, PlanRequired, StoreMoved
from store.persistence.database import Database
from store.persistence.high_water import HighWaterMark
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service import failed_sign_ins
from store.service.commits import AT_ONCE, Commit, Done, TakenFrom

T = TypeVar("T")
M = TypeVar("M", bound="Mutation")

OnCommit = Callable[[Sequence[Committed]], None]
"""Called after each mutation's commit, with what the audit says of it."""


class Needs(Enum):
    """What an actor must be to do something. Checked again in every transaction."""

    MEMBER = "member"
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
    def writing(self, *, raise_revision: bool) -> Iterator["Mutation"]:
        """Give a mutation under the revision lock; `raise_revision` when verdicts may change.

        Nothing is committed unless the mutation wrote an audit entry. It takes no right away:
        what does needs `taking_away`.
        """
        with self._mutating(Mutation, raise_revision=raise_revision) as mutation:
            yield mutation

    @contextmanager
    def taking_away(self, *, raise_revision: bool = True) -> Iterator["TakingMutation"]:
        """Give a mutation that may take rights away; after it, `done` is what is returned."""
        with self._mutating(TakingMutation, raise_revision=raise_revision) as mutation:
            yield mutation

    @contextmanager
    def _mutating(self, kind: type[M], *, raise_revision: bool) -> Iterator[M]:
        footing = None
        with self.database.writing() as connection:
            unit = Unit(connection, self.clock.now(), self.peppers)
            revision = unit.settings.lock_revision(raise_it=raise_revision)
            self._check_here(unit)
            mutation = kind(unit, revision, at_once=self.database.on_sqlite)
            yield mutation
            if not mutation.audited:
                raise AssertionError("a mutation without an audit entry is a defect")
            if mutation.taken and not self.database.on_sqlite:
                footing = unit.verifiers.footing()
        self.on_commit(mutation.entries)
        if raise_revision:
            self.high_water.reached(revision)
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


class Mutation:
    """One change in the making, which takes no right away."""

    def __init__(self, unit: Unit, revision: int, *, at_once: bool) -> None:
        self.unit = unit
        self.now = unit.now
        self.revision = revision
        self.audited = False
        self.taken: list[TakenFrom] = []
        """What it takes away."""
        self.entries: list[Committed] = []
        """What it does, as the audit says it."""
        self.commits: tuple[Commit, ...] | None = None
        """None until it is committed; then one where it took something away."""
        self._at_once = at_once

    def audit(
        self,
        workspace_id: int,
        actor: Actor | None,
        action: Action,
        subject: str,
        subject_name: str,
        *,
        system: str = OPERATOR,
        takes_away: Literal[False] = False,
        **details: object,
    ) -> None:
        """Write who did what to whom; `actor` None is the operator, or what `system` names."""
        if takes_away:
            raise AssertionError("only a mutation of taking_away() takes rights away")
        self._audit(workspace_id, actor, action, subject, subject_name, system, details)

    def _audit(
        self,
        workspace_id: int,
        actor: Actor | None,
        action: Action,
        subject: str,
        subject_name: str,
        system: str,
        details: dict[str, object],
    ) -> None:
        if action == failed_sign_ins.ACTION:
            told = failed_sign_ins.told(self.unit, subject, details.get("failures"))
            if told is None:
                # It is counted, which is all that there is to keep.
                self.audited = True
                return
            details["failures"] = told
        self.unit.audit.append(
            workspace_id,
            at=self.now,
            actor_id=actor.person_id if actor else None,
            actor=actor.email if actor else system,
            action=action,
            subject=subject,
            subject_name=subject_name,
            details=details,
            revision=self.revision,
        )
        self.audited = True
        self.entries.append(Committed(action, subject, subject_name))


class TakingMutation(Mutation):
    """One change in the making, after which a request may be answered otherwise, for the worse."""

    def audit(
        self,
        workspace_id: int,
        actor: Actor | None,
        action: Action,
        subject: str,
        subject_name: str,
        *,
        system: str = OPERATOR,
        takes_away: bool = False,
        **details: object,
    ) -> None:
        """Write who did what to whom, as a `Mutation` does, and whether that takes rights away."""
        if takes_away:
            self.taken.append(TakenFrom(workspace_id, actor, system, action, subject, subject_name))
            if self._at_once:
                details["in_force"] = AT_ONCE
        self._audit(workspace_id, actor, action, subject, subject_name, system, details)

    def done(self, value: T) -> Done[T]:
        """Return what a use case returns: a value, and the commit, which has to be over."""
        if self.commits is None:
            raise AssertionError("it is done once it is committed")
        return Done(value, self.commits)


def managed(unit: Unit, actor: Actor) -> list[Membership]:
    """Return where an actor is an admin, read anew."""
    theirs = unit.people.memberships_of(unit.people.account_id(actor.person_id))
    return [one for one in theirs if one.role is Role.ADMIN]


def check_standing(unit: Unit, actor: Actor, needs: Needs, action: str) -> Workspace:
    """Return the actor's workspace, read anew.

    Raises NotAMember, AdminsOnly (`action` completes “Only workspace admins can …”) or
    PlanRequired.
    """
    workspace = unit.workspaces.by_id(actor.workspace_id)
    role = unit.people.role(actor.workspace_id, actor.person_id)
    if role is None:
        raise NotAMember(workspace.name)
    if needs is not Needs.MEMBER and role is not Role.ADMIN:
        raise AdminsOnly(action)
    if needs is Needs.PRO_ADMIN and workspace.plan is not Plan.PRO:
        raise PlanRequired(workspace.name, workspace.plan.value)
    return workspace
