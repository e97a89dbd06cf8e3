"""Authorization requests: from an assistant that registers to an admin's yes, and its code."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace

from store.domain.audit.actions import Action
from store.domain.client_addresses import is_address
from store.domain.connections import (
    ASK_LIFETIME,
    LIFETIMES,
    AuthorizationRequest,
    Connection,
    RequestStatus,
    checked_short_code,
    short_code,
)
from store.domain.key_string import ID_LENGTH, Secret, random_base62
from store.domain.people import Actor, Workspace
from store.domain.redirects import with_parameters
from store.domain.scopes import Resource, Scopes, canonical
from store.domain.times import HOUR, rfc3339
from store.errors import (
    AuthorizationRequestOver,
    BeyondAsked,
    ClientNotKnown,
    Invalid,
    NoSuchAuthorizationRequest,
    TooManyAuthorizationRequests,
)
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.client_documents import in_workspace, of_address
from store.service.codes import first_code
from store.service.commits import Done
from store.service.connections import earlier, end_earlier
from store.service.mutation import Mutation
from store.service.page_secret import PageSecret
from store.service.transactions import Needs, Transactions, check_standing
from store.service.web_sign_in import approvable

MOST_ASKED = 60
"""Requests for approval that one network may bring in an hour."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an assistant asks for. Checked by `ask`."""

    client_id: str
    redirect_uri: str
    state: str | None
    code_challenge: str
    scopes: Scopes
    resource: str


@dataclass(frozen=True, slots=True)
class Brought:
    """A new request, and what its browser alone may know."""

    ask: AuthorizationRequest
    browser: Secret


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request as its page shows it."""

    ask: AuthorizationRequest
    standing: RequestStatus
    short_code: str
    email: str | None
    """Who signed in on the page, while there is anything that they may approve."""
    memberships: tuple[Membership, ...]
    """Where they may approve: of an assistant known by its address, where it is known."""
    catalogue: tuple[Resource, ...]
    earlier: tuple[Connection, ...] = ()
    """Connections of the same assistant that whoever signed in approved where they may, and that
    work."""

    @property
    def workspaces(self) -> tuple[Workspace, ...]:
        """The workspaces for which they may approve."""
        return tuple(membership.workspace for membership in self.memberships)


class AuthorizationRequestService:
    """Ask, look, approve, deny, pick up.

    What opens a request's page is a secret that its browser alone was given: `browser`. Signing in
    there adds a second one to it, and takes the first one's word for nobody any more: whoever
    planted it in somebody's browser has not signed in, and picks nothing up.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def ask(self, wanted: Wanted, network: str) -> Brought:
        """Keep what a browser brought.

        Raises TooManyAuthorizationRequests, or ClientNotKnown for one that has been removed.
        """
        ask_id, browser = random_base62(ID_LENGTH), Secret(secrets.token_urlsafe(32))
        peppers, pepper = self._transactions.peppers, self._transactions.peppers.newest
        code = Secret(short_code(browser.reveal()))
        with self._transactions.keeping() as unit:
            if unit.authorization_requests.brought_from(network, unit.now - HOUR) >= MOST_ASKED:
                raise TooManyAuthorizationRequests
            if is_address(wanted.client_id):
                client = of_address(unit, wanted.client_id)
                if client is None:
                    raise ClientNotKnown(wanted.client_id)
                unit.oauth_clients.hold(client)
            unit.authorization_requests.add(
                ask_id,
                client_id=wanted.client_id,
                redirect_uri=wanted.redirect_uri,
                state=wanted.state,
                code_challenge=wanted.code_challenge,
                scopes=wanted.scopes,
                resource=wanted.resource,
                browser_digest=peppers.digest(browser, pepper),
                short_code_digest=peppers.digest(code, pepper),
                pepper=pepper,
                network=network,
                expires_at=unit.now + ASK_LIFETIME,
            )
            unit.authorization_requests.drop_old()
            ask = unit.authorization_requests.get(ask_id)
        if ask is None:
            raise AssertionError("it was added")
        return Brought(ask, browser)

    def seen(self, ask_id: str, browser: Secret) -> ShownRequest:
        """Return a request as its own browser sees it. Raises NoSuchAsk."""
        with self._transactions.reading() as unit:
            ask, secret = self._of_browser(unit, ask_id, browser)
            if not secret.decides:
                ask = replace(ask, person_id=None)
            managed = approvable(unit, ask.person_id) if ask.person_id else []
            known = [(one, _known(unit, one, ask)) for one in managed]
            where = [one for one, as_known in known if as_known is not None]
            return ShownRequest(
                ask=next((as_known for _, as_known in known if as_known is not None), ask),
                standing=ask.standing(unit.now),
                short_code=short_code(secret.own),
                email=managed[0].email if managed else None,
                memberships=tuple(where),
                catalogue=tuple(unit.catalogue.all()),
                earlier=tuple(
                    one
                    for membership in where
                    for one in earlier(unit, membership.workspace.id, membership.person_id, ask)
                ),
            )

    def signed_in(self, ask_id: str, browser: Secret, person_id: int) -> Secret:
        """Remember who signed in on a request's page; return what opens it as theirs.

        Raises NoSuchAsk or AskOver.
        """
        with self._transactions.keeping() as unit:
            found, secret = self._of_browser(unit, ask_id, browser)
            ask = self._waiting(unit, found)
            renewed, digest = secret.renewed()
            unit.authorization_requests.set_person(ask.id, person_id, digest)
        return renewed

    def signed_out(self, ask_id: str, browser: Secret) -> Secret:
        """Forget who signed in on a request's page; return what opens it as nobody's.

        Raises NoSuchAsk or AskOver.
        """
        with self._transactions.keeping() as unit:
            found, secret = self._of_whoever_decides(unit, ask_id, browser)
            unit.authorization_requests.set_person(self._waiting(unit, found).id, None, None)
        return Secret(secret.own)

    def actor(self, seen: ShownRequest, slug: str) -> Actor:
        """Return whoever signed in on a page, in one of the workspaces where they may approve.

        Raises AskOver when they signed out, Invalid for a workspace that is none of theirs.
        """
        if seen.ask.person_id is None:
            raise AuthorizationRequestOver
        for membership in seen.memberships:
            if membership.workspace.slug == slug:
                return _actor(membership)
        raise Invalid("workspace", "Choose one of the workspaces.")

    def by_short_code(self, actor: Actor, typed: str) -> AuthorizationRequest:
        """Return the request whose page shows a code.

        Raises NotAllowed, PlanRequired, Invalid, NoSuchAsk, AskOver or ClientNotKnown.
        """
        code = Secret(checked_short_code(typed))
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.PRO_ADMIN, "approve connections")
            peppers = self._transactions.peppers
            ask = unit.authorization_requests.with_short_code(peppers.digest(code, peppers.newest))
            if ask is None:
                raise NoSuchAuthorizationRequest
            return in_workspace(unit, actor.workspace_id, self._waiting(unit, ask))

    def approve(
        self,
        actor: Actor,
        ask_id: str,
        scopes: Scopes,
        lifetime: str,
        ending: Collection[str] = (),
    ) -> Done[Connection]:
        """Make a connection of a request, with no more than it asked for.

        `lifetime` is one of `LIFETIMES`. `ending` are ids of connections of the same assistant that
        the actor approved before: these end with the yes, or nothing is done. Raises NotAllowed,
        PlanRequired, NoSuchAsk, AskOver, Invalid, BeyondAsked or ClientNotKnown.
        """
        with self._transactions.taking_away() as mutation:
            ask = mutation.unit.authorization_requests.get(ask_id)
            if ask is not None and ending:
                end_earlier(mutation, actor, ask, ending)
            made = self._approve(mutation, actor, ask, scopes, lifetime)
        return mutation.done(made)

    def approve_on_page(
        self,
        actor: Actor,
        ask_id: str,
        browser: Secret,
        scopes: Scopes,
        lifetime: str,
        ending: Collection[str] = (),
    ) -> Done[Secret]:
        """Do what `approve` does, for whoever signed in on the page; return what opens it now.

        `ending` are ids of earlier connections, in any workspace where they may approve: these end
        with the yes, or nothing is done.

        Raises what `approve` raises, NoSuchAsk too where somebody else has signed in since.
        """
        with self._transactions.taking_away() as mutation:
            unit = mutation.unit
            ask, secret = self._of_whoever_decides(unit, ask_id, browser)
            if ask.person_id is None or not _is_one(unit, ask.person_id, actor.person_id):
                raise NoSuchAuthorizationRequest
            for there in approvable(unit, ask.person_id) if ending else ():
                end_earlier(mutation, _actor(there), ask, ending)
            self._approve(mutation, actor, ask, scopes, lifetime)
            renewed, digest = secret.renewed()
            unit.authorization_requests.set_session(ask.id, digest)
        return mutation.done(renewed)

    def _approve(
        self,
        mutation: Mutation,
        actor: Actor,
        found: AuthorizationRequest | None,
        scopes: Scopes,
        lifetime: str,
    ) -> Connection:
        if lifetime not in LIFETIMES:
            raise Invalid("lifetime", f"Choose one of {', '.join(LIFETIMES)}.")
        unit = mutation.unit
        check_standing(unit, actor, Needs.PRO_ADMIN, "approve connections")
        ask = in_workspace(unit, actor.workspace_id, self._waiting(unit, found))
        if not scopes:
            raise Invalid("scope", "Grant at least one permission, or deny the request.")
        if not scopes <= ask.scopes:
            raise BeyondAsked(canonical(scopes - ask.scopes))
        connection_id = random_base62(ID_LENGTH)
        ends = mutation.now + LIFETIMES[lifetime]
        unit.connections.add(
            actor.workspace_id,
            connection_id=connection_id,
            client_id=ask.client_id,
            name=ask.client_name,
            redirect_host=ask.redirect_host,
            resource=ask.resource,
            scopes=scopes,
            approved_by=actor.person_id,
            expires_at=ends,
            revision=mutation.revision,
        )
        unit.authorization_requests.set_approved(
            ask.id, actor.workspace_id, connection_id, mutation.now + ASK_LIFETIME
        )
        mutation.audit(
            actor.workspace_id,
            actor,
            Action.CONNECTION_APPROVED,
            connection_id,
            ask.client_name,
            scopes=canonical(scopes),
            redirect_host=ask.redirect_host,
            expires_at=rfc3339(ends),
        )
        made = unit.connections.get(actor.workspace_id, connection_id)
        if made is None:
            raise AssertionError("it was added")
        return made

    def deny(self, ask_id: str, browser: Secret) -> None:
        """Say no on a request's page; nobody has to sign in for that. Raises NoSuchAsk, AskOver."""
        with self._transactions.keeping() as unit:
            found, _ = self._of_whoever_decides(unit, ask_id, browser)
            unit.authorization_requests.set_denied(self._waiting(unit, found).id)

    def deny_by_code(self, actor: Actor, ask_id: str) -> None:
        """Say no in the console. Raises NotAllowed, PlanRequired, NoSuchAsk or AskOver."""
        with self._transactions.writing(raise_revision=False) as mutation:
            check_standing(mutation.unit, actor, Needs.PRO_ADMIN, "deny connections")
            ask = self._waiting(mutation.unit, mutation.unit.authorization_requests.get(ask_id))
            mutation.unit.authorization_requests.set_denied(ask.id)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.CONNECTION_DENIED,
                ask.id,
                ask.client_name,
                redirect_host=ask.redirect_host,
            )

    def pick_up(self, ask_id: str, browser: Secret, issuer: str) -> str:
        """Return the address that takes the browser back, with a code or with the refusal.

        Once only. A yes is void when whoever said it is no admin any more. Raises NoSuchAsk,
        AskOver or ConnectionRevoked.
        """
        with self._transactions.keeping() as unit:
            ask, _ = self._of_whoever_decides(unit, ask_id, browser)
            standing = ask.standing(unit.now)
            if standing not in (RequestStatus.APPROVED, RequestStatus.DENIED):
                raise AuthorizationRequestOver
            code = (
                first_code(unit, self._transactions.peppers, ask)
                if standing is RequestStatus.APPROVED
                else None
            )
            unit.authorization_requests.set_picked_up(ask.id)
        return with_parameters(
            ask.redirect_uri,
            code=code.reveal() if code else None,
            error=None if code else "access_denied",
            state=ask.state,
            iss=issuer,
        )

    def _of_browser(
        self, unit: Unit, ask_id: str, browser: Secret
    ) -> tuple[AuthorizationRequest, PageSecret]:
        kept, ask = (
            unit.authorization_requests.kept_of(ask_id),
            unit.authorization_requests.get(ask_id),
        )
        secret = PageSecret(self._transactions.peppers, kept, browser) if kept else None
        if ask is None or secret is None or not secret.opens:
            raise NoSuchAuthorizationRequest
        return ask, secret

    def _of_whoever_decides(
        self, unit: Unit, ask_id: str, browser: Secret
    ) -> tuple[AuthorizationRequest, PageSecret]:
        """Return a request: once somebody has signed in on its page, for nobody but them."""
        ask, secret = self._of_browser(unit, ask_id, browser)
        if not secret.decides:
            raise NoSuchAuthorizationRequest
        return ask, secret

    @staticmethod
    def _waiting(unit: Unit, ask: AuthorizationRequest | None) -> AuthorizationRequest:
        if ask is None:
            raise NoSuchAuthorizationRequest
        if ask.standing(unit.now) is not RequestStatus.WAITING:
            raise AuthorizationRequestOver
        return ask


def _actor(where: Membership) -> Actor:
    return Actor(where.person_id, where.email, where.name, where.workspace.id)


def _is_one(unit: Unit, person_id: int, other_id: int) -> bool:
    """Return whether two are one somebody, whom each workspace knows by an id of its own."""
    account_id = unit.people.account_id
    return person_id == other_id or account_id(person_id) == account_id(other_id) is not None


def _known(unit: Unit, where: Membership, ask: AuthorizationRequest) -> AuthorizationRequest | None:
    """Return a request as a workspace knows it, None where it knows none that may ask so."""
    try:
        return in_workspace(unit, where.workspace.id, ask)
    except ClientNotKnown:
        return None
