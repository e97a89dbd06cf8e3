"""What can go wrong between an assistant and its approval."""

import shlex
from dataclasses import dataclass
from datetime import UTC, datetime

from store.errors.families import NotAllowed, NotFound, RefusedByRule
from store.errors.quoting import quoted


@dataclass(eq=False, repr=False)
class NoSuchConnection(NotFound):
    """No connection of this workspace goes by that id or name."""

    reference: str

    def __str__(self) -> str:
        return f"No connection here goes by {quoted(self.reference)}. See keydeck connections list."


@dataclass(eq=False, repr=False)
class AmbiguousConnection(NotFound):
    """Several connections go by that name."""

    reference: str
    candidates: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{quoted(self.reference)} fits {len(self.candidates)} connections: "
            f"{', '.join(self.candidates)}. Give the id of one."
        )


class NoSuchAuthorizationRequest(NotFound):
    """No request for approval has that code, or its page is not this browser's."""

    def __str__(self) -> str:
        return (
            "No assistant waits for approval under this code. "
            "Codes last ten minutes; begin again in the assistant."
        )


class AuthorizationRequestOver(RefusedByRule):
    """The request was decided, or waited for too long."""

    def __str__(self) -> str:
        return "This request is over: it was decided, or ten minutes passed. Begin again."


@dataclass(eq=False, repr=False)
class BeyondAsked(RefusedByRule):
    """More would be granted than was asked for, or than was approved."""

    scopes: str

    def __str__(self) -> str:
        return (
            f"Not granted: {self.scopes}. A connection gets no more than its assistant asked for; "
            "for more, connect it anew."
        )


@dataclass(eq=False, repr=False)
class ConnectionRevoked(RefusedByRule):
    """A revoked connection stays as it is."""

    name: str
    revoked_at: int
    by: str | None
    """E-mail of whoever revoked it; None when it ended itself."""

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.revoked_at / 1000, UTC)
        who = f" by {self.by}" if self.by else ""
        return (
            f"The connection of {quoted(self.name)} is already revoked, for good:{who} on "
            f"{when.day} {when:%b %Y} at {when:%H:%M:%S} UTC. Connect it anew."
        )


@dataclass(eq=False, repr=False)
class ConnectionExpired(RefusedByRule):
    """An expired connection is not changed."""

    name: str

    def __str__(self) -> str:
        return (
            f"The connection of {quoted(self.name)} has expired and stays expired. Connect it anew."
        )


@dataclass(eq=False, repr=False)
class NothingToApprove(NotAllowed):
    """Whoever signed in is admin of no workspace whose plan includes connections."""

    email: str

    def __str__(self) -> str:
        return (
            f"{self.email} is no admin of a workspace on the Pro plan, and only such may approve. "
            "Ask an admin to."
        )


class TooManyAuthorizationRequests(RefusedByRule):
    """One network registers or asks too often."""

    def __str__(self) -> str:
        return "Too many requests of this kind from your network. Try again in an hour."


@dataclass(eq=False, repr=False)
class GrantRefused(RefusedByRule):
    """What OAuth 2.1 refuses, under its name for it."""

    error: str
    sentence: str

    def __str__(self) -> str:
        return self.sentence


@dataclass(eq=False, repr=False)
class OutsideNetworks(GrantRefused):
    """A refresh token that came from where its connection is not used from."""

    workspace_id: int
    connection_id: str


@dataclass(eq=False, repr=False)
class ClientNotKnown(RefusedByRule):
    """Nobody has let the assistant ask whose id is an address, or none that is answered there."""

    client_id: str
    """A checked address."""

    @property
    def command(self) -> str:
        """What an admin types who lets it ask."""
        return f"keydeck connections clients add {shlex.quote(self.client_id)}"

    def __str__(self) -> str:
        return (
            f"No assistant is known here as {self.client_id} that is answered there. An admin lets "
            f"it ask with {self.command}, or in the console on the tab Connections with m. Then "
            "begin again in the assistant."
        )


@dataclass(eq=False, repr=False)
class NoSuchClient(NotFound):
    """No assistant was let ask by that address."""

    client_id: str

    def __str__(self) -> str:
        return (
            f"No assistant was added as {quoted(self.client_id)}. "
            "See keydeck connections clients list."
        )


@dataclass(eq=False, repr=False)
class ClientIsShipped(RefusedByRule):
    """An assistant that comes with keydeck is not removed."""

    client_id: str

    def __str__(self) -> str:
        return (
            f"{self.client_id} comes with keydeck and was not added here. It is connected to "
            "nothing until an admin approves that."
        )


@dataclass(eq=False, repr=False)
class TooManyClients(RefusedByRule):
    """A workspace lets no more assistants ask."""

    most: int

    def __str__(self) -> str:
        return (
            f"A workspace adds {self.most} assistants at the most. "
            "Take one away: keydeck connections clients remove."
        )
