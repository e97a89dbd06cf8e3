"""What `keydeck stop` and `keydeck resume` are told to act on, and how a stop is told as JSON."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing

if TYPE_CHECKING:
    from store.domain.stops import Stop, Target


def which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what says which keys are meant."""
    for option in (
        click.option("--all", "every", is_flag=True, help="Every key of the workspace."),
        click.argument("references", nargs=-1, metavar="[ID]...", shell_complete=completing.keys),
    ):
        command = option(command)
    return command


def targets(references: Sequence[str], *, every: bool) -> "list[Target]":
    """Return what is meant. Raises UsageError where nothing is, or both one key and all."""
    from store.domain.stops import StopKind, Target

    if bool(references) == every:
        raise click.UsageError("Name keys, or say --all: one of the two.")
    if every:
        return [Target(StopKind.WORKSPACE)]
    return [Target(StopKind.KEY, reference) for reference in references]


def stop_object(stop: "Stop") -> dict[str, Any]:
    """Return a stop as JSON has it."""
    from store.domain.times import rfc3339

    return {
        "of": stop.target.kind.value,
        "value": stop.target.value or None,
        "name": stop.name,
        "stopped_at": rfc3339(stop.stopped_at),
        "stopped_by": stop.stopped_by,
        "reason": stop.reason,
    }
