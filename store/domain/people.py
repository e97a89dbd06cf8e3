"""Workspaces, the people in them, and what each may do."""

from dataclasses import dataclass
from enum import StrEnum


class Plan(StrEnum):
    """What a workspace pays for. API keys need `pro`."""

    FREE = "free"
    PRO = "pro"


class Role(StrEnum):
    """`admin` may manage keys, `viewer` may look at them, `member` may do neither."""

    ADMIN = "admin"
    VIEWER = "viewer"
    MEMBER = "member"


BY_POWER = (Role.MEMBER, Role.VIEWER, Role.ADMIN)
"""Roles, the one that may do least first."""
LOOKING = frozenset({Role.ADMIN, Role.VIEWER})
"""The roles that see what a workspace has; only an admin changes it."""


COLOURS = ("red", "green", "blue", "purple")
"""What a workspace's name can be drawn in, so that production is told from a playground."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The tenant: owns keys, people and data."""

    id: int
    slug: str
    name: str
    plan: Plan
    colour: str | None = None
    """One of `COLOURS`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone with an e-mail, as one workspace knows them; what another knows is not in here."""

    id: int
    email: str
    name: str
    role: Role
    joined_at: int
    last_sign_in_at: int | None
    enrolled: bool
    """Whether they have accepted: until then the membership opens nothing."""
    vouched_by: str | None = None
    """The e-mail of whoever gave them the code; None where the operator made them a member."""
    code_until: int | None = None
    """When the code they were given ends, if they hold one."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What somebody who holds a workspace's code is asked to accept."""

    workspace: Workspace
    role: Role
    vouched_by: str | None
    """The e-mail of whoever gave the code; None for the operator."""


@dataclass(frozen=True, slots=True)
class CameBy:
    """An SSH key of the store that let somebody in, as it stood there then.

    Removed and added again it is another one, which may let in somebody else or to look only.
    """

    fingerprint: str
    person_id: int
    """Whose it was."""
    added_at: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever asks for a use case: a signed-in person in one workspace.

    It proves nothing by itself; every mutation reads membership, role and plan again.
    """

    person_id: int
    email: str
    name: str
    workspace_id: int
    ssh_key: CameBy | None = None
    """The SSH key they came in by, where the store has it: they go with it."""


class KnownBy(StrEnum):
    """How a person came to know a key's secret."""

    CREATED = "created"
    SHOWN = "shown"
    """On a screen, or on standard output."""
    COPIED = "copied"
    FILED = "filed"
    """They wrote it to a file."""
    PIPED = "piped"
    """They gave it to a command of theirs."""
    CUSTODIAN = "custodian"
    """They were named as a holder, who will be handed a successor's secret, too."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A person who may know a key's secret, in one of the ways they may."""

    person_id: int
    email: str
    name: str
    how: KnownBy
    since: int


OPERATOR = "operator"
"""Who the audit names for the commands of whoever owns the store's files."""
LEAK_REPORTS = "leak report"
"""What the audit names where somebody who need not be known reported a key."""
ASSISTANT = "assistant"
"""Who the audit names where a connection's own assistant did it: opened it, ended it."""
