"""What the keys do, tab by tab: for the line at the bottom and for help."""

from console.widgets.key_bar import Hint
from console.widgets.tab_bar import TabName

TABS = (
    TabName("keys", "API keys"),
    TabName("activity", "Activity"),
    TabName("people", "People"),
)

_CONSOLE = (
    Hint("1-3", "Tabs", "next_tab", 8),
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
        Hint("⏎", "Details", "details", 3),
        Hint("/", "Filter", "filter", 5),
        Hint("space", "Mark", "mark", 7),
        Hint("o", "Sort", "sort", 6),
        Hint("y", "Copy id", "copy_id", 7),
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
        Hint("y", "Copy id", "copy_id", 7),
        *_CONSOLE,
    ),
    "gated": (
        Hint("X", "Revoke a key…", "revoke_any"),
        Hint("d", "Reference", "reference", 9),
        *_CONSOLE,
    ),
    "activity": (
        Hint("⏎", "In full", "open"),
        Hint("/", "Filter", "filter_activity", 2),
        *_CONSOLE,
    ),
    "people": (
        Hint("n", "Add", "on_person('add')"),
        Hint("c", "Change role", "on_person('role')"),
        Hint("L", "Let go", "on_person('leave')"),
        Hint("⏎", "Keys they may know", "open"),
        *_CONSOLE,
    ),
}

MUTATING = frozenset(
    {
        *("create", "scope", "rotate", "extend", "revoke", "revoke_any", "mark"),
        *("on_person('add')", "on_person('role')", "on_person('leave')"),
    }
)
"""Actions that `--read-only` takes away, from the line, the palette and help alike."""

_LIST = (
    ("/", "filter; esc clears"),
    ("↑ ↓ j k", "move; g G first and last"),
)

HELP = {
    "keys": (
        (
            "Keys",
            (
                ("n", "create a key"),
                ("s", "change what it may do"),
                ("r", "replace it, with an overlap"),
                ("e", "move its expiry"),
                ("X", "revoke it, at once and for good"),
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
            ),
        ),
        (
            "Filter",
            (
                ("word", "in name, id or holder; - before a term negates it"),
                ("state:", "active, expired, revoked"),
                ("note:", "rotating, expiring, unconfirmed, rotation-due, never-used, idle"),
                ("scope:", "events or events:write"),
                ("by: holder:", "a part of a name or an e-mail"),
                ("expires:", "<14d, >90d or never"),
                ("unused:", ">30d"),
            ),
        ),
    ),
    "activity": (("Activity", (("enter", "see an entry in full"), *_LIST)),),
    "people": (
        (
            "People",
            (
                ("n", "add somebody; whoever is new gets a one-time code"),
                ("c", "change a role"),
                ("L", "let somebody go"),
                ("enter", "the keys they may know"),
                _LIST[1],
            ),
        ),
    ),
}

ON_CONSOLE = (
    "Console",
    (
        ("1 2 3", "API keys, Activity, People"),
        ("w", "another workspace"),
        ("d", "the API's reference"),
        ("ctrl+p", "every command, workspace and key by name"),
        ("esc", "back"),
        ("q", "leave"),
    ),
)


def hints(tab: str, *, read_only: bool) -> tuple[Hint, ...]:
    """Return the hints of a tab, without verbs that change something where that is wanted."""
    if not read_only:
        return HINTS[tab]
    return tuple(hint for hint in HINTS[tab] if hint.action not in MUTATING)


def help_on(tab: str, *, read_only: bool) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return the sections of help for a tab, its own first."""
    taken = {hint.key for hint in HINTS[tab] if hint.action in MUTATING} if read_only else set()
    if read_only:
        taken |= {"* esc", "shift+↑ ↓"}
    own = tuple(
        (heading, tuple(pair for pair in pairs if pair[0] not in taken))
        for heading, pairs in HELP.get(tab, ())
    )
    return (*own, ON_CONSOLE)
