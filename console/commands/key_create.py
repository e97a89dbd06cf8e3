"""`keydeck keys create`."""

from collections.abc import Sequence

import click

from console.commands import completing
from console.commands.hand_over import hand_over, sink, sink_options
from console.commands.line import Line
from console.commands.options import common

scope_option = click.option(
    "--scope",
    "scopes",
    required=True,
    multiple=True,
    metavar="R:A",
    help="Such as invoices:read.",
    shell_complete=completing.scopes,
)


@click.command()
@click.option(
    "--name",
    required=True,
    metavar="NAME",
    help="You will have to recognise it in an incident.",
)
@scope_option
@click.option("--expires", metavar="WHEN", help="90d, 2027-01-31 or never. [default: 90d]")
@click.option("--rotate-every", metavar="LENGTH", help="Remind after that long, such as 90d.")
@click.option(
    "--holder",
    "holders",
    multiple=True,
    metavar="EMAIL",
    help="Who may know it, too.",
    shell_complete=completing.people,
)
@click.option(
    "--for",
    "owner",
    metavar="OWNER",
    help="Whom it belongs to, such as customer_42.",
    shell_complete=completing.owners,
)
@click.option(
    "--label",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Such as tier=gold.",
    shell_complete=completing.labels,
)
@click.option(
    "--not-before",
    "begins",
    metavar="WHEN",
    help="When it begins to work: 7d, 2027-01-31 or an instant. [default: at once]",
)
@click.option(
    "--network",
    "networks",
    multiple=True,
    metavar="CIDR",
    help="Where it is used from, such as 203.0.113.0/24; others are counted.",
)
@click.option("--enforce", is_flag=True, help="With --network: refuse others.")
@click.option(
    "--limit",
    "often",
    multiple=True,
    metavar="REQUESTS/LENGTH",
    help="How often it is used, such as 100/1m or 50000/month; 100/1m? only counts more.",
)
@sink_options
@common
def create(
    line: Line,
    name: str,
    scopes: Sequence[str],
    expires: str | None,
    rotate_every: str | None,
    holders: Sequence[str],
    owner: str | None,
    given: Sequence[str],
    begins: str | None,
    networks: Sequence[str],
    enforce: bool,
    often: Sequence[str],
    to_command: str | None,
    to_file: str | None,
) -> None:
    """Make a key. It is all there is on standard output, and it is shown once.

    keydeck keys create --name Billing --scope invoices:read

    Scopes are of the resources that keydeck resources list has. With --to-command or --to-file the
    key is stored there and shown nowhere.
    """
    from store.domain import scopes as scope_rules
    from store.domain import times
    from store.domain.key_networks import key_networks
    from store.domain.labels import labels
    from store.domain.limits import limits
    from store.service.keys import NewKey

    if enforce and not networks:
        raise click.UsageError("--enforce is for --network.")
    into = sink(to_command, to_file)
    store, actor = line.signed_in()
    now = store.clock.now()
    not_before = times.beginning(begins, now) if begins else None
    ends = times.expiry(expires, now, not_before) if expires else None
    wanted = NewKey(
        name=name,
        scopes=scope_rules.scopes(scopes, store.keys.catalogue()),
        expires_at=ends if expires else store.keys.default_expiry(not_before),
        rotate_every_days=times.whole_days(rotate_every, "rotate_every") if rotate_every else None,
        holders=tuple(holders),
        owner=owner,
        labels=labels(given),
        not_before=not_before,
        networks=key_networks(networks, enforced=enforce) if networks else None,
        limits=limits(often) if often else (),
    )
    issued = store.keys.create(actor, wanted)
    reference = f"{store.prefix}_{issued.key.id}"
    way_out = f"Replace it: keydeck keys rotate {reference} --overlap 1s. Or revoke it."
    hand_over(line, store, actor, issued.key, issued.secret, into, way_out)
    # Whoever asked has it: had writing failed, the key would stay unconfirmed.
    store.keys.confirm(actor, issued.key.id)
