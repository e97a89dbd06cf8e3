"""What an assistant can ask for: the scopes that a tool needs, the sample's and the admin's own.

Apart from the tools, so that asking does not load the SDK.
"""

import time
from collections.abc import Callable
from contextlib import suppress

from store.domain.scopes import USUAL, Scope, Scopes, scope
from store.errors import StoreUnusable
from store.verifier.own_tools import OwnTools
from store.verifier.resources.availability import NEEDED
from store.verifier.resources.kinds import KINDS

OF_SAMPLE = frozenset(
    {
        *map(scope, NEEDED),
        *(Scope(kind.name, action) for kind in KINDS for action in USUAL),
    }
)
"""Those of the sample API."""
_TOLD_AGAIN_S = 1.0


class RequestableScopes:
    """One worker's. Used by its loop alone."""

    def __init__(
        self,
        own: OwnTools,
        *,
        sample: bool = True,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sample` is whether the sample API is served."""
        self._own = own
        self._monotonic = monotonic
        self._of_sample: Scopes = OF_SAMPLE if sample else frozenset()
        self._told = self._of_sample
        self._told_until = 0.0

    def all(self) -> Scopes:
        """Return every one as it is now. Raises StoreUnusable where nobody can tell."""
        return self._of_sample | self._own.offers().scopes

    def told(self) -> str:
        """Return them as whoever asks without a token is told, as they were a second ago at most.

        Where the store cannot be read, as they were last.
        """
        now = self._monotonic()
        if now >= self._told_until:
            with suppress(StoreUnusable):
                self._told = self.all()
            self._told_until = now + _TOLD_AGAIN_S
        return " ".join(sorted(map(str, self._told)))

    def known(self, text: str) -> Scopes:
        """Return the scopes of a parameter that are known here (RFC 6749 3.3).

        The others are passed over: clients add `offline_access` and `openid` to whatever they were
        told. Where nothing is known, all that there is is meant. Raises StoreUnusable.
        """
        words, every = set(text.split()), self.all()
        return frozenset(one for one in every if str(one) in words) or every
