"""Where the flow of each verb is: loaded when it begins, with the dialogs it needs."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from console.host import Host
    from console.tabs.keys import KeysTab
    from console.verb import Flow, Verb
    from store.domain.connections import Connection
    from store.domain.key_string import Secret
    from store.domain.keys import Key
    from store.domain.offboarding import Leaver
    from store.service.people import Member


def create(app: "Host", nothing: None) -> "Flow":
    """Create a key and show it once."""
    from console.verbs.issue import create

    return create(app)


def details(app: "Host", key: "Key", offered: "Sequence[Verb[Any]]") -> "Flow":
    """Show a key in full, and go on to the verb that is chosen there."""
    from console.verbs.show import details

    return details(app, key, offered)


def scope(app: "Host", key: "Key") -> "Flow":
    """Replace a key's scopes."""
    from console.verbs.change import scope

    return scope(app, key)


def scope_marked(app: "Host", tab: "KeysTab") -> "Flow":
    """Give the marked keys the same permissions."""
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).scope()


def rotation(app: "Host", key: "Key") -> "Flow":
    """Show how far a key's rotation has come, and do what is chosen there."""
    from console.verbs.rotation import rotation

    return rotation(app, key)


def rotate(app: "Host", key: "Key") -> "Flow":
    """Give a key a successor and show that once."""
    from console.verbs.issue import rotate

    return rotate(app, key)


def extend(app: "Host", key: "Key") -> "Flow":
    """Let a key end at another time."""
    from console.verbs.change import extend

    return extend(app, key)


def extend_marked(app: "Host", tab: "KeysTab") -> "Flow":
    """Let the marked keys end at another time."""
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).extend()


def trim(app: "Host", key: "Key") -> "Flow":
    """Take away the scopes that a key does not use."""
    from console.verbs.trim import trim

    return trim(app, key)


def revoke(app: "Host", key: "Key") -> "Flow":
    """Revoke a key."""
    from console.verbs.revoke import revoke

    return revoke(app, key)


def revoke_marked(app: "Host", tab: "KeysTab") -> "Flow":
    """Revoke the marked keys."""
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).revoke()


def confirm(app: "Host", key: "Key") -> "Flow":
    """Take somebody's word that an unconfirmed key is stored."""
    from console.verbs.change import confirm

    return confirm(app, key)


def copy_id(app: "Host", key: "Key") -> "Flow":
    """Copy a key's id."""
    from console.verbs.show import copy_id

    return copy_id(app, key)


def mark_all(app: "Host", tab: "KeysTab") -> "Flow":
    """Mark every key that matches."""
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).mark_all()


def revoke_any(app: "Host", nothing: None) -> "Flow":
    """Revoke a key named by hand."""
    from console.verbs.revoke import revoke_any

    return revoke_any(app)


def why(app: "Host", key: "Key | None") -> "Flow":
    """Explain a refusal; of a key, what a request with it would get now."""
    from console.verbs.show import why

    return why(app, "" if key is None else f"{app.store.prefix}_{key.id}")


def calendar(app: "Host", offered: "Sequence[Verb[Key]]") -> "Flow":
    """Show what is due, and go on to what a key needs."""
    from console.verbs.calendar import calendar

    return calendar(app, offered)


def find(app: "Host", pasted: "Secret") -> "Flow":
    """Go to the key that a pasted text names."""
    from console.verbs.find import find

    return find(app, pasted)


def add_person(app: "Host", nothing: None) -> "Flow":
    """Add somebody."""
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).add()


def role(app: "Host", member: "Member") -> "Flow":
    """Change somebody's role."""
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).role(member)


def leave(app: "Host", member: "Member") -> "Flow":
    """End somebody's membership."""
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).leave(member)


def invite(app: "Host", member: "Member") -> "Flow":
    """Give somebody who has not accepted a new code."""
    from console.verbs.people import PeopleVerbs

    return PeopleVerbs(app).invite(member)


async def their_keys(app: "Host", member: "Member") -> None:
    """Show the keys that somebody may know: those that their row counts."""
    await app.filter_keys(f"holder:{member.person.email} state:active", "people")


def offboard(app: "Host", leaver: "Leaver") -> "Flow":
    """Go on with the keys that somebody who left may know, or show what became of them."""
    from console.verbs.offboarding import offboard

    return offboard(app, leaver.id)


def connect(app: "Host", nothing: None) -> "Flow":
    """Show the address an assistant is given, and how."""
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).connect()


def approve(app: "Host", nothing: None) -> "Flow":
    """Approve a connection by the code that its page shows."""
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).approve()


def narrow(app: "Host", connection: "Connection") -> "Flow":
    """Take permissions from a connection."""
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).narrow(connection)


def revoke_connection(app: "Host", connection: "Connection") -> "Flow":
    """Revoke a connection."""
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).revoke(connection)


def connection(app: "Host", connection: "Connection") -> "Flow":
    """Show a connection in full."""
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).details(connection)


def verify(app: "Host", nothing: None) -> "Flow":
    """Say whether the audit is as it was written."""
    from console.verbs.show import verify

    return verify(app)


def reference(app: "Host", nothing: None) -> "Flow":
    """Show where the API's reference is."""
    from console.verbs.show import reference

    return reference(app)


def workspaces(app: "Host", nothing: None) -> "Flow":
    """Choose another workspace."""
    from console.verbs.navigation import workspaces

    return workspaces(app)


def accept_invitation(app: "Host", nothing: None) -> "Flow":
    """Accept another workspace's invitation with its code."""
    from console.verbs.navigation import accept

    return accept(app)


def switch(app: "Host", slug: str) -> "Flow":
    """Go to another workspace."""
    from console.verbs.navigation import switch

    return switch(app, slug)


def themes(app: "Host", nothing: None) -> "Flow":
    """Choose other colours."""
    from console.verbs.navigation import themes

    return themes(app)
