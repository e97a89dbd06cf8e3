"""The rules by which a credential whose secret was right is let in or not. Pure.

What limits a credential is a list of small frozen restrictions, each of which is asked in the order
of the list; the first that objects gives the verdict. The verifier decides by them, and so does
whoever asks beforehand.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from store.domain.credential import Credential
from store.domain.key_networks import KeyNetworks, from_stored
from store.domain.people import Plan
from store.domain.verdicts import Verdict


class AccessRequest(NamedTuple):
    """What is asked of a credential: the same however often it is decided about."""

    needed: Sequence[str]
    """Scopes, all of which must be granted."""
    address: str | None
    """Of whoever asks; None where that cannot be told."""
    unrouted: str | None = None
    """The method and path that no route of the admin's own API names; None where one does, or none
    is asked for."""
    anywhere: bool = False
    """Whether nobody asks, and it is not to matter from where."""


NOTHING = AccessRequest((), None, anywhere=True)
"""Asks for no scope, from nowhere: whether a credential is good at all."""


class Restriction(Protocol):
    """One thing that limits a credential."""

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Return the verdict on a request it objects to at an instant; None for one that passes."""
        ...


class Revoked(NamedTuple):
    """It was ended, for good."""

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to everything."""
        return Verdict.REVOKED


class Expires(NamedTuple):
    """It has an end."""

    at: int

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object from the very millisecond of its end on."""
        return Verdict.EXPIRED if at >= self.at else None


class Begins(NamedTuple):
    """It works from some instant on."""

    at: int

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object until the millisecond before its beginning (RFC 7519 4.1.5: after or equal)."""
        return Verdict.NOT_BEFORE if at < self.at else None


class Stopped(NamedTuple):
    """It is stopped, until somebody lets it go on."""

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to everything."""
        return Verdict.STOPPED


class NotOnPlan(NamedTuple):
    """Its workspace is on a plan without keys."""

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to everything."""
        return Verdict.PLAN


class FromNetworks(NamedTuple):
    """It is used from some networks and no others."""

    networks: KeyNetworks

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to a request from elsewhere, also where nobody can tell where it is from."""
        if request.anywhere or self.networks.admit(request.address):
            return None
        return Verdict.NETWORK


class Routed(NamedTuple):
    """Nothing lets it pass but a route."""

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to a request that no route names."""
        return None if request.unrouted is None else Verdict.ROUTE


class Scoped(NamedTuple):
    """It was granted some scopes and no others."""

    granted: str

    def check(self, request: AccessRequest, at: int) -> Verdict | None:
        """Object to a request that needs one it was not granted."""
        return None if grants(self.granted, request.needed) else Verdict.SCOPE


@lru_cache(4096)
def restrictions(credential: Credential) -> tuple[Restriction, ...]:
    """Return what limits a credential, in the order it is checked: the documented one.

    Revocation, end, beginning, stops, plan, networks, routes, scopes; what is only observed is not
    among them. How often it may be used is asked after all of them (`store.domain.limits`), so that
    what is refused uses nothing. A function of the row, so nothing kept here can go stale.
    """
    found: list[Restriction] = []
    if credential.revoked_at is not None:
        found.append(Revoked())
    if credential.expires_at is not None:
        found.append(Expires(credential.expires_at))
    if credential.not_before is not None:
        found.append(Begins(credential.not_before))
    if credential.stopped_at is not None:
        found.append(Stopped())
    if credential.plan != Plan.PRO:
        found.append(NotOnPlan())
    if (networks := _networks(credential)) is not None and networks.enforced:
        found.append(FromNetworks(networks))
    found.append(_ROUTED)
    found.append(Scoped(credential.scopes))
    return tuple(found)


_ROUTED = Routed()


def decide(credential: Credential, request: AccessRequest, at: int) -> Verdict:
    """Return the verdict on a request, at an instant, with a credential whose secret was right."""
    for restriction in restrictions(credential):
        objection = restriction.check(request, at)
        if objection is not None:
            return objection
    return Verdict.VALID


def would_refuse(credential: Credential, request: AccessRequest, at: int) -> Verdict | None:
    """Return the verdict that what is only observed would have given on a request that passed."""
    networks = _networks(credential)
    if networks is None or networks.enforced:
        return None
    return FromNetworks(networks).check(request, at)


def _networks(credential: Credential) -> KeyNetworks | None:
    return None if credential.networks is None else from_stored(credential.networks)


def grants(granted: str, needed: Sequence[str]) -> bool:
    """Return whether every scope that is needed is granted; `write` does not imply `read`.

    `granted` is canonical: sorted, space-separated.
    """
    scopes = granted.split(" ")
    for scope in needed:  # noqa: SIM110 - a generator costs more than all the rest
        if scope not in scopes:
            return False
    return True
