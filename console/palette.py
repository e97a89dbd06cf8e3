"""The command palette: every verb that works here, every tab and workspace, every key by name."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.fuzzy import Matcher

from console.screens.hints import TABS
from console.screens.workspace import WorkspaceScreen
from console.text.badges import badge
from console.text.pasted import words
from console.text.safe import safe
from console.verb import HelpEntry, Move
from console.verbs.catalogue import ON_TAB
from console.verbs.catalogue.everywhere import EVERYWHERE, SWITCH
from console.verbs.catalogue.keys import ON_KEY, ON_KEYS, ROTATION
from console.verbs.kinds import KeyVerb, ListVerb
from console.widgets.leaving import unless_leaving
from console.widgets.tab_bar import TabName
from store.domain.filtering import About, Term
from store.domain.key_string import shown
from store.domain.keys import Key
from store.domain.listing import KeyQuery, Sort
from store.domain.people import Workspace
from store.errors import KeydeckError

if TYPE_CHECKING:
    from console.verbs.run import Console

MOST_KEYS = 12


class Everything(Provider):
    """Finds verbs, tabs, workspaces and keys. Each is one line."""

    @property
    def _app(self) -> "Console":
        return cast("Console", self.app)

    def _entries(self, screen: WorkspaceScreen) -> Iterator[tuple[str, HelpEntry]]:
        tab = screen.tab
        if tab is not None and tab.table.marked:
            marked = f"{len(tab.table.marked):,} marked"
            yield from (
                (f"{entry.name} {marked}", replace(entry, does=entry.marked.does))
                for entry in ON_KEY
                if isinstance(entry, KeyVerb) and isinstance(entry.marked, ListVerb)
            )
        elif tab is not None and tab.current is not None:
            key, now = tab.current, self._app.store.clock.now()
            for entry in ((ROTATION,) if key.rotating else ()) + ON_KEY:
                if not isinstance(entry, KeyVerb) or entry.unfit(key, now) is None:
                    yield f"{entry.name} “{key.name}”", entry
        here = ON_KEYS if tab is not None else () if screen.at == "keys" else ON_TAB[screen.at]
        for entry in (*here, *EVERYWHERE):
            yield entry.name, entry
        for number, other in enumerate(TABS, 1):
            if other.id != screen.at:
                yield other.label, _going_to_tab(str(number), other)

    def _commands(self) -> list[tuple[str, HelpEntry]]:
        screen = self.screen
        if not isinstance(screen, WorkspaceScreen):
            return []
        return [(name, entry) for name, entry in self._entries(screen) if screen.allows(entry)]

    async def discover(self) -> Hits:
        """Offer every verb and workspace while nothing is typed."""
        for name, entry in self._commands():
            line = _line(Content(safe(name)), entry.key, entry.does)
            yield DiscoveryHit(line, self._doing(entry.action), text=name)
        for workspace in await self._workspaces():
            line = _line(Content(safe(workspace.name)), "", _place(workspace))
            yield DiscoveryHit(line, self._going(workspace), text=workspace.name)

    async def search(self, query: str) -> Hits:
        """Find what fits: verbs, tabs and workspaces first, then keys."""
        matcher = self.matcher(query)
        for name, entry in self._commands():
            if (score := matcher.match(name)) > 0:
                line = _line(_matched(matcher, name), entry.key, entry.does)
                yield Hit(score, line, self._doing(entry.action), text=name)
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
        return [workspace for workspace in theirs if workspace.id != app.actor.workspace_id]

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
        return lambda: self._app.verbs.start(SWITCH, workspace.slug)

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


def _going_to_tab(key: str, tab: TabName) -> Move:
    return Move(
        id=tab.id,
        key=key,
        name=tab.label,
        does="open the tab",
        changes=False,
        runs=f"tab('{tab.id}')",
    )


def _place(workspace: Workspace) -> str:
    return f"go to this workspace, on {workspace.plan.value}"


def _line(name: Content, key: str, words: str) -> Content:
    return Content.assemble(name, (f"  {key}" if key else "", "$accent"), (f"  {words}", "$dim"))
