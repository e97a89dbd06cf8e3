"""Whoever asked may not: exit code 3."""

from dataclasses import dataclass

from store.errors.families import NotAllowed


class SignInFailed(NotAllowed):
    """E-mail and password do not belong together; which of the two is not said."""

    def __str__(self) -> str:
        return "E-mail or password is wrong. Try again."


class PasswordWrong(NotAllowed):
    """Whoever is signed in and would choose another password did not give the one of now."""

    def __str__(self) -> str:
        return "That is not your password of now. Try again."


class NoPassword(NotAllowed):
    """Whoever would choose another password has none: an SSH key lets them in."""

    def __str__(self) -> str:
        return (
            "You have no password: your SSH key lets you in. For one ask the operator for a code: "
            "keydeck people password EMAIL."
        )


@dataclass(eq=False, repr=False)
class TooManyAttempts(NotAllowed):
    """A failed sign-in slows the next one down."""

    wait_ms: int

    @property
    def wait_seconds(self) -> int:
        """Return the wait in whole seconds, rounded up."""
        return -(-self.wait_ms // 1000)

    def __str__(self) -> str:
        seconds = self.wait_seconds
        unit = "second" if seconds == 1 else "seconds"
        return f"Too many failed attempts. Wait {seconds} {unit}, then try again."


@dataclass(eq=False, repr=False)
class NotSignedIn(NotAllowed):
    """Nobody said who they are, or nobody could be asked."""

    sentence: str

    def __str__(self) -> str:
        return (
            f"{self.sentence} Sign in by keydeck login --as EMAIL, or name yourself by --as or "
            "KEYDECK_AS and give the password by KEYDECK_PASSWORD or --password-stdin."
        )


class LoginOver(NotAllowed):
    """What was kept of a login opens nothing: it has ended, or is of somewhere else."""

    def __str__(self) -> str:
        return "This login is over. Sign in by keydeck login --as EMAIL."


@dataclass(eq=False, repr=False)
class LoginUnsafe(NotAllowed):
    """The file of a login may be somebody else's, or was read by somebody else."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path} is no login: {self.why}. Remove it, then sign in by keydeck login."


@dataclass(eq=False, repr=False)
class NotOverSsh(NotAllowed):
    """What somebody let in by sshd's forced command asked for is not for them, whoever they are."""

    what: str
    why: str

    def __str__(self) -> str:
        return f"Over SSH there is no {self.what}: {self.why}."


@dataclass(eq=False, repr=False)
class LooksOnly(NotAllowed):
    """An SSH key that may look, and a command that changes something."""

    command: str

    def __str__(self) -> str:
        return f"This SSH key is for looking only, and {self.command} changes something."


class CommandsOnly(NotAllowed):
    """An SSH key for commands, and nobody named one."""

    def __str__(self) -> str:
        return "This SSH key opens no console. Name a command, such as keys list, or help."


@dataclass(eq=False, repr=False)
class NotAMember(NotAllowed):
    """The person is not, or no longer, in this workspace."""

    workspace: str

    def __str__(self) -> str:
        return f"You are not a member of {self.workspace} (any more). Ask one of its admins."


class SshKeyOver(NotAMember):
    """The SSH key that somebody came in by was taken out of the store since."""

    def __str__(self) -> str:
        return "The SSH key that you came in by lets nobody in any more. Ask the operator."


@dataclass(eq=False, repr=False)
class AdminsOnly(NotAllowed):
    """The person is a member or a viewer; only admins may do this."""

    action: str

    def __str__(self) -> str:
        return f"Only workspace admins can {self.action}. Ask one of them."


@dataclass(eq=False, repr=False)
class NotForMembers(AdminsOnly):
    """The person is a member; it is for whoever may look, which admins and viewers may."""

    def __str__(self) -> str:
        return f"Only workspace admins and viewers can {self.action}. Ask an admin."


@dataclass(eq=False, repr=False)
class OperatorsOnly(NotAllowed):
    """It is the operator's, who owns the store's files, and done by a command on their machine."""

    action: str
    command: str

    def __str__(self) -> str:
        return (
            f"Only the operator can {self.action}, where the store is kept: {self.command}. "
            "Ask them."
        )


@dataclass(eq=False, repr=False)
class EnrolmentInvalid(NotAllowed):
    """An enrolment code that is wrong, used or out of date."""

    def __str__(self) -> str:
        return (
            "This enrolment code is wrong, used or out of date. "
            "Ask whoever gave it to you for a new one."
        )


@dataclass(eq=False, repr=False)
class InvitationPending(NotAllowed):
    """The person was invited and has not accepted with the code that they were given."""

    workspace: str
    vouched_by: str | None

    def __str__(self) -> str:
        whose = f"the code from {self.vouched_by}" if self.vouched_by else "the operator's code"
        return f"Your membership of {self.workspace} waits for you: accept it with {whose}."
