"""The verbs on what a key is called, and on who holds it."""

from typing import TYPE_CHECKING

from console.verbs.catalogue import unfit
from console.verbs.kinds import KeyVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.keys import Key


# Flows are loaded when they begin, with the dialogs they need.
def _rename(app: "Host", key: "Key") -> "Flow":
    from console.verbs.naming import rename

    return rename(app, key)


def _holders(app: "Host", key: "Key") -> "Flow":
    from console.verbs.naming import holders

    return holders(app, key)


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
