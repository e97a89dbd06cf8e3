"""The command palette: every verb that works here, every tab and workspace, every key by name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from console.screens.hints import TABS
from console.screens.workspace import WorkspaceScreen
from console.text.badges import badge
from console.text.pasted import words
from console.text.safe import safe
from console.widgets.leaving import unless_leaving
from store.errors import KeydeckError
from store.filtering import About, Term
from store.keys import Key, Note, State
from store.listing import KeyQuery, Sort
from store.people import Workspace
from store.secrets import shown

if TYPE_CHECKING:
    from console.verbs.run import Console

MOST_KEYS = 12


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing to do: how it is found, the key that does it, and the action behind it."""

    name: str
    key: str
    words: str
    action: str


ON_A_KEY = (
    Verb("Details", "enter", "see it in full", "details"),
    Verb("Scope", "s", "change what it may do", "scope"),
    Verb("Rotate", "r", "replace it, with an overlap", "rotate"),
    Verb("Extend", "e", "move its expiry", "extend"),
    Verb("Trim", "t", "take away the scopes it does not use", "trim"),
    Verb("Revoke", "X", "at once and for good", "revoke"),
    Verb("Stored", "i", "say that it is", "confirm"),
    Verb("Mark", "space", "for a verb on several", "mark"),
    Verb("Copy id", "y", "it is no secret", "copy_id"),
)
"""About the current key, whose name is put behind them."""
ON_ROTATING = Verb("Rotation", "r", "how far it has come, and its end", "rotation")
ON_MARKED = (
    Verb("Scope", "s", "give all of them the same permissions", "scope"),
    Verb("Extend", "e", "move all their expiries", "extend"),
    Verb("Revoke", "X", "all of them, at once and for good", "revoke"),
)
ON_KEYS = (
    Verb("New key", "n", "create a key", "create"),
    Verb("Filter", "/", "by what keys are", "filter"),
    Verb("Sort", "o", "by the next column", "sort"),
)
ON_PEOPLE = (
    Verb("Add a person", "n", "whoever is new gets a one-time code", "on_person('add')"),
    Verb("Change role", "c", "of the current person", "on_person('role')"),
    Verb("Let go", "L", "end their membership, decide about their keys", "on_person('leave')"),
    Verb("New code", "e", "for somebody who has not enrolled", "on_person('invite')"),
    Verb("Their keys", "enter", "that the current person may know", "open"),
)
ON_CONNECTIONS = (
    Verb("Connect an assistant", "n", "the address it is given", "on_connection('connect')"),
    Verb("Approve a connection…", "a", "by its page's code", "on_connection('approve')"),
    Verb("Narrow", "s", "take permissions away", "on_connection('narrow')"),
    Verb("Revoke", "X", "at once and for good", "on_connection('revoke')"),
    Verb("Details", "enter", "see it in full", "open"),
)
ON_ACTIVITY = (
    Verb("Entry in full", "enter", "the current one", "open"),
    Verb("Filter", "/", "by who, what and to what", "filter"),
    Verb("Verify the audit", "v", "whether it is as it was written", "verify"),
)
EVERYWHERE = (
    Verb("Revoke a key…", "", "by its name, its id or the key itself", "revoke_any"),
    Verb("Why…", "w", "a request was refused, by its id", "why"),
    Verb("Calendar", "c", "what expires or is due", "calendar"),
    Verb("Workspaces", "W", "go to another one", "workspaces"),
    Verb("Theme", "", "colours of the console", "app.themes"),
    Verb("Reference", "d", "of the API", "reference"),
    Verb("Help", "?", "on where you are", "help"),
    Verb("Quit", "q", "leave the console", "app.quit"),
)
_ONLY_ACTIVE = frozenset({"scope", "rotate", "extend", "trim"})


class Everything(Provider):
    """Finds verbs, tabs, workspaces and keys. Each is one line."""

    @property
    def _app(self) -> "Console":
        return cast("Console", self.app)

    def _verbs(self, screen: WorkspaceScreen) -> Iterator[tuple[str, Verb]]:
        tab = screen.tab
        if tab is not None and tab.table.marked:
            noun = f"{len(tab.table.marked):,} marked"
            yield from ((f"{verb.name} {noun}", verb) for verb in ON_MARKED)
        elif tab is not None and tab.current is not None:
            key = tab.current
            now = self._app.store.clock.now()
            if key.rotating:
                yield f"Rotation of “{key.name}”", ON_ROTATING
            for verb in ON_A_KEY:
                if _fits(verb, key, now):
                    yield f"{verb.name} “{key.name}”" if verb.key else verb.name, verb
        tabs = {"people": ON_PEOPLE, "activity": ON_ACTIVITY, "connections": ON_CONNECTIONS}
        here = tabs.get(screen.at, ())
        for verb in (*(ON_KEYS if tab is not None else here), *EVERYWHERE):
            yield verb.name, verb
        for number, one in enumerate(TABS, 1):
            if one.id != screen.at:
                yield one.label, Verb(one.label, str(number), "open the tab", f"tab('{one.id}')")

    def _commands(self) -> list[tuple[str, Verb]]:
        screen = self.screen
        if not isinstance(screen, WorkspaceScreen):
            return []
        return [(name, verb) for name, verb in self._verbs(screen) if screen.allows(verb.action)]

    async def discover(self) -> Hits:
        """Offer every verb and workspace while nothing is typed."""
        for name, verb in self._commands():
            line = _line(Content(safe(name)), verb.key, verb.words)
            yield DiscoveryHit(line, self._doing(verb.action), text=name)
        for workspace in await self._workspaces():
            line = _line(Content(safe(workspace.name)), "", _place(workspace))
            yield DiscoveryHit(line, self._going(workspace), text=workspace.name)

    async def search(self, query: str) -> Hits:
        """Find what fits: verbs, tabs and workspaces first, then keys."""
        matcher = self.matcher(query)
        for name, verb in self._commands():
            if (score := matcher.match(name)) > 0:
                line = _line(_matched(matcher, name), verb.key, verb.words)
                yield Hit(score, line, self._doing(verb.action), text=name)
        for workspace in await self._workspaces():
            if (score := matcher.match(workspace.name)) > 0:
                line = _line(_matched(matcher, workspace.name), "", _place(workspace))
                yield Hit(score * 0.9, line, self._going(workspace), text=workspace.name)
        for key in await self._keys(query):
            state = badge(key, self._app.store.clock.now()).word.lower()
            words = f"go to {shown(self._app.store.prefix, key.id)} {state}"
            line = _line(Content(safe(key.name)), "", words)
            # Found by id or holder, too, which its name need not show.
            yield Hit(0.01, line, self._going_to(key), text=key.name)

    async def _workspaces(self) -> list[Workspace]:
        app = self._app
        try:
            theirs = await app.in_store(lambda store: store.sign_in.theirs(app.actor))
        except KeydeckError:
            return []
        return [one for one in theirs if one.id != app.actor.workspace_id]

    async def _keys(self, query: str) -> tuple[Key, ...]:
        app = self._app
        sought = words(query, app.store.prefix)
        if not sought:
            return ()
        asked = KeyQuery(tuple(Term(About.WORD, word) for word in sought), Sort.NAME)
        try:
            page = await app.in_store(
                lambda store: store.keys.page(app.actor, asked, limit=MOST_KEYS)
            )
        except KeydeckError:
            # Closed to this person, or by the plan; the rest of the palette is not.
            return ()
        return page.keys

    def _doing(self, action: str) -> Callable[[], object]:
        screen = self.screen
        return lambda: self.app.call_later(unless_leaving, screen, screen.run_action, action)

    def _going(self, workspace: Workspace) -> Callable[[], object]:
        return lambda: self._app.verbs.switch(workspace.slug)

    def _going_to(self, key: Key) -> Callable[[], object]:
        screen = self.screen
        assert isinstance(screen, WorkspaceScreen)  # noqa: S101
        return lambda: self.app.call_later(unless_leaving, screen, screen.go_to_key, key.id)


def _matched(matcher: Matcher, name: str) -> Content:
    """Return a name with what matched in it marked. Textual's own would read it as markup."""
    text = safe(name)
    _, offsets = matcher.fuzzy_search.match(matcher.query, text)
    content = Content(text)
    for offset in offsets:
        content = content.stylize(matcher.match_style, offset, offset + 1)
    return content


def _fits(verb: Verb, key: Key, now: int) -> bool:
    state = key.state(now)
    if verb.action == "confirm":
        return Note.UNCONFIRMED in key.notes(now)
    if verb.action == "revoke":
        return state is not State.REVOKED
    return state is State.ACTIVE or verb.action not in _ONLY_ACTIVE


def _place(workspace: Workspace) -> str:
    return f"go to this workspace, on {workspace.plan.value}"


def _line(name: Content, key: str, words: str) -> Content:
    return Content.assemble(name, (f"  {key}" if key else "", "$accent"), (f"  {words}", "$dim"))
