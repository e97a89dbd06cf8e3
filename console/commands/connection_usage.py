"""`keydeck connections usage`: what an assistant did, by tool."""

from typing import TYPE_CHECKING, Any

import click

from console.commands.key_usage import usage_object
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say
from console.commands.refusals import print_refusals
from console.commands.tables import table
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from store.domain.usage import ToolUse
    from store.service.connections import ConnectionUsage


@click.command()
@click.argument("reference", metavar="ID")
@click.option(
    "--since",
    default="30d",
    show_default=True,
    metavar="WHEN",
    help="7d, or 2026-01-31.",
)
@common
def usage(line: Line, reference: str, since: str) -> None:
    """Show what an assistant did by tool: calls, refusals, failures, last used.

    Counted are whole days in UTC. Of your own API's tools also those that it may call and did not.
    """
    from store.domain.times import past

    store, actor = line.signed_in()
    now = store.clock.now()
    begin = past(since, now)
    found = store.connections.usage(actor, reference, begin)
    if line.json:
        document(_object(found))
    else:
        _print(found, now)


def tool_object(use: "ToolUse") -> dict[str, Any]:
    """Return how a tool was used, as JSON has it."""
    from store.domain.times import rfc3339

    return {
        "tool": use.tool,
        "calls": use.calls,
        "refused": use.refused,
        "failed": use.failed,
        "last_used_at": rfc3339(use.last_used_at),
    }


def _uncalled(found: "ConnectionUsage") -> list[str]:
    called = {use.tool for use in found.tools}
    return sorted(name for name in found.operations if name not in called)


def _object(found: "ConnectionUsage") -> dict[str, Any]:
    return {
        "id": found.connection.id,
        "name": found.connection.name,
        **usage_object(found.usage),
        "tools": [
            {**tool_object(use), "operation": found.operations.get(use.tool)} for use in found.tools
        ],
        "uncalled": _uncalled(found),
    }


def _print(found: "ConnectionUsage", now: int) -> None:
    from console.text.times import ago, day

    if not found.tools:
        begin = day(found.usage.traffic.since)
        say(f"{quoted(found.connection.name)} has called no tool since {begin}.")
    else:
        table(
            ("TOOL", "OPERATION", "CALLS", "REFUSED", "FAILED", "LAST USED"),
            [
                (
                    use.tool,
                    found.operations.get(use.tool, ""),
                    f"{use.calls:,}",
                    f"{use.refused:,}",
                    f"{use.failed:,}",
                    ago(use.last_used_at, now),
                )
                for use in found.tools
            ],
        )
    if uncalled := _uncalled(found):
        print()
        table(("NOT CALLED", "OPERATION"), [(one, found.operations[one]) for one in uncalled])
    print_refusals(found.usage.refusals)
