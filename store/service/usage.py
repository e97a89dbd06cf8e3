"""What admins may know of a key's use."""

from store.domain.people import Actor
from store.domain.usage import KeyUsage
from store.service.key_access import find_key
from store.service.transactions import Needs, Transactions, check_standing


class UsageService:
    """Reads what the verifiers counted."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def of_key(self, actor: Actor, reference: str, since: int) -> KeyUsage:
        """Return a key's use: counts since an instant, uses and latest refusals of all time.

        On any plan, because revoking needs it. Raises NotAllowed or NotFound.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see API keys")
            key = find_key(unit, actor.workspace_id, self._transactions.prefix, reference)
            return unit.usage.of_key(actor.workspace_id, key.id, since)
