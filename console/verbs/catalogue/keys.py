"""The verbs on keys."""

from typing import TYPE_CHECKING, Any

from console.verb import Move, Offer, Verb
from console.verbs.catalogue import unfit
from console.verbs.catalogue.naming import BELONGS, HOLDERS, RENAME
from console.verbs.catalogue.restricting import LIMITS, NETWORKS
from console.verbs.kinds import AboutVerb, KeyVerb, ListVerb, PlainVerb
from store.domain.keys import Key, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.host import Host
    from console.tabs.keys import KeysTab
    from console.verb import Flow


# Flows are loaded when they begin, with the dialogs they need.
def _create(app: "Host", nothing: None) -> "Flow":
    from console.verbs.issue import create

    return create(app)


def _details(app: "Host", key: "Key", offered: "Sequence[Verb[Any]]") -> "Flow":
    from console.verbs.show import details

    return details(app, key, offered)


def _scope(app: "Host", key: "Key") -> "Flow":
    from console.verbs.change import scope

    return scope(app, key)


def _scope_marked(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).scope()


def _rotation(app: "Host", key: "Key") -> "Flow":
    from console.verbs.rotation import rotation

    return rotation(app, key)


def _rotate(app: "Host", key: "Key") -> "Flow":
    from console.verbs.issue import rotate

    return rotate(app, key)


def _extend(app: "Host", key: "Key") -> "Flow":
    from console.verbs.change import extend

    return extend(app, key)


def _extend_marked(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).extend()


def _trim(app: "Host", key: "Key") -> "Flow":
    from console.verbs.trim import trim

    return trim(app, key)


def _revoke(app: "Host", key: "Key") -> "Flow":
    from console.verbs.revoke import revoke

    return revoke(app, key)


def _revoke_marked(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).revoke()


def _stop(app: "Host", key: "Key") -> "Flow":
    from console.verbs.stop import stop

    return stop(app, key)


def _stop_marked(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.stop import stop_marked

    return stop_marked(app, tab)


def _resume(app: "Host", key: "Key") -> "Flow":
    from console.verbs.stop import resume

    return resume(app, key)


def _confirm(app: "Host", key: "Key") -> "Flow":
    from console.verbs.change import confirm

    return confirm(app, key)


def _copy_id(app: "Host", key: "Key") -> "Flow":
    from console.verbs.show import copy_id

    return copy_id(app, key)


def _mark_all(app: "Host", tab: "KeysTab") -> "Flow":
    from console.verbs.batch import BatchVerbs

    return BatchVerbs(app, tab).mark_all()


def _why(app: "Host", key: "Key | None") -> "Flow":
    from console.verbs.show import why

    return why(app, "" if key is None else f"{app.store.prefix}_{key.id}")


CREATE = PlainVerb(
    id="create",
    key="n",
    label="New",
    place=0,
    name="New key",
    does="create a key",
    help="create a key",
    changes=True,
    flow=_create,
    offer=Offer(2, lambda details, now: details.key.state(now) is not State.ACTIVE),
)
DETAILS = KeyVerb(
    id="details",
    key="enter",
    label="Details",
    place=7,
    rank=3,
    name="Details",
    does="see it in full",
    help="see it in full; beside the list, scroll it",
    changes=False,
    flow=lambda app, key: _details(app, key, OFFERED),
)
SCOPE = KeyVerb(
    id="scope",
    key="s",
    label="Scope",
    place=1,
    name="Scope",
    does="change what it may do",
    help="change what it may do",
    changes=True,
    flow=_scope,
    unfit=unfit.dead,
    offer=Offer(),
    marked=ListVerb(
        id="scope-marked",
        name="Scope",
        does="give all of them the same permissions",
        changes=True,
        flow=_scope_marked,
    ),
)
ROTATION = KeyVerb(
    id="rotation",
    key="r",
    name="Rotation of",
    does="how far it has come, and its end",
    # What is done there is refused there.
    changes=False,
    flow=_rotation,
    unfit=unfit.alone,
)
ROTATE = KeyVerb(
    id="rotate",
    key="r",
    label="Rotate",
    place=2,
    name="Rotate",
    does="replace it, with an overlap",
    help="replace it, with an overlap; once it is rotating, see how far that is",
    changes=True,
    flow=_rotate,
    unfit=unfit.dead,
    instead=lambda key: ROTATION if key.rotating else None,
    offer=Offer(),
    marked="Keys are rotated one at a time: each new one is shown once.",
)
EXTEND = KeyVerb(
    id="extend",
    key="e",
    label="Extend",
    place=3,
    rank=8,
    name="Extend",
    does="move its expiry",
    help="move its expiry",
    changes=True,
    flow=_extend,
    unfit=unfit.dead,
    offer=Offer(1),
    marked=ListVerb(
        id="extend-marked",
        name="Extend",
        does="move all their expiries",
        changes=True,
        flow=_extend_marked,
    ),
)
TRIM = KeyVerb(
    id="trim",
    key="t",
    label="Trim",
    place=6,
    rank=9,
    name="Trim",
    does="take away the scopes it does not use",
    help="take away the scopes it has not used in 60 days",
    changes=True,
    flow=_trim,
    unfit=unfit.dead,
    offer=Offer(
        2,
        lambda details, now: details.unneeded is not None and not details.unneeded.revoke,
    ),
)
REVOKE = KeyVerb(
    id="revoke",
    key="X",
    label="Revoke",
    place=4,
    name="Revoke",
    does="at once and for good",
    help="revoke it, at once and for good",
    changes=True,
    flow=_revoke,
    unfit=unfit.revoked,
    offer=Offer(),
    marked=ListVerb(
        id="revoke-marked",
        name="Revoke",
        does="all of them, at once and for good",
        changes=True,
        flow=_revoke_marked,
    ),
)
RESUME = KeyVerb(
    id="resume",
    key="p",
    name="Let go on",
    does="what is stopped",
    changes=True,
    flow=_resume,
    unfit=unfit.going,
)
STOP = KeyVerb(
    id="stop",
    key="p",
    label="Stop",
    place=4,
    rank=1,
    name="Stop",
    does="refuse it until it goes on; nothing ends",
    help="stop it: refused until p lets it go on; no revocation",
    changes=True,
    flow=_stop,
    unfit=unfit.dead,
    instead=lambda key: RESUME if key.stopped_at is not None else None,
    offer=Offer(1),
    marked=ListVerb(
        id="stop-marked",
        name="Stop",
        does="refuse all of them until they go on",
        changes=True,
        flow=_stop_marked,
    ),
)
CONFIRM = KeyVerb(
    id="confirm",
    key="i",
    label="Stored",
    place=5,
    name="Stored",
    does="say that it is",
    help="say that an unconfirmed one is stored",
    changes=True,
    flow=_confirm,
    unfit=unfit.confirmed,
    offer=Offer(),
)
MARK = Move(
    id="mark",
    key="space",
    label="Mark",
    place=9,
    rank=7,
    name="Mark",
    does="for a verb on several",
    help="mark; s, e, b, p and X then act on all that are marked",
    # There is nothing to mark keys for where nothing is changed.
    changes=True,
    runs="mark",
)
COPY_ID = KeyVerb(
    id="copy-id",
    key="y",
    label="Copy id",
    place=12,
    rank=8,
    name="Copy id",
    does="it is no secret",
    help="copy its id",
    changes=False,
    flow=_copy_id,
)
MARK_ALL = ListVerb(
    id="mark-all",
    key="*",
    also="esc",
    name="Mark all",
    does="that match",
    help="mark all that match; take the marks away",
    changes=True,
    flow=_mark_all,
)
FILTER_KEYS = Move(
    id="filter-keys",
    key="/",
    label="Filter",
    place=8,
    rank=5,
    name="Filter",
    does="by what keys are",
    changes=False,
    runs="filter",
)
SORT = Move(
    id="sort",
    key="o",
    also="O",
    label="Sort",
    place=10,
    rank=6,
    name="Sort",
    does="by the next column",
    help="sort by the next column; turn the order round",
    changes=False,
    runs="sort",
)
WHY = AboutVerb(
    id="why",
    key="w",
    label="Why",
    place=13,
    rank=7,
    name="Why…",
    does="a request was refused, by its id",
    help="why a request was refused, by its id; what one with a key would get",
    changes=False,
    flow=_why,
    offer=Offer(2),
)

_CHANGING = (
    SCOPE,
    ROTATE,
    EXTEND,
    TRIM,
    NETWORKS,
    LIMITS,
    RENAME,
    HOLDERS,
    BELONGS,
    STOP,
    REVOKE,
    CONFIRM,
)
ON_KEY = (DETAILS, *_CHANGING, MARK, COPY_ID)
"""About the current key."""
ON_KEYS = (CREATE, FILTER_KEYS, SORT)
"""About the list."""
OFFERED: tuple[Verb[Any], ...] = tuple(
    verb for verb in (CREATE, *ON_KEY, WHY) if isinstance(verb, Verb) and verb.offer is not None
)
"""What the details of a key may offer."""
