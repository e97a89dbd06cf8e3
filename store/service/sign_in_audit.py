"""What the audit is told of failed sign-ins: all that matters, and no more than anybody can cause.

Anybody in the world may fail, as often as they like, and the audit is kept for ever. So it is told
of the first few in a row, and then whenever they have doubled; each entry says how many there were.
Those with an e-mail that nobody has are counted together, until a day has passed without one.
"""

from store.domain.audit.actions import Action
from store.persistence.unit import Unit

ACTION = Action.PERSON_SIGN_IN_FAILED
_EACH = 10
# No e-mail anybody can sign in with begins so.
_STRANGERS = "\0strangers"


def told(unit: Unit, subject: str, failures: object) -> int | None:
    """Return what the audit says, how often signing in has failed; None where it says nothing.

    `subject` is the person, empty for a stranger, whose failure is counted here.
    """
    number = failures if isinstance(failures, int) else 1
    if not subject:
        number = unit.attempts.failed(_STRANGERS, unit.now)
    doubled = number & (number - 1) == 0
    return number if number <= _EACH or doubled else None
