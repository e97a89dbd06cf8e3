"""The verbs that say from where a key is used, and how often."""

from typing import TYPE_CHECKING

from console.verbs.catalogue import unfit
from console.verbs.kinds import KeyVerb

if TYPE_CHECKING:
    from console.host import Host
    from console.verb import Flow
    from store.domain.keys import Key


# Flows are loaded when they begin, with the dialogs they need.
def _networks(app: "Host", key: "Key") -> "Flow":
    from console.verbs.networks import networks

    return networks(app, key)


def _limits(app: "Host", key: "Key") -> "Flow":
    from console.verbs.limits import limits

    return limits(app, key)


NETWORKS = KeyVerb(
    id="networks",
    key="f",
    label="From",
    place=6,
    rank=6,
    name="Networks of",
    does="say from where it is used",
    help="say from which networks it is used; others are counted, or refused",
    changes=True,
    flow=_networks,
    unfit=unfit.dead,
)
LIMITS = KeyVerb(
    id="limits",
    key="l",
    label="Limits",
    place=14,
    rank=8,
    name="Limits of",
    does="say how often it is used",
    help="limit how often it is used, or only count it",
    changes=True,
    flow=_limits,
    unfit=unfit.dead,
)
