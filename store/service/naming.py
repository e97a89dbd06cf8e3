"""NamingService: what a key is called from now on."""

from dataclasses import dataclass

from store.domain.audit.actions import Action
from store.domain.keys import Key, State
from store.domain.people import Actor
from store.errors import Invalid, NoSuchKey
from store.persistence.unit import Unit
from store.service.key_access import candidates, changeable, find_key
from store.service.new_keys import NewKey, Room
from store.service.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Renamed:
    """A key by its name of now, and the one of before."""

    key: Key
    before: str


class NamingService:
    """Renames keys. The audit keeps every name that a key had, and until when."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def rename(
        self, actor: Actor, reference: str, name: str, *, seen: int | None = None
    ) -> Renamed:
        """Give an active key another name; both keys of a rotation that goes on, which share it.

        The name of before is free again. `seen` is its revision as whoever decided saw it. Raises
        NotAllowed, PlanRequired, NotFound, AlreadyRevoked, KeyExpired, Invalid, NameTaken or
        ChangedMeanwhile.
        """
        with self._transactions.writing(raise_revision=True) as mutation:
            unit, prefix = mutation.unit, self._transactions.prefix
            meant = self._either(unit, actor, reference)
            key = changeable(mutation, actor, prefix, meant, "rename API keys", seen)
            wanted = NewKey(name, key.scopes, key.expires_at)
            called = Room(unit, actor.workspace_id, prefix, (wanted,)).check_name(name, key.name)
            if called == key.name:
                raise Invalid("name", f"“{called}” is its name already. Give it another one.")
            for one in unit.keys.of_lineage(actor.workspace_id, key.lineage):
                if one.state(mutation.now) is not State.ACTIVE:
                    continue
                unit.keys.set_name(actor.workspace_id, one.id, called, mutation.revision)
                mutation.audit(
                    actor.workspace_id,
                    actor,
                    Action.KEY_RENAMED,
                    one.id,
                    called,
                    name=called,
                    before=one.name,
                )
            return Renamed(find_key(unit, actor.workspace_id, prefix, key.id), key.name)

    def _either(self, unit: Unit, actor: Actor, reference: str) -> str:
        """Return the newer key of a rotation for the name that both have, as both get another."""
        try:
            found = candidates(
                unit, actor.workspace_id, self._transactions.prefix, reference, verb=True
            )
        except NoSuchKey:
            return reference
        newer = [one for one in found if one.predecessor in {other.id for other in found}]
        return newer[0].id if len(found) == 2 and newer else reference
