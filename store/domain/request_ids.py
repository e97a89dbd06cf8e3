"""Request ids that say when a request came and what became of it, to whoever has the pepper.

`req_` + 8 characters instant + 1 outcome + 6 chance + 4 check; base62, 23 characters, in the order
of time. A refusal without a key leaves no row, and can be explained from its id alone. The check
is a short MAC: it tells a real id from one that was mistyped or made up. Nothing in an id is
secret, and it says no more than its answer did.
"""

from collections.abc import Iterable
from hashlib import blake2b
from random import getrandbits
from typing import NamedTuple

from store.domain.clock import Clock
from store.domain.key_string import ALPHABET, PAIRS
from store.domain.verdicts import OUTCOMES

PREFIX = "req_"
LENGTH = len(PREFIX) + 19

PURPOSE = "keydeck request ids"
"""What the key of the MAC is derived from a pepper for."""

# By the place of their character in the alphabet.
_OUTCOMES = tuple(OUTCOMES)
_CODES = {outcome: ALPHABET[place].encode() for place, outcome in enumerate(_OUTCOMES)}
_PAIRS = [pair.encode() for pair in PAIRS]
_TWO = len(PAIRS)
_FOUR = _TWO * _TWO
_CHANCE_BITS = 23
"""As many as four characters hold."""


class Told(NamedTuple):
    """What a request id says."""

    at: int
    """When the request was answered, in UTC milliseconds."""
    outcome: str
    """One of `store.domain.verdicts.OUTCOMES`."""


class RequestIds:
    """Makes the ids of one worker's answers."""

    def __init__(self, key: bytes, clock: Clock) -> None:
        """`key` is what the newest pepper derives for PURPOSE."""
        self._key = key
        self._clock = clock
        self._at = -1
        self._begun: dict[str, _Begun] = {}

    def make(self, outcome: str, at: int | None = None) -> bytes:
        """Return a new id for an outcome; `at` is the instant where it is known already."""
        at = self._clock.now() if at is None else at
        if at != self._at:
            self._at, self._begun = at, {}
        begun = self._begun.get(outcome)
        if begun is None or begun.last == _TWO - 1:
            # Once for all answers of a millisecond: a MAC costs more than the rest together.
            begun = self._begun[outcome] = _Begun(at, outcome, self._key)
        begun.last = last = begun.last + 1
        check = (begun.check + last) % _FOUR
        return begun.text + _PAIRS[last] + _PAIRS[check // _TWO] + _PAIRS[check % _TWO]


class _Begun:
    """What the ids of one millisecond and outcome have in common; the last of the chance counts."""

    __slots__ = ("check", "last", "text")

    def __init__(self, at: int, outcome: str, key: bytes) -> None:
        stem, chance = _said(at, outcome), getrandbits(_CHANCE_BITS)
        self.text = PREFIX.encode() + stem + _PAIRS[chance // _TWO] + _PAIRS[chance % _TWO]
        self.check = _mac(stem, key) + chance
        self.last = -1


def read(text: str, keys: Iterable[bytes]) -> Told | None:
    """Return what a request id says, None for a text that is none made with one of the keys."""
    body = text[len(PREFIX) :]
    if len(text) != LENGTH or not text.startswith(PREFIX) or any(c not in ALPHABET for c in body):
        return None
    stem, chance, check = body[:9], _number(body[9:15]), _number(body[15:])
    place = ALPHABET.index(stem[8])
    # Each of its characters weighs otherwise than those beside it: one that is wrong, or two that
    # changed places, give another check.
    upper, last = divmod(chance, _TWO)
    known = any((_mac(stem.encode(), key) + upper + last) % _FOUR == check for key in keys)
    if not known or place >= len(_OUTCOMES):
        return None
    return Told(_number(stem[:8]), _OUTCOMES[place])


def _said(at: int, outcome: str) -> bytes:
    upper, lower = divmod(at, _FOUR)
    pairs = (upper // _TWO, upper % _TWO, lower // _TWO, lower % _TWO)
    return b"".join(_PAIRS[pair] for pair in pairs) + _CODES[outcome]


def _mac(stem: bytes, key: bytes) -> int:
    return int.from_bytes(blake2b(stem, digest_size=8, key=key).digest(), "big")


def _number(text: str) -> int:
    found = 0
    for character in text:
        found = found * len(ALPHABET) + ALPHABET.index(character)
    return found
