"""`keydeck keys network` and `connections network`: where a credential is used from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing
from console.commands.ending import ask, asks, ends
from console.commands.foreseeing import foreseen_object, timed
from console.commands.in_force import report
from console.commands.line import Line
from console.commands.many import Change, Evidence, change_found, of_many, one_of, shifted
from console.commands.options import common
from console.commands.output import document

if TYPE_CHECKING:
    from store.domain.key_networks import KeyNetworks
    from store.domain.keys import Key
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.commits import Done

NONE = "none"

_networks = click.argument("networks", nargs=-1, metavar="[CIDR... | none]")
_how = click.option(
    "--enforce/--observe",
    "enforce",
    default=None,
    help="Refuse others, or only count them. [default: --observe]",
)


@click.command()
@click.argument("reference", required=False, metavar="[ID]", shell_complete=completing.keys)
@_networks
@_how
@click.option(
    "--from-seen", metavar="WHEN", help="The networks of its callers since: 30d, or 2026-01-31."
)
@of_many
@click.option("--dry-run", is_flag=True, help="Only say whom it would have refused.")
@ends
@common
def network(
    line: Line,
    reference: str | None,
    networks: Sequence[str],
    enforce: bool | None,
    from_seen: str | None,
    text: str | None,
    dry_run: bool,
) -> None:
    """Say from where a key is used; others are counted or, with --enforce, refused.

    keydeck keys network Billing 203.0.113.0/24 2001:db8::/48

    keydeck keys network Billing --enforce

    keydeck keys network --filter note:observing --enforce --dry-run

    They belong to the key and to its successors. Without networks or an option it shows them.
    """
    from console.text.key_fields import key_object
    from store.domain.times import past
    from store.errors import NoNetworksSet

    reference, networks = shifted(reference, networks, text)
    one_of(reference, text)
    asked = bool(networks) or enforce is not None or from_seen is not None
    if text is not None and not asked:
        raise click.UsageError("Say from where the keys that --filter finds are to be used.")
    store, actor = line.signed_in()
    now = store.clock.now()
    since = None if from_seen is None else past(from_seen, now, "from_seen")

    def wanted(key: "Key") -> "KeyNetworks | None":
        seen = networks if since is None else store.restrictions.seen(actor, key.id, now - since)
        return _wanted(seen, key.networks, enforce)

    if text is not None:

        def make(key: "Key") -> "Done[Key]":
            # As it is by now: since the list was read one was asked, and the other key of a
            # rotating pair may have been changed.
            key = store.keys.show(actor, key.id)
            return store.restrictions.set_networks(actor, key.id, wanted(key), seen=key.revision)

        change = Change(
            make,
            *_told(networks, since, enforce=enforce),
            "Refuse {} from anywhere else?" if enforce and [*networks] != [NONE] else "",
            lambda key: _evidence(store, actor, key, wanted(key)),
        )
        change_found(line, store, actor, text, change, dry_run=dry_run)
        return
    key = store.keys.show(actor, reference or "")
    if not asked and not dry_run:
        _show(line, store, actor, key.id)
        return
    becomes = wanted(key)
    if dry_run:
        if becomes is None:
            raise NoNetworksSet
        _evidence(store, actor, key, becomes).show(line)
        return
    if becomes is not None and becomes.enforced and asks(line):
        foreseen = _evidence(store, actor, key, becomes)
        ask(line, f"Refuse “{key.name}” from anywhere else?", *foreseen.sentences)
    # Ranges that were not given are those that it had when it was read.
    seen = key.revision if asks(line) or not networks else None
    done = store.restrictions.set_networks(actor, key.id, becomes, seen=seen)
    changed, commits = done.unpack()
    sentence = _said(f"“{changed.name}” ({store.prefix}_{changed.id})", changed.networks)
    report(line, store, commits, sentence, key_object(changed, store.clock.now()))


@click.command("network")
@click.argument("reference", metavar="ID")
@_networks
@_how
@ends
@common
def connection_network(
    line: Line, reference: str, networks: Sequence[str], enforce: bool | None
) -> None:
    """Say from where an assistant calls: others are counted, or refused (--enforce)."""
    from console.text import restriction_words
    from console.text.connection_words import connection_object
    from console.text.safe import safe

    store, actor = line.signed_in()
    connection, now = store.connections.show(actor, reference), store.clock.now()
    if not networks and enforce is None:
        if line.json:
            document(connection_object(connection, now))
        else:
            print(safe(restriction_words.networks(connection.networks) or "from anywhere"))
        return
    wanted = _wanted(networks, connection.networks, enforce)
    if wanted is not None and wanted.enforced:
        ask(line, f"Refuse “{connection.name}” from anywhere else?")
    seen = connection.revision if asks(line) or not networks else None
    done = store.connections.set_networks(actor, connection.id, wanted, seen=seen)
    changed, commits = done.unpack()
    sentence = _said(f"“{changed.name}” ({changed.id})", changed.networks)
    report(line, store, commits, sentence, connection_object(changed, now))


def _wanted(
    given: Sequence[str], before: "KeyNetworks | None", enforce: bool | None
) -> "KeyNetworks | None":
    """Return what is asked for. Raises Invalid or NoNetworksSet."""
    from store.domain.key_networks import key_networks
    from store.errors import NoNetworksSet

    if list(given) == [NONE]:
        return None
    if given:
        return key_networks(given, enforced=bool(enforce))
    if before is None:
        raise NoNetworksSet
    return before if enforce is None else before._replace(enforced=enforce)


def _said(whose: str, networks: "KeyNetworks | None") -> str:
    if networks is None:
        return f"{whose} is used from anywhere."
    ranges = ", ".join(networks.ranges)
    if networks.enforced:
        return f"{whose} is used from {ranges} and nowhere else."
    return f"{whose} is observed: whoever does not call from {ranges} is counted, and let in."


def _show(line: Line, store: "Store", actor: "Actor", key_id: str) -> None:
    from console.text import restriction_words
    from console.text.key_fields import networks_object
    from console.text.safe import safe

    key = store.keys.show(actor, key_id)
    found = restriction_words.observed_networks(store.restrictions.observed(actor, key_id))
    if line.json:
        document(
            {
                "key": key.id,
                "networks": networks_object(key.networks),
                "observed": [timed(one._asdict()) for one in found],
            }
        )
        return
    print(safe(restriction_words.networks(key.networks) or "from anywhere"))
    for one in found:
        who = f"{one.address or 'somebody'} {one.user_agent}".rstrip()
        print(safe(f"would refuse  {one.requests:>8,}  {one.method} {one.path}  {who}"))


def _evidence(store: "Store", actor: "Actor", key: "Key", wanted: "KeyNetworks | None") -> Evidence:
    """Return whom networks would have refused; nobody without any."""
    from console.text import restriction_words

    if wanted is None:
        return Evidence((), {"key": key.id, "networks": []})
    found, now = store.restrictions.foresee(actor, key.id, wanted), store.clock.now()
    sentence = restriction_words.decides(found, now)
    content = foreseen_object(key.id, {"networks": [*wanted.ranges]}, found, sentence)
    return Evidence((*restriction_words.refused(found, now), sentence), content)


def _told(networks: Sequence[str], since: int | None, *, enforce: bool | None) -> tuple[str, str]:
    """Return what one key is, and what several are."""
    from console.text.times import exact

    if list(networks) == [NONE]:
        what = "used from anywhere"
    else:
        where = ", ".join(networks)
        if not networks:
            where = (
                "their networks" if since is None else f"where they were seen since {exact(since)}"
            )
        what = f"held to {where}, others are {'refused' if enforce else 'only counted'}"
    return f"is {what}", f"are {what}"
