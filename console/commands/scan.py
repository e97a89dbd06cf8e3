"""`keydeck scan`: find keys where none should be, and say what each of them opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import exits, standard_input
from console.commands.ending import NotAgreed, ask, ends
from console.commands.in_force import wait
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say, table
from store.secrets import Secret, shown

if TYPE_CHECKING:
    from store.leaks.finding import Finder
    from store.leaks.places import Sighting, Unread
    from store.opening import Store
    from store.people import Actor
    from store.service.leaks import Leaked
    from store.service.taking import Commit

RULES = ("gitleaks", "trufflehog", "github")
MOST_SHOWN = 5


@dataclass
class _Finding:
    """One key, wherever it was seen, and whose it is."""

    key: Secret
    places: list[str] = field(default_factory=list)
    leaked: "Leaked | None" = None

    def live(self, now: int) -> bool:
        from store.keys import State

        return self.leaked is not None and self.leaked.key.state(now) is State.ACTIVE


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH... | -")
@click.option("--git", is_flag=True, help="Look into everything ever committed, not at the files.")
@click.option("--revoke", is_flag=True, help="Revoke what is live, after one question.")
@click.option("--rules", type=click.Choice(RULES), help="Print a rule for another scanner instead.")
@ends
@common
def scan(line: Line, paths: Sequence[str], git: bool, revoke: bool, rules: str | None) -> int:
    """Find keys in files, folders, git history or standard input (-).

    Shape and checksum tell a key from all else, then the store says whose it is. 1 when a live key
    was found, 6 when something could not be looked at. A live key that is found is marked as leaked
    in the store, with where; keydeck leaks dismiss takes that back.

    keydeck scan . --git
    """
    if rules is not None:
        from console.commands.scan_rules import rule

        print(rule(rules, line.store().prefix), end="")
        return exits.DONE
    if not paths:
        raise click.UsageError("Name what to look at: files, folders, or - for standard input.")
    store, actor = line.signed_in()
    unread: list[tuple[str, str]] = []
    findings = _found(paths, git, store.prefix, lambda place, why: unread.append((place, why)))
    for one in findings:
        one.leaked = store.leaks.whose(actor, one.key)
    now = store.clock.now()
    live = [one for one in findings if one.live(now)]
    for one in live:
        if one.leaked is not None:
            store.leaks.report(actor, one.leaked, one.places)
    for place, why in unread:
        say(f"{place} could not be looked at: {why}.")
    if not line.json:
        _print(findings, store.prefix, now)
    commits: Sequence[Commit] = ()
    if revoke and live:
        commits = _revoke(line, store, actor, live)
        for one in live:
            one.leaked = store.leaks.whose(actor, one.key)
    if line.json:
        document([_object(one, store.prefix, store.clock.now()) for one in findings])
    wait(store, commits)
    if live:
        return exits.FAILED
    return exits.COULD_NOT_LOOK if unread else exits.DONE


def _found(paths: Sequence[str], git: bool, prefix: str, unread: "Unread") -> list[_Finding]:
    from store.leaks.finding import finder

    find = finder(prefix)
    by_key: dict[str, _Finding] = {}
    for path in paths:
        for sighting in _look(path, git, find, unread):
            text = sighting.key.reveal()
            by_key.setdefault(text, _Finding(sighting.key)).places.append(sighting.place)
    return list(by_key.values())


def _look(path: str, git: bool, find: "Finder", unread: "Unread") -> "Iterator[Sighting]":
    from store.errors import PlaceUnreadable
    from store.leaks.history import in_history
    from store.leaks.places import in_path, in_stream

    if path == "-":
        yield from in_stream(standard_input.stream(), "stdin", find)
    elif git:
        try:
            yield from in_history(Path(path), find)
        except PlaceUnreadable as error:
            unread(error.place, error.reason)
    else:
        yield from in_path(Path(path), find, unread)


def _object(one: _Finding, prefix: str, now: int) -> dict[str, Any]:
    from store.scopes import canonical
    from store.times import rfc3339_or_none

    known = None
    if one.leaked is not None:
        # Without the id: it is part of the key, and this is printed into the logs of others.
        key = one.leaked.key
        known = {
            "workspace": one.leaked.workspace.slug,
            "name": key.name,
            "state": key.state(now).value,
            "scopes": canonical(key.scopes).split(" "),
            "expires_at": rfc3339_or_none(key.expires_at),
            "last_used_at": rfc3339_or_none(key.last_used_at),
        }
    return {
        "key": _shown(one, prefix),
        "places": one.places,
        "live": one.live(now),
        "known": known,
    }


def _shown(one: _Finding, prefix: str) -> str:
    return shown(prefix, one.key.reveal()[len(prefix) + 1 :])


def _print(findings: Sequence[_Finding], prefix: str, now: int) -> None:
    from console.text.times import ago
    from store.scopes import canonical

    if not findings:
        say("No key found.")
        return
    rows = []
    for one in findings:
        places = one.places[:MOST_SHOWN]
        more = len(one.places) - len(places)
        where = ", ".join(places) + (f" and {more:,} more" if more else "")
        if one.leaked is None:
            rows.append((_shown(one, prefix), "unknown", "", "", "", "", where))
            continue
        key = one.leaked.key
        rows.append(
            (
                _shown(one, prefix),
                key.state(now).value,
                one.leaked.workspace.slug,
                key.name,
                canonical(key.scopes),
                ago(key.last_used_at, now) if key.last_used_at else "never",
                where,
            )
        )
    table(("KEY", "STATE", "WORKSPACE", "NAME", "SCOPES", "LAST USED", "WHERE"), rows)


def _revoke(
    line: Line, store: "Store", actor: "Actor", live: Sequence[_Finding]
) -> "Sequence[Commit]":
    from store.errors import KeydeckError

    names = ", ".join(f"“{one.leaked.key.name}”" for one in live if one.leaked)
    try:
        ask(line, f"Revoke {names}, at once and for good?", unattended=False)
    except NotAgreed:
        say("Nothing was revoked.")
        return ()
    with store.in_force.noting() as commits:
        for one in live:
            if one.leaked is None:
                continue
            theirs = replace(actor, workspace_id=one.leaked.workspace.id)
            try:
                store.keys.revoke(theirs, one.leaked.key.id, "found by keydeck scan")
            except KeydeckError as error:
                # The others are out in the open too.
                say(f"“{one.leaked.key.name}” was not revoked: {error}")
            else:
                say(f"“{one.leaked.key.name}” is revoked.")
    return commits
