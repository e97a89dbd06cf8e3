"""Keys: one at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, insert, select, union_all, update

from store.domain import limits
from store.domain.batches import batches
from store.domain.credential import Credential
from store.domain.key_networks import KeyNetworks
from store.domain.keys import Inherited, Key
from store.domain.labels import Labels, to_stored
from store.domain.names import fold
from store.domain.scopes import Scopes, canonical
from store.domain.times import DAY, LATEST
from store.persistence.repositories.credentials import key_of_workspace
from store.persistence.repositories.dialects import beside_indexes
from store.persistence.repositories.foreign_digests import ForeignKeyRow
from store.persistence.repositories.key_columns import (
    active,
    among,
    select_keys,
)
from store.persistence.repositories.key_reading import read_keys
from store.persistence.repositories.key_rows import columns_of
from store.persistence.schema import keys


class Keys:
    """One transaction's view of a workspace's keys, seen from one instant."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add(
        self,
        workspace_id: int,
        inherited: Inherited,
        *,
        key_id: str,
        digest: bytes,
        pepper: str,
        created_by: int,
        expires_at: int | None,
        revision: int,
    ) -> None:
        """Add a key, made now and not yet confirmed."""
        self._connection.execute(
            insert(keys).values(
                **columns_of(inherited, key_id),
                id=key_id,
                workspace_id=workspace_id,
                digest=digest,
                pepper=pepper,
                created_at=self._now,
                created_by=created_by,
                expires_at=expires_at,
                revision=revision,
            )
        )

    def add_foreign(
        self, workspace_id: int, brought: Sequence[ForeignKeyRow], created_by: int, revision: int
    ) -> None:
        """Add keys that somebody else made, confirmed: their values are out there."""
        rows = [
            {
                **columns_of(one.inherited, one.key_id),
                "id": one.key_id,
                "workspace_id": workspace_id,
                "digest": one.digest,
                "pepper": one.pepper,
                "created_at": self._now,
                "created_by": created_by,
                "expires_at": one.expires_at,
                "confirmed_at": self._now,
                "revision": revision,
                "foreign_hash": one.foreign_hash,
            }
            for one in brought
        ]
        self._connection.execute(insert(keys), rows)

    def get(self, workspace_id: int, key_id: str) -> Key | None:
        """Return the workspace's key with an id, or None."""
        its_id = (keys.c.workspace_id == workspace_id, keys.c.id == key_id)
        found = read_keys(self._connection, self._now, workspace_id, select_keys().where(*its_id))
        return found[0] if found else None

    def credential(self, workspace_id: int, key_id: str) -> Credential:
        """Return one of the workspace's keys as a verdict sees it."""
        found = key_of_workspace(self._connection, workspace_id, key_id)
        if found is None:
            raise AssertionError("keys are never deleted, and this one was found before")
        return found

    def some(self, workspace_id: int, key_ids: Sequence[str]) -> dict[str, Key]:
        """Return those of some keys that are the workspace's, by id."""
        found: dict[str, Key] = {}
        for some in batches(key_ids):
            theirs = (keys.c.workspace_id == workspace_id, among(keys.c.id, some))
            statement = select_keys().where(*theirs)
            found |= {
                key.id: key
                for key in read_keys(self._connection, self._now, workspace_id, statement)
            }
        return found

    def with_date(self, workspace_id: int, until: int, limit: int | None) -> list[str]:
        """Return the ids of active keys that expire or are to be rotated by then, next first."""
        # Each kind of date on its own, and each interval: only so an index has them in order. The
        # next of all are among the next of each.
        expiring = self._of(workspace_id).where(
            keys.c.expires_at > self._now, keys.c.expires_at <= until
        )
        found = self._dated(keys.c.expires_at, expiring, limit)
        for days in self._intervals(workspace_id):
            # Far from any instant there is, where the interval is the longest that can be given.
            every = min(days * DAY, LATEST)
            older = self._of(workspace_id).where(
                keys.c.rotate_every_days == days,
                keys.c.created_at <= until - every,
                active(keys, self._now),
            )
            found += [
                (at + every, key_id) for at, key_id in self._dated(keys.c.created_at, older, limit)
            ]
        first: dict[str, int] = {}
        for at, key_id in sorted(found):
            first.setdefault(key_id, at)
        return list(first)[:limit]

    def _of(self, workspace_id: int) -> Select[Any]:
        return select(keys.c.id).where(
            keys.c.workspace_id == workspace_id, keys.c.revoked_at.is_(None)
        )

    def _dated(
        self, date: Column[int], found: Select[Any], limit: int | None
    ) -> list[tuple[int, str]]:
        rows = self._connection.execute(
            found.with_only_columns(date, keys.c.id).order_by(date, keys.c.id).limit(limit)
        )
        return [(at, key_id) for at, key_id in rows]

    def _intervals(self, workspace_id: int) -> list[int]:
        """Return all the different intervals at which keys that are not revoked are rotated.

        There are few, and from each the next is one step in the index.
        """
        lowest = self._of(workspace_id).with_only_columns(keys.c.rotate_every_days)
        lowest = lowest.where(keys.c.rotate_every_days.is_not(None))
        lowest = lowest.order_by(keys.c.rotate_every_days).limit(1)
        days = select(lowest.scalar_subquery().label("days")).cte("intervals", recursive=True)
        higher = lowest.where(keys.c.rotate_every_days > days.c.days).correlate(days)
        days = days.union_all(select(higher.scalar_subquery()).where(days.c.days.is_not(None)))
        rows = self._connection.execute(select(days.c.days).where(days.c.days.is_not(None)))
        return list(rows.scalars())

    def starting_with(self, workspace_id: int, id_start: str, limit: int = 20) -> list[Key]:
        """Return the workspace's keys whose id starts so."""
        statement = select_keys().where(
            keys.c.workspace_id == workspace_id,
            # LIKE would ignore case.
            keys.c.id >= id_start,
            keys.c.id < id_start + "\x7f",
        )
        return read_keys(
            self._connection, self._now, workspace_id, statement.order_by(keys.c.id).limit(limit)
        )

    def named(self, workspace_id: int, name: str, *, active_only: bool) -> list[Key]:
        """Return the workspace's keys with a name, newest first, compared NFC and case-folded."""
        its_name = (keys.c.workspace_id == workspace_id, keys.c.name_folded == fold(name))
        statement = select_keys().where(*its_name)
        if active_only:
            # Two conditions rather than one with an OR: each finds its few among all of that name.
            unrevoked = select(keys.c.id).where(*its_name, keys.c.revoked_at.is_(None))
            open_ended = unrevoked.where(keys.c.expires_at.is_(None))
            lasting = unrevoked.where(keys.c.expires_at > self._now)
            statement = select_keys().where(
                beside_indexes(keys.c.workspace_id) == workspace_id,
                keys.c.id.in_(union_all(open_ended, lasting).scalar_subquery()),
            )
        newest = statement.order_by(keys.c.created_at.desc()).limit(20)
        return read_keys(self._connection, self._now, workspace_id, newest)

    def beginning(self, workspace_id: int, start: str, most: int) -> list[str]:
        """Return names that keys have or had and that begin so, by letters, each once."""
        found: list[str] = []
        first, at = fold(start), None
        while len(found) < most:
            after = keys.c.name_folded >= first if at is None else keys.c.name_folded > at
            next_name = select(keys.c.name, keys.c.name_folded).where(
                keys.c.workspace_id == workspace_id, after
            )
            row = self._connection.execute(next_name.order_by(keys.c.name_folded).limit(1)).first()
            if row is None or not row.name_folded.startswith(first):
                break
            at = row.name_folded
            found.append(str(row.name))
        return found

    def beside(self, workspace_id: int, name: str, each_way: int = 20) -> list[str]:
        """Return the names that come right before and after one by letters, so many each way."""
        found = []
        for column, towards in (
            (keys.c.name_folded.desc(), keys.c.name_folded.__lt__),
            (keys.c.name_folded.asc(), keys.c.name_folded.__gt__),
        ):
            at = fold(name)
            for _ in range(each_way):
                # However many keys had a name, the next one is a step in the index.
                beyond = select(keys.c.name, keys.c.name_folded).where(
                    keys.c.workspace_id == workspace_id, towards(at)
                )
                row = self._connection.execute(beyond.order_by(column).limit(1)).first()
                if row is None:
                    break
                at = row.name_folded
                found.append(str(row.name))
        return found

    def exists(self, workspace_id: int, key_id: str) -> bool:
        """Return whether the workspace has a key with this id."""
        found = self._connection.execute(
            select(keys.c.id).where(keys.c.workspace_id == workspace_id, keys.c.id == key_id)
        )
        return found.first() is not None

    def existing(self, workspace_id: int, ids: Sequence[str]) -> set[str]:
        """Return which of some ids are those of keys of the workspace."""
        found: set[str] = set()
        for some in batches(ids):
            statement = select(keys.c.id).where(
                keys.c.workspace_id == workspace_id, keys.c.id.in_(some)
            )
            found.update(self._connection.execute(statement).scalars())
        return found

    def active_names(self, workspace_id: int, names: Sequence[str]) -> set[str]:
        """Return which of some names active keys of the workspace have, all NFC and case-folded."""
        found: set[str] = set()
        for some in batches(sorted({fold(name) for name in names})):
            unrevoked = select(keys.c.name_folded).where(
                keys.c.workspace_id == workspace_id,
                keys.c.name_folded.in_(some),
                keys.c.revoked_at.is_(None),
            )
            # Two rather than one with an OR: each finds its few among all of that name.
            for lasts in (keys.c.expires_at.is_(None), keys.c.expires_at > self._now):
                found.update(self._connection.execute(unrevoked.where(lasts)).scalars())
        return found

    def digests(self, workspace_id: int, key_ids: Sequence[str]) -> dict[str, tuple[bytes, str]]:
        """Return what is kept of some keys' full strings, and with which pepper, by id."""
        found: dict[str, tuple[bytes, str]] = {}
        for some in batches(key_ids):
            rows = self._connection.execute(
                select(keys.c.id, keys.c.digest, keys.c.pepper).where(
                    keys.c.workspace_id == workspace_id, among(keys.c.id, some)
                )
            )
            found |= {row.id: (row.digest, row.pepper) for row in rows}
        return found

    def set_scopes(self, workspace_id: int, key_id: str, scopes: Scopes, revision: int) -> None:
        """Replace a key's scopes."""
        self._set(workspace_id, key_id, scopes=canonical(scopes), revision=revision)

    def set_name(self, workspace_id: int, key_id: str, name: str, revision: int) -> None:
        """Give a key another name."""
        self._set(workspace_id, key_id, name=name, name_folded=fold(name), revision=revision)

    def set_expiry(self, workspace_id: int, key_id: str, at: int | None, revision: int) -> None:
        """Move a key's expiry; the life a successor gets stays."""
        self._set(workspace_id, key_id, expires_at=at, revision=revision)

    def set_lifetime(self, workspace_id: int, key_id: str, lifetime_ms: int | None) -> None:
        """Set the length of life a successor gets."""
        self._set(workspace_id, key_id, lifetime_ms=lifetime_ms)

    def set_digest(
        self, workspace_id: int, key_id: str, digest: bytes, pepper: str, revision: int
    ) -> None:
        """Replace the digest of a key nobody has confirmed: nobody of before knows the secret."""
        anew = keys.c.generation + 1
        self._set(
            workspace_id, key_id, digest=digest, pepper=pepper, revision=revision, generation=anew
        )

    def set_confirmed(self, workspace_id: int, key_id: str, revision: int) -> None:
        """Remember that somebody said the key is stored."""
        self._set(workspace_id, key_id, confirmed_at=self._now, revision=revision)

    def set_revoked(
        self, workspace_id: int, key_id: str, by: int | None, reason: str | None, revision: int
    ) -> None:
        """Revoke a key, for good."""
        self._set(
            workspace_id,
            key_id,
            revoked_at=self._now,
            revoked_by=by,
            revoke_reason=reason,
            revision=revision,
        )

    def set_networks(
        self, workspace_id: int, lineage: str, networks: KeyNetworks | None, revision: int
    ) -> None:
        """Say where every key of a chain is used from that is not revoked."""
        text = networks and str(networks)
        self._set_chain(workspace_id, lineage, networks=text, revision=revision)

    def set_not_before(
        self, workspace_id: int, lineage: str, at: int | None, revision: int
    ) -> None:
        """Say when every key of a chain begins to work that is not revoked."""
        self._set_chain(workspace_id, lineage, not_before=at, revision=revision)

    def set_limits(
        self, workspace_id: int, lineage: str, found: limits.Limits, revision: int
    ) -> None:
        """Say how often every key of a chain may be used that is not revoked."""
        self._set_chain(workspace_id, lineage, limits=limits.to_stored(found), revision=revision)

    def set_belonging(
        self, workspace_id: int, lineage: str, owner: str | None, labels: Labels, revision: int
    ) -> None:
        """Say whom every key of a chain belongs to that is not revoked, and its labels."""
        text = to_stored(labels)
        self._set_chain(workspace_id, lineage, owner=owner, labels=text, revision=revision)

    def set_remark(
        self, workspace_id: int, lineage: str, remark: str | None, revision: int
    ) -> None:
        """Say what people are to know of every key of a chain that is not revoked."""
        self._set_chain(workspace_id, lineage, remark=remark, revision=revision)

    def of_lineage(self, workspace_id: int, lineage: str) -> list[Key]:
        """Return the keys of a chain, the first one first."""
        statement = select_keys().where(
            keys.c.workspace_id == workspace_id, keys.c.lineage == lineage
        )
        # Few. By the column itself SQLite would take the index that spares it the sorting, and
        # walk the whole workspace.
        in_order = statement.order_by(beside_indexes(keys.c.created_at), keys.c.id)
        return read_keys(self._connection, self._now, workspace_id, in_order)

    def set_leaked(self, workspace_id: int, key_id: str) -> None:
        """Remember that a key was reported where it should not be."""
        self._set(workspace_id, key_id, leaked_at=self._now)

    def clear_leaked(self, workspace_id: int, key_id: str) -> None:
        """Forget that a key was reported; what the audit says of it stays."""
        self._set(workspace_id, key_id, leaked_at=None)

    def set_moved(self, workspace_id: int, key_id: str) -> None:
        """Remember that a key that somebody else made was presented."""
        self._set(workspace_id, key_id, foreign_hash=None)

    def anywhere(self, key_id: str) -> tuple[int, bytes, str] | None:
        """Return the workspace of a key, what is kept of its full string, and with which pepper.

        For whoever has the full string and is of no workspace.
        """
        row = self._connection.execute(
            select(keys.c.workspace_id, keys.c.digest, keys.c.pepper).where(keys.c.id == key_id)
        ).first()
        return None if row is None else (row.workspace_id, row.digest, row.pepper)

    def _set_chain(self, workspace_id: int, lineage: str, **values: object) -> None:
        self._connection.execute(
            update(keys)
            .where(
                keys.c.workspace_id == workspace_id,
                keys.c.lineage == lineage,
                keys.c.revoked_at.is_(None),
            )
            .values(**values)
        )

    def _set(self, workspace_id: int, key_id: str, **values: object) -> None:
        self._connection.execute(
            update(keys)
            .where(keys.c.workspace_id == workspace_id, keys.c.id == key_id)
            .values(**values)
        )
