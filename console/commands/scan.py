"""`keydeck scan`: find keys where none should be, and say what each of them opens."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from console.commands import exits, standard_input
from console.commands.ending import NotAgreed, ask, ends
from console.commands.in_force import wait
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say
from console.commands.tables import table
from store.domain.key_string import Secret, shown

if TYPE_CHECKING:
    from store.domain.leaks.finding import Finder
    from store.domain.people import Actor
    from store.operations.scan.sources import Sighting
    from store.operations.store import Store
    from store.service.commits import Commit
    from store.service.leaks import Leaked, Unmanaged

RULES = ("gitleaks", "trufflehog", "github")
MOST_SHOWN = 5
MOST_TOLD = 20
"""Places that could not be looked at, each on a line of its own."""


@dataclass
class _Finding:
    """One key, wherever it was seen, and whose it is."""

    key: Secret
    places: list[str] = field(default_factory=list)
    whose: "Leaked | Unmanaged | None" = None

    @property
    def leaked(self) -> "Leaked | None":
        """What the store says of it, to whom it may."""
        from store.service.leaks import Leaked

        return self.whose if isinstance(self.whose, Leaked) else None

    @property
    def unmanaged(self) -> "Unmanaged | None":
        """What is known of a key of a workspace whose keys one does not manage."""
        from store.service.leaks import Unmanaged

        return self.whose if isinstance(self.whose, Unmanaged) else None

    def live(self, now: int) -> bool | None:
        """Return whether it works; None where nobody looked."""
        from store.domain.keys import State

        if self.whose is None:
            return False
        return None if self.leaked is None else self.leaked.key.state(now) is State.ACTIVE


@dataclass
class _Look:
    """What was looked at, what was found there, and what could not be looked at."""

    findings: dict[str, _Finding] = field(default_factory=dict)
    unread: list[tuple[str, str]] = field(default_factory=list)
    histories: list[str] = field(default_factory=list)
    """Repositories in whose files alone one looked."""

    def miss(self, place: str, why: str) -> None:
        """Take a place that could not be looked at."""
        self.unread.append((place, why))

    @property
    def missed(self) -> bool:
        """Whether anything could not be looked at, or nobody looked whether it works."""
        return bool(self.unread) or any(finding.unmanaged for finding in self.findings.values())


@click.command()
@click.argument("paths", nargs=-1, metavar="PATH... | -")
@click.option("--git", is_flag=True, help="Look into everything ever committed, not at the files.")
@click.option("--revoke", is_flag=True, help="Revoke what is live, after one question.")
@click.option("--rules", type=click.Choice(RULES), help="Print a rule for another scanner instead.")
@ends
@common
def scan(line: Line, paths: Sequence[str], git: bool, revoke: bool, rules: str | None) -> int:
    """Find keys in files, folders, git history or standard input (-).

    Shape and checksum tell a key from all else, then the store says whose it is. Keys that were
    brought along are found where keys import was told how they begin (--prefix). 1 when a live key
    was found; else 6 when something could not be looked at: a file that may not be read or is
    packed, a link that leads elsewhere, what a clone lacks, a key of a workspace you do not manage.
    A live key that is found is marked as leaked in the store, with where; keydeck leaks dismiss
    takes that back.

    keydeck scan . --git
    """
    if rules is not None:
        from console.commands.scan_rules import rule

        print(rule(rules, line.store().prefix), end="")
        return exits.DONE
    if not paths:
        raise click.UsageError("Name what to look at: files, folders, or - for standard input.")
    line.looks = True
    store, actor = line.signed_in()
    store.leaks.check_may_look(actor)
    look = _look(paths, git, store.leaks.finder())
    live = _reported(store, actor, look)
    _tell(line, store, look, live)
    commits = _revoke(line, store, actor, live) if revoke and live else ()
    if line.json:
        now = store.clock.now()
        findings = [_object(finding, store.prefix, now) for finding in look.findings.values()]
        document([*findings, *(_unread_object(*unread) for unread in look.unread)])
    wait(store, commits)
    if live:
        return exits.FAILED
    return exits.COULD_NOT_LOOK if look.missed else exits.DONE


def _reported(store: "Store", actor: "Actor", look: _Look) -> list[_Finding]:
    """Ask whose each key is, report the live ones that are ours, and return all live ones."""
    now = store.clock.now()
    _ask_whose(store, actor, [*look.findings.values()])
    # Only the store tells a value that was brought along from what merely begins like one.
    look.findings = {
        text: finding
        for text, finding in look.findings.items()
        if finding.whose is not None or text.startswith(f"{store.prefix}_")
    }
    live = [finding for finding in look.findings.values() if finding.live(now)]
    store.leaks.report_all(
        actor,
        [
            (finding.leaked, finding.places)
            for finding in live
            if finding.leaked is not None and finding.leaked.managed
        ],
    )
    return live


def _ask_whose(store: "Store", actor: "Actor", findings: Sequence[_Finding]) -> None:
    answers = store.leaks.whose_all(actor, [finding.key for finding in findings])
    for finding, whose in zip(findings, answers, strict=True):
        finding.whose = whose


def _tell(line: Line, store: "Store", look: _Look, live: Sequence[_Finding]) -> None:
    from console.text.leak_words import WHO

    if not line.json:
        _print([*look.findings.values()], store.prefix, store.clock.now())
    _say_what_was_missed(look)
    for finding in live:
        if finding.leaked is not None and not finding.leaked.managed:
            say(
                f"“{finding.leaked.key.name}” is neither marked as leaked nor revoked: you are no "
                "admin there. Tell one."
            )
    if any(finding.leaked.key.last_used_at for finding in live if finding.leaked):
        say(f"{WHO} Only then hand over a new one.")


def _look(paths: Sequence[str], git: bool, find: "Finder") -> _Look:
    look = _Look()
    for path in paths:
        for sighting in _sightings(path, git, find, look):
            text = sighting.key.reveal()
            look.findings.setdefault(text, _Finding(sighting.key)).places.append(sighting.place)
    return look


def _sightings(path: str, git: bool, find: "Finder", look: _Look) -> "Iterator[Sighting]":
    from store.errors import PlaceUnreadable
    from store.operations.scan.history import in_history
    from store.operations.scan.sources import in_path, in_stream

    try:
        if path == "-":
            yield from in_stream(standard_input.stream(), "stdin", find, look.miss)
        elif git:
            yield from in_history(Path(path), find, look.miss)
        else:
            yield from in_path(Path(path), find, look.miss, look.histories.append)
    except PlaceUnreadable as error:
        look.miss(error.place, error.reason)
    except OSError as error:
        look.miss(path, error.strerror or "it cannot be read")


def _say_what_was_missed(look: _Look) -> None:
    for place, why in look.unread[:MOST_TOLD]:
        say(f"{place} could not be looked at: {why}.")
    if (more := len(look.unread) - MOST_TOLD) > 0:
        say(f"{more:,} more could not be looked at.")
    for finding in look.findings.values():
        if finding.unmanaged is not None:
            say(
                f"A key of {finding.unmanaged.workspace.slug} was found, and whether it works was "
                "not looked at: you do not manage its keys. Tell one of its admins: "
                f"{finding.places[0]}."
            )
    if not look.findings:
        say("No key found in what could be looked at." if look.unread else "No key found.")
    if look.histories:
        say(f"Not the history of {', '.join(look.histories[:MOST_SHOWN])}: add --git for that.")


def _unread_object(place: str, why: str) -> dict[str, Any]:
    return {"key": None, "places": [place], "live": None, "known": None, "unread": why}


def _object(finding: _Finding, prefix: str, now: int) -> dict[str, Any]:
    from store.domain.scopes import canonical
    from store.domain.times import rfc3339_or_none

    known, unread = None, None
    if finding.leaked is not None:
        # Without the id: it is part of the key, and this is printed into the logs of others.
        key = finding.leaked.key
        known = {
            "workspace": finding.leaked.workspace.slug,
            "name": key.name,
            "state": key.state(now).value,
            "scopes": canonical(key.scopes).split(" "),
            "expires_at": rfc3339_or_none(key.expires_at),
            "last_used_at": rfc3339_or_none(key.last_used_at),
        }
    elif finding.unmanaged is not None:
        unread = f"a key of {finding.unmanaged.workspace.slug}, whose keys you do not manage"
    return {
        "key": _shown(finding, prefix),
        "places": finding.places,
        "live": finding.live(now),
        "known": known,
        "unread": unread,
    }


def _shown(finding: _Finding, prefix: str) -> str:
    text = finding.key.reveal()
    if text.startswith(f"{prefix}_"):
        return shown(prefix, text[len(prefix) + 1 :])
    return shown(prefix, finding.leaked.key.id) if finding.leaked else "brought along"


def _print(findings: Sequence[_Finding], prefix: str, now: int) -> None:
    from console.text.times import ago
    from store.domain.scopes import canonical

    rows = []
    for finding in findings:
        places = finding.places[:MOST_SHOWN]
        more = len(finding.places) - len(places)
        where = ", ".join(places) + (f" and {more:,} more" if more else "")
        if finding.leaked is None:
            state, slug = (
                ("unknown", "") if finding.whose is None else ("?", finding.whose.workspace.slug)
            )
            rows.append((_shown(finding, prefix), state, slug, "", "", "", where))
            continue
        key = finding.leaked.key
        rows.append(
            (
                _shown(finding, prefix),
                key.state(now).value,
                finding.leaked.workspace.slug,
                key.name,
                canonical(key.scopes),
                ago(key.last_used_at, now) if key.last_used_at else "never",
                where,
            )
        )
    if rows:
        table(("KEY", "STATE", "WORKSPACE", "NAME", "SCOPES", "LAST USED", "WHERE"), rows)


def _revoke(
    line: Line, store: "Store", actor: "Actor", live: Sequence[_Finding]
) -> "Sequence[Commit]":
    from store.errors import KeydeckError

    mine = [finding.leaked for finding in live if finding.leaked and finding.leaked.managed]
    if not mine:
        return ()
    names = ", ".join(f"“{leaked.key.name}”" for leaked in mine)
    try:
        ask(line, f"Revoke {names}, at once and for good?", unattended=False)
    except NotAgreed:
        say("Nothing was revoked.")
        return ()
    there = {actor.workspace_id: actor}
    commits: list[Commit] = []
    for leaked in mine:
        workspace, key_id = leaked.workspace, leaked.key.id
        try:
            if workspace.id not in there:
                # As that workspace knows them.
                there[workspace.id] = store.sign_in.switch(actor, workspace.slug)
            done = store.keys.revoke(there[workspace.id], key_id, "found by keydeck scan")
        except KeydeckError as error:
            # The others are out in the open too.
            say(f"“{leaked.key.name}” was not revoked: {error}")
        else:
            commits += done.commits
            say(f"“{leaked.key.name}” is revoked.")
    _ask_whose(store, actor, live)
    return commits
