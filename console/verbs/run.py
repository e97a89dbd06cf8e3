"""The flows behind the keys of the console, one at a time, each a worker of the App."""

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from textual.screen import ModalScreen, Screen

from console.dialogs.dialog import READ_ONLY
from console.host import Host
from store.errors import KeydeckError
from store.keys import Key, Note, State
from store.secrets import Secret

if TYPE_CHECKING:
    from console.tabs.keys import KeysTab
    from console.tabs.people import Member
    from store.connections import Connection
    from store.offboarding import Leaver


class Console(Host, Protocol):
    """What screens and the palette may ask of the App: whatever flows may, and the flows."""

    verbs: "Verbs"

    @property
    def screen(self) -> Screen[Any]:
        """What is on top."""


class Verbs:
    """Starts a flow, unless another is under way. What a flow needs is loaded with it."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._busy = False

    @property
    def opening(self) -> bool:
        """Whether a dialog has been asked for and is not there yet."""
        return self._busy and not isinstance(self._app.screen, ModalScreen)

    def create(self) -> None:
        """Create a key and show it once."""
        from console.verbs.issue import create

        if not self._refused():
            self._run(create(self._app))

    def rotate(self, key: Key) -> None:
        """Give a key a successor and show that once; of one that is in a rotation, show that."""
        from console.verbs.issue import rotate

        if key.rotating:
            self.rotation(key)
        elif self._changeable(key):
            self._run(rotate(self._app, key))

    def rotation(self, key: Key) -> None:
        """Show how far a key's rotation has come, and do what is chosen there."""
        from console.verbs.rotation import rotation

        if key.predecessor is None and key.successor is None:
            self._app.say(f"“{key.name}” is in no rotation. r begins one.")
        else:
            self._run(rotation(self._app, key))

    def calendar(self) -> None:
        """Show what is due, and go on to what a key needs."""
        self._run(self._calendar())

    def scope(self, key: Key) -> None:
        """Replace a key's scopes."""
        from console.verbs.change import scope

        if self._changeable(key):
            self._run(scope(self._app, key))

    def extend(self, key: Key) -> None:
        """Let a key end at another time."""
        from console.verbs.change import extend

        if self._changeable(key):
            self._run(extend(self._app, key))

    def confirm(self, key: Key) -> None:
        """Take somebody's word that an unconfirmed key is stored."""
        from console.verbs.change import confirm

        if self._refused():
            return
        if Note.UNCONFIRMED in key.notes(self._app.store.clock.now()):
            self._run(confirm(self._app, key))
        else:
            self._app.say(f"“{key.name}” is no unconfirmed key: there is nothing to say.")

    def trim(self, key: Key) -> None:
        """Take away the scopes that a key does not use."""
        from console.verbs.trim import trim

        if self._changeable(key):
            self._run(trim(self._app, key))

    def revoke(self, key: Key) -> None:
        """Revoke a key."""
        from console.verbs.revoke import revoke

        if self._refused():
            return
        if key.revoked_at is not None:
            self._app.say(f"“{key.name}” is revoked already, for good.")
        else:
            self._run(revoke(self._app, key))

    def revoke_any(self) -> None:
        """Revoke a key named by hand."""
        from console.verbs.revoke import revoke_any

        if not self._refused():
            self._run(revoke_any(self._app))

    def on_marked(self, verb: str, tab: "KeysTab") -> None:
        """Do the same to every marked key; `verb` is revoke, scope, extend or mark_all."""
        from console.verbs.batch import BatchVerbs

        if self._refused():
            return
        self._run(getattr(BatchVerbs(self._app, tab), verb)())

    def details(self, key: Key) -> None:
        """Show a key in full, and go on to the verb that is chosen there."""
        self._run(self._details(key))

    def copy_id(self, key: Key) -> None:
        """Copy a key's id."""
        from console.verbs.show import copy_id

        self._run(copy_id(self._app, key))

    def why(self, key: Key | None) -> None:
        """Explain a refusal; of the current key, what a request with it would get now."""
        from console.verbs.show import why

        reference = "" if key is None else f"{self._app.store.prefix}_{key.id}"
        self._run(why(self._app, reference))

    def verify(self) -> None:
        """Say whether the audit is as it was written."""
        from console.verbs.show import verify

        self._run(verify(self._app))

    def reference(self) -> None:
        """Show where the API's reference is."""
        from console.verbs.show import reference

        self._run(reference(self._app))

    def find(self, pasted: Secret) -> None:
        """Go to the key that a pasted text names."""
        from console.verbs.find import find

        self._run(find(self._app, pasted))

    def on_person(self, verb: str, member: "Member | None") -> None:
        """Do something with a person; `verb` is add, role, invite or leave."""
        from console.verbs.people import PeopleVerbs

        if self._refused():
            return
        flows = PeopleVerbs(self._app)
        if member is None:
            self._run(flows.add())
        else:
            self._run(getattr(flows, verb)(member))

    def offboard(self, leaver: "Leaver") -> None:
        """Go on with the keys that somebody who left may know, or show what became of them."""
        from console.verbs.offboarding import offboard

        if leaver.finished_at is not None or not self._refused():
            self._run(offboard(self._app, leaver.id))

    def on_connection(self, verb: str, connection: "Connection | None") -> None:
        """Do something with a connection; `verb` is connect, approve, narrow, revoke or details."""
        from console.verbs.connections import ConnectionVerbs

        if verb not in ("connect", "details") and self._refused():
            return
        flows = ConnectionVerbs(self._app)
        self._run(getattr(flows, verb)(*([] if connection is None else [connection])))

    def workspaces(self) -> None:
        """Choose another workspace."""
        from console.verbs.navigation import workspaces

        self._run(workspaces(self._app))

    def switch(self, slug: str) -> None:
        """Go to another workspace."""
        from console.verbs.navigation import switch

        self._run(switch(self._app, slug))

    def themes(self) -> None:
        """Choose other colours."""
        from console.verbs.navigation import themes

        self._run(themes(self._app))

    async def _calendar(self) -> None:
        from console.verbs.calendar import calendar

        app, actor = self._app, self._app.actor
        chosen = await calendar(app)
        if chosen is None:
            return
        await app.go_to_key(chosen.key_id)
        if chosen.verb != "show":
            key = await app.in_store(lambda store: store.keys.show(actor, chosen.key_id))
            app.call_later(getattr(self, chosen.verb), key)

    async def _details(self, key: Key) -> None:
        from console.dialogs.details import Verb
        from console.verbs.show import details

        app, actor = self._app, self._app.actor
        chosen = await details(app, key)
        # This flow ends before the next can begin.
        if chosen is Verb.CREATE:
            app.call_later(self.create)
        elif chosen is not None:
            now = await app.in_store(lambda store: store.keys.details(actor, key.id))
            app.call_later(getattr(self, chosen.value), now.key)

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

    def _refused(self) -> bool:
        """Say that nothing is changed here, where that is so: the last wall before a change."""
        if self._app.options.read_only:
            self._app.say(READ_ONLY)
        return self._app.options.read_only

    def _changeable(self, key: Key) -> bool:
        if self._refused():
            return False
        state = key.state(self._app.store.clock.now())
        if state is State.ACTIVE:
            return True
        self._app.say(f"“{key.name}” is {state.value} and stays as it is. n makes a new key.")
        return False
