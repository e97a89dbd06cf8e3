"""Going through a leaver's keys at the terminal, one question a key."""

from typing import TYPE_CHECKING

from console.commands import standard_input
from console.commands.in_force import wait
from console.commands.line import Line
from console.commands.offboarding_steps import how_to_go_on, rotate_one
from console.commands.output import say

if TYPE_CHECKING:
    from store.domain.offboarding import KnownKey, Offboarding
    from store.domain.people import Actor
    from store.operations.store import Store

_ANSWERS = ("rotate", "revoke", "keep", "later")


def walk(line: Line, store: "Store", actor: "Actor", theirs: "Offboarding") -> None:
    """Ask what becomes of each key that waits; each answer is written down before the next."""
    from console.text import key_words
    from console.text.offboarding_words import known
    from store.errors import KeydeckError

    for known_key in theirs.waiting(store.clock.now()):
        now = store.clock.now()
        say(
            f"{known_key.key.name}: {known(known_key, now)}; "
            f"{key_words.use(known_key.key, known_key.traffic, now)}."
        )
        try:
            _act(line, store, actor, theirs, known_key, _chosen(known_key))
        except KeyboardInterrupt:
            say("")
            say(f"What was decided stays. Go on: keydeck people offboarding resume {theirs.email}")
            raise
        except KeydeckError as error:
            # It still waits; the others do not have to.
            say(str(error))
    how_to_go_on(store.offboardings.show(actor, theirs.id), store.clock.now())


def _act(
    line: Line,
    store: "Store",
    actor: "Actor",
    theirs: "Offboarding",
    known_key: "KnownKey",
    answer: str,
) -> None:
    match answer:
        case "rotate":
            rotate_one(line, store, actor, theirs.id, known_key.key.id, None, None, told=True)
        case "revoke" if _named(known_key, "revoke it for good"):
            done = store.offboardings.revoke(actor, theirs.id, known_key.key.id)
            say(f"“{known_key.key.name}” is revoked.")
            wait(store, done.commits)
        case "keep":
            reason = _asked("  Why it may stay: ")
            store.offboardings.keep(actor, theirs.id, known_key.key.id, reason)


def _chosen(known_key: "KnownKey") -> str:
    question = f"  {known_key.key.name} ({', '.join(_ANSWERS)}) [later]: "
    while (typed := _asked(question).lower() or "later") not in _ANSWERS:
        say(f"  “{typed}” is none of them.")
    return typed


def _named(known_key: "KnownKey", to_what: str) -> bool:
    """Ask for a key's name, as the console does for what cuts somebody off; empty is a no."""
    from store.domain.names import fold

    typed = _asked(f"  Type “{known_key.key.name}” to {to_what}, or nothing: ")
    if fold(typed) == fold(known_key.key.name):
        return True
    say("Nothing was done: that is not its name." if typed else "Nothing was done.")
    return False


def _asked(question: str) -> str:
    typed = standard_input.answer(question)
    if typed is None:
        raise KeyboardInterrupt
    return typed
