"""`keydeck login`: one password for the commands of some minutes."""

import click

from console.commands.line import Line
from console.commands.login_file import LoginFile, here, new_login
from console.commands.options import common
from console.commands.output import document, say


@click.command()
@click.option(
    "--for",
    "length",
    default="15m",
    show_default=True,
    metavar="LENGTH",
    help="For how long: 1m to 12h.",
)
@common
def login(line: Line, length: str) -> None:
    """Sign in for some minutes: the commands after it ask for no password.

    keydeck login --as alice@example.com --for 1h

    It is kept in a file that is yours alone, and is good on this machine, until it is started anew,
    for this store and one workspace. keydeck logout ends it, and so do another login, another
    password and leaving.
    """
    from console.text.times import exact
    from store.domain.times import duration, rfc3339
    from store.service.logins import check_length

    length_ms = check_length(duration(length, "for"))
    store, actor = line.signed_in(anew=True)
    place = line.place(store)
    file, machine = LoginFile(place), here()
    slug = store.sign_in.standing(actor).workspace.slug
    kept = new_login(
        place, slug, actor.email, actor.person_id, machine, store.clock.now(), length_ms
    )
    with file.alone():
        until = store.logins.begin(actor, kept.presented(machine), length_ms)
        file.write(kept)
    if line.json:
        document({"email": actor.email, "workspace": slug, "until": rfc3339(until)})
    else:
        say(f"{actor.email} is signed in to {slug} until {exact(until)}. keydeck logout ends it.")
