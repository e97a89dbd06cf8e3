"""Right-sizing: which scopes a key was granted and has not needed for a long time. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from store.domain.keys import Key, State
from store.domain.routes.route import Route, granting
from store.domain.scopes import Scopes, from_canonical
from store.domain.times import DAY
from store.domain.usage import ScopeUse

UNUSED_FOR = 60 * DAY
"""A scope that no allowed request has needed for this long may go."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a key could do without, and what was seen. Nothing is taken away by itself."""

    key: Key
    unused: Scopes
    since: int
    """None of them was needed from this instant on."""
    never: bool
    """Whether none of them ever was."""
    used: tuple[tuple[str, int], ...]
    """The requests since then that were allowed, by the scope they needed, most first."""
    routes: tuple[str, ...] = ()
    """The routes of the admin's own API that need one of the unused: none of them was let pass."""

    @property
    def revoke(self) -> bool:
        """Whether it needs none of its scopes, so that it may go as a whole."""
        return self.unused == self.key.scopes

    @property
    def kept(self) -> Scopes:
        """The scopes it would be left with."""
        return self.key.scopes - self.unused

    def days(self, now: int) -> int:
        """Return for how many whole days none was needed."""
        return (now - self.since) // DAY


def unused_since(
    key: Key, uses: Sequence[ScopeUse], granted_at: Mapping[str, int], now: int
) -> tuple[Scopes, int] | None:
    """Return the scopes that could go, and since when none of them was needed; None without any.

    `granted_at` tells of scopes that were added after the key was made.
    """
    if key.state(now) is not State.ACTIVE:
        return None
    last = {use.scope: use.last_used_at for use in uses}
    idle: dict[str, int] = {}
    for scope in map(str, key.scopes):
        since = max(key.created_at, granted_at.get(scope, 0), last.get(scope, 0))
        if now - since >= UNUSED_FOR:
            idle[scope] = since
    if not idle:
        return None
    return from_canonical(" ".join(idle)), max(idle.values())


def proposal(
    key: Key,
    unused: Scopes,
    since: int,
    uses: Sequence[ScopeUse],
    routes: Iterable[Route] = (),
) -> Proposal:
    """Return what is proposed; `uses` are counted since then, `routes` are all there are."""
    used = sorted(((use.requests, use.scope) for use in uses if use.requests), reverse=True)
    ever = {use.scope for use in uses}
    return Proposal(
        key=key,
        unused=unused,
        since=since,
        never=not ever & {str(scope) for scope in unused},
        used=tuple((scope, count) for count, scope in used),
        routes=tuple(map(str, granting(routes, unused))),
    )
