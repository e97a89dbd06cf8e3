"""KeyService: what admins do with keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.audit.entry import AuditEntry
from store.domain.key_string import Secret
from store.domain.keys import DEFAULT_LIFETIME, Key, lifetime, works_from
from store.domain.labels import to_stored
from store.domain.limits import Used
from store.domain.limits import to_stored as limits_stored
from store.domain.listing import Counts, Cursor, Found, KeyQuery, Page, Search
from store.domain.people import Actor, Holder, KnownBy, Workspace
from store.domain.right_sizing import Proposal
from store.domain.scopes import Resource, Scopes, canonical, check_known
from store.domain.stops import Stop
from store.domain.times import HOUR, rfc3339_or_none, sooner
from store.domain.usage import Day, KeyUsage, Observed, Traffic
from store.errors import Invalid, NameTaken, NoKeysFor
from store.persistence.unit import Unit
from store.service.commits import Done
from store.service.issuing import issue_in
from store.service.key_access import changeable, find_key
from store.service.limiting import used_of
from store.service.mutation import Mutation
from store.service.new_keys import NewKey as NewKey  # Where everybody looks for it.
from store.service.new_keys import Room, check_order
from store.service.restricting import check_callers_seen, observed_of
from store.service.revoking import revoke_in
from store.service.right_sizing import proposed
from store.service.stops import holding
from store.service.transactions import Needs, Transactions, check_standing

MONTH_DAYS = 30


@dataclass(frozen=True, slots=True)
class Issued:
    """A new key and, once only, its full string."""

    key: Key
    secret: Secret


@dataclass(frozen=True, slots=True)
class Details:
    """Everything a screen says about one key."""

    key: Key
    holders: tuple[Holder, ...]
    usage: KeyUsage
    """Its traffic of the last hour; its scopes and refusals of all time."""
    month: tuple[Day, ...]
    """The last 30 days, today last."""
    history: tuple[AuditEntry, ...]
    """Newest first."""
    unneeded: Proposal | None = None
    """What it could do without."""
    brought: bool = False
    """Whether somebody else made it, and it was brought along."""
    stops: tuple[Stop, ...] = ()
    """What refuses it until it is lifted, each on its own."""
    chain: tuple[Key, ...] = ()
    """It with its predecessors and successors, the first one first; none where it has none."""
    observed: tuple[Observed, ...] = ()
    """Whom what is only observed would have refused, the latest first."""
    limits: tuple[Used, ...] = ()
    """Every limit it is held to, with how much is used."""

    @property
    def traffic(self) -> Traffic:
        """The requests of the last hour."""
        return self.usage.traffic


class KeyService:
    """Create, list, show, rescope, extend, confirm and revoke. Rotation has its own service."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def default_expiry(self, not_before: int | None = None) -> int:
        """Return the expiry a key gets where none is named: 90 days from when it begins to work."""
        return works_from(not_before, self._transactions.clock.now()) + DEFAULT_LIFETIME

    def catalogue(self) -> list[Resource]:
        """Return the resources that scopes can name."""
        with self._transactions.reading() as unit:
            return unit.catalogue.all()

    def page(
        self,
        actor: Actor,
        query: KeyQuery,
        *,
        limit: int = 100,
        after: Cursor | None = None,
        offset: int = 0,
        of: int | None = None,
    ) -> Page:
        """Return up to `limit` of the workspace's keys, after a cursor or from an offset.

        `of`, how many the query finds, makes the far end as near as the beginning. What no index
        knows is looked for until the page is full: `look` brings what is found sooner.
        Raises NotAllowed or PlanRequired.
        """
        page = self.look(actor, query, limit=limit, after=after, offset=offset, of=of)
        while page.unfinished:
            page = self.look(actor, query, limit=limit, search=page.search)
        return page

    def look(
        self,
        actor: Actor,
        query: KeyQuery,
        *,
        limit: int = 100,
        after: Cursor | None = None,
        offset: int = 0,
        of: int | None = None,
        search: Search | None = None,
    ) -> Page:
        """Return a page soon, whatever is asked for: maybe one that is unfinished.

        Where no index knows what fits, so many keys are looked at, from where a `search` of the
        same query left off. Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.look(
                actor.workspace_id,
                query,
                limit=limit,
                after=after,
                offset=offset,
                of=of,
                search=search,
            )

    def picked(self, actor: Actor, query: KeyQuery, ids: Sequence[str]) -> list[Key]:
        """Return those of some keys, by id, that a query finds, in its order.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.picked(actor.workspace_id, query, ids)

    def count(self, actor: Actor, query: KeyQuery) -> int:
        """Return how many keys a query finds. Raises NotAllowed or PlanRequired."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.count(actor.workspace_id, query)

    def found(self, actor: Actor, query: KeyQuery) -> Found:
        """Return how many keys a query finds, or how many at least, soon whatever it asks for.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.found(actor.workspace_id, query)

    def counts(self, actor: Actor) -> Counts:
        """Return the workspace's keys by state, soon: of very many that there are more.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.counts(actor.workspace_id)

    def position(self, actor: Actor, query: KeyQuery, key_id: str) -> int | None:
        """Return how many keys stand before one in a list, or None where it is not in it.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "list API keys")
            return unit.pages.position(actor.workspace_id, query, key_id)

    def show(self, actor: Actor, reference: str) -> Key:
        """Return the key a reference means. Raises NotAllowed, PlanRequired or NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_VIEWER, "see API keys")
            return find_key(unit, actor.workspace_id, self._transactions.prefix, reference)

    def find_to_revoke(self, actor: Actor, reference: str) -> Key:
        """Return the key a reference means, on any plan: revoking is always possible.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "revoke API keys")
            return find_key(
                unit, actor.workspace_id, self._transactions.prefix, reference, verb=True
            )

    def page_to_end(
        self, actor: Actor, query: KeyQuery, *, limit: int = 100, after: Cursor | None = None
    ) -> Page:
        """Return what `page` does, on any plan: to revoke those keys, to stop them or let them go.

        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "revoke and stop API keys")
            return unit.pages.page(actor.workspace_id, query, limit=limit, after=after)

    def details(self, actor: Actor, key_id: str) -> Details:
        """Return everything about one key, by its id.

        Any admin or viewer may ask, on any plan, because revoking needs it. Raises NotAllowed or
        NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see API keys")
            key = find_key(unit, actor.workspace_id, self._transactions.prefix, key_id)
            limits = used_of(unit, key)
            # What its owner and its workspace are held to gives no key a badge.
            observing = key.observing or any(not one.limit.window.enforced for one in limits)
            return Details(
                key=key,
                holders=tuple(unit.holders.of(actor.workspace_id, key.id)),
                usage=unit.usage.of_key(actor.workspace_id, key.id, unit.now - HOUR),
                month=unit.usage.days(actor.workspace_id, key.id, MONTH_DAYS, unit.now),
                history=tuple(unit.audit.newest(actor.workspace_id, limit=20, subject=key.id)),
                unneeded=proposed(unit, key),
                brought=unit.foreign.brought(actor.workspace_id, key.id),
                stops=holding(unit, key) if key.stopped_at is not None else (),
                chain=_chain(unit, key),
                observed=observed_of(unit, key) if observing else (),
                limits=limits,
            )

    def name_taken(self, actor: Actor, name: str) -> NameTaken | None:
        """Return the refusal `create` would give for a name that is in use, or None.

        Raises NotAllowed or PlanRequired.
        """
        with self._transactions.reading() as unit:
            self._standing(unit, actor, "create API keys")
            taken = unit.keys.named(actor.workspace_id, name, active_only=True)
            return NameTaken(name) if taken else None

    def create(self, actor: Actor, wanted: NewKey) -> Issued:
        """Make a key; its full string is in the answer and nowhere else.

        Raises NotAllowed, PlanRequired, Invalid, NoSuchResource, NoSuchPerson, NameTaken, or
        CallersUnseen where networks would refuse everybody or nobody.
        """
        with self._transactions.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            self._standing(unit, actor, "create API keys")
            room = Room(unit, actor.workspace_id, self._transactions.prefix, (wanted,))
            name, holders = room.check(wanted)
            check_callers_seen(unit, actor.workspace_id, wanted.networks)
            carried = wanted.inherited(name, unit.now)
            minted = issue_in(mutation, self._transactions, actor, carried, wanted.expires_at)
            for person_id in holders:
                unit.holders.add(
                    actor.workspace_id, minted.id, person_id, KnownBy.CUSTODIAN, unit.now
                )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_CREATED,
                minted.id,
                name,
                scopes=canonical(wanted.scopes),
                expires_at=rfc3339_or_none(wanted.expires_at),
                rotate_every_days=wanted.rotate_every_days,
                holders=list(wanted.holders),
                owner=carried.owner,
                labels=to_stored(carried.labels),
                not_before=rfc3339_or_none(carried.not_before),
                networks=carried.networks and str(carried.networks),
                limits=limits_stored(carried.limits),
            )
            return Issued(self._get(unit, actor, minted.id), minted.key)

    def confirm(self, actor: Actor, key_id: str) -> Key:
        """Remember that the key is stored somewhere safe; a second time changes nothing.

        Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "confirm API keys")
            key = find_key(unit, actor.workspace_id, self._transactions.prefix, key_id)
            if key.confirmed_at is not None:
                return key
        with self._transactions.writing(raise_revision=True) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "confirm API keys")
            unit.keys.set_confirmed(actor.workspace_id, key.id, mutation.revision)
            mutation.audit(actor.workspace_id, actor, Action.KEY_CONFIRMED, key.id, key.name)
            return self._get(unit, actor, key.id)

    def rescope(
        self, actor: Actor, key_id: str, scopes: Scopes, *, seen: int | None = None
    ) -> Done[Key]:
        """Replace an active key's scopes; `seen` is its revision as whoever decided saw it.

        Raises NotAllowed, PlanRequired, NotFound, Invalid, NoSuchResource, AlreadyRevoked,
        KeyExpired, or ChangedMeanwhile when it is not as it was seen.
        """
        with self._transactions.taking_away() as mutation:
            key = self._changeable(mutation, actor, key_id, "scope API keys", seen)
            if not scopes:
                raise Invalid("scope", "Grant at least one permission, or revoke the key.")
            check_known(scopes, mutation.unit.catalogue.all())
            mutation.unit.keys.set_scopes(actor.workspace_id, key.id, scopes, mutation.revision)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_SCOPED,
                key.id,
                key.name,
                takes_away=not key.scopes <= scopes,
                added=canonical(scopes - key.scopes),
                removed=canonical(key.scopes - scopes),
            )
            changed = self._get(mutation.unit, actor, key.id)
        return mutation.done(changed)

    def extend(
        self, actor: Actor, key_id: str, expires_at: int | None, *, seen: int | None = None
    ) -> Done[Key]:
        """Move an active key's expiry; None means never. `seen` as for `rescope`.

        Raises NotAllowed, PlanRequired, NotFound, Invalid, AlreadyRevoked, KeyExpired or
        ChangedMeanwhile.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            key = self._changeable(mutation, actor, key_id, "extend API keys", seen)
            if expires_at is not None and expires_at <= unit.now:
                raise Invalid("expires", "That is in the past. Choose a later date, or revoke it.")
            if key.not_before is not None:
                check_order(key.not_before, expires_at)
            unit.keys.set_expiry(actor.workspace_id, key.id, expires_at, mutation.revision)
            unit.keys.set_lifetime(
                actor.workspace_id, key.id, lifetime(expires_at, key.not_before, unit.now)
            )
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.KEY_EXTENDED,
                key.id,
                key.name,
                takes_away=sooner(expires_at, key.expires_at),
                expires_at=rfc3339_or_none(expires_at),
                before=rfc3339_or_none(key.expires_at),
            )
            changed = self._get(unit, actor, key.id)
        return mutation.done(changed)

    def revoke(
        self, actor: Actor, key_id: str, reason: str | None = None, *, owner: str | None = None
    ) -> Done[Key]:
        """Revoke a key for good, expired or not, on any plan.

        It is committed when this returns, and on SQLite in force. On PostgreSQL `InForce` waits
        until it is. With `owner` only where it belongs to them. Raises NotAllowed, NotFound,
        Invalid or AlreadyRevoked.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.ADMIN, "revoke API keys")
            key = find_key(unit, actor.workspace_id, self._transactions.prefix, key_id, verb=True)
            if owner not in (None, key.owner):
                raise NoKeysFor(owner)
            revoke_in(mutation, actor, key, reason)
            revoked = self._get(unit, actor, key.id)
        return mutation.done(revoked)

    def _standing(self, unit: Unit, actor: Actor, action: str) -> Workspace:
        return check_standing(unit, actor, Needs.PRO_ADMIN, action)

    def _changeable(
        self, mutation: Mutation, actor: Actor, key_id: str, action: str, seen: int | None
    ) -> Key:
        return changeable(mutation, actor, self._transactions.prefix, key_id, action, seen)

    def _get(self, unit: Unit, actor: Actor, key_id: str) -> Key:
        return find_key(unit, actor.workspace_id, self._transactions.prefix, key_id)


def _chain(unit: Unit, key: Key) -> tuple[Key, ...]:
    if key.predecessor is None and key.successor is None:
        return ()
    return tuple(unit.keys.of_lineage(key.workspace_id, key.lineage))
