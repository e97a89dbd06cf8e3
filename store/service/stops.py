"""StopService: refusing keys until they are let go on."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from store.domain.audit.actions import Action
from store.domain.filtering import About, Term
from store.domain.keys import Key, State
from store.domain.labels import checked_owner, labels, pair, pair_in_words
from store.domain.listing import KeyQuery
from store.domain.names import checked_name
from store.domain.people import Actor
from store.domain.stops import Stop, StopKind, Target
from store.errors import AlreadyRevoked, AlreadyStopped, Invalid, KeyExpired, NotStopped
from store.persistence.unit import Unit
from store.service.commits import Commit, Done
from store.service.in_use import InUse, of_keys, of_workspace
from store.service.key_access import find_key
from store.service.mutation import Mutation, TakingMutation
from store.service.transactions import Needs, Transactions, check_standing

MOST_AT_ONCE = 1000
OF_A_TRANSACTION = 25
"""Keys: whoever takes rights away elsewhere waits for one of them."""
_STOPPED = {
    StopKind.KEY: Action.KEY_STOPPED,
    StopKind.OWNER: Action.OWNER_STOPPED,
    StopKind.LABEL: Action.LABEL_STOPPED,
    StopKind.WORKSPACE: Action.WORKSPACE_STOPPED,
}
_RESUMED = {
    StopKind.KEY: Action.KEY_RESUMED,
    StopKind.OWNER: Action.OWNER_RESUMED,
    StopKind.LABEL: Action.LABEL_RESUMED,
    StopKind.WORKSPACE: Action.WORKSPACE_RESUMED,
}
MOST_COUNTED = 1000
"""Active keys that are counted before they are stopped: of more it is said that there are."""
_TERMS = {StopKind.OWNER: About.FOR, StopKind.LABEL: About.LABEL}
_ACTION = "stop API keys"


class StopService:
    """Stop, resume, and what is stopped. A key is meant by its id, the start of it or its name."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def stop(
        self, actor: Actor, targets: Sequence[Target], reason: str | None = None
    ) -> Done[tuple[Stop, ...]]:
        """Refuse keys, on any plan, until they are let go on; what is stopped already stays so.

        A stop of a workspace is of the keys and connections made later, too. One of an owner or a
        label is of the keys that have it, for as long as they do: of those that get it later, too,
        and of none that loses it; nobody needs to have it yet. One of a key is not of a successor
        that it has, or is given later. It is committed when this returns, as with
        `KeyService.revoke`; of many keys a few at a time, so that nobody waits long for the lock:
        cut in the middle, some are stopped, and the same once more stops the others.

        Raises NotAllowed, NotFound, Invalid, AlreadyRevoked, KeyExpired, or AlreadyStopped where
        each of them is.
        """
        reason = _as_told(reason)
        with self._transactions.reading() as unit:
            asked = self._meant(unit, actor, targets)
            for key in asked.values():
                if key is not None:
                    _check_alive(key, unit.now)
        made: dict[Target, Stop] = {}
        standing: dict[Target, Stop] = {}
        commits: tuple[Commit, ...] = ()
        for some in _parts(asked):
            with self._transactions.taking_away() as mutation:
                unit, meant = mutation.unit, self._meant(mutation.unit, actor, some)
                stopped = unit.stops.among(actor.workspace_id, list(meant))
                # One that has ended meanwhile is refused already.
                over = {
                    target
                    for target, key in meant.items()
                    if key is not None and key.state(unit.now) is not State.ACTIVE
                }
                wanted = [target for target in meant if target not in stopped.keys() | over]
                for target in wanted:
                    unit.stops.add(actor.workspace_id, target, actor.person_id, reason)
                    self._audit_stop(mutation, actor, target, meant[target], reason)
                if not wanted:
                    mutation.leave_unchanged()
                made |= unit.stops.among(actor.workspace_id, wanted)
                standing |= stopped
            commits += mutation.done(None).commits
        if standing and not made:
            first = next(iter(standing.values()))
            raise AlreadyStopped(named(first), first.stopped_at, first.stopped_by)
        return Done(tuple(made.values()), commits)

    def resume(
        self, actor: Actor, targets: Sequence[Target], reason: str | None = None
    ) -> tuple[Stop, ...]:
        """Let go on what was stopped, on any plan, and return the stops that were lifted.

        What another stop is of stays refused. Raises NotAllowed, NotFound, Invalid, or NotStopped
        where none of them is stopped.
        """
        reason = _as_told(reason)
        with self._transactions.writing(raise_revision=True) as mutation:
            meant = self._meant(mutation.unit, actor, targets)
            standing = mutation.unit.stops.among(actor.workspace_id, list(meant))
            if not standing:
                target, key = next(iter(meant.items()))
                what = _name(mutation, actor, target, key)
                over = [] if key is None else self._over(mutation.unit, actor, key)
                raise NotStopped(what, tuple(stop.target.option for stop in over))
            for target, stop in standing.items():
                mutation.unit.stops.delete(actor.workspace_id, target)
                mutation.audit(
                    actor.workspace_id,
                    actor,
                    _RESUMED[target.kind],
                    *_subject(mutation, actor, target, meant[target]),
                    stopped_by=stop.stopped_by,
                    reason=reason,
                )
            return tuple(standing.values())

    def all(self, actor: Actor) -> list[Stop]:
        """Return all that is stopped, the latest first. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see what is stopped")
            return unit.stops.all(actor.workspace_id)

    def standing(self, actor: Actor, targets: Sequence[Target]) -> tuple[Stop, ...]:
        """Return those of some targets that are stopped, each as itself.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            meant = self._meant(unit, actor, targets)
            return tuple(unit.stops.among(actor.workspace_id, list(meant)).values())

    def in_use(self, actor: Actor, targets: Sequence[Target]) -> InUse:
        """Return how many active keys a stop would refuse, and who uses them.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            meant = self._meant(unit, actor, targets)
            if any(target.kind is StopKind.WORKSPACE for target in meant):
                return of_workspace(unit, actor.workspace_id)
            keys = {key.id: key for key in meant.values() if key is not None}
            for target in meant:
                if target.kind in _TERMS:
                    keys |= {key.id: key for key in _having(unit, actor, target)}
            return of_keys(unit, actor.workspace_id, list(keys.values()), MOST_COUNTED)

    def _meant(
        self, unit: Unit, actor: Actor, targets: Sequence[Target]
    ) -> dict[Target, Key | None]:
        """Return what references mean, each once and in their order, with the key of one."""
        check_standing(unit, actor, Needs.ADMIN, _ACTION)
        if not 0 < len(targets) <= MOST_AT_ONCE:
            raise Invalid("target", f"Name what is meant: 1 to {MOST_AT_ONCE:,} at once.")
        found: dict[Target, Key | None] = {}
        for target in targets:
            if target.kind is StopKind.KEY:
                key = find_key(
                    unit, actor.workspace_id, self._transactions.prefix, target.value, verb=True
                )
                found[Target(StopKind.KEY, key.id)] = key
            else:
                found[_checked(target)] = None
        return found

    def _over(self, unit: Unit, actor: Actor, key: Key) -> list[Stop]:
        return [stop for stop in holding(unit, key) if stop.target.kind is not StopKind.KEY]

    def _audit_stop(
        self,
        mutation: TakingMutation,
        actor: Actor,
        target: Target,
        key: Key | None,
        reason: str | None,
    ) -> None:
        mutation.audit(
            actor.workspace_id,
            actor,
            _STOPPED[target.kind],
            *_subject(mutation, actor, target, key),
            takes_away=True,
            reason=reason,
        )


def _as_told(reason: str | None) -> str | None:
    return checked_name(reason, "reason") if reason and reason.strip() else None


def _parts(targets: Iterable[Target]) -> Iterator[list[Target]]:
    rest = iter(targets)
    while some := list(islice(rest, OF_A_TRANSACTION)):
        yield some


def holding(unit: Unit, key: Key) -> tuple[Stop, ...]:
    """Return every stop that a key is refused by, of itself first."""
    of_key = [Target(StopKind.KEY, key.id)]
    if key.owner is not None:
        of_key.append(Target(StopKind.OWNER, key.owner))
    of_key += [Target(StopKind.LABEL, pair(*one)) for one in sorted(key.labels.items())]
    of_key.append(Target(StopKind.WORKSPACE))
    found = unit.stops.among(key.workspace_id, of_key)
    return tuple(found[target] for target in of_key if target in found)


def named(stop: Stop) -> str:
    """Return what a stop is of, in words: `“Zapier”`, `workspace Acme Events`."""
    return _in_words(stop.target.kind, stop.name)


def _in_words(kind: StopKind, name: str) -> str:
    match kind:
        case StopKind.KEY:
            return f"“{name}”"
        case StopKind.OWNER:
            return f"every key for {name}"
        case StopKind.LABEL:
            return f"every key labelled {name}"
        case StopKind.WORKSPACE:
            return f"workspace {name}"


def _name(mutation: Mutation, actor: Actor, target: Target, key: Key | None) -> str:
    return _in_words(target.kind, _subject(mutation, actor, target, key)[1])


def _subject(mutation: Mutation, actor: Actor, target: Target, key: Key | None) -> tuple[str, str]:
    """Return whom the audit tells it of: an id and a name."""
    if key is not None:
        return key.id, key.name
    if target.kind is StopKind.OWNER:
        return target.value, target.value
    if target.kind is StopKind.LABEL:
        return target.value, pair_in_words(target.value)
    workspace = mutation.unit.workspaces.by_id(actor.workspace_id)
    return workspace.slug, workspace.name


def _checked(target: Target) -> Target:
    """Return what is meant as it is kept. Raises Invalid for an owner or a label that is none."""
    match target.kind:
        case StopKind.OWNER:
            return Target(target.kind, checked_owner(target.value))
        case StopKind.LABEL:
            [(name, value)] = labels([pair_in_words(target.value)]).items()
            return Target(target.kind, pair(name, value))
    return target


def _having(unit: Unit, actor: Actor, target: Target) -> list[Key]:
    """Return the active keys that have an owner or a label, up to one more than are counted."""
    active = Term(About.STATE, State.ACTIVE.value)
    query = KeyQuery((Term(_TERMS[target.kind], target.value), active))
    return list(unit.pages.page(actor.workspace_id, query, limit=MOST_COUNTED + 1).keys)


def _check_alive(key: Key, now: int) -> None:
    if key.revoked_at is not None:
        raise AlreadyRevoked(key.name, key.revoked_at, key.revoked_by)
    if key.state(now) is State.EXPIRED:
        raise KeyExpired(key.name, key.expires_at or now)
