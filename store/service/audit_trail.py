"""Trail: reading a workspace's audit."""

from collections.abc import Iterator, Sequence

from store.domain.audit.chain import Anchor, ChainState, Link
from store.domain.audit.entry import AuditEntry, Sought
from store.domain.people import Actor
from store.errors import Invalid
from store.service.transactions import Needs, Transactions, check_standing


class AuditTrailService:
    """Who did what, for the workspace's admins."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def newest(
        self,
        actor: Actor,
        *,
        limit: int = 100,
        before: int | None = None,
        after: int | None = None,
        sought: Sequence[Sought] = (),
    ) -> list[AuditEntry]:
        """Return entries newest first, between two sequence numbers, that hold all that is sought.

        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "read the audit")
            return unit.audit.newest(
                actor.workspace_id, limit=limit, before=before, after=after, sought=sought
            )

    def latest(self, actor: Actor) -> int:
        """Return the sequence number of the newest entry: one cheap read. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "read the audit")
            return unit.audit.latest(actor.workspace_id)

    def verify(self, actor: Actor, kept: Anchor | None = None) -> ChainState:
        """Return up to where the workspace's audit is as it was written.

        `kept` is an anchor of before: without one, entries cut off at the end are not missed.
        Raises NotAllowed, or Invalid for an anchor of another workspace.
        """
        with self._transactions.reading() as unit:
            workspace = check_standing(unit, actor, Needs.ADMIN, "verify the audit")
            if kept is not None and kept.workspace != workspace.slug:
                raise Invalid("anchor", f"That anchor is of {kept.workspace}, not of this audit.")
            return unit.audit.verify(workspace.id, kept)

    def anchor(self, actor: Actor) -> Anchor | None:
        """Return the end of the workspace's chain, to be kept elsewhere. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            workspace = check_standing(unit, actor, Needs.ADMIN, "anchor the audit")
            return unit.audit.end(workspace.id, workspace.slug)

    def links(self, actor: Actor) -> Iterator[Link]:
        """Return the whole audit, oldest first, with the MACs of its chain. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.ADMIN, "export the audit")
            yield from unit.audit.links(actor.workspace_id)
