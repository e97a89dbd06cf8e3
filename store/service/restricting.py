"""RestrictionService: what keys are limited to, and whom that would refuse.

What a key is limited to belongs to its lineage: it is set for every key of the chain that is not
revoked, and a successor takes it over.
"""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from store.domain.audit.actions import Action
from store.domain.foreseen import Foreseen, ForeseenScopes
from store.domain.key_networks import KeyNetworks, takes_away
from store.domain.keys import Key, State
from store.domain.networks import UNKNOWN, address_of, network_of
from store.domain.people import Actor
from store.domain.rotation import GAPS_OVER, QUIET_GAPS, has_left, quiet_window
from store.domain.scopes import Scopes
from store.domain.times import DAY, rfc3339_or_none
from store.domain.usage import CALLERS_KEPT, Caller, Observed
from store.domain.verifier_processes import ProcessHealth
from store.errors import CallersUnseen, HasBegun, NoCallersSeen
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import changeable, find_key
from store.service.new_keys import check_beginning, check_order
from store.service.transactions import Needs, Transactions, check_standing

LOOKED_BACK = 30 * DAY
"""How far back it is looked whom a restriction would refuse, unless somebody says otherwise."""
MOST_LOOKED_AT = 200
"""Keys whose last callers tell whether a proxy hides them all."""


class RestrictionService:
    """Sets what keys are limited to; tells beforehand and afterwards whom that refuses."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def foresee(
        self, actor: Actor, reference: str, networks: KeyNetworks, over_ms: int = LOOKED_BACK
    ) -> Foreseen:
        """Return whom networks of a key would have refused, in so many milliseconds until now.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            key = self._key(unit, actor, reference)
            since = unit.now - over_ms
            callers = _callers(unit, key, since)
            return _foreseen(
                unit,
                _usual_gaps(unit, [key]).get(key.id),
                since,
                [one for one in callers if not networks.admit(one.address)],
                [one for one in callers if networks.admit(one.address)],
            )

    def foresee_end(self, actor: Actor, reference: str, over_ms: int = LOOKED_BACK) -> Foreseen:
        """Return whom the end of a key cuts off, of those it let in for so long until now.

        Not those who went on to its successor: it is active, and when they last called with it
        they had left the older one, as a rotation's rule has it. Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            key = self._key(unit, actor, reference)
            return _of_ends(unit, [key], unit.now - over_ms)[key.id]

    def foresee_ends(
        self, actor: Actor, key_ids: Sequence[str], over_ms: int = LOOKED_BACK
    ) -> dict[str, Foreseen]:
        """Return the same of several keys by id; those that are not there are left out.

        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            found = _some(unit, actor, key_ids)
            return _of_ends(unit, found, unit.now - over_ms)

    def foresee_scopes(
        self, actor: Actor, reference: str, removed: Scopes, over_ms: int = LOOKED_BACK
    ) -> ForeseenScopes:
        """Return what a key would have lost with scopes, in so many milliseconds until now.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            key = self._key(unit, actor, reference)
            found = _of_scopes(unit, [key], unit.now - over_ms)[key.id]
            names = {str(scope) for scope in removed}
            return replace(found, used=tuple(use for use in found.used if use.scope in names))

    def foresee_losses(
        self, actor: Actor, key_ids: Sequence[str], over_ms: int = LOOKED_BACK
    ) -> dict[str, ForeseenScopes]:
        """Return what several keys would have lost with all of their scopes, by id.

        Those that are not there are left out. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            found = _some(unit, actor, key_ids)
            return _of_scopes(unit, found, unit.now - over_ms)

    def seen(self, actor: Actor, reference: str, over_ms: int) -> tuple[str, ...]:
        """Return the networks that a key's callers were in, in so many milliseconds until now.

        Those are single addresses of IPv4, and a /64 of IPv6. Raises NotAllowed, NotFound or
        NoCallersSeen.
        """
        with self._transactions.reading() as unit:
            key = self._key(unit, actor, reference)
            callers = _callers(unit, key, unit.now - over_ms)
        found = {network_of(caller.address) for caller in callers} - {UNKNOWN}
        if not found:
            raise NoCallersSeen
        return tuple(sorted(found))

    def observed(self, actor: Actor, reference: str) -> tuple[Observed, ...]:
        """Return whom a key's observed restrictions would have refused. Raises as `seen` does."""
        with self._transactions.reading() as unit:
            return observed_of(unit, self._key(unit, actor, reference))

    def set_networks(
        self, actor: Actor, reference: str, networks: KeyNetworks | None, *, seen: int | None = None
    ) -> Done[Key]:
        """Say where a key, and its predecessors and successors, are used from; None is anywhere.

        `seen` is its revision as whoever decided saw it. Raises NotAllowed, PlanRequired, NotFound,
        AlreadyRevoked, KeyExpired, ChangedMeanwhile, or CallersUnseen where enforcing it would
        refuse everybody or nobody.
        """
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, "restrict API keys", seen)
            check_callers_seen(unit, actor.workspace_id, networks)
            unit.keys.set_networks(actor.workspace_id, key.lineage, networks, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_NETWORKS_SET,
                key.id,
                key.name,
                takes_away=takes_away(key.networks, networks),
                networks=networks and str(networks),
                before=key.networks and str(key.networks),
            )
            changed = find_key(unit, actor.workspace_id, prefix, key.id)
        return mutation.done(changed)

    def begin_at(
        self, actor: Actor, reference: str, not_before: int | None, *, seen: int | None = None
    ) -> Done[Key]:
        """Say when a key that has not begun to work does, and its successor; None is at once.

        `seen` is its revision as whoever decided saw it. Raises NotAllowed, PlanRequired, NotFound,
        Invalid, AlreadyRevoked, KeyExpired, ChangedMeanwhile, or HasBegun.
        """
        with self._transactions.taking_away() as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, "restrict API keys", seen)
            if key.not_before is None or key.begun(unit.now):
                raise HasBegun(key.name)
            if not_before is not None:
                check_beginning(not_before, unit.now)
                check_order(not_before, key.expires_at)
            unit.keys.set_not_before(actor.workspace_id, key.lineage, not_before, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_BEGINNING_MOVED,
                key.id,
                key.name,
                takes_away=not_before is not None and not_before > key.not_before,
                not_before=rfc3339_or_none(not_before),
                before=rfc3339_or_none(key.not_before),
            )
            changed = find_key(unit, actor.workspace_id, prefix, key.id)
        return mutation.done(changed)

    def _key(self, unit: Unit, actor: Actor, reference: str) -> Key:
        check_standing(unit, actor, Needs.VIEWER, "see API keys")
        return find_key(unit, actor.workspace_id, self._transactions.prefix, reference, verb=True)


def observed_of(unit: Unit, key: Key) -> tuple[Observed, ...]:
    """Return whom what is only observed of a key's chain would have refused."""
    return unit.usage.observed(key.workspace_id, _chain(unit, key))


def _chain(unit: Unit, key: Key) -> list[str]:
    return [one.id for one in unit.keys.of_lineage(key.workspace_id, key.lineage)]


def _some(unit: Unit, actor: Actor, key_ids: Sequence[str]) -> list[Key]:
    check_standing(unit, actor, Needs.VIEWER, "see API keys")
    return list(unit.keys.some(actor.workspace_id, key_ids).values())


def _callers(unit: Unit, key: Key, since: int) -> list[Caller]:
    found = _called(unit, key.workspace_id, _chain(unit, key), since)
    return sorted((one for some in found.values() for one in some), key=lambda one: -one.last_at)


def _called(
    unit: Unit, workspace_id: int, key_ids: Sequence[str], since: int
) -> dict[str, list[Caller]]:
    """Return who called with some keys since an instant, the last to call first."""
    found = unit.usage.callers(workspace_id, key_ids)
    return {
        key_id: [caller for caller in callers if caller.last_at > since]
        for key_id, callers in found.items()
    }


def _of_ends(unit: Unit, keys: Sequence[Key], since: int) -> dict[str, Foreseen]:
    """Return whom the end of each of a workspace's keys cuts off, by id."""
    if not keys:
        return {}
    workspace_id = keys[0].workspace_id
    replaced = [key.successor for key in keys if key.successor is not None]
    successors = unit.keys.some(workspace_id, replaced)
    active = {one.id for one in successors.values() if one.state(unit.now) is State.ACTIVE}
    called = _called(unit, workspace_id, [*(key.id for key in keys), *active], since)
    gaps = _usual_gaps(unit, keys)
    found = {}
    for key in keys:
        callers = called.get(key.id, [])
        after = called.get(key.successor or "", []) if key.successor in active else []
        moved = _moved(callers, after, quiet_window(gaps.get(key.id)))
        refused = [one for one in callers if one not in moved]
        found[key.id] = _foreseen(unit, gaps.get(key.id), since, refused, moved)
    return found


def _of_scopes(unit: Unit, keys: Sequence[Key], since: int) -> dict[str, ForeseenScopes]:
    """Return what each of a workspace's keys would have lost with all of its scopes, by id."""
    if not keys:
        return {}
    workspace_id, ids = keys[0].workspace_id, [key.id for key in keys]
    uses = unit.usage.scopes_of_keys(workspace_id, dict.fromkeys(ids, since))
    called, gaps = _called(unit, workspace_id, ids, since), _usual_gaps(unit, keys)
    return {
        key_id: ForeseenScopes(
            since,
            tuple(
                sorted(
                    (use for use in uses.get(key_id, ()) if use.requests),
                    key=lambda use: -use.last_used_at,
                )
            ),
            tuple(called.get(key_id, ())),
            _seldom(unit, gaps.get(key_id), since),
        )
        for key_id in ids
    }


def _moved(callers: Sequence[Caller], after: Sequence[Caller], window: int) -> list[Caller]:
    """Return which callers of a key left it for its successor, by what they called with that."""
    # One address and agent may be of several, of whom only one has gone on.
    latest = {one.identity: one.last_at for one in after}
    return [
        one
        for one in callers
        if one.identity in latest and has_left(one.last_at, latest[one.identity], window)
    ]


def _foreseen(
    unit: Unit,
    gap: int | None,
    since: int,
    refused: Sequence[Caller],
    admitted: Sequence[Caller],
) -> Foreseen:
    return Foreseen(
        since=since,
        refused=tuple(refused),
        admitted=tuple(admitted),
        seldom=_seldom(unit, gap, since),
        crowded=len(refused) + len(admitted) >= CALLERS_KEPT,
    )


def _seldom(unit: Unit, gap: int | None, since: int) -> int | None:
    rare = QUIET_GAPS * (gap or 0)
    return rare if rare > unit.now - since else None


def _usual_gaps(unit: Unit, keys: Sequence[Key]) -> dict[str, int]:
    workspace_id, ids = keys[0].workspace_id, [key.id for key in keys]
    return unit.usage.usual_gaps(workspace_id, ids, unit.now - GAPS_OVER)


def check_callers_seen(unit: Unit, workspace_id: int, networks: KeyNetworks | None) -> None:
    """Raise CallersUnseen where all seem to come from the one address of a proxy."""
    if networks is None or not networks.enforced:
        return
    running = [one for one in unit.verifiers.all() if one.health is not ProcessHealth.GONE]
    if all(one.proxied for one in running):
        return
    used_from = unit.usage.used_from(workspace_id, unit.now - LOOKED_BACK, MOST_LOOKED_AT)
    addresses = {str(address_of(one or "") or UNKNOWN) for one in used_from}
    if not addresses or UNKNOWN in addresses:
        return
    if all(ip_address(one).is_loopback for one in addresses) or (
        len(addresses) == 1 and len(used_from) > 1
    ):
        raise CallersUnseen(min(addresses))
