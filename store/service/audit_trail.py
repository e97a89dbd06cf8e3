"""Trail: reading a workspace's audit."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from store.domain.audit.actions import SIGN_INS
from store.domain.audit.archive import Archived, ArchiveFile, verified
from store.domain.audit.chain import Anchor, ChainState, Link, Tie, missing, not_anchored
from store.domain.audit.entry import AuditEntry, Sought, name_sign_ins
from store.domain.people import Actor
from store.errors import EntryArchived, Invalid
from store.persistence.repositories.audit import AuditTrail
from store.service.transactions import Needs, Transactions, check_standing


class AuditTrailService:
    """Who did what, for the workspace's admins and viewers."""

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
        sign_ins: bool = True,
    ) -> list[AuditEntry]:
        """Return entries newest first, between two sequence numbers, that hold all that is sought.

        Without `sign_ins` those that tell of somebody who came in are left out, unless they are
        sought by name.
        Raises NotAllowed.
        """
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "read the audit")
            return unit.audit.newest(
                actor.workspace_id,
                limit=limit,
                before=before,
                after=after,
                sought=sought,
                without=() if sign_ins or name_sign_ins(sought) else SIGN_INS,
            )

    def latest(self, actor: Actor) -> int:
        """Return the sequence number of the newest entry: one cheap read. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "read the audit")
            return unit.audit.latest(actor.workspace_id)

    def verify(
        self,
        actor: Actor,
        kept: Anchor | None = None,
        *,
        since: Anchor | None = None,
        archives: Sequence[ArchiveFile] = (),
    ) -> ChainState:
        """Return up to where the workspace's audit is as it was written.

        `kept` is an anchor of before: without one, entries cut off at the end are not missed. What
        is behind `since` alone is looked at, an anchor up to which somebody did before. `archives`
        hold what is in the store no more: without them, what is behind it is looked at.

        Raises NotAllowed, EntryArchived where an anchor is of before what is looked at, or Invalid
        for an anchor or an archive of another workspace.
        """
        with self._transactions.reading() as unit:
            workspace = check_standing(unit, actor, Needs.VIEWER, "verify the audit")
            for anchor in (kept, since):
                if anchor is not None and anchor.workspace != workspace.slug:
                    raise Invalid(
                        "anchor", f"That anchor is of {anchor.workspace}, not of this audit."
                    )
            trail, archived = unit.audit, unit.audit.archived(workspace.id)
            base = trail.base(workspace.id, archived)
            before = verified(archives, workspace.slug, trail.derive, kept)
            if before is None:
                before = _begun(trail, workspace.id, base, archived, since)
            if before.trouble is not None:
                return before
            file = archived.file if archived else ""
            if before.intact < base.seq:
                raise EntryArchived(before.intact + 1, file)
            if kept is not None and kept.seq < before.since:
                if kept.seq < base.seq:
                    raise EntryArchived(kept.seq, file)
                raise Invalid("anchor", "The anchor is of before what is looked at.")
            found = trail.verify(workspace.id, kept, before.end)
            return replace(found, since=before.since)

    def archived(self, actor: Actor) -> Archived | None:
        """Return what was archived last; None where all is there. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "read the audit")
            archived = unit.audit.archived(actor.workspace_id)
            return archived if unit.audit.base(actor.workspace_id, archived).seq else None

    def anchor(self, actor: Actor) -> Anchor | None:
        """Return the end of the workspace's chain, to be kept elsewhere. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            workspace = check_standing(unit, actor, Needs.VIEWER, "anchor the audit")
            return unit.audit.end(workspace.id, workspace.slug)

    def links(self, actor: Actor) -> Iterator[Link]:
        """Return the whole audit, oldest first, with the MACs of its chain. Raises NotAllowed."""
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.VIEWER, "export the audit")
            yield from unit.audit.links(actor.workspace_id)


def _begun(
    trail: AuditTrail, workspace_id: int, base: Tie, archived: Archived | None, since: Anchor | None
) -> ChainState:
    """Return where to begin: behind an anchor, or at the first entry that is there."""
    if since is None:
        return ChainState(base.seq, None, base.mac, base.seq)
    there = trail.tie_at(workspace_id, since.seq)
    if there is None and archived is not None and since.seq == archived.last:
        there = archived.tie
    if there is None and since.seq <= base.seq:
        raise EntryArchived(since.seq, archived.file if archived else "")
    if there is None:
        return missing(ChainState(trail.latest(workspace_id)), since)
    if there.mac != since.mac:
        return ChainState(0, not_anchored(since.seq))
    return ChainState(since.seq, None, since.mac, since.seq)
