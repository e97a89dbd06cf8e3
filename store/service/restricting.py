"""RestrictionService: what keys are limited to, and whom that would refuse.

What a key is limited to belongs to its lineage: it is set for every key of the chain that is not
revoked, and a successor takes it over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from store.domain.audit.actions import Action
from store.domain.key_networks import KeyNetworks, takes_away
from store.domain.keys import Key, State
from store.domain.networks import UNKNOWN, address_of, network_of
from store.domain.people import Actor
from store.domain.rotation import GAPS_OVER, QUIET_GAPS, has_left, quiet_window
from store.domain.scopes import Scopes
from store.domain.times import DAY, rfc3339_or_none
from store.domain.usage import CALLERS_KEPT, Caller, Observed, ScopeUse
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


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Whom networks would have refused, of those who were let in."""

    since: int
    refused: tuple[Caller, ...]
    """The last to call first."""
    admitted: tuple[Caller, ...]
    seldom: int | None
    """Ten usual gaps between two uses, in milliseconds, where that is longer than was looked back.

    Whoever calls so seldom may not have been seen. None where that is not so.
    """
    crowded: bool
    """Whether there may have been more callers than are kept."""

    def of_nobody(self) -> "Foreseen":
        """Return it of a change that refuses nobody of them."""
        return replace(self, refused=(), admitted=(*self.refused, *self.admitted))


@dataclass(frozen=True, slots=True)
class ForeseenScopes:
    """What taking scopes away would have refused, of what was let in.

    Who called is kept of a key, not of each of its scopes: the callers are those of the key.
    """

    since: int
    used: tuple[ScopeUse, ...]
    """Of the scopes that go, those that were needed since; the latest use first."""
    callers: tuple[Caller, ...]
    """Whom the key let in since, the last to call first."""
    seldom: int | None
    """As of `Foreseen`."""


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
                key,
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
            since = unit.now - over_ms
            callers = _called(unit, key, [key.id], since)
            moved = _moved(unit, key, callers, since)
            return _foreseen(unit, key, since, [one for one in callers if one not in moved], moved)

    def foresee_scopes(
        self, actor: Actor, reference: str, removed: Scopes, over_ms: int = LOOKED_BACK
    ) -> ForeseenScopes:
        """Return what a key would have lost with scopes, in so many milliseconds until now.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            key = self._key(unit, actor, reference)
            since, names = unit.now - over_ms, {str(scope) for scope in removed}
            uses = unit.usage.scopes(key.workspace_id, key.id, since)
            lost = [use for use in uses if use.scope in names and use.requests]
            callers = _called(unit, key, [key.id], since)
            return ForeseenScopes(
                since,
                tuple(sorted(lost, key=lambda use: -use.last_used_at)),
                tuple(callers),
                _seldom(unit, key, since),
            )

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


def _callers(unit: Unit, key: Key, since: int) -> list[Caller]:
    return _called(unit, key, _chain(unit, key), since)


def _called(unit: Unit, key: Key, key_ids: Sequence[str], since: int) -> list[Caller]:
    found = unit.usage.callers(key.workspace_id, key_ids).values()
    callers = (caller for callers in found for caller in callers if caller.last_at > since)
    return sorted(callers, key=lambda caller: -caller.last_at)


def _moved(unit: Unit, key: Key, callers: Sequence[Caller], since: int) -> list[Caller]:
    """Return which callers of a key left it for its successor, by what they called with that."""
    successor = unit.keys.get(key.workspace_id, key.successor) if key.successor else None
    if successor is None or successor.state(unit.now) is not State.ACTIVE:
        return []
    window = quiet_window(_usual_gap(unit, key))
    # One address and agent may be of several, of whom only one has gone on.
    latest = {_identity(one): one.last_at for one in _called(unit, key, [successor.id], since)}
    return [
        one
        for one in callers
        if _identity(one) in latest and has_left(one.last_at, latest[_identity(one)], window)
    ]


def _identity(caller: Caller) -> tuple[str, str]:
    return caller.address, caller.user_agent


def _foreseen(
    unit: Unit, key: Key, since: int, refused: Sequence[Caller], admitted: Sequence[Caller]
) -> Foreseen:
    return Foreseen(
        since=since,
        refused=tuple(refused),
        admitted=tuple(admitted),
        seldom=_seldom(unit, key, since),
        crowded=len(refused) + len(admitted) >= CALLERS_KEPT,
    )


def _seldom(unit: Unit, key: Key, since: int) -> int | None:
    rare = QUIET_GAPS * (_usual_gap(unit, key) or 0)
    return rare if rare > unit.now - since else None


def _usual_gap(unit: Unit, key: Key) -> int | None:
    return unit.usage.usual_gap(key.workspace_id, key.id, unit.now - GAPS_OVER)


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
