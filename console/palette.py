"""The command palette: every verb that works here, every workspace, every key by name."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.command import DiscoveryHit, Hit, Hits, Provider

from console.screens.hints import TABS
from console.screens.workspace import WorkspaceScreen
from console.text.safe import safe
from store.errors import KeydeckError
from store.filtering import About, Term
from store.listing import KeyQuery, Sort
from store.secrets import shown

if TYPE_CHECKING:
    from console.app import KeydeckApp

VERBS = (
    ("New key", "Create a key", "create"),
    ("Scope", "Change what the key may do", "scope"),
    ("Rotate", "Replace the key, with overlap", "rotate"),
    ("Extend", "Move the key's expiry", "extend"),
    ("Revoke", "Revoke the key, for good", "revoke"),
    ("Revoke a key…", "By name, id or the key itself", "revoke_any"),
    ("Details", "See the key in full", "details"),
    ("Filter", "By what keys are", "filter"),
    ("Sort", "By the next column", "sort"),
    ("Mark", "Mark the key for a verb on several", "mark"),
    ("Copy id", "It is no secret", "copy_id"),
    ("Reference", "Of the API", "reference"),
    ("Theme", "Colours of the console", "app.themes"),
    ("Workspaces", "Go to another workspace", "workspaces"),
    ("Help", "What the keys do", "help"),
    ("Quit", "Leave the console", "app.quit"),
)
_ON_KEYS = frozenset(
    {
        *("create", "scope", "rotate", "extend", "revoke", "details", "filter", "sort", "mark"),
        "copy_id",
    }
)
MOST_KEYS = 12


class Everything(Provider):
    """Finds verbs, tabs, workspaces and keys."""

    @property
    def _app(self) -> "KeydeckApp":
        app: KeydeckApp = self.app  # type: ignore[assignment]
        return app

    def _commands(self) -> list[tuple[str, str, str]]:
        screen = self.screen
        if not isinstance(screen, WorkspaceScreen):
            return []
        found = [
            (name, words, action)
            for name, words, action in VERBS
            if (screen.tab is not None or action not in _ON_KEYS)
            and screen.check_action(action, ())
        ]
        tabs = [(tab.label, "Open the tab", f"tab({tab.id!r})") for tab in TABS]
        return [*found, *tabs]

    async def discover(self) -> Hits:
        """Offer every verb while nothing is typed."""
        for name, words, action in self._commands():
            yield DiscoveryHit(name, self._doing(action), help=words)

    async def search(self, query: str) -> Hits:
        """Find what fits: verbs first, then workspaces, then keys."""
        matcher = self.matcher(query)
        for name, words, action in self._commands():
            if (score := matcher.match(name)) > 0:
                yield Hit(score, matcher.highlight(name), self._doing(action), help=words)
        app = self._app
        try:
            theirs = await app.in_store(lambda store: store.sign_in.theirs(app.actor))
            keys = await self._keys(query)
        except KeydeckError:
            return
        for workspace in theirs:
            if (score := matcher.match(workspace.name)) > 0:
                yield Hit(
                    score * 0.9,
                    safe(workspace.name).replace("[", r"\["),
                    lambda slug=workspace.slug: app.verbs.switch(slug),
                    help=f"Go to this workspace, on {workspace.plan.value}",
                )
        for key_id, name in keys:
            yield Hit(
                0.5,
                safe(name).replace("[", r"\["),
                lambda key_id=key_id: self._go_to(key_id),
                help=f"Go to {shown(app.store.prefix, key_id)}",
            )

    async def _keys(self, query: str) -> list[tuple[str, str]]:
        app = self._app
        words = app.words_for_a_key(query)
        if not words:
            return []
        asked = KeyQuery(tuple(Term(About.WORD, word) for word in words), Sort.NAME)
        page = await app.in_store(lambda store: store.keys.page(app.actor, asked, limit=MOST_KEYS))
        return [(key.id, key.name) for key in page.keys]

    def _doing(self, action: str) -> Callable[[], object]:
        screen = self.screen
        return lambda: self.app.call_later(screen.run_action, action)

    async def _go_to(self, key_id: str) -> None:
        screen = self.screen
        if isinstance(screen, WorkspaceScreen):
            await screen.action_tab("keys")
            if screen.tab is not None:
                screen.tab.action_clear()
            self._app.look_again(key_id)
