"""Keys that somebody else made: found by what they hash to.

Only what may be such a value is looked at, and in a store that has none nothing is: garbage costs
what it did. A value is that of the key that it was brought along for first, whatever became of
that: so one that was revoked never opens anything again.
"""

from collections.abc import Iterable, Iterator
from hmac import compare_digest

from store.credentials.slow_hashes import Guard
from store.domain.decision import AccessRequest
from store.domain.foreign import Hash, Shape
from store.domain.networks import network_of
from store.domain.verdicts import Verdict
from store.persistence.repositories.foreign_digests import FoundForeign
from store.verifier.context import WorkerContext
from store.verifier.verify import FindKey, VerifyResult, of_key


class ForeignKeys:
    """Reads them for one worker."""

    def __init__(self, context: WorkerContext) -> None:
        self._context = context
        self._lookup = context.lookup

    def may_be(self, presented: str) -> bool:
        """Return whether something that is no key of ours may be one. Raises StoreUnusable."""
        shapes = self._lookup.foreign_shapes()
        if not shapes or not presented.isascii():
            return False
        own = presented.startswith(f"{self._lookup.prefix}_")
        return not own and any(shape.fits(presented) for shape in shapes)

    def verify(self, presented: str, find: FindKey, request: AccessRequest) -> VerifyResult:
        """Decide about a value that may be one. Raises KeyError where a pepper is not known."""
        found = self._found(presented, network_of(request.address))
        key = None if found is None else find(found.id)
        if found is None or key is None or key.id != found.id:
            return VerifyResult(Verdict.UNKNOWN)
        if found.waits or (found.guard is not None and found.arrived is None):
            self._context.moves.add(found.workspace_id, found.id, self._arrived(presented, found))
        return of_key(key, request, self._context.clock.now())

    def seen(self, value: str) -> VerifyResult:
        """Return valid for what a key was brought along for, whatever became of that; else unknown.

        Nothing that takes long is done: of a password's hash, what is public is enough. Raises
        KeyError where a pepper is not known.
        """
        known = next(self._candidates(value, self._lookup.foreign_shapes()), None) is not None
        return VerifyResult(Verdict.VALID if known else Verdict.UNKNOWN)

    def _candidates(
        self, presented: str, shapes: Iterable[Shape]
    ) -> Iterator[tuple[FoundForeign, bool]]:
        """Yield each key that a value may be of, and whether that has still to be proven."""
        value, peppers = presented.encode(), self._context.peppers
        fitting = {(one.hashing, one.pepper) for one in shapes if one.fits(presented)}
        for hashing, pepper in fitting:
            public = hashing.hash is Hash.PUBLIC
            hashed = value[: int(hashing.detail)] if public else peppers.hashed(hashing, value)
            found = self._lookup.foreign_key(peppers.foreign(str(hashing), hashed, pepper))
            if found is not None:
                yield found, public

    def _found(self, presented: str, network: str) -> FoundForeign | None:
        """Return the key that a value was brought along for first.

        Two digests of one value look like two values until it is presented.
        """
        proven: list[FoundForeign] = []
        guarded: list[FoundForeign] = []
        shapes = self._lookup.foreign_shapes()
        candidates = list(self._candidates(presented, shapes))
        # Of a shape that came since, there may be one that was first, and revoked.
        if candidates and set(now := self._lookup.shapes_now()) != set(shapes):
            candidates = list(self._candidates(presented, now))
        for found, public in candidates:
            (guarded if public else proven).append(found)
        first = min(proven, default=None)
        for found in sorted(guarded):
            if first is not None and first < found:
                break
            if self._proves(presented, found, network):
                return found
        return first

    def _proves(self, presented: str, found: FoundForeign, network: str) -> bool:
        """Return whether a value is that of a key that was found by what is public of it.

        Raises Proving where that takes long.
        """
        context = self._context
        if found.arrived is not None:
            pepper, mac = found.arrived.split(" ")
            return compare_digest(context.peppers.foreign(_VALUE, presented.encode(), pepper), mac)
        if found.guard is None:
            return False
        guard, peppers, public = Guard.of(found.guard), context.peppers, found.public
        # Here, so that a pepper that is not there is missed where it can be looked for.
        guard.check_peppers(peppers)
        return context.proofs.proven(
            presented, found.digest, lambda: guard.admits(peppers, presented, public), network
        )

    def _arrived(self, presented: str, found: FoundForeign) -> tuple[str, str] | None:
        """Return by what a value that was proven is known from now on, and of which digest."""
        if found.guard is None:
            return None
        peppers = self._context.peppers
        mac = peppers.foreign(_VALUE, presented.encode(), peppers.newest)
        return found.digest, f"{peppers.newest} {mac}"


_VALUE = Hash.NONE.value
