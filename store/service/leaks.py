"""LeakService: whose key is it that was found where none should be?"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.errors import NotAMember
from store.keys import Key
from store.people import Actor, Role, Workspace
from store.secrets import ID_LENGTH, Secret
from store.service.ground import Ground
from store.unit import Unit

MOST_PLACES = 20
"""Places of one key that the audit names."""


@dataclass(frozen=True, slots=True)
class Leaked:
    """A key of one of the asker's workspaces, whose full string was found."""

    workspace: Workspace
    key: Key


class LeakService:
    """Tells an admin what a found key opens, for keys of the workspaces they manage."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def whose(self, actor: Actor, found: Secret) -> Leaked | None:
        """Return the key a full string is, None where it is none of the actor's workspaces.

        An id alone proves nothing: the digest has to fit.
        """
        key_id = found.reveal()[len(self._ground.prefix) + 1 :][:ID_LENGTH]
        with self._ground.reading() as unit:
            for workspace in self._managed(unit, actor):
                kept = unit.keys.digest(workspace.id, key_id)
                if kept is None or not self._fits(found, *kept):
                    continue
                key = unit.keys.get(workspace.id, key_id)
                return None if key is None else Leaked(workspace, key)
        return None

    def report(self, actor: Actor, leaked: Leaked, places: Sequence[str]) -> None:
        """Keep in the audit of its workspace that a key was found, and where.

        Raises NotAllowed when the actor may not say so any more.
        """
        with self._ground.writing(raise_revision=False) as mutation:
            theirs = [one.id for one in self._managed(mutation.unit, actor)]
            if leaked.workspace.id not in theirs:
                raise NotAMember(leaked.workspace.name)
            mutation.audit(
                leaked.workspace.id,
                actor,
                "key.found_leaked",
                leaked.key.id,
                leaked.key.name,
                places=list(places[:MOST_PLACES]),
                more=max(0, len(places) - MOST_PLACES) or None,
            )

    def _fits(self, found: Secret, digest: bytes, pepper: str) -> bool:
        return pepper in self._ground.peppers and self._ground.peppers.matches(
            found.reveal(), pepper, digest
        )

    @staticmethod
    def _managed(unit: Unit, actor: Actor) -> list[Workspace]:
        return [
            workspace
            for workspace in unit.workspaces.of_person(actor.person_id)
            if unit.people.role(workspace.id, actor.person_id) is Role.ADMIN
        ]
