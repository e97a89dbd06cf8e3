"""Trail: reading a workspace's audit."""

from store.audit import AuditEntry
from store.people import Actor
from store.service.ground import Ground, Needs, check_standing


class Trail:
    """Who did what, for the workspace's admins."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def newest(
        self, actor: Actor, *, limit: int = 100, before: int | None = None, text: str = ""
    ) -> list[AuditEntry]:
        """Return entries newest first, before a sequence number, that hold each word of a text.

        Raises NotAllowed.
        """
        with self._ground.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "read the audit")
            return unit.audit.newest(
                actor.workspace_id, limit=limit, before=before, words=text.split()
            )
