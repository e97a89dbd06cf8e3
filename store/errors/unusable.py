"""The store cannot be used as it stands: exit code 1."""

from dataclasses import dataclass

from store.errors.families import StoreUnusable


@dataclass(eq=False, repr=False)
class StoreMissing(StoreUnusable):
    """There is no store at that address."""

    place: str

    def __str__(self) -> str:
        return (
            f"There is no keydeck store at {self.place}. "
            "Make one with keydeck init, or run keydeck."
        )


@dataclass(eq=False, repr=False)
class StoreOutdated(StoreUnusable):
    """The store's schema is older than this keydeck."""

    found: str
    wanted: str

    def __str__(self) -> str:
        return (
            f"This store has schema {self.found}; this keydeck needs {self.wanted}. "
            "Back it up, then run keydeck store upgrade."
        )


@dataclass(eq=False, repr=False)
class StoreTooNew(StoreUnusable):
    """The store's schema is one this keydeck does not know."""

    found: str

    def __str__(self) -> str:
        return (
            f"This store has schema {self.found}, made by a newer keydeck. "
            "Install that version or a later one."
        )


@dataclass(eq=False, repr=False)
class StoreUnreachable(StoreUnusable):
    """The engine could not open, read or write it."""

    reason: str

    def __str__(self) -> str:
        return f"The store cannot be used: {self.reason}. Check its path and its permissions."


@dataclass(eq=False, repr=False)
class PlaceForbidden(StoreUnusable):
    """A folder or a file that this account may not use."""

    path: str
    owner: str | None
    """The account it belongs to; None where that is this one."""
    mode: str
    """As `ls -l` shows it."""

    def __str__(self) -> str:
        if self.owner is None:
            return f"{self.path} may not be used ({self.mode}). Run chmod u+rwX {self.path}."
        return (
            f"{self.path} may not be used by this account: it is {self.owner}'s ({self.mode}). "
            f"Run keydeck as the account that owns it: sudo -iu {self.owner}."
        )


@dataclass(eq=False, repr=False)
class ServerUnreachable(StoreUnreachable):
    """The database server could not be reached, or would not do it."""

    def __str__(self) -> str:
        return (
            f"The store cannot be used: {self.reason}. "
            "Check its address, that the server runs, and that the database was made."
        )


@dataclass(eq=False, repr=False)
class NotGranted(StoreUnusable):
    """The database role lacks a right."""

    reason: str

    def __str__(self) -> str:
        return (
            f"The store's role may not do that: {self.reason}. "
            "keydeck store grants prints what a role needs."
        )


@dataclass(eq=False, repr=False)
class DriverMissing(StoreUnusable):
    """The package that speaks to an engine is not installed."""

    engine: str
    extra: str

    def __str__(self) -> str:
        return (
            f"This store is on {self.engine}, and its driver is not installed. "
            f"Run pip install 'keydeck[{self.extra}]'."
        )


@dataclass(eq=False, repr=False)
class NotAFile(StoreUnusable):
    """What was asked for is done with a file, and this store is in a database of a server."""

    instead: str

    def __str__(self) -> str:
        return f"This store is on PostgreSQL. {self.instead}"


@dataclass(eq=False, repr=False)
class StoreDamaged(StoreUnusable):
    """The file is no database, or not a whole one."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"The store at {self.path} is damaged: {self.reason}. Restore a backup."


@dataclass(eq=False, repr=False)
class NotAStore(StoreDamaged):
    """There is a file, and no store in it."""

    def __str__(self) -> str:
        return (
            f"{self.path} is no keydeck store: {self.reason}. Put a backup in its place with "
            "keydeck store restore FILE, or begin anew with keydeck init."
        )


@dataclass(eq=False, repr=False)
class StoreMoved(StoreUnusable):
    """The store was copied elsewhere, and goes on there."""

    place: str
    moved_to: str | None = None

    def __str__(self) -> str:
        where = f" to {self.moved_to}" if self.moved_to else ""
        return (
            f"The store at {self.place} was moved{where} and is used no more: what is revoked "
            "there works here. Use that one, or take this one back with keydeck store confirm."
        )


@dataclass(eq=False, repr=False)
class NoRoom(StoreUnusable):
    """The disk is too full for a copy that has to be kept."""

    place: str
    needed: int
    """In bytes."""
    otherwise: str = ""
    """What else can be done, where something can."""

    def __str__(self) -> str:
        return (
            f"There is no room for the copy {self.place} ({self.needed / 1_000_000:,.1f} MB), so "
            f"nothing was changed. Make room, or move older copies away.{self.otherwise}"
        )


class StoreUnconfirmed(StoreUnusable):
    """A restored store that does not know which of its keys were revoked since."""

    def __str__(self) -> str:
        return (
            "The store was restored and its keys are not confirmed, so none is served. "
            "Look at them with keydeck store confirm."
        )


class StoreSetBack(StoreUnconfirmed):
    """A store that stands before what was seen of it, because somebody put an older one there."""

    def __str__(self) -> str:
        return (
            "The store was set back: more was seen of it before. Keys revoked since work in it, so "
            "none is served. Look at them on this machine with keydeck store confirm."
        )


class StoreBusy(StoreUnusable):
    """Another process held the store for longer than we wait."""

    def __str__(self) -> str:
        return "Another process is writing to the store and did not finish. Try again."


@dataclass(eq=False, repr=False)
class LibraryMissing(StoreUnusable):
    """Something that a few stores need and most do not was not installed beside keydeck."""

    name: str

    def __str__(self) -> str:
        return (
            f"Keys whose digests are of {self.name} need its library: pip install "
            f"'keydeck[{self.name}]', here and on each machine with a verifier."
        )


@dataclass(eq=False, repr=False)
class PepperMissing(StoreUnusable):
    """The file that holds the peppers is not there."""

    path: str

    def __str__(self) -> str:
        return (
            f"The pepper file {self.path} is missing; without it no key can be verified. "
            "Put it back, or point KEYDECK_PEPPER_FILE at it."
        )


@dataclass(eq=False, repr=False)
class PepperWrong(StoreUnusable):
    """The file lacks a pepper this store's keys were made with."""

    path: str

    def __str__(self) -> str:
        return (
            f"The pepper file {self.path} is not the one this store was made with. "
            "Put the right one back, or point KEYDECK_PEPPER_FILE at it."
        )


@dataclass(eq=False, repr=False)
class PepperUnreadable(StoreUnusable):
    """The pepper file is damaged, or open to others."""

    path: str
    reason: str

    def __str__(self) -> str:
        return f"The pepper file {self.path} cannot be used: {self.reason}."


@dataclass(eq=False, repr=False)
class CannotListen(StoreUnusable):
    """The verifier could not have an address it was told to serve at."""

    place: str
    reason: str
    options: str = "--port or --host"
    """By which another one is chosen."""

    def __str__(self) -> str:
        return (
            f"The verifier cannot listen on {self.place}: {self.reason}. "
            f"Choose another {self.options}."
        )


@dataclass(eq=False, repr=False)
class WorkerLost(StoreUnusable):
    """A worker process of the verifier ended before it accepted connections."""

    code: int

    def __str__(self) -> str:
        return f"A worker of the verifier ended with code {self.code} before it could serve."


@dataclass(eq=False, repr=False)
class PasswordNotChecked(StoreUnusable):
    """Argon2 lacked the memory or the threads it needs, so nobody knows whether it is right."""

    reason: str

    def __str__(self) -> str:
        return (
            f"The password could not be checked or kept: {self.reason}. That takes 64 MiB of "
            "memory and four threads. Free some, or raise the limit, and try again."
        )


@dataclass(eq=False, repr=False)
class StoreTaken(StoreUnusable):
    """What is to become a copy is a store already."""

    place: str

    def __str__(self) -> str:
        return (
            f"There is a store at {self.place} already, and nothing was written. "
            "Name a place that holds none."
        )


@dataclass(eq=False, repr=False)
class StoreUnfinished(StoreUnusable):
    """What is there is a copy that was interrupted, or that somebody is making now."""

    def __str__(self) -> str:
        return (
            "This store is a copy that is not finished, so it is not used. "
            "Run keydeck store copy again, from and to the same places: it goes on."
        )


@dataclass(eq=False, repr=False)
class StoreChanged(StoreUnusable):
    """Somebody changed a store while it was copied."""

    place: str

    def __str__(self) -> str:
        return (
            f"Somebody changed the store at {self.place} while it was copied, so the copy is not "
            "finished. Close the consoles and stop what changes keys, then copy again: it goes on."
        )


@dataclass(eq=False, repr=False)
class CopyOfAnother(StoreUnusable):
    """What is to become a copy is an unfinished copy of something else."""

    place: str

    def __str__(self) -> str:
        return (
            f"At {self.place} is an unfinished copy of another store, or one that another keydeck "
            "began; nothing was written. Remove it, or name a place that holds none."
        )


@dataclass(eq=False, repr=False)
class CopyOutrun(StoreUnusable):
    """A store is not what went on from an unfinished copy of it."""

    source: str
    target: str

    def __str__(self) -> str:
        return (
            f"The store at {self.source} was set back since the copy at {self.target} was begun, "
            "which holds what is final. Remove that copy and copy again."
        )


@dataclass(eq=False, repr=False)
class CopyDiffers(StoreUnusable):
    """What was written is not what was read."""

    table: str

    def __str__(self) -> str:
        return (
            f"The copy's table {self.table} is not what the store holds, so the copy is not "
            "finished. Copy again; if that does not help, run keydeck store check on the store."
        )


@dataclass(eq=False, repr=False)
class NotInForce(StoreUnusable):
    """What was committed is not known to be in force."""

    why: str

    def __str__(self) -> str:
        return f"It is committed, but not known to be in force. {self.why}"
