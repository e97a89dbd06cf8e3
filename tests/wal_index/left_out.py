"""Rules of `store.verifier.wal_index`, left out of a verifier."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple

from store.domain.remembered import Remembered
from store.verifier.authenticator import Authenticator
from store.verifier.lookup.sqlite import _SUBJECTS, SqliteLookup
from store.verifier.lookup.unmoved import Standing, Unmoved

_SLOW_S = 0.003
# Where the change counter stands in the first copy of a header.
_COUNTER = slice(8, 12)
_FIRST, _SECOND = slice(0, 48), slice(48, 96)


class Change(NamedTuple):
    """Something that is done otherwise."""

    of: type
    name: str
    otherwise: object


def _never_compared(self: Any) -> bool:
    index = self._store.watched()
    return index is not None and (index is self._index or self._catch_up(index))


def _taken_late(self: Any, ticket: int | None, *row: Any) -> bool:
    self._index = self._store.watched()
    self._header = self._index.published()
    self._standing = self._store.standing()
    return Remembered.keep(self, self._applied, *row)


def _comparing(part: slice) -> Callable[[Any], bool]:
    def live(self: Any) -> bool:
        index = self._store.watched()
        if index is self._index and index is not None and index.both()[part] == self._header[part]:
            return True
        return index is not None and bool(self._catch_up(index))

    return live


def _as_far_as_noted(self: Any, *counts: int) -> list[str]:
    return [subject for (subject,) in self._all(_SUBJECTS, counts)]


def _of_one_history(self: Any) -> Standing:
    return _standing(self)._replace(history=None)


def _slow(self: Any, *given: Any) -> Any:
    found = _verified(self, *given)
    time.sleep(_SLOW_S)
    return found


_verified = Authenticator._verified
_standing = SqliteLookup.standing

SLOW = "none, but slow where it hurts"
LEFT_OUT = {
    # What any verifier may be, between a read and what becomes of it.
    SLOW: [Change(Authenticator, "_verified", _slow)],
    "1": [Change(Unmoved, "live", property(_never_compared))],
    "2": [
        Change(Authenticator, "_verified", _slow),
        Change(Unmoved, "keep", _taken_late),
    ],
    "3, first copy": [Change(Unmoved, "live", property(_comparing(_FIRST)))],
    "3, second copy": [Change(Unmoved, "live", property(_comparing(_SECOND)))],
    "4": [Change(Unmoved, "live", property(_comparing(_COUNTER)))],
    "5": [Change(SqliteLookup, "changed", lambda self, since, until: [])],
    "5, of each": [Change(SqliteLookup, "changed", _as_far_as_noted)],
    "11": [Change(Unmoved, "unmoved", lambda self: Unmoved if self.live else None)],
    "5, history": [Change(SqliteLookup, "standing", _of_one_history)],
}
"""By rule; what it says is left out."""


def leave_out(rule: str) -> None:
    """Keep a rule no more in this process."""
    for of, name, otherwise in LEFT_OUT[rule]:
        setattr(of, name, otherwise)


def prelude(rule: str | None) -> str:
    """Return the Python that does so in a verifier that is started, none without a rule."""
    if rule is None:
        return ""
    return f"from tests.wal_index import left_out\nleft_out.leave_out({rule!r})\n"
