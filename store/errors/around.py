"""What stands around a store and keeps it from being used, or from being written: exit code 1."""

from dataclasses import dataclass

from store.errors.families import StoreUnusable
from store.errors.unusable import ServerUnreachable, StoreMissing


class StoreNotWritable(StoreUnusable):
    """The store can be read as ever, and nothing can be written to it."""

    def __str__(self) -> str:
        return "Nothing can be written to the store, so nothing was changed. Reading goes on."


@dataclass(eq=False, repr=False)
class StoreFull(StoreNotWritable):
    """There is no room for what was to be written."""

    place: str
    spare: bool = False
    """Whether there is room yet for what takes rights away."""

    def __str__(self) -> str:
        spare = " Revoking works all the same: room is kept for that." if self.spare else ""
        return (
            f"The disk of the store at {self.place} is full, so that was not written. "
            f"Make room on it. Reading and verifying go on.{spare}"
        )


@dataclass(eq=False, repr=False)
class StoreReadOnly(StoreNotWritable):
    """The store lies where nothing may be written."""

    place: str

    def __str__(self) -> str:
        return (
            f"The store at {self.place} can only be read from here, so nothing was changed. "
            "Change it where it can be written."
        )


@dataclass(eq=False, repr=False)
class StoreUnclosed(StoreUnusable):
    """The store lies where nothing may be written, and not all of it is in its file."""

    place: str

    def __str__(self) -> str:
        return (
            f"The store at {self.place} can only be read from here, and its last changes are not "
            "in its file yet. Run keydeck store check once where it can be written."
        )


class SharedSession(StoreUnusable):
    """A pooler gives each transaction another of the server's sessions."""

    def __str__(self) -> str:
        return (
            "The store's address is that of a pooler which gives each transaction another session. "
            "Name the server itself, or a pool that keeps one for each client (in PgBouncer, "
            "pool_mode = session)."
        )


class NoConnectionLeft(ServerUnreachable):
    """The database server, or this role, has as many connections as it may."""

    def __str__(self) -> str:
        return (
            f"The store cannot be used: {self.reason}. Close others, or raise max_connections, or "
            "the limit of the role (ALTER ROLE … CONNECTION LIMIT)."
        )


@dataclass(eq=False, repr=False)
class StoreElsewhere(StoreMissing):
    """There is a store in the database, in a schema that is not looked in."""

    schema: str
    looked_in: str
    """The role's search_path."""

    def __str__(self) -> str:
        return (
            f"There is a keydeck store at {self.place}, but in the schema {self.schema}, and the "
            f"search_path here is {self.looked_in}. Set it: ALTER ROLE … SET search_path = "
            f"{self.schema}."
        )
