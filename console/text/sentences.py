"""Sentences that reviews and dialogs share."""

from console.text.safe import safe
from console.text.times import day, distance, exact, expiry
from store.domain.people import Invitation, Person, Role
from store.domain.scopes import Scopes, in_words
from store.domain.times import moment


def expires(instant: int | None, now: int) -> str:
    """Return an expiry as a sentence, with its instant.

    “Expires 21 Feb 2027 (23:59 UTC), in 90 d.” or “Never expires.”
    """
    if instant is None:
        return "Never expires."
    return f"Expires {day(instant)} ({moment(instant):%H:%M} UTC), {expiry(instant, now)}."


def shortened(before: int | None, after: int | None) -> str:
    """Return what to add where an end was moved forward, else nothing."""
    if after is None or (before is not None and before <= after):
        return ""
    return f" That is sooner than before: it was {'never' if before is None else exact(before)}."


def when(instant: int, now: int) -> str:
    """Return an instant to come as date, time and distance: `1 Dec 2026 12:00 UTC, in 7 d`."""
    return f"{exact(instant)}, {expiry(instant, now)}"


def every(days: int | None) -> str:
    """Return a rotation interval: `every 90 d`, or `no plan`."""
    return "no plan" if days is None else f"every {days} d"


def review(scopes: Scopes, expires_at: int | None, now: int) -> tuple[str, str]:
    """Return what a key will be, in plain words: what it can do, and when it ends.

    “Can view availability. Cannot create or edit anything.” and
    “Expires 21 Feb 2027 (23:59 UTC), in 90 d.”
    """
    return in_words(scopes), expires(expires_at, now)


def invited(person: Person, now: int) -> str:
    """Return where an invitation stands: `invited, code for 6 d`, or `invited, code has ended`."""
    left = (person.code_until or 0) - now
    return f"invited, code {f'for {distance(left)}' if left > 0 else 'has ended'}"


def invitation(found: Invitation) -> str:
    """Return what somebody is invited to, and who vouches for them."""
    role = in_role(found.role)
    by = found.vouched_by or "The operator"
    return safe(f"{by} vouches for you as {role} of {found.workspace.name}.")


ROLES = {
    Role.ADMIN: "manages keys and people",
    Role.VIEWER: "looks, and changes nothing",
    Role.MEMBER: "sees nothing of keys",
}
"""What somebody in each role does, in a few words."""


def in_role(role: Role) -> str:
    """Return a role with its article: `an admin`, `a viewer`."""
    return f"{'an' if role is Role.ADMIN else 'a'} {role.value}"


def becomes(role: Role, before: Role, who: str) -> str:
    """Return what it means for somebody, `They` or `You`, to have another role than before."""
    if role is Role.ADMIN:
        return f"{who} may create, scope, rotate and revoke every key of this workspace."
    looking = "look at keys, their usage and the audit"
    if before is not Role.ADMIN:
        viewer = role is Role.VIEWER
        return (
            f"{who} may {looking}, and change nothing."
            if viewer
            else (f"{who} may no longer {looking}.")
        )
    may = f"{who} may no longer see, create or revoke keys."
    if role is Role.VIEWER:
        may = f"{who} may {looking}, and no longer create, scope, rotate or revoke a key."
    return f"{may} The keys whose secret {who.lower()} know go on working."


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
