"""LoginService: staying signed in for some minutes, so that ten commands ask for a password once.

A login is of one person in one workspace, and there is one at a time: a later one ends it. Of what
opens it the store keeps the digest alone. Whoever presents it decides what else has to be as it
was, such as the machine: `presented` holds that, too.
"""

import hashlib
import hmac

from store.domain.audit.actions import Action
from store.domain.key_string import Secret
from store.domain.people import Actor
from store.domain.times import HOUR, MINUTE, rfc3339
from store.errors import Invalid, LoginOver
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.transactions import Needs, Transactions, check_standing

SHORTEST, LONGEST = MINUTE, 12 * HOUR


def check_length(length_ms: int) -> int:
    """Return how long a login is to last. Raises Invalid for less than 1m or more than 12h."""
    if not SHORTEST <= length_ms <= LONGEST:
        raise Invalid("for", "A login lasts from 1m to 12h.")
    return length_ms


class LoginService:
    """Begin, go on with, end. A password that is chosen anew and leaving end it, too."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def begin(self, actor: Actor, presented: Secret, length_ms: int) -> int:
        """Let `presented` stand for somebody who has just signed in; return until when.

        Raises Invalid for less than a minute or more than twelve hours, or NotAMember.
        """
        check_length(length_ms)
        with self._transactions.writing(raise_revision=False) as mutation:
            unit, until = mutation.unit, mutation.now + length_ms
            check_standing(unit, actor, Needs.MEMBER, "log in")
            unit.people.set_login(actor.person_id, _digest(presented), until)
            mutation.audit(
                actor.workspace_id,
                actor,
                Action.PERSON_LOGGED_IN,
                str(actor.person_id),
                actor.email,
                until=rfc3339(until),
            )
            return until

    def resumed(self, person_id: int, presented: Secret) -> Actor:
        """Return who is logged in. Raises LoginOver."""
        with self._transactions.reading() as unit:
            membership = _logged_in(unit, person_id, presented)
        if membership is None:
            raise LoginOver
        return Actor(
            membership.person_id, membership.email, membership.name, membership.workspace.id
        )

    def end(self, person_id: int, presented: Secret) -> bool:
        """End a login; return whether there was one."""
        with self._transactions.writing(raise_revision=False) as mutation:
            membership = _logged_in(mutation.unit, person_id, presented)
            if membership is None:
                mutation.leave_unchanged()
                return False
            mutation.unit.people.set_login(person_id, None, None)
            actor = Actor(person_id, membership.email, membership.name, membership.workspace.id)
            mutation.audit(
                actor.workspace_id, actor, Action.PERSON_LOGGED_OUT, str(person_id), actor.email
            )
            return True


def _logged_in(unit: Unit, person_id: int, presented: Secret) -> Membership | None:
    membership = unit.people.membership(person_id)
    if membership is None or membership.account_id is None:
        return None
    wanted, until = membership.login_digest, membership.login_expires_at
    if wanted is None or until is None or unit.now >= until:
        return None
    return membership if hmac.compare_digest(_digest(presented), wanted) else None


def _digest(presented: Secret) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(b"keydeck login\0" + presented.reveal().encode()).digest()
