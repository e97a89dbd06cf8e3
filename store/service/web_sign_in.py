"""Signing in on the page where a connection is approved: slowed down apart from the console.

Whoever fails there slows down their network and the e-mail on that page, and nothing else: anybody
in the world may try, and none of them may keep an admin out of the console.
"""

from collections.abc import Sequence

from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Plan, Role
from store.errors import NothingToApprove, SignInFailed
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.authentication import Candidate, admitted, failed_in, proven
from store.service.mutation import Mutation
from store.service.sign_in import entered
from store.service.transactions import Transactions


class WebSignIn:
    """Who somebody is, and where they may approve."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def sign_in(self, email: str, password: Secret, network: str) -> int:
        """Return the id of the person an e-mail and a password stand for.

        Takes about 50 ms whether there is such a person or not. Raises SignInFailed,
        TooManyAttempts, or NothingToApprove for somebody who could approve nothing.
        """
        also = (_of_network(network),)
        tried = admitted(self._transactions, email, prefix=_PAGE, also=also)
        candidate = proven(password, tried)
        if candidate is None or candidate.account is None:
            self._failed(email, tried, also)
            raise SignInFailed
        with self._transactions.writing(raise_revision=False) as mutation:
            account = mutation.unit.accounts.get(candidate.account.id)
            if account.password_hash == candidate.account.password_hash:
                return self._succeeded(mutation, email, candidate, also)
            self._count(mutation, email, [candidate], also)
        # Another was chosen while this one was checked.
        raise SignInFailed

    def _failed(self, email: str, tried: Sequence[Candidate], also: tuple[str, ...]) -> None:
        with self._transactions.writing(raise_revision=False) as mutation:
            self._count(mutation, email, tried, also)

    @staticmethod
    def _count(
        mutation: Mutation, email: str, tried: Sequence[Candidate], also: tuple[str, ...]
    ) -> None:
        attempts = mutation.unit.attempts
        subjects = (*also, *(candidate.subject for candidate in tried))
        failures = max(attempts.failed(subject, mutation.now) for subject in subjects)
        failed_in(mutation, email, tried, failures=failures, where="approval page")

    def _succeeded(
        self, mutation: Mutation, email: str, found: Candidate, also: tuple[str, ...]
    ) -> int:
        unit = mutation.unit
        account_id = found.account.id if found.account else None
        managed = _managed(unit, account_id)
        if not managed:
            raise NothingToApprove(email)
        for subject in (*also, found.subject):
            unit.attempts.cleared(subject)
        for membership in managed:
            entered(mutation, membership, Action.PERSON_SIGNED_IN_TO_APPROVE)
        return managed[0].person_id


def approvable(unit: Unit, person_id: int) -> list[Membership]:
    """Return where somebody may approve: admin there, on the Pro plan, and accepted."""
    return _managed(unit, unit.people.account_id(person_id))


def _managed(unit: Unit, account_id: int | None) -> list[Membership]:
    return [
        membership
        for membership in unit.people.memberships_of(account_id)
        if membership.workspace.plan is Plan.PRO and membership.role is Role.ADMIN
    ]


# No e-mail anybody can sign in with begins so: these are apart from the console's.
_PAGE = "\0page "


def _of_network(network: str) -> str:
    return f"{_PAGE}{network}"
