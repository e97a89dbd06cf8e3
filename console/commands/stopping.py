"""What `keydeck stop` and `keydeck resume` are told to act on, and how a stop is told as JSON."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from console.commands import completing
from console.commands.many import found, of_many
from store.errors import KeydeckError

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.domain.stops import Stop, Target
    from store.operations.store import Store

T = TypeVar("T")


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
        of_many,
        click.option("--all", "every", is_flag=True, help="Every key of the workspace."),
        click.argument("references", nargs=-1, metavar="[ID]...", shell_complete=completing.keys),
    ):
        command = option(command)
    return command


def targets(
    references: Sequence[str],
    owners: Sequence[str],
    given: Sequence[str],
    text: str | None,
    *,
    every: bool,
) -> "Callable[[Store, Actor], list[Target]]":
    """Return how what is meant is read; with a filter those that it finds then, each by itself.

    Raises UsageError where nothing is meant, or both some and all; Invalid.
    """
    from store.domain.labels import label, pair
    from store.domain.stops import StopKind, Target

    if bool(references or owners or given or text) == every:
        raise click.UsageError(
            "Name keys, say --for, --label or --filter, or --all and nothing else."
        )
    if every:
        return lambda store, actor: [Target(StopKind.WORKSPACE)]
    named = [
        *(Target(StopKind.KEY, reference) for reference in references),
        *(Target(StopKind.OWNER, owner) for owner in owners),
        *(Target(StopKind.LABEL, pair(*label(one))) for one in given),
    ]

    def meant(store: "Store", actor: "Actor") -> "list[Target]":
        keys = found(store, actor, text, any_plan=True) if text is not None else ()
        return [*named, *(Target(StopKind.KEY, key.id) for key in keys)]

    return meant


def in_slices(
    wanted: "Sequence[Target]",
    act: "Callable[[Sequence[Target]], T]",
    *of_none: type[KeydeckError],
) -> "Iterator[T]":
    """Yield what becomes of some targets after the other: at once it is of so many at the most.

    `of_none` are what say that nothing is to be done of any: raised where that is so of all.
    """
    from store.service.stops import MOST_AT_ONCE

    refusal: KeydeckError | None = None
    done = False
    for at in range(0, len(wanted), MOST_AT_ONCE):
        try:
            became = act(wanted[at : at + MOST_AT_ONCE])
        except KeydeckError as error:
            if not isinstance(error, of_none):
                raise
            refusal = refusal or error
            continue
        done = True
        yield became
    if refusal is not None and not done:
        raise refusal


def ended_of(store: "Store", actor: "Actor", some: "Sequence[Target]") -> "list[Key]":
    """Return the keys among some targets that have ended by now. Raises NotAllowed or NotFound."""
    from store.domain.keys import State
    from store.domain.stops import StopKind

    keys = [store.why.key(actor, one.value) for one in some if one.kind is StopKind.KEY]
    return [key for key in keys if key.state(store.clock.now()) is not State.ACTIVE]


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
