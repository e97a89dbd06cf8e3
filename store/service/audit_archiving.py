"""AuditArchiving: moving the first entries of an audit out of the store. The operator's.

Written to a file first, then said in the audit, then removed: some at a time, so that nobody waits
for it. Cut off at any instant it is gone on with; what the audit does not say was archived, the
database lets nobody remove.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass

from store.domain.audit.actions import Action
from store.domain.audit.archive import Archived, Heading
from store.domain.audit.chain import Anchor, ChainState, Link, Tie, walk
from store.domain.people import Workspace
from store.errors import ArchivedMeanwhile, AuditNotIntact, EntryArchived, Invalid, NothingToArchive
from store.persistence.repositories.audit import AuditTrail
from store.service.transactions import Transactions

REMOVED_AT_ONCE = 500
"""Entries removed in one transaction, for which a revocation waits."""


@dataclass(frozen=True, slots=True)
class ToArchive:
    """Which entries are to be archived."""

    workspace: Workspace
    first: int
    last: int
    before: Tie
    """The entry before the first."""
    heading: Heading

    @property
    def count(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


class AuditArchiving:
    """What the owner of the files does with an audit that has grown."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def newest(self, workspace: Workspace) -> Archived | None:
        """Return what was archived last, None where nothing was."""
        with self._transactions.reading() as unit:
            return unit.audit.archived(workspace.id)

    def plan(self, workspace: Workspace, until: Anchor | int) -> ToArchive:
        """Return which entries are archived up to an anchor, or an instant.

        Raises NothingToArchive, EntryArchived, or Invalid for an anchor that is not of this
        audit.
        """
        with self._transactions.reading() as unit:
            trail, archived = unit.audit, unit.audit.archived(workspace.id)
            before = trail.base(workspace.id, archived)
            if isinstance(until, Anchor):
                last = _anchored(trail, workspace, until, before, archived)
            else:
                last = trail.last_until(workspace.id, until)
            tie = trail.tie_at(workspace.id, last) if last > before.seq else None
            if tie is None or tie.mac is None:
                raise NothingToArchive
            heading = Heading(workspace.slug, before.seq + 1, last, tie.mac.hex())
            return ToArchive(workspace, before.seq + 1, last, before, heading)

    def follow(self, wanted: ToArchive, take: Callable[[Link], None]) -> None:
        """Hand over the entries that are to be archived, as they stand at one instant.

        Raises AuditNotIntact before one that is not as it was written.
        """

        def handed(links: Iterable[Link]) -> Iterator[Link]:
            for link in links:
                # Whoever follows the chain has said of all before that they are intact.
                yield link
                take(link)
                if link.entry is not None and link.entry.seq >= wanted.last:
                    return

        with self._transactions.reading() as unit:
            links = unit.audit.links(wanted.workspace.id, wanted.before.seq)
            _check(walk(handed(links), unit.audit.derive, None, wanted.before), wanted)

    def check(self, wanted: ToArchive, links: Iterable[Link]) -> None:
        """Follow the entries of a file that was written before. Raises AuditNotIntact."""
        with self._transactions.reading() as unit:
            _check(walk(links, unit.audit.derive, None, wanted.before), wanted)

    def say(self, wanted: ToArchive, file: str, sha256: str) -> Archived:
        """Write into the audit that entries are archived, so that they may be removed.

        Raises ArchivedMeanwhile where they were archived by somebody else, or are others now.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            trail, workspace = mutation.unit.audit, wanted.workspace
            base = trail.base(workspace.id, trail.archived(workspace.id))
            last = trail.tie_at(workspace.id, wanted.last)
            if base.seq != wanted.before.seq or last is None or last.mac is None:
                raise ArchivedMeanwhile
            if last.mac.hex() != wanted.heading.mac:
                raise ArchivedMeanwhile
            said = Archived(
                wanted.first, wanted.last, wanted.heading.mac, file, sha256, wanted.count
            )
            # By the subject the database knows what may be removed.
            mutation.audit(
                workspace.id, None, Action.AUDIT_ARCHIVED, str(wanted.last), file, **asdict(said)
            )
            return said

    def check_may_remove(self, workspace: Workspace) -> None:
        """Raises NotGranted for whoever is let in, but is not the owner. Removes nothing."""
        with self._transactions.keeping() as unit:
            unit.audit.remove_archived(workspace.id, 0, REMOVED_AT_ONCE)

    def remove_some(self, workspace: Workspace) -> int:
        """Remove some of what was archived, from the front; return how many, 0 for all gone."""
        with self._transactions.keeping() as unit:
            archived = unit.audit.archived(workspace.id)
            if archived is None:
                return 0
            return unit.audit.remove_archived(workspace.id, archived.last, REMOVED_AT_ONCE)

    def left(self, workspace: Workspace) -> int:
        """Return how many entries are there that were archived."""
        with self._transactions.reading() as unit:
            archived = unit.audit.archived(workspace.id)
            return archived.last - unit.audit.base(workspace.id, archived).seq if archived else 0


def _anchored(
    trail: AuditTrail,
    workspace: Workspace,
    until: Anchor,
    before: Tie,
    archived: Archived | None,
) -> int:
    if until.workspace != workspace.slug:
        raise Invalid("until", f"That anchor is of {until.workspace}, not of {workspace.slug}.")
    if archived is not None and until.seq <= before.seq:
        raise EntryArchived(until.seq, archived.file)
    if trail.tie_at(workspace.id, until.seq) != Tie(until.seq, until.mac):
        raise Invalid("until", f"Entry {until.seq} is not the one that the anchor was made of.")
    return until.seq


def _check(found: ChainState, wanted: ToArchive) -> None:
    if found.trouble is not None:
        raise AuditNotIntact(found.trouble)
    if found.intact != wanted.last or found.mac != bytes.fromhex(wanted.heading.mac):
        raise AuditNotIntact(f"Entry {found.intact + 1} is missing.")
