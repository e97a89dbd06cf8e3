"""`keydeck keys usage`: what a key was used for, and what it was refused."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.line import Line
from console.commands.options import common, either_side
from console.commands.output import document
from console.commands.refusals import print_refusals, refusal_object
from console.commands.tables import table

if TYPE_CHECKING:
    from store.domain.usage import KeyUsage


@click.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option(
    "--since",
    default="30d",
    show_default=True,
    metavar="WHEN",
    help="24h, or 2026-01-31.",
)
@common
@either_side
def usage(line: Line, reference: str, since: str) -> None:
    """Show what a key was used for: verdicts, scopes, the latest refusals."""
    from store.domain.times import past

    store, actor = line.signed_in()
    now = store.clock.now()
    begin = past(since, now)
    found = store.usage.of_key(actor, reference, begin)
    if line.json:
        document(usage_object(found))
        return
    _print(found, now)


def usage_object(found: "KeyUsage") -> dict[str, Any]:
    """Return what is known of a key's or a connection's use, as JSON has it."""
    from store.domain.times import rfc3339, rfc3339_or_none

    return {
        "since": rfc3339(found.traffic.since),
        "first_used_at": rfc3339_or_none(found.first_used_at),
        "last_used_at": rfc3339_or_none(found.last_used_at),
        "last_address": found.traffic.last_address,
        "verdicts": {verdict.value: n for verdict, n in sorted(found.traffic.by_verdict.items())},
        "scopes": [
            {
                "scope": use.scope,
                "requests": use.requests,
                "first_used_at": rfc3339(use.first_used_at),
                "last_used_at": rfc3339(use.last_used_at),
            }
            for use in found.scopes
        ],
        "refusals": [refusal_object(refusal) for refusal in found.refusals],
    }


def _print(found: "KeyUsage", now: int) -> None:
    from console.text.times import ago, day

    verdicts = found.traffic.by_verdict
    if not verdicts:
        print(f"No requests since {day(found.traffic.since)}.")
        return
    print(f"First used {ago(found.first_used_at, now)}, last used {ago(found.last_used_at, now)}.")
    table(
        ("VERDICT", "REQUESTS"),
        [(verdict.value, f"{n:,}") for verdict, n in sorted(verdicts.items())],
    )
    if found.scopes:
        print()
        table(
            ("SCOPE", "REQUESTS", "FIRST USED", "LAST USED"),
            [
                (use.scope, f"{use.requests:,}", *(ago(at, now) for at in use[2:]))
                for use in found.scopes
            ],
        )
    print_refusals(found.refusals)
