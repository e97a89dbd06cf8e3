"""Where requests are answered, for what admins are shown of it. Pure."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from console.text.verifier_words import NOBODY
from store.domain.verifier_processes import ProcessHealth, VerifierProcess

DEFAULT_API = "http://127.0.0.1:8080"
UNIX = "unix:"
AWAY = "{host} answers on that machine alone: keydeck --api URL says where its proxy does."

_EVERY = {"0.0.0.0", "::"}  # noqa: S104


class Answering(NamedTuple):
    """Where, and what is to be said of it."""

    address: str
    """`http://127.0.0.1:8080`, or `unix:/run/keydeck.sock`."""
    note: str | None = None
    """That nobody answers there, where that is known."""

    def page(self, path: str) -> str:
        """Return the address of one of its pages, as a browser has to be told it."""
        return f"http://localhost{path}" if self.over_unix else f"{self.address}{path}"

    def page_note(self) -> str | None:
        """Return what is to be said of that."""
        if self.over_unix:
            return f"It answers at {self.address}: keydeck --api URL says where its proxy does."
        return self.note

    @property
    def over_unix(self) -> bool:
        """Whether it is a socket, which only this machine can ask."""
        return self.address.startswith(UNIX)


def answering_of(found: Sequence[VerifierProcess], here: str) -> Answering:
    """Return where one of some verifiers answers: on this machine, `here`, where one does."""
    alive = [one for one in found if one.health is not ProcessHealth.GONE]
    asked = [one for one in alive if one.host == here or not _only_there(one)]
    if not asked:
        return Answering(DEFAULT_API, AWAY.format(host=alive[0].host) if alive else NOBODY)
    best = min(asked, key=lambda one: (one.health is not ProcessHealth.SERVING, one.host != here))
    return Answering(_reachable(best, here))


def _reachable(verifier: VerifierProcess, here: str) -> str:
    """Return an address that somebody can ask at: every address of a machine is none."""
    parts = urlsplit(verifier.address)
    if parts.hostname not in _EVERY:
        return verifier.address
    host = "localhost" if verifier.host == here else verifier.host
    return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}"))


def _only_there(verifier: VerifierProcess) -> bool:
    """Return whether a verifier answers its own machine alone."""
    host = urlsplit(verifier.address).hostname or ""
    own = host in ("localhost", "::1") or host.startswith("127.")
    return own or verifier.address.startswith(UNIX)
