"""`keydeck limits`: how often all keys of somebody outside, or of the workspace, are used."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands import completing
from console.commands.ending import ask, ends
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.limiting import how, quota, said, used_object, wanted, windows
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown
from console.commands.options import common

if TYPE_CHECKING:
    from store.domain.limits import Used
    from store.service.limiting import SharedLimits


@click.group(cls=Group)
def limits() -> None:
    """Say how often keys are used that share a limit; keydeck keys limit is for one key."""


_LIST = Listing("OF", "NAME", "LIMIT", "USED", "UNTIL", "BY")


@limits.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List what owners' keys and the workspace's are held to, and what is used of it."""
    store, actor = line.signed_in()
    now = store.clock.now()
    found = ((one, used) for one, each in store.limits.shared(actor) for used in each)
    shown.print(
        line,
        found,
        row=lambda one: _row(*one, now),
        content=lambda one: _object(*one),
        nothing="Nothing is limited together.",
    )


@limits.command("set")
@windows
@quota
@click.option(
    "--for",
    "owner",
    metavar="OWNER",
    help="All keys for somebody outside.",
    shell_complete=completing.owners,
)
@click.option("--all", "every", is_flag=True, help="All keys and assistants of the workspace.")
@how
@ends
@common
def set_(
    line: Line,
    given: Sequence[str],
    quotas: Sequence[str],
    owner: str | None,
    every: bool,
    enforce: bool | None,
) -> None:
    """Say how often all of them are used: what is more is refused, or only counted.

    keydeck limits set --for customer_42 100/1m --quota 50000/month

    keydeck limits set --all 1000/1s

    keydeck limits set --all 1000/1s --observe

    keydeck limits set --all none

    What is given is all of them. Limits of an owner are also of keys that are made for them later.
    """
    from store.domain.times import rfc3339

    if (owner is None) == (not every):
        raise click.UsageError("Say --for OWNER, or --all.")
    limits = wanted(given, quotas, enforce)
    store, actor = line.signed_in()
    whose = "All keys of the workspace" if owner is None else f"All keys for {owner}"
    if any(window.enforced for window in limits):
        ask(line, f"Refuse what is more of {whose[:1].lower()}{whose[1:]}?")
    if owner is None:
        done = store.limits.set_workspace(actor, limits)
    else:
        done = store.limits.set_owner(actor, owner, limits)
    _, commits = done.unpack()
    sentence = f"{whose} together are {said(limits)}."
    if not limits:
        sentence = f"{whose} together are used as often as they like."
    content = {
        "of": "workspace" if owner is None else "owner",
        "value": owner,
        "limits": [str(window) for window in limits],
        "set_at": rfc3339(store.clock.now()),
    }
    report(line, store, commits, sentence, content)


def _row(one: "SharedLimits", used: "Used", now: int) -> Row:
    from console.text.limit_words import until

    window = used.limit.window
    return (
        one.subject.value,
        one.value,
        window.words + ("" if window.enforced else ", only counted"),
        f"{used.used:,}",
        until(used.ends_at, now),
        one.set_by,
    )


def _object(one: "SharedLimits", used: "Used") -> dict[str, Any]:
    from store.domain.times import rfc3339

    found = {"value": one.value or None, "set_at": rfc3339(one.set_at), "set_by": one.set_by}
    return used_object(used) | found
