"""TokenService: a code becomes tokens once, a refresh token becomes new ones once.

Using either a second time means that two hold it, and one of them is not who was approved: the
whole connection ends (RFC 6749 4.1.2, RFC 9700 4.14.2). A refresh token has `REFRESH_WINDOW` first,
for an assistant that renews in several windows at once.
"""

from dataclasses import dataclass

from store.domain.addresses import same_address
from store.domain.audit.actions import Action
from store.domain.client_addresses import is_address
from store.domain.connections import (
    ACCESS,
    ACCESS_LIFETIME,
    CODE,
    REFRESH,
    REFRESH_WINDOW,
    Connection,
)
from store.domain.key_string import Secret, mint, parse
from store.domain.networks import network_of
from store.domain.people import ASSISTANT
from store.domain.pkce import proves
from store.domain.scopes import Scopes
from store.domain.times import SECOND
from store.errors import GrantRefused, MalformedKey, OutsideNetworks
from store.persistence.repositories.tokens import KeptCode, KeptRefresh, TokenDigest
from store.persistence.unit import Unit
from store.service.codes import check_approver
from store.service.commits import Done
from store.service.mutation import Mutation, TakingMutation
from store.service.transactions import Transactions

MOST_TOLD = 8
"""Uses of one refresh token that the audit tells of."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A code on its way to become tokens, and what has to fit it."""

    code: Secret
    client_id: str
    redirect_uri: str
    verifier: Secret
    resource: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """An access token, the refresh token for the next, and what they open."""

    access: Secret
    refresh: Secret
    lasts_ms: int
    scopes: Scopes


class TokenService:
    """Exchange, refresh, end."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def exchange(self, presented: Presented) -> Pair:
        """Return the first tokens of a connection for its code.

        Raises GrantRefused: `invalid_grant` for a code that is unknown, over, used before, of
        another client or address, or does not fit its verifier; `invalid_target` for another
        resource. A code used before ends the connection.
        """
        with self._transactions.reading() as unit:
            self._code(unit, presented)
        # Whoever presents it is answered at once, either way.
        pair = self._open_or_end(presented).unwaited()
        if pair is None:
            raise _invalid("This code was used before, so its connection has ended.")
        return pair

    def renew(
        self, refresh: Secret, client_id: str, wanted: Scopes | None, address: str | None = None
    ) -> Pair:
        """Return new tokens for a refresh token, which is used up.

        The new ones open all that the connection may do now: `wanted` is what the client was told
        once, and some of it may have been taken away since. Raises GrantRefused: `invalid_grant`
        for a token that is unknown, over, used before or of another client, `invalid_client` where
        the client is unknown as well, so that it registers anew, `invalid_scope` where
        nothing of `wanted` is left, OutsideNetworks (`access_denied`) from an `address` outside the
        networks that are enforced for the connection, where nothing is used up. A token used before
        ends the connection, but within `REFRESH_WINDOW` of its use, while none that came of it was
        used, it gives another pair. The audit tells of that too, and apart where it came from
        elsewhere.
        """
        network = network_of(address)
        with self._transactions.reading() as unit:
            kept, connection = self._refresh(unit, refresh, client_id)
            _check_network(connection, address)
            if wanted is not None and wanted.isdisjoint(connection.scopes):
                raise GrantRefused("invalid_scope", "Nothing of what is asked for was granted.")
            reason = _reuse(unit, kept)
        if reason is None and kept.used_at is None:
            with self._transactions.keeping() as unit:
                kept, connection = self._refresh(unit, refresh, client_id)
                if kept.used_at is None:
                    unit.tokens.set_refresh_used(kept, network)
                    return self._issue(unit, connection)
        if reason is None:
            # Somebody was quicker, a moment ago or while this one looked.
            with self._transactions.writing(raise_revision=False) as mutation:
                kept, connection = self._refresh(mutation.unit, refresh, client_id)
                reason = _reuse(mutation.unit, kept)
                if reason is None:
                    _note_again(mutation, kept, connection, network)
                    return self._issue(mutation.unit, connection)
                mutation.leave_unchanged()
        # Whoever presents it is refused at once.
        self._ended(kept, reason).unwaited()
        raise _invalid("This refresh token was used before, so its connection has ended.")

    def end(self, token: Secret, client_id: str) -> Done[None]:
        """End the connection of a token, because its own assistant says so (RFC 7009).

        A token that is none changes nothing.
        """
        with self._transactions.reading() as unit:
            kept = self._either(unit, token)
            if kept is None or not self._mine(unit, kept, client_id):
                return Done(None, ())
        return self._ended(kept, "its assistant disconnected")

    def _open_or_end(self, presented: Presented) -> Done[Pair | None]:
        with self._transactions.taking_away() as mutation:
            kept = self._code(mutation.unit, presented)
            pair = None
            if kept.used_at is None:
                pair = self._open(mutation, kept, presented)
            else:
                self._end(mutation, kept, "its code was used twice")
        return mutation.done(pair)

    def _ended(self, kept: TokenDigest, reason: str) -> Done[None]:
        with self._transactions.taking_away() as mutation:
            self._end(mutation, kept, reason)
        return mutation.done(None)

    def _code(self, unit: Unit, presented: Presented) -> KeptCode:
        code_id = _id_of(presented.code, CODE)
        kept = unit.tokens.code(code_id) if code_id else None
        if kept is None or not self._fits(presented.code, kept):
            raise _unknown(unit, presented.client_id, "There is no such code.")
        if kept.client_id != presented.client_id:
            raise _invalid("This code is another client's.")
        if kept.used_at is not None:
            # Raises where the connection has ended already: there is nothing more to end.
            self._connection(unit, kept)
            return kept
        if unit.now >= kept.expires_at:
            raise _invalid("This code is over: it lasts a minute.")
        if kept.redirect_uri != presented.redirect_uri:
            raise _invalid("The redirect address is not the one the code was sent to.")
        if not proves(presented.verifier.reveal(), kept.code_challenge):
            raise _invalid("The code verifier does not fit the challenge.")
        connection = self._connection(unit, kept)
        asked = presented.resource
        if asked is not None and not same_address(asked, connection.resource):
            raise GrantRefused("invalid_target", "This code is for another resource.")
        return kept

    def _open(self, mutation: Mutation, kept: KeptCode, presented: Presented) -> Pair:
        unit = mutation.unit
        connection = self._connection(unit, kept)
        try:
            check_approver(unit, connection)
        except GrantRefused as error:
            raise _invalid(error.sentence) from None
        unit.tokens.set_code_used(kept)
        unit.connections.set_opened(kept.workspace_id, connection.id)
        mutation.audit(
            kept.workspace_id,
            None,
            Action.CONNECTION_OPENED,
            connection.id,
            connection.name,
            system=ASSISTANT,
        )
        return self._issue(unit, connection)

    def _refresh(
        self, unit: Unit, refresh: Secret, client_id: str
    ) -> tuple[KeptRefresh, Connection]:
        token_id = _id_of(refresh, REFRESH)
        kept = unit.tokens.refresh(token_id) if token_id else None
        if kept is None or not self._fits(refresh, kept):
            raise _unknown(unit, client_id, "There is no such refresh token.")
        connection = self._connection(unit, kept)
        if connection.client_id != client_id:
            raise _invalid("This refresh token is another client's.")
        return kept, connection

    def _connection(self, unit: Unit, kept: TokenDigest) -> Connection:
        connection = unit.connections.get(kept.workspace_id, kept.connection_id)
        if connection is None or connection.revoked_at is not None:
            raise _invalid("This connection was revoked. Connect anew.")
        if unit.now >= connection.expires_at:
            raise _invalid("This connection has expired. Connect anew.")
        return connection

    def _issue(self, unit: Unit, connection: Connection) -> Pair:
        access, refresh = mint(ACCESS), mint(REFRESH)
        ends = min(unit.now + ACCESS_LIFETIME, connection.expires_at)
        unit.tokens.add_pair(
            self._kept(connection, access.id, access.key, ends),
            self._kept(connection, refresh.id, refresh.key, connection.expires_at),
        )
        return Pair(access.key, refresh.key, ends - unit.now, connection.scopes)

    def _kept(self, connection: Connection, token_id: str, token: Secret, ends: int) -> TokenDigest:
        pepper = self._transactions.peppers.newest
        return TokenDigest(
            id=token_id,
            workspace_id=connection.workspace_id,
            connection_id=connection.id,
            digest=self._transactions.peppers.digest(token, pepper),
            pepper=pepper,
            expires_at=ends,
            used_at=None,
        )

    def _end(self, mutation: TakingMutation, kept: TokenDigest, reason: str) -> None:
        connection = mutation.unit.connections.get(kept.workspace_id, kept.connection_id)
        if connection is None:
            raise AssertionError("a token is of a connection")
        if connection.revoked_at is None:
            mutation.unit.connections.set_revoked(
                kept.workspace_id, connection.id, None, reason, mutation.revision
            )
        mutation.audit(
            kept.workspace_id,
            None,
            Action.CONNECTION_ENDED,
            connection.id,
            connection.name,
            system=ASSISTANT,
            takes_away=True,
            reason=reason,
        )

    def _either(self, unit: Unit, token: Secret) -> TokenDigest | None:
        finders = ((ACCESS, unit.tokens.access), (REFRESH, unit.tokens.refresh))
        for prefix, find in finders:
            token_id = _id_of(token, prefix)
            kept = find(token_id) if token_id else None
            if kept is not None and self._fits(token, kept):
                return kept
        return None

    def _mine(self, unit: Unit, kept: TokenDigest, client_id: str) -> bool:
        connection = unit.connections.get(kept.workspace_id, kept.connection_id)
        return (
            connection is not None
            and connection.client_id == client_id
            and connection.revoked_at is None
        )

    def _fits(self, presented: Secret, kept: TokenDigest) -> bool:
        peppers = self._transactions.peppers
        return kept.pepper in peppers and peppers.matches(
            presented.reveal(), kept.pepper, kept.digest
        )


def _check_network(connection: Connection, address: str | None) -> None:
    networks = connection.networks
    if networks is not None and networks.enforced and not networks.admit(address):
        sentence = "This connection is for other networks, as its admin says. Nothing was used up."
        raise OutsideNetworks("access_denied", sentence, connection.workspace_id, connection.id)


def _reuse(unit: Unit, kept: TokenDigest) -> str | None:
    """Return why a refresh token must not be used any more; None where it may be."""
    if kept.used_at is None:
        return None
    if unit.tokens.has_used_after(kept):
        return "a refresh token was used again after its successor: two hold it"
    # Either way: a clock that was set back makes no window longer.
    if abs(unit.now - kept.used_at) >= REFRESH_WINDOW:
        seconds = REFRESH_WINDOW // SECOND
        return f"a refresh token was used again more than {seconds} seconds later: two may hold it"
    return None


def _note_again(
    mutation: Mutation, kept: KeptRefresh, connection: Connection, network: str
) -> None:
    """Write down that a used refresh token was used again, once for each network it came from."""
    known = kept.used_from
    if len(known) >= MOST_TOLD or (len(known) > 1 and network in known):
        mutation.leave_unaudited()
        return
    mutation.unit.tokens.add_network(kept, network)
    elsewhere = bool(known) and network not in known
    mutation.audit(
        kept.workspace_id,
        None,
        Action.CONNECTION_RENEWED_ELSEWHERE if elsewhere else Action.CONNECTION_RENEWED_AGAIN,
        connection.id,
        connection.name,
        system=ASSISTANT,
        network=network,
        first_network=known[0] if known else None,
        after_seconds=(mutation.now - (kept.used_at or mutation.now)) // SECOND,
    )


def _id_of(presented: Secret, prefix: str) -> str | None:
    try:
        return parse(presented.reveal(), prefix)
    except MalformedKey:
        return None


def _unknown(unit: Unit, client_id: str, sentence: str) -> GrantRefused:
    """Return the refusal of what was never given: to a client that nobody knows either.

    After a restore both may be gone. By `invalid_client` (RFC 6749 5.2) clients throw their
    registration away and register anew, where they would ask with it for ever.
    """
    if is_address(client_id) or unit.oauth_clients.get(client_id) is not None:
        return _invalid(sentence)
    return GrantRefused("invalid_client", f"{sentence} Nor is there such a client: register anew.")


def _invalid(sentence: str) -> GrantRefused:
    return GrantRefused("invalid_grant", sentence)
