"""What is said of a key that is out, before anybody is told to hand over another. Pure."""

from store.domain.keys import Key

WHO = "First find out who calls with it: that may be whoever found it."
"""A caller is no proof of being who the key was made for."""


def first(key: Key, advice: str) -> str:
    """Return advice that sends a new key to whoever calls with this one.

    Of one that is out, who that may be is said before it.
    """
    if key.leaked_at is None:
        return advice
    return f"{WHO} If it is yours, {advice[:1].lower()}{advice[1:]}"
