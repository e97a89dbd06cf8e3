"""VerifierService: who answers requests, for the admins of any workspace."""

from store.domain.people import Actor
from store.domain.verifier_processes import Running, in_order
from store.service.transactions import Ground, Needs, check_standing


class VerifierService:
    """List. A verifier serves every workspace, so what it tells is of none of them."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def all(self, actor: Actor) -> list[Running]:
        """Return every verifier, and those that were there not long ago, trouble first.

        For admins, as hosts and how busy they are is nobody else's business. Raises NotAllowed.
        """
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "see the verifiers")
            return in_order(unit.verifiers.all())
