"""The verbs on the audit, and those that are there wherever one is."""

from dataclasses import replace
from typing import TYPE_CHECKING

from console.verb import Move
from console.verbs.catalogue.keys import EXTEND, ROTATE, WHY
from console.verbs.kinds import PasteVerb, PlainVerb, WorkspaceVerb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.host import Host
    from console.verb import Flow, Verb
    from store.domain.key_string import Secret
    from store.domain.keys import Key


# Flows are loaded when they begin, with the dialogs they need.
def _verify(app: "Host", nothing: None) -> "Flow":
    from console.verbs.show import verify

    return verify(app)


def _revoke_any(app: "Host", nothing: None) -> "Flow":
    from console.verbs.revoke import revoke_any

    return revoke_any(app)


def _stop_all(app: "Host", nothing: None) -> "Flow":
    from console.verbs.stop import stop_all

    return stop_all(app)


def _resume_all(app: "Host", nothing: None) -> "Flow":
    from console.verbs.stop import resume_all

    return resume_all(app)


def _calendar(app: "Host", offered: "Sequence[Verb[Key]]") -> "Flow":
    from console.verbs.calendar import calendar

    return calendar(app, offered)


def _workspaces(app: "Host", nothing: None) -> "Flow":
    from console.verbs.navigation import workspaces

    return workspaces(app)


def _accept_invitation(app: "Host", nothing: None) -> "Flow":
    from console.verbs.navigation import accept

    return accept(app)


def _own_password(app: "Host", nothing: None) -> "Flow":
    from console.verbs.own_password import change

    return change(app)


def _themes(app: "Host", nothing: None) -> "Flow":
    from console.verbs.navigation import themes

    return themes(app)


def _reference(app: "Host", nothing: None) -> "Flow":
    from console.verbs.show import reference

    return reference(app)


def _switch(app: "Host", slug: str) -> "Flow":
    from console.verbs.navigation import switch

    return switch(app, slug)


def _find(app: "Host", pasted: "Secret") -> "Flow":
    from console.verbs.find import find

    return find(app, pasted)


ENTRY = Move(
    id="entry",
    key="enter",
    label="In full",
    place=0,
    name="Entry in full",
    does="the current one",
    help="see an entry in full",
    changes=False,
    runs="open",
)
FILTER_ENTRIES = Move(
    id="filter-entries",
    key="/",
    label="Filter",
    place=1,
    rank=2,
    name="Filter",
    does="by who, what and to what",
    changes=False,
    runs="filter",
)
SIGN_INS = Move(
    id="sign-ins",
    key="s",
    label="Sign-ins",
    place=3,
    rank=5,
    name="Sign-ins",
    does="list those too, or leave them out",
    help="list who signed in too, or leave that out again",
    changes=False,
    runs="sign_ins",
)
VERIFY = PlainVerb(
    id="verify",
    key="v",
    label="Verify",
    place=2,
    rank=4,
    name="Verify the audit",
    does="whether it is as it was written",
    help="verify: whether every entry is as it was written",
    changes=False,
    flow=_verify,
)
REVOKE_ANY = PlainVerb(
    id="revoke-any",
    label="Revoke a key…",
    place=4,
    name="Revoke a key…",
    does="by its name, its id or the key itself",
    help="revoke one by its name, its id or the key itself",
    changes=True,
    flow=_revoke_any,
)
GATED = (replace(REVOKE_ANY, key="X"),)
"""What there is where the list of keys is closed by the plan."""
STOP_ALL = PlainVerb(
    id="stop-all",
    name="Stop every key…",
    does="of the workspace, until they go on",
    help="in the palette: stop every key of the workspace, until they go on",
    changes=True,
    flow=_stop_all,
)
RESUME_ALL = PlainVerb(
    id="resume-all",
    name="Let every key go on…",
    does="of the workspace, where that is stopped",
    changes=True,
    flow=_resume_all,
)
CALENDAR = PlainVerb(
    id="calendar",
    key="c",
    label="Calendar",
    place=11,
    rank=7,
    name="Calendar",
    does="what expires or is due",
    help="what expires or is due in the next 90 days",
    changes=False,
    flow=lambda app, nothing: _calendar(app, (ROTATE, EXTEND)),
)
WORKSPACES = PlainVerb(
    id="workspaces",
    key="W",
    name="Workspaces",
    does="go to another one",
    help="another workspace",
    changes=False,
    flow=_workspaces,
)
ACCEPT_INVITATION = PlainVerb(
    id="accept-invitation",
    name="Accept an invitation…",
    does="to another workspace, with its code",
    changes=True,
    own=True,
    flow=_accept_invitation,
)
OWN_PASSWORD = PlainVerb(
    id="own-password",
    name="Your password…",
    does="choose another one",
    help="in the palette: choose another password for yourself",
    changes=True,
    own=True,
    flow=_own_password,
)
THEMES = PlainVerb(
    id="themes",
    name="Theme",
    does="colours of the console",
    changes=False,
    flow=_themes,
)
REFERENCE = PlainVerb(
    id="reference",
    key="d",
    label="Reference",
    place=14,
    rank=9,
    name="Reference",
    does="of the API",
    help="the API's reference",
    changes=False,
    flow=_reference,
)
HELP = Move(
    id="help",
    key="?",
    also="f1",
    label="Help",
    place=92,
    name="Help",
    does="on where you are",
    help="help on where you are; f1 works while you type, too",
    changes=False,
    runs="help",
)
QUIT = Move(
    id="quit",
    key="q",
    label="Quit",
    place=93,
    name="Quit",
    does="leave the console",
    help="leave",
    changes=False,
    runs="app.quit",
)
NEXT_TAB = Move(
    id="next-tab",
    key="1-6",
    label="Tabs",
    place=90,
    rank=8,
    name="Next tab",
    does="open it",
    changes=False,
    runs="next_tab",
)
PALETTE = Move(
    id="palette",
    key="ctrl+p",
    label="Palette",
    place=91,
    rank=8,
    name="Palette",
    does="every command by name",
    help="every command, workspace and key by name",
    changes=False,
    runs="app.command_palette",
)
SWITCH = WorkspaceVerb(
    id="switch",
    name="Workspace",
    does="go to it, by its slug",
    changes=False,
    flow=_switch,
)
FIND = PasteVerb(
    id="find",
    name="Find",
    does="the key that is pasted, or named",
    changes=False,
    flow=_find,
)

ON_ACTIVITY = (ENTRY, FILTER_ENTRIES, VERIFY, SIGN_INS)
EVERYWHERE = (
    REVOKE_ANY,
    STOP_ALL,
    RESUME_ALL,
    WHY,
    CALENDAR,
    WORKSPACES,
    ACCEPT_INVITATION,
    OWN_PASSWORD,
    THEMES,
    REFERENCE,
    HELP,
    QUIT,
)
ON_CONSOLE = (NEXT_TAB, PALETTE, HELP, QUIT)
"""The end of every bar."""
