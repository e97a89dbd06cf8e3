"""LimitService: how often keys may be used, of each, of an owner's and of all of a workspace.

A key's own limits belong to its lineage: they are set for every key of the chain that is not
revoked, a successor takes them over, and all of them share what is left.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from store.domain.audit.actions import Action
from store.domain.keys import Key
from store.domain.labels import checked_owner
from store.domain.limits import (
    Limits,
    Subject,
    Used,
    Window,
    of_credential,
    takes_away,
    to_stored,
)
from store.domain.people import Actor
from store.domain.times import DAY, MINUTE
from store.domain.usage import Span
from store.persistence.repositories.limits import SharedLimits as SharedLimits
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import changeable, find_key
from store.service.transactions import Needs, Transactions, check_standing

_ACTION = "limit API keys"


LOOKED_BACK = 30 * DAY


class Foreseen(NamedTuple):
    """What a limit would have refused of a key's requests, with its predecessors and successors.

    As far as is known: minutes are kept for two days, hours for three months.
    """

    window: Window
    since: int
    busiest: int | None
    """The most requests in one such window; None for windows that are shorter than a minute."""
    refused: int
    """Requests."""
    windows: int
    """Windows in which it would have refused any."""


class LimitService:
    """Sets limits; tells which there are, and how much of each is used."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def set_key(
        self, actor: Actor, reference: str, wanted: Limits, *, seen: int | None = None
    ) -> Done[Key]:
        """Say how often a key, with its predecessors and successors, may be used; nothing lifts it.

        What was used stays used. `seen` is its revision as whoever decided saw it. Raises
        NotAllowed, PlanRequired, NotFound, AlreadyRevoked, KeyExpired or ChangedMeanwhile.
        """
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, _ACTION, seen)
            if key.limits == wanted:
                mutation.leave_unchanged()
                changed = key
            else:
                unit.keys.set_limits(actor.workspace_id, key.lineage, wanted, mutation.revision)
                mutation.audit(
                    actor.workspace_id,
                    actor,
                    Action.KEY_LIMITS_SET,
                    key.id,
                    key.name,
                    takes_away=takes_away(key.limits, wanted),
                    limits=to_stored(wanted),
                    before=to_stored(key.limits),
                )
                changed = find_key(unit, actor.workspace_id, prefix, key.id)
        return mutation.done(changed)

    def set_owner(self, actor: Actor, owner: str, wanted: Limits) -> Done[Limits]:
        """Say how often all keys for somebody outside may be used together; nothing lifts it.

        Of those that are made for them later, too. Raises NotAllowed, PlanRequired or Invalid.
        """
        return self._set(actor, Subject.OWNER, checked_owner(owner), wanted)

    def set_workspace(self, actor: Actor, wanted: Limits) -> Done[Limits]:
        """Say how often all keys and assistants of the workspace may be used together.

        Nothing lifts it. Raises NotAllowed or PlanRequired.
        """
        return self._set(actor, Subject.WORKSPACE, "", wanted)

    def shared(self, actor: Actor) -> Iterator[tuple[SharedLimits, tuple[Used, ...]]]:
        """Yield what owners' keys and the workspace's are held to, and how much of it is used.

        Read while it is asked for. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see limits of API keys")
            for one in unit.limits.all(actor.workspace_id):
                yield one, unit.limits.used(actor.workspace_id, one.each)

    def used(self, actor: Actor, reference: str) -> tuple[Used, ...]:
        """Return every limit that a key is held to, with how much of it is used now.

        As verifiers told last, which is a second ago where they reach the store. Raises NotAllowed
        or NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see limits of API keys")
            prefix = self._transactions.prefix
            return used_of(unit, find_key(unit, actor.workspace_id, prefix, reference))

    def foresee(self, actor: Actor, reference: str, wanted: Limits) -> tuple[Foreseen, ...]:
        """Return what limits of a key would have refused in the last 30 days, of what was let in.

        Of long windows since the one before began, so that there is a whole one.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see limits of API keys")
            prefix = self._transactions.prefix
            key = find_key(unit, actor.workspace_id, prefix, reference, verb=True)
            chain = [one.id for one in unit.keys.of_lineage(key.workspace_id, key.lineage)]
            since = min((_since(window, unit.now) for window in wanted), default=unit.now)
            spans = unit.usage.let_in(key.workspace_id, chain, since)
            return tuple(_foreseen(window, spans, unit.now) for window in wanted)

    def _set(self, actor: Actor, subject: Subject, value: str, wanted: Limits) -> Done[Limits]:
        action = {
            Subject.OWNER: Action.OWNER_LIMITS_SET,
            Subject.WORKSPACE: Action.WORKSPACE_LIMITS_SET,
        }[subject]
        with self._transactions.taking_away() as mutation:
            unit, workspace_id = mutation.unit, actor.workspace_id
            check_standing(unit, actor, Needs.PRO_ADMIN, _ACTION)
            before = unit.limits.of(workspace_id, subject, value)
            if before == wanted:
                mutation.leave_unchanged()
            else:
                unit.limits.set(workspace_id, subject, value, wanted, actor.person_id)
                workspace = unit.workspaces.by_id(workspace_id)
                named = (value, value) if value else (workspace.slug, workspace.name)
                mutation.audit(
                    workspace_id,
                    actor,
                    action,
                    *named,
                    takes_away=takes_away(before, wanted),
                    limits=to_stored(wanted),
                    before=to_stored(before),
                )
        return mutation.done(wanted)


def _foreseen(window: Window, spans: Sequence[Span], now: int) -> Foreseen:
    begins, ends = window.around(now)
    if ends - begins < MINUTE:
        return Foreseen(window, now, None, 0, 0)
    counted: Counter[int] = Counter()
    # What was joined to longer spans says nothing of shorter windows.
    since = _since(window, now)
    spans = [span for span in spans if span.starts_at >= since]
    fitting = [span for span in spans if span.length <= ends - begins]
    for span in fitting:
        counted[window.around(span.starts_at)[0]] += span.requests
    if longer := [span.starts_at + span.length for span in spans if span.length > ends - begins]:
        since = max(longer)
    over = [number - window.most for number in counted.values() if number > window.most]
    return Foreseen(window, since, max(counted.values(), default=0), sum(over), len(over))


def _since(window: Window, now: int) -> int:
    begins, ends = window.around(now)
    since = now - LOOKED_BACK
    return min(since, window.before(begins)) if 2 * (ends - begins) > LOOKED_BACK else since


def used_of(unit: Unit, key: Key) -> tuple[Used, ...]:
    """Return every limit that a key is held to, with how much of it is used now."""
    credential = unit.keys.credential(key.workspace_id, key.id)
    return unit.limits.used(key.workspace_id, of_credential(credential))
