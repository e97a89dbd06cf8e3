"""SignIn: who somebody is. A failed attempt slows the next one down and is audited."""

import hashlib
import hmac
from dataclasses import dataclass

from store import passwords
from store.errors import (
    EnrolmentInvalid,
    NoSuchWorkspace,
    NotAMember,
    SignInFailed,
    TooManyAttempts,
)
from store.people import Actor, Role, Workspace
from store.repositories.people import Account
from store.secrets import Secret
from store.service.ground import Ground, Mutation
from store.unit import Unit


@dataclass(frozen=True, slots=True)
class Standing:
    """What a signed-in person is in their workspace right now."""

    workspace: Workspace
    role: Role


class SignIn:
    """Sign in with a password, or choose one with a one-time enrolment code."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def workspaces(self) -> list[Workspace]:
        """Return the store's workspaces, oldest first."""
        with self._ground.reading() as unit:
            return unit.workspaces.all()

    def standing(self, actor: Actor) -> Standing:
        """Return the actor's workspace and role, read anew. Raises NotAMember."""
        with self._ground.reading() as unit:
            workspace = unit.workspaces.by_id(actor.workspace_id)
            role = unit.people.role(actor.workspace_id, actor.person_id)
        if role is None:
            raise NotAMember(workspace.name)
        return Standing(workspace, role)

    def theirs(self, actor: Actor) -> list[Workspace]:
        """Return every workspace of a signed-in person, oldest first."""
        with self._ground.reading() as unit:
            return unit.workspaces.of_person(actor.person_id)

    def switch(self, actor: Actor, slug: str) -> Actor:
        """Return the actor of a signed-in person in another of their workspaces.

        It is audited there, but is no sign-in: failed attempts on their e-mail still count.
        Raises NotAMember or NoSuchWorkspace.
        """
        with self._ground.writing(raise_revision=False) as mutation:
            account = mutation.unit.people.account_by_id(actor.person_id)
            if account is None:
                raise NotAMember(slug)
            return _entered(mutation, account, slug, "person.switched_here")

    def sign_in(self, email: str, password: Secret, workspace: str | None = None) -> Actor:
        """Return the actor an e-mail and a password stand for, in a workspace named by its slug.

        Without a slug it is the person's only workspace. Takes about 50 ms, as long for an unknown
        e-mail as for a wrong password. Raises SignInFailed, TooManyAttempts, NoSuchWorkspace or
        NotAMember.
        """
        with self._ground.database.writing() as connection:
            unit = Unit(connection, self._ground.clock.now(), self._ground.peppers)
            account = self._admitted(unit, email)
        stored = account.password_hash if account else None
        right = passwords.matches(password, stored)
        if account is None or stored is None or not right:
            self._failed(email, account)
            raise SignInFailed
        renewed = passwords.hashed(password) if passwords.outdated(stored) else None
        return self._succeeded(account, workspace, "person.signed_in", renewed)

    def enrol(
        self, email: str, code: Secret, password: Secret, workspace: str | None = None
    ) -> Actor:
        """Choose a password with a one-time code, and sign in with it.

        Raises Invalid for a password that is too short, EnrolmentInvalid, TooManyAttempts,
        NoSuchWorkspace or NotAMember.
        """
        chosen = passwords.hashed(passwords.checked(password))
        with self._ground.database.writing() as connection:
            unit = Unit(connection, self._ground.clock.now(), self._ground.peppers)
            account = self._admitted(unit, email)
            good = _code_fits(account, code, unit.now)
        if account is None or not good:
            self._failed(email, account)
            raise EnrolmentInvalid
        return self._succeeded(account, workspace, "person.enrolled", chosen)

    def by_ssh_key(self, person_id: int, workspace: str | None = None) -> Actor:
        """Return the actor for a person whom sshd has already authenticated by their key.

        Raises NotAMember or NoSuchWorkspace.
        """
        with self._ground.reading() as unit:
            account = unit.people.account_by_id(person_id)
        if account is None:
            raise NotAMember("this store")
        return self._succeeded(account, workspace, "person.signed_in_over_ssh", None)

    def _admitted(self, unit: Unit, email: str) -> Account | None:
        attempts = unit.attempts.of(email)
        wait = attempts.wait(unit.now)
        if wait > 0:
            raise TooManyAttempts(wait)
        if attempts.failures:
            unit.attempts.claim(email, unit.now)
        return unit.people.account(email)

    def _failed(self, email: str, account: Account | None) -> None:
        with self._ground.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            failures = unit.attempts.failed(email, mutation.now)
            theirs = unit.workspaces.of_person(account.id) if account else []
            for workspace in theirs or unit.workspaces.all()[:1]:
                mutation.audit(
                    workspace.id,
                    None,
                    "person.sign_in_failed",
                    str(account.id) if account else "",
                    # What was typed is not kept: it may be a password in the wrong field.
                    account.email if account else "unknown e-mail",
                    failures=failures,
                )

    def _succeeded(
        self, account: Account, slug: str | None, action: str, password_hash: str | None
    ) -> Actor:
        with self._ground.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            if password_hash is not None:
                unit.people.set_password(account.id, password_hash)
            unit.attempts.cleared(account.email)
            unit.people.signed_in(account.id, mutation.now)
            return _entered(mutation, account, slug, action)


def _entered(mutation: Mutation, account: Account, slug: str | None, action: str) -> Actor:
    workspace = _chosen(mutation, account, slug)
    actor = Actor(account.id, account.email, account.name, workspace.id)
    mutation.audit(workspace.id, actor, action, str(account.id), account.email)
    return actor


def _chosen(mutation: Mutation, account: Account, slug: str | None) -> Workspace:
    unit = mutation.unit
    theirs = unit.workspaces.of_person(account.id)
    if not theirs:
        raise NotAMember(slug or "any workspace")
    if slug is not None:
        named = unit.workspaces.by_slug(slug)
        if named is not None and named in theirs:
            return named
        # Only their own are listed: which others exist is nobody else's business.
        raise NoSuchWorkspace(slug, tuple(one.slug for one in theirs))
    if len(theirs) > 1:
        raise NoSuchWorkspace(None, tuple(one.slug for one in theirs))
    return theirs[0]


def code_digest(code: Secret) -> bytes:
    """Return what is kept of an enrolment code; 119 random bits need no slow hash."""
    plain = code.reveal().strip().replace("-", "")
    return hashlib.sha256(b"keydeck enrolment\0" + plain.encode()).digest()


def _code_fits(account: Account | None, code: Secret, now: int) -> bool:
    wanted = account.enrolment_digest if account else None
    ends = account.enrolment_expires_at if account else None
    if wanted is None or ends is None:
        return False
    return hmac.compare_digest(code_digest(code), wanted) and now < ends
