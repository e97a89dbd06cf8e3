"""Which days are free, and nothing about the events that take the others."""

import re
from collections.abc import Iterable, Sequence
from datetime import date

import msgspec
from sqlalchemy import bindparam, select
from starlette.types import Scope

from store.domain.credential import Credential
from store.domain.times import DAY
from store.persistence.prepared import PreparedSelect
from store.persistence.schema import events
from store.verifier.answers import Answer, json_answer
from store.verifier.authenticator import AnyAuthenticator
from store.verifier.operation import Date, Operation, Parameter
from store.verifier.problems import invalid_request
from store.verifier.query import parameters, single
from store.verifier.resources.events import LONGEST_DAYS

MOST_DAYS = 366
DEFAULT_DAYS = 30

NEEDED = ("availability:read",)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_EPOCH = date(1970, 1, 1).toordinal()


_TAKEN = PreparedSelect(
    select(events.c.starts_at, events.c.ends_at).where(
        events.c.workspace_id == bindparam("workspace_id"),
        events.c.status != "cancelled",
        # The lower bound lets the index skip years of history.
        events.c.starts_at >= bindparam("earliest"),
        events.c.starts_at < bindparam("ends"),
        events.c.ends_at > bindparam("begins"),
    )
)


class FreeDays(msgspec.Struct):
    """The days on which nothing is on."""

    data: list[Date]
    from_: Date = msgspec.field(name="from")
    to: Date


OPERATION = Operation(
    summary="List free days",
    description=(
        "The days on which no event is on, between two days, both included, in UTC. A confirmed "
        "event and an option take every day they have a part in; a cancelled one takes none."
    ),
    answer=FreeDays,
    answered="The free days.",
    scopes=NEEDED,
    parameters=(
        Parameter(
            "from",
            "The first day; today where absent.",
            {"type": "string", "format": "date"},
            "2026-12-01",
        ),
        Parameter(
            "to",
            f"The last day; {DEFAULT_DAYS} days on where absent, {MOST_DAYS - 1} at the most.",
            {"type": "string", "format": "date"},
            "2026-12-31",
        ),
    ),
    problems=("invalid_request",),
)


_KNOWN = OPERATION.known


class Availability:
    """The route /availability."""

    def __init__(self, credentials: AnyAuthenticator) -> None:
        self._credentials, self._context = credentials, credentials.context

    def get(self, scope: Scope) -> Answer:
        """Answer the free days between two dates, both included, in UTC.

        A day is taken by an event that is confirmed or an option and has any part in it; a
        cancelled one takes none. By default from today to 30 days on; 366 days at most.
        """
        key = self._credentials.admit(scope, NEEDED, _KNOWN)
        given = parameters(scope["query_string"])
        return json_answer(self.days_for(key, single(given, "from"), single(given, "to")))

    def days_for(self, key: Credential, from_: str | None, to: str | None) -> FreeDays:
        """Return the free days between two dates as `get` does. Raises Problem (400)."""
        today = self._context.clock.now() // DAY
        first, last = _span(from_, to, today)
        spans = self._context.lookup.rows(
            _TAKEN,
            workspace_id=key.workspace_id,
            earliest=(first - LONGEST_DAYS) * DAY,
            begins=first * DAY,
            ends=(last + 1) * DAY,
        )
        taken = taken_days(spans, first, last)
        free = [_iso(day) for day in range(first, last + 1) if day not in taken]
        return FreeDays(data=free, from_=_iso(first), to=_iso(last))


def taken_days(spans: Iterable[Sequence[int]], first: int, last: int) -> set[int]:
    """Return the days since 1970, from `first` to `last`, that any span has a part in.

    A span is two instants in UTC milliseconds, the second excluded: what ends at midnight leaves
    the next day free.
    """
    taken: set[int] = set()
    for starts_at, ends_at in spans:
        taken.update(range(max(first, starts_at // DAY), min(last, (ends_at - 1) // DAY) + 1))
    return taken


def _span(from_: str | None, to: str | None, today: int) -> tuple[int, int]:
    first = _day("from", from_)
    last = _day("to", to)
    first = today if first is None else first
    last = first + DEFAULT_DAYS if last is None else last
    if not first <= last < first + MOST_DAYS:
        raise invalid_request(f"to is a date from 0 to {MOST_DAYS - 1} days after from.")
    if _EPOCH + last > date.max.toordinal():
        raise invalid_request("from is a date before the last days of the year 9999.")
    return first, last


def _day(name: str, text: str | None) -> int | None:
    if text is None:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).toordinal() - _EPOCH
    except ValueError:
        raise invalid_request(f"{name} is a date such as 2026-12-01.") from None


def _iso(day: int) -> str:
    return date.fromordinal(_EPOCH + day).isoformat()
