"""How often a credential may be used: windows, what is left of them, and how that is told. Pure.

A window is so long and begins at the same instant for everybody: minutes when UTC's do, days at
midnight, weeks on Monday, months on the first. One that is only observed, written `100/1m?`, is
counted and refuses nothing. What is told of it are the fields of
draft-ietf-httpapi-ratelimit-headers: its policy (`q` in `w` seconds), and what is left of it (`r`
until `t` seconds from now).
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from store.domain.credential import Credential
from store.domain.times import DAY, HOUR, MINUTE, SECOND, WEEK
from store.errors import Invalid

MOST_WINDOWS = 5
MOST_REQUESTS = 1_000_000_000
MOST_COST = 1_000_000
"""What a single request may count for."""
LONGEST = 366 * DAY
MONTH = "month"
OBSERVED = "?"
"""What stands behind one that is only observed."""

_LENGTHS = {"s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_SPELT_OUT = {"second": "1s", "minute": "1m", "hour": "1h", "day": "1d", "week": "1w"}
_NAMES = {span: word for word, span in _SPELT_OUT.items()} | {MONTH: MONTH}
_WINDOW = re.compile(
    rf"([0-9]{{1,12}})/(?:([1-9][0-9]{{0,7}})([smhdw])|({'|'.join(_SPELT_OUT)}|{MONTH}))(\?)?",
    re.ASCII,
)
# The first day of 1970 was a Thursday.
_MONDAY = 4 * DAY


class Subject(StrEnum):
    """Whose requests are counted together."""

    KEY = "key"
    """A key, its predecessors and its successors: they share what is left."""
    OWNER = "owner"
    """Every key for somebody outside."""
    WORKSPACE = "workspace"
    """Every key and every assistant."""


class Window(NamedTuple):
    """So many requests, in so long."""

    most: int
    span: str
    """A number and s, m, h, d or w, or `month`."""
    enforced: bool = True
    """Else what is more is counted, and let in."""

    def __str__(self) -> str:
        """Return it as it is written: `100/1m`, observed `100/1m?`."""
        return f"{self.most}/{self.span}{'' if self.enforced else OBSERVED}"

    @property
    def name(self) -> str:
        """What a policy of it is called: `minute`, `10s`."""
        return _NAMES.get(self.span, self.span)

    @property
    def words(self) -> str:
        """Return it in words: `100 a minute`, `5 in 10s`."""
        joint = "an" if self.span == "1h" else "a" if self.span in _NAMES else "in"
        return f"{self.most:,} {joint} {self.name}"

    @property
    def times(self) -> str:
        """Return how often that is: `100 times a minute`, `once in 10s`."""
        often = "once" if self.most == 1 else f"{self.most:,} times"
        return f"{often} {self.words.partition(' ')[2]}"

    def around(self, at: int) -> tuple[int, int]:
        """Return when the window that an instant lies in begins, and when the next one does."""
        if self.span == MONTH:
            return _month(at)
        length = _length(self.span)
        offset = _MONDAY if length % WEEK == 0 else 0
        begins = at - (at - offset) % length
        return begins, begins + length

    def before(self, begins: int) -> int:
        """Return when the window before one that begins at an instant began."""
        return self.around(begins - 1)[0]


Limits = tuple[Window, ...]
"""Windows: those that are only observed, then those all of which must have something left; the
shortest first of both, and of either each length once."""


class Limit(NamedTuple):
    """One window that a credential is held to."""

    subject: Subject
    value: str
    """The id of the first key of its chain, the owner; empty for the workspace."""
    window: Window

    @property
    def name(self) -> str:
        """What its policy is called: `minute`, `owner-minute`."""
        window = self.window.name
        return window if self.subject is Subject.KEY else f"{self.subject.value}-{window}"


class Left(NamedTuple):
    """What is left of a limit at an instant."""

    limit: Limit
    remaining: int
    ends_at: int

    def seconds(self, now: int) -> int:
        """Return in how many seconds it is whole again, rounded up."""
        return max(1, -(-(self.ends_at - now) // SECOND))


class Used(NamedTuple):
    """How much of a limit is used at an instant."""

    limit: Limit
    used: int
    ends_at: int

    @property
    def left(self) -> Left:
        """What is left of it."""
        return Left(self.limit, max(0, self.limit.window.most - self.used), self.ends_at)

    def allows(self, cost: int) -> bool:
        """Return whether a request may pass that costs so much."""
        window = self.limit.window
        return not window.enforced or self.used + cost <= window.most


def limits(texts: Iterable[str]) -> Limits:
    """Return limits as they were given: `100/1m`. Raises Invalid for what is none, or too many."""
    found: dict[tuple[bool, int], Window] = {}
    for text in texts:
        for part in text.replace(",", " ").split():
            window = _window(part)
            if _order(window) in found:
                raise Invalid("limit", f"The {window.name} is limited twice. Say it once.")
            found[_order(window)] = window
    if not found:
        raise Invalid("limit", "Say how often, such as 100/1m, or none.")
    if len(found) > MOST_WINDOWS:
        raise Invalid("limit", f"There may be {MOST_WINDOWS} limits, and these are {len(found)}.")
    if idle := set(found.values()) - set(_telling(found.values())):
        window = next(iter(idle))
        raise Invalid(
            "limit",
            f"{window} would never count any: no more than that is let in. Observe fewer, or none.",
        )
    return _ordered(found.values())


def observed(found: Limits, *, enforced: bool = False) -> Limits:
    """Return the same limits, all only observed, or all enforced: of one length the fewer."""
    return strictest((), tuple(window._replace(enforced=enforced) for window in found))


def to_stored(found: Limits | None) -> str | None:
    """Return limits as they are stored, `100/1m 50000/month`; None for none."""
    return " ".join(map(str, found)) if found else None


@lru_cache(4096)
def from_stored(text: str | None) -> Limits:
    """Return limits as they are stored. Raises ValueError for what never was."""
    parted = (window.partition("/") for window in (text or "").split())
    return tuple(
        Window(int(most), span.removesuffix(OBSERVED), not span.endswith(OBSERVED))
        for most, _, span in parted
    )


def strictest(one: Limits, other: Limits) -> Limits:
    """Return the fewer requests of each length, whichever of both has it.

    Of those that are enforced and of those that are observed: the latter where they are fewer than
    what is let in. They may be more than MOST_WINDOWS: none is left out, which would lift it.
    """
    found: dict[tuple[bool, int], Window] = {}
    for window in (*one, *other):
        place = _order(window)
        found[place] = min(window, found.get(place, window))
    return _ordered(_telling(found.values()))


def takes_away(before: Limits, after: Limits) -> bool:
    """Return whether something is refused by the limits after that was let in before."""
    most = {window.span: window.most for window in before if window.enforced}
    return any(
        window.enforced and window.most < most.get(window.span, MOST_REQUESTS + 1)
        for window in after
    )


def of_credential(credential: Credential) -> tuple[Limit, ...]:
    """Return every limit a credential is held to: its own, its owner's, its workspace's."""
    own, shared = credential.limits, credential.shared_limits
    if own is None and shared is None:
        return ()
    return _limits(own, shared, credential.lineage or "", credential.owner or "")


def shared(stored: str | None, owner: str | None) -> tuple[Limit, ...]:
    """Return what all of an owner, and of a workspace, are held to, as it is read with each key."""
    return _limits(None, stored, "", owner or "") if stored else ()


@lru_cache(8192)
def _limits(own: str | None, shared: str | None, lineage: str, owner: str) -> tuple[Limit, ...]:
    found = [Limit(Subject.KEY, lineage, window) for window in from_stored(own)]
    for part in (shared or "").split(";"):
        kind, _, windows = part.partition(" ")
        value = owner if kind == Subject.OWNER else ""
        found += [Limit(Subject(kind), value, window) for window in from_stored(windows)]
    return tuple(found)


def least(left: Sequence[Left]) -> Left:
    """Return what is told of several: the one with least left, of those the last to be whole."""
    return min(left, key=lambda one: (one.remaining, -one.ends_at))


@lru_cache(4096)
def policy(found: tuple[Limit, ...]) -> str:
    """Return the value of `RateLimit-Policy`."""
    return ", ".join(
        f'"{one.name}";q={one.window.most}' + (f";w={w}" if (w := _seconds(one.window)) else "")
        for one in found
    )


def told(left: Left, now: int) -> str:
    """Return the value of `RateLimit`."""
    return f'"{left.limit.name}";r={left.remaining};t={left.seconds(now)}'


def _seconds(window: Window) -> int | None:
    # A month is of no length: its policy has no `w`, which may be left out.
    return None if window.span == MONTH else _length(window.span) // SECOND


def _window(text: str) -> Window:
    parts = _WINDOW.fullmatch(text.strip().lower())
    if parts is None:
        raise Invalid("limit", f"“{text}” is not a limit. Write 100/1m, 1000/1h or 50000/month.")
    most = int(parts[1])
    if not 0 < most <= MOST_REQUESTS:
        raise Invalid("limit", f"A limit is from 1 to {MOST_REQUESTS:,} requests.")
    enforced = parts[5] is None
    if parts[4] is not None:
        return Window(most, _SPELT_OUT.get(parts[4], MONTH), enforced)
    length = int(parts[2]) * _LENGTHS[parts[3]]
    if length > LONGEST:
        raise Invalid("limit", "A limit is for a year at most.")
    # 60s are 1m: each length has one name.
    unit = next(unit for unit in reversed(_LENGTHS) if length % _LENGTHS[unit] == 0)
    return Window(most, f"{length // _LENGTHS[unit]}{unit}", enforced)


def _ordered(found: Iterable[Window]) -> Limits:
    return tuple(sorted(found, key=_order))


def _telling(found: Iterable[Window]) -> list[Window]:
    """Return windows without those that are observed and let more in than is let in of them."""
    found = list(found)
    most = {window.span: window.most for window in found if window.enforced}
    return [
        window
        for window in found
        if window.enforced or window.most < most.get(window.span, MOST_REQUESTS + 1)
    ]


def _order(window: Window) -> tuple[bool, int]:
    # Between 30 and 31 days, so that it is neither.
    length = 30 * DAY + 1 if window.span == MONTH else _length(window.span)
    return window.enforced, length


@lru_cache(256)
def _length(span: str) -> int:
    return int(span[:-1]) * _LENGTHS[span[-1]]


@lru_cache(16)
def _month_of(year: int, month: int) -> int:
    return round(datetime(year, month, 1, tzinfo=UTC).timestamp() * SECOND)


def _month(at: int) -> tuple[int, int]:
    when = datetime.fromtimestamp(at / SECOND, UTC)
    after = (when.year, when.month + 1) if when.month < 12 else (when.year + 1, 1)
    return _month_of(when.year, when.month), _month_of(*after)
