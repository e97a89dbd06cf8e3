"""Progress of rotations: from the beginning to the end, and what decides when that is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.names import fold
from store.domain.people import Actor
from store.domain.rotation import (
    GAPS_OVER,
    Rotation,
    RotationProgress,
    RotationStatus,
    expiry_restored,
    has_left,
    overlap_end,
    rotations_of,
    the_one_meant,
)
from store.domain.times import HOUR, moment, rfc3339_or_none, sooner
from store.domain.usage import Caller, Traffic
from store.errors import (
    AmbiguousKey,
    Invalid,
    NewKeyInUse,
    NoSuchRotation,
    NotSafeToRevoke,
    RotationEnded,
)
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import candidates
from store.service.mutation import Mutation
from store.service.transactions import Needs, Transactions, check_standing

_AT_ONCE = 100
_CALLERS_NAMED = 3


@dataclass(frozen=True, slots=True)
class RotationKey:
    """One of a rotation's two keys, and what it was used for."""

    key: Key
    traffic: Traffic
    today: int
    """Allowed requests since midnight in UTC."""
    callers: tuple[Caller, ...]
    """Whom it let in, the last to call first."""


@dataclass(frozen=True, slots=True)
class WatchedRotation:
    """A rotation as its screen shows it."""

    progress: RotationProgress
    old: RotationKey
    new: RotationKey

    def still_calling(self, now: int) -> tuple[Caller, ...]:
        """Return who used the old key within the quiet window, the last to call first."""
        return _staying(self.old.callers, self.progress, now)


class RotationProgressService:
    """List, watch, extend, finish and abandon rotations, as `store.domain.rotation` rules."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[RotationProgress]:
        """Return the workspace's rotations, newest first. Raises NotAllowed or PlanRequired."""
        return list(self.each(actor))

    def each(self, actor: Actor) -> Iterator[RotationProgress]:
        """Yield what `all` returns, a page at a time, each of its own transaction.

        Raises NotAllowed or PlanRequired.
        """
        before = None
        while True:
            with self._transactions.reading() as unit:
                check_standing(unit, actor, Needs.PRO_VIEWER, "list rotations")
                page = unit.rotations.newest(actor.workspace_id, _AT_ONCE, before)
                courses = _courses(unit, actor.workspace_id, page)
            yield from courses
            if len(page) < _AT_ONCE:
                return
            before = page[-1].id

    def watch(self, actor: Actor, reference: str, span_ms: int = HOUR) -> WatchedRotation:
        """Return a rotation with its traffic of some time, and who uses its keys.

        A reference is the rotation's id, or either key's id, shown prefix or name. On any plan,
        because finishing needs it. Raises NotAllowed, NoSuchRotation or what finding a key does.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see rotations")
            progress = self._course(unit, actor, reference)
            ids = (progress.predecessor.id, progress.successor.id)
            callers = unit.usage.callers(actor.workspace_id, ids)
            old, new = (
                RotationKey(
                    key,
                    unit.usage.traffic(actor.workspace_id, key.id, unit.now - span_ms),
                    unit.usage.days(actor.workspace_id, key.id, 1, unit.now)[0].allowed,
                    callers.get(key.id, ()),
                )
                for key in (progress.predecessor, progress.successor)
            )
            return WatchedRotation(progress, old, new)

    def extend(
        self, actor: Actor, reference: str, overlap_ms: int | None
    ) -> Done[RotationProgress]:
        """Let both work for that long from now, or from their beginning; None until one is revoked.

        Never for longer than the predecessor would have lived without the rotation.
        Raises NotAllowed, PlanRequired, NotFound, Invalid or RotationEnded.
        """
        if overlap_ms is not None and overlap_ms <= 0:
            raise Invalid("overlap", "The overlap must be longer than nothing.")
        with self._transactions.taking_away() as mutation:
            progress = self._standing(
                mutation, actor, reference, Needs.PRO_ADMIN, "extend overlaps"
            )
            old, unit = progress.predecessor, mutation.unit
            ends = overlap_end(old, overlap_ms, mutation.now)
            expires = progress.ends(overlap_ms, mutation.now)
            unit.rotations.set_overlap(actor.workspace_id, progress.rotation.id, ends)
            unit.keys.set_expiry(actor.workspace_id, old.id, expires, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_OVERLAP_EXTENDED,
                old.id,
                old.name,
                takes_away=sooner(expires, old.expires_at),
                expires_at=rfc3339_or_none(expires),
                before=rfc3339_or_none(old.expires_at),
                successor=progress.successor.id,
            )
            after = self._again(unit, progress)
        return mutation.done(after)

    def finish(
        self, actor: Actor, reference: str, confirm: str | None = None
    ) -> Done[RotationProgress]:
        """Revoke the predecessor for good, on any plan; in force as any revocation is.

        Where it is not safe yet, `confirm` must be its name.
        Raises NotAllowed, NotFound, RotationEnded, or NotSafeToRevoke naming who still calls.
        """
        with self._transactions.taking_away() as mutation:
            progress = self._standing(mutation, actor, reference, Needs.ADMIN, "finish rotations")
            old, new, unit = progress.predecessor, progress.successor, mutation.unit
            against = self._against(unit, progress)
            if against is not None and fold((confirm or "").strip()) != fold(old.name):
                raise NotSafeToRevoke(old.name, against)
            unit.keys.set_revoked(
                actor.workspace_id, old.id, actor.person_id, "rotation finished", mutation.revision
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_REVOKED,
                old.id,
                old.name,
                takes_away=True,
                reason="rotation finished",
                successor=new.id,
                although=against,
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_ROTATION_FINISHED,
                new.id,
                new.name,
                predecessor=old.id,
            )
            after = self._again(unit, progress)
        return mutation.done(after)

    def abandon(
        self, actor: Actor, reference: str, confirm: str | None = None
    ) -> Done[RotationProgress]:
        """Revoke the successor; the predecessor expires as it would have without the rotation.

        Where somebody has moved its expiry since, it stays where they put it. Where the successor
        was used, `confirm` must be its name.
        Raises NotAllowed, PlanRequired, NotFound, RotationEnded or NewKeyInUse.
        """
        with self._transactions.taking_away() as mutation:
            progress = self._standing(
                mutation, actor, reference, Needs.PRO_ADMIN, "abandon rotations"
            )
            old, new, unit = progress.predecessor, progress.successor, mutation.unit
            if new.last_used_at is not None and fold((confirm or "").strip()) != fold(new.name):
                raise NewKeyInUse(new.name, new.last_used_at)
            unit.keys.set_revoked(
                actor.workspace_id, new.id, actor.person_id, "rotation abandoned", mutation.revision
            )
            expires = expiry_restored(progress.rotation, old)
            unit.keys.set_expiry(actor.workspace_id, old.id, expires, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_REVOKED,
                new.id,
                new.name,
                takes_away=True,
                reason="rotation abandoned",
                predecessor=old.id,
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_ROTATION_ABANDONED,
                old.id,
                old.name,
                expires_at=rfc3339_or_none(expires),
                before=rfc3339_or_none(old.expires_at),
                successor=new.id,
            )
            after = self._again(unit, progress)
        return mutation.done(after)

    def _standing(
        self, mutation: Mutation, actor: Actor, reference: str, needs: Needs, action: str
    ) -> RotationProgress:
        check_standing(mutation.unit, actor, needs, action)
        progress = self._course(mutation.unit, actor, reference)
        status = progress.status(mutation.now)
        if status.ended:
            raise RotationEnded(progress.predecessor.name, status.value)
        return progress

    def _course(self, unit: Unit, actor: Actor, reference: str) -> RotationProgress:
        workspace_id, reference = actor.workspace_id, reference.strip()
        if reference.isascii() and reference.isdecimal() and len(reference) < 12:
            found = unit.rotations.get(workspace_id, int(reference))
            if found is not None:
                return _courses(unit, workspace_id, [found])[0]
        prefix = self._transactions.prefix
        ids = [key.id for key in candidates(unit, workspace_id, prefix, reference)]
        standing_in = rotations_of(ids, unit.rotations.of_keys(workspace_id, ids))
        if not standing_in:
            raise NoSuchRotation(shown(prefix, ids[0]))
        courses = _courses(unit, workspace_id, standing_in)
        meant = the_one_meant(courses, unit.now)
        if meant is None:
            named = sorted(progress.rotation.id for progress in courses)
            raise AmbiguousKey(reference, tuple(f"rotation {rotation_id}" for rotation_id in named))
        return meant

    def _again(self, unit: Unit, progress: RotationProgress) -> RotationProgress:
        rotation = unit.rotations.get(progress.rotation.workspace_id, progress.rotation.id)
        return _courses(unit, progress.rotation.workspace_id, [rotation or progress.rotation])[0]

    def _against(self, unit: Unit, progress: RotationProgress) -> str | None:
        """Return what speaks against revoking the predecessor now, None where nothing does."""
        status = progress.status(unit.now)
        if status is RotationStatus.QUIET:
            return None
        old = progress.predecessor
        callers = unit.usage.callers(old.workspace_id, (old.id,)).get(old.id, ())
        recent = _staying(callers, progress, unit.now)[:_CALLERS_NAMED]
        reasons = [] if status is RotationStatus.MOVING else ["nothing has used the new key"]
        reasons += [
            f"{caller.address or 'somebody'}{f' ({agent})' if (agent := caller.user_agent) else ''}"
            f" used the old key on {moment(caller.last_at):%d %b at %H:%M:%S} UTC"
            for caller in recent
        ]
        if not reasons and old.last_used_at is not None:
            reasons = [f"it was used on {moment(old.last_used_at):%d %b at %H:%M:%S} UTC"]
        return ", and ".join(reasons) or "nobody has had the time to use it"


def _staying(callers: Iterable[Caller], progress: RotationProgress, now: int) -> tuple[Caller, ...]:
    window = progress.quiet_window
    return tuple(caller for caller in callers if not has_left(caller.last_at, now, window))


def _courses(unit: Unit, workspace_id: int, found: Sequence[Rotation]) -> list[RotationProgress]:
    wanted = {
        side for rotation in found for side in (rotation.predecessor_id, rotation.successor_id)
    }
    keys = unit.keys.some(workspace_id, sorted(wanted))
    courses = []
    for rotation in found:
        old, new = keys[rotation.predecessor_id], keys[rotation.successor_id]
        # Only between two keys that work does it matter how often the old one calls.
        gap = None
        if old.rotating:
            gap = unit.usage.usual_gap(workspace_id, old.id, unit.now - GAPS_OVER)
        courses.append(RotationProgress(rotation, old, new, gap))
    return courses
