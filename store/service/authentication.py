"""Proving who somebody is: which account of an e-mail a password opens, slowed down for each.

An e-mail is proven by nobody, so several accounts may have one. What fails is counted for each of
them: whoever has one with somebody else's e-mail wins no attempts at the other by signing in to
their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from store.credentials import passwords
from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.errors import StoreNotWritable, TooManyAttempts
from store.persistence.repositories.accounts import Account
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.mutation import Mutation
from store.service.transactions import Transactions


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account that a password may open; None where the e-mail has none."""

    account: Account | None
    subject: str
    """What its failures are counted under."""
    named: bool = False
    """Whether it opens the workspace that was named."""


def admitted(
    transactions: Transactions,
    email: str,
    *,
    workspace: str | None = None,
    prefix: str = "",
    also: Sequence[str] = (),
    also_unwritten: bool = False,
) -> tuple[Candidate, ...]:
    """Return the accounts that may be tried now, and start the pause of those that failed before.

    It is that of the workspace named by its slug, where there is one; else all, whose password was
    chosen last first. Each is counted under `prefix` and the e-mail, the attempt under `also` too.
    Nothing is written where nobody has failed. Raises TooManyAttempts; StoreNotWritable where that
    pause cannot be written, unless they are to be tried `also_unwritten`.
    """
    with transactions.reading() as unit:
        tried, paused = _ready(unit, email, workspace, prefix, also)
    if not paused:
        return tried
    try:
        with transactions.database.writing() as connection:
            unit = Unit(connection, transactions.clock.now(), transactions.peppers)
            # Somebody else may have tried since.
            tried, paused = _ready(unit, email, workspace, prefix, also)
            for subject in paused:
                unit.attempts.claim(subject, unit.now)
    except StoreNotWritable:
        if not also_unwritten:
            raise
    return tried


def _ready(
    unit: Unit, email: str, workspace: str | None, prefix: str, also: Sequence[str]
) -> tuple[tuple[Candidate, ...], list[str]]:
    """Return who may be tried now, and whose pause that starts."""
    candidates = _candidates(unit, email, workspace, prefix)
    shared = max((unit.attempts.of(subject).wait(unit.now) for subject in also), default=0)
    waits = {
        candidate.subject: unit.attempts.of(candidate.subject).wait(unit.now)
        for candidate in candidates
    }
    ready = [candidate for candidate in candidates if not waits[candidate.subject]]
    if shared or not ready:
        raise TooManyAttempts(max(shared, min(waits.values())))
    subjects = (*also, *(candidate.subject for candidate in ready))
    return tuple(ready), [one for one in subjects if unit.attempts.of(one).failures]


def _candidates(unit: Unit, email: str, workspace: str | None, prefix: str) -> list[Candidate]:
    subject = f"{prefix}{email.strip()}"
    opens = {
        membership.account_id
        for membership in unit.people.memberships(email)
        if _is(membership, workspace)
    }
    candidates = [
        # The oldest is counted under the e-mail alone, as it was while nobody had it.
        Candidate(account, f"{subject}\0{account.id}" if place else subject, account.id in opens)
        for place, account in enumerate(unit.accounts.of_email(email))
        if account.password_hash is not None
    ]
    # Whoever names a workspace means its account, and nobody else's is tried or slowed down.
    candidates = [candidate for candidate in candidates if candidate.named] or candidates
    candidates.sort(key=_newest_first)
    return candidates or [Candidate(None, subject)]


def _is(membership: Membership, workspace: str | None) -> bool:
    return membership.account_id is not None and membership.workspace.slug == workspace


def _newest_first(candidate: Candidate) -> tuple[int, int]:
    account = candidate.account
    return (0, 0) if account is None else (-(account.password_set_at or 0), -account.id)


def proven(password: Secret, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the candidate whose password it is, or None. Takes about 50 ms, however many."""
    found = [
        candidate
        for candidate in candidates
        if candidate.account and candidate.account.password_hash
    ]
    hashes = [candidate.account.password_hash or "" for candidate in found if candidate.account]
    place = passwords.matching(password, hashes)
    return None if place is None else found[place]


def failed_in(
    mutation: Mutation,
    email: str,
    tried: Sequence[Candidate],
    *,
    failures: int,
    where: str | None = None,
    workspace: str | None = None,
) -> None:
    """Audit a failed sign-in where the accounts that were tried open something.

    One that named a `workspace` by its slug is told of there alone. Where none does it is told of
    in the oldest workspace, and what was typed is kept nowhere: it may be a password in the wrong
    field.
    """
    unit = mutation.unit
    accounts = {candidate.account.id for candidate in tried if candidate.account}
    known = [
        (membership.workspace.id, str(membership.person_id), membership.email)
        for membership in unit.people.memberships(email)
        if membership.account_id in accounts and workspace in (None, membership.workspace.slug)
    ]
    unknown = [(oldest.id, "", "unknown e-mail") for oldest in unit.workspaces.all()[:1]]
    for workspace_id, subject, name in known or unknown:
        mutation.audit(
            workspace_id,
            None,
            Action.PERSON_SIGN_IN_FAILED,
            subject,
            name,
            failures=failures,
            where=where,
        )
