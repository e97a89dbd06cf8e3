"""`keydeck keys due`: what expires or is due for rotation, for cron and for people."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import exits
from console.commands.line import Line
from console.commands.options import common, looks
from console.commands.output import document, say, table

if TYPE_CHECKING:
    from store.domain.due import Due


@click.command()
@click.option("--within", default="14d", show_default=True, metavar="LENGTH", help="From now on.")
@common
@looks
def due(line: Line, within: str) -> int:
    """List what expires or is due for rotation, with who would be cut off.

    Exit status: 0 nothing is due, 1 something is, 6 the store could not be read; 3 as everywhere
    where the sign-in is refused.
    """
    from store.domain.times import duration

    length = duration(within, "within")
    store, actor = line.signed_in()
    deadlines, now = store.due.within(actor, length), store.clock.now()
    if line.json:
        document([_object(deadline, now) for deadline in deadlines])
    elif deadlines:
        _print(deadlines, store.prefix, now)
    else:
        say(f"Nothing is due within {within}.")
    return exits.FAILED if deadlines else exits.DONE


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


def _print(deadlines: "list[Due]", prefix: str, now: int) -> None:
    from console.text.due_words import cut_off, when
    from console.text.times import ago
    from store.domain.key_string import shown

    table(
        ("WHEN", "WHAT", "NAME", "KEY", "LAST USED", "WOULD BE CUT OFF", "HELD BY"),
        [
            (
                when(deadline, now),
                deadline.why.value,
                deadline.key.name,
                shown(prefix, deadline.key.id).removesuffix("…"),
                ago(deadline.key.last_used_at, now),
                cut_off(deadline, now),
                ", ".join(sorted({holder.email for holder in deadline.holders})),
            )
            for deadline in deadlines
        ],
    )
