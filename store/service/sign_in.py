"""SignIn: who somebody is. A failed attempt slows the next one down and is audited.

Whoever comes in here has the store's own files or its role in the database. So where nothing can be
written, a full disk above all, they come in all the same, to look and to revoke: the audit does not
have it, and a pause begins where it can be kept.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from store.credentials import passwords
from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Actor, CameBy, Role, Workspace
from store.errors import (
    EnrolmentInvalid,
    InvitationPending,
    NoSuchWorkspace,
    NotAMember,
    SignInFailed,
    StoreNotWritable,
)
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service import one_time_codes
from store.service.authentication import Candidate, admitted, failed_in, proven
from store.service.mutation import Mutation
from store.service.transactions import Transactions, check_came_by, check_ssh_key, theirs

_TRIES = 3
"""Signing in, where its hash is renewed by somebody else each time."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a signed-in person is in their workspace right now."""

    workspace: Workspace
    role: Role


class SignIn:
    """Sign in with a password, or choose one with a one-time code."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def workspaces(self) -> list[Workspace]:
        """Return the store's workspaces, oldest first."""
        with self._transactions.reading() as unit:
            return unit.workspaces.all()

    def standing(self, actor: Actor) -> SignedIn:
        """Return the actor's workspace and role, read anew. Raises NotAMember."""
        with self._transactions.reading() as unit:
            workspace = unit.workspaces.by_id(actor.workspace_id)
            role = unit.people.role(actor.workspace_id, actor.person_id)
            if role is None:
                raise NotAMember(workspace.name)
            check_ssh_key(unit, actor)
        return SignedIn(workspace, role)

    def theirs(self, actor: Actor) -> list[Workspace]:
        """Return every workspace that a signed-in person has accepted, oldest first.

        Raises SshKeyOver.
        """
        with self._transactions.reading() as unit:
            return [membership.workspace for membership in theirs(unit, actor)]

    def switch(self, actor: Actor, slug: str) -> Actor:
        """Return the actor of a signed-in person in another of their workspaces.

        It is audited there as a sign-in, for that workspace is told of no other; but failed
        attempts on their e-mail still count.
        Raises NotAMember, SshKeyOver or NoSuchWorkspace.
        """
        came_by = actor.ssh_key
        try:
            with self._transactions.writing(raise_revision=False) as mutation:
                membership = _chosen(theirs(mutation.unit, actor), slug)
                return entered(mutation, membership, Action.PERSON_SIGNED_IN, came_by)
        except StoreNotWritable:
            with self._transactions.reading() as unit:
                return _actor(_chosen(theirs(unit, actor), slug), came_by)

    def sign_in(self, email: str, password: Secret, workspace: str | None = None) -> Actor:
        """Return the actor an e-mail and a password stand for, in a workspace named by its slug.

        Without a slug it is the person's only workspace. Takes about 50 ms, as long for an unknown
        e-mail as for a wrong password. Raises SignInFailed, TooManyAttempts, NoSuchWorkspace or
        NotAMember.
        """
        tried = admitted(self._transactions, email, workspace=workspace, also_unwritten=True)
        candidate = proven(password, tried)
        if candidate is None or candidate.account is None:
            with suppress(StoreNotWritable):
                self._failed(email, tried, workspace)
            raise SignInFailed
        try:
            return self._proved(email, password, candidate, workspace)
        except StoreNotWritable:
            return self._unwritten(candidate, workspace)

    def _proved(
        self, email: str, password: Secret, candidate: Candidate, workspace: str | None
    ) -> Actor:
        for _ in range(_TRIES):
            actor = self._entered(password, candidate, workspace)
            if actor is not None:
                return actor
            # Another hash is there: of another password, or a newer one of the same, which somebody
            # has signed in with at the same moment.
            candidate = self._anew(candidate)
            if proven(password, [candidate]) is None:
                break
        self._failed(email, [candidate], workspace)
        raise SignInFailed

    def _entered(
        self, password: Secret, candidate: Candidate, workspace: str | None
    ) -> Actor | None:
        """Return the actor, or None where the hash is not the one that was proven any more."""
        assert candidate.account is not None  # noqa: S101
        stored = candidate.account.password_hash or ""
        renewed = passwords.hashed(password) if passwords.outdated(stored) else None
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            if unit.accounts.get(candidate.account.id).password_hash != stored:
                mutation.leave_unchanged()
                return None
            if renewed is not None:
                unit.accounts.renew_hash(candidate.account.id, renewed)
            unit.attempts.cleared(candidate.subject)
            opened = unit.people.memberships_of(candidate.account.id)
            return entered(mutation, _chosen(opened, workspace), Action.PERSON_SIGNED_IN)

    def _anew(self, candidate: Candidate) -> Candidate:
        assert candidate.account is not None  # noqa: S101
        with self._transactions.reading() as unit:
            return replace(candidate, account=unit.accounts.get(candidate.account.id))

    def _unwritten(self, candidate: Candidate, workspace: str | None) -> Actor:
        assert candidate.account is not None  # noqa: S101
        with self._transactions.reading() as unit:
            account = unit.accounts.get(candidate.account.id)
            if account.password_hash != candidate.account.password_hash:
                raise SignInFailed
            return _actor(_chosen(unit.people.memberships_of(account.id), workspace))

    def enrol(
        self, email: str, code: Secret, password: Secret, workspace: str | None = None
    ) -> Actor:
        """Choose a password with a one-time code, and sign in with it.

        An invitation's opens the workspace that gave it and no other; the operator's replaces a
        password that was lost. Raises Invalid for a password that is too short, EnrolmentInvalid,
        TooManyAttempts, NoSuchWorkspace or NotAMember.
        """
        passwords.checked(password)
        with self._transactions.reading() as unit:
            known = [account.password_hash for account in unit.accounts.of_email(email)]
        chosen = passwords.hashed(password, next(filter(None, known), None))
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            one_time_codes.check_pause(unit, email)
            invited = one_time_codes.invited(unit, email, code)
            if invited is not None:
                _chosen([invited], workspace)
                account_id = unit.accounts.add(chosen, mutation.now)
                unit.people.accept(invited.person_id, account_id)
                one_time_codes.used(unit, email)
                return entered(mutation, invited, Action.PERSON_ENROLLED)
            for account in unit.accounts.of_email(email):
                if one_time_codes.fits(
                    code, account.code_digest, account.code_expires_at, mutation.now
                ):
                    unit.accounts.set_password(account.id, chosen, mutation.now)
                    one_time_codes.used(unit, email)
                    opened = unit.people.memberships_of(account.id)
                    return entered(
                        mutation, _chosen(opened, workspace), Action.PERSON_PASSWORD_CHOSEN
                    )
            one_time_codes.wrong(mutation, email)
        raise EnrolmentInvalid

    def by_ssh_key(
        self, person_id: int, workspace: str | None = None, came_by: CameBy | None = None
    ) -> Actor:
        """Return the actor for a person whom sshd has already authenticated by their key.

        `came_by` is that key where the store has it. Raises NotAMember, SshKeyOver,
        InvitationPending or NoSuchWorkspace.
        """
        try:
            with self._transactions.writing(raise_revision=False) as mutation:
                membership = _let_in(mutation.unit, person_id, workspace, came_by)
                return entered(mutation, membership, Action.PERSON_SIGNED_IN_OVER_SSH, came_by)
        except StoreNotWritable:
            with self._transactions.reading() as unit:
                return _actor(_let_in(unit, person_id, workspace, came_by), came_by)

    def _failed(self, email: str, tried: Sequence[Candidate], workspace: str | None) -> None:
        with self._transactions.writing(raise_revision=False) as mutation:
            failures = max(
                mutation.unit.attempts.failed(candidate.subject, mutation.now)
                for candidate in tried
            )
            failed_in(mutation, email, tried, failures=failures, workspace=workspace)


def entered(
    mutation: Mutation, membership: Membership, action: Action, came_by: CameBy | None = None
) -> Actor:
    """Return the actor for somebody who came into a workspace now, by what the audit calls it.

    `came_by` is the SSH key that they are in by, where the store has it.
    """
    actor = _actor(membership, came_by)
    mutation.unit.people.signed_in(actor.person_id, mutation.now)
    mutation.audit(actor.workspace_id, actor, action, str(actor.person_id), actor.email)
    return actor


def _actor(one: Membership, came_by: CameBy | None = None) -> Actor:
    return Actor(one.person_id, one.email, one.name, one.workspace.id, came_by)


def _let_in(
    unit: Unit, person_id: int, workspace: str | None, came_by: CameBy | None
) -> Membership:
    """Return what sshd has let somebody into. Raises what `SignIn.by_ssh_key` does."""
    check_came_by(unit, came_by)
    opened = unit.people.memberships_of(unit.people.account_id(person_id))
    waiting = unit.people.membership(person_id)
    if not opened and waiting is not None:
        raise InvitationPending(waiting.workspace.name, waiting.vouched_by)
    if not opened:
        raise NotAMember("this store")
    return _chosen(opened, workspace)


def _chosen(opened: Sequence[Membership], slug: str | None) -> Membership:
    if not opened:
        raise NotAMember(slug or "any workspace")
    # Only their own are listed: which others exist is nobody else's business.
    known = tuple(membership.workspace.slug for membership in opened)
    if slug is None and len(opened) == 1:
        return opened[0]
    if slug not in known:
        raise NoSuchWorkspace(slug, known)
    return opened[known.index(slug)]
