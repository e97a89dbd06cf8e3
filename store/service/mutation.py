"""One change in the making: what it does is audited, and what it takes away is told."""

from collections.abc import Sequence
from typing import Literal, TypeVar

from store.domain.audit.actions import Action
from store.domain.audit.entry import Committed, Told
from store.domain.people import OPERATOR, Actor
from store.persistence.unit import Unit
from store.service import sign_in_audit
from store.service.commits import AT_ONCE, Commit, Done, TakenFrom

T = TypeVar("T")

_TAKES_NOTHING = "only a mutation of taking_away() takes rights away"


class Mutation:
    """One change in the making, which takes no right away."""

    def __init__(self, unit: Unit, revision: int, *, at_once: bool) -> None:
        self.unit = unit
        self.now = unit.now
        self.revision = revision
        self._accounted_for = False
        self.taken: list[TakenFrom] = []
        """What it takes away."""
        self.entries: list[Committed] = []
        """What it does, as the audit says it."""
        self.commits: tuple[Commit, ...] | None = None
        """None until it is committed; then one where it took something away."""
        self._at_once = at_once

    @property
    def accounted_for(self) -> bool:
        """Whether the audit has it, or it was said that there is nothing to keep."""
        return self._accounted_for

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
            raise AssertionError(_TAKES_NOTHING)
        self._audit(workspace_id, actor, action, subject, subject_name, system, details)

    def audit_each(
        self, workspace_id: int, actor: Actor, action: Action, told: Sequence[Told]
    ) -> None:
        """Write who did the same to each of many, which takes nothing away."""
        self._append(workspace_id, actor, action, OPERATOR, told)

    def audit_everywhere(
        self,
        action: Action,
        subject: tuple[str, str] | None = None,
        *,
        takes_away: Literal[False] = False,
        **details: object,
    ) -> None:
        """Write what the operator did to the whole store into the audit of every workspace.

        A store without any has nowhere to write it. `subject` is an id and a name; without it each
        workspace is its own.
        """
        if takes_away:
            raise AssertionError(_TAKES_NOTHING)
        for workspace in self.unit.workspaces.all():
            named = subject or (workspace.slug, workspace.name)
            self._audit(workspace.id, None, action, *named, OPERATOR, {**details})
        self._accounted_for = True

    def leave_unchanged(self) -> None:
        """Say that nothing is changed: it was only looked at, or somebody else was faster.

        Raises AssertionError where something was audited already.
        """
        if self.entries:
            raise AssertionError("what is audited is a change")
        self._accounted_for = True

    def leave_unaudited(self) -> None:
        """Say that what is kept is no news: the audit has told of as much before."""
        self._accounted_for = True

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
        if action == sign_in_audit.ACTION:
            failures = sign_in_audit.told(self.unit, subject, details.get("failures"))
            if failures is None:
                # It is counted, which is all that there is to keep.
                self._accounted_for = True
                return
            details["failures"] = failures
        self._append(workspace_id, actor, action, system, (Told(subject, subject_name, details),))

    def _append(
        self,
        workspace_id: int,
        actor: Actor | None,
        action: Action,
        system: str,
        told: Sequence[Told],
    ) -> None:
        self.unit.audit.append(
            workspace_id,
            at=self.now,
            actor_id=actor.person_id if actor else None,
            actor=actor.email if actor else system,
            action=action,
            told=told,
            revision=self.revision,
        )
        self._accounted_for = True
        self.entries += [Committed(action, one.subject, one.subject_name) for one in told]


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
            self._take(
                TakenFrom(workspace_id, actor, system, action, subject, subject_name), details
            )
        self._audit(workspace_id, actor, action, subject, subject_name, system, details)

    def audit_everywhere(
        self,
        action: Action,
        subject: tuple[str, str] | None = None,
        *,
        takes_away: bool = False,
        **details: object,
    ) -> None:
        """Do so, as a `Mutation` does, for the whole store."""
        for workspace in self.unit.workspaces.all():
            named = subject or (workspace.slug, workspace.name)
            told = {**details}
            if takes_away:
                self._take(TakenFrom(workspace.id, None, OPERATOR, action, *named), told)
            self._audit(workspace.id, None, action, *named, OPERATOR, told)
        self._accounted_for = True

    def _take(self, taken: TakenFrom, details: dict[str, object]) -> None:
        self.taken.append(taken)
        if self._at_once:
            details["in_force"] = AT_ONCE

    def done(self, value: T) -> Done[T]:
        """Return what a use case returns: a value, and the commit, which has to be over."""
        if self.commits is None:
            raise AssertionError("it is done once it is committed")
        return Done(value, self.commits)
