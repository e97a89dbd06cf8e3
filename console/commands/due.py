"""`keydeck keys due`: what expires or is due for rotation, for cron and for people."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import exits
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.options import common, looks
from console.commands.tables import Cell, Column

if TYPE_CHECKING:
    from store.domain.due import Due


_LIST = Listing(
    "WHEN",
    "WHAT",
    "NAME",
    Column("KEY", whole=True),
    "LAST USED",
    "WOULD BE CUT OFF",
    "HELD BY",
)


@click.command()
@click.option("--within", default="14d", show_default=True, metavar="LENGTH", help="From now on.")
@_LIST.options
@common
@looks
def due(line: Line, within: str, shown: Shown) -> int:
    """List what expires or is due for rotation, with who would be cut off.

    Exit status: 0 nothing is due, 1 something is, 6 the store could not be read; 3 as everywhere
    where the sign-in is refused.
    """
    from store.domain.times import duration

    length = duration(within, "within")
    store, actor = line.signed_in()
    deadlines, now = store.due.within(actor, length), store.clock.now()
    there = shown.print(
        line,
        deadlines,
        row=lambda deadline: _row(deadline, store.prefix, now),
        content=lambda deadline: _object(deadline, now),
        nothing=f"Nothing is due within {within}.",
    )
    return exits.FAILED if there else exits.DONE


def _object(deadline: "Due", now: int) -> dict[str, Any]:
    from console.commands.caller_json import caller_object
    from store.domain.times import rfc3339, rfc3339_or_none

    return {
        "id": deadline.key.id,
        "name": deadline.key.name,
        "why": deadline.why.value,
        "at": rfc3339(deadline.at),
        "overdue": deadline.at <= now,
        "expires_at": rfc3339_or_none(deadline.key.expires_at),
        "last_used_at": rfc3339_or_none(deadline.key.last_used_at),
        "callers": [caller_object(caller) for caller in deadline.callers],
        "holders": sorted({holder.email for holder in deadline.holders}),
    }


def _row(deadline: "Due", prefix: str, now: int) -> Row:
    from console.text.due_words import cut_off, when
    from console.text.times import ago
    from store.domain.key_string import shown

    key = deadline.key
    return (
        Cell(when(deadline, now), deadline.at),
        deadline.why.value,
        key.name,
        shown(prefix, key.id).removesuffix("…"),
        latest(ago(key.last_used_at, now), key.last_used_at),
        cut_off(deadline, now),
        ", ".join(sorted({holder.email for holder in deadline.holders})),
    )
