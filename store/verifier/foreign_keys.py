"""Keys that somebody else made: found by what they hash to.

Only what may be such a value is looked at, and in a store that has none nothing is: garbage costs
what it did. A value is that of the key that it was brought along for first, whatever became of
that: so one that was revoked never opens anything again.
"""

from store.domain.decision import AccessRequest
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
        found = self._found(presented)
        key = None if found is None else find(found.id)
        if found is None or key is None or key.id != found.id:
            return VerifyResult(Verdict.UNKNOWN)
        if found.waits:
            self._context.moves.add(found.workspace_id, found.id)
        return of_key(key, request, self._context.clock.now())

    def _found(self, presented: str) -> FoundForeign | None:
        """Return the key that a value was brought along for first.

        Two digests of one value look like two values until it is presented.
        """
        value, peppers = presented.encode(), self._context.peppers
        shapes = [shape for shape in self._lookup.foreign_shapes() if shape.fits(presented)]
        found = (
            self._lookup.foreign_key(
                peppers.foreign(str(hashing), peppers.hashed(hashing, value), pepper)
            )
            for hashing, pepper in {(shape.hashing, shape.pepper) for shape in shapes}
        )
        return min((one for one in found if one is not None), default=None)
