"""Keys that somebody else made, by the MACs of what is known of their values."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from store.domain.batches import batches
from store.domain.foreign import Hashing, Shape
from store.domain.keys import Inherited
from store.persistence.prepared import statement
from store.persistence.repositories.key_columns import among
from store.persistence.repositories.tombstones import row_key
from store.persistence.schema import foreign_digests, foreign_shapes, keys, tombstones

FOREIGN_KEY = statement("""
SELECT keys.created_at, keys.id, keys.workspace_id, keys.foreign_hash IS NOT NULL,
       foreign_digests.digest, foreign_digests.hash, foreign_digests.guard, foreign_digests.arrived
FROM foreign_digests JOIN keys ON keys.id = foreign_digests.key_id
WHERE foreign_digests.digest = {}
""")
SHAPES = statement("SELECT DISTINCT hash, pepper, prefix, shortest, longest FROM foreign_shapes")


class ForeignKeyRow(NamedTuple):
    """A key that somebody else made, as it is to be kept."""

    key_id: str
    inherited: Inherited
    digest: bytes
    """Of a full string of ours that nobody has."""
    pepper: str
    expires_at: int | None
    foreign_hash: str


class FoundForeign(NamedTuple):
    """A key that somebody else made, found by the MAC of its value."""

    created_at: int
    id: str
    workspace_id: int
    waits: bool
    """Whether it was never presented."""
    digest: str
    """By which it was found."""
    hash: str
    """How what was looked up is hashed, see `Hashing`."""
    guard: str | None
    """What a value is proven by where finding it proves nothing: a `Guard`."""
    arrived: str | None
    """The MAC of a value that was proven so, behind its pepper."""

    @property
    def public(self) -> int:
        """How many characters of its value are public."""
        return int(Hashing.of(self.hash).detail or 0)


class FoundBy(NamedTuple):
    """By what a key that somebody else made is found."""

    key_id: str
    hashing: Hashing
    digest: str
    guard: str | None
    """What a value is proven by where finding it proves nothing."""


class ForeignDigests:
    """One transaction's view of them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def taken(self, digests: Sequence[str]) -> set[str]:
        """Return which were brought along before, in whichever workspace, to whatever end.

        Also those that a restore removed: their keys may have been revoked since.
        """
        found: set[str] = set()
        for some in batches(digests):
            there = select(foreign_digests.c.digest).where(foreign_digests.c.digest.in_(some))
            found.update(self._connection.execute(there).scalars())
            by_row = {row_key(digest): digest for digest in some}
            gone = select(tombstones.c.row_key).where(
                tombstones.c.of_table == foreign_digests.name,
                tombstones.c.row_key.in_(list(by_row)),
            )
            found.update(by_row[row] for row in self._connection.execute(gone).scalars())
        return found

    def add(self, workspace_id: int, found_by: Sequence[FoundBy]) -> None:
        """Let keys be found by MACs from now on, for good."""
        self._connection.execute(
            insert(foreign_digests),
            [
                {
                    "digest": one.digest,
                    "workspace_id": workspace_id,
                    "key_id": one.key_id,
                    "hash": str(one.hashing),
                    "guard": one.guard,
                }
                for one in found_by
            ],
        )

    def set_arrived(self, workspace_id: int, digest: str, value: str) -> None:
        """Remember the MAC of the value that was proven; one that is known stays as it is."""
        self._connection.execute(
            update(foreign_digests)
            .where(
                foreign_digests.c.workspace_id == workspace_id,
                foreign_digests.c.digest == digest,
                foreign_digests.c.arrived.is_(None),
            )
            .values(arrived=value)
        )

    def working(self, workspace_id: int, digests: Sequence[str]) -> set[tuple[str, str | None]]:
        """Return by which of some MACs keys of the workspace are found that are not revoked.

        Each with the guard by which its key is proven.
        """
        found: set[tuple[str, str | None]] = set()
        for some in batches(digests):
            there = (
                select(foreign_digests.c.digest, foreign_digests.c.guard)
                .join(
                    keys,
                    (keys.c.workspace_id == foreign_digests.c.workspace_id)
                    & (keys.c.id == foreign_digests.c.key_id),
                )
                .where(
                    foreign_digests.c.workspace_id == workspace_id,
                    foreign_digests.c.digest.in_(some),
                    keys.c.revoked_at.is_(None),
                )
            )
            found.update((row.digest, row.guard) for row in self._connection.execute(there))
        return found

    def brought(self, workspace_id: int, key_id: str) -> bool:
        """Return whether a key was brought along, used since or not."""
        there = select(foreign_digests.c.digest).where(
            foreign_digests.c.workspace_id == workspace_id, foreign_digests.c.key_id == key_id
        )
        return self._connection.execute(there.limit(1)).first() is not None

    def places(self, digests: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Return the workspace and the id of the keys that are found by some MACs, by those.

        For whoever has the values.
        """
        found: dict[str, tuple[int, str]] = {}
        for some in batches(digests):
            rows = self._connection.execute(
                select(
                    foreign_digests.c.digest,
                    foreign_digests.c.workspace_id,
                    foreign_digests.c.key_id,
                ).where(among(foreign_digests.c.digest, some))
            )
            found |= {row.digest: (row.workspace_id, row.key_id) for row in rows}
        return found

    def shapes(self) -> list[Shape]:
        """Return what values look like that were brought along, into whichever workspace."""
        names = ("hash", "pepper", "prefix", "shortest", "longest")
        query = select(*(foreign_shapes.c[name] for name in names)).distinct()
        rows = self._connection.execute(query)
        return [Shape(Hashing.of(hashed), *more) for hashed, *more in rows]

    def add_shape(self, workspace_id: int, shape: Shape) -> None:
        """Let values of a shape be looked up from now on."""
        of_it = {name: getattr(shape, name) for name in ("pepper", "prefix", "shortest", "longest")}
        values = {"workspace_id": workspace_id, "hash": str(shape.hashing), **of_it}
        there = select(foreign_shapes.c.hash).where(
            *(foreign_shapes.c[name] == value for name, value in values.items())
        )
        if self._connection.execute(there).first() is None:
            self._connection.execute(insert(foreign_shapes).values(**values))

    def counts(self, workspace_id: int) -> tuple[int, int]:
        """Return how many of a workspace's keys were brought along, and how many still wait."""
        row = self._connection.execute(
            select(
                select(func.count(foreign_digests.c.key_id.distinct()))
                .where(foreign_digests.c.workspace_id == workspace_id)
                .scalar_subquery(),
                select(func.count())
                .where(keys.c.workspace_id == workspace_id, keys.c.foreign_hash.is_not(None))
                .scalar_subquery(),
            )
        ).one()
        return int(row[0]), int(row[1])
