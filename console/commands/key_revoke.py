"""`keydeck keys revoke`: one key, or every key of somebody outside."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.ending_keys import ask_to_revoke
from console.commands.foreseeing import end_evidence
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.many import Change, change_found, foretell, of_many
from console.commands.options import common, either_side

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.commits import Commit


@click.command()
@click.argument("reference", metavar="[ID]", required=False, shell_complete=completing.keys)
@click.option(
    "--for",
    "owner",
    metavar="OWNER",
    help="Every active key of somebody outside.",
    shell_complete=completing.owners,
)
@of_many
@click.option("--reason", metavar="TEXT", help="For the audit.")
@click.option("--dry-run", is_flag=True, help="Only say which keys that is, and who uses them.")
@ends
@common
@either_side
def revoke(
    line: Line,
    reference: str | None,
    owner: str | None,
    text: str | None,
    reason: str | None,
    dry_run: bool,
) -> None:
    """Revoke a key for good, and wait until no verifier lets it in.

    keydeck keys revoke Zapier --reason "seen in a log"

    keydeck keys revoke --filter 'by:tom unused:>180d' --dry-run

    Said twice: once it is committed, and once it is in force on every verifier. With --for or
    --filter each key is revoked on its own, and the receipt is of all; cut in the middle, the same
    once more revokes the others. keydeck stop refuses them all first, and can be undone.
    """
    from console.text.key_fields import key_object
    from store.domain.labels import checked_owner

    if [reference, owner, text].count(None) != 2:
        raise click.UsageError("Name a key, or say --for OWNER or --filter: one of them.")
    store, actor = line.signed_in()
    if owner is not None:
        owner = checked_owner(owner)
    change = Change(
        lambda key: store.keys.revoke(actor, key.id, reason, owner=owner),
        "is revoked",
        "are revoked",
        "Revoke {} for good?",
        lambda key: end_evidence(store, actor, key, store.clock.now()),
        any_plan=True,
    )
    if owner is not None:
        _revoke_all(line, store, actor, owner, reason, change if dry_run else None)
        return
    if text is not None:
        change_found(line, store, actor, text, change, dry_run=dry_run)
        return
    if dry_run:
        foretell(line, store, [store.keys.find_to_revoke(actor, reference or "")], change)
        return
    meant = ask_to_revoke(line, store, actor, reference or "")
    key, commits = store.keys.revoke(actor, meant, reason).unpack()
    sentence = f"“{key.name}” ({store.prefix}_{key.id}) is revoked."
    report(line, store, commits, sentence, key_object(key, store.clock.now()))


def _revoke_all(
    line: Line,
    store: "Store",
    actor: "Actor",
    owner: str,
    reason: str | None,
    foretold: Change | None,
) -> None:
    from console.text.ending_words import plan
    from console.text.key_fields import key_object
    from store.domain.stops import StopKind, Target
    from store.errors import AlreadyRevoked, NoKeysFor

    page, now = store.belonging.active(actor, owner), store.clock.now()
    found = page.keys
    if not found:
        raise NoKeysFor(owner)
    if foretold is not None:
        while page.next is not None:
            page = store.belonging.active(actor, owner, page.next)
            found += page.keys
        foretell(line, store, found, foretold)
        return
    if asks(line):
        in_use = store.stops.in_use(actor, [Target(StopKind.OWNER, owner)])
        ask(line, f"Revoke every key for {owner} for good?", *plan(in_use, now), name=owner)
    revoked: list[Key] = []
    commits: list[Commit] = []

    def told(beginning: str) -> None:
        keys = [key_object(key, store.clock.now()) for key in revoked]
        report(line, store, tuple(commits), beginning, {"owner": owner, "revoked": keys})

    try:
        # Whom they belong to may have changed while it was asked, and one may be made meanwhile.
        while found := store.belonging.active(actor, owner).keys:
            for key in found:
                try:
                    done, more = store.keys.revoke(actor, key.id, reason, owner=owner).unpack()
                except (AlreadyRevoked, NoKeysFor):
                    # Somebody else was faster.
                    continue
                revoked.append(done)
                commits += more
    except BaseException:
        if revoked:
            told(f"{_are(revoked, owner)}, perhaps not all of theirs: the same once more goes on.")
        raise
    told(f"{_are(revoked, owner)}.")


def _are(revoked: Sequence["Key"], owner: str) -> str:
    from console.text.batches import counted

    return f"{counted(len(revoked))} for {owner} {'is' if len(revoked) == 1 else 'are'} revoked"
