"""The verbs on what a key is called, on who holds it, and on whose it is."""

from typing import TYPE_CHECKING

from console.verbs.catalogue import unfit
from console.verbs.kinds import KeyVerb, ListVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.tabs.keys import KeysTab
    from console.verb import Flow
    from store.domain.keys import Key


# Flows are loaded when they begin, with the dialogs they need.
def _rename(app: "Host", key: "Key") -> "Flow":
    from console.verbs.naming import rename

    return rename(app, key)


def _holders(app: "Host", key: "Key") -> "Flow":
    from console.verbs.naming import holders

    return holders(app, key)


def _belonging(app: "Host", key: "Key") -> "Flow":
    from console.verbs.belonging import belonging

    return belonging(app, key)


def _belonging_of_marked(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.belonging import belonging_of_marked

    return belonging_of_marked(app, tab)


RENAME = KeyVerb(
    id="rename",
    key="N",
    name="Rename",
    does="give it another name",
    help="give it another name; the history keeps the old one",
    changes=True,
    flow=_rename,
    unfit=unfit.dead,
    marked="Keys are renamed one at a time.",
)
HOLDERS = KeyVerb(
    id="holders",
    key="h",
    name="Holders of",
    does="who may know its secret; name another",
    help="who may know its secret; name another holder",
    changes=True,
    flow=_holders,
    unfit=unfit.dead,
)
BELONGS = KeyVerb(
    id="belongs",
    key="b",
    name="Belongs to:",
    does="say whose it is, and label it",
    help="say whom it belongs to outside, and label it; several alike",
    changes=True,
    flow=_belonging,
    unfit=unfit.dead,
    marked=ListVerb(
        id="belongs-marked",
        name="Belongs to",
        does="say whose all of them are, and label them",
        changes=True,
        flow=_belonging_of_marked,
    ),
)
