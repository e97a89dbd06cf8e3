"""One-time codes: of an invitation, given by the workspace it is to, or of the operator.

An invitation's opens the workspace that gave it and nothing else, once.
"""

import hashlib
import hmac

from store.credentials import passwords
from store.domain.key_string import Secret
from store.domain.times import DAY
from store.errors import TooManyAttempts
from store.persistence.repositories.people import Membership
from store.persistence.unit import Unit
from store.service.authentication import failed_in
from store.service.mutation import Mutation

LIFETIME = 7 * DAY


def new_invitation(unit: Unit, person_id: int) -> Secret:
    """Return a code that accepts a person's membership; it replaces an older one."""
    code = passwords.enrolment_code()
    unit.people.set_enrolment(person_id, _digest(code), unit.now + LIFETIME)
    return code


def new_for_account(unit: Unit, account_id: int) -> Secret:
    """Return a code with which another password is chosen; it replaces an older one."""
    code = passwords.enrolment_code()
    unit.accounts.set_code(account_id, _digest(code), unit.now + LIFETIME)
    return code


def invited(unit: Unit, email: str, code: Secret) -> Membership | None:
    """Return the membership of an e-mail that a code accepts: of who gave it, and not accepted."""
    for membership in unit.people.memberships(email):
        if membership.account_id is None and fits(
            code, membership.enrolment_digest, membership.enrolment_expires_at, unit.now
        ):
            return membership
    return None


def fits(code: Secret, wanted: bytes | None, ends: int | None, now: int) -> bool:
    """Return whether a code is the one a digest was kept of, and still good."""
    if wanted is None or ends is None:
        return False
    return hmac.compare_digest(_digest(code), wanted) and now < ends


def check_pause(unit: Unit, email: str) -> None:
    """Raise TooManyAttempts soon after a wrong code for an e-mail."""
    wait = unit.attempts.of(_subject(email)).wait(unit.now)
    if wait > 0:
        raise TooManyAttempts(wait)


def wrong(mutation: Mutation, email: str) -> None:
    """Count and audit a wrong code for an e-mail."""
    failures = mutation.unit.attempts.failed(_subject(email), mutation.now)
    failed_in(mutation, email, (), failures=failures)


def used(unit: Unit, email: str) -> None:
    """Forget the wrong codes for an e-mail: a right one was used."""
    unit.attempts.cleared(_subject(email))


def _subject(email: str) -> str:
    # Apart from passwords: no code that somebody was given wins attempts at another's password.
    return f"\0code {email.strip()}"


def _digest(code: Secret) -> bytes:
    # 119 random bits need no slow hash.
    plain = code.reveal().strip().replace("-", "")
    return hashlib.sha256(b"keydeck enrolment\0" + plain.encode()).digest()
