"""A rule of the domain says no: exit code 5."""

from dataclasses import dataclass
from datetime import UTC, datetime

from store.errors.families import RefusedByRule


@dataclass(eq=False, repr=False)
class PlanRequired(RefusedByRule):
    """The workspace's plan does not include API keys."""

    workspace: str
    plan: str

    def __str__(self) -> str:
        return (
            f"API keys require the Pro plan; {self.workspace} is on {self.plan}. "
            "The operator changes it with keydeck plan pro."
        )


@dataclass(eq=False, repr=False)
class AuditNotIntact(RefusedByRule):
    """An audit that is not as it was written is not archived: it would look whole."""

    trouble: str

    def __str__(self) -> str:
        return f"Nothing was archived. {self.trouble} keydeck audit verify says more."


class NothingToArchive(RefusedByRule):
    """There are no entries up to there, or they are archived already."""

    def __str__(self) -> str:
        return "No entry up to there waits to be archived."


class ArchivedMeanwhile(RefusedByRule):
    """Somebody else archived the same entries."""

    def __str__(self) -> str:
        return "Somebody else archived meanwhile. Nothing was removed; look, and begin anew."


@dataclass(eq=False, repr=False)
class ArchivingUnfinished(RefusedByRule):
    """An archiving was cut off, and is gone on with by its own file."""

    file: str

    def __str__(self) -> str:
        return f"Archiving to {self.file} was cut off. Name that file once more to go on with it."


@dataclass(eq=False, repr=False)
class NameTaken(RefusedByRule):
    """Another active key of the workspace has this name."""

    name: str

    def __str__(self) -> str:
        return f"An active key is already named “{self.name}”. Choose another name."


@dataclass(eq=False, repr=False)
class SshKeyKnown(RefusedByRule):
    """The SSH key lets somebody in already, somebody else or otherwise."""

    fingerprint: str
    email: str

    def __str__(self) -> str:
        return (
            f"This SSH key lets in {self.email} already. To change that, first: "
            f"keydeck people ssh-keys remove {self.fingerprint}."
        )


@dataclass(eq=False, repr=False)
class TooManySshKeys(RefusedByRule):
    """Nobody uses as many."""

    email: str
    most: int

    def __str__(self) -> str:
        return f"{self.email} has {self.most} SSH keys. Remove one that is not used any more."


@dataclass(eq=False, repr=False)
class AlreadyRevoked(RefusedByRule):
    """A revoked key stays as it is."""

    name: str
    revoked_at: int
    by: str | None
    """E-mail of whoever revoked it; None is the operator."""

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.revoked_at / 1000, UTC)
        return (
            f"“{self.name}” is already revoked, for good: by {self.by or 'the operator'} on "
            f"{when.day} {when:%b %Y} at {when:%H:%M:%S} UTC. Create a new key instead."
        )


@dataclass(eq=False, repr=False)
class KeyExpired(RefusedByRule):
    """An expired key is neither changed nor extended."""

    name: str
    expired_at: int

    def __str__(self) -> str:
        return f"“{self.name}” has expired and stays expired. Create a new key instead."


@dataclass(eq=False, repr=False)
class ChangedMeanwhile(RefusedByRule):
    """The key is not what it was when somebody decided to change it."""

    name: str
    changes: tuple[str, ...]
    """Who did what when, newest first."""

    def __str__(self) -> str:
        return (
            f"“{self.name}” was changed meanwhile: {'; '.join(self.changes)}. "
            "It is shown as it is now; apply again if you still mean it."
        )


@dataclass(eq=False, repr=False)
class NothingUnused(RefusedByRule):
    """The key needs every scope it has, or is too young to say."""

    name: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” has no scope that was unused for 60 days. "
            "Replace its scopes by hand: keydeck keys scope, or s in the console."
        )


@dataclass(eq=False, repr=False)
class AllUnused(RefusedByRule):
    """Without its unused scopes the key would have none."""

    name: str
    days: int

    def __str__(self) -> str:
        return f"“{self.name}” has used none of its scopes in {self.days} days. Revoke it instead."


@dataclass(eq=False, repr=False)
class AlreadyRotating(RefusedByRule):
    """The key has a successor that still stands."""

    name: str
    successor: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” is already being replaced by {self.successor}. "
            "Finish that rotation or abandon it first."
        )


@dataclass(eq=False, repr=False)
class OlderKeyInUse(RefusedByRule):
    """Rotating a successor ends the key it replaces, which somebody still calls with."""

    name: str
    older: str
    """The older key, as it is shown."""
    by: str
    """Who used it last: an address and what it called itself."""
    used_at: int
    ends_at: int | None
    """When it would have ended; None for not by itself."""

    @property
    def cut_off(self) -> str:
        """Say who would be cut off, and from what."""
        used = datetime.fromtimestamp(self.used_at / 1000, UTC)
        until = "until it is revoked"
        if self.ends_at is not None:
            ends = datetime.fromtimestamp(self.ends_at / 1000, UTC)
            until = f"until {ends.day} {ends:%b %Y %H:%M} UTC"
        return (
            f"This key of “{self.name}” is replacing {self.older}, which {self.by} used on "
            f"{used.day} {used:%b at %H:%M:%S} UTC. It would work {until}; rotating its successor "
            "ends it at once."
        )

    def __str__(self) -> str:
        return (
            f"{self.cut_off} If the successor was lost, abandon that rotation (keydeck rotations "
            "abandon) and rotate again. To cut it off all the same, say --end-older."
        )


@dataclass(eq=False, repr=False)
class RotationNotRepeatable(RefusedByRule):
    """A repeated rotation whose successor is already in somebody's hands."""

    name: str
    successor: str

    def __str__(self) -> str:
        return (
            f"This rotation of “{self.name}” is already done: {self.successor} was shown or used, "
            "and its key cannot be shown again. Rotate again with a new token if it is lost."
        )


@dataclass(eq=False, repr=False)
class NotSafeToRevoke(RefusedByRule):
    """A rotation whose predecessor may still be called with, and nobody has typed its name."""

    name: str
    why: str
    """What is in the way, and who still calls, as the end of a sentence."""

    def __str__(self) -> str:
        return (
            f"It is not safe to revoke the old “{self.name}” yet: {self.why}. "
            "Give its name to revoke it all the same (--confirm NAME)."
        )


@dataclass(eq=False, repr=False)
class NewKeyInUse(RefusedByRule):
    """A rotation to be abandoned whose new key is called with, and nobody has typed its name."""

    name: str
    used_at: int

    def __str__(self) -> str:
        used = datetime.fromtimestamp(self.used_at / 1000, UTC)
        return (
            f"The new key of “{self.name}” is in use: last on {used.day} {used:%b at %H:%M:%S} "
            "UTC. Abandoning revokes it. Give its name to do it all the same (--confirm NAME)."
        )


@dataclass(eq=False, repr=False)
class RotationEnded(RefusedByRule):
    """A rotation that is done or abandoned stays so."""

    name: str
    status: str

    def __str__(self) -> str:
        return f"This rotation of “{self.name}” is {self.status}. There is nothing left to decide."


@dataclass(eq=False, repr=False)
class TokenReused(RefusedByRule):
    """An idempotency token that belongs to another rotation."""

    def __str__(self) -> str:
        return "This idempotency token was used for another key's rotation. Use a new token."


@dataclass(eq=False, repr=False)
class LastAdmin(RefusedByRule):
    """At least one admin always remains."""

    email: str

    def __str__(self) -> str:
        return f"{self.email} is the last admin. Make somebody else an admin first."


@dataclass(eq=False, repr=False)
class OffboardingOver(RefusedByRule):
    """Everything was decided, and the record is closed."""

    email: str

    def __str__(self) -> str:
        return (
            f"All keys of {self.email} were decided about, and the record is closed. "
            "Rotate or revoke a key as any other."
        )


@dataclass(eq=False, repr=False)
class StillToDecide(RefusedByRule):
    """Keys that somebody who left may know still wait for a decision."""

    email: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        names = ", ".join(f"“{name}”" for name in self.names)
        return f"{self.email} may still know {names}. Rotate, revoke or keep each, with a reason."


@dataclass(eq=False, repr=False)
class NotReplaced(RefusedByRule):
    """A key has no successor whose secret the leaver does not know."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"“{self.name}” has no successor that {self.email} does not know. Rotate it first."


@dataclass(eq=False, repr=False)
class SuccessorNotStored(RefusedByRule):
    """A key has a successor that may have reached nobody."""

    name: str
    successor: str

    def __str__(self) -> str:
        return (
            f"“{self.name}” was rotated, but nobody stored the new key, {self.successor}. Rotate "
            "it again, which makes that one anew, or say that it is stored: keydeck keys confirm."
        )


@dataclass(eq=False, repr=False)
class AlreadyAMember(RefusedByRule):
    """The person is in this workspace already."""

    email: str

    def __str__(self) -> str:
        return f"{self.email} is already in this workspace."


@dataclass(eq=False, repr=False)
class AlreadyEnrolled(RefusedByRule):
    """The person has accepted: no admin can let them, or anybody, choose another password."""

    email: str

    def __str__(self) -> str:
        return (
            f"{self.email} has chosen a password. For a lost one the operator gives a code: "
            "keydeck people password."
        )


@dataclass(eq=False, repr=False)
class WorkspaceTaken(RefusedByRule):
    """A workspace with this slug exists."""

    slug: str

    def __str__(self) -> str:
        return f"This store already has a workspace “{self.slug}”. Choose another name."


@dataclass(eq=False, repr=False)
class AlreadyStopped(RefusedByRule):
    """What is stopped is not stopped again: who did it, and when, stays known."""

    what: str
    """“Zapier”, or “workspace Acme Events”."""
    stopped_at: int
    by: str

    def __str__(self) -> str:
        when = datetime.fromtimestamp(self.stopped_at / 1000, UTC)
        return (
            f"{self.what} is already stopped: by {self.by} on {when.day} {when:%b %Y} at "
            f"{when:%H:%M:%S} UTC."
        )


@dataclass(eq=False, repr=False)
class NotStopped(RefusedByRule):
    """What is not stopped cannot go on."""

    what: str
    held_by: tuple[str, ...] = ()
    """What is stopped in its place, as whoever lets it go on names it: `--all`."""

    def __str__(self) -> str:
        if not self.held_by:
            return f"{self.what} is not stopped."
        lifted = " and ".join(f"keydeck resume {target}" for target in self.held_by)
        return f"{self.what} itself is not stopped; what it belongs to is: {lifted}."
