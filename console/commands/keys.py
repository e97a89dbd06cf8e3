"""`keydeck keys`: what admins do with keys, for scripts and for whoever prefers a line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from console.commands import completing, listing
from console.commands.due import due
from console.commands.ending import ends
from console.commands.ending_keys import ask_to_rotate
from console.commands.hand_over import hand_over, sink, sink_options
from console.commands.key_belonging import label, owner, remark
from console.commands.key_create import create
from console.commands.key_import import import_
from console.commands.key_lifetime import expire, extend, start
from console.commands.key_limit import limit
from console.commands.key_naming import holders as holders_command
from console.commands.key_naming import new_holders, rename, wanted
from console.commands.key_network import network
from console.commands.key_revoke import revoke
from console.commands.key_rows import row
from console.commands.key_scope import scope
from console.commands.key_trim import trim, unused_scopes
from console.commands.key_usage import usage
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Shown
from console.commands.options import common, either_side, end_older_option
from console.commands.output import document, say
from console.commands.refusals import key_refusals
from console.commands.tables import Column

if TYPE_CHECKING:
    from store.domain.keys import Key
    from store.domain.listing import KeyQuery
    from store.domain.people import Actor
    from store.operations.store import Store
    from store.service.commits import Commit
    from store.service.rotation import Rotated

STATES = ("active", "expired", "revoked")
ORDERS = ("state", "name", "key", "scopes", "created", "expires", "last-used", "owner")
"""As `store.domain.listing.Sort` has them."""
PAGE = 500

_LIST = Listing(
    "STATE",
    "NAME",
    Column("KEY", whole=True),
    "SCOPES",
    "EXPIRES",
    "LAST USED",
    Column("CREATED", extra=True),
    Column("BY", extra=True),
    Column("ID", whole=True, extra=True),
    Column("OWNER", extra=True),
    Column("LABELS", extra=True),
    Column("REMARK", extra=True),
    orders=ORDERS,
    own_filter=True,
)


@click.group(cls=Group)
def keys() -> None:
    """Create, list, scope, rotate, extend and revoke keys.

    ID is a key's id, the start of it as shown (jw_4fQ2x), or its name.
    """


keys.add_command(usage)
keys.add_command(key_refusals)
keys.add_command(due)
keys.add_command(unused_scopes)
keys.add_command(trim)
keys.add_command(import_)
keys.add_command(network)
keys.add_command(limit)
keys.add_command(rename)
keys.add_command(scope)
keys.add_command(holders_command)
keys.add_command(owner)
keys.add_command(create)
keys.add_command(revoke)
keys.add_command(label)
keys.add_command(remark)
keys.add_command(extend)
keys.add_command(expire)
keys.add_command(start)


@keys.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only keys in this state.")
@click.option("--filter", "text", default="", help="As in the console: 'unused:>30d -by:bob'.")
@_LIST.options
@common
def list_(line: Line, state: str | None, text: str, shown: Shown) -> None:
    """List the workspace's keys.

    keydeck keys list --state active --sort owner --columns owner,name,labels,last-used
    """
    from console.text.key_fields import key_object
    from console.text.pasted import without_prefix
    from store.domain.filtering import terms
    from store.domain.listing import KeyQuery, Sort

    wanted = terms(f"state:{state} {text}" if state else text)
    store, actor = line.signed_in()
    if (bare := without_prefix(text, store.prefix)) != text:
        wanted = terms(f"state:{state} {bare}" if state else bare)
    order, descending = shown.order or (Sort.STATE.value, False)
    query = KeyQuery(wanted, Sort(order.replace("-", " ")), descending)
    now = store.clock.now()
    nothing = "No key matches." if text else f"No {state} keys." if state else "No keys."
    shown.print(
        line,
        _pages(store, actor, query),
        row=lambda key: row(key, store.prefix, now),
        content=lambda key: key_object(key, now),
        nothing=nothing,
    )


def _pages(store: "Store", actor: "Actor", query: "KeyQuery") -> "Iterator[Key]":
    from store.domain.listing import Sort

    if query.sort is Sort.LAST_USED:
        # No index has that order: each page would be a sort of all.
        page = store.keys.page(actor, query, limit=listing.MOST_SORTED)
        if page.next is not None:
            raise listing.too_many()
        yield from page.keys
        return
    page = store.keys.page(actor, query, limit=PAGE)
    yield from page.keys
    while page.next is not None:
        page = store.keys.page(actor, query, limit=PAGE, after=page.next)
        yield from page.keys


@keys.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@common
@either_side
def show(line: Line, reference: str) -> None:
    """Show one key."""
    from console.text import key_words
    from console.text.badges import badge
    from console.text.key_fields import facts
    from console.text.next_step import next_step
    from console.text.safe import safe
    from store.domain.scopes import in_words

    store, actor = line.signed_in()
    key = store.keys.show(actor, reference)
    if line.json:
        _print_object(store, key)
        return
    now = store.clock.now()
    details = store.keys.details(actor, key.id)
    step = next_step(details, now, store.prefix)
    fields = [
        ("Name", key.name),
        ("Key", f"{store.prefix}_{key.id}"),
        ("State", badge(key, now).text(ascii_only=True).partition(" ")[2].lower()),
        ("Notes", ", ".join(note.value for note in key.notes(now))),
        ("Leaked", key_words.leaked(details)),
        ("Can", in_words(key.scopes)),
        ("Scopes", " ".join(str(scope) for scope in sorted(key.scopes))),
        *facts(details, now),
        ("Created by", key.created_by),
        ("Traffic", key_words.traffic(details, now)[1]),
        ("Next", step.sentence if step else ""),
    ]
    for title, value in fields:
        if value:
            print(f"{title:<11} {safe(value)}")


@keys.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@click.option(
    "--overlap",
    default="7d",
    show_default=True,
    metavar="LENGTH",
    help="How long both work, or open.",
)
@click.option(
    "--idempotency-token",
    "token",
    metavar="TEXT",
    help="A repeated call with the same one gives one successor.",
)
@end_older_option
@new_holders
@sink_options
@ends
@common
@either_side
def rotate(
    line: Line,
    reference: str,
    overlap: str,
    token: str | None,
    end_older: bool,
    holders: Sequence[str],
    to_command: str | None,
    to_file: str | None,
) -> None:
    """Give a key a successor of its name and scopes; the old one expires by itself.

    Of a key that is itself a successor it ends the older key at once: where that one is in use,
    only with --end-older.

    keydeck keys rotate Website --overlap 24h
    """
    from console.commands.in_force import wait
    from store.domain import times

    into = sink(to_command, to_file)
    length = None if overlap == "open" else times.duration(overlap, "overlap")
    store, actor = line.signed_in()
    meant, may_end = ask_to_rotate(line, store, actor, reference, length, end_older=end_older)
    rotated, commits = store.rotations.rotate(
        actor, meant, overlap_ms=length, token=token, end_older=may_end, holders=wanted(holders)
    ).unpack()
    if rotated.predecessor.leaked_at is not None:
        say(
            f"{store.prefix}_{rotated.predecessor.id} was found where it should not be: whoever "
            "found it can use it until it ends. keydeck keys revoke ends it now."
        )
    way_out = _way_out(rotated, store.prefix, token)
    hand_over(line, store, actor, rotated.successor, rotated.secret, into, way_out)
    # With a token it stays unconfirmed: a retry must be able to mint it anew.
    if token is None:
        store.keys.confirm(actor, rotated.successor.id)
    wait(store, commits, silent=line.json)


def _way_out(rotated: "Rotated", prefix: str, token: str | None) -> str:
    """Return what to do where the new key could not be handed over."""
    old, new = (f"{prefix}_{key.id}" for key in (rotated.predecessor, rotated.successor))
    if token is not None:
        return f"{old} works on: the same command with the same token makes another."
    # Rotating the successor would end the old key, which is the one in use.
    return f"{old} works on: revoke the new one (keydeck keys revoke {new}), then rotate again."


@keys.command()
@click.argument("reference", metavar="ID", shell_complete=completing.keys)
@common
@either_side
def confirm(line: Line, reference: str) -> None:
    """Say that a key is stored, after a rotation with a token or a cut connection."""
    store, actor = line.signed_in()
    _changed(line, store, store.keys.confirm(actor, reference), "confirmed", ())


def _changed(
    line: Line,
    store: "Store",
    key: "Key",
    what: str,
    commits: "Sequence[Commit]",
    more: str = "",
) -> None:
    from console.commands.in_force import report
    from console.text.key_fields import key_object

    sentence = f"“{key.name}” ({store.prefix}_{key.id}) is {what}.{more}"
    report(line, store, commits, sentence, key_object(key, store.clock.now()))


def _print_object(store: "Store", key: "Key") -> None:
    from console.text.key_fields import key_object

    document(key_object(key, store.clock.now()))
