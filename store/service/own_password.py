"""OwnPassword: choosing another password, for whoever knows the one of now."""

from store.credentials import passwords
from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Actor
from store.errors import Invalid, NoPassword, PasswordWrong
from store.service.authentication import Candidate, admitted, failed_in, proven
from store.service.transactions import Needs, Transactions, check_standing

_DOES = "change their password"


class OwnPassword:
    """Changes the password of whoever asks. A login that goes on ends by it, and so does a code."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def change(self, actor: Actor, present: Secret, chosen: Secret) -> None:
        """Replace `present` by `chosen`, in every workspace that it opens. Takes about 100 ms.

        A wrong one counts as a failed sign-in. Raises Invalid for what is no password or no other
        one, NotAMember, NoPassword, PasswordWrong or TooManyAttempts.
        """
        passwords.checked(chosen)
        if chosen.reveal() == present.reveal():
            raise Invalid("password", "That is your password of now. Choose another one.")
        with self._transactions.reading() as unit:
            check_standing(unit, actor, Needs.MEMBER, _DOES)
            slug = unit.workspaces.by_id(actor.workspace_id).slug
            account_id = unit.people.account_id(actor.person_id)
            known = {one.id: one.password_hash for one in unit.accounts.of_email(actor.email)}
        if account_id is None or known.pop(account_id, None) is None:
            raise NoPassword
        candidate = self._proved(actor, present, slug, account_id)
        account = candidate.account
        made = passwords.hashed(chosen, next(filter(None, known.values()), None))
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_standing(unit, actor, Needs.MEMBER, _DOES)
            # Somebody else may have been faster, with another password.
            if account is None or unit.accounts.get(account_id) != account:
                raise PasswordWrong
            unit.accounts.set_password(account_id, made, mutation.now)
            unit.attempts.cleared(candidate.subject)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.PERSON_PASSWORD_CHANGED,
                str(actor.person_id),
                actor.email,
            )

    def _proved(self, actor: Actor, present: Secret, slug: str, account_id: int) -> Candidate:
        tried = [
            one
            for one in admitted(self._transactions, actor.email, workspace=slug)
            if one.account is not None and one.account.id == account_id
        ]
        candidate = proven(present, tried)
        if candidate is not None:
            return candidate
        with self._transactions.writing(raise_revision=False) as mutation:
            failures = max(
                (mutation.unit.attempts.failed(one.subject, mutation.now) for one in tried),
                default=0,
            )
            failed_in(mutation, actor.email, tried, failures=failures, workspace=slug)
        raise PasswordWrong
