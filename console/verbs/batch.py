"""The same verb on every marked key: one question, then one mutation a key, each its own.

What fails stays marked, with the reason; what was done stands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from console.propagation import Propagation
from console.text.batches import changeable, counted, ended, left_out, lifeless, titled
from console.verbs.in_force import show, tell, tell_of
from console.verbs.revoke import ask
from store.domain.keys import Key
from store.domain.listing import KeyQuery
from store.errors import ChangedMeanwhile, KeydeckError

if TYPE_CHECKING:
    from textual.worker import Worker

    from console.dialogs.progress import ProgressDialog
    from console.host import Host
    from console.tabs.keys import KeysTab
    from store.operations.store import Store
    from store.service.commits import Commit, Done

MOST = 1000
"""Keys that are marked at once at the most."""
REVOKE = "Revoke"


class BatchVerbs:
    """The flows behind s, e and X where keys are marked. Run by `Verbs`, one at a time."""

    def __init__(self, app: "Host", tab: "KeysTab") -> None:
        self._app = app
        # Once, for a tab, and a session, may be others when a question is answered.
        self._table, self._query, self._actor = tab.table, tab.query_now, app.actor

    async def mark_all(self) -> None:
        """Mark every key that the filter finds."""
        app, query = self._app, self._query
        page = await app.in_store(lambda store: store.keys.page(self._actor, query, limit=MOST))
        if page.next is not None:
            app.say(f"More than {MOST:,} keys match, too many to mark at once: / narrows them.")
            return
        self._table.mark(page.keys)

    async def revoke(self) -> None:
        """Revoke the marked keys."""
        from console.dialogs.batch_revoke import BatchRevokeDialog

        app = self._app
        keys, note = await self.picked()
        if not keys:
            return
        if len(keys) == 1:
            # One is revoked as any one is: by its name, with who uses it in sight.
            if note:
                app.say(note)
            request = await ask(app, self._actor, keys[0])
        else:
            request = await app.push_screen_wait(
                BatchRevokeDialog(
                    keys, app.store.clock.now(), note=note, ascii_only=app.options.ascii_only
                )
            )
        if request is not None:
            await self.each(
                REVOKE,
                keys,
                lambda store, key: store.keys.revoke(self._actor, key.id, request.reason),
            )

    async def scope(self) -> None:
        """Give the marked keys the same permissions."""
        from console.dialogs.batch_scope import BatchScopeDialog
        from console.text.restriction_words import missed

        app = self._app
        keys, note = await self.picked()
        if not keys:
            return
        catalogue = await app.in_store(lambda store: store.keys.catalogue())
        ids = [key.id for key in keys]
        found = await app.in_store(
            lambda store: store.restrictions.foresee_losses(self._actor, ids)
        )
        change = await app.push_screen_wait(
            BatchScopeDialog(
                keys,
                catalogue,
                app.store.clock.now(),
                note=note,
                refused=lambda wanted: missed(keys, found, wanted, app.store.clock.now()),
                ascii_only=app.options.ascii_only,
            )
        )
        if change is not None:
            await self.each(
                "Scope",
                keys,
                lambda store, key: store.keys.rescope(
                    self._actor, key.id, change.scopes, seen=key.revision
                ),
            )

    async def extend(self) -> None:
        """Let the marked keys end at another time."""
        from console.dialogs.extend import ExtendDialog
        from console.verbs.change import cut_by

        app = self._app
        keys, note = await self.picked()
        if not keys:
            return
        ids = [key.id for key in keys]
        found = await app.in_store(lambda store: store.restrictions.foresee_ends(self._actor, ids))
        request = await app.push_screen_wait(
            ExtendDialog(
                keys,
                app.store.clock.now,
                note=note,
                cut=cut_by(app, found),
                ascii_only=app.options.ascii_only,
            )
        )
        if request is not None:
            await self.each(
                "Extend",
                keys,
                lambda store, key: store.keys.extend(
                    self._actor, key.id, request.expires_at, seen=key.revision
                ),
            )

    async def picked(self) -> tuple[Sequence[Key], str]:
        """Return the marked keys that can be acted on, and what is to be said of the others."""
        app, query, marked = self._app, self._query, list(self._table.marked)
        seen = await app.in_store(lambda store: store.keys.picked(self._actor, query, marked))
        now, hidden = app.store.clock.now(), left_out(len(marked) - len(seen))
        keys = [key for key in seen if changeable(key, now)]
        dead = lifeless(len(seen) - len(keys))
        note = " ".join(sentence for sentence in (dead, hidden) if sentence)
        if not keys:
            app.say(f"{note} Esc clears the marks{', / changes the filter' if hidden else ''}.")
        return keys, note

    async def each(
        self, verb: str, keys: Sequence[Key], change: "Callable[[Store, Key], Done[Key]]"
    ) -> None:
        """Change one key after the other, saying how far it is, and what came of it."""
        app = self._app
        while keys:
            changed = await self._once(verb, keys, change)
            if not changed:
                return
            # The same answer once more, on the keys as they are now that who changed them was said.
            keys = await app.in_store(
                lambda store, ids=changed: store.keys.picked(self._actor, KeyQuery(), ids)  # type: ignore[misc]
            )

    async def _once(
        self, verb: str, keys: Sequence[Key], change: "Callable[[Store, Key], Done[Key]]"
    ) -> list[str]:
        """Change each key once, say what came of it, and return those to be changed all the same.

        Those are the ones that somebody else had changed, where it was said so and asked for.
        """
        from console.dialogs.progress import ProgressDialog

        app, heading = self._app, titled(verb, keys)
        dialog = ProgressDialog(heading, len(keys), ascii_only=app.options.ascii_only)
        left = app.run_worker(app.push_screen_wait(dialog), group="progress")
        run = await self._run(keys, change, dialog)
        app.look_again()
        dialog.at(run.done, "")
        sentence = f"{heading}: {run.ended(len(keys))}"
        if run.done == len(keys) and not run.failed:
            dialog.dismiss(False)
            await _answer(left)
            await (show if verb == REVOKE else tell)(app, sentence, run.commits)
            return []
        # Behind the dialog: it is left when what failed was read.
        propagation = Propagation(app, run.commits) if run.commits else None
        again = f"{verb} {counted(len(run.changed))} all the same" if run.changed else ""
        dialog.over(run.ended(len(keys)), again)
        wanted = await _answer(left)
        if propagation is not None:
            await tell_of(app, sentence, propagation)
        return run.changed if wanted else []

    async def _run(
        self,
        keys: Sequence[Key],
        change: "Callable[[Store, Key], Done[Key]]",
        dialog: "ProgressDialog",
    ) -> "_Run":
        """Change one key after the other until stopped; what was changed is marked no more."""
        run = _Run()
        for key in keys:
            await dialog.shown()
            if dialog.stopped:
                break
            dialog.at(run.done, key.name)
            try:
                done = await self._app.in_store(partial(_apply, change, key))
            except KeydeckError as error:
                run.failed += 1
                if isinstance(error, ChangedMeanwhile):
                    run.changed.append(key.id)
                dialog.failed(key.name, str(error))
            else:
                run.commits += done.commits
                self._table.marked.pop(key.id, None)
            run.done += 1
        return run


@dataclass
class _Run:
    """What came of changing one key after the other."""

    done: int = 0
    """Keys it came to, whatever came of them."""
    failed: int = 0
    changed: list[str] = field(default_factory=list)
    """Those of the failed that somebody had changed meanwhile."""
    commits: "list[Commit]" = field(default_factory=list)

    def ended(self, of: int) -> str:
        """Return how many of so many keys it did, and how many failed."""
        return ended(done=self.done - self.failed, failed=self.failed, of=of)


def _apply(change: "Callable[[Store, Key], Done[Key]]", key: Key, store: "Store") -> "Done[Key]":
    return change(store, key)


async def _answer(left: "Worker[bool]") -> bool:
    """Return what a dialog was left with; False where the session ended under it."""
    from textual.worker import WorkerCancelled

    try:
        return await left.wait() is True
    except WorkerCancelled:
        return False
