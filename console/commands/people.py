"""`keydeck people`: who is in a workspace, and how they get in."""

from typing import TYPE_CHECKING, Any

import click

from console.commands import completing, passwords
from console.commands.authorize import authorize
from console.commands.ending import ask, asks, ends
from console.commands.hand_over import hand_over_code
from console.commands.in_force import report
from console.commands.lazily import Group
from console.commands.line import Line
from console.commands.listing import Listing, Row, Shown, latest
from console.commands.offboarding import offboarding
from console.commands.offboarding_steps import how_to_go_on, offboarding_object, print_keys
from console.commands.options import common, for_newcomers
from console.commands.output import document, say
from console.commands.ssh_keys import ssh_keys
from console.commands.tables import Cell, Column
from console.text.safe import safe
from console.text.sentences import invitation
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from store.domain.people import Actor, Person
    from store.operations.store import Store

ROLES = ("admin", "viewer", "member")
"""What somebody may be in a workspace; a viewer looks, and changes nothing."""


@click.group(cls=Group)
def people() -> None:
    """List, add and part with people; enrolment codes and SSH keys."""


_LIST = Listing(
    Column("E-MAIL", whole=True),
    "NAME",
    "ROLE",
    "LAST SIGN-IN",
    "VOUCHED BY",
    Column("JOINED", extra=True),
)


@people.command("list")
@_LIST.options
@common
def list_(line: Line, shown: Shown) -> None:
    """List the workspace's people.

    keydeck people list --filter role:admin --sort last-sign-in
    """
    store, actor = line.signed_in()
    now = store.clock.now()
    shown.print(
        line, store.people.each(actor), row=lambda person: _row(person, now), content=_person
    )


def _row(person: "Person", now: int) -> Row:
    from console.text.sentences import invited
    from console.text.times import NOTHING, ago, day

    signed_in = ago(person.last_sign_in_at, now) if person.enrolled else invited(person, now)
    return (
        person.email,
        person.name,
        person.role.value,
        latest(signed_in, person.last_sign_in_at),
        person.vouched_by or "the operator",
        Cell(day(person.joined_at) if person.joined_at else NOTHING, person.joined_at),
    )


@people.command()
@click.argument("email", shell_complete=completing.people)
@click.option("--name", required=True, metavar="NAME", help="How the console names them.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="member",
    show_default=True,
    help="What they may do.",
)
@common
def add(line: Line, email: str, name: str, role: str) -> None:
    """Invite a person: you vouch for whoever you hand the one-time code to.

    With it they choose a password that opens this workspace (keydeck people enrol), or, where they
    are in another workspace already, let the one they have open it (keydeck people accept).
    An admin manages keys; a viewer looks at them, and changes nothing; a member does neither.
    """
    from store.domain.people import Role

    store, actor = line.signed_in()
    added = store.people.add(actor, email, name, Role(role))
    hand_over_code(
        line,
        added.code,
        added.person.email,
        "keydeck people invite",
        _person(added.person),
        f"{added.person.email} is invited. Hand over this one-time code: with it they choose a",
        "password, by keydeck people enrol or F2 at the console's sign-in; or, in another",
        "workspace already, accept, by keydeck people accept.",
    )
    if not line.json:
        _undecided(store, actor, added.person.email)


def _undecided(store: "Store", actor: "Actor", email: str) -> None:
    from console.text.offboarding_words import still_open

    if stays := still_open(store.offboardings.all(actor, open_only=True), email):
        say(stays)
        say(f"keydeck people offboarding show {email}")


@people.command()
@click.argument("email", shell_complete=completing.people)
@ends
@common
def invite(line: Line, email: str) -> None:
    """A new one-time code for somebody who has not accepted yet; the older one ends."""
    store, actor = line.signed_in()
    if asks(line):
        now = store.clock.now()
        for person in store.people.all(actor):
            if person.email.casefold() == email.casefold() and (person.code_until or 0) > now:
                ask(line, f"Make a new code for {person.email}? The one they hold already ends.")
    code = store.people.invite_anew(actor, email)
    told = f"Hand this one-time code to {email}: with it they enrol, or accept."
    hand_over_code(line, code, email, "keydeck people invite", {"email": email}, told)


people.add_command(offboarding)


@people.command()
@click.argument("email", shell_complete=completing.people)
@ends
@common
def leave(line: Line, email: str) -> None:
    """End a membership: sign-in and SSH key open nothing here from now on.

    What becomes of the active keys they may know is asked at a terminal, and decided by keydeck
    people offboarding at any time. The last admin of a workspace stays.
    """
    store, actor = line.signed_in()
    walks = asks(line) and not line.json
    if asks(line):
        from console.text import ending_words

        leaving = store.people.leaving(actor, email)
        stakes = ending_words.leaving(leaving, store.clock.now())
        ask(line, f"End the membership of {leaving.person.email} now?", *stakes)
    left, commits = store.people.leave(actor, email).unpack()
    theirs = left.offboarding
    record = offboarding_object(theirs, store.clock.now()) if theirs else None
    ended = [{"id": connection.id, "name": connection.name} for connection in left.connections]
    sentence = f"{left.person.email} has left."
    if left.connections:
        names = ", ".join(quoted(safe(connection.name)) for connection in left.connections)
        sentence += f" Revoked, as they had connected it: {names}."
    content = {**_person(left.person), "offboarding": record, "connections_revoked": ended}
    report(line, store, commits, sentence, content)
    if theirs is None or line.json:
        return
    print_keys(store, theirs)
    if theirs.person_id == actor.person_id:
        say("Another admin decides about these keys.")
    elif not walks:
        how_to_go_on(theirs, store.clock.now())
    else:
        from console.commands.offboarding_walk import walk

        walk(line, store, actor, theirs)


@people.command()
@click.argument("email", shell_complete=completing.people)
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@ends
@common
def role(line: Line, email: str, role: str) -> None:
    """Change a person's role: admin, viewer or member.

    keydeck people role bob@example.com --role viewer
    """
    from console.text.sentences import becomes, in_role
    from store.domain.people import BY_POWER, Role

    wanted = Role(role)
    store, actor = line.signed_in()
    if wanted is not Role.ADMIN and asks(line):
        known = {person.email.casefold(): person for person in store.people.all(actor)}
        person = known.get(email.casefold())
        if person is not None and BY_POWER.index(wanted) < BY_POWER.index(person.role):
            store.people.check_not_last(actor, email)
            ask(
                line,
                f"Make {email} {in_role(wanted)}?",
                becomes(wanted, person.role, "They"),
            )
    changed = store.people.set_role(actor, email, wanted)
    if line.json:
        document(_person(changed))
    else:
        say(f"{changed.email} is {changed.role.value} now.")


@people.command()
@click.argument("email", required=False, shell_complete=completing.people)
@common
def password(line: Line, email: str | None) -> None:
    """Change your own password, or give a new code to whose password is lost.

    Yours is asked for, then the new one twice; with --password-stdin they are two lines. It ends
    what keydeck login began. With EMAIL it is the operator's: a one-time code. Where the e-mail
    signs in apart in several workspaces, --workspace says which password it is.
    """
    if email is None:
        _change_password(line)
        return
    code = line.store().operator.new_code(email, line.slug)
    told = f"Hand this one-time code to {email}. The old password works until it is used."
    hand_over_code(line, code, email, "keydeck people password", {"email": email}, told)


def _change_password(line: Line) -> None:
    store, actor = line.signed_in(anew=True)
    present = line.password()
    if line.password_stdin:
        chosen = passwords.from_standard_input()
    else:
        chosen = passwords.from_terminal("New password", twice=True)
    store.own_password.change(actor, present, chosen)
    if line.json:
        document({"email": actor.email, "name": actor.name})
    else:
        say(f"The password of {actor.email} is another one now.")


@people.command()
@click.argument("email", shell_complete=completing.people)
@click.option("--code-stdin", is_flag=True, help="Read the code from standard input's first line.")
@for_newcomers
def enrol(line: Line, email: str, code_stdin: bool) -> None:
    """Choose a password with a one-time code. Both are asked for, unseen.

    It opens the workspace that gave the code. To let the password you have open it: people accept.
    """
    store = line.store()
    code = passwords.code(from_stdin=code_stdin)
    chosen = line.password(twice=True, about="New password")
    actor = store.sign_in.enrol(email, code, chosen, line.slug)
    if line.json:
        document({"email": actor.email, "name": actor.name})
    else:
        say(f"{actor.email} is enrolled.")


@people.command()
@click.option("--code-stdin", is_flag=True, help="Read the code from standard input's first line.")
@ends
@common
def accept(line: Line, code_stdin: bool) -> None:
    """Accept another workspace's invitation with the code it gave you.

    keydeck people accept --as bob@example.com

    From then on your password and SSH key open that workspace, too.
    """
    # Its line stands before the password's, as with `enrol`.
    given = passwords.code(from_stdin=True) if code_stdin else None
    store, actor = line.signed_in()
    code = given or passwords.code(from_stdin=False)
    found = store.invitations.look(actor, code)
    ask(line, f"{invitation(found)} Accept?")
    accepted = store.invitations.accept(actor, code)
    if line.json:
        document(
            {
                "email": accepted.email,
                "name": accepted.name,
                "workspace": found.workspace.slug,
                "role": found.role.value,
                "vouched_by": found.vouched_by,
            }
        )
    else:
        say(f"You are in {safe(found.workspace.name)}: keydeck --workspace {found.workspace.slug}")


people.add_command(authorize)
people.add_command(ssh_keys)


def _person(person: "Person") -> dict[str, Any]:
    from store.domain.times import rfc3339_or_none

    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "role": person.role.value,
        "enrolled": person.enrolled,
        "vouched_by": person.vouched_by,
        "code_until": rfc3339_or_none(person.code_until),
        "joined_at": rfc3339_or_none(person.joined_at),
        "last_sign_in_at": rfc3339_or_none(person.last_sign_in_at),
    }
