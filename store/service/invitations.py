"""InvitationService: a workspace's membership waits for the person's own yes, with its code."""

from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Actor, CameBy, Invitation
from store.errors import EnrolmentInvalid, NotAMember
from store.persistence.repositories.people import Membership
from store.service import one_time_codes
from store.service.mutation import Mutation
from store.service.sign_in import entered
from store.service.transactions import Transactions, check_came_by, check_ssh_key


class InvitationService:
    """Look at an invitation and accept it, as somebody who is in already.

    Whoever is not in anywhere enrols: see `SignIn.enrol`.
    """

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def look(self, actor: Actor, code: Secret) -> Invitation:
        """Return what a workspace's code invites a signed-in person to, before they accept it.

        Nobody is told of an invitation but who holds its code: it may not be theirs.
        Raises EnrolmentInvalid, TooManyAttempts, NotAMember or SshKeyOver.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            membership = self._found(mutation, actor, code)
            if membership is not None:
                mutation.leave_unchanged()
                return Invitation(membership.workspace, membership.role, membership.vouched_by)
        raise EnrolmentInvalid

    def accept(self, actor: Actor, code: Secret) -> Actor:
        """Accept a workspace's invitation as the person who is signed in; return them there.

        From then on their password and SSH key open that workspace, too. Raises as `look`.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            membership = self._found(mutation, actor, code)
            account_id = mutation.unit.people.account_id(actor.person_id)
            if membership is not None and account_id is not None:
                mutation.unit.people.accept(membership.person_id, account_id)
                one_time_codes.used(mutation.unit, membership.email)
                return entered(mutation, membership, Action.PERSON_ENROLLED, actor.ssh_key)
        raise EnrolmentInvalid

    def accept_by_ssh_key(
        self, person_id: int, code: Secret, came_by: CameBy | None = None
    ) -> Actor:
        """Accept an invitation as a person whom sshd has authenticated; no password is chosen.

        `came_by` is their SSH key where the store has it. Raises as `look`.
        """
        with self._transactions.writing(raise_revision=False) as mutation:
            unit = mutation.unit
            check_came_by(unit, came_by)
            waiting = unit.people.membership(person_id)
            if waiting is None or waiting.account_id is not None:
                raise NotAMember("this store")
            one_time_codes.check_pause(unit, waiting.email)
            found = one_time_codes.invited(unit, waiting.email, code)
            if found is not None and found.person_id == person_id:
                unit.people.accept(person_id, unit.accounts.add(None, mutation.now))
                one_time_codes.used(unit, waiting.email)
                return entered(mutation, found, Action.PERSON_ENROLLED, came_by)
            one_time_codes.wrong(mutation, waiting.email)
        raise EnrolmentInvalid

    def _found(self, mutation: Mutation, actor: Actor, code: Secret) -> Membership | None:
        unit = mutation.unit
        check_ssh_key(unit, actor)
        mine = unit.people.membership(actor.person_id)
        if mine is None or mine.account_id is None:
            raise NotAMember("this store")
        one_time_codes.check_pause(unit, mine.email)
        found = one_time_codes.invited(unit, mine.email, code)
        if found is None:
            one_time_codes.wrong(mutation, mine.email)
        return found
