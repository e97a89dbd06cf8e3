"""The verbs on the connections of assistants."""

from typing import TYPE_CHECKING

from console.verbs.kinds import ConnectionVerb, PlainVerb
from store.domain.keys import State
from store.errors.quoting import quoted

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.connections import Connection


def _over(connection: "Connection", now: int) -> str | None:
    state = connection.state(now)
    if state is State.ACTIVE:
        return None
    return f"The connection of {quoted(connection.name)} is {state.value} and stays so."


def _cut(connection: "Connection", now: int) -> str | None:
    if connection.revoked_at is None:
        return None
    return f"The connection of {quoted(connection.name)} is revoked already, for good."


# Flows are loaded when they begin, with the dialogs they need.
def _connect(app: "Host", nothing: None) -> "Flow":
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).connect()


def _approve(app: "Host", nothing: None) -> "Flow":
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).approve()


def _clients(app: "Host", nothing: None) -> "Flow":
    from console.verbs.clients import ClientVerbs

    return ClientVerbs(app).let_ask()


def _narrow(app: "Host", connection: "Connection") -> "Flow":
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).narrow(connection)


def _revoke_connection(app: "Host", connection: "Connection") -> "Flow":
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).revoke(connection)


def _connection(app: "Host", connection: "Connection") -> "Flow":
    from console.verbs.connections import ConnectionVerbs

    return ConnectionVerbs(app).details(connection)


CONNECT = PlainVerb(
    id="connect",
    key="n",
    label="Connect",
    place=0,
    name="Connect an assistant",
    does="the address it is given",
    help="the address to give an assistant, and how",
    changes=False,
    flow=_connect,
)
APPROVE = PlainVerb(
    id="approve",
    key="a",
    label="Approve a code",
    place=1,
    name="Approve a connection…",
    does="by its page's code",
    help="approve one by the code that its page shows",
    changes=True,
    flow=_approve,
)
CLIENTS = PlainVerb(
    id="clients",
    key="m",
    label="Known",
    place=5,
    rank=4,
    name="Known assistants…",
    does="who may ask by an address",
    help="see which assistants may ask by an address of theirs, and add one",
    changes=True,
    flow=_clients,
)
NARROW = ConnectionVerb(
    id="narrow",
    key="s",
    label="Narrow",
    place=2,
    name="Narrow",
    does="take permissions away",
    help="take permissions away; for more it is connected anew",
    changes=True,
    flow=_narrow,
    unfit=_over,
)
REVOKE_CONNECTION = ConnectionVerb(
    id="revoke-connection",
    key="X",
    label="Revoke",
    place=3,
    name="Revoke",
    does="at once and for good",
    help="revoke it, at once and for good",
    changes=True,
    flow=_revoke_connection,
    unfit=_cut,
)
CONNECTION = ConnectionVerb(
    id="connection",
    key="enter",
    label="Details",
    place=4,
    rank=3,
    name="Details",
    does="see it in full",
    help="see it in full",
    changes=False,
    flow=_connection,
)

ON_CONNECTIONS = (CONNECT, APPROVE, NARROW, REVOKE_CONNECTION, CONNECTION, CLIENTS)
