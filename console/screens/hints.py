"""What the keys do, tab by tab: for the line at the bottom and for help."""

from console.widgets.key_bar import Hint
from console.widgets.tab_bar import TabName

TABS = (
    TabName("keys", "API keys"),
    TabName("connections", "Connections"),
    TabName("activity", "Activity"),
    TabName("people", "People"),
    TabName("verifiers", "Verifiers"),
)

_CONSOLE = (
    Hint("1-5", "Tabs", "next_tab", 8),
    Hint("^p", "Palette", "app.command_palette", 8),
    Hint("?", "Help", "help"),
    Hint("q", "Quit", "app.quit"),
)

HINTS = {
    "keys": (
        Hint("n", "New", "create"),
        Hint("s", "Scope", "scope"),
        Hint("r", "Rotate", "rotate"),
        Hint("e", "Extend", "extend", 8),
        Hint("X", "Revoke", "revoke"),
        Hint("i", "Stored", "confirm"),
        Hint("t", "Trim", "trim", 9),
        Hint("⏎", "Details", "details", 3),
        Hint("/", "Filter", "filter", 5),
        Hint("space", "Mark", "mark", 7),
        Hint("o", "Sort", "sort", 6),
        Hint("c", "Calendar", "calendar", 7),
        Hint("y", "Copy id", "copy_id", 7),
        Hint("w", "Why", "why", 7),
        Hint("d", "Reference", "reference", 9),
        *_CONSOLE,
    ),
    "filtering": (
        Hint("tab", "Complete", "filter"),
        Hint("enter", "To the list", "to_list"),
        Hint("esc", "Clear", "clear_filter"),
    ),
    "pane": (
        Hint("↑ ↓", "Scroll", "details", 1),
        Hint("esc", "Back to the list", "to_list"),
        Hint("s", "Scope", "scope"),
        Hint("r", "Rotate", "rotate"),
        Hint("e", "Extend", "extend", 8),
        Hint("X", "Revoke", "revoke"),
        Hint("i", "Stored", "confirm"),
        Hint("y", "Copy id", "copy_id", 7),
        *_CONSOLE,
    ),
    "gated": (
        Hint("X", "Revoke a key…", "revoke_any"),
        Hint("d", "Reference", "reference", 9),
        *_CONSOLE,
    ),
    "closed": (Hint("d", "Reference", "reference", 9), *_CONSOLE),
    "connections": (
        Hint("n", "Connect", "on_connection('connect')"),
        Hint("a", "Approve a code", "on_connection('approve')"),
        Hint("s", "Narrow", "on_connection('narrow')"),
        Hint("X", "Revoke", "on_connection('revoke')"),
        Hint("⏎", "Details", "open", 3),
        *_CONSOLE,
    ),
    "activity": (
        Hint("⏎", "In full", "open"),
        Hint("/", "Filter", "filter", 2),
        Hint("v", "Verify", "verify", 4),
        *_CONSOLE,
    ),
    "people": (
        Hint("n", "Add", "on_person('add')"),
        Hint("c", "Change role", "on_person('role')"),
        Hint("L", "Let go", "on_person('leave')"),
        Hint("e", "New code", "on_person('invite')", 7),
        Hint("⏎", "Their keys", "open", 6),
        *_CONSOLE,
    ),
    "verifiers": _CONSOLE,
}
"""For each tab, and for the keys where they are closed: to an admin (gated), to a member."""

MUTATING = frozenset(
    {
        *("create", "scope", "rotate", "extend", "trim", "revoke", "revoke_any"),
        *("confirm", "mark"),
        *(f"on_person('{verb}')" for verb in ("add", "role", "invite", "leave")),
        *(f"on_connection('{verb}')" for verb in ("approve", "narrow", "revoke")),
    }
)
"""Actions that `--read-only` takes away, from the line, the palette and help alike."""

_LIST = (
    ("/", "filter; esc clears"),
    ("↑ ↓ j k", "move; g G first and last"),
)

_FILTER = (
    "Filter",
    (
        ("word", "in name, id or holder; - before a term negates it"),
        ("state:", "active, expired, revoked"),
        ("note:", "leaked, rotating, expiring, unconfirmed, rotation-due, never-used, idle"),
        ("", "of a dead one: still-used"),
        ("scope:", "events or events:write"),
        ("by: holder:", "a part of a name or an e-mail"),
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

HELP = {
    "keys": (
        (
            "Keys",
            (
                ("n", "create a key"),
                ("s", "change what it may do"),
                ("r", "replace it, with an overlap; once it is rotating, see how far that is"),
                ("e", "move its expiry"),
                ("t", "take away the scopes it has not used in 60 days"),
                ("X", "revoke it, at once and for good"),
                ("i", "say that an unconfirmed one is stored"),
                ("enter", "see it in full; beside the list, scroll it"),
                ("y", "copy its id"),
                ("space", "mark; s, e and X then act on all that are marked"),
                ("shift+↑ ↓", "mark a range; by mouse: the margin, or with ctrl"),
                ("* esc", "mark all that match; take the marks away"),
            ),
        ),
        (
            "List",
            (
                *_LIST,
                ("o O", "sort by the next column; turn the order round"),
                ("c", "what expires or is due in the next 90 days"),
                ("• ✓", "before a name: changed a moment ago; marked"),
            ),
        ),
        _FILTER,
    ),
    "filter": (_FILTER,),
    "gated": (("Keys", (("X", "revoke one by its name, its id or the key itself"),)),),
    "connections": (
        (
            "Connections",
            (
                ("n", "the address to give an assistant, and how"),
                ("a", "approve one by the code that its page shows"),
                ("s", "take permissions away; for more it is connected anew"),
                ("X", "revoke it, at once and for good"),
                ("enter", "see it in full"),
                _LIST[1],
            ),
        ),
    ),
    "activity": (
        (
            "Activity",
            (
                ("enter", "see an entry in full"),
                ("v", "verify: whether every entry is as it was written"),
                *_LIST,
            ),
        ),
        _SEARCH,
    ),
    "activity-filter": (_SEARCH,),
    "people": (
        (
            "People",
            (
                ("n", "add somebody; whoever is new gets a one-time code"),
                ("c", "change a role"),
                ("L", "let somebody go, and decide about the keys they may know"),
                ("e", "a new code for somebody who has not enrolled"),
                ("enter", "the keys they may know; of who left, go on deciding"),
                _LIST[1],
            ),
        ),
    ),
    "verifiers": (
        (
            "Verifiers",
            (
                ("Lag", "changes that it has not applied to what it remembers"),
                ("Lease", "how long it may remember; without one it reads each key anew"),
                _LIST[1],
            ),
        ),
    ),
}
"""By tab, by what closes one, and by the field that has the focus."""

ON_CONSOLE = (
    "Console",
    (
        ("1 2 3 4 5", "API keys, Connections, Activity, People, Verifiers"),
        ("w", "why a request was refused, by its id; what one with a key would get"),
        ("W", "another workspace"),
        ("paste", "anywhere: go to the key that is pasted, or named; explain a request id"),
        ("d", "the API's reference"),
        ("ctrl+p", "every command, workspace and key by name"),
        ("ctrl+l", "draw the screen anew"),
        ("? f1", "help on where you are; f1 works while you type, too"),
        ("esc", "back"),
        ("q", "leave"),
    ),
)


def hints(tab: str, *, read_only: bool, unconfirmed: bool = False) -> tuple[Hint, ...]:
    """Return the hints of a tab, without verbs that change something where that is wanted.

    That a key is stored is only said of one that is `unconfirmed`.
    """
    taken = set(MUTATING) if read_only else set()
    if not unconfirmed:
        taken.add("confirm")
    return tuple(hint for hint in HINTS[tab] if hint.action not in taken)


def help_on(where: str, *, read_only: bool) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the sections of help for a tab or a field, its own first."""
    taken: set[str] = set()
    if read_only:
        taken = {hint.key for hint in HINTS.get(where, ()) if hint.action in MUTATING}
        taken |= {"* esc", "shift+↑ ↓"}
    own = tuple(
        (heading, tuple(pair for pair in pairs if pair[0] not in taken))
        for heading, pairs in HELP.get(where, ())
    )
    return (*(section for section in own if section[1]), ON_CONSOLE)
