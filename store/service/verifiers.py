"""VerifierService: who answers requests, for the admins of any workspace."""

import time
from collections.abc import Callable
from typing import NoReturn

from store.domain.audit.actions import Action
from store.domain.leases.clock import over_s
from store.domain.people import Actor
from store.domain.verifier_processes import ProcessHealth, VerifierProcess, in_order
from store.errors import NoSuchVerifier, VerifierLives
from store.service.transactions import Needs, Transactions, check_standing


class VerifierService:
    """List, and forget. A verifier serves every workspace, so what it tells is of none of them."""

    def __init__(
        self, transactions: Transactions, pause: Callable[[float], None] = time.sleep
    ) -> None:
        """`pause` is given seconds."""
        self._transactions = transactions
        self._pause = pause

    def all(self, actor: Actor) -> list[VerifierProcess]:
        """Return every verifier, and those that were there not long ago, trouble first.

        For admins, as hosts and how busy they are is nobody else's business. Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see the verifiers")
            return in_order(unit.verifiers.all())

    def forget(self, actor: Actor, reference: str) -> list[VerifierProcess]:
        """Take off the list who is gone, by id, name or host: of a host all that are gone there.

        One that was only silent is back once it tells of itself. Where nobody saw a lease run out
        it waits for as long as that can be. Raises NotAllowed, NoSuchVerifier or VerifierLives.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "take verifiers off the list")
            found = [
                one for one in unit.verifiers.all() if reference in (one.id, one.host, one.name)
            ]
        gone = [one for one in found if one.health is ProcessHealth.GONE]
        if not gone:
            _refuse(reference, found)
        # The server's clock may have been set: who renews none for so long holds none.
        unseen = [one.lease_ms for one in gone if one.lease_ms is not None and not one.lapsed]
        if unseen:
            self._pause(over_s(max(unseen) / 1000))
        with self._transactions.writing(raise_revision=False) as mutation:
            check_standing(mutation.unit, actor, Needs.ADMIN, "take verifiers off the list")
            forgotten = [one for one in gone if mutation.unit.verifiers.forget(one)]
            for one in forgotten:
                mutation.audit(
                    actor.workspace_id,
                    actor,
                    Action.VERIFIER_FORGOTTEN,
                    one.id,
                    one.name,
                    address=one.address,
                )
            if not forgotten:
                there = {one.id for one in mutation.unit.verifiers.all()}
                _refuse(reference, [one for one in gone if one.id in there])
        return forgotten


def _refuse(reference: str, alive: list[VerifierProcess]) -> NoReturn:
    raise VerifierLives(reference) if alive else NoSuchVerifier(reference)
