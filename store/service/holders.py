"""HolderService: what became of a secret in the hands of whoever was given it."""

from collections.abc import Sequence
from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.names import fold
from store.domain.people import Actor, Holder, KnownBy
from store.errors import NoSuchKey, NoSuchPerson
from store.persistence.unit import Unit
from store.service.key_access import changeable, find_key
from store.service.transactions import Needs, Transactions, check_standing

_ACTIONS = {
    KnownBy.SHOWN: Action.KEY_SHOWN,
    KnownBy.COPIED: Action.KEY_COPIED,
    KnownBy.FILED: Action.KEY_FILED,
    KnownBy.PIPED: Action.KEY_PIPED,
}


@dataclass(frozen=True, slots=True)
class Held:
    """A key, and who may know its present secret."""

    key: Key
    holders: tuple[Holder, ...]
    """Each once for each way, first comer first."""


class HolderService:
    """Writes down that somebody was shown a key, copied it, wrote it to a file or piped it on.

    Or that they were named as a holder. Nobody is taken off: who may know a secret may know it
    until it is replaced, and a rotation says who is to hold the new one.
    """

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

    def of(self, actor: Actor, reference: str) -> Held:
        """Return who may know a key's secret. Raises NotAllowed or NotFound."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "see who holds API keys")
            key = find_key(unit, actor.workspace_id, self._transactions.prefix, reference)
            return Held(key, tuple(unit.holders.of(actor.workspace_id, key.id)))

    def name(self, actor: Actor, reference: str, emails: Sequence[str]) -> Held:
        """Name people as holders of an active key; who was named already stays so.

        Raises NotAllowed, PlanRequired, NotFound, AlreadyRevoked or KeyExpired.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            key = changeable(mutation, actor, prefix, reference, "name holders of API keys", None)
            named: list[str] = []
            for email, person_id in people_named(unit, actor.workspace_id, emails).items():
                if KnownBy.CUSTODIAN in unit.holders.ways(actor.workspace_id, key.id, person_id):
                    continue
                unit.holders.add(
                    actor.workspace_id, key.id, person_id, KnownBy.CUSTODIAN, mutation.now
                )
                named.append(email)
            if named:
                mutation.audit(
                    actor.workspace_id,
                    actor,
                    Action.KEY_HOLDERS_NAMED,
                    key.id,
                    key.name,
                    holders=named,
                )
            else:
                mutation.leave_unchanged()
            return Held(key, tuple(unit.holders.of(actor.workspace_id, key.id)))


def people_named(unit: Unit, workspace_id: int, emails: Sequence[str]) -> dict[str, int]:
    """Return the ids of people of a workspace by the e-mails they were named by, each once.

    Raises NoSuchPerson.
    """
    known = unit.people.ids_by_email(workspace_id, emails)
    found: dict[str, int] = {}
    for email in emails:
        person_id = known.get(fold(email))
        if person_id is None:
            raise NoSuchPerson(email)
        if person_id not in found.values():
            found[email] = person_id
    return found
