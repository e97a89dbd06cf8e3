"""The audit: append and read; and remove what was archived."""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, literal_column, or_, select
from sqlalchemy.engine import Row

from store.credentials.peppers import Peppers
from store.domain.audit.actions import Action
from store.domain.audit.archive import Archived, archived_of
from store.domain.audit.chain import BEGINNING, Anchor, ChainState, Link, Tie, missing, walk
from store.domain.audit.entry import GENESIS, PURPOSE, AuditEntry, Sought, Told, mac, written
from store.domain.batches import batches
from store.domain.names import fold
from store.persistence.repositories.audit_rows import link_of, numbered, readable, stored, tie
from store.persistence.repositories.dialects import has_part
from store.persistence.repositories.key_columns import among
from store.persistence.schema import audit

MOST_NAMES = 1000
"""That are looked at for one of before."""


class AuditTrail:
    """One transaction's view of the audit."""

    def __init__(self, connection: Connection, peppers: Peppers) -> None:
        self._connection = connection
        self._engine = connection.dialect.name
        self._peppers = peppers
        self.appended: tuple[int, int, bytes] | None = None
        """Of the last entry that was added: its workspace, its number, its MAC."""

    def append(
        self,
        workspace_id: int,
        *,
        at: int,
        actor_id: int | None,
        actor: str,
        action: Action,
        told: Sequence[Told],
        revision: int,
    ) -> None:
        """Add an entry to a workspace's chain for each of what is told, in its order."""
        last = self._last(workspace_id)
        seq, previous = (last.seq, last.mac) if last else (0, GENESIS)
        pepper = self._peppers.newest
        tie_key = self._peppers.derive(PURPOSE, pepper)
        rows: list[dict[str, Any]] = []
        for subject, subject_name, details in told:
            seq += 1
            entry = AuditEntry(
                workspace_id=workspace_id,
                seq=seq,
                at=at,
                actor_id=actor_id,
                actor=actor,
                action=action.value,
                subject=subject,
                subject_name=subject_name,
                details=details,
                revision=revision,
            )
            columns = {name: getattr(entry, name) for name in entry.__slots__}
            columns |= {"details": written(details), "pepper": pepper, "previous_mac": previous}
            previous = columns["mac"] = mac(entry, previous, tie_key)
            rows.append(columns)
        self._connection.execute(insert(audit), rows)
        self.appended = workspace_id, seq, previous

    def newest(
        self,
        workspace_id: int,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        subject: str | None = None,
        sought: Sequence[Sought] = (),
        without: Collection[Action] = (),
    ) -> list[AuditEntry]:
        """Return entries newest first: between two sequence numbers, about a subject.

        All that is `sought` must be in an entry, and it tells of no action it is to be `without`.
        A row that holds none is there as unreadable.
        """
        query = (
            select(*stored(self._engine))
            .where(audit.c.workspace_id == workspace_id, numbered(self._engine))
            .order_by(audit.c.seq.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(audit.c.seq < before)
        if after is not None:
            query = query.where(audit.c.seq > after)
        if subject is not None:
            query = query.where(audit.c.subject == subject)
        for term in sought:
            query = query.where(_holds(term))
        if without:
            query = query.where(audit.c.action.not_in(sorted(without)))
        return [readable(row) for row in self._connection.execute(query)]

    def scopes_granted(
        self, workspace_id: int, after: int, key_ids: Sequence[str]
    ) -> dict[str, dict[str, int]]:
        """Return the scopes that some keys were given after an instant, by key.

        Each is there with the latest time; keys that were given none are not.
        """
        found: dict[str, dict[str, int]] = {}
        for some in batches(key_ids):
            rows = self._connection.execute(
                select(audit.c.subject, audit.c.at, audit.c.details)
                .where(
                    audit.c.workspace_id == workspace_id,
                    among(audit.c.subject, some),
                    audit.c.action == Action.KEY_SCOPED.value,
                    audit.c.at > after,
                )
                .order_by(audit.c.subject, audit.c.seq)
            )
            for key_id, at, details in rows:
                # Whatever somebody made of the row: that is for `verify` to say.
                with suppress(ValueError, TypeError, KeyError, AttributeError):
                    given = dict.fromkeys(json.loads(details)["added"].split(), at)
                    found.setdefault(key_id, {}).update(given)
        return found

    def former_names(self, workspace_id: int, key_id: str) -> list[tuple[int, str]]:
        """Return what else a key was called, each name until an instant, the first one first.

        They are known from the first entry on that is there: see `kept_since`.
        """
        rows = self._connection.execute(
            select(audit.c.at, audit.c.details)
            .where(
                audit.c.workspace_id == workspace_id,
                audit.c.subject == key_id,
                audit.c.action == Action.KEY_RENAMED.value,
            )
            .order_by(audit.c.seq)
        )
        found: list[tuple[int, str]] = []
        for at, details in rows:
            # Whatever somebody made of the row: that is for `verify` to say.
            with suppress(ValueError, TypeError, KeyError):
                found.append((at, str(json.loads(details)["before"])))
        return found

    def once_called(self, workspace_id: int, name: str) -> str | None:
        """Return the key that was last given another name in place of this one.

        Of the latest `MOST_NAMES` names that were given, and None where it is none of them.
        """
        rows = self._connection.execute(
            select(audit.c.subject, audit.c.details)
            .where(
                audit.c.workspace_id == workspace_id,
                # Not a parameter: by what it is told there PostgreSQL cannot know the index.
                audit.c.action == literal_column(f"'{Action.KEY_RENAMED.value}'"),
            )
            .order_by(audit.c.seq.desc())
            .limit(MOST_NAMES)
        )
        wanted = fold(name)
        for subject, details in rows:
            # Whatever somebody made of the row: that is for `verify` to say.
            with suppress(ValueError, TypeError, KeyError):
                if fold(str(json.loads(details)["before"])) == wanted:
                    return str(subject)
        return None

    def latest(self, workspace_id: int) -> int:
        """Return the sequence number of the newest entry, 0 where there is none."""
        last = self._last(workspace_id)
        return last.seq if last else 0

    def links(self, workspace_id: int, after: int = 0) -> Iterator[Link]:
        """Return a workspace's chain, from behind an entry on: those that are archived are not."""
        query = (
            select(*stored(self._engine))
            .where(audit.c.workspace_id == workspace_id)
            .order_by(audit.c.seq)
        )
        if after:
            query = query.where(audit.c.seq > after)
        # However long it is: a batch at a time.
        with self._connection.execute(query, execution_options={"yield_per": 1000}) as rows:
            for row in rows:
                yield link_of(row)

    def derive(self, pepper: str) -> list[bytes]:
        """Return the keys that a pepper may have tied an entry with; none for one not at hand."""
        peppers = self._peppers
        if pepper not in peppers:
            return []
        # Entries from before HKDF stay what they are.
        return [peppers.derive(PURPOSE, pepper), peppers.derive_unexpanded(PURPOSE, pepper)]

    def verify(
        self, workspace_id: int, kept: Anchor | None = None, after: Tie | None = None
    ) -> ChainState:
        """Return up to where a workspace's chain is intact, and what is wrong behind that.

        From behind an entry that is known; without one, from behind what was archived.
        """
        archived = self.archived(workspace_id)
        tie = archived.tie if archived else None
        start = after or self.base(workspace_id, archived)
        links = self.links(workspace_id, start.seq)
        return missing(walk(links, self.derive, kept, start, tie), kept)

    def base(self, workspace_id: int, archived: Archived | None) -> Tie:
        """Return the entry that the first one there follows, where it was archived.

        An archiving that was interrupted has left some of what it archived.
        """
        before = (self._first(workspace_id) or 1) - 1
        if archived is None or not 0 < before <= archived.last:
            # What is not there and was not archived is missing.
            return BEGINNING
        return archived.tie if before == archived.last else Tie(before, None)

    def archived(self, workspace_id: int) -> Archived | None:
        """Return what the newest entry about an archiving says; None where there is none.

        Whether somebody else wrote that entry, only verifying says.
        """
        row = self._connection.execute(
            select(*stored(self._engine))
            .where(
                audit.c.workspace_id == workspace_id,
                audit.c.action == literal_column(f"'{Action.AUDIT_ARCHIVED.value}'"),
                numbered(self._engine),
            )
            .order_by(audit.c.seq.desc())
            .limit(1)
        ).first()
        entry = None if row is None else link_of(row).entry
        return None if entry is None else archived_of(entry)

    def kept_since(self, workspace_id: int) -> int | None:
        """Return the instant of the first entry there where some are archived, else None."""
        base = self.base(workspace_id, self.archived(workspace_id))
        if not base.seq:
            return None
        return self._connection.execute(
            select(audit.c.at).where(
                audit.c.workspace_id == workspace_id, audit.c.seq == base.seq + 1
            )
        ).scalar()

    def tie_at(self, workspace_id: int, seq: int) -> Tie | None:
        """Return an entry, by its number, as the next one is tied to it; None without one."""
        row = self._connection.execute(
            select(*tie(self._engine)).where(
                audit.c.workspace_id == workspace_id, audit.c.seq == seq
            )
        ).first()
        return None if row is None else Tie(row.seq, row.mac)

    def last_until(self, workspace_id: int, instant: int) -> int:
        """Return the number of the last entry up to an instant, 0 for none: by a few looks.

        It takes them for written in the order of their instants.
        """
        low, high = (self._first(workspace_id) or 1) - 1, self.latest(workspace_id)
        while low < high:
            middle = (low + high + 1) // 2
            at = self._connection.execute(
                select(audit.c.at).where(
                    audit.c.workspace_id == workspace_id, audit.c.seq == middle
                )
            ).scalar()
            if isinstance(at, int) and at <= instant:
                low = middle
            else:
                high = middle - 1
        return low

    def remove_archived(self, workspace_id: int, last: int, limit: int) -> int:
        """Remove up to `limit` entries from the front, none behind `last`; return how many.

        The database refuses it for what no entry says was archived.
        """
        first = self._first(workspace_id)
        if first is None:
            return 0
        return self._connection.execute(
            delete(audit).where(
                audit.c.workspace_id == workspace_id,
                audit.c.seq >= first,
                audit.c.seq <= min(last, first + limit - 1),
            )
        ).rowcount

    def _first(self, workspace_id: int) -> int | None:
        return self._connection.execute(
            select(audit.c.seq)
            .where(audit.c.workspace_id == workspace_id, numbered(self._engine))
            .order_by(audit.c.seq)
            .limit(1)
        ).scalar()

    def end(self, workspace_id: int, slug: str) -> Anchor | None:
        """Return the end of a workspace's chain, None while there is no entry."""
        last = self._last(workspace_id)
        return None if last is None else Anchor(slug, last.seq, last.mac)

    def _last(self, workspace_id: int) -> Row[*tuple[Any, ...]] | None:
        return self._connection.execute(
            select(*tie(self._engine))
            .where(audit.c.workspace_id == workspace_id, numbered(self._engine))
            .order_by(audit.c.seq.desc())
            .limit(1)
        ).first()


def _holds(sought: Sought) -> ColumnElement[bool]:
    columns = (
        audit.c.actor,
        audit.c.action,
        audit.c.subject,
        audit.c.subject_name,
        audit.c.details,
    )
    return or_(
        audit.c.action.in_(sought.actions),
        *(has_part(column, sought.word) for column in columns),
    )
