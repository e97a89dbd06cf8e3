"""How a person looks at the list of keys, remembered from one sign-in to the next."""

import re

from store.domain.listing import View
from store.domain.people import Actor
from store.service.transactions import Needs, Transactions, check_standing

MOST = 200
# Longer than an id, and of its letters: it may be a part of a secret. Or `…`, which stands where
# one was and finds nothing; right after letters it is how an id is cut short on the screen.
_SECRETIVE = re.compile(r"[0-9A-Za-z]{20,}|(?<![0-9A-Za-z])…")


class KeyViewService:
    """Remembers filter and order per person and workspace. No rule depends on them."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def of(self, actor: Actor) -> View:
        """Return how this person looked last. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see API keys")
            return unit.key_views.of(actor.workspace_id, actor.person_id)

    def keep(self, actor: Actor, view: View) -> None:
        """Remember how this person looks; a filter that may hold a secret is not kept.

        It is no mutation of the workspace: nothing is audited. Raises NotAllowed.
        """
        if len(view.filter) > MOST or _SECRETIVE.search(view.filter):
            view = View("", view.sort, view.descending)
        with self._transactions.keeping() as unit:
            check_standing(unit, actor, Needs.MEMBER, "see API keys")
            unit.key_views.keep(actor.workspace_id, actor.person_id, view)
