"""HolderService: what became of a secret in the hands of whoever was given it."""

from store.domain.audit.actions import Action
from store.domain.key_string import shown
from store.domain.people import Actor, KnownBy
from store.errors import NoSuchKey
from store.service.transactions import Transactions

_ACTIONS = {
    KnownBy.SHOWN: Action.KEY_SHOWN,
    KnownBy.COPIED: Action.KEY_COPIED,
    KnownBy.FILED: Action.KEY_FILED,
    KnownBy.PIPED: Action.KEY_PIPED,
}


class HolderService:
    """Writes down that somebody was shown a key, copied it, wrote it to a file or piped it on."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def taken(self, actor: Actor, key_id: str, how: KnownBy) -> None:
        """Remember how somebody took a key's present secret; a second time changes nothing.

        It is a fact and no right, so neither role nor membership is asked for: who was let go with
        the key on the screen has seen it all the same. Raises NoSuchKey for a key that is not known
        to them, for they cannot have taken that. `how` is none of CREATED and CUSTODIAN.
        """
        with self._transactions.reading() as unit:
            known = unit.holders.ways(actor.workspace_id, key_id, actor.person_id)
            key = unit.keys.get(actor.workspace_id, key_id)
        if key is None or not known:
            raise NoSuchKey(shown(self._transactions.prefix, key_id))
        if how in known:
            return
        with self._transactions.writing(raise_revision=False) as mutation:
            mutation.unit.holders.add(
                actor.workspace_id, key_id, actor.person_id, how, mutation.now
            )
            mutation.audit(actor.workspace_id, actor, _ACTIONS[how], key_id, key.name)
