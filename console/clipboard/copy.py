"""Copying: the carriers of the plan, one after the other, until one takes it."""

from collections.abc import Callable

from console.clipboard import desktop, osc52, tmux
from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import Carrier, Environment, plan
from store.secrets import Secret

NOWHERE = Outcome(
    Level.UNAVAILABLE, "There is no clipboard here. Select it: shift and the mouse.", "none"
)


def copy(
    secret: Secret, environment: Environment, write: Callable[[str], None], mode: str = "auto"
) -> Outcome:
    """Bring a secret to the clipboard and return what is known of it.

    Blocking, a few seconds at the most. `write` writes a sequence to the terminal. Nothing is sent
    twice: a second sequence could land after something else was copied.
    """
    outcome = NOWHERE
    for carrier in plan(environment, mode):
        outcome = _send(carrier, secret, write)
        if outcome.level is not Level.UNAVAILABLE:
            break
    return outcome


def _send(carrier: Carrier, secret: Secret, write: Callable[[str], None]) -> Outcome:
    match carrier:
        case Carrier.TMUX:
            return tmux.send(secret)
        case Carrier.SCREEN:
            return osc52.send_through_screen(secret, write)
        case Carrier.DESKTOP:
            return desktop.send(secret)
        case Carrier.OSC52:
            return osc52.send(secret, write)
