"""What an admin does with a key: dialog, mutation, result. Each flow is a worker of the App.

A worker of a dialog would be cancelled with it while its thread runs on; the secret of a key
already committed would be lost.
"""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from textual.screen import ModalScreen

from console.text.times import to_the_millisecond
from store.errors import ChangedMeanwhile, InvalidInput, KeydeckError, RefusedByRule
from store.keys import Key, State
from store.scopes import Scopes
from store.secrets import Secret, shown

if TYPE_CHECKING:
    from console.app import KeydeckApp
    from console.tabs.keys import KeysTab
    from store.service.keys import Issued, NewKey


class KeyVerbs:
    """The flows behind n, s, r, X, enter and y."""

    def __init__(self, app: "KeydeckApp") -> None:
        self._app = app
        self._busy = False

    @property
    def opening(self) -> bool:
        """Whether a dialog has been asked for and is not there yet."""
        return self._busy and not isinstance(self._app.screen, ModalScreen)

    def create(self) -> None:
        """Create a key and show it once."""
        self._run(self._create())

    def extend(self, key: Key) -> None:
        """Let a key end at another time."""
        if self._changeable(key):
            self._run(self._extend(key))

    def on_marked(self, verb: str, tab: "KeysTab") -> None:
        """Do the same to every marked key; `verb` is revoke, scope, extend or mark_all."""
        from console.batch import BatchVerbs

        self._run(getattr(BatchVerbs(self._app, tab), verb)())

    def scope(self, key: Key) -> None:
        """Replace a key's scopes."""
        if self._changeable(key):
            self._run(self._scope(key))

    def rotate(self, key: Key) -> None:
        """Give a key a successor and show that once."""
        if self._changeable(key):
            self._run(self._rotate(key))

    def revoke(self, key: Key) -> None:
        """Revoke a key."""
        if key.revoked_at is not None:
            self._app.say(f"“{key.name}” is revoked already, for good.")
        else:
            self._run(self._revoke(key))

    def revoke_any(self) -> None:
        """Revoke a key named by hand."""
        self._run(self._revoke_any())

    def details(self, key: Key) -> None:
        """Show a key in full."""
        self._run(self._details(key))

    def copy_id(self, key: Key) -> None:
        """Copy a key's id."""
        self._run(self._copy_id(key))

    def reference(self) -> None:
        """Show where the API's reference is."""
        self._run(self._reference())

    def _run(self, flow: Coroutine[Any, Any, None]) -> None:
        # Two dialogs at once would come from a key pressed twice on a slow line.
        if self._busy:
            flow.close()
            return
        self._busy = True
        self._app.run_worker(self._finish(flow), group="verbs", exit_on_error=True)

    async def _finish(self, flow: Coroutine[Any, Any, None]) -> None:
        try:
            await flow
        except KeydeckError as error:
            self._app.refused(error)
        finally:
            self._busy = False

    def _changeable(self, key: Key) -> bool:
        state = key.state(self._app.store.clock.now())
        if state is State.ACTIVE:
            return True
        self._app.say(f"“{key.name}” is {state.value} and stays as it is. n makes a new key.")
        return False

    async def _create(self) -> None:
        from console.dialogs.create import CreateDialog

        app = self._app
        catalogue = await app.in_store(lambda store: store.keys.catalogue())
        people = await app.in_store(lambda store: store.people.all(app.actor))
        initial: NewKey | None = None
        error: str | None = None
        while True:
            wanted = await app.push_screen_wait(
                CreateDialog(
                    catalogue,
                    app.store.clock.now,
                    self._name_trouble,
                    initial=initial,
                    error=error,
                    people=[person.email for person in people],
                    ascii_only=app.opening.ascii_only,
                )
            )
            if wanted is None:
                return
            try:
                issued = await self._make(wanted)
                break
            except (InvalidInput, RefusedByRule) as refusal:
                initial, error = wanted, str(refusal)
        app.look_again(issued.key.id)
        await self._reveal(issued.key, issued.secret, f"{issued.key.name} is ready.")

    async def _make(self, wanted: "NewKey") -> "Issued":
        return await self._app.in_store(lambda store: store.keys.create(self._app.actor, wanted))

    async def _name_trouble(self, name: str) -> str | None:
        from store.names import checked_key_name

        app = self._app
        try:
            name = checked_key_name(name, app.store.prefix)
        except InvalidInput as error:
            return str(error)
        taken = await app.in_store(lambda store: store.keys.name_taken(app.actor, name))
        return str(taken) if taken else None

    async def _reveal(self, key: Key, secret: Secret, heading: str) -> None:
        from console.clipboard.file_sink import write_file
        from console.dialogs.reveal import RevealDialog

        app = self._app

        def save(value: Secret) -> Any:
            return write_file(value, app.sink_for(key))

        stored = await app.push_screen_wait(
            RevealDialog(
                key,
                secret,
                prefix=app.store.prefix,
                api=app.opening.api,
                copy=app.copy,
                save=None if app.opening.guest is not None else save,
                heading=heading,
                ascii_only=app.opening.ascii_only,
            )
        )
        if stored:
            await app.in_store(lambda store: store.keys.confirm(app.actor, key.id))
        app.look_again(key.id)

    async def _scope(self, key: Key) -> None:
        from console.dialogs.scope import ScopeDialog

        app = self._app
        catalogue = await app.in_store(lambda store: store.keys.catalogue())
        initial: Scopes | None = None
        error: str | None = None
        while True:
            change = await app.push_screen_wait(
                ScopeDialog(key, catalogue, initial, error, ascii_only=app.opening.ascii_only)
            )
            if change is None:
                return
            try:
                await self._grant(key, change.scopes)
                break
            except ChangedMeanwhile as refusal:
                initial, error = change.scopes, str(refusal)
                key = await self._as_it_is(key)
            except (InvalidInput, RefusedByRule) as refusal:
                initial, error = change.scopes, str(refusal)
        app.look_again(key.id)
        app.say(f"“{key.name}” may do that from the next request on.")

    async def _grant(self, key: Key, scopes: Scopes) -> None:
        actor = self._app.actor
        await self._app.in_store(
            lambda store: store.keys.rescope(actor, key.id, scopes, seen=key.revision)
        )

    async def _extend(self, key: Key) -> None:
        from console.dialogs.extend import ExtendDialog

        app = self._app
        error: str | None = None
        while True:
            request = await app.push_screen_wait(
                ExtendDialog(
                    [key], app.store.clock.now, error=error, ascii_only=app.opening.ascii_only
                )
            )
            if request is None:
                return
            try:
                await self._move_expiry(key, request.expires_at)
                break
            except ChangedMeanwhile as refusal:
                error = str(refusal)
                key = await self._as_it_is(key)
            except InvalidInput as refusal:
                error = str(refusal)
        app.look_again(key.id)

    async def _as_it_is(self, key: Key) -> Key:
        actor = self._app.actor
        return await self._app.in_store(lambda store: store.keys.show(actor, key.id))

    async def _move_expiry(self, key: Key, expires_at: int | None) -> None:
        actor = self._app.actor
        await self._app.in_store(
            lambda store: store.keys.extend(actor, key.id, expires_at, seen=key.revision)
        )

    async def _rotate(self, key: Key) -> None:
        from console.dialogs.rotate import RotateDialog

        app = self._app
        older = None
        if key.predecessor is not None and key.rotating:
            older = shown(app.store.prefix, key.predecessor)
        request = await app.push_screen_wait(
            RotateDialog(key, app.store.clock.now(), older, ascii_only=app.opening.ascii_only)
        )
        if request is None:
            return
        rotated = await app.in_store(
            lambda store: store.rotations.rotate(app.actor, key.id, overlap_ms=request.overlap_ms)
        )
        app.look_again(rotated.successor.id)
        await self._reveal(
            rotated.successor, rotated.secret, f"The new key of {key.name} is ready."
        )

    async def _revoke(self, key: Key) -> None:
        from console.dialogs.revoke import RevokeDialog

        app = self._app
        details = await app.in_store(lambda store: store.keys.details(app.actor, key.id))
        request = await app.push_screen_wait(
            RevokeDialog(
                details,
                app.store.clock.now(),
                prefix=app.store.prefix,
                ascii_only=app.opening.ascii_only,
            )
        )
        if request is None:
            return
        done = await app.in_store(
            lambda store: store.keys.revoke(app.actor, key.id, request.reason)
        )
        app.look_again(key.id)
        committed, in_force = done.committed_at, done.in_force_at
        app.say(
            f"“{key.name}” is revoked: committed {to_the_millisecond(committed)} UTC, in force at "
            f"every verifier of this store {in_force - committed} ms later."
        )

    async def _revoke_any(self) -> None:
        from console.dialogs.revoke_any import FindKeyDialog

        app = self._app
        error: str | None = None
        while True:
            named = await app.push_screen_wait(
                FindKeyDialog(error, ascii_only=app.opening.ascii_only)
            )
            if named is None:
                return
            try:
                key = await self._find(named)
                break
            except KeydeckError as refusal:
                error = str(refusal)
            finally:
                del named
        if key.revoked_at is not None:
            app.say(f"“{key.name}” is revoked already, for good.")
        else:
            await self._revoke(key)

    async def _find(self, reference: Secret) -> Key:
        actor = self._app.actor
        return await self._app.in_store(
            lambda store: store.keys.find_to_revoke(actor, reference.reveal())
        )

    async def _details(self, key: Key) -> None:
        from console.dialogs.details import DetailsDialog, Verb

        app = self._app
        details = await app.in_store(lambda store: store.keys.details(app.actor, key.id))
        verb = await app.push_screen_wait(
            DetailsDialog(
                details,
                app.store.clock.now(),
                prefix=app.store.prefix,
                ascii_only=app.opening.ascii_only,
            )
        )
        if verb is Verb.REVOKE and key.revoked_at is None:
            await self._revoke(key)
        elif verb is Verb.SCOPE and self._changeable(key):
            await self._scope(key)
        elif verb is Verb.ROTATE and self._changeable(key):
            await self._rotate(key)

    async def _reference(self) -> None:
        from console.dialogs.reference import ReferenceDialog

        app = self._app
        await app.push_screen_wait(
            ReferenceDialog(f"{app.opening.api}/docs", app.copy, ascii_only=app.opening.ascii_only)
        )

    async def _copy_id(self, key: Key) -> None:
        value = f"{self._app.store.prefix}_{key.id}"
        copy: Callable[[Secret], Any] = self._app.copy
        outcome = await asyncio.to_thread(copy, Secret(value))
        self._app.say(f"{value}: {outcome.sentence}")
