"""VerifierService: who answers requests, for the admins of any workspace."""

from store.domain.people import Actor
from store.domain.verifier_processes import VerifierProcess, in_order
from store.service.transactions import Needs, Transactions, check_standing


class VerifierService:
    """List. A verifier serves every workspace, so what it tells is of none of them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def all(self, actor: Actor) -> list[VerifierProcess]:
        """Return every verifier, and those that were there not long ago, trouble first.

        For admins, as hosts and how busy they are is nobody else's business. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see the verifiers")
            return in_order(unit.verifiers.all())
