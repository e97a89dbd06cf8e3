"""`keydeck stop`: refuse keys until they go on; `keydeck resume` lets them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from console.commands.ending import ask, asks, ends
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.many import ended_meanwhile
from console.commands.options import common
from console.commands.output import document, say
from console.commands.stopping import ended_of, in_slices, stop_object, targets, which
from store.errors import AlreadyRevoked, AlreadyStopped, KeyExpired, NotStopped

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.stops import Stop, Target
    from store.service.commits import Commit, Done
    from store.service.in_use import InUse


because = click.option("--reason", metavar="TEXT", help="For the audit, and for whoever asks why.")


@click.command()
@which
@because
@click.option("--dry-run", is_flag=True, help="Say how many keys that is, and who uses them.")
@ends
@common
def stop(
    line: Line,
    references: Sequence[str],
    owners: Sequence[str],
    given: Sequence[str],
    text: str | None,
    every: bool,
    reason: str | None,
    dry_run: bool,
) -> None:
    """Refuse keys, at once, until they are let go on: no revocation, nothing ends.

    keydeck stop Zapier --reason "seen in a log"

    ID is a key's id, the start of it as shown (jw_4fQ2x), or its name. A stop of the whole
    workspace is of its assistants too, and of what is made while it stands; one of an owner or a
    label is of each key that has it, for as long as it has it. keydeck resume lifts it; two stops
    of one key are lifted one by one. One of a key is not of its successor.

    keydeck stop --for customer_42 --reason "says it was robbed"

    keydeck stop --filter 'by:tom unused:<1d' --dry-run
    """
    from console.text import ending_words
    from console.text.stop_words import did
    from store.service.in_use import together

    meant = targets(references, owners, given, text, every=every)
    store, actor = line.signed_in()
    wanted = meant(store, actor)
    now = store.clock.now()
    if dry_run or asks(line):
        in_use = together([*in_slices(wanted, lambda some: store.stops.in_use(actor, some))])
        sentences = ending_words.plan(in_use, now)
        if dry_run:
            _foretell(line, in_use, sentences)
            return
        ask(line, f"Stop {ending_words.active_keys(in_use)} until you let them go on?", *sentences)
    stopped: list[Stop] = []
    commits: list[Commit] = []
    ended: list[Key] = []

    def told(more: str = "") -> None:
        content = {"stopped": [stop_object(stop) for stop in stopped]}
        report(line, store, tuple(commits), f"{did(stopped, 'stopped')}{more}", content)

    def act(some: "Sequence[Target]") -> "Done[tuple[Stop, ...]]":
        try:
            return store.stops.stop(actor, some, reason)
        except (AlreadyRevoked, KeyExpired):
            # Of keys that are named one says so; those that a filter found go on without it.
            dead = [] if text is None else ended_of(store, actor, some)
            rest = [target for target in some if target.value not in {key.id for key in dead}]
            if not dead:
                raise
            ended.extend(dead)
            if not rest:
                raise
            return act(rest)

    of_none = (AlreadyStopped,) if text is None else (AlreadyStopped, AlreadyRevoked, KeyExpired)
    try:
        for done in in_slices(wanted, act, *of_none):
            made, more = done.unpack()
            stopped += made
            commits += more
    except BaseException:
        if stopped:
            told(" Perhaps not all of them: the same once more goes on.")
        raise
    told(ended_meanwhile(ended))


@click.command()
@which
@because
@click.option("--dry-run", is_flag=True, help="Say what is stopped and would go on.")
@ends
@common
def resume(
    line: Line,
    references: Sequence[str],
    owners: Sequence[str],
    given: Sequence[str],
    text: str | None,
    every: bool,
    reason: str | None,
    dry_run: bool,
) -> None:
    """Let keys go on that were stopped. What another stop is of stays refused.

    keydeck resume Zapier --reason "it was a test"
    """
    from console.text.stop_words import did

    meant = targets(references, owners, given, text, every=every)
    store, actor = line.signed_in()
    wanted = meant(store, actor)
    found: list[Stop] = []
    if dry_run or asks(line):
        for some in in_slices(wanted, lambda some: store.stops.standing(actor, some)):
            found += some
        if found and not dry_run:
            them = "it" if len(found) == 1 else "them"
            ask(line, f"Let {them} go on?", did(found, "stopped"))
    if not dry_run:
        found = []
        for some in in_slices(
            wanted, lambda some: store.stops.resume(actor, some, reason), NotStopped
        ):
            found += some
    if line.json:
        document({"stopped" if dry_run else "resumed": [stop_object(stop) for stop in found]})
    elif dry_run:
        say(did(found, "stopped") if found else "None of that is stopped.")
    else:
        say(did(found, "let go on"))


def _foretell(line: Line, in_use: "InUse", sentences: Sequence[str]) -> None:
    from store.domain.times import rfc3339_or_none

    if not line.json:
        say(*sentences)
        return
    latest: list[dict[str, Any]] = [
        {
            "id": key.id,
            "name": key.name,
            "last_used_at": rfc3339_or_none(key.last_used_at),
            "address": address,
        }
        for key, address in in_use.latest
    ]
    counted = {"active": in_use.active, "more": in_use.more, "used_in_last_day": in_use.used}
    document({**counted, "latest": latest})
