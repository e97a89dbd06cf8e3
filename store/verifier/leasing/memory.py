"""What a worker remembers under its lease: the rows of keys and of access tokens.

Memory decides for nobody but whoever presents the right secret. For all others the row is read: a
wrong secret of a key that is remembered, a key that is not remembered and one that does not exist
are one and the same to it, in what it answers and in what that takes.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from store.leases.clock import own_clock
from store.leases.holding import Holding
from store.verdicts import Verdict
from store.verifier.counters import Lease
from store.verifier.verify import Find, FindToken, KeyRow, TokenRow, Verification

Row = TypeVar("Row", KeyRow, TokenRow)

# An access token's id can be made to look like a key's.
_OF_TOKENS = "token "


class Memory:
    """Stands before the reads of one worker. Used by its loop alone."""

    def __init__(self, lease_s: float, clock: Callable[[], float] = own_clock) -> None:
        """`clock` is in seconds."""
        self.holding: Holding[Any] = Holding(lease_s, clock)
        self._key: Find = self.holding.recall

    def key(self, decide: Callable[[Find], Verification], read: Find) -> Verification:
        """Return what `decide` makes of a key that is remembered, else of the one that is read.

        Raises what they raise.
        """
        verification = decide(self._key)
        if verification.verdict is not Verdict.UNKNOWN:
            return verification
        return self._read(decide, read, _of_key)

    def token(self, decide: Callable[[FindToken], Verification], read: FindToken) -> Verification:
        """Do so with an access token."""
        verification = decide(self._token)
        if verification.verdict is not Verdict.UNKNOWN:
            return verification
        return self._read(decide, read, _of_token)

    @property
    def lease(self) -> Lease:
        """How it stands with the lease, for /metrics."""
        holding = self.holding
        ends_ms = round(holding.ends * 1000) if holding.ends > 0 else 0
        return Lease(ends_ms, len(holding), max(0, holding.revision))

    def _token(self, token_id: str) -> TokenRow | None:
        row: TokenRow | None = self.holding.recall(_OF_TOKENS + token_id)
        return row

    def _read(
        self,
        decide: Callable[[Callable[[str], Row | None]], Verification],
        read: Callable[[str], Row | None],
        names: Callable[[Row], tuple[str, str]],
    ) -> Verification:
        ticket, found = self.holding.ticket(), None

        def find(row_id: str) -> Row | None:
            nonlocal found
            found = read(row_id)
            return found

        verification = decide(find)
        # The row of whoever proved nothing may be another's. To keep it would also take longer
        # than to find that there is none.
        if verification.key is not None and found is not None:
            subject, row_id = names(found)
            self.holding.keep(ticket, subject, row_id, found)
        return verification


def _of_key(row: KeyRow) -> tuple[str, str]:
    return row.id, row.id


def _of_token(row: TokenRow) -> tuple[str, str]:
    return row.connection.id, _OF_TOKENS + row.id
