"""ConnectionService: what admins do with the assistants that are connected."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.audit.entry import AuditEntry
from store.domain.connections import AuthorizationRequest, Connection, is_earlier
from store.domain.key_networks import KeyNetworks, takes_away
from store.domain.keys import State
from store.domain.limits import Subject
from store.domain.names import checked_name
from store.domain.people import Actor
from store.domain.routes.table import RouteTable
from store.domain.scopes import Scopes, canonical
from store.domain.times import DAY, HOUR
from store.domain.tools.offered import Offers
from store.domain.usage import Day, KeyUsage, Observed, ToolUse, Traffic
from store.errors import (
    AmbiguousConnection,
    BeyondAsked,
    ConnectionExpired,
    ConnectionRevoked,
    Invalid,
    NoSuchConnection,
)
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.key_access import check_as_seen
from store.service.mutation import TakingMutation
from store.service.restricting import check_callers_seen
from store.service.transactions import Needs, Transactions, check_standing

MONTH_DAYS = 30
MOST_EARLIER = 5
"""Connections that a new sign-in offers to end."""
MOST_LOOKED_AT = 200
"""Of somebody's connections so many are looked at for those, the newest."""
ENDED_AT_ONCE = 100
"""Connections that one transaction ends: each with an entry of the audit."""
APPROVER_LEFT = "Whoever approved it has left."


@dataclass(frozen=True, slots=True)
class ConnectionDetails:
    """Everything a screen says about one connection."""

    connection: Connection
    usage: KeyUsage
    """Its traffic of the last hour; its scopes and refusals of all time."""
    month: tuple[Day, ...]
    """The last 30 days, today last."""
    tools: tuple[ToolUse, ...]
    """What it called in those days, by name."""
    history: tuple[AuditEntry, ...]
    """Newest first."""
    observed: tuple[Observed, ...] = ()
    """What only observed networks and limits would have refused of it, the latest first."""

    @property
    def traffic(self) -> Traffic:
        """The requests of the last hour."""
        return self.usage.traffic


@dataclass(frozen=True, slots=True)
class ConnectionUsage:
    """What an assistant did, since an instant."""

    connection: Connection
    usage: KeyUsage
    """Its refusals are the latest, of all time."""
    tools: tuple[ToolUse, ...]
    """What it called, whole days in UTC at a time, by name."""
    operations: Mapping[str, str]
    """What tools of the admin's own API call, such as `GET /invoices/{id}`, by name: those of the
    store that it called, or may call."""


class ConnectionService:
    """List, show, narrow, revoke."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[Connection]:
        """Return the workspace's connections, those that work first.

        On any plan, because revoking needs it. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            return unit.connections.all(actor.workspace_id)

    def each(self, actor: Actor) -> Iterator[Connection]:
        """Yield what `all` returns, read while it is asked for. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            yield from unit.connections.each(actor.workspace_id)

    def show(self, actor: Actor, reference: str) -> Connection:
        """Return the connection an id or an assistant's name means. Raises NotAllowed, NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            return self._found(unit, actor, reference)

    def details(self, actor: Actor, reference: str) -> ConnectionDetails:
        """Return everything about one connection. Raises NotAllowed or NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            connection = self._found(unit, actor, reference)
            used, whose = unit.connection_usage, (actor.workspace_id, connection.id)
            observed = _observing(unit, connection)
            return ConnectionDetails(
                connection=connection,
                usage=used.of_key(*whose, unit.now - HOUR),
                month=used.days(*whose, MONTH_DAYS, unit.now),
                tools=used.tools(*whose, unit.now - (MONTH_DAYS - 1) * DAY),
                history=tuple(
                    unit.audit.newest(actor.workspace_id, limit=20, subject=connection.id)
                ),
                observed=used.observed(whose[0], whose[1:]) if observed else (),
            )

    def usage(self, actor: Actor, reference: str, since: int) -> ConnectionUsage:
        """Return what a connection did since an instant. Raises NotAllowed or NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            connection = self._found(unit, actor, reference)
            used, whose = unit.connection_usage, (actor.workspace_id, connection.id)
            tools = used.tools(*whose, since)
            called = {use.tool for use in tools}
            granted = {str(scope) for scope in connection.scopes}
            offers = Offers(unit.tools.all(), RouteTable(unit.routes.all())).by_name
            return ConnectionUsage(
                connection,
                used.of_key(*whose, since),
                tools,
                {
                    name: f"{offer.tool.method} {offer.tool.path}"
                    for name, offer in offers.items()
                    if name in called or offer.opened_by(granted)
                },
            )

    def narrow(
        self, actor: Actor, reference: str, scopes: Scopes, *, seen: int | None = None
    ) -> Done[Connection]:
        """Take permissions from an active connection; in force as a revocation is.

        `seen` is its revision as whoever decided saw it. Raises NotAllowed, PlanRequired, NotFound,
        Invalid, BeyondAsked, ConnectionRevoked, ConnectionExpired or ChangedMeanwhile.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.PRO_ADMIN, "scope connections")
            connection = self._found(unit, actor, reference)
            self._check_alive(connection, mutation.now)
            check_as_seen(unit, connection, seen)
            if not scopes:
                raise Invalid("scope", "Leave at least one permission, or revoke the connection.")
            if not scopes <= connection.scopes:
                raise BeyondAsked(canonical(scopes - connection.scopes))
            unit.connections.set_scopes(
                actor.workspace_id, connection.id, scopes, mutation.revision
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.CONNECTION_SCOPED,
                connection.id,
                connection.name,
                takes_away=True,
                removed=canonical(connection.scopes - scopes),
            )
            narrowed = self._found(unit, actor, connection.id)
        return mutation.done(narrowed)

    def set_networks(
        self, actor: Actor, reference: str, networks: KeyNetworks | None, *, seen: int | None = None
    ) -> Done[Connection]:
        """Say where an active connection is used from; None is anywhere. `seen` as for `narrow`.

        Raises NotAllowed, PlanRequired, NotFound, ConnectionRevoked, ConnectionExpired,
        ChangedMeanwhile, or CallersUnseen where enforcing it would refuse everybody or nobody.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.PRO_ADMIN, "restrict connections")
            connection = self._found(unit, actor, reference)
            self._check_alive(connection, mutation.now)
            check_as_seen(unit, connection, seen)
            check_callers_seen(unit, actor.workspace_id, networks)
            unit.connections.set_networks(
                actor.workspace_id, connection.id, networks, mutation.revision
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.CONNECTION_NETWORKS_SET,
                connection.id,
                connection.name,
                takes_away=takes_away(connection.networks, networks),
                networks=networks and str(networks),
                before=connection.networks and str(connection.networks),
            )
            changed = self._found(unit, actor, connection.id)
        return mutation.done(changed)

    def revoke(self, actor: Actor, reference: str, reason: str | None = None) -> Done[Connection]:
        """Revoke a connection for good, expired or not, on any plan.

        In force as a key's revocation is. Raises NotAllowed, NotFound, Invalid or
        ConnectionRevoked.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "revoke connections")
            connection = self._found(unit, actor, reference)
            if connection.revoked_at is not None:
                raise ConnectionRevoked(
                    connection.name, connection.revoked_at, connection.revoked_by
                )
            reason = checked_name(reason, "reason") if reason and reason.strip() else None
            _end(mutation, actor, connection, reason)
            revoked = self._found(unit, actor, connection.id)
        return mutation.done(revoked)

    def earlier(self, actor: Actor, ask: AuthorizationRequest) -> list[Connection]:
        """Return the actor's own connections that work, of the assistant that asks anew.

        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see connections")
            return earlier(unit, actor.workspace_id, actor.person_id, ask)

    @staticmethod
    def _check_alive(found: Connection, now: int) -> None:
        if found.revoked_at is not None:
            raise ConnectionRevoked(found.name, found.revoked_at, found.revoked_by)
        if found.state(now) is State.EXPIRED:
            raise ConnectionExpired(found.name)

    @staticmethod
    def _found(unit: Unit, actor: Actor, reference: str) -> Connection:
        reference = reference.strip()
        found = unit.connections.get(actor.workspace_id, reference)
        if found is not None:
            return found
        named = unit.connections.named(actor.workspace_id, reference)
        active = [
            connection for connection in named if connection.state(unit.now) is State.ACTIVE
        ] or named
        if not active:
            raise NoSuchConnection(reference)
        if len(active) > 1:
            raise AmbiguousConnection(
                reference, tuple(f"{connection.id} ({connection.name})" for connection in active)
            )
        return active[0]


def earlier(
    unit: Unit,
    workspace_id: int,
    person_id: int,
    ask: AuthorizationRequest,
    *,
    most: int = MOST_EARLIER,
) -> list[Connection]:
    """Return the connections somebody approved that work, of the assistant that asks anew."""
    theirs = unit.connections.approved_by(workspace_id, person_id, MOST_LOOKED_AT)
    return [one for one in theirs if is_earlier(one, ask)][:most]


def end_earlier(
    mutation: TakingMutation, actor: Actor, ask: AuthorizationRequest, ending: Collection[str]
) -> None:
    """Revoke, of what `earlier` means, what is named by its id: its assistant signs in anew."""
    theirs = earlier(mutation.unit, actor.workspace_id, actor.person_id, ask, most=MOST_LOOKED_AT)
    for one in [one for one in theirs if one.id in ending][:MOST_EARLIER]:
        _end(mutation, actor, one, "Its assistant signed in anew.")


def end_approved(
    mutation: TakingMutation, actor: Actor, person_id: int
) -> tuple[list[Connection], bool]:
    """Revoke some of the active connections that a leaver approved; return them, and if any stay.

    The assistants are theirs: one would look on for somebody who may not any more.
    """
    approved_by = mutation.unit.connections.approved_by
    theirs = approved_by(actor.workspace_id, person_id, ENDED_AT_ONCE + 1)
    some = theirs[:ENDED_AT_ONCE]
    for connection in some:
        _end(mutation, actor, connection, APPROVER_LEFT)
    return some, len(theirs) > len(some)


def _end(mutation: TakingMutation, actor: Actor, found: Connection, reason: str | None) -> None:
    mutation.unit.connections.set_revoked(
        actor.workspace_id, found.id, actor.person_id, reason, mutation.revision
    )
    mutation.audit(
        actor.workspace_id,
        actor,
        Action.CONNECTION_REVOKED,
        found.id,
        found.name,
        takes_away=True,
        reason=reason,
    )


def _observing(unit: Unit, connection: Connection) -> bool:
    """Return whether something that limits a connection is only observed."""
    held = unit.limits.of(connection.workspace_id, Subject.WORKSPACE, "")
    networks = connection.networks
    return (networks is not None and not networks.enforced) or any(
        not window.enforced for window in held
    )
