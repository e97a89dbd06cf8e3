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
        click.option(
            "--label",
            "given",
            multiple=True,
            metavar="NAME=VALUE",
            help="Every key so labelled.",
            shell_complete=completing.labels,
        ),
        click.option(
            "--for",
            "owners",
            multiple=True,
            metavar="OWNER",
            help="Every key for somebody outside.",
            shell_complete=completing.owners,
        ),
        click.option("--all", "every", is_flag=True, help="Every key of the workspace."),
        click.argument("references", nargs=-1, metavar="[ID]...", shell_complete=completing.keys),
    ):
        command = option(command)
    return command


def targets(
    references: Sequence[str], owners: Sequence[str], given: Sequence[str], *, every: bool
) -> "list[Target]":
    """Return what is meant. Raises UsageError where nothing is, or both some and all; Invalid."""
    from store.domain.labels import label, pair
    from store.domain.stops import StopKind, Target

    if bool(references or owners or given) == every:
        raise click.UsageError("Name keys, say --for or --label, or --all and nothing else.")
    if every:
        return [Target(StopKind.WORKSPACE)]
    return [
        *(Target(StopKind.KEY, reference) for reference in references),
        *(Target(StopKind.OWNER, owner) for owner in owners),
        *(Target(StopKind.LABEL, pair(*label(text))) for text in given),
    ]


def _value(stop: "Stop") -> str | None:
    from store.domain.stops import StopKind

    return stop.name if stop.target.kind is StopKind.LABEL else stop.target.value or None


def stop_object(stop: "Stop") -> dict[str, Any]:
    """Return a stop as JSON has it."""
    from store.domain.times import rfc3339

    return {
        "of": stop.target.kind.value,
        "value": _value(stop),
        "name": stop.name,
        "stopped_at": rfc3339(stop.stopped_at),
        "stopped_by": stop.stopped_by,
        "reason": stop.reason,
    }
