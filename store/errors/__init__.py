"""Every refusal keydeck can give, as one tree.

An error carries the data a screen, an exit code or an HTTP answer needs; `str()` is the one
sentence for the user: what was wrong and what to do next. The five families decide the exit code
(see `console.commands.exits`).
"""

from store.errors.access import (
    AdminsOnly,
    EnrolmentInvalid,
    GuestsOnly,
    NotAMember,
    NotSignedIn,
    SignInFailed,
    TooManyAttempts,
)
from store.errors.families import (
    InvalidInput,
    KeydeckError,
    NotAllowed,
    NotFound,
    RefusedByRule,
    StoreUnusable,
)
from store.errors.given import (
    Invalid,
    MalformedKey,
)
from store.errors.missing import (
    AmbiguousKey,
    NoSuchKey,
    NoSuchPerson,
    NoSuchResource,
    NoSuchThing,
    NoSuchWorkspace,
)
from store.errors.rules import (
    AlreadyAMember,
    AlreadyRevoked,
    AlreadyRotating,
    KeyExpired,
    LastAdmin,
    NameTaken,
    PlanRequired,
    ResourceFixed,
    ResourceInUse,
    ResourceTaken,
    RotationNotRepeatable,
    TokenReused,
    WorkspaceTaken,
)
from store.errors.unusable import (
    CannotListen,
    PepperMissing,
    PepperUnreadable,
    PepperWrong,
    StoreBusy,
    StoreDamaged,
    StoreMissing,
    StoreOutdated,
    StoreTooNew,
    StoreUnconfirmed,
    StoreUnreachable,
    WorkerLost,
)

__all__ = [
    "AdminsOnly",
    "AlreadyAMember",
    "AlreadyRevoked",
    "AlreadyRotating",
    "AmbiguousKey",
    "CannotListen",
    "EnrolmentInvalid",
    "GuestsOnly",
    "Invalid",
    "InvalidInput",
    "KeyExpired",
    "KeydeckError",
    "LastAdmin",
    "MalformedKey",
    "NameTaken",
    "NoSuchKey",
    "NoSuchPerson",
    "NoSuchResource",
    "NoSuchThing",
    "NoSuchWorkspace",
    "NotAMember",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "PepperMissing",
    "PepperUnreadable",
    "PepperWrong",
    "PlanRequired",
    "RefusedByRule",
    "ResourceFixed",
    "ResourceInUse",
    "ResourceTaken",
    "RotationNotRepeatable",
    "SignInFailed",
    "StoreBusy",
    "StoreDamaged",
    "StoreMissing",
    "StoreOutdated",
    "StoreTooNew",
    "StoreUnconfirmed",
    "StoreUnreachable",
    "StoreUnusable",
    "TokenReused",
    "TooManyAttempts",
    "WorkerLost",
    "WorkspaceTaken",
]
