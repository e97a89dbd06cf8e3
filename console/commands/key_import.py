"""`keydeck keys import`: keys that somebody else made, brought along with what they may do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from console.commands import passwords, standard_input
from console.commands.line import Line
from console.commands.options import common
from console.commands.output import document, say
from console.text.safe import safe
from store.errors import Invalid, KeydeckError

if TYPE_CHECKING:
    from store.domain.import_file import FileRow
    from store.domain.people import Actor
    from store.domain.scopes import Resource
    from store.operations.store import Store
    from store.service.importing import ForeignKey, Outcome

MOST_BYTES = 64 * 1024 * 1024


@click.command("import")
@click.argument("file", metavar="FILE")
@click.option("--prefix", default="", metavar="TEXT", help="What each value begins with.")
@click.option(
    "--old-pepper", metavar="FILE", help="What digests were keyed with; - is standard input."
)
@click.option("--dry-run", is_flag=True, help="Say what would become of each line.")
@click.option("--skip-bad", is_flag=True, help="Leave out what cannot be brought along.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@common
def import_(
    line: Line,
    file: str,
    prefix: str,
    old_pepper: str | None,
    dry_run: bool,
    skip_bad: bool,
    yes: bool,
) -> None:
    """Bring along keys that another system made; who has them goes on using them.

    FILE is CSV with a head, or JSON lines, with name, digest, scheme, scopes and perhaps expires,
    holders, owner, labels, not_before and networks (observed); - is standard input. Schemes:
    plain, sha256-hex, sha256-base64, sha512, hmac-sha256; argon2, bcrypt, keyshield-argon2 and
    keyshield-bcrypt with a column public, what the value begins with and no other. All or none,
    but with --skip-bad. A value is brought along once, whatever becomes of it. A key is called
    foreign until it is used. An old pepper is kept in the pepper file, which every machine with a
    verifier needs.
    """
    from store.domain.import_file import rows
    from store.service.importing import Asked

    store, actor = line.signed_in()
    catalogue = store.keys.catalogue()
    found: list[ForeignKey] = []
    unread: list[Outcome] = []
    asked = Asked(prefix, _pepper(old_pepper, file))
    for row in rows(_text(file)):
        _read(row, store, catalogue, found, unread)
    tried = dry_run or (standard_input.is_terminal() and not yes)
    if tried:
        outcomes = _in_order(unread, store.imports.try_out(actor, found, asked))
        if dry_run:
            _print(line, store, actor, outcomes, dry_run=True)
            return
        _tell(outcomes)
        good = sum(one.key_id is not None for one in outcomes)
        if standard_input.answer(f"Bring along {good:,} keys? y/N ") not in ("y", "yes"):
            say("Nothing was brought along.")
            return
    if unread and not skip_bad:
        _refuse(unread)
    outcomes = store.imports.bring(actor, found, asked, skip_bad=skip_bad)
    _print(line, store, actor, _in_order(unread, outcomes), dry_run=False)


def _refuse(unread: "list[Outcome]") -> None:
    from store.errors import ImportRefused

    raise ImportRefused(len(unread), unread[0].line, str(unread[0].why))


def _pepper(old_pepper: str | None, file: str) -> bytes | None:
    """Return what an old pepper's file holds; where that is text, its last line's end is not it."""
    if old_pepper is None:
        return None
    if old_pepper == file == "-":
        raise Invalid("old_pepper", "Only one of the two files can be standard input.")
    if old_pepper == "-" and standard_input.is_terminal():
        return passwords.from_terminal("Old pepper").reveal().encode()
    content = standard_input.stream().read() if old_pepper == "-" else _content(old_pepper)
    bare = content.removesuffix(b"\n").removesuffix(b"\r")
    return bare if bare.isascii() and bare.decode().isprintable() else content


def _content(file: str) -> bytes:
    try:
        with Path(file).open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise Invalid("file", f"{file} could not be read: {reason}.") from None
    if len(content) > MOST_BYTES:
        raise Invalid("file", f"{file} has more than {MOST_BYTES // 2**20} MiB. Split it.")
    return content


def _text(file: str) -> str:
    if file == "-":
        return standard_input.text("file")
    try:
        return _content(file).decode()
    except UnicodeDecodeError:
        raise Invalid("file", f"{file} is not UTF-8.") from None


def _read(
    row: "FileRow",
    store: "Store",
    catalogue: "list[Resource]",
    found: "list[ForeignKey]",
    unread: "list[Outcome]",
) -> None:
    from store.domain import foreign, labels, limits, scopes, times
    from store.domain.key_networks import key_networks
    from store.service.importing import ForeignKey, Outcome
    from store.service.keys import NewKey

    now = store.clock.now()
    try:
        begins = times.beginning(row.not_before, now) if row.not_before else None
        ends = times.expiry(row.expires, now, begins) if row.expires else None
        wanted = NewKey(
            row.name,
            scopes.scopes(row.scopes, catalogue),
            ends if row.expires else store.keys.default_expiry(begins),
            holders=row.holders,
            owner=row.owner or None,
            labels=labels.labels(row.labels),
            not_before=begins,
            networks=key_networks(row.networks, enforced=False) if row.networks else None,
            limits=limits.limits(row.limits) if row.limits else (),
        )
        found.append(
            ForeignKey(row.line, wanted, foreign.known(row.scheme, row.digest, row.public))
        )
    except KeydeckError as error:
        unread.append(Outcome(row.line, row.name, None, error))


def _in_order(unread: "list[Outcome]", outcomes: "list[Outcome]") -> "list[Outcome]":
    return sorted([*unread, *outcomes], key=lambda outcome: outcome.line)


def _print(
    line: Line, store: "Store", actor: "Actor", outcomes: "list[Outcome]", *, dry_run: bool
) -> None:
    arrived = store.imports.arrived(actor)
    if line.json:
        document(
            {
                "dry_run": dry_run,
                "keys": [
                    {
                        "line": one.line,
                        "name": one.name,
                        "id": None if dry_run else one.key_id,
                        "result": _result(one),
                        "why": None if one.why is None else str(one.why),
                    }
                    for one in outcomes
                ],
                "imported": arrived.imported,
                "moved": arrived.moved,
            }
        )
        return
    _tell(outcomes)
    good = sum(one.key_id is not None for one in outcomes)
    say(f"{good:,} of {len(outcomes):,} {'could be' if dry_run else 'were'} brought along.")
    if arrived.imported:
        share = 100 * arrived.moved // arrived.imported
        say(f"Of all that were brought along {share} % were used since: note:foreign finds others.")


def _tell(outcomes: "list[Outcome]") -> None:
    for one in outcomes:
        why = "" if one.why is None else f": {one.why}"
        say(f"{one.line:>6}  {_result(one):8} {safe(one.name)}{safe(why)}")


def _result(outcome: "Outcome") -> str:
    if outcome.already:
        return "already"
    return "refused" if outcome.key_id is None else "good"
