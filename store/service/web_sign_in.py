"""Signing in on the page where a connection is approved: slowed down apart from the console.

Whoever fails there slows down their network and the e-mail on that page, and nothing else: anybody
in the world may try, and none of them may keep an admin out of the console.
"""

from store import passwords
from store.errors import NothingToApprove, SignInFailed, TooManyAttempts
from store.people import Actor, Plan, Role, Workspace
from store.repositories.people import Account
from store.secrets import Secret
from store.service.ground import Ground
from store.unit import Unit


class WebSignIn:
    """Who somebody is, and where they may approve."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def sign_in(self, email: str, password: Secret, network: str) -> int:
        """Return the id of the person an e-mail and a password stand for.

        Takes about 50 ms whether there is such a person or not. Raises SignInFailed,
        TooManyAttempts, or NothingToApprove for somebody who could approve nothing.
        """
        whose = _slowed(email, network)
        with self._ground.database.writing() as connection:
            unit = Unit(connection, self._ground.clock.now(), self._ground.peppers)
            attempts = [unit.attempts.of(one) for one in whose]
            wait = max(one.wait(unit.now) for one in attempts)
            if wait > 0:
                raise TooManyAttempts(wait)
            for one, before in zip(whose, attempts, strict=True):
                if before.failures:
                    unit.attempts.claim(one, unit.now)
            account = unit.people.account(email)
        stored = account.password_hash if account else None
        right = passwords.matches(password, stored)
        if account is None or stored is None or not right:
            self._failed(account, whose)
            raise SignInFailed
        return self._succeeded(account, whose)

    def _failed(self, account: Account | None, whose: tuple[str, str]) -> None:
        with self._ground.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            failures = max(unit.attempts.failed(one, mutation.now) for one in whose)
            theirs = unit.workspaces.of_person(account.id) if account else []
            for workspace in theirs or unit.workspaces.all()[:1]:
                mutation.audit(
                    workspace.id,
                    None,
                    "person.sign_in_failed",
                    str(account.id) if account else "",
                    account.email if account else "unknown e-mail",
                    failures=failures,
                    where="approval page",
                )

    def _succeeded(self, account: Account, whose: tuple[str, str]) -> int:
        with self._ground.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            managed = approvable(unit, account.id)
            if not managed:
                raise NothingToApprove(account.email)
            for one in whose:
                unit.attempts.cleared(one)
            unit.people.signed_in(account.id, mutation.now)
            for workspace in managed:
                actor = Actor(account.id, account.email, account.name, workspace.id)
                mutation.audit(
                    workspace.id,
                    actor,
                    "person.signed_in_to_approve",
                    str(account.id),
                    account.email,
                )
            return account.id


def approvable(unit: Unit, person_id: int) -> list[Workspace]:
    """Return the workspaces for which somebody may approve: admin there, and on the Pro plan."""
    return [
        workspace
        for workspace in unit.workspaces.of_person(person_id)
        if workspace.plan is Plan.PRO and unit.people.role(workspace.id, person_id) is Role.ADMIN
    ]


def _slowed(email: str, network: str) -> tuple[str, str]:
    # No e-mail anybody can sign in with begins so: these are apart from the console's.
    return f"\0page {network}", f"\0page {email.strip()}"
