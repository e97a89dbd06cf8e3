"""What the keys do, tab by tab: for the line at the bottom and for help."""

from typing import TypeAlias

from console.verb import HelpEntry
from console.verbs.catalogue import ON_TAB
from console.verbs.catalogue.connections import ON_CONNECTIONS
from console.verbs.catalogue.everywhere import (
    CALENDAR,
    ENTRY,
    GATED,
    HELP,
    ON_CONSOLE,
    PALETTE,
    QUIT,
    REFERENCE,
    SIGN_INS,
    VERIFY,
    WORKSPACES,
)
from console.verbs.catalogue.keys import (
    CONFIRM,
    CREATE,
    DETAILS,
    MARK,
    MARK_ALL,
    ON_KEY,
    ON_KEYS,
    SORT,
    WHY,
)
from console.verbs.catalogue.people import ON_PEOPLE
from console.verbs.catalogue.routes import ON_ROUTES
from console.verbs.catalogue.verifiers import ON_VERIFIERS
from console.widgets.hint_bar import Hint, Sections
from console.widgets.tab_bar import TabName
from store.domain.filtering import NOTES
from store.domain.keys import Note

TABS = (
    TabName("keys", "API keys"),
    TabName("connections", "Connections"),
    TabName("activity", "Activity"),
    TabName("people", "People"),
    TabName("verifiers", "Verifiers"),
    TabName("routes", "Routes"),
)

_BARS: dict[str, tuple[HelpEntry, ...]] = {
    **ON_TAB,
    "keys": (*ON_KEY, *ON_KEYS, CALENDAR, WHY, REFERENCE),
    "pane": (*(entry for entry in ON_KEY if entry not in (DETAILS, MARK)), WHY),
    "gated": (*GATED, REFERENCE),
    "closed": (REFERENCE,),
}
"""For each tab, for the pane beside the keys, and for the keys where they are closed."""

_FILTERING = (
    Hint("tab", "Complete", "filter"),
    Hint("enter", "To the list", "to_list"),
    Hint("esc", "Clear", "clear_filter"),
)
_IN_PANE = (Hint("↑ ↓", "Scroll", DETAILS.action, 1), Hint("esc", "Back to the list", "to_list"))
_SPELT = {"enter": "⏎", "ctrl+p": "^p"}
"""Keys that the bar has a shorter word for."""

Line: TypeAlias = HelpEntry | tuple[str, str]
"""Of help: an entry of the catalogue, or keys and what they do."""

_MARK_RANGE = ("shift+↑ ↓", "mark a range; by mouse: the margin, or with ctrl")
_LIST = (
    ("/", "filter; esc clears"),
    ("↑ ↓ j k", "move; g G first and last"),
)

_FILTER = (
    "Filter",
    (
        ("word", "in name, id or holder; - before a term negates it"),
        ("state:", "active, expired, revoked"),
        ("note:", ", ".join(name for name, note in NOTES.items() if note is not Note.STILL_USED)),
        ("", "of a dead one: still-tried"),
        ("scope:", "invoices or invoices:write"),
        ("by: holder:", "a part of a name or an e-mail"),
        ("for: label:", "whom it belongs to, in full; tier, or tier=gold"),
        ("expires:", "<14d, >90d or never"),
        ("unused:", ">30d"),
        ("tab", "take what is suggested"),
    ),
)
_SEARCH = (
    "Filter",
    (
        ("word", "who, what they did, or to what; all words must fit"),
        ("id", "a key's id, or the key itself: no more than its id stays"),
    ),
)

_KEYS = (CREATE, *(entry for entry in ON_KEY if entry is not MARK), MARK)

_HELP: dict[str, tuple[tuple[str, tuple[Line, ...]], ...]] = {
    "keys": (
        (
            "Keys",
            (*_KEYS, _MARK_RANGE, MARK_ALL),
        ),
        (
            "List",
            (*_LIST, SORT, CALENDAR, ("• ✓", "before a name: changed a moment ago; marked")),
        ),
        _FILTER,
    ),
    "filter": (_FILTER,),
    "gated": (("Keys", GATED),),
    "connections": (("Connections", (*ON_CONNECTIONS, _LIST[1])),),
    "activity": (("Activity", (ENTRY, VERIFY, SIGN_INS, *_LIST)), _SEARCH),
    "activity-filter": (_SEARCH,),
    "people": (("People", (*ON_PEOPLE, _LIST[1])),),
    "verifiers": (
        (
            "Verifiers",
            (
                *ON_VERIFIERS,
                ("Lag", "changes that it has not applied to what it remembers"),
                ("Lease", "how long it may remember; without one it reads each key anew"),
                _LIST[1],
            ),
        ),
    ),
    "routes": (
        (
            "Routes",
            (
                *ON_ROUTES,
                ("{id}", "one segment of a path; {rest...} all that is left; * each method"),
                _LIST[1],
            ),
        ),
    ),
    "routes-filter": (
        ("Filter", (("word", "in method, path, scopes or document; all words must fit"),)),
    ),
}
"""By tab, by what closes one, and by the field that has the focus."""

_EVERYWHERE: tuple[Line, ...] = (
    (
        " ".join(str(number + 1) for number in range(len(TABS))),
        ", ".join(tab.label for tab in TABS),
    ),
    WHY,
    WORKSPACES,
    ("paste", "anywhere: go to the key that is pasted, or named; explain a request id"),
    REFERENCE,
    PALETTE,
    ("ctrl+l", "draw the screen anew"),
    HELP,
    ("esc", "back"),
    QUIT,
)


def bar(where: str, *, looks_only: str = "", unconfirmed: bool = False) -> tuple[Hint, ...]:
    """Return what the line at the bottom says, without what does nothing for whom `looks_only`.

    That a key is stored is only said of one that is `unconfirmed`.
    """
    if where == "filtering":
        return _FILTERING
    shown = [
        Hint(_SPELT.get(entry.key, entry.key), entry.label, entry.action, entry.rank)
        for entry in sorted((*_BARS[where], *ON_CONSOLE), key=lambda entry: entry.place)
        if entry.label and not entry.withheld(looks_only) and (unconfirmed or entry is not CONFIRM)
    ]
    return (*(_IN_PANE if where == "pane" else ()), *shown)


def help_on(where: str, *, looks_only: str = "") -> Sections:
    """Return the sections of help for a tab or a field, its own first."""
    own = [
        (heading, tuple(_told(line) for line in lines if not _withheld(looks_only, line)))
        for heading, lines in _HELP.get(where, ())
    ]
    there = [section for section in own if section[1]]
    return (*there, ("Console", tuple(_told(line) for line in _EVERYWHERE)))


def _told(line: Line) -> tuple[str, str]:
    if isinstance(line, HelpEntry):
        return f"{line.key} {line.also}".rstrip(), line.help
    return line


def _withheld(looks_only: str, line: Line) -> bool:
    if isinstance(line, HelpEntry):
        return bool(line.withheld(looks_only))
    return bool(looks_only) and line[0] == _MARK_RANGE[0]
