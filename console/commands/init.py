"""`keydeck init`: the store, a workspace, its first admin."""

import click

from console.commands.line import Line
from console.commands.options import common_but_workspace
from console.commands.output import document, say


@click.command()
@click.option("--workspace", "name", required=True, metavar="NAME", help="The workspace's name.")
@click.option("--admin", required=True, metavar="EMAIL", help="Its first admin.")
@click.option("--admin-name", metavar="NAME", help="By default the e-mail up to the @.")
@click.option(
    "--plan",
    type=click.Choice(["pro", "free"]),
    default="pro",
    show_default=True,
    help="On free its keys are refused.",
)
@click.option(
    "--prefix",
    default="jw",
    show_default=True,
    metavar="LETTERS",
    help="Every key begins with it: 2 to 8, small.",
)
@click.option(
    "--no-sample", is_flag=True, help="Without the sample API (availability, events, quotes)."
)
@common_but_workspace
def init(
    line: Line,
    name: str,
    admin: str,
    admin_name: str | None,
    plan: str,
    prefix: str,
    no_sample: bool,
) -> None:
    """Make the store, a workspace and its first admin.

    Run again with another name it adds a workspace; an e-mail that is known already comes with its
    own password.

    keydeck init --workspace "Acme Events" --admin alice@example.com
    """
    from store.credentials import passwords
    from store.domain.names import checked_email, checked_name, checked_prefix, slug
    from store.domain.people import Plan
    from store.operations.open import create_store, default_pepper_path
    from store.persistence.database.limits import COMMAND_PATIENCE_MS

    # Everything is checked before a file is made.
    slug(checked_name(name, "workspace"))
    checked_email(admin)
    checked_prefix(prefix)
    password = passwords.checked(line.password(twice=True, about=f"Password of {admin}"))
    store = create_store(
        line.address,
        prefix=prefix,
        on_commit=line.committed.extend,
        patience_ms=COMMAND_PATIENCE_MS,
    )
    try:
        store.database.keep_reserve()
        if no_sample:
            if store.sign_in.workspaces():
                raise click.UsageError(
                    "--no-sample is for a new store, and this one has workspaces: "
                    "keydeck resources sample off is for all of them."
                )
            store.operator.set_sample(on=False)
        made = store.operator.add_workspace(
            name, admin, password, admin_name=admin_name, plan=Plan(plan)
        )
        if line.json:
            document(
                {
                    "workspace": made.slug,
                    "name": made.name,
                    "plan": made.plan.value,
                    "admin": admin,
                    "prefix": store.prefix,
                    "store": store.database.place,
                    "pepper": str(default_pepper_path()),
                }
            )
            return
        say(f"Workspace {made.slug} ({made.plan.value}), admin {admin}.")
        if (there := len(store.sign_in.workspaces())) > 1:
            say(f"There are {there} workspaces now. Whoever is in several of them names one, by")
            say(f"--workspace {made.slug} or KEYDECK_WORKSPACE; who is in one need not.")
        say(f"Store  {store.database.place}")
        say(f"Pepper {default_pepper_path()}: back it up apart from the store.")
    finally:
        store.close()
