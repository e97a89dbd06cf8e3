"""An assistant's connection and the request it begins with: pure rules, seen from one instant."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from store.domain.client_addresses import host_of, is_address
from store.domain.key_networks import KeyNetworks
from store.domain.keys import State
from store.domain.names import fold
from store.domain.redirects import is_of_a_program, same_redirect
from store.domain.scopes import READ, Scopes
from store.domain.times import DAY, HOUR, MINUTE, SECOND
from store.errors import Invalid

ASK_LIFETIME = 10 * MINUTE
"""How long a request for approval waits."""
CODE_LIFETIME = 60 * SECOND
ACCESS_LIFETIME = HOUR
REFRESH_WINDOW = 60 * SECOND
"""How long a used refresh token gives another pair, while none that came of it was used.

Several windows of one assistant share a token and renew it at once, and an answer can be lost on
the way: both present a token again that was theirs. RFC 9700 4.14.2 asks for detection, which still
is whenever the thief or the assistant goes on from what the other has.
"""
LIFETIMES = {"1d": DAY, "30d": 30 * DAY, "90d": 90 * DAY, "365d": 365 * DAY}
"""How long a connection can be approved for."""
DEFAULT_LIFETIME = "30d"
EXPIRING_WITHIN = 3 * DAY

ACCESS = "mcpa"
REFRESH = "mcpr"
CODE = "mcpc"
"""What the three secrets of a connection begin with. They have the form of a key, so whatever
masks, refuses or finds keys knows them too."""

# Neither vowels, which make words, nor what is taken for something else when read aloud.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_SHORT_CODE_LENGTH = 8


class ConnectionNote(StrEnum):
    """What an active connection also is."""

    EXPIRING = "expiring"
    NOT_OPENED = "not opened"
    NEVER_USED = "never used"
    OBSERVING = "observing"


class RequestStatus(StrEnum):
    """What became of a request for approval."""

    WAITING = "waiting"
    APPROVED = "approved"
    DENIED = "denied"
    DONE = "done"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Client:
    """A program that registered itself. All that is known of it is what it says."""

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    created_at: int

    def may_be_answered_at(self, uri: str) -> bool:
        """Return whether a redirect address is one of those that were registered."""
        return any(same_redirect(registered, uri) for registered in self.redirect_uris)


class _OfAssistant:
    """What belongs to an assistant."""

    __slots__ = ()
    client_id: str
    redirect_host: str

    @property
    def goes_by(self) -> str:
        """Whom it names, as people are told: the host of its own address, else where it answers."""
        return host_of(self.client_id) or self.redirect_host


@dataclass(frozen=True, slots=True)
class AuthorizationRequest(_OfAssistant):
    """One request for approval, as a browser brought it."""

    id: str
    client_id: str
    client_name: str
    redirect_uri: str
    redirect_host: str
    state: str | None
    code_challenge: str
    scopes: Scopes
    """All that may be approved."""
    resource: str
    created_at: int
    expires_at: int
    person_id: int | None
    """Who signed in on its page."""
    decided_at: int | None
    approved_in: int | None
    """The workspace of the connection it became."""
    connection_id: str | None
    picked_up_at: int | None

    @property
    def leads_to_a_program(self) -> bool:
        """Whether its answer goes to a program on somebody's machine: anyone there can ask so."""
        return is_of_a_program(self.redirect_uri)

    def standing(self, now: int) -> RequestStatus:
        """Return what became of it, at an instant."""
        if self.picked_up_at is not None:
            return RequestStatus.DONE
        if now >= self.expires_at:
            return RequestStatus.OVER
        if self.decided_at is None:
            return RequestStatus.WAITING
        return RequestStatus.DENIED if self.connection_id is None else RequestStatus.APPROVED


@dataclass(frozen=True, slots=True)
class Connection(_OfAssistant):
    """What an admin approved: an assistant, a workspace, permissions, an end."""

    id: str
    workspace_id: int
    client_id: str
    name: str
    """The assistant's, as it called itself."""
    redirect_host: str
    """Where its code was sent: all that was proven of who it is."""
    resource: str
    scopes: Scopes
    created_at: int
    approved_by: str
    """E-mail of whoever approved it."""
    expires_at: int
    opened_at: int | None
    """When the assistant took its first tokens."""
    last_used_at: int | None
    revoked_at: int | None
    revoked_by: str | None
    revoke_reason: str | None
    revision: int
    networks: KeyNetworks | None = None
    """Where it is used from; None for anywhere."""

    def state(self, now: int) -> State:
        """Return the state at an instant; derived as a key's is."""
        if self.revoked_at is not None:
            return State.REVOKED
        return State.EXPIRED if now >= self.expires_at else State.ACTIVE

    def notes(self, now: int) -> tuple[ConnectionNote, ...]:
        """Return what it also is at an instant, most pressing first; empty unless active."""
        if self.state(now) is not State.ACTIVE:
            return ()
        conditions = {
            ConnectionNote.EXPIRING: self.expires_at - now <= EXPIRING_WITHIN,
            ConnectionNote.NOT_OPENED: self.opened_at is None,
            ConnectionNote.NEVER_USED: self.opened_at is not None and self.last_used_at is None,
            ConnectionNote.OBSERVING: self.networks is not None and not self.networks.enforced,
        }
        return tuple(note for note, holds in conditions.items() if holds)


def is_earlier(connection: Connection, ask: AuthorizationRequest) -> bool:
    """Return whether a connection is of the assistant that asks: by its id, or what it says it is.

    One that registered again has another id; its name and where it answers, but for the port of a
    program, are what it had.
    """
    if connection.client_id == ask.client_id:
        return True
    if is_address(connection.client_id) or is_address(ask.client_id):
        return False
    before, now = (_without_port(one.redirect_host) for one in (connection, ask))
    return before == now and fold(connection.name) == fold(ask.client_name)


def _without_port(host: str) -> str:
    name, _, port = host.rpartition(":")
    return name if port.isdecimal() else host


def preselected(asked: Scopes) -> Scopes:
    """Return what is ticked when somebody is asked: reading, of what was asked for."""
    return frozenset(scope for scope in asked if scope.action == READ)


def short_code(browser_secret: str) -> str:
    """Return the code that a page shows and an admin types, such as `BCDF-GHJK`.

    It is made from the secret that the page's browser holds, so that it need not be kept.
    """
    drawn = int.from_bytes(
        hashlib.sha256(b"keydeck short code\0" + browser_secret.encode()).digest()
    )
    code = ""
    for _ in range(_SHORT_CODE_LENGTH):
        drawn, at = divmod(drawn, len(_LETTERS))
        code += _LETTERS[at]
    return f"{code[:4]}-{code[4:]}"


def checked_short_code(typed: str) -> str:
    """Return a short code as it is shown, however it was typed. Raises Invalid."""
    code = "".join(letter for letter in typed.upper() if letter.isalnum())
    if len(code) != _SHORT_CODE_LENGTH or any(letter not in _LETTERS for letter in code):
        raise Invalid(
            "code", "A code has eight letters, such as BCDF-GHJK. Look at the page again."
        )
    return f"{code[:4]}-{code[4:]}"
