"""Copying: the carriers of the plan, one after the other, until one takes it."""

from collections.abc import Callable

from console.clipboard import command, desktop, osc52, tmux
from console.clipboard.outcome import Level, Outcome
from console.clipboard.plan import AUTO, Carrier, ClipboardChoice, Environment, plan
from store.domain.key_string import Secret

NOWHERE = Outcome(
    Level.UNAVAILABLE, "There is no clipboard here. Select it: shift and the mouse.", "none"
)
OFF = Outcome(
    Level.UNAVAILABLE, "The clipboard is switched off. Select it: shift and the mouse.", "none"
)


def copy(
    secret: Secret,
    environment: Environment,
    write: Callable[[str], None],
    choice: ClipboardChoice = AUTO,
) -> Outcome:
    """Bring a secret to the clipboard and return what is known of it.

    Blocking, a few seconds at the most. `write` writes a sequence to the terminal. Nothing is sent
    twice: a second sequence could land after something else was copied.
    """
    outcome = OFF if choice.mode == "off" else NOWHERE
    for carrier in plan(environment, choice):
        outcome = _send(carrier, secret, environment, write, choice)
        if outcome.level is not Level.UNAVAILABLE:
            break
    return outcome


def _send(
    carrier: Carrier,
    secret: Secret,
    environment: Environment,
    write: Callable[[str], None],
    choice: ClipboardChoice,
) -> Outcome:
    match carrier:
        case Carrier.TMUX:
            return tmux.send(secret, write)
        case Carrier.SCREEN:
            return osc52.send_through_screen(secret, write)
        case Carrier.NATIVE:
            return desktop.send(secret)
        case Carrier.COMMAND:
            return command.send(secret, choice.command)
        case Carrier.OSC52:
            held_up = osc52.HELD_UP if environment.behind_a_multiplexer else osc52.SENT
            return osc52.send(secret, write, osc52.IN_VIM if environment.vim else held_up)
