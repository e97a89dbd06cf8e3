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
    found, now = store.due.within(actor, length), store.clock.now()
    if line.json:
        document([_object(one, now) for one in found])
    elif found:
        _print(found, store.prefix, now)
    else:
        say(f"Nothing is due within {within}.")
    return exits.FAILED if found else exits.DONE


def _object(one: "Due", now: int) -> dict[str, Any]:
    from console.commands.caller_json import caller_object
    from store.domain.times import rfc3339, rfc3339_or_none

    return {
        "id": one.key.id,
        "name": one.key.name,
        "why": one.why.value,
        "at": rfc3339(one.at),
        "overdue": one.at <= now,
        "expires_at": rfc3339_or_none(one.key.expires_at),
        "last_used_at": rfc3339_or_none(one.key.last_used_at),
        "callers": [caller_object(caller) for caller in one.callers],
        "holders": sorted({holder.email for holder in one.holders}),
    }


def _print(found: "list[Due]", prefix: str, now: int) -> None:
    from console.text.due_words import cut_off, when
    from console.text.times import ago
    from store.domain.key_string import shown

    table(
        ("WHEN", "WHAT", "NAME", "KEY", "LAST USED", "WOULD BE CUT OFF", "HELD BY"),
        [
            (
                when(one, now),
                one.why.value,
                one.key.name,
                shown(prefix, one.key.id).removesuffix("…"),
                ago(one.key.last_used_at, now),
                cut_off(one, now),
                ", ".join(sorted({holder.email for holder in one.holders})),
            )
            for one in found
        ],
    )
